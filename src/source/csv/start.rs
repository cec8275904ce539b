//! Where the table of a file begins, by its first rows.

use super::parser::Parser;
use super::{Header, Options};
use crate::source::decode::Decoder;
use crate::source::dialect::Dialect;
use crate::source::encoding::Encoding;
use crate::source::header::{Look, find_header, is_all_data, is_grouped, is_record};

/// How many rows are looked at.
const HEAD_ROWS: usize = 50;

/// What stands where.
#[derive(Debug, Default)]
pub(crate) struct Start {
    /// How many rows stand above the header.
    pub titles: usize,
    /// How many rows the header has; none where the records begin at once.
    pub rows: usize,
    /// The cells of the header, where they are not those of its row as it is read.
    pub cells: Option<Vec<String>>,
    /// How many cells the rows below have, as a rule.
    pub width: Option<usize>,
    /// What was settled without asking.
    pub notes: Vec<String>,
}

/// One of the first rows.
struct HeadRow {
    cells: Vec<String>,
    raw: Vec<u8>,
    line: u64,
    open: bool,
}

impl Start {
    /// By the decoded head; `above` rows are known to be no header.
    pub fn find(text: &[u8], dialect: Dialect, above: usize, options: &Options, header: Header) -> Start {
        let mut rows = head_rows(text, dialect, options, None);
        let mut width = usual_width(rows.get(above..).unwrap_or_default());
        if let [header] = &rows[above.min(rows.len())..]
            && header.open
            && let Some(end) = memchr::memchr2(b'\n', b'\r', &header.raw)
        {
            // Its open quote has swallowed all the others.
            width = usual_width(&head_rows(&header.raw[end..], dialect, options, None));
        }
        if let Some(width) = width {
            rows = head_rows(text, dialect, options, Some(width));
        }
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells.clone()).collect();
        let mut start = Start { rows: options.header_rows.unwrap_or(1), width, ..Start::default() };
        match header {
            Header::None => start.rows = 0,
            Header::Line(line) => start.titles = rows.iter().take_while(|row| row.line < line).count(),
            Header::Find => {
                start.titles = above + find_header(cells.get(above..).unwrap_or_default());
                start.look_closer(&rows, &cells, above, dialect, options);
            }
        }
        if start.rows == 1 && start.cells.is_none() {
            start.repair(&rows, &cells, dialect);
        }
        start
    }

    /// Whether the row that was found is a header at all, and the row above a part of it.
    fn look_closer(
        &mut self,
        rows: &[HeadRow],
        cells: &[Vec<String>],
        above: usize,
        dialect: Dialect,
        options: &Options,
    ) {
        let (Some(width), Some(found)) = (self.width, cells.get(self.titles)) else { return };
        let record = is_record(found, &cells[self.titles + 1..]);
        let before = self.titles.checked_sub(1).filter(|before| *before >= above);
        if let Some(before) = before
            && let Some((names, note)) = otherwise_delimited(&rows[before].raw, dialect, width, record)
        {
            (self.titles, self.cells) = (before, Some(names));
            self.notes.push(note.to_owned());
            return;
        }
        if options.header_rows.is_some() {
            return;
        }
        let top = before.into_iter().chain([self.titles]).find(|top| is_grouped(&cells[*top..]));
        if record {
            let other = cells.iter().skip(above).take_while(|row| row.len() != width).count();
            (self.titles, self.rows) = ((above + other).min(self.titles), 0);
            let line = rows[self.titles].line;
            self.notes.push(format!(
                "line {line} is a record like those below it: there is no header, columns are numbered"
            ));
        } else if let Some(top) = top {
            (self.titles, self.rows) = (top, 2);
            self.notes.push("the header has two rows, groups above names".to_owned());
        } else if is_all_data(found) {
            self.notes.push("the header looks like a record: set `no_header` if it is one".to_owned());
        }
    }

    /// A header with a quote too many or with delimiters too many, where the
    /// rows below leave no doubt.
    fn repair(&mut self, rows: &[HeadRow], cells: &[Vec<String>], dialect: Dialect) {
        let (Some(width), Some(header)) = (self.width, rows.get(self.titles)) else { return };
        if header.open || header.cells.len() != width {
            let read = literal_cells(&header.raw, dialect);
            if read.len() == width && header.raw.contains(&dialect.quote.unwrap_or_default()) {
                self.cells = Some(read);
                self.notes.push(OPEN_QUOTE.to_owned());
                return;
            }
        }
        let named: Vec<String> =
            header.cells.iter().filter(|cell| !cell.trim().is_empty()).cloned().collect();
        let below = &cells[self.titles + 1..];
        let agreed = below.len() > 1 && below.iter().all(|row| row.len() == named.len());
        if agreed && named.len() < header.cells.len() {
            self.notes.push(match header.cells.len() - named.len() {
                1 => "the header has 1 cell more than the rows below it and one without a name: it is left out".to_owned(),
                more => format!("the header has {more} cells more than the rows below it and as many without a name: they are left out"),
            });
            self.cells = Some(named);
        }
    }
}

fn head_rows(text: &[u8], dialect: Dialect, options: &Options, width: Option<usize>) -> Vec<HeadRow> {
    let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, text.to_vec(), 0);
    let mut parser = Parser::new(decoder, dialect, options.limits);
    width.into_iter().for_each(|width| parser.expect(width));
    let mut rows = Vec::new();
    while rows.len() < HEAD_ROWS && matches!(parser.advance(), Ok(true)) {
        rows.push(HeadRow {
            cells: parser.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(),
            raw: parser.raw(),
            line: parser.line(),
            open: parser.open(),
        });
    }
    rows
}

/// How many cells most rows have of the second half, where none is a header.
fn usual_width(rows: &[HeadRow]) -> Option<usize> {
    let half = &rows[rows.len().div_ceil(2).min(rows.len() - rows.len().min(1))..];
    let mut widths: Vec<usize> = half.iter().filter(|row| !row.open).map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let most = widths.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len())?;
    most.first().copied().filter(|_| rows.len() > 1)
}

const OPEN_QUOTE: &str = "the header has a quote that is not closed, taken as a part of the name";
const OTHER_DELIMITER: &str = "the header has another delimiter than the rows below it";

/// The names in what seems to be a title, where another delimiter, or the
/// same without an open quote, splits it into as many as the rows below have
/// cells. Of spaces that says something only above a record.
fn otherwise_delimited(
    raw: &[u8],
    dialect: Dialect,
    width: usize,
    above_record: bool,
) -> Option<(Vec<String>, &'static str)> {
    let delimiters = [dialect.delimiter, b',', b';', b'\t', b'|', b' '];
    let mut read = delimiters
        .iter()
        .filter(|delimiter| **delimiter != b' ' || above_record)
        .map(|delimiter| (literal_cells(raw, Dialect { delimiter: *delimiter, ..dialect }), *delimiter));
    let names = |cells: &[String]| cells.len() == width && cells.iter().all(|cell| Look::of(cell).is_word());
    let (cells, delimiter) = read.find(|(cells, _)| width > 2 && names(cells))?;
    Some((cells, if delimiter == dialect.delimiter { OPEN_QUOTE } else { OTHER_DELIMITER }))
}

/// The cells of a line, in which a quote that is not closed where its cell
/// ends stands for itself.
fn literal_cells(line: &[u8], dialect: Dialect) -> Vec<String> {
    let line = String::from_utf8_lossy(line);
    let mut rest = line.trim_end_matches(['\r', '\n']);
    let (delimiter, quote) = (char::from(dialect.delimiter), dialect.quote.map(char::from));
    let mut cells = Vec::new();
    loop {
        let inner = quote.and_then(|quote| rest.strip_prefix(quote)).and_then(|inner| {
            let end = inner.find(quote?)?;
            let behind = &inner[end + 1..];
            (behind.is_empty() || behind.starts_with(delimiter)).then(|| (&inner[..end], behind))
        });
        let (cell, behind) =
            inner.unwrap_or_else(|| rest.split_at(rest.find(delimiter).unwrap_or(rest.len())));
        cells.push(cell.to_owned());
        match behind.strip_prefix(delimiter) {
            Some(behind) => rest = behind,
            None => return cells,
        }
    }
}
