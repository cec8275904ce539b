//! Opening a CSV file: encoding, dialect, header.

use std::io::Read;
use std::sync::Arc;

use super::parser::Parser;
use super::row::OPEN;
use super::start::Start;
use super::tables::{Begin, Tables};
use super::{Header, Options};
use crate::details::Details;
use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::source::decode::{Decoder, original_byte};
use crate::source::dialect::Dialect;
use crate::source::encoding::{Certainty, Detected, Encoding};
use crate::source::header::{is_blank, join_rows, unique_names};
use crate::source::input::{Input, Stored};

/// How much of the input is looked at before the first record, in bytes.
const HEAD: usize = 256 << 10;

/// The columns that a rejects file has before those of the input.
pub(crate) const REJECTS_COLUMNS: [&str; 3] = ["handover_place", "handover_reasons", "handover_raw"];

/// An input that is open, its header read.
pub(crate) struct Opened {
    pub parser: Parser,
    /// How much of the input was read, as stored.
    pub stored: Stored,
    pub encoding: Encoding,
    /// Whether the head told nothing of the encoding, because it is all ASCII.
    pub assumed: bool,
    pub schema: Arc<Schema>,
    /// Whether the file begins with [`REJECTS_COLUMNS`], which are not in `schema`.
    pub rejects: bool,
    /// Whether the parser has read a record already, because there is no header.
    pub pending: bool,
    /// What stands below the header.
    pub tables: Tables,
}

impl Opened {
    pub fn open(input: &mut Input, options: &Options, details: &mut Details) -> Result<Self> {
        let mut reader = input.open()?;
        let mut head = Vec::new();
        let read = reader.by_ref().take(HEAD as u64).read_to_end(&mut head);
        read.map_err(|error| Error::io("cannot read", error).at(input.name()))?;
        if head.is_empty() {
            return Err(Error::format("the file is empty").at(input.name()));
        }
        if let Some(format) = other_format(&head) {
            return Err(Error::format(format!("this looks like {format}, not CSV")).at(input.name()));
        }
        let whole = head.len() < HEAD;
        let detected = encoding_of(&head, whole, options).map_err(|error| error.within(input.name()))?;
        let Detected { encoding, bom_len, certainty } = detected;
        let text = decoded(&head, encoding, bom_len);
        // The raw rows in a rejects file may be in any dialect; the file itself is not.
        let rejects = text.starts_with(REJECTS_COLUMNS.join(",").as_bytes());
        let told = told_delimiter(&text);
        let (dialect, header) = match (rejects, options.dialect, told) {
            (true, ..) => (Dialect::COMMA, Header::Line(1)),
            (false, Some(dialect), _) => (dialect, options.header),
            (false, None, Some(delimiter)) => (Dialect::delimited_by(delimiter), options.header),
            (false, None, None) => (Dialect::detect(&text, whole), options.header),
        };
        if let Some(folding) = input.folding() {
            details.fact("compression", folding);
        }
        details.fact("encoding", encoding_fact(encoding, options.encoding.is_none().then_some(certainty)));
        details.fact("delimiter", dialect);
        let start = Start::find(&text, dialect, usize::from(told.is_some()), options, header);
        let decoder = Decoder::new(reader, encoding, head, bom_len);
        let mut parser = Parser::new(decoder, dialect, options.limits);
        start.width.into_iter().for_each(|width| parser.expect(width));
        let opening = Opening { parser, encoding, header, start, table: options.table };
        let opened = opening.read(input.stored(), details).map_err(|error| error.at_line(input.name()))?;
        Ok(Opened { assumed: certainty == Certainty::Assumed && !opened.rejects, ..opened })
    }
}

/// The delimiter that a first line such as `sep=;` tells Excel to use.
fn told_delimiter(text: &[u8]) -> Option<u8> {
    match text.strip_prefix(b"sep=").or_else(|| text.strip_prefix(b"SEP="))? {
        [delimiter, b'\r' | b'\n', ..] if !delimiter.is_ascii_alphanumeric() => Some(*delimiter),
        _ => None,
    }
}

/// What a file is that begins with a signature no text begins with.
fn other_format(head: &[u8]) -> Option<&'static str> {
    let signatures: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a ZIP file, as .xlsx and .ods are"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook (.xls)"),
        (b"\xFD7zXZ\x00", "an xz file"),
        (b"%PDF-", "a PDF"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    signatures.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, format)| *format)
}

fn encoding_of(head: &[u8], whole: bool, options: &Options) -> Result<Detected> {
    let Some(encoding) = options.encoding else { return Encoding::detect(head, whole) };
    let bom_len = encoding.mark().filter(|mark| head.starts_with(mark)).map_or(0, <[u8]>::len);
    Ok(Detected { encoding, bom_len, certainty: Certainty::Bom })
}

fn encoding_fact(encoding: Encoding, detected: Option<Certainty>) -> String {
    match detected {
        None => format!("{encoding} (as set)"),
        Some(Certainty::Bom) => format!("{encoding} with byte order mark"),
        Some(Certainty::Valid) => encoding.to_string(),
        Some(Certainty::Guess) => format!("{encoding} (guessed)"),
        Some(Certainty::Assumed) => format!("{encoding} (only ASCII seen)"),
    }
}

fn decoded(head: &[u8], encoding: Encoding, bom_len: usize) -> Vec<u8> {
    let mut decoder = Decoder::new(Box::new(std::io::empty()), encoding, head.to_vec(), bom_len);
    let mut text = Vec::new();
    while let Ok(chunk) = decoder.chunk()
        && !chunk.is_empty()
    {
        let length = chunk.len();
        text.extend_from_slice(chunk);
        decoder.consume(length);
    }
    text
}

/// A file whose header is to be read.
struct Opening {
    parser: Parser,
    encoding: Encoding,
    header: Header,
    start: Start,
    table: Option<u64>,
}

impl Opening {
    fn read(mut self, stored: Stored, details: &mut Details) -> Result<Opened> {
        self.go_to_header(details)?;
        details.notes.append(&mut self.start.notes);
        let mut pending = self.start.rows == 0;
        let mut cells = self.header_cells()?;
        let header = match &self.start.cells {
            Some(cells) => cells.iter().map(|cell| cell.as_bytes().to_vec()).collect(),
            None if pending => vec![Vec::new(); self.parser.ends().len()],
            None => self.parser.cells().map(<[u8]>::to_vec).collect(),
        };
        let mut tables = Tables::below(header, self.table.is_some());
        for number in 2..=self.table.unwrap_or(1) {
            let begin = self.go_to_next(tables, number)?;
            details
                .notes
                .push(format!("table {number} begins on line {}, those above it are left out", begin.line));
            self.parser.expect(begin.cells.len());
            cells = self.decoded(begin.cells.iter().map(Vec::as_slice))?;
            (tables, pending) = (Tables::below(begin.cells, true), begin.read_on);
        }
        let (names, notes) = match cells.is_empty() {
            true => (
                (1..=self.parser.ends().len()).map(|number| format!("column_{number}")).collect(),
                Vec::new(),
            ),
            false => unique_names(&cells),
        };
        details.notes.extend(notes);
        self.parser.expect(names.len());
        let rejects =
            names.len() > REJECTS_COLUMNS.len() && names.iter().zip(REJECTS_COLUMNS).all(|(a, b)| a == b);
        let schema = Schema::text(names.into_iter().skip(if rejects { REJECTS_COLUMNS.len() } else { 0 }))?;
        let Opening { parser, encoding, .. } = self;
        Ok(Opened { parser, stored, encoding, assumed: false, schema, rejects, pending, tables })
    }

    /// Reads the first row of the header, or the first record where there is none.
    fn go_to_header(&mut self, details: &mut Details) -> Result<()> {
        let mut skipped = 0;
        let found = loop {
            let found = self.parser.advance()?;
            let more = match self.header {
                Header::Line(line) => self.parser.line() < line,
                _ => skipped < self.start.titles,
            };
            if !found || !more {
                break found;
            }
            skipped += 1;
        };
        let unseen = |cell: &[u8]| is_blank(&String::from_utf8_lossy(cell));
        if self.start.rows > 0 && self.parser.text().starts_with(b"\0") && self.parser.cells().all(unseen) {
            return Err(Error::format(
                "this is no text: there are NUL characters where the header should be",
            ));
        }
        if !found || (self.start.rows > 0 && self.parser.text().trim_ascii().is_empty()) {
            return Err(Error::format(match self.header {
                Header::Line(line) => format!("there is no line {line}, on which the header was said to be"),
                _ => "there is no header: the file has nothing but blank lines or titles".to_owned(),
            }));
        }
        let begins = if self.start.rows == 0 { "the first record" } else { "the header" };
        let line = self.parser.line();
        match skipped {
            0 => {}
            1 => details.notes.push(format!("{begins} is on line {line}, 1 row above it is left out")),
            _ => details
                .notes
                .push(format!("{begins} is on line {line}, {skipped} rows above it are left out")),
        }
        Ok(())
    }

    /// The cells of the header, of which the first row is read.
    fn header_cells(&mut self) -> Result<Vec<String>> {
        let mut rows = Vec::new();
        for number in 0..self.start.rows {
            if number > 0 && !self.parser.advance()? {
                return Err(Error::format("the file ends within the header"));
            }
            rows.push(self.decoded(self.parser.cells())?);
        }
        if let Some(cells) = &self.start.cells {
            return Ok(cells.clone());
        }
        if self.start.rows > 0 && self.parser.open() {
            return Err(Error::format(OPEN).at(self.parser.line()));
        }
        Ok(join_rows(&rows))
    }

    /// Goes to the header of the next table.
    fn go_to_next(&mut self, mut tables: Tables, number: u64) -> Result<Begin> {
        while self.parser.advance()? {
            if let Some(begin) = tables.begins(&self.parser) {
                return Ok(begin);
            }
        }
        let found = number - 1;
        Err(Error::format(format!("there is no table {number}: {found} can be told apart")))
    }

    /// The cells of a header as text.
    fn decoded<'c>(&self, cells: impl Iterator<Item = &'c [u8]>) -> Result<Vec<String>> {
        let damaged = |cell: &[u8], number: usize, error: std::str::Utf8Error| {
            // The cell is not shown: a file without a header has a record here.
            let byte = original_byte(&cell[error.valid_up_to()..], self.parser.transcodes());
            let what = format!("the header cannot be read: in column {number} the byte 0x{byte:02X}");
            let message = format!("{what} is not {}, set the encoding", self.encoding);
            Error::format(message).at(self.parser.line())
        };
        let text = |(cell, number): (&'c [u8], usize)| {
            std::str::from_utf8(cell).map(str::to_owned).map_err(|error| damaged(cell, number, error))
        };
        cells.zip(1..).map(text).collect()
    }
}
