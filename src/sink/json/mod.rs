//! Records into JSON: documents, and JSON Lines.

mod format;

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

pub(crate) use self::format::decimal;
use self::format::{Format, Layout};
use crate::error::Result;
use crate::schema::Schema;
use crate::sink::file::Target;
use crate::sink::to::To;
use crate::sink::{Output, Rows, SinkWriter};

macro_rules! sink {
    ($(#[$documentation:meta])* $name:ident, $layout:expr) => {
        $(#[$documentation])*
        pub struct $name(Writer);

        impl $name {
            /// Writes into a file, whose folder must be there. One called
            /// `.gz` or `.zst` is compressed.
            pub fn path(path: impl AsRef<Path>) -> Self {
                $name(Writer::new(To::Path(path.as_ref().to_owned()), $layout))
            }

            /// Writes into a stream, for one run.
            pub fn writer(writer: impl Write + Send + 'static) -> Self {
                $name(Writer::new(To::Writer(Some(Box::new(writer))), $layout))
            }

            /// Writes to the standard output.
            pub fn stdout() -> Self {
                $name(Writer::new(To::Stdout, $layout))
            }

            /// Writes the name of each column as it is: `address.city` is a
            /// key, and no object `address` with a `city`.
            #[must_use]
            pub fn flat(mut self) -> Self {
                self.0.layout.flat = true;
                self
            }

            /// Leaves out what is null, and objects in which all is.
            #[must_use]
            pub fn omit_nulls(mut self) -> Self {
                self.0.layout.omit_nulls = true;
                self
            }

            /// Writes the text of these columns as the JSON that it is: the
            /// lists that a JSON source keeps as text. A record in which it is
            /// none is refused.
            #[must_use]
            pub fn embed<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
                self.0.layout.embed.extend(columns.into_iter().map(Into::into));
                self
            }

            /// Puts the SHA-256 of what is written into the report.
            #[must_use]
            pub fn sha256(mut self) -> Self {
                self.0.sha256 = true;
                self
            }
        }

        impl SinkWriter for $name {
            fn name(&self) -> Cow<'_, str> {
                self.0.to.name()
            }

            fn files(&self) -> Vec<&Path> {
                self.0.to.path().into_iter().collect()
            }

            /// Opens the file, so that a path that cannot be written fails here.
            fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
                self.0.bind(schema)
            }

            fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
                self.0.write(rows)
            }

            fn outputs(&self) -> Vec<Output> {
                self.0.outputs.clone()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0.to.name()).finish()
            }
        }
    };
}

sink! {
    /// Writes records as an array of objects, into a JSON document.
    ///
    /// A file is written under a temporary name in the same folder, synced, and
    /// renamed at the end. Each record stands on a line of its own.
    ///
    /// Columns such as `address.city` become nested objects; a dot that has a
    /// backslash before it is part of a key. Whole numbers and decimals keep
    /// every digit, days and times are text as in ISO 8601, null is written. A
    /// record with a number that JSON does not have, an infinite one, is refused.
    ///
    /// ```
    /// use handover::{JsonSink, Pipeline, Record, Schema, source::Memory};
    ///
    /// let schema = Schema::text(["name", "address.city"])?;
    /// let source = Memory::new("people", schema.clone(), [Record::of(schema, ["王伟", "上海"])?]);
    /// let path = std::env::temp_dir().join("handover-json-sink.json");
    /// Pipeline::from(source).to(JsonSink::path(&path)).run()?;
    /// assert_eq!(
    ///     std::fs::read_to_string(&path)?,
    ///     "[\n{\"name\":\"王伟\",\"address\":{\"city\":\"上海\"}}\n]\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    JsonSink, Layout::document()
}

sink! {
    /// Writes records as JSON Lines: an object on each line. All else is as
    /// with [`JsonSink`].
    ///
    /// ```
    /// use handover::{JsonLinesSink, Pipeline, Record, Schema, source::Memory};
    ///
    /// let schema = Schema::text(["name", "phone"])?;
    /// let source = Memory::new("people", schema.clone(), [Record::of(schema, ["王伟"])?]);
    /// let path = std::env::temp_dir().join("handover-json-lines-sink.jsonl");
    /// Pipeline::from(source).to(JsonLinesSink::path(&path)).run()?;
    /// assert_eq!(std::fs::read_to_string(&path)?, "{\"name\":\"王伟\",\"phone\":null}\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    JsonLinesSink, Layout::lines()
}

impl JsonSink {
    /// Puts the array into objects: `data.items` writes `{"data":{"items":[…]}}`.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.0.layout.at = crate::dotted::keys(place);
        self
    }

    /// Writes for people: a value on each line, indented by two spaces.
    #[must_use]
    pub fn pretty(mut self) -> Self {
        self.0.layout.pretty = true;
        self
    }
}

/// A sink with its options.
struct Writer {
    to: To,
    layout: Layout,
    sha256: bool,
    open: Option<(Format, Target)>,
    outputs: Vec<Output>,
}

impl Writer {
    fn new(to: To, layout: Layout) -> Self {
        Writer { to, layout, sha256: false, open: None, outputs: Vec::new() }
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.outputs.clear();
        self.open = None;
        self.open = Some(self.open(schema)?);
        Ok(())
    }

    fn open(&mut self, schema: &Schema) -> Result<(Format, Target)> {
        let format = Format::new(&self.layout, schema).map_err(|error| error.at(self.to.name()))?;
        Ok((format, self.to.open()?.sha256(self.sha256)))
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let (mut format, mut target) = match self.open.take() {
            Some(open) => open,
            None => self.open(&rows.schema())?,
        };
        let mut written = 0;
        target.write(&format.head())?;
        while let Some(record) = rows.next()? {
            match format.record(record, written == 0) {
                Ok(json) => {
                    target.write(json)?;
                    written += 1;
                }
                Err(fault) => rows.refuse(fault)?,
            }
        }
        target.write(&format.foot(written == 0))?;
        let (name, details) = target.finish()?.publish()?;
        self.outputs = vec![Output { name, rows: written, details }];
        Ok(())
    }
}
