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

mod detect;
mod split;
mod whole;

use std::fmt;

pub(crate) use split::Splitter;

/// The characters that structure a delimited file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// What stands between two cells.
    pub delimiter: u8,
    /// Whether spaces behind a delimiter belong to it, and not to the cell: `a, b`.
    pub spaced: bool,
    /// What may stand around a cell that holds delimiters or line breaks.
    pub quote: Option<u8>,
    /// What tells a quote within a quoted cell from the one that closes it.
    pub escape: Escape,
}

/// How a quote stands within a quoted cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Escape {
    /// Doubled: `"say ""hi"""`, as RFC 4180 has it.
    #[default]
    Doubled,
    /// Doubled, or behind this character, which makes any character behind it
    /// text, within quotes and outside: `say \"hi\", a\,b, a\\b`.
    Any(u8),
    /// Doubled, or behind this character, which is text itself wherever no
    /// quote follows: `"say \"hi\" in C:\new"`.
    Quotes(u8),
    /// As it is: a quote closes a cell only where the cell ends, before a
    /// delimiter or at the end of the line: `"say "hi" twice",`.
    Unmarked,
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
        Dialect { delimiter, spaced: false, quote: Some(b'"'), escape: Escape::Doubled }
    }

    /// The dialect of a file by its decoded head; `whole` says that this is
    /// all of the file. At most 64 KiB and 1,000 rows are looked at.
    ///
    /// Comma, semicolon, tab and bar come first; `~`, `^`, `` ` ``, colon and
    /// space only where those find no table and every row agrees. Where
    /// nothing does, it is [`Dialect::COMMA`].
    pub fn detect(head: &[u8], whole: bool) -> Dialect {
        detect::detect(head, whole)
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
        if self.spaced {
            f.write_str(" and space")?;
        }
        match self.quote {
            Some(b'"') => {}
            Some(quote) => write!(f, ", quote {}", char::from(quote))?,
            None => f.write_str(", no quotes")?,
        }
        match self.escape {
            Escape::Doubled => Ok(()),
            Escape::Any(escape) => write!(f, ", escape {}", escape.escape_ascii()),
            Escape::Quotes(escape) => write!(f, ", escape {} before quotes", escape.escape_ascii()),
            Escape::Unmarked => f.write_str(", quotes within cells not marked"),
        }
    }
}
