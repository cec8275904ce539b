//! Values that say what they are: `hp1:8179656c:…`, with a version and the id of a key.

use super::hex;
use super::key::Key;
use crate::error::Fault;

/// A kind of values that are written in version 1.
pub(super) struct Token {
    /// What they begin with: `hp`.
    pub mark: &'static str,
    /// What a fault calls one: `a pseudonym`.
    pub noun: &'static str,
}

impl Token {
    /// What every value under this key begins with.
    pub fn prefix(&self, key: &Key) -> String {
        format!("{}1:{}:", self.mark, key.id())
    }

    /// What stands behind the prefix, where a text is of this kind. Of
    /// another version or under another key, it is a fault.
    pub fn body<'t>(&self, text: &'t str, id: &str) -> Result<Option<&'t str>, Fault> {
        let Some((version, found, body)) = self.parts(text) else { return Ok(None) };
        let noun = self.noun;
        if version != "1" {
            return Err(Fault::new(format!("{noun} of version {version}, which is not known here")));
        }
        if found != id {
            return Err(Fault::new(format!("{noun} under key {found}, and this is key {id}")));
        }
        Ok(Some(body))
    }

    fn parts<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        let (version, rest) = text.strip_prefix(self.mark)?.split_once(':')?;
        let (id, body) = rest.split_once(':')?;
        let numbered = matches!(version.len(), 1..=3) && version.bytes().all(|b| b.is_ascii_digit());
        (numbered && hex::is_id(id)).then_some((version, id, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Token = Token { mark: "hp", noun: "a pseudonym" };

    #[test]
    fn other_text_is_none_of_these() {
        for text in
            ["", "hp", "hp1", "hp1:", "hp1:8179656c", "hp:8179656c:x", "hpx:8179656c:x", "hp1:8179656C:x"]
        {
            assert_eq!(TOKEN.body(text, "8179656c"), Ok(None), "{text}");
        }
        assert_eq!(TOKEN.body("hp1:8179656c:x:y", "8179656c"), Ok(Some("x:y")));
    }

    #[test]
    fn another_version_and_another_key_are_two_faults() {
        let fault = |text| TOKEN.body(text, "8179656c").unwrap_err().to_string();
        assert_eq!(fault("hp2:8179656c:x"), "a pseudonym of version 2, which is not known here");
        assert_eq!(fault("hp1:00000000:x"), "a pseudonym under key 00000000, and this is key 8179656c");
    }
}
