//! Entities and tags that web forms leave behind.
//!
//! ```
//! use handover::normalize::apply;
//! use handover::normalize::html::html_to_text;
//!
//! let text = apply(&[html_to_text()], "<p>Müller &amp; S&ouml;hne</p><p>called&nbsp;back</p>")?;
//! assert_eq!(text, "Müller & Söhne\ncalled back");
//! assert_eq!(apply(&[html_to_text()], "a < b, <wang@example.com>, R&D")?, "a < b, <wang@example.com>, R&D");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! The named entities are those of the HTML standard, by the crate `html-escape`.

use std::borrow::Cow;

use super::catalogue::Entry;
use super::{Normalizer, rule};
use crate::error::Fault;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "html",
    about: "entities and tags of HTML made plain text",
    options: "",
    example: ["html", "Smith &amp;amp; Sons<br/>call <b>back</b>", "Smith & Sons\ncall back"],
    make: |options| options.none().map(|()| html_to_text()),
}];

/// Makes plain text of what a web page or form left:
///
/// - entities are decoded, those with a name (`&eacute;`) and those with a
///   number (`&#233;`, `&#xE9;`; `&#146;` as browsers read it, in Windows-1252).
///   `&nbsp;` becomes an ordinary space, `&shy;` nothing;
/// - tags that HTML knows are removed, comments and declarations too: `<br>`
///   and the ends of paragraphs, rows and items become line ends, cells are parted by a space;
/// - what is in `<script>`, `<style>`, `<template>`, `<head>` and `<title>` goes with them;
/// - all other `<`, `>` and `&` stay: `a < b`, `<wang@example.com>`, `R&D`.
///
/// What was escaped more than once (`&amp;lt;b&amp;gt;`) is read until nothing
/// is left to read, so that doing it twice changes nothing more. That also
/// removes a tag that somebody wrote about. Entities that make tags that make
/// entities, over more than 16 turns, are a fault.
pub fn html_to_text() -> Box<dyn Normalizer> {
    rule("html", |text| {
        let mut now = Cow::Borrowed(text);
        for _ in 0..16 {
            match Page::read(&now) {
                Some(plain) => now = Cow::Owned(plain),
                None => return Ok(now),
            }
        }
        Err(Fault::new("entities and tags within one another without end"))
    })
}

/// What is found at a `<`.
enum Tag {
    /// Nothing is written for it: `<b>`, a comment.
    Nothing,
    Line,
    /// A line of its own: `<p>`, `</div>`.
    Block,
    Cell,
}

/// A text on its way to plain text.
struct Page {
    out: String,
    /// Whether no `-->` comes any more, and no end of a script.
    no_comment_ends: bool,
    no_script_ends: bool,
    changed: bool,
}

impl Page {
    /// The text without entities and tags, or nothing where there are none.
    fn read(text: &str) -> Option<String> {
        let mut rest = text;
        let mut at = rest.find(['<', '&'])?;
        let mut page = Page {
            out: String::with_capacity(text.len()),
            no_comment_ends: false,
            no_script_ends: false,
            changed: false,
        };
        loop {
            let (before, from) = rest.split_at(at);
            page.out.push_str(before);
            rest = match from.starts_with('<') {
                true => page.tag(from),
                false => page.entity(from),
            };
            match rest.find(['<', '&']) {
                Some(next) => at = next,
                None => break,
            }
        }
        page.out.push_str(rest);
        page.changed.then(|| page.out.trim().to_owned())
    }

    /// Writes what a text stands for that begins with `&`, and returns what follows.
    fn entity<'t>(&mut self, text: &'t str) -> &'t str {
        let mut rest = text.get(1..).unwrap_or_default();
        // `&amp;amp;lt;` is `&amp;lt;` is `&lt;`.
        while let Some(more) = ["amp;", "AMP;", "#38;", "#x26;"].iter().find_map(|amp| rest.strip_prefix(amp))
        {
            rest = more;
            self.changed = true;
        }
        match decoded(rest, &mut self.out) {
            Some(behind) => {
                self.changed = true;
                behind
            }
            None => {
                self.out.push('&');
                rest
            }
        }
    }

    /// Writes what a text stands for that begins with `<`, and returns what follows.
    fn tag<'t>(&mut self, text: &'t str) -> &'t str {
        let found = match text.as_bytes() {
            [b'<', b'!' | b'?', ..] => self.declaration(text).map(|rest| (Tag::Nothing, rest)),
            _ => self.element(text),
        };
        let Some((tag, rest)) = found else {
            self.out.push('<');
            return text.get(1..).unwrap_or_default();
        };
        self.changed = true;
        if matches!(tag, Tag::Nothing) {
            return rest;
        }
        self.out.truncate(self.out.trim_end_matches([' ', '\t', '\r']).len());
        match tag {
            Tag::Nothing => {}
            Tag::Cell => {
                if !self.out.is_empty() && !self.out.ends_with('\n') {
                    self.out.push(' ');
                }
                return rest;
            }
            Tag::Line => self.out.push('\n'),
            Tag::Block => {
                if !self.out.is_empty() && !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
            }
        }
        rest.trim_start_matches([' ', '\t', '\r', '\n'])
    }

    /// What follows a comment, `<!doctype html>` or `<?xml version="1.0"?>`.
    fn declaration<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(comment) = text.strip_prefix("<!--") {
            let end = Some(comment).filter(|_| !self.no_comment_ends).and_then(|comment| comment.find("-->"));
            self.no_comment_ends |= end.is_none();
            return comment.get(end? + 3..);
        }
        let inner = text.get(2..)?;
        let known = ["doctype", "[if", "[endif", "xml", "php"];
        known.iter().find(|word| starts_with(inner, word))?;
        let end = inner.bytes().take(1000).position(|b| b == b'>')?;
        inner.get(end + 1..)
    }

    /// The tag that a text begins with, if HTML knows it, and what follows.
    fn element<'t>(&mut self, text: &'t str) -> Option<(Tag, &'t str)> {
        let inner = text.get(1..)?;
        let closes = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        let end = inner.bytes().take(16).position(|b| !b.is_ascii_alphanumeric() && b != b':')?;
        let (name, attributes) = inner.split_at(end);
        let name = name.to_ascii_lowercase();
        let tag = known(&name)?;
        let rest = behind_attributes(attributes)?;
        match name.as_str() {
            "script" | "style" | "template" | "head" | "title" if !closes => {
                Some((tag, self.behind_script(&name, rest).unwrap_or(rest)))
            }
            _ => Some((tag, rest)),
        }
    }

    /// What follows the end of an element whose contents nobody reads.
    fn behind_script<'t>(&mut self, name: &str, text: &'t str) -> Option<&'t str> {
        if self.no_script_ends {
            return None;
        }
        for (at, _) in text.match_indices("</") {
            let inner = text.get(at + 2..)?;
            if starts_with(inner, name) {
                let end = inner.bytes().position(|b| b == b'>');
                self.no_script_ends = end.is_none();
                return inner.get(end? + 1..);
            }
        }
        self.no_script_ends = true;
        None
    }
}

/// Whether a text begins with a word, in whatever case.
fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Writes the entity whose name a text begins with, and returns what follows.
fn decoded<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let Some(end) = text.bytes().take(40).position(|b| !b.is_ascii_alphanumeric() && b != b'#') else {
        return (text == "nbsp").then(|| out.push(' ')).map(|()| "");
    };
    let (name, rest) = text.split_at(end);
    let Some(rest) = rest.strip_prefix(';') else {
        // Cut or mistyped; the others without `;` could be part of an address: `?a=1&copy=2`.
        return (name == "nbsp").then(|| out.push(' ')).map(|()| rest);
    };
    if let Some(number) = name.strip_prefix('#') {
        out.push(numbered(number)?);
        return Some(rest);
    }
    let entities = &html_escape::NAMED_ENTITIES;
    let place = entities.binary_search_by(|(known, _)| (*known).cmp(name.as_bytes())).ok()?;
    match entities.get(place)?.1 {
        "\u{A0}" => out.push(' '),
        "\u{AD}" => {}
        text => out.push_str(text),
    }
    Some(rest)
}

/// The character of a number; 128 to 159 are those of Windows-1252, as browsers have it.
fn numbered(number: &str) -> Option<char> {
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match code {
        0x80..=0x9F => WINDOWS.get(code as usize - 0x80).copied(),
        0xA0 => Some(' '),
        9 | 10 | 13 => char::from_u32(code),
        _ => char::from_u32(code).filter(|c| !c.is_control()),
    }
}

/// What follows the `>` of a tag, if what is before it are attributes.
fn behind_attributes(mut text: &str) -> Option<&str> {
    loop {
        let spaced = text.starts_with(|c: char| c.is_ascii_whitespace() || c == '/');
        text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(rest) = text.strip_prefix('>') {
            return Some(rest);
        }
        let end = text.find(|c: char| c.is_ascii_whitespace() || "=>\"'/<".contains(c))?;
        let (name, rest) = text.split_at(end);
        if name.is_empty() || !spaced {
            return None;
        }
        text = match rest.trim_start().strip_prefix('=') {
            Some(value) => behind_value(value.trim_start())?,
            None if is_switch(name) => rest,
            None => return None,
        };
    }
}

fn behind_value(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let inner = text.get(1..)?;
            let end = inner.bytes().position(|b| b == *quote)?;
            inner.get(end + 1..)
        }
        _ => {
            let end = text.find(|c: char| c.is_ascii_whitespace() || ">\"'<".contains(c))?;
            text.get(end..).filter(|_| end > 0)
        }
    }
}

/// Attributes that stand without a value. Others make no tag: `a <b and c> d`.
fn is_switch(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "async"
            | "autofocus"
            | "autoplay"
            | "checked"
            | "compact"
            | "controls"
            | "default"
            | "defer"
            | "disabled"
            | "hidden"
            | "ismap"
            | "itemscope"
            | "loop"
            | "multiple"
            | "muted"
            | "nohref"
            | "noshade"
            | "novalidate"
            | "nowrap"
            | "open"
            | "readonly"
            | "required"
            | "reversed"
            | "selected"
    )
}

/// The elements of HTML, of old HTML and of Office (`o:p`), by what they leave.
fn known(name: &str) -> Option<Tag> {
    Some(match name {
        "br" => Tag::Line,
        "address" | "article" | "aside" | "blockquote" | "body" | "center" | "dd" | "details" | "dialog"
        | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "head" | "header" | "hgroup" | "hr" | "html" | "legend"
        | "li" | "main" | "menu" | "nav" | "ol" | "optgroup" | "option" | "p" | "pre" | "section"
        | "summary" | "table" | "tbody" | "tfoot" | "thead" | "title" | "tr" | "ul" => Tag::Block,
        "td" | "th" => Tag::Cell,
        "a" | "abbr" | "acronym" | "applet" | "area" | "audio" | "b" | "base" | "bdi" | "bdo" | "big"
        | "button" | "canvas" | "caption" | "cite" | "code" | "col" | "colgroup" | "data" | "datalist"
        | "del" | "dfn" | "em" | "embed" | "font" | "frame" | "frameset" | "i" | "iframe" | "img"
        | "input" | "ins" | "kbd" | "label" | "link" | "map" | "mark" | "meta" | "meter" | "noframes"
        | "noscript" | "object" | "output" | "param" | "picture" | "progress" | "q" | "rp" | "rt"
        | "ruby" | "s" | "samp" | "script" | "select" | "slot" | "small" | "source" | "span" | "strike"
        | "strong" | "style" | "sub" | "sup" | "svg" | "template" | "textarea" | "time" | "track" | "tt"
        | "u" | "var" | "video" | "wbr" => Tag::Nothing,
        office if matches!(office.split_once(':'), Some(("o" | "w" | "v" | "m" | "st1", _))) => Tag::Nothing,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    fn plain(text: &str) -> String {
        apply(&[html_to_text()], text).unwrap().into_owned()
    }

    #[test]
    fn what_is_no_tag_and_no_entity_stays() {
        for text in [
            "a < b > c",
            "<wang@example.com>",
            "R&D; AT&T",
            "a <b and c> d",
            "<none>",
            "x<y",
            "&;",
            "<",
            "&",
            "<b",
        ] {
            assert!(
                matches!(html_to_text().normalize(text), Ok(Cow::Borrowed(same)) if same == text),
                "{text}"
            );
        }
        assert_eq!(plain("?a=1&copy=2&amp;b"), "?a=1&copy=2&b");
    }

    #[test]
    fn entities_by_name_and_number() {
        assert_eq!(plain("&eacute;&#233;&#xE9;&#146;&hellip;"), "éé\u{e9}’…");
        assert_eq!(plain("a&nbsp;b&nbsp,c&shy;d&#160;e"), "a b ,cd e");
        assert_eq!(plain("&#0;&#xD800;&#99999999;&nosuch;&amp;"), "&#0;&#xD800;&#99999999;&nosuch;&");
    }

    #[test]
    fn tags_become_lines_and_spaces() {
        assert_eq!(plain("<div>a</div>\r\n<div>b<br />c</div>"), "a\nb\nc");
        assert_eq!(plain("<ul>\n <li>a</li>\n <li>b</li>\n</ul>"), "a\nb");
        assert_eq!(plain("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc");
        assert_eq!(plain("<p class=MsoNormal style='x: \">\"'><o:p>a</o:p>b</p>"), "ab");
    }

    #[test]
    fn what_nobody_reads_goes() {
        assert_eq!(plain("a<script>if (a < b) {}</SCRIPT >b<!-- c -->d<style>x</style>"), "abd");
        assert_eq!(plain("<!DOCTYPE html><?xml version=\"1.0\"?>a<!--[if mso]>b<![endif]-->"), "a");
        assert_eq!(plain("a<script>b"), "ab");
    }

    #[test]
    fn what_was_escaped_twice_is_read_twice() {
        assert_eq!(plain("&amp;amp;amp;lt;b&amp;gt;a &amp;lt; b&lt;/b&gt;"), "a < b");
        assert_eq!(plain("&l<i></i>t;"), "<");
    }

    #[test]
    fn long_texts_of_beginnings_take_no_time() {
        for start in ["<!--", "<script>", "&amp;", "<b a='", "<", "&"] {
            let _ = html_to_text().normalize(&start.repeat(50_000));
        }
        let _ = html_to_text().normalize(&("<script>".repeat(200_000) + "</script"));
        assert_eq!(plain(&(" ".repeat(500_000) + &"<b>".repeat(200_000))), "");
    }
}
