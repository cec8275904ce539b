//! Addresses that nobody reads.

use std::sync::LazyLock;

use super::{number, words};
use crate::normalize::empty::Words;

/// Local parts that say that there is no address, with any domain; read
/// without the hyphens, dots and underscores in them.
#[rustfmt::skip]
static NO_ADDRESS: LazyLock<Words> = LazyLock::new(|| Words::new([
    "noemail", "noemails", "nomail", "noemailaddress", "noaddress", "none", "noone", "nobody", "notprovided", "notavailable",
    "notgiven", "noemailprovided", "noemailgiven", "noemailonfile", "donthave", "donthaveemail", "doesnothaveemail",
    "unknown", "null", "undefined", "fake", "fakeemail", "dummy", "placeholder", "invalid", "testemail", "emailtest", "testuser",
    "meiyou", "wuyouxiang", "meiyouyouxiang",
]));

/// Local parts that are one's name elsewhere, and not where the domain is such a word too.
#[rustfmt::skip]
static WITH_DOMAIN: LazyLock<Words> = LazyLock::new(|| Words::new([
    "na", "n.a", "no", "abc", "asd", "qwe", "zxc", "foo", "bar", "name", "user", "email", "mail", "sample", "example", "me", "your",
    "you", "yourname", "youremail", "someone", "somebody", "first.last", "firstname.lastname", "domain", "xx", "yy",
]));

/// First labels of domains, below `com`, `net`, `org` and `cn`, at which nobody has an address.
#[rustfmt::skip]
static DOMAINS: LazyLock<Words> = LazyLock::new(|| Words::new([
    "test", "testing", "tests", "none", "noemail", "no-email", "nomail", "noaddress", "nodomain", "nowhere", "asdf", "qwer", "qwerty",
    "fake", "fakemail", "dummy", "domain", "yourdomain", "mydomain", "yourcompany", "mycompany", "null", "unknown", "invalid", "xxx", "xxxx",
]));

/// Whether an address, in lower case, stands in place of one. `examples`: also those of RFC 2606.
pub(super) fn is_placeholder(folded: &str, examples: bool) -> bool {
    let bare = folded.trim_start_matches("mailto:").trim_matches(['<', '>']);
    let Some((local, domain)) = bare.split_once('@') else { return false };
    let (label, rest) = domain.split_once('.').unwrap_or((domain, ""));
    let common = matches!(rest, "com" | "net" | "org" | "cn" | "com.cn");
    says_nothing(local)
        || (common && DOMAINS.contains(label))
        || (is_word(local) && is_word(label))
        || (local.len() == 1 && label.len() == 1 && (common || rest.len() == 2))
        || (local == label && label.len() == 2)
        || (local.len() >= 3 && number::is_run(local))
        || (examples && is_reserved(domain))
}

fn says_nothing(local: &str) -> bool {
    let (plain, _) = local.split_once('+').unwrap_or((local, ""));
    let word = words::numbered(plain);
    let joined: String = plain.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    NO_ADDRESS.contains(&joined) || words::is_test(word) || words::is_keyboard(word) || is_crossed_out(word)
}

fn is_word(part: &str) -> bool {
    let word = words::numbered(part);
    WITH_DOMAIN.contains(part)
        || WITH_DOMAIN.contains(word)
        || words::is_general(part)
        || number::is_run(part)
        || is_crossed_out(part)
}

/// `xxx`, and the like of three letters.
fn is_crossed_out(word: &str) -> bool {
    matches!(word, "xxx" | "aaa" | "zzz") || words::is_one_letter(word)
}

/// The domains that RFC 2606 and RFC 6761 set aside.
fn is_reserved(domain: &str) -> bool {
    let under = |reserved: &str| {
        domain.strip_suffix(reserved).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"]
        .into_iter()
        .any(under)
}
