//! E-mail addresses.

mod around;
mod key;
mod local;
mod typo;

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::catalogue::{Entry, Options};
use super::host::Host;
use super::text::trimmed;
use super::unicode::width_folded;
use super::{Normalizer, Splitter};
use crate::error::{Fault, Result};

pub use super::splitter::Several;
pub use key::{EmailKey, email_key};
pub use typo::likely_domain;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "email",
    about: "an e-mail address, or several with `; ` between them",
    options: "key (for comparing, not for storing), one (several are a fault), unicode (domains in their script), \
              strict (nothing is repaired), comments, literals, dotless",
    example: ["email", "王伟 <Wang.Wei＠Example．CN>", "Wang.Wei@example.cn"],
    make,
}];

/// The most bytes of an address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;

/// What mailers take for the end of a header.
const LINE_END: [char; 2] = ['\r', '\n'];

/// Checks the syntax of e-mail addresses and writes them the standard way.
///
/// - Spaces, brackets, quotation marks, labels (`邮箱:`), `mailto:`, commas
///   and semicolons around an address are cut off, and so is a name: what
///   becomes of `王伟 <wang@x.cn>` and `wang@x.cn (王伟)` is `wang@x.cn`.
/// - Full-width characters are folded, and `。` is read as a dot: `a＠b．com` is `a@b.com`.
/// - The domain becomes lower case; one in another script becomes what the
///   DNS knows it by (UTS #46), so that every mailer and every CRM takes it:
///   `臺網中心.台灣` is `xn--fiqy6j41tc2k.xn--kpry57d`. [`unicode_domain`](Email::unicode_domain) keeps it readable.
/// - What is before the @ keeps its case, and its script in form NFC (RFC
///   6531). Quotes around it go where they are not needed: `"a.b"@c.de` is `a.b@c.de`.
/// - Several addresses are written with `; ` between them, each once: whatever was
///   between them, `;` `,` `、` `/` `|` `或`, a space or a line end. See [`Several`] and [`Emails`].
///
/// What mailers deliver is taken: the `Local-part` and `Domain` of RFC 5321
/// with its limits of length (before the @, in characters), a domain of two parts or more whose last is
/// neither a number nor a single letter. By [options](Email::comments) only: comments,
/// [address literals](Email::address_literals), [domains without a dot](Email::dotless). Faults are what
/// could be repaired in more than one way: `zhang(at)x.cn`, white space within, a full stop at the end, a second @;
/// and a line end at either end, which would end a mail's header: [`trim`](super::trim) comes first.
///
/// ```
/// use handover::Normalizer;
/// use handover::normalize::Email;
///
/// let email = Email::new();
/// assert_eq!(email.normalize(" mailto:Zhang.San@Example.COM ")?, "Zhang.San@example.com");
/// assert_eq!(email.normalize("邮箱：li@x.cn、wang@x.cn")?, "li@x.cn; wang@x.cn");
/// assert_eq!(email.normalize("张三@例子.中国")?, "张三@xn--fsqu00a.xn--fiqs8s");
/// assert_eq!(email.unicode_domain().normalize("张三@xn--fsqu00a.中国")?, "张三@例子.中国");
/// assert_eq!(email.normalize("zhang@example").unwrap_err().to_string(), "the domain has no dot");
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Email {
    unicode_domain: bool,
    several: Several,
    strict: bool,
    comments: bool,
    address_literals: bool,
    dotless: bool,
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

    /// What becomes of several addresses; they are joined by default.
    #[must_use]
    pub fn several(mut self, several: Several) -> Self {
        self.several = several;
        self
    }

    /// Takes one address as RFC 5321 and 5322 write it, with a name or without,
    /// and repairs nothing: white space around it, full-width characters, labels and several
    /// addresses are faults. For forms, whose user can be asked again.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Takes comments (RFC 5322, section 3.2.2) and drops them: `wang(work)@x.cn` is
    /// `wang@x.cn`. One behind the address is a name, and dropped by default.
    #[must_use]
    pub fn comments(mut self) -> Self {
        self.comments = true;
        self
    }

    /// Takes an IP address in the domain's place (RFC 5321, section 4.1.3): `a@[127.0.0.1]`, `a@[IPv6:::1]`.
    #[must_use]
    pub fn address_literals(mut self) -> Self {
        self.address_literals = true;
        self
    }

    /// Takes domains without a dot: `root@localhost`.
    #[must_use]
    pub fn dotless(mut self) -> Self {
        self.dotless = true;
        self
    }

    fn read<'a>(self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        if is_plain(text) {
            return self.address(text);
        }
        let addresses = self.addresses(text)?;
        let written = match &*addresses {
            [address] => match text.find(&**address) {
                Some(at) => return Ok(Cow::Borrowed(text.get(at..at + address.len()).unwrap_or(text))),
                None => address.clone(),
            },
            several => several.join("; "),
        };
        Ok(if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) })
    }

    /// The addresses that a value holds, each once, written the standard way.
    fn addresses(self, text: &str) -> Result<Vec<String>, Fault> {
        if self.strict {
            return Ok(vec![self.strictly(text)?]);
        }
        if text.starts_with(LINE_END) || text.ends_with(LINE_END) {
            return Err(Fault::new("a line end around the address, which trim takes away"));
        }
        let tidy = around::tidied(text);
        let items = around::items(&tidy);
        if items.len() > 1 && self.several == Several::Refuse {
            return Err(Fault::new(format!("{} addresses where one belongs", items.len())));
        }
        let (mut addresses, mut seen) = (Vec::with_capacity(items.len()), HashSet::new());
        for item in items {
            let address = self.address(around::unwrapped(item)?)?.into_owned();
            if seen.insert(address.clone()) {
                addresses.push(address);
            }
        }
        match addresses.is_empty() {
            true => Err(Fault::new("no @ sign")),
            false => Ok(addresses),
        }
    }

    fn strictly(self, text: &str) -> Result<String, Fault> {
        if trimmed(text).len() != text.len() {
            return Err(Fault::new("white space around the address"));
        }
        if matches!(width_folded(text), Cow::Owned(_)) {
            return Err(Fault::new("full-width characters"));
        }
        self.address(around::without_name(text)?).map(Cow::into_owned)
    }

    /// One address, with nothing around it.
    fn address<'a>(self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        if self.comments && text.contains('(') {
            let bare = around::without_comments(text)?;
            return Email { comments: false, ..self }
                .address(&bare)
                .map(|found| Cow::Owned(found.into_owned()));
        }
        let (local, domain) = local::split(text)?;
        let local = local::local_part(local)?;
        let (domain, length) = self.domain(domain)?;
        if local.len() + 1 + length > LONGEST {
            return Err(Fault::new(format!("longer than {LONGEST} bytes")));
        }
        Ok(match text.split_at_checked(local.len()) {
            Some((same, rest)) if same == local && rest.strip_prefix('@') == Some(&domain) => {
                Cow::Borrowed(text)
            }
            _ => Cow::Owned(format!("{local}@{domain}")),
        })
    }

    /// The domain written the standard way, and how many bytes it has in the DNS.
    fn domain(self, domain: &str) -> Result<(Cow<'_, str>, usize), Fault> {
        if let Some(literal) = domain.strip_prefix('[') {
            let literal = literal.strip_suffix(']').ok_or(Fault::new("a bracket that is not closed"))?;
            let written = address_literal(literal).filter(|_| self.address_literals);
            let written = written.ok_or(Fault::new("a network address in place of a domain"))?;
            let length = written.len();
            return Ok((Cow::Owned(written), length));
        }
        let host = Host::read(domain)?;
        let host = if self.dotless && !host.ascii.contains('.') { host } else { host.in_dns()? };
        let length = host.ascii.len();
        Ok((host.written(self.unicode_domain), length))
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

/// Takes the addresses of a value apart, for columns of their own.
///
/// ```
/// use handover::normalize::email::Emails;
/// use handover::map::Spread;
/// use handover::normalize::{Email, Splitter};
///
/// let mut addresses = Vec::new();
/// Emails::default().split("Li <li@x.cn>, wang@x.cn", &mut addresses)?;
/// assert_eq!(addresses, ["li@x.cn", "wang@x.cn"]);
///
/// let readable = Emails::by(Email::new().unicode_domain());
/// let spread = Spread::new("emails", readable, ["email", "email_2"]);
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Emails(Email);

impl Emails {
    /// Reads and writes each address by a rule.
    pub fn by(email: Email) -> Self {
        Emails(email)
    }
}

impl Splitter for Emails {
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
        values.append(&mut self.0.addresses(text).map_err(|fault| fault.rule("email"))?);
        Ok(())
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("emails")
    }
}

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let (mut email, mut key) = (Email::new(), false);
    for (name, value) in options.pairs() {
        match (name, value) {
            ("key", "") => key = true,
            ("one", "") | ("several", "refuse") => email.several = Several::Refuse,
            ("several", "join") => email.several = Several::Join,
            ("unicode", "") => email.unicode_domain = true,
            ("strict", "") => email.strict = true,
            ("comments", "") => email.comments = true,
            ("literals", "") => email.address_literals = true,
            ("dotless", "") => email.dotless = true,
            _ => return Err(options.refuse(name)),
        }
    }
    Ok(if key { Box::new(EmailKey(email)) } else { Box::new(email) })
}

/// Whether a text is one address or a faulty one, with nothing around it:
/// most are.
fn is_plain(text: &str) -> bool {
    let mut signs = 0;
    let plain = text.bytes().all(|b| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'+' => true,
        b'@' => {
            signs += 1;
            true
        }
        _ => false,
    });
    plain && signs < 2
}

/// What stands between square brackets, if it is the address of a machine.
fn address_literal(literal: &str) -> Option<String> {
    match literal.split_at_checked("IPv6:".len()) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => {
            address.parse().ok().map(|address: Ipv6Addr| format!("[IPv6:{address}]"))
        }
        _ => literal.parse().ok().map(|address: Ipv4Addr| format!("[{address}]")),
    }
}

#[cfg(test)]
mod tests;
