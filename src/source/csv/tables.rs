//! What stands below the header and is no record of its table: the header
//! again, another table, a footnote, a total.

use std::collections::HashSet;

use super::parser::Parser;
use crate::error::Fault;
use crate::source::header::Look;

/// By how many rows a column is known to hold no words.
const KNOWN_BY: usize = 50;
/// How many tables are told of one by one.
const MAX_NOTES: u64 = 10;

/// Looks at row after row.
pub(crate) struct Tables {
    header: Vec<Vec<u8>>,
    /// Whether only the rows of this table are wanted.
    chosen: bool,
    /// For each column how many of the first rows have no word in it; none where one has.
    wordless: Vec<Option<usize>>,
    rows: usize,
    /// How many more tables have begun.
    more: u64,
    /// Where the table begins that the rows are of now, if it is another.
    other: Option<u64>,
    left_out: u64,
    /// Whether blank lines, or rows of one cell below them, stand above.
    below_gap: bool,
    candidate: Option<Begin>,
    notes: Vec<String>,
}

/// The header of a further table.
pub(crate) struct Begin {
    pub line: u64,
    pub cells: Vec<Vec<u8>>,
    /// Whether the columns are the same.
    pub same: bool,
    /// Whether its first row has been read already, because only that one tells.
    pub read_on: bool,
}

/// What becomes of a row.
pub(crate) enum Verdict {
    Record,
    Reject(Fault),
    LeftOut,
}

impl Tables {
    /// The rows below a header.
    pub fn below(header: Vec<Vec<u8>>, chosen: bool) -> Self {
        Tables {
            wordless: vec![Some(0); header.len()],
            header,
            chosen,
            rows: 0,
            more: 0,
            other: None,
            left_out: 0,
            below_gap: false,
            candidate: None,
            notes: Vec::new(),
        }
    }

    /// Says what becomes of the row that was read.
    pub fn judge(&mut self, parser: &Parser) -> Verdict {
        let begin = self.begins(parser);
        let again = begin.as_ref().is_some_and(|begin| begin.same);
        if let Some(begin) = begin {
            self.enter(&begin);
        }
        match self.other {
            Some(_) if self.chosen => {
                self.left_out += 1;
                Verdict::LeftOut
            }
            _ if again => Verdict::Reject(header_again()),
            Some(line) => Verdict::Reject(
                Fault::new(format!("a row of another table, which begins on line {line}")).rule("table"),
            ),
            None => self.no_record(parser).map_or(Verdict::Record, Verdict::Reject),
        }
    }

    /// The header of a further table, where the row that was read tells that one begins.
    pub fn begins(&mut self, parser: &Parser) -> Option<Begin> {
        let again = self.header.len() > 1 && parser.cells().eq(self.header.iter().map(Vec::as_slice));
        // Without a header all of its cells are empty here.
        if again && !parser.text().is_empty() {
            self.candidate = None;
            return Some(Begin {
                line: parser.line(),
                cells: self.header.clone(),
                same: true,
                read_on: false,
            });
        }
        let (cells, columns) = (parser.ends().len(), self.header.len());
        let below_gap = self.below_gap || parser.below_blank();
        if let Some(candidate) = self.candidate.take().filter(|candidate| candidate.cells.len() == cells) {
            return Some(candidate);
        }
        self.below_gap = below_gap && filled(parser) < 2;
        if cells == columns && !below_gap {
            self.learn(parser);
            return None;
        }
        let begin = |read_on| Begin {
            line: parser.line(),
            cells: parser.cells().map(<[u8]>::to_vec).collect(),
            same: false,
            read_on,
        };
        match cells == columns {
            true => (self.names_columns(parser) && self.contradicts(parser)).then(|| begin(false)),
            false if self.shares_names(parser) => Some(begin(false)),
            false => {
                self.candidate = (below_gap && self.names_columns(parser)).then(|| begin(true));
                None
            }
        }
    }

    /// What is to be told of the tables.
    pub fn notes(mut self) -> Vec<String> {
        if let Some(more) = self.more.checked_sub(MAX_NOTES).filter(|more| *more > 0) {
            self.notes.push(format!("{more} more tables begin below them"));
        }
        match self.left_out {
            0 => {}
            1 => self.notes.push("1 row of another table is left out".to_owned()),
            rows => self.notes.push(format!("{rows} rows of other tables are left out")),
        }
        self.notes
    }

    fn enter(&mut self, begin: &Begin) {
        self.more += 1;
        self.other = (self.chosen || !begin.same).then_some(begin.line);
        self.below_gap = false;
        if self.more <= MAX_NOTES {
            let line = begin.line;
            self.notes.push(match (begin.same, self.chosen) {
                (true, false) => {
                    format!("the header stands on line {line} again, the rows below it are read")
                }
                (false, false) => {
                    format!("another table begins on line {line}, its rows are rejected: `table` reads it")
                }
                (_, true) => format!("another table begins on line {line}"),
            });
        }
    }

    /// Notes in which columns there are words.
    fn learn(&mut self, parser: &Parser) {
        if self.rows == KNOWN_BY {
            return;
        }
        self.rows += 1;
        for (known, cell) in self.wordless.iter_mut().zip(parser.cells()) {
            match look(cell) {
                Look::Empty => {}
                look if look.is_word() => *known = None,
                _ => *known = known.map(|rows| rows + 1),
            }
        }
    }

    /// Whether all cells are words that differ, several of them.
    fn names_columns(&self, parser: &Parser) -> bool {
        let mut seen = HashSet::new();
        parser.ends().len() > 1 && parser.cells().all(|cell| look(cell) == Look::Word && seen.insert(cell))
    }

    /// Whether it has words in several columns that have none.
    fn contradicts(&self, parser: &Parser) -> bool {
        let columns = self.wordless.iter().zip(parser.cells());
        columns.filter(|(known, cell)| known.is_some_and(|rows| rows > 1) && look(cell).is_word()).count() > 1
    }

    /// Whether half of the cells and more are names of columns.
    fn shares_names(&self, parser: &Parser) -> bool {
        let known = |cell: &&[u8]| !cell.is_empty() && self.header.iter().any(|name| name == cell);
        let shared = parser.cells().take(self.header.len() * 2).filter(known).count();
        shared > 1 && shared * 2 >= parser.ends().len()
    }

    /// Why a row that may fit the columns is none of their records.
    fn no_record(&self, parser: &Parser) -> Option<Fault> {
        if parser.ends().len() != self.header.len() {
            return None;
        }
        if self.below_gap && self.header.len() > 2 && filled(parser) == 1 {
            return Some(
                Fault::new("a single value below a blank line: a title or a footnote").rule("table"),
            );
        }
        is_total(parser).then(|| Fault::new("a total of the rows above").rule("table"))
    }
}

/// Why a row is rejected that is the header.
pub(crate) fn header_again() -> Fault {
    Fault::new("the header again, where a record should be").rule("table")
}

fn look(cell: &[u8]) -> Look {
    std::str::from_utf8(cell).map_or(Look::Other, Look::of)
}

fn filled(parser: &Parser) -> usize {
    parser.cells().filter(|cell| look(cell) != Look::Empty).count()
}

/// What totals are called.
const TOTALS: [&str; 17] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sum",
    "summe",
    "gesamt",
    "итого",
    "всего",
    "合计",
    "总计",
    "小计",
    "合計",
    "総計",
    "小計",
    "합계",
];

/// Whether the first filled cell says so, and all others are short numbers.
fn is_total(parser: &Parser) -> bool {
    let mut cells = parser.cells().skip_while(|cell| cell.is_empty());
    let Some(first @ [b'T' | b't' | b'S' | b's' | b'G' | b'g' | 0x80.., ..]) = cells.next() else {
        return false;
    };
    let Ok(first) = std::str::from_utf8(first) else { return false };
    let first = first.trim().trim_end_matches([':', '：']).to_lowercase();
    let mut numbers = cells.map(look).filter(|look| *look != Look::Empty).peekable();
    TOTALS.contains(&first.as_str()) && numbers.peek().is_some() && numbers.all(|look| look == Look::Number)
}
