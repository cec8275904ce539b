//! Digits with separators between them, and which of those separates what.

/// What separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// Digits as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// All of them.
    pub digits: String,
    /// How many stand behind the decimal mark.
    pub decimals: usize,
    /// What separates decimals, where the digits say so.
    pub mark: Option<DecimalMark>,
    /// The mark that could also separate thousands: then `decimals` holds if it does not.
    pub doubtful: Option<DecimalMark>,
}

pub const MISFIT: &str = "the separators do not fit together";

/// Reads digits and separators: `,` `.` `'` and the space. `None` if anything else is there.
pub fn read(text: &str) -> Option<Result<Digits, &'static str>> {
    let known = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'' | ' ');
    if !text.contains(|c: char| c.is_ascii_digit()) || !text.chars().all(known) {
        return None;
    }
    let groups: Vec<&str> = text.split([',', '.', '\'', ' ']).collect();
    let separators: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    Some(separated(&groups, &separators).ok_or(MISFIT))
}

fn separated(groups: &[&str], separators: &[char]) -> Option<Digits> {
    let digits = |decimals: usize, mark: Option<DecimalMark>| Digits {
        digits: groups.concat(),
        decimals,
        mark,
        doubtful: None,
    };
    let Some((last, others)) = separators.split_last() else { return Some(digits(0, None)) };
    let (decimals, before) = groups.split_last()?;
    match (DecimalMark::of(*last), others) {
        (Some(mark), []) => single(before.first()?, decimals, mark).map(|(decimals, said, doubtful)| {
            Digits { doubtful: doubtful.then_some(mark), ..digits(decimals, said) }
        }),
        // `1 234,56`: another one before it, in groups.
        (Some(mark), [other, ..]) if other != last => {
            let alike = others.iter().all(|separator| separator == other);
            (alike && are_thousands(before, *other)).then(|| digits(decimals.len(), Some(mark)))
        }
        // `1,234,567`: decimals have another mark.
        (mark, _) => {
            let alike = others.iter().all(|separator| separator == last);
            (alike && are_thousands(groups, *last)).then(|| digits(0, mark.map(DecimalMark::other)))
        }
    }
}

/// One point or comma: the number of decimals, the mark if that is certain, and whether it is not.
fn single(before: &str, after: &str, mark: DecimalMark) -> Option<(usize, Option<DecimalMark>, bool)> {
    let no_thousands = before.is_empty() || before.starts_with('0') || before.len() > 3 || after.len() != 3;
    match after.len() {
        0 if mark == DecimalMark::Point && !before.is_empty() => Some((0, None, false)),
        0 => None,
        decimals if no_thousands => Some((decimals, Some(mark), false)),
        decimals => Some((decimals, None, true)),
    }
}

/// Groups of three, or of two before a last one of three (India), or of four
/// where several commas leave no doubt.
fn are_thousands(groups: &[&str], separator: char) -> bool {
    let [first, rest @ ..] = groups else { return false };
    let Some((last, middle)) = rest.split_last() else { return !first.is_empty() };
    let sized = |most: usize| !first.is_empty() && first.len() <= most && !first.starts_with('0');
    let all = |groups: &[&str], size: usize| groups.iter().all(|group| group.len() == size);
    let western = sized(3) && all(rest, 3);
    let indian = sized(2) && last.len() == 3 && all(middle, 2);
    let myriads = separator == ',' && sized(4) && rest.len() > 1 && all(rest, 4);
    western || indian || myriads
}

impl DecimalMark {
    fn of(separator: char) -> Option<Self> {
        match separator {
            '.' => Some(DecimalMark::Point),
            ',' => Some(DecimalMark::Comma),
            _ => None,
        }
    }

    /// The one that then separates thousands, if a mark does.
    fn other(self) -> Self {
        match self {
            DecimalMark::Point => DecimalMark::Comma,
            DecimalMark::Comma => DecimalMark::Point,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DecimalMark::{Comma, Point};
    use super::*;

    #[test]
    fn separators_tell_what_they_separate() {
        for (text, digits, decimals, mark) in [
            ("1234", "1234", 0, None),
            ("1,234.56", "123456", 2, Some(Point)),
            ("1.234,56", "123456", 2, Some(Comma)),
            ("1 234,56", "123456", 2, Some(Comma)),
            ("1'234.56", "123456", 2, Some(Point)),
            ("1,23,456.78", "12345678", 2, Some(Point)),
            ("1,23,456", "123456", 0, Some(Point)),
            ("1.234.567", "1234567", 0, Some(Comma)),
            ("1,2345,6789", "123456789", 0, Some(Point)),
            ("12 345 678", "12345678", 0, None),
            ("0,123", "0123", 3, Some(Comma)),
            ("1234,567", "1234567", 3, Some(Comma)),
            (".5", "5", 1, Some(Point)),
            ("5.", "5", 0, None),
        ] {
            let found = read(text).unwrap().unwrap();
            assert_eq!((&*found.digits, found.decimals, found.mark), (digits, decimals, mark), "{text}");
        }
        assert_eq!(read("1,234").unwrap().unwrap().doubtful, Some(Comma));
        assert_eq!(read("1.234").unwrap().unwrap().doubtful, Some(Point));
        for text in ["1,23,45", "1.23.456,7.8", "1,,2", "1 23", "0,123,456", "5,", "6222 0212 3456"] {
            assert_eq!(read(text), Some(Err(MISFIT)), "{text}");
        }
        assert_eq!(read("12x"), None);
    }
}
