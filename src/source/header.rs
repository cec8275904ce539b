//! Finds the header of a table among its first rows, and gives every column a name of its own.

use std::collections::{HashMap, HashSet};

/// The header's index among the first rows of a file: how many title lines
/// and blank rows stand above it.
///
/// A title fills one cell or far fewer cells than the table below, which is
/// measured by the second half of the rows. In doubt the first row is the header.
pub(crate) fn find_header(rows: &[Vec<String>]) -> usize {
    let filled: Vec<usize> = rows.iter().map(|row| count_filled(row)).collect();
    let usual = upper_quartile(&filled[filled.len() / 2..]);
    let width = upper_quartile(&rows[rows.len() / 2..].iter().map(Vec::len).collect::<Vec<_>>());
    let is_header = |(row, filled): (&Vec<String>, &usize)| {
        // Of two columns either may have no name, as an index has none.
        let enough = if width > 2 { usual.min(width).div_ceil(2).max(usual.min(2)) } else { 1 };
        *filled >= enough.max(1) && row.len() * 2 > width
    };
    rows.iter().zip(&filled).position(is_header).unwrap_or(0)
}

fn count_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !clean(cell).is_empty()).count()
}

fn upper_quartile(numbers: &[usize]) -> usize {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * 3 / 4).copied().unwrap_or(0)
}

/// The cells of a header as names that differ, and what had to be done for it.
///
/// Names are trimmed, line breaks and white space within them become one
/// space, zero-width characters go. A cell without a name becomes `column_3`,
/// the second `Name` becomes `Name_2`; neither takes a name that stands there already.
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
    (names, notes)
}

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

    fn header_of(rows: &[&[&str]]) -> usize {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        find_header(&rows)
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
        assert_eq!((names[half].as_str(), notes.len()), ("a", half - 1));
        assert_eq!(names.last().map(String::as_str), Some("a_65536"));
    }
}
