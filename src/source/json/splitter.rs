//! Finds the records in a document that is larger than memory: the elements
//! of an array, which may lie within objects.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::value::{Syntax, syntax};
use super::window::{Window, is_space};
use crate::dotted::{MOST_DEPTH, below};
use crate::error::{Error, ErrorKind, Result};

/// Goes over a document from one element of the array to the next. What lies
/// around the array is checked and left out.
///
/// An element ends where its brackets close: that much can be told without
/// reading it. Whether it is JSON is for the reader of the element to say.
pub(crate) struct Splitter {
    window: Window,
    /// The keys that lead to the array, unless it is to be found.
    at: Option<Vec<String>>,
    most: usize,
    state: State,
    /// What the place that the splitter is at lies within.
    path: Vec<Step>,
    found: Option<Found>,
    beside: Vec<String>,
}

/// Where an array of records was found; the document itself has no name.
struct Found {
    name: Option<String>,
}

/// A member of an object, by its key, or an element of a list.
enum Step {
    Member(String),
    Item,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Before a value that is none of the records.
    Value,
    /// After such a value.
    After,
    /// Before the first record, or the end of the array.
    First,
    /// After a record.
    Next,
    /// After the document.
    Done,
}

impl Splitter {
    /// The records of the array that the keys lead to, or of the only array
    /// of objects; each of at most so many bytes.
    pub fn new(window: Window, at: Option<Vec<String>>, most: usize) -> Self {
        let (state, path, found, beside) = (State::Value, Vec::new(), None, Vec::new());
        Splitter { window, at, most, state, path, found, beside }
    }

    /// Goes to the next record; false when the document is at its end.
    pub fn advance(&mut self) -> Result<bool> {
        self.window.pass();
        loop {
            match self.state {
                State::Value => self.value()?,
                State::After => self.after()?,
                State::First | State::Next => {
                    if self.element()? {
                        return Ok(true);
                    }
                }
                State::Done => return self.found().map(|()| false),
            }
        }
    }

    /// Where the record stands, and what is in it.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The name of the array, if it had to be found in an object.
    pub fn found_at(&self) -> Option<&str> {
        self.found.as_ref().filter(|_| self.at.is_none())?.name.as_deref()
    }

    /// What stands beside the array and is left out.
    pub fn beside(&self) -> &[String] {
        &self.beside
    }

    /// A value that is none of the records: an object is gone into, to see whether they are in there.
    fn value(&mut self) -> Result<()> {
        let within_array = matches!(self.path.last(), Some(Step::Item));
        match self.peek()? {
            b'{' if !within_array => self.object(),
            b'[' if !within_array => self.array(),
            _ => {
                if !within_array {
                    self.leave_out();
                }
                self.extent()?;
                check(&self.window)?;
                self.window.pass();
                self.state = State::After;
                Ok(())
            }
        }
    }

    fn object(&mut self) -> Result<()> {
        self.deepen()?;
        self.window.skip(1);
        if self.peek()? != b'}' {
            return self.key();
        }
        self.close();
        Ok(())
    }

    fn array(&mut self) -> Result<()> {
        self.deepen()?;
        self.window.skip(1);
        let first = self.peek()?;
        if self.holds_records(first)? {
            self.state = State::First;
            return Ok(());
        }
        self.leave_out();
        match first {
            b']' => self.close(),
            _ => self.path.push(Step::Item),
        }
        Ok(())
    }

    /// Goes past the bracket that closes a value.
    fn close(&mut self) {
        self.window.skip(1);
        self.state = State::After;
    }

    /// What follows a value: another one, or the end of what both are in.
    fn after(&mut self) -> Result<()> {
        let Some(step) = self.path.pop() else {
            return self.end();
        };
        let close = if matches!(step, Step::Item) { b']' } else { b'}' };
        match (self.peek()?, step) {
            (b',', Step::Member(_)) => {
                self.window.skip(1);
                self.key()
            }
            (b',', Step::Item) => {
                self.window.skip(1);
                self.path.push(Step::Item);
                self.state = State::Value;
                Ok(())
            }
            (next, _) if next == close => {
                self.close();
                Ok(())
            }
            _ => Err(self.error(format!("expected `,` or `{}`", char::from(close)))),
        }
    }

    /// Goes to the next element of the array; false where the array ends.
    fn element(&mut self) -> Result<bool> {
        let next = self.peek()?;
        match (self.state, next) {
            (_, b']') => {
                self.close();
                return Ok(false);
            }
            (State::Next, b',') => {
                self.window.skip(1);
                self.peek()?;
            }
            (State::Next, _) => return Err(self.error("expected `,` or `]`")),
            _ => {}
        }
        self.state = State::Next;
        self.extent()?;
        Ok(true)
    }

    /// The key of a member, and its colon.
    fn key(&mut self) -> Result<()> {
        if self.peek()? != b'"' {
            return Err(self.error("expected a key in quotes"));
        }
        self.extent()?;
        let key = serde_json::from_slice(self.window.piece());
        let key: String = key.map_err(|error| broken(&self.window, &error))?;
        self.window.pass();
        if self.peek()? != b':' {
            return Err(self.error("expected `:`"));
        }
        self.window.skip(1);
        self.path.push(Step::Member(key));
        self.state = State::Value;
        Ok(())
    }

    /// Whether an array at this place, whose first byte is known, is the one.
    fn holds_records(&mut self, first: u8) -> Result<bool> {
        let is_it = match &self.at {
            Some(keys) => self.path.len() == keys.len() && self.is_on(keys),
            None => self.path.is_empty() || first == b'{',
        };
        if !is_it {
            return Ok(false);
        }
        let name = self.name();
        match self.found.replace(Found { name: name.clone() }) {
            None => Ok(true),
            Some(other) if other.name == name => Err(self.error("the array is there twice")),
            Some(other) => {
                let [one, two] = [other.name, name].map(Option::unwrap_or_default);
                let message = format!("there are several arrays of objects, `{one}` and `{two}`");
                Err(self.error(message + ": say which with `at`"))
            }
        }
    }

    /// Whether the keys begin with the path, or the path with the keys.
    fn is_on(&self, keys: &[String]) -> bool {
        self.path.iter().zip(keys).all(|(step, key)| matches!(step, Step::Member(member) if member == key))
    }

    /// The name of the place; none for the document itself.
    fn name(&self) -> Option<String> {
        self.path.iter().fold(None, |name, step| match step {
            Step::Member(key) => Some(below(name.as_deref(), key)),
            Step::Item => name,
        })
    }

    fn leave_out(&mut self) {
        // Names of more would not be shown.
        if self.beside.len() < 1000 {
            self.beside.extend(self.name());
        }
    }

    fn deepen(&self) -> Result<()> {
        if self.path.len() < MOST_DEPTH {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Limit, TOO_DEEP).at(self.window.place(0)))
    }

    /// The end of the document: nothing follows.
    fn end(&mut self) -> Result<()> {
        if self.skip_space()?.is_some() {
            return Err(self.error("expected the end of the document; are these JSON Lines?"));
        }
        self.state = State::Done;
        Ok(())
    }

    fn found(&self) -> Result<()> {
        match (&self.found, &self.at) {
            (Some(_), _) => Ok(()),
            (None, Some(keys)) => {
                let name =
                    keys.iter().fold(None, |name: Option<String>, key| Some(below(name.as_deref(), key)));
                Err(Error::format(format!("there is no array at `{}`", name.unwrap_or_default())))
            }
            (None, None) => Err(Error::format("there is no array of objects in it")),
        }
    }

    /// Marks the value that begins here.
    fn extent(&mut self) -> Result<()> {
        let mut extent = Extent::default();
        let length = loop {
            let bytes = self.window.bytes();
            if let Some(end) = extent.end(bytes) {
                break end;
            }
            let seen = bytes.len();
            self.window.check(seen, self.most)?;
            if !self.window.more()? {
                break if extent.is_open() { return Err(self.too_early(seen)) } else { seen };
            }
        };
        match length {
            0 => Err(self.error(NO_VALUE)),
            _ => self.window.mark(length, self.most),
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Result<u8> {
        self.skip_space()?.ok_or_else(|| self.too_early(0))
    }

    fn skip_space(&mut self) -> Result<Option<u8>> {
        loop {
            let bytes = self.window.bytes();
            let space = bytes.iter().take_while(|byte| is_space(byte)).count();
            let next = bytes.get(space).copied();
            self.window.skip(space);
            if next.is_some() || !self.window.more()? {
                return Ok(next);
            }
        }
    }

    fn too_early(&self, within: usize) -> Error {
        Error::format("the JSON ends too early").at(self.window.place(within))
    }

    fn error(&self, message: impl Into<Cow<'static, str>>) -> Error {
        Error::format(message).at(self.window.place(0))
    }
}

/// What is said of objects that are nested too deep.
pub(crate) const TOO_DEEP: &str = "objects are nested deeper than 64 levels";

const NO_VALUE: &str = "expected a value";

/// The error that a piece of the document is no JSON.
pub(crate) fn broken(window: &Window, error: &serde_json::Error) -> Error {
    if error.is_eof() {
        // The piece is all there: it is a number or a word that is cut off.
        return Error::format(NO_VALUE).at(window.place(0));
    }
    let Syntax { message, at } = syntax(error, window.piece());
    Error::format(message).at(window.place(at))
}

fn check(window: &Window) -> Result<()> {
    if let Err(error) = simdutf8::compat::from_utf8(window.piece()) {
        let message = "not UTF-8, save the file as UTF-8";
        return Err(Error::format(message).at(window.place(error.valid_up_to())));
    }
    match serde_json::from_slice::<IgnoredAny>(window.piece()) {
        Ok(_) => Ok(()),
        Err(error) => Err(broken(window, &error)),
    }
}

/// Finds where a value ends, in bytes that come bit by bit.
#[derive(Default)]
struct Extent {
    /// Up to where the bytes were looked at.
    at: usize,
    depth: usize,
    quoted: bool,
}

impl Extent {
    /// Where the value ends, if it does in these bytes, which begin with
    /// those that were looked at before.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        loop {
            if self.quoted {
                self.unquote(bytes)?;
                if self.depth == 0 {
                    return Some(self.at);
                }
            }
            match *bytes.get(self.at)? {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                    return Some(self.at);
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(self.at + 1);
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Goes past the next quote that has no backslash before it.
    fn unquote(&mut self, bytes: &[u8]) -> Option<()> {
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(self.at..)?) else {
                self.at = bytes.len();
                return None;
            };
            let at = self.at + found;
            if bytes[at] == b'"' {
                (self.at, self.quoted) = (at + 1, false);
                return Some(());
            }
            self.at = at;
            // What the backslash escapes may be still to come.
            bytes.get(at + 1)?;
            self.at = at + 2;
        }
    }

    /// Whether more must come: only a number or a word may end with the input.
    fn is_open(&self) -> bool {
        self.quoted || self.depth > 0
    }
}
