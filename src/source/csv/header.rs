//! Opening a CSV file: encoding, dialect, header.

use std::io::Read;
use std::sync::Arc;

use super::parser::Parser;
use super::{Header, Options};
use crate::details::Details;
use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::source::decode::{Decoder, original_byte};
use crate::source::dialect::Dialect;
use crate::source::encoding::{Certainty, Detected, Encoding};
use crate::source::header::{find_header, unique_names};
use crate::source::input::Input;

/// How much of the input is looked at before the first record, in bytes.
const HEAD: usize = 256 << 10;
/// How many rows are looked at to find the header.
const HEAD_ROWS: usize = 50;

/// The columns that a rejects file has before those of the input.
pub(crate) const REJECTS_COLUMNS: [&str; 3] = ["handover_place", "handover_reasons", "handover_raw"];

/// An input that is open, its header read.
pub(crate) struct Opened {
    pub parser: Parser,
    pub encoding: Encoding,
    /// Whether the head told nothing of the encoding, because it is all ASCII.
    pub assumed: bool,
    pub schema: Arc<Schema>,
    /// Whether the file begins with [`REJECTS_COLUMNS`], which are not in `schema`.
    pub rejects: bool,
    /// A row that the parser has read already, because there is no header.
    pub pending: bool,
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
        details.fact("encoding", encoding_fact(encoding, options.encoding.is_none().then_some(certainty)));
        details.fact("delimiter", dialect);
        let decoder = Decoder::new(reader, encoding, head, bom_len);
        let parser = Parser::new(decoder, dialect, options.limits);
        let titles = match header {
            Header::Find => {
                let (rows, above) = (head_rows(text, dialect, options), usize::from(told.is_some()));
                above + find_header(rows.get(above..).unwrap_or_default())
            }
            Header::Line(_) | Header::None => 0,
        };
        let opened = read_header(parser, encoding, titles, header, details);
        let opened = opened.map_err(|error| error.at_line(input.name()))?;
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
    let signatures: [(&[u8], &str); 7] = [
        (b"\x1F\x8B", "a gzip file"),
        (b"PK\x03\x04", "a ZIP file, as .xlsx and .ods are"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook (.xls)"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard file"),
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

/// The first rows, to find the header among them. A row that the head cuts
/// off is left out.
fn head_rows(text: Vec<u8>, dialect: Dialect, options: &Options) -> Vec<Vec<String>> {
    let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, text, 0);
    let mut parser = Parser::new(decoder, dialect, options.limits);
    let mut rows = Vec::new();
    while rows.len() < HEAD_ROWS && matches!(parser.advance(), Ok(true)) {
        rows.push(parser.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
    }
    rows
}

fn read_header(
    mut parser: Parser,
    encoding: Encoding,
    titles: usize,
    header: Header,
    details: &mut Details,
) -> Result<Opened> {
    let mut skipped = 0;
    let found = loop {
        let found = parser.advance()?;
        let more = match header {
            Header::Line(line) => parser.line() < line,
            _ => skipped < titles,
        };
        if !found || !more {
            break found;
        }
        skipped += 1;
    };
    let headed = !matches!(header, Header::None);
    if !found || (headed && parser.text().trim_ascii().is_empty()) {
        return Err(Error::format(match header {
            Header::Line(line) => format!("there is no line {line}, on which the header was said to be"),
            _ => "there is no header: the file has nothing but blank lines or titles".to_owned(),
        }));
    }
    if skipped > 0 {
        let above = if skipped == 1 {
            "1 row above it is".to_owned()
        } else {
            format!("{skipped} rows above it are")
        };
        details.notes.push(format!("the header is on line {}, {above} left out", parser.line()));
    }
    let names = match header {
        Header::None => (1..=parser.ends().len()).map(|number| format!("column_{number}")).collect(),
        _ => names(&parser, encoding, details)?,
    };
    let rejects =
        names.len() > REJECTS_COLUMNS.len() && names.iter().zip(REJECTS_COLUMNS).all(|(a, b)| a == b);
    let schema = Schema::text(names.into_iter().skip(if rejects { REJECTS_COLUMNS.len() } else { 0 }))?;
    Ok(Opened { parser, encoding, assumed: false, schema, rejects, pending: matches!(header, Header::None) })
}

fn names(parser: &Parser, encoding: Encoding, details: &mut Details) -> Result<Vec<String>> {
    let mut cells = Vec::new();
    for (cell, number) in parser.cells().zip(1..) {
        // The cell is not shown: a file without a header has a record here.
        let damaged = |error: std::str::Utf8Error| {
            let byte = original_byte(&cell[error.valid_up_to()..], parser.transcodes());
            let what = format!("the header cannot be read: in column {number} the byte 0x{byte:02X}");
            Error::format(format!("{what} is not {encoding}, set the encoding")).at(parser.line())
        };
        cells.push(std::str::from_utf8(cell).map_err(damaged)?);
    }
    let (names, notes) = unique_names(&cells);
    details.notes.extend(notes);
    Ok(names)
}
