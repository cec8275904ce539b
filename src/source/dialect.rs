//! How the text of a delimited file becomes rows: its delimiter, quotes and escapes.
//!
//! ```
//! use handover::source::dialect::Dialect;
//!
//! let dialect = Dialect::detect(b"name;city\n\"Smith; Sons\";Leeds\n", true);
//! assert_eq!(dialect, Dialect::SEMICOLON);
//! assert_eq!(dialect.to_string(), "semicolon");
//! ```
//!
//! Detection parses the head with every candidate and takes the one whose rows
//! agree most in length and whose cells look most like data: the measure of
//! [van den Burg, Nazábal and Sutton, *Wrangling messy CSV files by detecting
//! row and type patterns*](https://doi.org/10.1007/s10618-019-00646-y) (2019),
//! with agreement counted as the chance that two rows have the same length.

use std::collections::BTreeMap;
use std::fmt;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

/// The characters that structure a delimited file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// What stands between two cells.
    pub delimiter: u8,
    /// What may stand around a cell that holds delimiters or line breaks.
    pub quote: Option<u8>,
    /// What makes a quote within a quoted cell a character; `None` where such quotes are doubled.
    pub escape: Option<u8>,
}

impl Dialect {
    /// Comma, quotes doubled: RFC 4180.
    pub const COMMA: Dialect = Dialect::delimited_by(b',');
    /// Semicolon, quotes doubled: Excel where the comma is the decimal sign.
    pub const SEMICOLON: Dialect = Dialect::delimited_by(b';');
    /// Tab, quotes doubled: what Excel calls Unicode text.
    pub const TAB: Dialect = Dialect::delimited_by(b'\t');
    /// Vertical bar, quotes doubled.
    pub const PIPE: Dialect = Dialect::delimited_by(b'|');

    /// The delimiter given, cells quoted by `"`, quotes doubled.
    pub const fn delimited_by(delimiter: u8) -> Dialect {
        Dialect { delimiter, quote: Some(b'"'), escape: None }
    }

    /// The dialect of a file by its decoded head; `whole` says that this is
    /// all of the file. At most 64 KiB and 1,000 rows are looked at.
    ///
    /// Comma, semicolon, tab and bar come first; `~`, `^`, `` ` ``, colon and
    /// space only where those find no table and every row agrees. Where
    /// nothing does, it is [`Dialect::COMMA`].
    pub fn detect(head: &[u8], whole: bool) -> Dialect {
        let whole = whole && head.len() <= MAX_HEAD;
        let head = &head[..head.len().min(MAX_HEAD)];
        let best = |delimiters: &[u8]| {
            let candidates = delimiters.iter().flat_map(|delimiter| candidates(*delimiter, head));
            // The first of equals: the order of the candidates is that of preference.
            candidates.map(|dialect| (Score::of(dialect, head, whole), dialect)).reduce(|best, other| {
                if other.0.value > best.0.value * (1.0 + f64::EPSILON) { other } else { best }
            })
        };
        if let Some((score, dialect)) = best(USUAL)
            && score.value > LEAST
        {
            return dialect;
        }
        match best(RARE) {
            Some((score, dialect)) if score.unanimous && stands_between_cells(dialect, head) => dialect,
            _ => Dialect::COMMA,
        }
    }

    pub(crate) fn parser(self) -> Reader {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(self.delimiter).escape(self.escape);
        match self.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        builder.build()
    }
}

impl fmt::Display for Dialect {
    /// The delimiter in words, and whatever is not as usual.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.delimiter {
            b',' => f.write_str("comma")?,
            b';' => f.write_str("semicolon")?,
            b'\t' => f.write_str("tab")?,
            b'|' => f.write_str("pipe")?,
            b' ' => f.write_str("space")?,
            other => write!(f, "`{}`", other.escape_ascii())?,
        }
        match self.quote {
            Some(b'"') => {}
            Some(quote) => write!(f, ", quote {}", char::from(quote))?,
            None => f.write_str(", no quotes")?,
        }
        match self.escape {
            Some(escape) => write!(f, ", escape {}", char::from(escape)),
            None => Ok(()),
        }
    }
}

const MAX_HEAD: usize = 64 * 1024;
const MAX_ROWS: usize = 1_000;

/// Below this nothing is consistent.
const LEAST: f64 = 0.01;

const USUAL: &[u8] = b",;\t|";
const RARE: &[u8] = b"~^`: ";

/// The dialects of a delimiter for which the head has any sign, the likeliest first.
fn candidates(delimiter: u8, head: &[u8]) -> Vec<Dialect> {
    let plain = Dialect::delimited_by(delimiter);
    let mut candidates = vec![plain];
    for quote in [b'"', b'\''] {
        let quoted = Dialect { quote: Some(quote), ..plain };
        if opens_a_cell(quoted, head) {
            if quote == b'\'' {
                candidates.push(quoted);
            }
            if head.windows(2).any(|pair| pair == [b'\\', quote]) {
                candidates.push(Dialect { escape: Some(b'\\'), ..quoted });
            }
        }
    }
    if head.contains(&b'"') {
        candidates.push(Dialect { quote: None, ..plain });
    }
    candidates
}

/// Whether a quote stands where a cell begins.
fn opens_a_cell(dialect: Dialect, head: &[u8]) -> bool {
    let Some(quote) = dialect.quote else { return false };
    let begins = |before: u8| before == dialect.delimiter || before == b'\n' || before == b'\r';
    head.first() == Some(&quote) || head.windows(2).any(|pair| begins(pair[0]) && pair[1] == quote)
}

/// Colons stand in times and addresses, spaces in everything: they delimit
/// only where quotes stand on both of their sides, row by row.
fn stands_between_cells(dialect: Dialect, head: &[u8]) -> bool {
    let Some(quote) = dialect.quote else { return false };
    let between = [quote, dialect.delimiter, quote];
    let lines = || head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    !matches!(dialect.delimiter, b':' | b' ')
        || lines().all(|line| line.windows(between.len()).any(|window| window == between))
}

/// How well a dialect fits.
#[derive(Debug, Clone, Copy)]
struct Score {
    /// From 0, no table at all, towards 1.
    value: f64,
    /// Whether there are several rows, all of one length of two cells or more.
    unanimous: bool,
}

impl Score {
    fn of(dialect: Dialect, head: &[u8], whole: bool) -> Score {
        let table = Table::parse(dialect, head, whole);
        let rows = table.lengths.values().sum::<usize>() as f64;
        let usual = table.lengths.iter().max_by_key(|(_, count)| **count);
        if usual.is_none_or(|(length, _)| *length < 2) {
            return Score { value: 0.0, unanimous: false };
        }
        let agreement: f64 = table
            .lengths
            .iter()
            .map(|(length, count)| (*count as f64 / rows).powi(2) * (1.0 - 1.0 / *length as f64))
            .sum();
        Score {
            value: agreement * table.weight / table.cells as f64,
            unanimous: table.lengths.len() == 1 && rows > 1.0,
        }
    }
}

/// What one candidate makes of the head.
#[derive(Default)]
struct Table {
    /// How many rows there are of each length.
    lengths: BTreeMap<usize, usize>,
    cells: usize,
    /// The sum of how much each cell looks like data.
    weight: f64,
}

impl Table {
    fn parse(dialect: Dialect, head: &[u8], whole: bool) -> Table {
        let mut table = Table::default();
        let (mut parser, mut cell) = (dialect.parser(), vec![0; head.len() + 1]);
        let (mut at, mut rows, mut length, mut weight) = (0, 0, 0, 0.0);
        while rows < MAX_ROWS {
            let ended = at == head.len();
            let (result, read, written) = parser.read_field(&head[at..], &mut cell);
            at += read;
            match result {
                ReadFieldResult::Field { record_end } => {
                    length += 1;
                    weight += likeness(&cell[..written], dialect);
                    // A last row that the end of the head cuts off says nothing.
                    if record_end && (whole || !ended || rows == 0) {
                        table.add(length, weight);
                        (rows, length, weight) = (rows + 1, 0, 0.0);
                    }
                }
                ReadFieldResult::InputEmpty if !ended => {}
                _ => break,
            }
        }
        table
    }

    fn add(&mut self, length: usize, weight: f64) {
        *self.lengths.entry(length).or_default() += 1;
        self.cells += length;
        self.weight += weight;
    }
}

/// How much a cell looks like data: 1 for a number, date, word or nothing,
/// less for text that holds what could be structure, and next to nothing
/// where that stands at its edge.
fn likeness(cell: &[u8], dialect: Dialect) -> f64 {
    let cell = cell.trim_ascii();
    let [first, .., last] = cell else { return 1.0 };
    let quote = |byte: &u8| *byte == b'"' || Some(*byte) == dialect.quote;
    let wrapped = first == last && matches!(first, b'"' | b'\'');
    let left_over = quote(first) || (quote(last) && cell.contains(&b'\\'));
    if wrapped || left_over || USUAL.contains(first) || USUAL.contains(last) {
        return 0.05;
    }
    if cell.iter().any(|byte| quote(byte) || USUAL.contains(byte) || *byte == b'\n') {
        return 0.5;
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(head: &str) -> Dialect {
        Dialect::detect(head.as_bytes(), true)
    }

    #[test]
    fn the_usual_delimiters_are_told_apart() {
        assert_eq!(detect("a,b\n1,2\n"), Dialect::COMMA);
        assert_eq!(detect("a;b;c\n1,5;2,5;3\n2,5;3,5;4\n"), Dialect::SEMICOLON);
        assert_eq!(detect("name\taddress\nAnn\t1 High St, Leeds\nBob\t2 Low St, York\n"), Dialect::TAB);
        assert_eq!(detect("a|b\n1|2\n"), Dialect::PIPE);
        assert_eq!(detect("姓名;电话\n王伟;13800138000\n"), Dialect::SEMICOLON);
    }

    #[test]
    fn one_column_is_never_split() {
        for text in [
            "",
            "name\n",
            "name\nAnn Lee\nBob Ray\n",
            "time\n12:30\n12:45\n",
            "tags\na;b\nc\nd\n",
            "姓名\n王伟\n",
        ] {
            assert_eq!(detect(text), Dialect::COMMA, "{text}");
        }
        assert_eq!(detect("Ann Lee Ray\nBob Lee Ray\n"), Dialect::COMMA);
        assert_eq!(detect("12:30:00\n12:45:00\n"), Dialect::COMMA);
    }

    #[test]
    fn delimiters_within_quotes_do_not_count() {
        assert_eq!(detect("a,b\n\"x;y;z\",1\n\"u;v;w\",2\n"), Dialect::COMMA);
        assert_eq!(detect("a;b\n\"1\n2,3\";\"4,5\"\n\"6,7\n8\";9\n"), Dialect::SEMICOLON);
    }

    #[test]
    fn quotes_and_escapes_are_seen() {
        assert_eq!(detect("'a','b'\n'x, y','O''Hara'\n").quote, Some(b'\''));
        assert_eq!(detect("name,city\nO'Hara,'s-Hertogenbosch\nO'Neil,Cork\n"), Dialect::COMMA);
        let escaped = detect("a,b\n\"say \\\"x, y\\\" twice\",1\n\"2\",\"3\"\n");
        assert_eq!(escaped, Dialect { escape: Some(b'\\'), ..Dialect::COMMA });
        assert_eq!(escaped.to_string(), "comma, escape \\");
        let inches = detect("size,name\n\"12,pipe\n\"14,tube\n\"16,hose\n");
        assert_eq!(inches.to_string(), "comma, no quotes");
    }

    #[test]
    fn a_head_that_is_cut_off_is_enough() {
        assert_eq!(Dialect::detect(b"a;b\n1;2\n3;\"x, y, z", false), Dialect::SEMICOLON);
        let long = "id;text\n1;\"a, b\"\n".repeat(10_000);
        assert_eq!(Dialect::detect(long.as_bytes(), true), Dialect::SEMICOLON);
    }

    #[test]
    fn rare_delimiters_need_rows_that_all_agree() {
        assert_eq!(detect("a~b\n1~2\n").delimiter, b'~');
        assert_eq!(
            detect("'a':'b'\n'1':'2'\n"),
            Dialect { quote: Some(b'\''), ..Dialect::delimited_by(b':') }
        );
        assert_eq!(detect("a^b\n1\n"), Dialect::COMMA);
    }
}
