//! E-mail addresses.

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Normalizer;
use super::catalogue::Entry;
use super::text::{is_control, trimmed};
use super::unicode::width_folded;
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[];

/// The most bytes before the @ (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// The most bytes of an address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;
/// The most bytes between two dots of a domain (RFC 1035, section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// Checks the syntax of an e-mail address and writes it the standard way.
///
/// - White space around it, angle brackets and `mailto:` are cut off.
/// - Full-width characters are folded, and `。` is read as a dot: `a＠b．com` is `a@b.com`.
/// - The domain becomes lower case; one in another script becomes what the
///   DNS knows it by (UTS #46), so that every mailer and every CRM takes it:
///   `臺網中心.台灣` is `xn--fiqy6j41tc2k.xn--kpry57d`. [`unicode_domain`](Email::unicode_domain) keeps it readable.
/// - What is before the @ keeps its case, and its script in form NFC (RFC 6531).
///
/// What mailers deliver is taken: the `Dot-string` and `Domain` of RFC 5321
/// with its limits of length, a domain of two parts or more whose last is
/// neither a number nor a single letter. A quoted local part (`"a b"@c.d`), a comment, an address literal
/// (`a@[127.0.0.1]`), a display name (`A <a@b.c>`) and a second address are faults.
///
/// ```
/// use handover::Normalizer;
/// use handover::normalize::Email;
///
/// let email = Email::new();
/// assert_eq!(email.normalize(" mailto:Zhang.San@Example.COM ")?, "Zhang.San@example.com");
/// assert_eq!(email.normalize("张三@例子.中国")?, "张三@xn--fsqu00a.xn--fiqs8s");
/// assert_eq!(email.unicode_domain().normalize("张三@xn--fsqu00a.中国")?, "张三@例子.中国");
/// assert_eq!(email.normalize("zhang@example").unwrap_err().to_string(), "the domain has no dot");
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Email {
    unicode_domain: bool,
}

/// The rule [`Email`] as it is by default.
pub fn email() -> Box<dyn Normalizer> {
    Box::new(Email::new())
}

impl Email {
    /// The rule that writes domains in ASCII.
    pub fn new() -> Self {
        Email::default()
    }

    /// Writes domains of other scripts in their script.
    #[must_use]
    pub fn unicode_domain(mut self) -> Self {
        self.unicode_domain = true;
        self
    }

    fn read<'a>(self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let address = unwrapped(text);
        let folded = folded(address);
        let (local, domain) = split(&folded)?;
        let local = local_part(local)?;
        let domain = self.domain(domain, local.len())?;
        Ok(match address.split_once('@') {
            Some(same) if same == (&*local, &*domain) => Cow::Borrowed(address),
            _ => Cow::Owned(format!("{local}@{domain}")),
        })
    }

    /// The domain written the standard way, behind a local part of so many bytes.
    fn domain(self, domain: &str, local: usize) -> Result<Cow<'_, str>, Fault> {
        if domain.starts_with('[') {
            return Err(Fault::new("a network address in place of a domain"));
        }
        check_dots(domain, "in the domain")?;
        let international = !domain.is_ascii() || has_punycode(domain);
        let readable = if international { readable_domain(domain)? } else { lowercase_domain(domain)? };
        let ascii = match readable.is_ascii() {
            true => Cow::Borrowed(&*readable),
            false => Uts46::new()
                .to_ascii(
                    readable.as_bytes(),
                    AsciiDenyList::STD3,
                    Hyphens::CheckFirstLast,
                    DnsLength::Ignore,
                )
                .map_err(|_| Fault::new("not a valid international domain"))?,
        };
        check_labels(&ascii)?;
        if local + 1 + ascii.len() > LONGEST {
            return Err(Fault::new(format!("longer than {LONGEST} bytes")));
        }
        Ok(match ascii {
            Cow::Owned(ascii) if !self.unicode_domain => Cow::Owned(ascii),
            _ => readable,
        })
    }
}

impl Normalizer for Email {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        self.read(text).map_err(|fault| fault.rule("email"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("email")
    }
}

/// The address without what people and programs put around it.
fn unwrapped(text: &str) -> &str {
    let text = trimmed(text);
    let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    match bare.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => trimmed(address),
        _ => trimmed(bare),
    }
}

/// The address in characters of ordinary width; `。` is what Chinese keyboards give for a dot.
fn folded(address: &str) -> Cow<'_, str> {
    match width_folded(address) {
        folded if !folded.is_ascii() && folded.contains('。') => Cow::Owned(folded.replace('。', ".")),
        folded => folded,
    }
}

fn split(address: &str) -> Result<(&str, &str), Fault> {
    if address.starts_with('"') {
        return Err(Fault::new("quotes before the @"));
    }
    if address.ends_with('>') {
        return Err(Fault::new("a display name or bracket around the address"));
    }
    match address.split_once('@') {
        None => Err(Fault::new("no @ sign")),
        Some((_, domain)) if domain.contains('@') => Err(Fault::new("two @ signs")),
        Some(("", _)) => Err(Fault::new("nothing before the @")),
        Some((_, "")) => Err(Fault::new("nothing after the @")),
        Some(parts) => Ok(parts),
    }
}

fn local_part(local: &str) -> Result<Cow<'_, str>, Fault> {
    if let Some(c) = local.chars().find(|&c| !is_local(c)) {
        return Err(misplaced(c, "before the @"));
    }
    if local.starts_with(is_combining_mark) {
        return Err(Fault::new("a combining mark at the start"));
    }
    check_dots(local, "before the @")?;
    let local = match local.is_ascii() {
        true => Cow::Borrowed(local),
        false => Cow::Owned(local.nfc().collect()),
    };
    if local.len() > LONGEST_LOCAL {
        return Err(Fault::new(format!("more than {LONGEST_LOCAL} bytes before the @")));
    }
    Ok(local)
}

/// A domain of ASCII letters, in lower case.
fn lowercase_domain(domain: &str) -> Result<Cow<'_, str>, Fault> {
    if let Some(c) = domain.chars().find(|c| !matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.')) {
        return Err(misplaced(c, "in the domain"));
    }
    Ok(match domain.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(domain.to_ascii_lowercase()),
        false => Cow::Borrowed(domain),
    })
}

/// A domain of other scripts, mapped as UTS #46 says, punycode decoded.
fn readable_domain(domain: &str) -> Result<Cow<'_, str>, Fault> {
    let (readable, result) =
        Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    if result.is_err() || !readable.chars().all(is_domain) {
        return Err(Fault::new("not a valid international domain"));
    }
    Ok(readable)
}

fn check_dots(part: &str, place: &str) -> Result<(), Fault> {
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
    let Some((_, last)) = domain.rsplit_once('.') else {
        return Err(Fault::new("the domain has no dot"));
    };
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::new("the domain ends in a number"));
    }
    if last.len() == 1 {
        return Err(Fault::new("the domain ends in a single letter"));
    }
    for label in domain.split('.') {
        if label.starts_with('-') || label.ends_with('-') {
            return Err(Fault::new("a hyphen at the start or end of a part of the domain"));
        }
        if label.len() > LONGEST_LABEL {
            return Err(Fault::new(format!("a part of the domain is longer than {LONGEST_LABEL} bytes")));
        }
    }
    Ok(())
}

fn has_punycode(domain: &str) -> bool {
    domain.split('.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")))
}

/// `atext` of RFC 5322, the dot between, and printable characters of other scripts (RFC 6531).
fn is_local(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => true,
        '!'..='~' => "!#$%&'*+-/=?^_`{|}~".contains(c),
        _ => !c.is_ascii() && is_printable(c),
    }
}

/// Letters and digits of any script and what RFC 5892 allows beside them;
/// not the symbols and emoji, which UTS #46 would let pass.
fn is_domain(c: char) -> bool {
    const BESIDE: &str = "-.·\u{375}\u{5F3}\u{5F4}・\u{200C}\u{200D}";
    c.is_alphanumeric() || is_combining_mark(c) || BESIDE.contains(c)
}

/// Not white space, a control, an invisible character, of private use or the sign of broken text.
fn is_printable(c: char) -> bool {
    let private = matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    !c.is_whitespace() && !is_control(c) && !private && c != char::REPLACEMENT_CHARACTER
}

fn misplaced(c: char, place: &str) -> Fault {
    Fault::new(match c {
        _ if c.is_whitespace() => format!("white space {place}"),
        '!'..='~' => format!("`{c}` {place}"),
        _ => format!("a character that does not belong {place}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Email::new().normalize(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_right_already_is_borrowed() {
        for text in ["a@b.co", " <Zhang.San+x@mail.example.com>\n", "mailto:a@b.co"] {
            assert!(matches!(Email::new().normalize(text), Ok(Cow::Borrowed(_))), "{text}");
        }
    }

    #[test]
    fn the_standard_way() {
        for (text, expected) in [
            ("Zhang.San@Example.COM", "Zhang.San@example.com"),
            ("<MailTo:a@b.co>", "a@b.co"),
            ("ｚｈａｎｇ＠ｅｘａｍｐｌｅ。ｃｎ", "zhang@example.cn"),
            ("a@BÜCHER.de", "a@xn--bcher-kva.de"),
            ("a@XN--BCHER-KVA.de", "a@xn--bcher-kva.de"),
            ("jose\u{301}@b.co", "jos\u{e9}@b.co"),
        ] {
            assert_eq!(Email::new().normalize(text).unwrap(), expected);
        }
    }

    #[test]
    fn a_domain_is_written_in_its_script_on_demand() {
        let email = Email::new().unicode_domain();
        assert_eq!(email.normalize("a@bücher.de").unwrap(), "a@bücher.de");
        assert_eq!(email.normalize("a@xn--bcher-kva.de").unwrap(), "a@bücher.de");
        assert_eq!(email.normalize("a@b.de").unwrap(), "a@b.de");
    }

    #[test]
    fn faults_say_what_is_wrong() {
        for (text, expected) in [
            ("", "no @ sign"),
            ("zhang.example.com", "no @ sign"),
            ("a@b.co;c@d.co", "two @ signs"),
            ("@b.co", "nothing before the @"),
            ("a@", "nothing after the @"),
            ("a@localhost", "the domain has no dot"),
            ("a@10.0.0.1", "the domain ends in a number"),
            ("a@[10.0.0.1]", "a network address in place of a domain"),
            ("\"a b\"@c.co", "quotes before the @"),
            ("Zhang <a@b.co>", "a display name or bracket around the address"),
            ("a b@c.co", "white space before the @"),
            ("a@c .co", "white space in the domain"),
            ("a,b@c.co", "`,` before the @"),
            ("a@b_c.co", "`_` in the domain"),
            ("a\u{7}@b.co", "a character that does not belong before the @"),
            (".a@b.co", "a dot at the start before the @"),
            ("a@b.co.", "a dot at the end in the domain"),
            ("a@b..co", "two dots in a row in the domain"),
            ("a@b.c", "the domain ends in a single letter"),
            ("a@❤.ws", "not a valid international domain"),
            ("\u{202E}a@b.co", "a character that does not belong before the @"),
            ("\u{301}a@b.co", "a combining mark at the start"),
            ("a@-b.co", "a hyphen at the start or end of a part of the domain"),
            ("a@xn--a.co", "not a valid international domain"),
        ] {
            assert_eq!(fault(text), expected, "{text}");
        }
    }

    #[test]
    fn lengths_are_those_of_the_standards() {
        let local = "a".repeat(64);
        let label = "b".repeat(63);
        assert!(Email::new().normalize(&format!("{local}@{label}.co")).is_ok());
        assert_eq!(fault(&format!("{local}a@b.co")), "more than 64 bytes before the @");
        assert_eq!(fault(&format!("a@{label}b.co")), "a part of the domain is longer than 63 bytes");
        assert_eq!(fault(&format!("{local}@{label}.{label}.{label}.co")), "longer than 254 bytes");
    }
}
