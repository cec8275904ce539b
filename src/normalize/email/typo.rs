//! Domains of the large providers, misspelt.

use strsim::osa_distance;

/// Where most people have their address, the world over and in China.
#[rustfmt::skip]
const PROVIDERS: [&str; 82] = [
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "rocketmail.com",
    "icloud.com", "me.com", "mac.com", "aol.com", "mail.com", "email.com", "proton.me", "protonmail.com", "fastmail.com", "zoho.com",
    "qq.com", "foxmail.com", "163.com", "126.com", "139.com", "189.com", "188.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "aliyun.com",
    "vip.qq.com", "vip.163.com", "vip.sina.com", "tom.com", "21cn.com", "wo.cn", "yahoo.com.cn", "yahoo.cn", "outlook.cn", "hotmail.com.hk",
    "yahoo.com.tw", "yahoo.com.hk", "hinet.net", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de",
    "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es", "hotmail.co.uk", "outlook.de", "outlook.fr", "yahoo.de", "yahoo.fr", "yahoo.it",
    "yahoo.es", "yahoo.co.uk", "yahoo.co.jp", "yahoo.co.in", "yahoo.com.br", "orange.fr", "wanadoo.fr", "laposte.net", "libero.it",
    "yandex.ru", "yandex.com", "rambler.ru", "mail.ru", "naver.com", "hanmail.net", "daum.net", "comcast.net", "verizon.net", "att.net", "rediffmail.com",
];

/// A domain with people of its own that looks like one of those misspelt.
const OTHER: &str = "gail.com";

/// The shortest name of a provider whose misspellings can be told from other names.
const SHORTEST: usize = 5;
/// The shortest name whose first letter may be the wrong one: `email` is not `gmail`.
const LONG: usize = 7;

/// The domain of a large provider that this one, in lower case, looks like
/// with one letter wrong, missing, too many, or in its neighbour's place.
///
/// It is a proposal for people: nothing here applies it. Names of fewer than
/// five letters (`qq`, `163`) are told only by what follows, and a domain that is known to exist never.
///
/// ```
/// use handover::normalize::email::likely_domain;
///
/// assert_eq!(likely_domain("gmial.com"), Some("gmail.com"));
/// assert_eq!(likely_domain("163.cm"), Some("163.com"));
/// assert_eq!(likely_domain("gmail.com"), None);
/// assert_eq!(likely_domain("mail.com"), None);
/// ```
pub fn likely_domain(domain: &str) -> Option<&'static str> {
    if domain.len() > 24 || PROVIDERS.contains(&domain) || domain == OTHER {
        return None;
    }
    PROVIDERS.into_iter().find(|provider| is_misspelt(domain, provider))
}

fn is_misspelt(domain: &str, provider: &str) -> bool {
    let (Some((name, top)), Some((right_name, right_top))) =
        (domain.split_once('.'), provider.split_once('.'))
    else {
        // The dot is what is missing.
        return provider.len() > SHORTEST + ".com".len() - 1
            && !domain.contains('.')
            && provider.replacen('.', "", 1) == domain;
    };
    match (name == right_name, top == right_top) {
        (true, false) => right_top == "com" && top.len() >= 2 && osa_distance(top, right_top) == 1,
        (false, true) => is_misspelt_name(name, right_name),
        _ => false,
    }
}

fn is_misspelt_name(name: &str, right: &str) -> bool {
    let mut swapped = right.chars().take(2).collect::<Vec<_>>();
    swapped.reverse();
    right.len() >= SHORTEST
        && (right.len() >= LONG
            || name.starts_with(|c| right.starts_with(c))
            || name.chars().take(2).eq(swapped))
        && osa_distance(name, right) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_of_a_large_provider() {
        for (domain, provider) in [
            ("gmial.com", "gmail.com"),
            ("gmai1.com", "gmail.com"),
            ("mgail.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmailcom", "gmail.com"),
            ("hotmail.con", "hotmail.com"),
            ("hotmai.com", "hotmail.com"),
            ("otmail.com", "hotmail.com"),
            ("qq.con", "qq.com"),
            ("qq.cm", "qq.com"),
            ("163.cm", "163.com"),
            ("126.cpm", "126.com"),
            ("outlok.com", "outlook.com"),
            ("yahooo.com", "yahoo.com"),
            ("foxmial.com", "foxmail.com"),
            ("iclould.com", "icloud.com"),
            ("rotonmail.com", "protonmail.com"),
            ("gmail.co", "gmail.com"),
            ("hotmial.co.uk", "hotmail.co.uk"),
        ] {
            assert_eq!(likely_domain(domain), Some(provider), "{domain}");
        }
    }

    #[test]
    fn names_of_their_own() {
        for domain in [
            "gmail.com",
            "mail.com",
            "ymail.com",
            "email.com",
            "qmail.com",
            "q.com",
            "qqq.com",
            "16.com",
            "136.com",
            "yahoo.ca",
            "outlook.jp",
            "gmail.de",
            "firm.cn",
            "example.com",
            "live.nl",
            "",
            "com",
            "gm",
            "sino.com",
            "live.it",
        ] {
            assert_eq!(likely_domain(domain), None, "{domain}");
        }
    }
}
