//! Finds the header of a table among its first rows, and gives every column a name of its own.

use std::collections::{HashMap, HashSet};

/// The header's index among the first rows of a file: how many title lines
/// and blank rows stand above it.
///
/// A title fills one cell or far fewer cells than the table below, which is
/// measured by the second half of the rows. What stands last and is mostly empty
/// is a footnote. In doubt the first row is the header.
pub(crate) fn find_header(rows: &[Vec<String>]) -> usize {
    let filled: Vec<usize> = rows.iter().map(|row| count_filled(row)).collect();
    let usual = upper_quartile(&filled[filled.len() / 2..]);
    let width = upper_quartile(&rows[rows.len() / 2..].iter().map(Vec::len).collect::<Vec<_>>());
    let last = filled.iter().rposition(|filled| *filled > 0);
    let is_footnote = |at: usize| Some(at) == last && filled[at] * 2 <= rows[at].len();
    let is_header = |(at, (row, filled)): (usize, (&Vec<String>, &usize))| {
        // Of two columns either may have no name, as an index has none.
        let enough = if width > 2 { usual.min(width).div_ceil(2).max(usual.min(2)) } else { 1 };
        *filled >= enough.max(1) && row.len() * 2 > width && !is_footnote(at)
    };
    rows.iter().zip(&filled).enumerate().position(is_header).unwrap_or(0)
}

fn count_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !clean(cell).is_empty()).count()
}

fn upper_quartile(numbers: &[usize]) -> usize {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * 3 / 4).copied().unwrap_or(0)
}

/// Whether a row is surely a record like those below it, and no header: an
/// e-mail address, a date or a number of nine digits and more stands above
/// others, and nowhere a word above what is none.
pub(crate) fn is_record(row: &[String], below: &[Vec<String>]) -> bool {
    let columns = || row.iter().enumerate().map(|(at, cell)| (Look::of(cell), looks(below, at)));
    let alike = |(look, below): (Look, Vec<Look>)| {
        let telling = matches!(look, Look::Email | Look::Date | Look::LongNumber);
        telling && !below.is_empty() && below.iter().all(|other| *other == look)
    };
    columns().any(alike) && !columns().any(|(look, below)| look == Look::Word && are_no_words(&below))
}

/// Whether the filled cells of a row are all data rather than names.
pub(crate) fn is_all_data(row: &[String]) -> bool {
    let mut looks = row.iter().map(|cell| Look::of(cell)).filter(|look| *look != Look::Empty).peekable();
    looks.peek().is_some() && looks.all(|look| !matches!(look, Look::Word | Look::Other))
}

/// Whether the first two rows are a header of two: the names of the second
/// stand twice and more, beneath groups of several columns that tell them apart.
pub(crate) fn is_grouped(rows: &[Vec<String>]) -> bool {
    let [groups, names, below @ ..] = rows else { return false };
    let names_only =
        |row: &[String]| row.iter().all(|cell| matches!(Look::of(cell), Look::Word | Look::Empty));
    let distinct = |names: &[String]| names.iter().collect::<HashSet<_>>().len() == names.len();
    let wide = groups.windows(2).filter(|pair| !is_blank(&pair[0]) && is_blank(&pair[1])).count();
    let header =
        (0..names.len()).any(|at| Look::of(&names[at]) == Look::Word && are_no_words(&looks(below, at)));
    let full = !names.iter().any(|name| is_blank(name));
    groups.len() == names.len()
        && wide > 1
        && full
        && header
        && names_only(groups)
        && names_only(names)
        && !distinct(names)
        && distinct(&join_rows(&rows[..2]))
}

/// The rows of a header as one, what stands in a column joined by spaces. In
/// all but the last a name reaches as far to the right as nothing stands there.
pub(crate) fn join_rows(rows: &[Vec<String>]) -> Vec<String> {
    let mut names = vec![String::new(); rows.iter().map(Vec::len).max().unwrap_or(0)];
    let mut begins = vec![false; names.len()];
    for (number, row) in rows.iter().enumerate() {
        let mut group = String::new();
        for (at, name) in names.iter_mut().enumerate() {
            let own = row.get(at).map(|cell| clean(cell)).unwrap_or_default();
            // A group ends where another begins, in its row or above.
            begins[at] |= !own.is_empty();
            if begins[at] || number + 1 == rows.len() {
                group = own;
            }
            *name = clean(&format!("{name} {group}"));
        }
    }
    names
}

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Empty,
    /// No digit, and no e-mail address.
    Word,
    Email,
    Date,
    /// Digits and what stands between them.
    Number,
    /// The same with nine digits and more, as phones and ids have.
    LongNumber,
    /// Letters and digits.
    Other,
}

impl Look {
    pub fn of(cell: &str) -> Self {
        let cell = cell.trim();
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        let numeric = |c: char| !c.is_alphabetic();
        match cell {
            "" => Look::Empty,
            _ if is_email(cell) => Look::Email,
            _ if digits == 0 => Look::Word,
            _ if !cell.chars().all(numeric) => Look::Other,
            _ if is_date(cell) => Look::Date,
            _ if digits >= 9 && !cell.contains(['.', ',']) => Look::LongNumber,
            _ => Look::Number,
        }
    }

    pub fn is_word(self) -> bool {
        matches!(self, Look::Word | Look::Other)
    }
}

fn is_email(cell: &str) -> bool {
    let domain = cell.split_once('@').filter(|(name, _)| !name.is_empty()).map(|(_, domain)| domain);
    domain.is_some_and(|domain| domain.contains('.') && !cell.contains(char::is_whitespace))
}

/// Three numbers with the same sign between them, one of four digits; a time may follow.
fn is_date(cell: &str) -> bool {
    let date = cell.split_whitespace().next().unwrap_or_default();
    ['-', '/', '.'].iter().any(|sign| {
        let lengths: Vec<usize> = date.split(*sign).map(str::len).collect();
        let digits = date.chars().all(|c| c.is_ascii_digit() || c == *sign);
        digits && matches!(lengths[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4])
    })
}

/// What the filled cells of a column look like.
fn looks(rows: &[Vec<String>], column: usize) -> Vec<Look> {
    let cells = rows.iter().filter_map(|row| row.get(column));
    cells.map(|cell| Look::of(cell)).filter(|look| *look != Look::Empty).collect()
}

/// Whether they are several, and none of them is a word.
fn are_no_words(looks: &[Look]) -> bool {
    looks.len() > 1 && !looks.iter().any(|look| look.is_word())
}

/// Whether nothing can be seen in a cell.
pub(crate) fn is_blank(cell: &str) -> bool {
    clean(cell).is_empty()
}

/// The cells of a header as names that differ, and what had to be done for it.
///
/// Names are trimmed, line breaks and white space within them become one
/// space, zero-width characters go. A cell without a name becomes `column_3`,
/// the second `Name` becomes `Name_2`; neither takes a name that stands there already.
/// The notes are [`MAX_NOTES`] at most, and one that says how many are left out.
pub(crate) fn unique_names<S: AsRef<str>>(cells: &[S]) -> (Vec<String>, Vec<String>) {
    let cleaned: Vec<String> = cells.iter().map(|cell| clean(cell.as_ref())).collect();
    let mut free = FreeNames { taken: cleaned.iter().cloned().collect(), next: HashMap::new() };
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let (mut names, mut notes) = (Vec::with_capacity(cells.len()), Vec::new());
    for (name, number) in cleaned.iter().zip(1..) {
        let times = seen.entry(name).or_default();
        *times += 1;
        let unique = match (name.is_empty(), *times) {
            (true, _) => {
                let unique = free.take("column", number);
                notes.push(format!("column {number} has no name, called `{unique}`"));
                unique
            }
            (false, 1) => name.clone(),
            (false, times) => {
                let unique = free.take(name, times);
                let (often, which) = match times {
                    2 => ("twice".to_owned(), "second"),
                    _ => (format!("{times} times"), "last"),
                };
                notes.push(format!("column `{name}` is there {often}, the {which} is called `{unique}`"));
                unique
            }
        };
        names.push(unique);
    }
    if let Some(more) = notes.len().checked_sub(MAX_NOTES).filter(|more| *more > 0) {
        notes.truncate(MAX_NOTES);
        notes.push(format!("{more} more columns had no name or one that is there already"));
    }
    (names, notes)
}

/// How many columns without a name of their own are told one by one.
const MAX_NOTES: usize = 20;

/// Names that nobody has.
struct FreeNames<'a> {
    taken: HashSet<String>,
    /// For each stem the number before which none is free.
    next: HashMap<&'a str, usize>,
}

impl<'a> FreeNames<'a> {
    /// The first of `stem_number`, `stem_number+1`, … that is free.
    fn take(&mut self, stem: &'a str, number: usize) -> String {
        let next = self.next.entry(stem).or_default();
        *next = number.max(*next);
        loop {
            let name = format!("{stem}_{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

fn clean(cell: &str) -> String {
    let visible: String = cell.chars().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Byte order marks, zero-width characters and control characters but white space.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}') || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    fn header_of(rows_of: &[&[&str]]) -> usize {
        find_header(&rows(rows_of))
    }

    #[test]
    fn a_record_is_told_from_a_header_where_that_is_certain() {
        let certain = |table: &[&[&str]]| is_record(&rows(table)[0], &rows(table)[1..]);
        assert!(certain(&[&["ann@x.org", "Ann"], &["bob@x.org", "Bob"]]));
        assert!(certain(&[&["7", "28/01/2018"], &["8", "29/01/2018"], &["9", ""]]));
        assert!(certain(&[&["王伟", "13800138000"], &["李娜", "13900139000"]]));
        // Names of columns, or nothing to tell them from a record.
        assert!(!certain(&[&["email", "2018"], &["ann@x.org", "1"], &["bob@x.org", "2"]]));
        assert!(!certain(&[&["name", "2024-01-01"], &["Ann", "5"], &["Bob", "6"]]));
        assert!(!certain(&[&["1", "2"], &["3", "4"]]));
        assert!(!certain(&[&["Ann", "Leeds"], &["Bob", "York"]]));
        assert!(!certain(&[&["amount", "2024-01-01"], &["5", "2024-01-02"], &["6", "2024-01-03"]]));
        assert!(!certain(&[&["ann@x.org"]]));
    }

    #[test]
    fn groups_above_a_header_are_known_where_they_tell_its_names_apart() {
        let two: &[&[&str]] = &[&["", "Home", "", "Work", ""], &["id", "street", "no", "street", "no"]];
        let body: &[&[&str]] = &[&["1", "High St", "2", "Low St", "3"], &["2", "Elm Rd", "5", "Oak Rd", "7"]];
        let grouped = rows(&[two, body].concat());
        assert!(is_grouped(&grouped));
        assert_eq!(join_rows(&grouped[..2]), ["id", "Home street", "Home no", "Work street", "Work no"]);
        let records: &[&[&str]] = &[&["name", "", "phone", "fax"], &["Ann", "Leeds", "none", "none"]];
        let below: &[&[&str]] = &[&["Bob", "York", "555", "556"], &["Cid", "Hull", "557", "558"]];
        assert!(!is_grouped(&rows(&[records, below].concat())));
        assert_eq!(join_rows(&rows(&[&["a", "b"], &["a", ""], &["a", "c", "d"]])), ["a a a", "b c", "b d"]);
    }

    #[test]
    fn the_first_row_is_the_header_of_a_plain_table() {
        assert_eq!(header_of(&[&["a", "b", "c"], &["1", "2", "3"], &["1"]]), 0);
        assert_eq!(header_of(&[&["id"], &["1"], &["2"]]), 0);
        assert_eq!(header_of(&[&["", "name"], &["0", "x"], &["1", "y"]]), 0);
        assert_eq!(header_of(&[&["a", "b", "c"], &["1", "2", "3", "4"], &["1", "2", "3", "4"]]), 0);
        assert_eq!(header_of(&[&["a", "b"]]), 0);
        assert_eq!(header_of(&[]), 0);
    }

    #[test]
    fn titles_above_it_are_skipped() {
        assert_eq!(header_of(&[&["Customers 2024"], &["a", "b"], &["1", "2"]]), 1);
        assert_eq!(header_of(&[&["Title", "", ""], &["", "", ""], &["a", "b", "c"], &["1", "2", "3"]]), 2);
        assert_eq!(
            header_of(&[
                &["Year:", "2024", "", "", ""],
                &["a", "b", "c", "d", "e"],
                &["1", "2", "3", "4", ""]
            ]),
            1
        );
        assert_eq!(header_of(&[&[""], &["id"], &["1"]]), 1);
    }

    #[test]
    fn a_footnote_wider_than_the_table_is_no_header() {
        let emails: &[&[&str]] = &[&["email"], &["ann@x.org"], &["bob@x.org"], &[]];
        assert_eq!(header_of(&[emails, &[&["", "", "", "as of May"]]].concat()), 0);
        assert_eq!(header_of(&[&["id"], &["1"], &["", "", "", "", "stray"]]), 0);
        // A title above a header without records.
        assert_eq!(header_of(&[&["Customers 2024"], &[], &["a", "b", "c"]]), 2);
    }

    #[test]
    fn a_sparse_body_does_not_make_a_title_of_the_header() {
        let sparse: &[&str] = &["1", "", "", "x", "", ""];
        assert_eq!(header_of(&[&["a", "b", "c", "d", "e", "f"], sparse, sparse]), 0);
        assert_eq!(
            header_of(&[&["Title", "", "", "", "", ""], &["a", "b", "c", "d", "e", "f"], sparse, sparse]),
            1
        );
    }

    #[test]
    fn names_are_cleaned_and_unique() {
        let (names, notes) = unique_names(&["\u{FEFF} First\r\nName ", "", "Tel", "Tel", "Tel_2", "Tel"]);
        assert_eq!(names, ["First Name", "column_2", "Tel", "Tel_3", "Tel_2", "Tel_4"]);
        assert_eq!(
            notes,
            [
                "column 2 has no name, called `column_2`",
                "column `Tel` is there twice, the second is called `Tel_3`",
                "column `Tel` is there 3 times, the last is called `Tel_4`",
            ]
        );
    }

    #[test]
    fn as_many_names_as_a_row_may_have_take_no_time() {
        let half = 1 << 15;
        let taken = (2..half + 2).map(|number| format!("a_{number}"));
        let cells: Vec<String> = taken.chain(std::iter::repeat_n("a".to_owned(), half)).collect();
        let (names, notes) = unique_names(&cells);
        assert_eq!((names[half].as_str(), notes.len()), ("a", MAX_NOTES + 1));
        let last = notes.last().map(String::as_str);
        assert_eq!(last, Some("32747 more columns had no name or one that is there already"));
        assert_eq!(names.last().map(String::as_str), Some("a_65536"));
    }
}
