//! The texts that the cells of a workbook share.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::package::{Xml, local, plain_text};
use crate::error::{Error, ErrorKind, Result};

/// Shared texts, one after the other: 8 bytes and the text itself for each.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads them all, up to `max` bytes.
    pub fn read(mut xml: Xml<'_>, max: usize) -> Result<Self> {
        let (mut strings, mut one) = (Strings::default(), String::new());
        loop {
            strings.read_plain(&mut xml, max)?;
            match xml.next()? {
                Event::Start(tag) if local(tag.name()) == "si" => {}
                Event::Eof => break,
                _ => continue,
            }
            one.clear();
            xml.rich_text("si", &mut one)?;
            strings.push(&one, max)?;
        }
        strings.text.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    /// Reads the texts at hand that stand as nearly all do: one run, and no entity in it.
    /// Five events of a parser for each would take longer than all the rest.
    fn read_plain(&mut self, xml: &mut Xml<'_>, max: usize) -> Result<()> {
        let ahead = xml.ahead()?;
        let mut rest = ahead;
        while let Some(from) = rest.strip_prefix(b"<si><t>") {
            let Some((text, behind)) = plain_text(from, b"</t></si>") else { break };
            self.push(text, max)?;
            rest = behind;
        }
        let passed = ahead.len() - rest.len();
        xml.pass(passed);
        Ok(())
    }

    fn push(&mut self, text: &str, max: usize) -> Result<()> {
        self.text.push_str(&unescape(text));
        self.ends.push(self.text.len());
        if self.held() > max {
            let message = format!("the shared texts take more than {} MiB: see `max_shared`", max >> 20);
            return Err(Error::new(ErrorKind::Limit, message));
        }
        Ok(())
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }

    /// How many bytes they take.
    pub fn held(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>()
    }
}

/// Undoes `_x000D_`, which stands for a UTF-16 unit that XML cannot hold or that looks like this itself.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let (mut units, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let (unit, length) = match escaped(from) {
            Some(unit) => (unit, 7),
            None => (u16::from(b'_'), 1),
        };
        units.push(unit);
        rest = &from[length..];
    }
    units.extend(rest.encode_utf16());
    Cow::Owned(String::from_utf16_lossy(&units))
}

fn escaped(text: &str) -> Option<u16> {
    let digits = text.get(2..6).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    (text.as_bytes().get(6) == Some(&b'_')).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_units_that_xml_cannot_hold_are_undone() {
        assert_eq!(unescape("a_x000D_\nb"), "a\r\nb");
        assert_eq!(unescape("_xD83D__xDE00_"), "😀");
        assert_eq!(unescape("_x005F_x000D_"), "_x000D_");
        assert_eq!(unescape("my_xyz_x12"), "my_xyz_x12");
        assert_eq!(unescape("_x00é_"), "_x00é_");
    }
}
