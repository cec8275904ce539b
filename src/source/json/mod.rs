//! Records out of JSON: documents of any size, and JSON Lines.

mod elements;
pub(crate) mod flatten;
pub(crate) mod lines;
mod records;
mod splitter;
pub(crate) mod tree;
pub(crate) mod value;
pub(crate) mod window;

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use self::elements::Form;
use self::records::Records;
use crate::Details;
use crate::error::Result;
use crate::schema::Schema;
use crate::source::input::Input;
use crate::source::{Feed, SourceReader};

macro_rules! source {
    ($(#[$documentation:meta])* $name:ident, $form:expr) => {
        $(#[$documentation])*
        pub struct $name(Records);

        impl $name {
            /// The file at a path. It is read twice: once for its columns,
            /// unless they are [declared](Self::columns).
            pub fn path(path: impl AsRef<Path>) -> Self {
                $name(Records::new(Input::path(path.as_ref()), $form))
            }

            /// Anything that can be read, under a name for findings and
            /// reports. The columns are those of the first MiB, unless they
            /// are [declared](Self::columns): a record with a value in
            /// another one is rejected.
            pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
                $name(Records::new(Input::reader(name.into(), Box::new(reader)), $form))
            }

            /// Standard input, like any [reader](Self::reader).
            pub fn stdin() -> Self {
                $name::reader("standard input", std::io::stdin())
            }

            /// The name in findings and reports, instead of the path.
            #[must_use]
            pub fn named(mut self, name: impl Into<String>) -> Self {
                self.0.input.rename(name.into());
                self
            }

            /// The column that holds the source's own key of a record.
            #[must_use]
            pub fn key(mut self, column: impl Into<String>) -> Self {
                self.0.options.key = Some(column.into());
                self
            }

            /// The columns, in this order, instead of those that would be
            /// found. A record with a value in another one is rejected.
            #[must_use]
            pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
                self.0.options.columns = Some(names.into_iter().map(Into::into).collect());
                self
            }

            /// Makes a record of each element of the list in this column, with
            /// the other columns of the object that holds the list beside its
            /// own: `contacts.email` beside `name`. An object whose list is
            /// empty gives no record; the report says how many do.
            #[must_use]
            pub fn children(mut self, column: impl Into<String>) -> Self {
                self.0.options.children = Some(column.into());
                self
            }

            /// What stands between the elements of a list, instead of `;`.
            #[must_use]
            pub fn separator(mut self, separator: char) -> Self {
                self.0.options.separator = separator;
                self
            }

            /// The longest record that is read, in bytes: 16 MiB by default. A
            /// longer one, mostly an open quote, is an error.
            #[must_use]
            pub fn max_record_bytes(mut self, bytes: usize) -> Self {
                self.0.options.most_bytes = bytes.clamp(16, u32::MAX as usize / 2);
                self
            }

            /// How many times its size a compressed input may unfold to: 250 by
            /// default, and 64 MiB in any case. One that unfolds further is an error.
            #[must_use]
            pub fn max_unfold(mut self, times: u64) -> Self {
                self.0.input.max_unfold(times);
                self
            }

            /// Puts the SHA-256 of the input, as it is stored, into the report.
            #[must_use]
            pub fn sha256(mut self) -> Self {
                self.0.input.digest();
                self
            }
        }

        impl SourceReader for $name {
            fn name(&self) -> Cow<'_, str> {
                Cow::Borrowed(self.0.input.name())
            }

            fn schema(&mut self) -> Result<Arc<Schema>> {
                self.0.schema()
            }

            fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
                self.0.read(feed)
            }

            fn files(&self) -> Vec<&Path> {
                self.0.input.file().into_iter().collect()
            }

            fn details(&self) -> Details {
                self.0.details()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0.input.name()).finish()
            }
        }
    };
}

source! {
    /// A JSON document as a source: an array of objects, or an object that holds one.
    ///
    /// The array is the document itself, or the only array of objects in it,
    /// or the one [at](JsonSource::at) a place. Each of its objects is a
    /// record, read as it comes, so that memory does not depend on their number.
    ///
    /// What JSON says is kept: text is text, `007` in quotes stays `007`, true
    /// and false are that, a whole number of 64 bits is an int, any other a
    /// decimal with every digit. Null, an empty list, an empty object and a
    /// key that is missing are null; empty text is not.
    ///
    /// A nested object becomes columns such as `address.city`; a dot or a
    /// backslash in a key has a backslash before it. A list is joined with
    /// `;` if it can be taken apart again, which is to say that its elements
    /// are numbers, true, false, or texts neither empty nor with a `;` in them.
    /// Any other list stays JSON, as text.
    ///
    /// The columns are the keys of all records, in the order in which they come up.
    ///
    /// ```
    /// use handover::{JsonSource, Pipeline, Value, sink::Collect};
    ///
    /// let json = r#"{"next": 2, "data": {"items": [
    ///     {"id": 12345678901234567890, "name": "王伟", "address": {"city": "上海"}, "tags": ["vip", "b2b"]}
    /// ]}}"#;
    /// let mut customers = Collect::new();
    /// Pipeline::from(JsonSource::reader("in.json", json.as_bytes())).to(&mut customers).run()?;
    /// let customer = &customers.records()[0];
    /// assert!(customer.schema().names().eq(["id", "name", "address.city", "tags"]));
    /// assert!(customer.values().map(|value| value.to_string()).eq(["12345678901234567890", "王伟", "上海", "vip;b2b"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A document that is not JSON, is cut off, or has something after its end
    /// is an error that says line and byte, `in.json:7:13: expected value`;
    /// where records end after it cannot be told. A key that an object has
    /// twice, an escape that is no character, bytes that are not UTF-8, and
    /// objects nested deeper than 64 levels cost one record.
    JsonSource, Form::Document { at: None }
}

source! {
    /// JSON Lines as a source: an object on each line, also known as NDJSON.
    ///
    /// A line that is not JSON costs one record; blank lines are left out. All
    /// else is as with [`JsonSource`].
    ///
    /// ```
    /// use handover::{JsonLinesSource, Pipeline, Rejects, sink::Collect};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let lines = "{\"name\": \"王伟\"}\n{\"name\": 李娜}\n";
    /// let mut customers = Collect::new();
    /// let report = Pipeline::from(JsonLinesSource::reader("in.jsonl", lines.as_bytes()))
    ///     .rejects(Rejects::json_lines(folder.path().join("rejects.jsonl")))
    ///     .to(&mut customers)
    ///     .run()?;
    /// assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    /// assert_eq!(report.examples, ["in.jsonl:2: not JSON at byte 10 of the line: expected value"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    JsonLinesSource, Form::Lines
}

impl JsonSource {
    /// Where the array stands in the document, instead of where it would be
    /// found: `data.items`, with a backslash before a dot that is part of a key.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.0.form = Form::Document { at: Some(crate::dotted::keys(place)) };
        self
    }
}
