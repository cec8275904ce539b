//! Web addresses and domains.

mod read;

use std::borrow::Cow;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use crate::error::{Fault, Result};

use read::{Address, Machine};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "url",
        about: "the address of a web site or page, with its scheme",
        options: "key (for comparing, not for storing), tracking (drops utm_source and its like), unicode (domains in their script)",
        example: ["url", "网址：WWW.Firm.CN/", "https://www.firm.cn"],
        make,
    },
    Entry {
        name: "domain",
        about: "the domain of a web site, without `www.`, however its address is written",
        options: "unicode (domains in their script)",
        example: ["domain", "http://www.Firm.cn/about", "firm.cn"],
        make: make_domain,
    },
];

/// Checks web addresses and writes them the standard way.
///
/// - White space, brackets, quotation marks, labels (`网址:`) and the
///   punctuation of lists around it are cut off, full-width characters folded.
/// - The scheme is `http` where that is said, and `https` where nothing is
///   said. Its usual misspellings are repaired: `http//`, `http:\\`, `htp://`, `http://http://`.
/// - The host becomes lower case, and one in another script what the DNS knows it by (UTS #46);
///   [`unicode_domain`](Url::unicode_domain) keeps it readable. `www.` stays.
/// - The default port, the slash behind the host, and an empty query or fragment go. All other of
///   path, query and fragment stays as it is; [`drop_tracking`](Url::drop_tracking) cleans the query.
///
/// Faults are what is not an address in the web (`无`, an e-mail address, `ftp:`), a host
/// without a dot, a top-level domain that there is not where neither scheme nor `www.` speaks for an
/// address (`report.pdf`), user names and passwords, several addresses, and white space
/// within, other than beside the dots of the host.
///
/// ```
/// use handover::Normalizer;
/// use handover::normalize::url::Url;
///
/// let url = Url::new();
/// assert_eq!(url.normalize("官网：WWW.Firm.cn/")?, "https://www.firm.cn");
/// assert_eq!(url.normalize("http//firm.cn:80/a?b=1")?, "http://firm.cn/a?b=1");
/// assert_eq!(url.drop_tracking().normalize("firm.cn/a?utm_source=x&b=1")?, "https://firm.cn/a?b=1");
/// assert_eq!(url.normalize("wang@firm.cn").unwrap_err().to_string(), "an e-mail address, not a web address");
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Url {
    drop_tracking: bool,
    unicode_domain: bool,
}

/// The rule [`Url`] as it is by default.
pub fn url() -> Box<dyn Normalizer> {
    Box::new(Url::new())
}

impl Url {
    /// The rule that keeps queries and writes domains in ASCII.
    pub fn new() -> Self {
        Url::default()
    }

    /// Drops the parameters that tell where a visitor came from: `utm_…`,
    /// `gclid`, `fbclid`, `msclkid`, `yclid`, `mc_eid`, `spm` and their like.
    #[must_use]
    pub fn drop_tracking(mut self) -> Self {
        self.drop_tracking = true;
        self
    }

    /// Writes domains of other scripts in their script.
    #[must_use]
    pub fn unicode_domain(mut self) -> Self {
        self.unicode_domain = true;
        self
    }

    fn written(self, text: &str) -> Result<String, Fault> {
        let address = Address::read(text)?;
        if !address.is_marked() {
            address.machine.check_top()?;
        }
        let scheme = address.scheme();
        let host = address.machine.written(self.unicode_domain);
        let port = address.port_beside_default();
        let rest = address.rest(self.drop_tracking);
        Ok(format!("{scheme}://{host}{port}{rest}"))
    }
}

impl Normalizer for Url {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        settled(text, |text| self.written(text)).map_err(|fault| fault.rule("url"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("url")
    }
}

/// The key by which web addresses are compared: without scheme, `www.`, default
/// port, fragment, tracking parameters and slashes at the end.
///
/// ```
/// use handover::normalize::{apply, url_key};
///
/// assert_eq!(apply(&[url_key()], "https://www.Firm.cn/about/?utm_source=mail#top")?, "firm.cn/about");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn url_key() -> Box<dyn Normalizer> {
    Box::new(UrlKey)
}

/// See [`url_key`].
#[derive(Debug, Clone, Copy)]
pub struct UrlKey;

impl Normalizer for UrlKey {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let key = |text: &str| {
            let address = Address::read(text)?;
            let host = address.machine.written(false);
            let port = address.port.filter(|port| !matches!(port, 80 | 443));
            let port = port.map_or_else(String::new, |port| format!(":{port}"));
            let rest = address.rest(true);
            let rest = rest.split('#').next().unwrap_or_default().trim_end_matches('/');
            Ok(format!("{}{port}{}", without_www(&host), rest.replace("/?", "?")))
        };
        settled(text, key).map_err(|fault: Fault| fault.rule("url_key"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("url_key")
    }
}

/// Writes the domain of a web site, whose address may stand there in part or
/// in whole, without `www.`: `http://www.Firm.cn/about` is `firm.cn`. What [`Url`]
/// finds fault with is a fault, and so are an IP address and a top-level domain
/// that is neither in IANA's list (npm package tlds 1.261.0) nor reserved by RFC 2606.
#[derive(Debug, Clone, Copy, Default)]
pub struct Domain {
    unicode: bool,
}

/// The rule [`Domain`] as it is by default.
pub fn domain() -> Box<dyn Normalizer> {
    Box::new(Domain::new())
}

impl Domain {
    /// The rule that writes domains in ASCII.
    pub fn new() -> Self {
        Domain::default()
    }

    /// Writes domains of other scripts in their script.
    #[must_use]
    pub fn unicode(mut self) -> Self {
        self.unicode = true;
        self
    }
}

impl Normalizer for Domain {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let domain = |text: &str| match Address::read(text)?.machine {
            Machine::Ip(_) => Err(Fault::new("an IP address in place of a domain")),
            named => {
                named.check_top()?;
                Ok(without_www(&named.written(self.unicode)).to_owned())
            }
        };
        settled(text, domain).map_err(|fault| fault.rule("domain"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("domain")
    }
}

/// The host without `www.`, as often as it stands there, while a domain remains.
fn without_www(host: &str) -> &str {
    let mut host = host;
    while let Some(rest) = host.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        host = rest;
    }
    host
}

/// Writes a text until nothing changes any more: what a part at the end leaves
/// behind may end like something to cut off.
fn settled(text: &str, write: impl Fn(&str) -> Result<String, Fault>) -> Result<Cow<'_, str>, Fault> {
    let mut written = write(text)?;
    if written == text {
        return Ok(Cow::Borrowed(text));
    }
    loop {
        let again = write(&written)?;
        if again == written {
            return Ok(Cow::Owned(written));
        }
        written = again;
    }
}

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let (mut url, mut key) = (Url::new(), false);
    for (name, value) in options.pairs() {
        match (name, value) {
            ("key", "") => key = true,
            ("tracking", "" | "drop") => url.drop_tracking = true,
            ("unicode", "") => url.unicode_domain = true,
            _ => return Err(options.refuse(name)),
        }
    }
    Ok(if key { url_key() } else { Box::new(url) })
}

fn make_domain(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut domain = Domain::new();
    for (name, value) in options.pairs() {
        match (name, value) {
            ("unicode", "") => domain.unicode = true,
            _ => return Err(options.refuse(name)),
        }
    }
    Ok(Box::new(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Url::new().normalize(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_right_already_is_borrowed() {
        for text in ["https://firm.cn", "http://www.firm.cn/a/?b=1#c", "https://xn--fsqu00a.xn--fiqs8s/路径"]
        {
            assert!(matches!(Url::new().normalize(text), Ok(Cow::Borrowed(_))), "{text}");
        }
    }

    #[test]
    fn misspelt_schemes_are_repaired() {
        for text in [
            "http//firm.cn",
            "http:/firm.cn",
            "http:firm.cn",
            "http:\\\\firm.cn",
            "http;//firm.cn",
            "http.//firm.cn",
            "htp://firm.cn",
            "htttp://firm.cn",
            "hhtp://firm.cn",
            "HTTP : // firm.cn",
            "http://http://firm.cn",
            "https://http://firm.cn",
            "http：／／firm．cn",
            "http:///firm.cn",
            "ttp://firm.cn",
        ] {
            assert_eq!(Url::new().normalize(text).unwrap(), "http://firm.cn", "{text}");
        }
        for text in [
            "https//firm.cn",
            "htps://firm.cn",
            "httpss://firm.cn",
            "//firm.cn",
            "firm.cn:443",
            "<firm.cn>",
            "firm.cn.",
            "firm。cn",
        ] {
            assert_eq!(Url::new().normalize(text).unwrap(), "https://firm.cn", "{text}");
        }
    }

    #[test]
    fn faults_say_what_is_wrong() {
        for (text, expected) in [
            ("", "no web address"),
            ("无", "a placeholder, not a web address"),
            ("http://", "nothing behind the scheme"),
            ("http://www.", "the domain has no dot"),
            ("firm", "the domain has no dot"),
            ("localhost:80", "the domain has no dot"),
            ("wang@firm.cn", "an e-mail address, not a web address"),
            ("http://user:secret@firm.cn", "a user name in the web address"),
            ("mailto:wang@firm.cn", "not a scheme of the web"),
            ("ftp://firm.cn", "not a scheme of the web"),
            ("javascript:alert(1)", "not a scheme of the web"),
            ("www.a.cn; www.b.cn", "more than one web address"),
            ("www.a.cn www.b.cn", "more than one web address"),
            ("firm.cn 总部", "white space in the web address"),
            ("firm.cn/a b", "white space in the web address"),
            ("www,firm,cn", "`,` in the domain"),
            ("firm..cn", "two dots in a row in the domain"),
            ("firm.cn:99999", "not a port"),
            ("300.1.1.1", "the domain ends in a number"),
            ("3.5", "the domain ends in a number"),
            ("firm.cn/\u{7}", "a character that does not belong in the web address"),
        ] {
            assert_eq!(fault(text), expected, "{text}");
        }
        let fault = domain().normalize("http://10.0.0.1").unwrap_err();
        assert_eq!(fault.to_string(), "an IP address in place of a domain");
    }

    #[test]
    fn machines_without_a_name_have_addresses() {
        assert_eq!(Url::new().normalize("10.0.0.1:8080/a").unwrap(), "https://10.0.0.1:8080/a");
        assert_eq!(Url::new().normalize("http://[2001:DB8::1]:80").unwrap(), "http://[2001:db8::1]");
    }
}
