//! The texts of the records, one after the other, whatever they stand in.

use super::flatten::Broken;
use super::lines::Lines;
use super::splitter::{Splitter, broken};
use super::value::{self, RULE};
use super::window::{SPACE, Window};
use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::list;
use crate::source::Feed;

/// How records stand in an input.
#[derive(Clone)]
pub(crate) enum Form {
    Document { at: Option<Vec<String>> },
    Lines,
}

/// The records of an input, as texts.
pub(crate) enum Elements {
    Document(Splitter),
    Lines(Lines),
}

impl Elements {
    pub fn new(window: Window, form: &Form, most: usize) -> Self {
        match form {
            Form::Document { at } => Elements::Document(Splitter::new(window, at.clone(), most)),
            Form::Lines => Elements::Lines(Lines::new(window, most)),
        }
    }

    /// Goes to the next record; false when there are no more.
    pub fn advance(&mut self) -> Result<bool> {
        match self {
            Elements::Document(splitter) => splitter.advance(),
            Elements::Lines(lines) => lines.advance(),
        }
    }

    /// Where the record stands.
    pub fn window(&self) -> &Window {
        match self {
            Elements::Document(splitter) => splitter.window(),
            Elements::Lines(lines) => lines.window(),
        }
    }

    /// The text of the record.
    pub fn text(&self) -> Result<&str, Fault> {
        let bytes = self.window().piece();
        let text = simdutf8::compat::from_utf8(bytes).map(|text| text.trim_end_matches(SPACE));
        text.map_err(|error| {
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            Fault::new(format!("the byte 0x{byte:02X} is not UTF-8")).rule("encoding")
        })
    }

    /// The text of a record that is not UTF-8: other bytes are written `\xE9`,
    /// which JSON has no use for.
    pub fn raw(&self) -> String {
        let mut raw = String::new();
        for chunk in self.window().piece().utf8_chunks() {
            raw.push_str(chunk.valid());
            raw.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
        }
        raw.truncate(raw.trim_end_matches(SPACE).len());
        raw
    }

    /// The record to be filled, with its place.
    pub fn begin<'f>(&self, feed: &'f mut Feed<'_>) -> &'f mut Record {
        let (record, window) = (feed.record(), self.window());
        record.set_position(window.line(), Some(window.byte()));
        record
    }

    /// The fault of a record that is broken. In a document it is an error if
    /// it is no JSON: where it ends cannot be trusted.
    pub fn fault(&self, error: Broken) -> Result<Fault> {
        match (error, self) {
            (Broken::Fault(fault), _) => Ok(fault),
            (Broken::Syntax(error), Elements::Document(splitter)) => Err(broken(splitter.window(), &error)),
            (Broken::Syntax(error), Elements::Lines(_)) => {
                self.text().map(|text| value::broken(&error, text)).or_else(|fault| Ok(fault.rule(RULE)))
            }
        }
    }

    /// What was noticed and settled without asking.
    pub fn notes(&self) -> Vec<String> {
        let Elements::Document(splitter) = self else { return Vec::new() };
        let found = splitter.found_at().map(|name| format!("the records are those at `{name}`"));
        let beside = splitter.beside();
        let left_out = (!beside.is_empty()).then(|| {
            let names = list(beside.iter().map(String::as_str));
            format!("what stands beside the records is left out: {names}")
        });
        found.into_iter().chain(left_out).collect()
    }
}
