//! Keys by which addresses are compared.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::Email;
use crate::error::{Fault, Result};
use crate::normalize::Normalizer;

/// What a provider makes of a local part.
struct Habits {
    /// What its own tag begins with: `zhang+shop@…`.
    tag: Option<char>,
    /// Whether dots make no difference.
    dots: bool,
    /// The domain under which all of its own deliver to the same mailbox.
    domain: Option<&'static str>,
}

/// The key by which addresses are compared: two addresses with the same key
/// reach the same person. It is not for storing, and not for writing to.
///
/// - All is lower case.
/// - A tag is cut off where the provider is known to deliver without it:
///   `+tag` at Gmail, Outlook, iCloud, Yandex, Proton and Fastmail, `-tag` at Yahoo.
/// - The dots of Gmail go, and `googlemail.com` is `gmail.com`; the domains of Yandex are `yandex.ru`.
/// - At all other domains `+tag` stays: whether `sales+eu@firm.com` reaches
///   `sales@firm.com` is for that firm to say.
/// - Several addresses are sorted.
///
/// ```
/// use handover::normalize::{apply, email_key};
///
/// assert_eq!(apply(&[email_key()], "王伟 <Wang.Wei+shop@GoogleMail.com>")?, "wangwei@gmail.com");
/// assert_eq!(apply(&[email_key()], "Wang.Wei+shop@Firm.cn")?, "wang.wei+shop@firm.cn");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn email_key() -> Box<dyn Normalizer> {
    Box::new(EmailKey::default())
}

/// See [`email_key`].
#[derive(Debug, Clone, Copy, Default)]
pub struct EmailKey(pub(super) Email);

impl Normalizer for EmailKey {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let addresses = self.0.addresses(text).map_err(|fault| fault.rule("email_key"))?;
        let mut keys: Vec<String> = addresses.iter().map(|address| key(address)).collect();
        keys.sort_unstable();
        keys.dedup();
        let key = keys.join("; ");
        Ok(if key == text { Cow::Borrowed(text) } else { Cow::Owned(key) })
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("email_key")
    }
}

fn key(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return address.to_owned() };
    let Habits { tag, dots, domain: own } = habits(domain);
    let base = match tag.and_then(|tag| local.split_once(tag)) {
        Some((base, _)) if !base.is_empty() && !local.starts_with('"') => base.trim_end_matches('.'),
        _ => local,
    };
    let mut key = match base.is_ascii() {
        true => base.to_ascii_lowercase(),
        false => base.to_lowercase().nfc().collect(),
    };
    if dots {
        key.retain(|c| c != '.');
    }
    key.push('@');
    key.push_str(own.unwrap_or(domain));
    key
}

/// What the large providers say of their addresses.
fn habits(domain: &str) -> Habits {
    let (name, rest) = domain.split_once('.').unwrap_or((domain, ""));
    let plus = Habits { tag: Some('+'), dots: false, domain: None };
    match (name, rest) {
        ("gmail" | "googlemail", "com") => Habits { dots: true, domain: Some("gmail.com"), ..plus },
        ("outlook" | "hotmail" | "live" | "msn", _) if is_top(rest) => plus,
        ("icloud" | "me" | "mac", "com") => plus,
        ("yandex", "ru" | "com" | "kz" | "ua" | "by") | ("ya", "ru") => {
            Habits { domain: Some("yandex.ru"), ..plus }
        }
        ("proton", "me") | ("protonmail", "com" | "ch") | ("pm", "me") => plus,
        ("fastmail", "com" | "fm") => plus,
        ("yahoo", _) if is_top(rest) => Habits { tag: Some('-'), ..plus },
        ("ymail" | "rocketmail", "com") => Habits { tag: Some('-'), ..plus },
        _ => Habits { tag: None, ..plus },
    }
}

/// What stands behind the name of a provider with branches: `com`, `fr`, `co.uk`, `com.br`.
fn is_top(rest: &str) -> bool {
    match rest.split_once('.') {
        None => rest == "com" || rest.len() == 2,
        Some((second, country)) => matches!(second, "co" | "com") && country.len() == 2,
    }
}
