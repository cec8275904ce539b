//! Rows of values to rows of bytes.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use super::encode::Encoder;
use super::quote::Quoter;
use super::{LineEnd, Quoting, Unmappable};
use crate::error::{Error, Fault, Result};
use crate::formula;
use crate::record::Value;
use crate::source::dialect::Dialect;
use crate::source::encoding::Encoding;

/// How rows are written.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    pub encoding: Encoding,
    pub bom: bool,
    pub dialect: Dialect,
    pub quoting: Quoting,
    pub line_end: LineEnd,
    pub guard_formulas: bool,
    pub unmappable: Unmappable,
}

/// Makes rows of bytes, one at a time, in memory that is used again.
///
/// Not with the writer of `csv-core`: that cannot tell null from empty text,
/// and when quotes are switched off, writes what needs them all the same.
pub(crate) struct RowWriter {
    columns: Vec<Arc<str>>,
    format: Format,
    quoter: Quoter,
    encoder: Encoder,
    /// Whether text can be written as it is but for quotes.
    plain: bool,
    line: String,
    number: String,
    warnings: Vec<Fault>,
}

impl Default for Format {
    fn default() -> Self {
        Format {
            encoding: Encoding::UTF_8,
            bom: false,
            dialect: Dialect::COMMA,
            quoting: Quoting::Minimal,
            line_end: LineEnd::Lf,
            guard_formulas: false,
            unmappable: Unmappable::Reject,
        }
    }
}

impl Format {
    fn is_utf16(&self) -> bool {
        [Encoding::UTF_16LE, Encoding::UTF_16BE].contains(&self.encoding)
    }
}

impl RowWriter {
    /// A writer of rows of these columns. Fails if the options contradict each other.
    pub fn new(format: &Format, columns: Vec<Arc<str>>) -> Result<Self> {
        if columns.is_empty() {
            return Err(Error::bind("a CSV file needs at least one column"));
        }
        if format.bom && format.encoding != Encoding::UTF_8 && !format.is_utf16() {
            return Err(Error::bind(format!("{} has no byte order mark", format.encoding)));
        }
        let encoder = Encoder::new(format.encoding)?;
        if let Unmappable::Replace(with) = format.unmappable
            && encoder.lacking(with.encode_utf8(&mut [0; 4])).is_some()
        {
            return Err(Error::bind(format!(
                "{} does not have the replacement {}",
                format.encoding,
                code(with)
            )));
        }
        Ok(RowWriter {
            columns,
            format: format.clone(),
            quoter: Quoter::new(format)?,
            plain: encoder.has_everything() && !format.guard_formulas,
            encoder,
            line: String::new(),
            number: String::new(),
            warnings: Vec::new(),
        })
    }

    /// What a file begins with: the byte order mark and, if `named`, the names of the columns.
    pub fn head(&mut self, named: bool) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        if self.format.bom || self.format.is_utf16() {
            head.extend_from_slice(self.encoder.encode("\u{FEFF}"));
        }
        if named {
            let columns = self.columns.clone();
            let row = self.row(columns.iter().map(|name| Value::Text(name)));
            head.extend_from_slice(row.map_err(|fault| {
                let column = fault.column_name().unwrap_or_default();
                Error::bind(format!("the name of column `{column}`: {fault}"))
            })?);
        }
        Ok(head)
    }

    /// The bytes of one row, its line end included.
    pub fn row<'v>(&mut self, values: impl IntoIterator<Item = Value<'v>>) -> Result<&[u8], Fault> {
        self.line.clear();
        self.warnings.clear();
        for (position, value) in values.into_iter().enumerate() {
            if position > 0 {
                self.line.push(self.quoter.delimiter);
            }
            if let Err(fault) = self.put(position, value) {
                return Err(fault.column(self.column(position)));
            }
        }
        if self.line.is_empty() {
            // A lone null: without quotes its line would pass for a blank one.
            self.quoter.put_empty(&mut self.line)?;
        }
        self.line.push_str(self.format.line_end.as_str());
        Ok(self.encoder.encode(&self.line))
    }

    /// What is worth knowing about the row that was made last.
    pub fn warnings(&mut self) -> impl Iterator<Item = Fault> {
        self.warnings.drain(..)
    }

    /// The options in words, for the report.
    pub fn facts(&self) -> [(String, String); 2] {
        let Format { encoding, bom, dialect, .. } = &self.format;
        let bom = if *bom { " with byte order mark" } else { "" };
        [("encoding".to_owned(), format!("{encoding}{bom}")), ("delimiter".to_owned(), dialect.to_string())]
    }

    #[inline]
    fn put(&mut self, position: usize, value: Value<'_>) -> Result<(), Fault> {
        match value {
            Value::Null => Ok(()),
            Value::Text(text) if self.plain => self.quoter.put(&mut self.line, text, false),
            Value::Text(text) => {
                let mut text = self.encodable(position, text)?;
                if self.format.guard_formulas {
                    text = formula::guard(text);
                }
                self.quoter.put(&mut self.line, &text, false)
            }
            other => {
                self.number.clear();
                // Writing to a string does not fail.
                let _ = write!(self.number, "{other}");
                let is_number = matches!(value, Value::Int(_) | Value::Float(_) | Value::Decimal(_));
                self.quoter.put(&mut self.line, &self.number, is_number)
            }
        }
    }

    /// The text without characters that the encoding lacks, as the policy has it.
    fn encodable<'t>(&mut self, position: usize, text: &'t str) -> Result<Cow<'t, str>, Fault> {
        let Some(lacking) = self.encoder.lacking(text) else { return Ok(Cow::Borrowed(text)) };
        let message = format!("{} does not have the character {}", self.format.encoding, code(lacking));
        match self.format.unmappable {
            Unmappable::Reject => Err(Fault::new(message).rule("encoding")),
            Unmappable::Replace(with) => {
                self.warnings.push(Fault::warning(message).rule("encoding").column(self.column(position)));
                Ok(self.encoder.replace(text, with))
            }
        }
    }

    fn column(&self, position: usize) -> Arc<str> {
        self.columns.get(position).map_or_else(|| "".into(), Arc::clone)
    }
}

/// A character without showing it: `U+4E2D`.
fn code(char: char) -> String {
    format!("U+{:04X}", u32::from(char))
}
