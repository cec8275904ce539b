//! Web addresses: what is written is one that any browser takes.

use handover::normalize::{domain, url, url_key};
use proptest::prelude::*;

use crate::common::cases;

proptest! {
    #![proptest_config(cases(3000))]

    /// A scheme of the web, a host of lower-case ASCII, and no white space; the
    /// domain and the key are those of what is written.
    #[test]
    fn web_addresses_are_written_in_their_alphabet(
        text in "(http|https|htp|ftp|www|网址|)[:;.。/\\\\ ]{0,3}[a-zA-Zä张_.。 -]{1,8}\\.(com|cn|中国|museum)[:0-9]{0,4}[/?#&=a-z,;。 路]{0,8}",
    ) {
        let [url, domain, key] = [url(), domain(), url_key()];
        let Ok(written) = url.normalize(&text) else {
            prop_assert!(domain.normalize(&text).is_err());
            return Ok(());
        };
        let host = written.strip_prefix("https://").or(written.strip_prefix("http://")).unwrap();
        let host = host.split(['/', '?', '#', ':']).next().unwrap();
        prop_assert!(host.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')), "{}", written);
        prop_assert!(!written.contains(char::is_whitespace) && !written.ends_with(['/', '?', '#']) || written.matches('/').count() > 2);
        for rule in [url, domain, key] {
            let once = rule.normalize(&text).map(|once| once.into_owned());
            let of_written = rule.normalize(&written).map(|again| again.into_owned());
            prop_assert_eq!(&once, &of_written, "{}", text);
            let Ok(once) = once else { continue };
            let twice = rule.normalize(&once).map(|again| again.into_owned());
            prop_assert_eq!(Ok(once), twice);
        }
    }
}
