//! From rows of bytes to records, and what becomes of rows that do not fit.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::header::{Opened, REJECTS_COLUMNS};
use super::parser::{Limits, Parser, spans};
use super::tables::{Verdict, header_again};
use super::{Options, Ragged};
use crate::error::{Error, Fault, Result, Severity};
use crate::formula::unguard;
use crate::record::Record;
use crate::source::Feed;
use crate::source::decode::{Decoder, escape, original_byte, unescape};
use crate::source::dialect::Dialect;
use crate::source::encoding::Encoding;
use crate::source::raw::{put_open, put_quoted};

/// The rule that rows of another width break.
const RAGGED: &str = "ragged";

/// What is wrong with a row whose last quote is not closed.
pub(super) const OPEN: &str = "a quote is opened and never closed";

/// The rows below the header.
pub(crate) struct RowReader<'o> {
    opened: Opened,
    options: &'o Options,
    key: Option<usize>,
    columns: usize,
}

impl<'o> RowReader<'o> {
    pub fn new(opened: Opened, options: &'o Options) -> Result<Self> {
        let key = options.key.as_deref().map(|key| opened.schema.index(key)).transpose()?;
        let columns = opened.schema.len();
        Ok(RowReader { opened, options, key, columns })
    }

    /// Feeds every row, and gives what was noticed.
    pub fn read(mut self, feed: &mut Feed<'_>) -> Result<Vec<String>> {
        let mut pending = self.opened.pending;
        while pending || self.opened.parser.advance()? {
            pending = false;
            if self.opened.rejects {
                self.replay(feed)?;
                continue;
            }
            let parser = &self.opened.parser;
            match self.opened.tables.judge(parser) {
                Verdict::Record => self.feed(&Row::of(parser), self.options.guarded, feed)?,
                Verdict::Reject(fault) => {
                    self.begin(feed);
                    feed.reject(Some(&Row::of(parser).raw()), [fault])?;
                }
                Verdict::LeftOut => {}
            }
        }
        feed.bytes_read(self.opened.stored.bytes());
        Ok(self.opened.tables.notes())
    }

    /// A row of a rejects file: what stands in the raw column goes before the rest.
    fn replay(&self, feed: &mut Feed<'_>) -> Result<()> {
        let parser = &self.opened.parser;
        let raw = parser.cells().nth(REJECTS_COLUMNS.len() - 1).unwrap_or_default();
        let Some(raw) = std::str::from_utf8(raw).ok().filter(|raw| !raw.is_empty()) else {
            // Values stand in the file as they were read, their guard undone.
            return self.feed(&Row::beyond(parser, REJECTS_COLUMNS.len()), false, feed);
        };
        match Row::parse(raw, self.options.limits).and_then(|row| self.no_header(row)) {
            Ok(row) => self.feed(&row, self.options.guarded, feed),
            Err(fault) => {
                self.begin(feed);
                feed.reject(Some(raw), [fault])
            }
        }
    }

    fn no_header(&self, row: Row<'static>) -> Result<Row<'static>, Fault> {
        let names = self.opened.schema.names().map(str::as_bytes);
        match self.columns > 1 && spans(&row.ends).map(|span| &row.text[span]).eq(names) {
            true => Err(header_again()),
            false => Ok(row),
        }
    }

    /// The next record, with its place.
    fn begin<'f>(&self, feed: &'f mut Feed<'_>) -> &'f mut Record {
        let parser = &self.opened.parser;
        feed.bytes_read(self.opened.stored.bytes());
        let record = feed.record();
        record.set_position(parser.line(), parser.byte());
        record
    }

    fn feed(&self, row: &Row<'_>, guarded: bool, feed: &mut Feed<'_>) -> Result<()> {
        if feed.passes_over() {
            return Ok(());
        }
        let parser = &self.opened.parser;
        let record = self.begin(feed);
        if row.open {
            return feed.reject(Some(&row.raw()), [Fault::new(OPEN).rule("quote")]);
        }
        let misplaced = row.quotes.then(|| parser.misplaced_quotes()).flatten();
        if let Some(fault) = misplaced.as_ref().filter(|fault| fault.is_error()) {
            return feed.reject(Some(&row.raw()), [fault.clone()]);
        }
        let fault = match simdutf8::compat::from_utf8(&row.text) {
            Ok(text) => self.fill(record, text, &row.ends, guarded),
            Err(error) => {
                let at = error.valid_up_to();
                let mut fault = row.cannot_decode(at, self.opened.encoding);
                if self.opened.assumed {
                    let message = format!("{fault}, as it seemed from ASCII alone: set the encoding");
                    fault = Fault::new(message).rule("encoding");
                }
                Some(fault.column(Arc::clone(self.column(&row.ends, at))))
            }
        };
        match fault.or(misplaced) {
            None => feed.push(),
            Some(fault) if !fault.is_error() => feed.push_with([fault]),
            Some(fault) if self.options.ragged == Ragged::Fail && fault.rule_name() == RAGGED => {
                Err(Error::format(fault.to_string()).at(parser.line()))
            }
            Some(fault) => feed.reject(Some(&row.raw()), [fault]),
        }
    }

    /// Fills a record from a row of text, unless the row does not fit.
    fn fill(&self, record: &mut Record, text: &str, ends: &[usize], guarded: bool) -> Option<Fault> {
        let fault = match ends.len().cmp(&self.columns) {
            Ordering::Equal => None,
            Ordering::Less => Some(self.ragged(ends.len(), true)),
            Ordering::Greater => Some(self.ragged(ends.len(), ends[self.columns - 1] == text.len())),
        };
        if fault.as_ref().is_some_and(Fault::is_error) {
            return fault;
        }
        record.set_cells(text, &ends[..ends.len().min(self.columns)]);
        if guarded {
            for position in 0..self.columns {
                let unguarded = record.rewrite(position, |text, _| Ok(Cow::Borrowed(unguard(text))));
                debug_assert!(unguarded.is_ok());
            }
        }
        if let Some(key) = self.key {
            record.set_key(key);
        }
        fault.or_else(|| memchr::memchr(0, text.as_bytes()).map(|at| self.nul(ends, at)))
    }

    /// A row of another width; `empty` says that no value is beyond the last column.
    fn ragged(&self, cells: usize, empty: bool) -> Fault {
        match self.options.ragged == Ragged::Pad && empty {
            true => ragged(cells, self.columns).severity(Severity::Warning),
            false => ragged(cells, self.columns),
        }
    }

    fn nul(&self, ends: &[usize], at: usize) -> Fault {
        Fault::warning("a NUL character").rule("nul").column(Arc::clone(self.column(ends, at)))
    }

    /// The column that a place in the text of a row belongs to.
    fn column(&self, ends: &[usize], at: usize) -> &Arc<str> {
        let position = ends.partition_point(|end| *end <= at);
        self.opened.schema.name(position.min(self.columns - 1))
    }
}

/// The cells of a row that was set aside as a line of CSV, if it is whole
/// again: text, and as many cells as there are columns.
#[cfg(feature = "json")]
pub(crate) fn read_raw(raw: &str, columns: usize) -> Result<Vec<String>, Fault> {
    let row = Row::parse(raw, Limits::DEFAULT)?;
    let text = std::str::from_utf8(&row.text)
        .map_err(|error| row.cannot_decode(error.valid_up_to(), Encoding::UTF_8))?;
    if row.ends.len() != columns {
        return Err(ragged(row.ends.len(), columns));
    }
    Ok(spans(&row.ends).map(|span| text[span].to_owned()).collect())
}

fn ragged(cells: usize, columns: usize) -> Fault {
    let message = match cells {
        1 => format!("1 cell where the header has {columns}"),
        _ => format!("{cells} cells where the header has {columns}"),
    };
    Fault::new(message).rule(RAGGED)
}

/// The cells of a row, one after the other.
struct Row<'a> {
    text: Cow<'a, [u8]>,
    ends: Cow<'a, [usize]>,
    /// Whether the last cell has an opening quote and no closing one.
    open: bool,
    /// Whether its quotes are those of the file, and may be out of place.
    quotes: bool,
    /// Whether bytes that cannot be decoded stand in the text in another form.
    transcoded: bool,
}

impl<'a> Row<'a> {
    fn of(parser: &'a Parser) -> Self {
        let transcoded = parser.transcodes();
        let (text, ends) = (Cow::Borrowed(parser.text()), Cow::Borrowed(parser.ends()));
        Row { text, ends, open: parser.open(), quotes: true, transcoded }
    }

    /// A row but for its first cells.
    fn beyond(parser: &'a Parser, skip: usize) -> Self {
        let start = skip.checked_sub(1).and_then(|last| parser.ends().get(last)).copied().unwrap_or(0);
        let ends = parser.ends().iter().skip(skip).map(|end| end - start).collect();
        let text = Cow::Borrowed(&parser.text()[start..]);
        Row { text, ends, open: parser.open(), quotes: false, transcoded: parser.transcodes() }
    }

    /// A row that was written with [`raw`](Self::raw), and may have been repaired since.
    fn parse(raw: &str, limits: Limits) -> Result<Row<'static>, Fault> {
        #[cfg(feature = "json")]
        if crate::source::json::value::is_object(raw) {
            let message =
                "an object of JSON, not a row of CSV: set rejects aside as JSON Lines, and repair them there";
            return Err(Fault::new(message).rule("raw"));
        }
        let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, unescape(raw), 0);
        let mut parser = Parser::new(decoder, Dialect::COMMA, limits);
        let broken = |error: Error| Fault::new(error.message().to_owned()).rule("raw");
        if !parser.advance().map_err(broken)? {
            return Err(Fault::new("no row where one was set aside").rule("raw"));
        }
        if parser.open() {
            return Err(Fault::new(OPEN).rule("raw"));
        }
        let (text, ends) = (parser.text().to_vec().into(), parser.ends().to_vec().into());
        match parser.advance() {
            Ok(false) => Ok(Row { text, ends, open: false, quotes: false, transcoded: true }),
            _ => Err(Fault::new("several rows where one was set aside").rule("raw")),
        }
    }

    fn cannot_decode(&self, at: usize, encoding: Encoding) -> Fault {
        let byte = original_byte(&self.text[at..], self.transcoded);
        Fault::new(format!("the byte 0x{byte:02X} is not {encoding}")).rule("encoding")
    }

    /// The row as a line of CSV: cells that need quotes have them, what cannot be decoded is escaped.
    fn raw(&self) -> String {
        let mut line = Vec::with_capacity(self.text.len() + self.ends.len());
        let (cells, open) = self.ends.split_at(self.ends.len() - usize::from(self.open));
        for span in spans(cells) {
            put_quoted(&mut line, &self.text[span]);
            line.push(b',');
        }
        if let [_] = open {
            put_open(&mut line, &self.text[cells.last().copied().unwrap_or(0)..]);
            return escape(&line, self.transcoded);
        }
        line.pop();
        if line.is_empty() {
            // A single cell that holds nothing: without quotes there would be no row at all.
            line.extend_from_slice(b"\"\"");
        }
        escape(&line, self.transcoded)
    }
}
