//! What stands before the @.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::error::{Fault, Result};
use crate::normalize::host::{check_dots, misplaced};
use crate::normalize::text::is_control;

/// The most characters before the @ (RFC 5321, section 4.5.3.1.1, says bytes; of
/// local parts in other scripts, mailers count characters).
const LONGEST: usize = 64;

/// Takes an address apart at the @ that is not in quotes.
pub(super) fn split(address: &str) -> Result<(&str, &str), Fault> {
    let local = match address.starts_with('"') {
        true => quoted_length(address).ok_or(Fault::new("a quotation mark that is not closed"))?,
        false => address.find('@').ok_or_else(|| no_sign(address))?,
    };
    let (local, rest) = address.split_at_checked(local).unwrap_or((address, ""));
    match (local, rest.strip_prefix('@')) {
        (_, None) if rest.is_empty() => Err(Fault::new("no @ sign")),
        (_, None) => Err(Fault::new("something between the quotes and the @")),
        (_, Some(domain)) if domain.contains('@') => Err(Fault::new("two @ signs")),
        ("", _) => Err(Fault::new("nothing before the @")),
        (_, Some("")) => Err(Fault::new("nothing after the @")),
        (local, Some(domain)) => Ok((local, domain)),
    }
}

/// How many bytes the text in quotes at the start has, quotes included.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(end.0 + 1)
}

fn no_sign(address: &str) -> Fault {
    let lower = address.to_ascii_lowercase();
    let in_words = ["(at)", "[at]", "{at}", "<at>", " at ", "_at_", "(a)", "[a]", "(艾特)"];
    Fault::new(match in_words.iter().any(|at| lower.contains(at)) {
        true => "the @ is written in words",
        false => "no @ sign",
    })
}

/// The local part, written the standard way.
pub(super) fn local_part(local: &str) -> Result<Cow<'_, str>, Fault> {
    let too_long = || Fault::new(format!("more than {LONGEST} characters before the @"));
    if local.len() > LONGEST && local.chars().count() > LONGEST {
        return Err(too_long());
    }
    if local.starts_with('"') {
        return quoted(local);
    }
    if let Some(c) = local.chars().find(|&c| !is_local(c)) {
        return Err(misplaced(c, "before the @"));
    }
    if local.starts_with(is_combining_mark) {
        return Err(Fault::new("a combining mark at the start"));
    }
    check_dots(local, "before the @")?;
    if local.is_ascii() {
        return Ok(Cow::Borrowed(local));
    }
    let composed: String = local.nfc().collect();
    match composed.chars().count() > LONGEST {
        true => Err(too_long()),
        false => Ok(Cow::Owned(composed)),
    }
}

/// What stands in quotes, without them where they are not needed.
fn quoted(local: &str) -> Result<Cow<'_, str>, Fault> {
    let inner = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or_default();
    let (mut plain, mut written) = (String::new(), String::from('"'));
    let mut chars = inner.chars();
    while let Some(mut c) = chars.next() {
        if c == '\\' {
            c = chars.next().unwrap_or(c);
        }
        if !matches!(c, ' '..='~') {
            return Err(Fault::new("a character that does not belong between the quotes"));
        }
        if matches!(c, '"' | '\\') {
            written.push('\\');
        }
        plain.push(c);
        written.push(c);
    }
    written.push('"');
    match plain.is_empty() {
        true => Err(Fault::new("nothing before the @")),
        false if plain.chars().all(is_local) && check_dots(&plain, "").is_ok() => Ok(Cow::Owned(plain)),
        false => Ok(Cow::Owned(written)),
    }
}

/// `atext` of RFC 5322, the dot between, and printable characters of other scripts (RFC 6531).
fn is_local(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => true,
        '!'..='~' => "!#$%&'*+-/=?^_`{|}~".contains(c),
        _ => !c.is_ascii() && is_printable(c),
    }
}

/// Not white space, a control, an invisible character, of private use or the sign of broken text.
fn is_printable(c: char) -> bool {
    let private = matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    !c.is_whitespace() && !is_control(c) && !private && c != char::REPLACEMENT_CHARACTER
}
