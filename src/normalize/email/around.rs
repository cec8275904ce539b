//! What people and programs put around an address, and between several.

use std::borrow::Cow;

use crate::error::{Fault, Result};
use crate::normalize::empty::is_empty_word;
use crate::normalize::text::trimmed;
use crate::normalize::unicode::width_folded;
use crate::normalize::wrapping::{without_label, without_pair, without_punctuation};

/// What a field is called, with a colon or a space behind it: `邮箱: `, `E-mail2 `.
#[rustfmt::skip]
const LABELS: [&str; 41] = [
    "email", "e-mail", "mail", "e_mail", "email address", "e-mail address", "mail address", "email id", "mail to", "contact email",
    "work", "home", "office", "personal", "private", "business", "work email", "personal email", "business email",
    "邮箱", "郵箱", "邮件", "郵件", "电邮", "電郵", "电子邮箱", "電子郵箱", "电子邮件", "電子郵件", "邮箱地址", "工作邮箱", "个人邮箱", "公司邮箱",
    "メール", "メールアドレス", "이메일", "메일", "courriel", "correo", "почта", "эл. почта",
];

/// Words between one address and the next.
const JOINTS: [&str; 9] = ["或者", "或", "和", "及", "or", "and", "&", "/", "|"];

/// The text in characters of ordinary width, without the punctuation of a
/// list around it and what nobody sees in it; `。` is what Chinese keyboards give for a dot.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    let folded = width_folded(without_punctuation(text));
    match !folded.is_ascii() && folded.contains(|c| c == '。' || is_invisible(c)) {
        true => Cow::Owned(folded.replace(is_invisible, "").replace('。', ".")),
        false => folded,
    }
}

/// What marks where a line may break.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The most bytes of an item that are looked at: an address and a long name.
const LONGEST_ITEM: usize = 2000;

/// The address in an item, without labels, brackets, `mailto:` and a name.
pub(super) fn unwrapped(item: &str) -> Result<&str, Fault> {
    let mut text = trimmed(item);
    if text.len() > LONGEST_ITEM {
        return Err(Fault::new("too long for an address"));
    }
    loop {
        let bare = without_name(without_scheme(without_label(without_pair(text), &LABELS)))?;
        if bare.len() == text.len() {
            return Ok(text);
        }
        text = bare;
    }
}

fn without_scheme(text: &str) -> &str {
    let Some((scheme, address)) = text.split_at_checked("mailto:".len()) else { return text };
    if !scheme.eq_ignore_ascii_case("mailto:") {
        return text;
    }
    let end = address.find('@').and_then(|at| Some(at + address.get(at..)?.find('?')?));
    trimmed(address.get(..end.unwrap_or(address.len())).unwrap_or(address))
}

/// The address of `name <address>`, `name (address)` and `address (name)`.
pub(super) fn without_name(text: &str) -> Result<&str, Fault> {
    if let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        let address = trimmed(address);
        return match is_name(name, address) {
            true => Ok(address),
            false => Err(Fault::new("what stands around the address is no name")),
        };
    }
    if text.ends_with('>') {
        return Err(Fault::new("a bracket that is not opened"));
    }
    let Some((before, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return Ok(text);
    };
    let before = trimmed(before);
    let simple = !inner.contains(|c: char| matches!(c, '(' | ')' | '\\') || c.is_control());
    Ok(match (before.contains('@'), inner.contains('@')) {
        (false, true) if simple => trimmed(inner),
        (true, false) if simple && !before.ends_with('@') => before,
        _ => text,
    })
}

/// Whether a text can be the name before an address in brackets. Outlook
/// writes the address itself, where it knows no name.
fn is_name(name: &str, address: &str) -> bool {
    let name = trimmed(name);
    let quoted = name.len() >= 2 && name.starts_with('"') && name.ends_with('"');
    let bare = name.trim_matches(['"', '\'', '“', '”']);
    quoted || bare.eq_ignore_ascii_case(without_scheme(address)) || !name.contains(['@', '<', '>'])
}

/// How many @ signs stand outside of quotes.
fn count_signs(text: &str) -> usize {
    let mut quotes = Quotes::default();
    text.chars().filter(|&c| !quotes.holds(c) && c == '@').count()
}

/// Follows a text in and out of quotes.
#[derive(Default)]
struct Quotes {
    within: bool,
    escaped: bool,
}

impl Quotes {
    /// Whether the next character stands in quotes.
    fn holds(&mut self, c: char) -> bool {
        let within = self.within;
        if c == '"' && !self.escaped {
            self.within = !self.within;
        }
        self.escaped = within && c == '\\' && !self.escaped;
        within
    }
}

/// A text with several addresses, cut between them: at `;` `,` `、`, line
/// ends and after `>`, and where that leaves two together, at spaces, `/`, `|`, `或` and
/// their like. Words for "no value" among them are left out.
pub(super) fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut signs, mut bracket, mut quotes) = (0, 0, false, Quotes::default());
    for (at, c) in text.char_indices() {
        if quotes.holds(c) {
            continue;
        }
        signs += usize::from(c == '@');
        bracket = (bracket || c == '<') && c != '>';
        let end = match c {
            '>' => at + 1,
            ';' | ',' | '、' | '\n' | '\r' | '\t' if !bracket => at,
            _ => continue,
        };
        // A name before its address may hold a comma.
        if signs > 0 {
            items.extend(text.get(start..end));
            (start, signs) = (at + c.len_utf8(), 0);
        }
    }
    items.extend(text.get(start..));
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、');
    let items = items.into_iter().map(|item| without_joint(item.trim_matches(is_between)));
    items.filter(|item| !item.is_empty() && !is_empty_word(item)).flat_map(cut_at_words).collect()
}

fn without_joint(item: &str) -> &str {
    let rest = JOINTS.iter().find_map(|joint| item.strip_prefix(joint));
    rest.filter(|rest| rest.starts_with(char::is_whitespace)).map_or(item, str::trim_start)
}

fn cut_at_words(item: &str) -> Vec<&str> {
    if count_signs(item) < 2 || item.ends_with('>') {
        return vec![item];
    }
    // `old@x.cn (旧) new@x.cn (新)`
    let remark = |word: &str| word.starts_with('(') && word.ends_with(')') && !word.contains('@');
    let words = item.split_whitespace().filter(|word| !JOINTS.contains(word) && !remark(word));
    let parts = words.flat_map(|word| match count_signs(word) {
        0 | 1 => vec![word],
        _ => word.split(['/', '|', '&', '或', '和', '及']).collect(),
    });
    parts.collect()
}

/// An address without its comments (RFC 5322, section 3.2.2) and the white space beside them.
pub(super) fn without_comments(address: &str) -> Result<Cow<'_, str>, Fault> {
    if !address.contains('(') {
        return Ok(Cow::Borrowed(address));
    }
    let mut out = String::with_capacity(address.len());
    let (mut quotes, mut depth, mut escaped, mut joint) = (Quotes::default(), 0_usize, false, false);
    for c in address.chars() {
        let within = depth == 0 && quotes.holds(c);
        match c {
            _ if escaped && depth > 0 => escaped = false,
            '\\' if depth > 0 => escaped = true,
            '(' if !within => {
                depth += 1;
                out.truncate(out.trim_end().len());
            }
            ')' if depth > 0 => {
                depth -= 1;
                joint = true;
            }
            _ if depth > 0 => {}
            _ if joint && c.is_whitespace() => {}
            _ if joint && !matches!(c, '.' | '@') && !(out.is_empty() || out.ends_with(['.', '@'])) => {
                return Err(Fault::new("a comment in the middle of a word"));
            }
            _ => {
                joint = false;
                out.push(c);
            }
        }
    }
    match depth {
        0 => Ok(Cow::Owned(out)),
        _ => Err(Fault::new("a comment that is not closed")),
    }
}
