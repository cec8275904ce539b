//! What documents and lines have in common: finding the columns, and feeding the records.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::elements::{Elements, Form};
use super::flatten::{Flattener, TOO_MANY};
use super::tree::Tree;
use super::window::Window;
use crate::details::Details;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;
use crate::schema::{Field, Kind, Schema, no_such_column};
use crate::source::Feed;
use crate::source::input::Input;

/// How much is looked at for the columns of what can be read only once, in bytes.
const HEAD: usize = 1 << 20;

/// An input with its options.
pub(crate) struct Records {
    pub input: Input,
    pub form: Form,
    pub options: Options,
    opened: Option<Opened>,
    details: Details,
}

pub(crate) struct Options {
    pub key: Option<String>,
    pub columns: Option<Vec<String>>,
    pub children: Option<String>,
    pub separator: char,
    pub most_bytes: usize,
}

/// An input that is open, its columns known.
struct Opened {
    elements: Elements,
    flattener: Flattener,
    schema: Arc<Schema>,
}

impl Records {
    pub fn new(input: Input, form: Form) -> Self {
        let options =
            Options { key: None, columns: None, children: None, separator: ';', most_bytes: 16 << 20 };
        Records { input, form, options, opened: None, details: Details::default() }
    }

    pub fn schema(&mut self) -> Result<Arc<Schema>> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => self.open()?,
        };
        let schema = Arc::clone(&self.opened.insert(opened).schema);
        if let Some(key) = &self.options.key {
            schema.index(key)?;
        }
        Ok(schema)
    }

    pub fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let schema = self.schema()?;
        let Some(mut opened) = self.opened.take() else {
            return Err(Error::bind("the source has been read already"));
        };
        let key = self.options.key.as_deref().map(|key| schema.index(key)).transpose()?;
        let mut childless = 0;
        let stored = self.input.stored();
        let mut feed_all = || {
            while opened.elements.advance()? {
                feed.bytes_read(stored.bytes());
                childless += u64::from(opened.feed(key, feed)?);
            }
            Ok(())
        };
        feed_all().map_err(|error: Error| error.at_line(self.input.name()))?;
        self.input.check()?;
        self.details.bytes = Some(self.input.stored().bytes());
        self.details.sha256 = self.input.sha256();
        self.details.notes.extend(opened.elements.notes());
        if let Some(column) = self.options.children.as_deref().filter(|_| childless > 0) {
            self.details.notes.push(format!("{childless} objects without `{column}` give no record"));
        }
        Ok(())
    }

    pub fn details(&self) -> Details {
        let bytes = self.details.bytes.or(self.input.size());
        Details { bytes, ..self.details.clone() }
    }

    fn open(&mut self) -> Result<Opened> {
        let opened = match (self.options.columns.take(), self.input.again()) {
            (Some(columns), _) => self.declared(&columns),
            (None, Some(again)) => self.learned(again),
            (None, None) => self.guessed(),
        }?;
        if let Some(folding) = self.input.folding() {
            self.details.fact("compression", folding);
        }
        Ok(opened)
    }

    /// Opens an input whose columns are declared.
    fn declared(&mut self, columns: &[String]) -> Result<Opened> {
        let flattener = self.flattener(
            Tree::of(columns.iter().map(String::as_str))?,
            "it is not among the columns that were declared",
        );
        let schema = schema(columns.iter().map(String::as_str))?;
        let reader = self.input.open()?;
        Ok(Opened { elements: self.elements(reader)?, flattener, schema })
    }

    /// Opens an input whose columns are told from all of it.
    fn learned(&mut self, mut again: Input) -> Result<Opened> {
        let mut flattener = self.flattener(Tree::new(), "it came up after the columns were read");
        self.learn(again.open()?, &mut flattener)?;
        let reader = self.input.open()?;
        self.with_columns(reader, flattener)
    }

    /// Opens an input whose columns are told from what it begins with: so
    /// much that there is a record in it.
    fn guessed(&mut self) -> Result<Opened> {
        let (mut reader, mut head, mut size) = (self.input.open()?, Vec::new(), HEAD);
        let flattener = loop {
            let missing = (size - head.len()) as u64;
            let read = reader.by_ref().take(missing).read_to_end(&mut head);
            read.map_err(|error| Error::io("cannot read", error).at(self.input.name()))?;
            let mut flattener = self.flattener(
                Tree::new(),
                "it comes up here for the first time, after the columns were told from the first MiB: declare them",
            );
            let learned = self.learn(Box::new(Cursor::new(head.clone())), &mut flattener);
            if head.len() < size {
                learned?;
                break flattener;
            }
            if flattener.tree.len() > 0 || size > self.options.most_bytes {
                break flattener;
            }
            size *= 2;
        };
        self.with_columns(Box::new(Cursor::new(head).chain(reader)), flattener)
    }

    fn with_columns(&self, reader: Box<dyn Read + Send>, mut flattener: Flattener) -> Result<Opened> {
        let columns = flattener.tree.columns();
        if columns.is_empty() {
            let message = "there are no records in it that would tell the columns: declare them";
            return Err(Error::format(message).at(self.input.name()));
        }
        if let Some(column) = flattener.missing_children() {
            let names = columns.iter().map(|name| &**name);
            return Err(Error::bind(no_such_column(column, names)).at(self.input.name()));
        }
        let schema = schema(columns)?;
        Ok(Opened { elements: self.elements(reader)?, flattener, schema })
    }

    /// Learns the columns of all records. Those that are broken teach nothing,
    /// unless there are no others.
    fn learn(&self, reader: Box<dyn Read + Send>, flattener: &mut Flattener) -> Result<()> {
        let mut elements = self.elements(reader)?;
        let mut broken = None;
        let mut learn_all = || {
            while elements.advance()? {
                let Ok(text) = elements.text() else { continue };
                let Err(error) = flattener.learn(text) else { continue };
                if flattener.tree.is_full() {
                    return Err(Error::new(ErrorKind::Limit, TOO_MANY).at(elements.window().line()));
                }
                let fault = elements.fault(error)?;
                broken.get_or_insert_with(|| Error::format(fault.to_string()).at(elements.window().line()));
            }
            match broken.take() {
                Some(error) if flattener.tree.len() == 0 => Err(error),
                _ => Ok(()),
            }
        };
        learn_all().map_err(|error| error.at_line(self.input.name()))
    }

    fn flattener(&self, tree: Tree, advice: &'static str) -> Flattener {
        Flattener::new(tree, self.options.children.clone(), self.options.separator, advice)
    }

    fn elements(&self, reader: Box<dyn Read + Send>) -> Result<Elements> {
        let window = Window::new(reader).map_err(|error| error.at_line(self.input.name()))?;
        Ok(Elements::new(window, &self.form, self.options.most_bytes))
    }
}

fn schema<N: Into<Arc<str>>>(names: impl IntoIterator<Item = N>) -> Result<Arc<Schema>> {
    Schema::new(names.into_iter().map(|name| Field::new(name, Kind::Any)))
}

impl Opened {
    /// Feeds the record that the elements are at, or its children. Says
    /// whether it should have had children and has none.
    fn feed(&mut self, key: Option<usize>, feed: &mut Feed<'_>) -> Result<bool> {
        let Opened { elements, flattener, schema } = self;
        let record = elements.begin(feed);
        let text = match elements.text() {
            Ok(text) => text,
            Err(fault) => return feed.reject(Some(&elements.raw()), [fault]).map(|()| false),
        };
        let children = match flattener.fill(text, record) {
            Ok(children) => children,
            Err(error) => {
                flattener.warnings.clear();
                let fault = elements.fault(error)?;
                return feed.reject(Some(text), [fault]).map(|()| false);
            }
        };
        if !flattener.has_children() {
            declare_key(record, key);
            return push(flattener, feed).map(|()| false);
        }
        let parent = record.clone();
        for child in &children {
            let record = elements.begin(feed);
            record.copy_from(&parent, schema);
            let filled = flattener.fill_child(child, record);
            declare_key(record, key);
            match filled {
                Ok(()) => push(flattener, feed)?,
                Err(fault) => feed.reject(Some(child), [fault])?,
            }
        }
        flattener.warnings.clear();
        Ok(children.is_empty())
    }
}

fn declare_key(record: &mut Record, key: Option<usize>) {
    if let Some(key) = key {
        record.set_key(key);
    }
}

fn push(flattener: &mut Flattener, feed: &mut Feed<'_>) -> Result<()> {
    match flattener.warnings.is_empty() {
        true => feed.push(),
        false => feed.push_with(flattener.warnings.drain(..)),
    }
}
