//! What the values of a column say about its kind.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::error::Place;
use crate::record::{Date, DateTime, Decimal, Value};
use crate::schema::{Field, Kind};

/// The kinds that are looked for, the narrowest first.
const KINDS: [Kind; 6] = [Kind::Bool, Kind::Int, Kind::Decimal, Kind::Float, Kind::Date, Kind::DateTime];
/// The bits of those that text is read as.
const BOOL: u8 = 1;
const INT: u8 = 1 << 1;
const DECIMAL: u8 = 1 << 2;
const DATE: u8 = 1 << 4;
const DATE_TIME: u8 = 1 << 5;
const ALL: u8 = (1 << KINDS.len()) - 1;
/// A number of more digits may lose some elsewhere.
const DIGITS: usize = 15;
/// Whole numbers of so many digits, or all of the same length and so long, are rather names.
const LONG: usize = 10;
const ALIKE: usize = 5;

/// Parts of names of columns whose whole numbers are not numbers.
#[rustfmt::skip]
const NAMES: [&str; 26] = [
    "id", "ids", "key", "code", "nr", "no", "number", "num", "phone", "telephone", "tel", "mobile", "fax", "zip",
    "plz", "postcode", "postal", "iban", "vat", "sku", "ean", "isbn", "account", "ref", "uid", "guid",
];
/// The same in words that are written together.
#[rustfmt::skip]
const PIECES: [&str; 11] = [
    "nummer", "telefon", "handy", "postleitzahl", "号", "手机", "电话", "编码", "代码", "邮编", "номер",
];

/// What was found out of a column by [`Kinds::infer`](super::Kinds::infer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The column.
    pub column: String,
    /// What it was concluded to hold.
    pub kind: Kind,
    /// How many values there are.
    pub filled: u64,
    /// How many of them fit each kind that any fits.
    pub fits: Vec<(Kind, u64)>,
    /// Where the first value stands that does not fit the kind that most fit.
    pub misfit: Option<String>,
    /// Why it stays text although all values fit a kind.
    pub doubt: Option<&'static str>,
}

impl Evidence {
    /// Whether a kind was found that the column did not have.
    pub(super) fn was_found(&self) -> bool {
        !matches!(self.kind, Kind::Text | Kind::Any)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { column, kind, filled, fits, misfit, doubt } = self;
        write!(f, "{column}: {kind}, ")?;
        let most = fits.iter().rev().max_by_key(|(_, count)| *count);
        match (most, misfit, doubt) {
            _ if *filled == 0 => f.write_str("no values"),
            (Some((most, _)), _, Some(doubt)) => write!(f, "all {filled} values fit {most}, but {doubt}"),
            (Some((most, count)), Some(place), None) => {
                write!(f, "{filled} values, of which {count} fit {most}, the first that does not at {place}")
            }
            (Some(_), None, None) if *filled == 1 => f.write_str("the one value fits"),
            (Some(_), None, None) => write!(f, "all {filled} values fit"),
            (None, ..) if *filled == 1 => f.write_str("1 value"),
            (None, ..) => write!(f, "{filled} values"),
        }
    }
}

/// Sees the values of a column.
#[derive(Clone)]
pub(crate) struct Witness {
    column: Arc<str>,
    /// What the source says that the column holds.
    said: Kind,
    filled: u64,
    fits: [u64; KINDS.len()],
    misfits: [Option<Place>; KINDS.len()],
    /// The kinds, as bits, that have such a place.
    met: u8,
    /// The digits of the shortest and of the longest whole number that was text.
    digits: Option<(usize, usize)>,
}

/// Which of the kinds a value fits, as bits, and how many digits it has as a whole number in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fits {
    kinds: u8,
    digits: Option<usize>,
}

impl Fits {
    pub fn of(value: Value<'_>) -> Self {
        let kinds = match value {
            Value::Text(text) => of_text(text),
            other => {
                (0..KINDS.len()).filter(|at| fits(other, KINDS[*at])).fold(0, |kinds, at| kinds | 1 << at)
            }
        };
        let digits = match value {
            Value::Text(text) if kinds & INT != 0 => Some(text.trim_start_matches('-').len()),
            _ => None,
        };
        Fits { kinds, digits }
    }
}

impl Witness {
    pub fn new(field: &Field) -> Self {
        let (column, said) = (Arc::clone(field.name()), field.kind());
        Witness { column, said, filled: 0, fits: [0; 6], misfits: Default::default(), met: 0, digits: None }
    }

    /// Takes a value into account; what is blank says nothing.
    pub fn see(&mut self, value: Value<'_>, place: impl Fn() -> Place) {
        if !value.is_blank() {
            let fits = Fits::of(value);
            self.meet(fits, place);
            self.count(fits, 1);
        }
    }

    /// Notes where a value stands, if it is the first that does not fit.
    pub fn meet(&mut self, fits: Fits, place: impl Fn() -> Place) {
        let new = !fits.kinds & ALL & !self.met;
        if new == 0 {
            return;
        }
        self.met |= new;
        for (at, misfit) in self.misfits.iter_mut().enumerate() {
            if new & (1 << at) != 0 {
                *misfit = Some(place());
            }
        }
    }

    /// Counts a value that was there so many times.
    pub fn count(&mut self, fits: Fits, times: u64) {
        self.filled += times;
        if fits.kinds == 0 {
            return;
        }
        for (at, count) in self.fits.iter_mut().enumerate() {
            *count += if fits.kinds & (1 << at) == 0 { 0 } else { times };
        }
        if let Some(own) = fits.digits {
            let (least, most) = self.digits.unwrap_or((own, own));
            self.digits = Some((least.min(own), most.max(own)));
        }
    }

    pub fn conclude(self) -> Evidence {
        let counts = KINDS.iter().copied().zip(self.fits);
        let all = counts.clone().find(|(_, count)| self.filled > 0 && *count == self.filled);
        let doubt = all.and_then(|(kind, _)| self.doubt(kind));
        // Of equal counts the first, which is the narrowest.
        let most = (0..KINDS.len()).rev().max_by_key(|at| self.fits[*at]).filter(|at| self.fits[*at] > 0);
        Evidence {
            kind: all.filter(|_| doubt.is_none()).map_or(self.said, |(kind, _)| kind),
            filled: self.filled,
            fits: counts.filter(|(_, count)| *count > 0).collect(),
            misfit: most.and_then(|at| self.misfits[at].as_ref()).map(Place::to_string),
            doubt,
            column: self.column.to_string(),
        }
    }

    /// Why whole numbers are not taken for such.
    fn doubt(&self, kind: Kind) -> Option<&'static str> {
        let (least, most) = self.digits.filter(|_| kind == Kind::Int)?;
        if names_something(&self.column) {
            return Some("the column is called like an identifier");
        }
        match () {
            () if most >= LONG => Some("some have 10 digits or more"),
            () if least == most && least >= ALIKE && self.filled > 1 => {
                Some("all have the same 5 digits or more")
            }
            () => None,
        }
    }
}

/// The kinds that text can be read as without a loss, as [`Value::parse`] reads them.
fn of_text(text: &str) -> u8 {
    match text.as_bytes() {
        b"true" | b"false" => BOOL,
        [b'0'..=b'9' | b'+' | b'-' | b'.', rest @ ..] => {
            if rest.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
                let bit = |fits: bool, bit: u8| if fits { bit } else { 0 };
                let plain = is_plain(text);
                return bit(plain && text.parse::<i64>().is_ok(), INT)
                    | bit(plain && Decimal::parse(text).is_some(), DECIMAL);
            }
            match rest.len() {
                9 if Date::parse(text).is_some() => DATE,
                15.. if DateTime::parse(text).is_some() => DATE_TIME,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// Whether a value that is not text is of a kind, or would lose nothing if it were.
fn fits(value: Value<'_>, kind: Kind) -> bool {
    value.kind() == Some(kind) || matches!((value, kind), (Value::Int(_), Kind::Decimal))
}

/// Whether a number is written as it would be written again.
fn is_plain(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole = unsigned.split('.').next().unwrap_or_default();
    let digits = unsigned.bytes().filter(u8::is_ascii_digit).count();
    !text.starts_with('+')
        && text != "-0"
        && (whole.len() == 1 || !whole.starts_with('0'))
        && digits <= DIGITS
}

fn names_something(column: &str) -> bool {
    let lower = column.to_lowercase();
    PIECES.iter().any(|piece| lower.contains(piece))
        || words(column).any(|word| NAMES.contains(&word.as_str()))
}

/// The words of a name, in lower case: `customerId`, `Customer ID` and `customer_id` have the same.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    words.into_iter()
}
