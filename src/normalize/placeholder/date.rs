//! Days on which calendars begin and end.

/// As year, and the smaller and the larger of month and day: where programs
/// begin to count (year 1, Windows, SQL Server, spreadsheets, Unix and Unix
/// west of Greenwich), where they end, and what people type.
#[rustfmt::skip]
const LIMITS: [(u32, u32, u32); 14] = [
    (0, 0, 0), (1, 1, 1), (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 0, 1), (1900, 1, 1),
    (1969, 12, 31), (1970, 1, 1), (1111, 11, 11), (2099, 12, 31), (2222, 2, 22), (9999, 12, 31),
];

/// Whether the text is such a day, in any order, with or without a time.
pub(super) fn is_limit(folded: &str) -> bool {
    let date = folded.find([' ', 't', '日']).and_then(|end| folded.get(..end)).unwrap_or(folded);
    let Some([first, second, third]) = parts(date) else {
        return !date.is_empty() && date.bytes().all(|b| b == b'0');
    };
    let [year, a, b] = if third.0 >= 4 { [third, first, second] } else { [first, second, third] };
    year.0 != 3 && LIMITS.contains(&(year.1, a.1.min(b.1), a.1.max(b.1))) && (year.0 == 4 || year.1 == 0)
}

/// Three numbers with something between, or eight digits in a row, each with its count of digits.
fn parts(date: &str) -> Option<[(usize, u32); 3]> {
    if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        let read = |from: usize, to: usize| Some((to - from, date.get(from..to)?.parse().ok()?));
        return Some([read(0, 4)?, read(4, 6)?, read(6, 8)?]);
    }
    let mut numbers = date.split(['-', '/', '.', '年', '月']).map(|number| match number.len() {
        1..=4 => Some((number.len(), number.parse().ok()?)),
        _ => None,
    });
    let parts = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(parts)
}
