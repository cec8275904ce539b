//! Host names: what e-mail addresses and web addresses have in common.

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::char::is_combining_mark;

use crate::error::{Fault, Result};

/// The most bytes between two dots of a domain (RFC 1035, section 2.3.4).
const LONGEST_LABEL: usize = 63;
/// The most bytes of a domain (RFC 1035, section 2.3.4, less the root and the length before it).
const LONGEST: usize = 253;

/// A domain in lower case, mapped as UTS #46 says.
pub(super) struct Host<'a> {
    /// As the DNS knows it.
    pub ascii: Cow<'a, str>,
    /// In its script, where that is another.
    script: Option<String>,
}

impl<'a> Host<'a> {
    /// Reads a domain of one part or more, each of letters, digits and hyphens of any script.
    pub fn read(domain: &'a str) -> Result<Self, Fault> {
        check_dots(domain, "in the domain")?;
        let host = match domain.is_ascii() && !has_punycode(domain) {
            true => Host { ascii: lowercase(domain)?, script: None },
            false => international(domain)?,
        };
        check_labels(&host.ascii)?;
        Ok(host)
    }

    /// The domain, if it is one below a top-level domain, and so not a name in
    /// a local network, and not an IP address.
    pub fn in_dns(self) -> Result<Self, Fault> {
        let Some((_, last)) = self.ascii.rsplit_once('.') else {
            return Err(Fault::new("the domain has no dot"));
        };
        if last.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault::new("the domain ends in a number"));
        }
        if last.len() == 1 {
            return Err(Fault::new("the domain ends in a single letter"));
        }
        Ok(self)
    }

    /// The domain as it is written: as the DNS knows it, or readable.
    pub fn written(self, readable: bool) -> Cow<'a, str> {
        match self.script {
            Some(script) if readable => Cow::Owned(script),
            _ => self.ascii,
        }
    }
}

/// A domain of ASCII letters, in lower case.
fn lowercase(domain: &str) -> Result<Cow<'_, str>, Fault> {
    let mut capital = false;
    for b in domain.bytes() {
        match b {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' => {}
            b'A'..=b'Z' => capital = true,
            _ => return Err(misplaced(char::from(b), "in the domain")),
        }
    }
    Ok(if capital { Cow::Owned(domain.to_ascii_lowercase()) } else { Cow::Borrowed(domain) })
}

fn international(domain: &str) -> Result<Host<'static>, Fault> {
    if let Some(space) = domain.chars().find(|c| c.is_whitespace()) {
        return Err(misplaced(space, "in the domain"));
    }
    let invalid = || Fault::new("not a valid international domain");
    let (script, result) =
        Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    if result.is_err() || !script.chars().all(is_domain) {
        return Err(invalid());
    }
    let ascii = Uts46::new()
        .to_ascii(script.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore)
        .map_err(|_| invalid())?
        .into_owned();
    // What is ignored may have been all of a part.
    check_dots(&ascii, "in the domain")?;
    Ok(Host { ascii: Cow::Owned(ascii), script: Some(script.into_owned()) })
}

/// Fails at a dot that has nothing on one side.
pub(super) fn check_dots(part: &str, place: &str) -> Result<(), Fault> {
    if part.split('.').all(|between| !between.is_empty()) {
        return Ok(());
    }
    let what = match part {
        _ if part.starts_with('.') => "a dot at the start",
        _ if part.ends_with('.') => "a dot at the end",
        _ => "two dots in a row",
    };
    Err(Fault::new(format!("{what} {place}")))
}

fn check_labels(domain: &str) -> Result<(), Fault> {
    for label in domain.split('.') {
        if label.starts_with('-') || label.ends_with('-') {
            return Err(Fault::new("a hyphen at the start or end of a part of the domain"));
        }
        if label.len() > LONGEST_LABEL {
            return Err(Fault::new(format!("a part of the domain is longer than {LONGEST_LABEL} bytes")));
        }
        if label.get(2..4) == Some("--") && !label.starts_with("xn") {
            return Err(Fault::new("hyphens where only `xn--` may stand"));
        }
    }
    match domain.len() > LONGEST {
        true => Err(Fault::new(format!("a domain longer than {LONGEST} bytes"))),
        false => Ok(()),
    }
}

fn has_punycode(domain: &str) -> bool {
    domain.split('.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")))
}

/// Letters and digits of any script and what RFC 5892 allows beside them;
/// not the symbols and emoji, which UTS #46 would let pass.
fn is_domain(c: char) -> bool {
    const BESIDE: &str = "-.·\u{375}\u{5F3}\u{5F4}・\u{200C}\u{200D}";
    c.is_alphanumeric() || is_combining_mark(c) || BESIDE.contains(c)
}

/// What to say of a character that stands where it may not.
pub(super) fn misplaced(c: char, place: &str) -> Fault {
    Fault::new(match c {
        _ if c.is_whitespace() => format!("white space {place}"),
        '!'..='~' => format!("`{c}` {place}"),
        _ => format!("a character that does not belong {place}"),
    })
}
