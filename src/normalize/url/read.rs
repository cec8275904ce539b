//! The parts of a web address, as people write them.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use strsim::osa_distance;

use crate::error::{Fault, Result};
use crate::normalize::host::{Host, misplaced};
use crate::normalize::placeholder::{Subject, is_placeholder};
use crate::normalize::unicode::width_folded;
use crate::normalize::wrapping::{without_label, without_pair, without_punctuation};

/// What a field is called, with a colon or a space behind it: `网址: `.
#[rustfmt::skip]
const LABELS: [&str; 31] = [
    "url", "link", "web", "website", "web site", "site", "homepage", "home page", "www", "webpage", "web page", "company website", "web address",
    "网址", "網址", "网站", "網站", "官网", "官網", "官方网站", "公司网址", "公司网站", "公司官网", "主页", "主頁", "网页", "链接", "ホームページ", "hp", "홈페이지", "сайт",
];

/// Schemes that are followed by no slashes, and lead nowhere in the web.
const OTHER_SCHEMES: [&str; 8] = ["mailto", "javascript", "tel", "sms", "data", "file", "ftp", "about"];

/// Parameters that tell where a visitor came from; those that begin with `utm_` are known too.
#[rustfmt::skip]
const TRACKING: [&str; 22] = [
    "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh",
    "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "spm", "bd_vid", "qhclickid",
];

/// The top-level domains that RFC 2606 sets aside.
const RESERVED: [&str; 4] = ["example", "test", "invalid", "localhost"];

/// The longest address, in bytes, that browsers and CRMs take.
const LONGEST: usize = 2048;

const NO_SUCH_TOP: &str = "no such top-level domain";
const SEVERAL: &str = "more than one web address";

/// A web address in parts.
pub(super) struct Address {
    /// Whether the scheme is `https`, if there is one.
    secure: Option<bool>,
    pub machine: Machine,
    pub port: Option<u16>,
    /// Path, query and fragment, as they were.
    rest: String,
}

/// What answers at an address.
pub(super) enum Machine {
    Named { ascii: String, script: String },
    Ip(String),
}

impl Machine {
    fn read(host: &str) -> Result<Self, Fault> {
        if let Some(ip) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            let ip: Ipv6Addr = ip.parse().map_err(|_| Fault::new("not an IP address"))?;
            return Ok(Machine::Ip(format!("[{ip}]")));
        }
        if let Ok(ip) = host.parse::<Ipv4Addr>() {
            return Ok(Machine::Ip(ip.to_string()));
        }
        if host.is_ascii() && host.contains('_') {
            // No name of a machine, but of many a site.
            Host::read(&host.replace('_', "a"))?.in_dns()?;
            let ascii = host.to_ascii_lowercase();
            return Ok(Machine::Named { script: ascii.clone(), ascii });
        }
        let host = Host::read(host)?.in_dns()?;
        let ascii = host.ascii.clone().into_owned();
        Ok(Machine::Named { ascii, script: host.written(true).into_owned() })
    }

    /// What stands behind the last dot of a name.
    fn top(&self) -> Option<&str> {
        match self {
            Machine::Named { ascii, .. } => ascii.rsplit('.').next(),
            Machine::Ip(_) => None,
        }
    }

    /// Fails where the name ends in a top-level domain that there is not.
    pub fn check_top(&self) -> Result<(), Fault> {
        static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("tlds.txt").lines().collect());
        let known = |top: &str| KNOWN.binary_search(&top).is_ok() || RESERVED.contains(&top);
        match self.top().is_none_or(known) {
            true => Ok(()),
            false => Err(Fault::new(NO_SUCH_TOP)),
        }
    }

    pub fn written(&self, readable: bool) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Machine::Ip(ip) => ip,
            Machine::Named { script, .. } if readable => script,
            Machine::Named { ascii, .. } => ascii,
        })
    }
}

impl Address {
    /// Reads an address, with whatever stands around it.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(Fault::new(format!("longer than {LONGEST} bytes")));
        }
        let folded = width_folded(text);
        let text = unwrapped(&folded);
        if text.is_empty() {
            return Err(Fault::new("no web address"));
        }
        if is_placeholder(Subject::Any, text) {
            return Err(Fault::new("a placeholder, not a web address"));
        }
        let (secure, text) = without_scheme(text)?;
        let end = text.find(['/', '?', '#', '\\']).unwrap_or(text.len());
        let (authority, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        check_rest(rest, text)?;
        if authority.ends_with(':') && rest.starts_with("//") {
            return Err(Fault::new(SEVERAL));
        }
        let authority = if rest.is_empty() { without_remark(authority) } else { authority };
        let (host, port) = host_and_port(authority, secure.is_some(), text)?;
        let machine = Machine::read(&host)?;
        if !machine.top().is_none_or(is_possible_top) {
            return Err(Fault::new(NO_SUCH_TOP));
        }
        Ok(Address { secure, machine, port, rest: rest.replace('\\', "/") })
    }

    /// Whether more than a dot says that this is an address in the web: `report.pdf` has one too.
    pub fn is_marked(&self) -> bool {
        self.secure.is_some() || self.machine.written(false).starts_with("www.")
    }

    /// `https` where nothing else is said.
    pub fn scheme(&self) -> &'static str {
        match (self.secure, self.port) {
            (Some(false), _) | (None, Some(80)) => "http",
            _ => "https",
        }
    }

    /// `:8080`, where it has to be said.
    pub fn port_beside_default(&self) -> String {
        match (self.scheme(), self.port) {
            (_, None) | ("http", Some(80)) | ("https", Some(443)) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        }
    }

    /// Path, query and fragment, without what is empty.
    pub fn rest(&self, drop_tracking: bool) -> String {
        let (before, fragment) = self.rest.split_once('#').unwrap_or((&self.rest, ""));
        let (path, query) = before.split_once('?').unwrap_or((before, ""));
        let parameters = query.split('&').filter(|parameter| !(drop_tracking && is_tracking(parameter)));
        let query = parameters.collect::<Vec<_>>().join("&");
        let mut rest = match path {
            "" | "/" if query.is_empty() && fragment.is_empty() => String::new(),
            "" => "/".to_owned(),
            path => path.to_owned(),
        };
        for (mark, part) in [('?', &*query), ('#', fragment)] {
            if !part.is_empty() {
                rest.push(mark);
                rest.push_str(part);
            }
        }
        rest
    }
}

/// Letters alone, or another script.
fn is_possible_top(top: &str) -> bool {
    top.starts_with("xn--") || top.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_tracking(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    name.starts_with("utm_") || TRACKING.contains(&name)
}

fn unwrapped(text: &str) -> &str {
    let mut text = without_punctuation(text);
    loop {
        let bare = without_punctuation(without_label(without_pair(text), &LABELS));
        if bare.len() == text.len() {
            return text;
        }
        text = bare;
    }
}

/// Whether the scheme is `https`, if there is one, and what stands behind it.
fn without_scheme(text: &str) -> Result<(Option<bool>, &str), Fault> {
    let (mut secure, mut text) = (None, text);
    loop {
        let word = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(word).unwrap_or((text, ""));
        let behind =
            rest.trim_start_matches(|c: char| matches!(c, ':' | ';' | '/' | '\\' | '.') || c.is_whitespace());
        let between = rest.strip_suffix(behind).unwrap_or_default();
        match (is_secure(word, between, behind), between.contains("//")) {
            (Some(found), _) => secure = Some(found),
            (None, true) if word.is_empty() && secure.is_none() => {}
            (None, true) if between.starts_with(':') => return Err(Fault::new("not a scheme of the web")),
            _ if between.starts_with(':') && OTHER_SCHEMES.contains(&&*word.to_ascii_lowercase()) => {
                return Err(Fault::new("not a scheme of the web"));
            }
            _ if secure.is_some() && text.is_empty() => return Err(Fault::new("nothing behind the scheme")),
            _ => return Ok((secure, text)),
        }
        text = behind;
    }
}

/// Whether a word with this behind it means `https` or `http`, if either.
fn is_secure(word: &str, between: &str, behind: &str) -> Option<bool> {
    let word = word.to_ascii_lowercase();
    let ends = between.contains([':', '/', '\\', ';']) || (between == "." && behind.starts_with("www."));
    let misspelt = |scheme: &str| between == "://" && word.len() >= 3 && osa_distance(&word, scheme) == 1;
    match &*word {
        "http" | "https" => ends.then_some(word.len() == 5),
        _ if word.contains('s') && misspelt("https") => Some(true),
        _ => misspelt("http").then_some(false),
    }
}

/// A host without what is said of it in brackets behind it.
fn without_remark(authority: &str) -> &str {
    let host = authority.strip_suffix(')').and_then(|authority| authority.split_once('('));
    host.map_or(authority, |(host, _)| host.trim_end())
}

fn host_and_port(authority: &str, has_scheme: bool, text: &str) -> Result<(String, Option<u16>), Fault> {
    if authority.contains('@') {
        return Err(Fault::new(match has_scheme {
            true => "a user name in the web address",
            false => "an e-mail address, not a web address",
        }));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let port = port.trim();
            let number = if port.is_empty() {
                None
            } else {
                Some(port.parse().map_err(|_| Fault::new("not a port"))?)
            };
            (host, number)
        }
        _ => (authority, None),
    };
    let mut host = host.replace('。', ".");
    if host.contains(char::is_whitespace) {
        let parts: Vec<_> = host.split('.').map(str::trim).collect();
        host = parts.join(".");
        if host.contains(char::is_whitespace) {
            return Err(in_pieces(text));
        }
    }
    if host.contains([';', '、', '|', ',']) && host.matches("www.").count() > 1 {
        return Err(in_pieces(text));
    }
    host.truncate(host.trim_end_matches('.').len());
    Ok((host, port))
}

fn check_rest(rest: &str, text: &str) -> Result<(), Fault> {
    match rest
        .chars()
        .find(|&c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\u{FFFD}'))
    {
        None => Ok(()),
        Some(c) if c.is_whitespace() => Err(in_pieces(text)),
        Some(c) => Err(misplaced(c, "in the web address")),
    }
}

/// What to say of an address with white space or a separator within.
fn in_pieces(text: &str) -> Fault {
    let pieces = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '、' | '|' | ','));
    let addresses =
        pieces.filter(|piece| piece.contains('.') && !piece.starts_with('.') && !piece.ends_with('.'));
    Fault::new(match addresses.count() {
        0 | 1 => "white space in the web address",
        _ => SEVERAL,
    })
}
