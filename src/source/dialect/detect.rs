//! Which dialect a file is in, by its head.

use std::collections::BTreeMap;

use csv_core::ReadRecordResult;

use super::{Dialect, Escape, Splitter};

const MAX_HEAD: usize = 64 * 1024;
const MAX_ROWS: usize = 1_000;

/// Below this nothing is consistent.
const LEAST: f64 = 0.01;

const USUAL: &[u8] = b",;\t|";
const RARE: &[u8] = b"~^`: ";

/// See [`Dialect::detect`].
pub(super) fn detect(head: &[u8], whole: bool) -> Dialect {
    let whole = whole && head.len() <= MAX_HEAD;
    let head = &head[..head.len().min(MAX_HEAD)];
    let best = |delimiters: &[u8]| {
        let candidates = delimiters.iter().flat_map(|delimiter| candidates(*delimiter, head));
        let scored = candidates.map(|dialect| (Score::of(dialect, head, whole), dialect));
        // The first of equals: the order of the candidates is that of preference.
        scored.reduce(
            |best, other| {
                if other.0.value > best.0.value * (1.0 + f64::EPSILON) { other } else { best }
            },
        )
    };
    if let Some((score, dialect)) = best(USUAL)
        && score.value > LEAST
    {
        return unmarked(score, dialect, head, whole);
    }
    match best(RARE) {
        Some((score, dialect)) if score.unanimous && stands_between_cells(dialect, head) => dialect,
        _ => Dialect::COMMA,
    }
}

/// The dialects of a delimiter for which the head has any sign, the likeliest first.
fn candidates(delimiter: u8, head: &[u8]) -> Vec<Dialect> {
    let has = |pair: [u8; 2]| head.windows(2).any(|window| window == pair);
    let plain = Dialect::delimited_by(delimiter);
    let mut candidates = vec![plain];
    for quote in [b'"', b'\''] {
        let quoted = Dialect { quote: Some(quote), ..plain };
        if opens_a_cell(quoted, head) {
            if quote == b'\'' {
                candidates.push(quoted);
            }
            if has([b'\\', quote]) {
                candidates.push(Dialect { escape: backslash(quoted, head), ..quoted });
            }
        }
    }
    if has([b'\\', delimiter]) {
        candidates.push(Dialect { escape: Escape::Any(b'\\'), ..plain });
    }
    if head.split(|byte| *byte == b'\n').filter(|line| quotes(line) % 2 == 1).nth(1).is_some() {
        candidates.push(Dialect { quote: None, ..plain });
    }
    if delimiter != b' ' && has([delimiter, b' ']) {
        // Spaces that stand behind every delimiter are none of the data.
        let spaced = candidates.iter().map(|dialect| Dialect { spaced: true, ..*dialect });
        candidates.splice(0..0, spaced.collect::<Vec<_>>());
    }
    candidates
}

fn quotes(line: &[u8]) -> usize {
    line.iter().filter(|byte| **byte == b'"').count()
}

/// Whether a quote stands where a cell begins.
fn opens_a_cell(dialect: Dialect, head: &[u8]) -> bool {
    let Some(quote) = dialect.quote else { return false };
    let begins = |before: u8| matches!(before, b'\n' | b'\r') || before == dialect.delimiter;
    // A space before it counts only where it stands behind a delimiter.
    let spaced = [dialect.delimiter, b' ', quote];
    head.first() == Some(&quote)
        || head.windows(2).any(|pair| begins(pair[0]) && pair[1] == quote)
        || head.windows(3).any(|triple| triple == spaced)
}

/// What backslashes do where some stand before quotes. Whoever escapes them
/// too, or anything but quotes, leaves none before a character that needs none.
fn backslash(dialect: Dialect, head: &[u8]) -> Escape {
    let (mut others, mut rest) = (false, head);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        match rest.get(at + 1) {
            Some(next) if Some(*next) == dialect.quote => {}
            Some(next) if *next == dialect.delimiter || matches!(next, b'\\' | b'\r' | b'\n') => {
                others = true
            }
            Some(_) => return Escape::Quotes(b'\\'),
            None => break,
        }
        rest = &rest[at + 2..];
    }
    if others { Escape::Any(b'\\') } else { Escape::Quotes(b'\\') }
}

/// The dialect, or the same with quotes within cells that are not marked, if
/// only so all rows agree, and no cell looks as if it had swallowed others.
fn unmarked(score: Score, dialect: Dialect, head: &[u8], whole: bool) -> Dialect {
    let other = Dialect { escape: Escape::Unmarked, ..dialect };
    if score.unanimous || dialect.escape != Escape::Doubled || !opens_a_cell(dialect, head) {
        return dialect;
    }
    let table = Table::parse(other, head, whole);
    if table.is_unanimous() && !table.doubtful { other } else { dialect }
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
        let rows = table.rows() as f64;
        let usual = table.lengths.iter().max_by_key(|(_, count)| **count);
        if table.tight || usual.is_none_or(|(length, _)| *length < 2) {
            return Score { value: 0.0, unanimous: false };
        }
        let agreement: f64 = table
            .lengths
            .iter()
            .map(|(length, count)| (*count as f64 / rows).powi(2) * (1.0 - 1.0 / *length as f64))
            .sum();
        Score { value: agreement * table.weight / table.cells as f64, unanimous: table.is_unanimous() }
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
    /// Whether a cell has quotes together, or with line breaks.
    doubtful: bool,
    /// Whether spaces should stand behind every delimiter and do not.
    tight: bool,
}

impl Table {
    fn parse(dialect: Dialect, head: &[u8], whole: bool) -> Table {
        let mut table = Table::default();
        let mut splitter = Splitter::new(dialect);
        // Both have room for any row of the head, and for the line break that ends the last.
        let (mut text, mut ends) = (vec![0; head.len() + 2], vec![0; head.len() + 1]);
        let mut at = 0;
        while at < head.len() && table.rows() < MAX_ROWS {
            let (result, read, mut length, mut cells) = splitter.read_row(&head[at..], &mut text, &mut ends);
            at += read;
            if result != ReadRecordResult::Record {
                // A last row that the end of the head cuts off says nothing.
                if length + cells == 0 || !(whole || table.rows() == 0) {
                    break;
                }
                let (_, _, more, last) = splitter.read_row(b"\n", &mut text[length..], &mut ends[cells..]);
                (length, cells) = (length + more, cells + last.max(1));
                ends[cells - 1] = length;
            }
            table.add(&text[..length], &ends[..cells], dialect);
        }
        table.tight = splitter.tight();
        table
    }

    fn add(&mut self, text: &[u8], ends: &[usize], dialect: Dialect) {
        *self.lengths.entry(ends.len()).or_default() += 1;
        self.cells += ends.len();
        let mut start = 0;
        for &end in ends {
            let cell = &text[start..end];
            self.weight += likeness(cell, dialect);
            self.doubtful |= dialect.quote.is_some_and(|quote| {
                let together = cell.windows(2).any(|pair| pair == [quote, quote]);
                together || (cell.contains(&quote) && cell.iter().any(|byte| b"\r\n".contains(byte)))
            });
            start = end;
        }
    }

    fn rows(&self) -> usize {
        self.lengths.values().sum()
    }

    /// Whether there are several rows, all of one length of two cells or more.
    fn is_unanimous(&self) -> bool {
        self.lengths.len() == 1 && self.rows() > 1 && !self.lengths.contains_key(&1)
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
        assert_eq!(escaped, Dialect { escape: Escape::Quotes(b'\\'), ..Dialect::COMMA });
        assert_eq!(escaped.to_string(), "comma, escape \\\\ before quotes");
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
