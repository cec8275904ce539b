//! Quotes that stand where none should.

use crate::error::Fault;
use crate::source::dialect::{Dialect, Escape};

/// What is wrong with the quotes of a row, some of which are left in its
/// cells. Text behind a closing quote belongs to the cell, unless what is
/// quoted is nothing or holds delimiters: then a quote is missing or too many.
/// Quotes in several cells without quotes around them may be inches, or what
/// a lost delimiter leaves.
pub(crate) fn misplaced(raw: &[u8], dialect: Dialect) -> Option<Fault> {
    let quote = dialect.quote.filter(|_| dialect.escape == Escape::Doubled)?;
    let structural = |byte: &u8| *byte == dialect.delimiter || b"\r\n".contains(byte);
    let (mut at, mut loose, mut behind) = (0, 0, false);
    while at < raw.len() {
        if raw[at] == quote {
            let inner = at + 1;
            at = behind_closing(raw, inner, quote);
            if raw.get(at).is_some_and(|byte| !structural(byte)) {
                behind = true;
                if at == inner + 1 || raw[inner..at].iter().any(structural) {
                    return Some(
                        Fault::new("text behind a closing quote: a quote is missing or too many")
                            .rule("quote"),
                    );
                }
            }
        }
        let cell = at;
        at += raw[at..].iter().position(|byte| *byte == dialect.delimiter).unwrap_or(raw.len() - at);
        loose += usize::from(raw[cell..at].contains(&quote));
        at += 1;
    }
    let message = match (behind, loose) {
        (true, _) => "text behind a closing quote",
        (false, 0..=1) => return None,
        (false, _) => "quotes within several cells: is a delimiter missing?",
    };
    Some(Fault::warning(message).rule("quote"))
}

/// Where the text goes on behind the quote that closes a cell.
fn behind_closing(raw: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(found) = raw.get(at..).and_then(|rest| memchr::memchr(quote, rest)) {
        at += found + 1;
        if raw.get(at) != Some(&quote) {
            return at;
        }
        at += 1;
    }
    raw.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(row: &str) -> Option<String> {
        misplaced(row.as_bytes(), Dialect::COMMA).map(|fault| fault.to_string())
    }

    #[test]
    fn quotes_in_their_places_are_fine() {
        for row in ["a,\"b \"\"c\"\"\",d\r\n", "12\",b\n", "\"\"\"\"\n", "a,\"\",\"\"", "\"a\n\"\"b\"\r\n"] {
            assert_eq!(said(row), None, "{row}");
        }
    }

    #[test]
    fn quotes_out_of_place_are_told() {
        let behind = Some("text behind a closing quote: a quote is missing or too many".to_owned());
        assert_eq!(said("a,\"\"b, c\",d\n"), behind);
        assert_eq!(said("a,\"b,c,\"d, e\"\n"), behind);
        assert_eq!(said("\"a\" \"b\",c"), Some("text behind a closing quote".to_owned()));
        let several = Some("quotes within several cells: is a delimiter missing?".to_owned());
        assert_eq!(said("a\"b, c\",d\n"), several);
    }
}
