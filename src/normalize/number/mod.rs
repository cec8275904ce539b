//! Numbers, percentages and amounts of money.
//!
//! ```
//! use handover::normalize::apply;
//! use handover::normalize::number::{DecimalMark, money, number, percent};
//!
//! assert_eq!(apply(&[number()], "1.234,50")?, "1234.50");
//! assert_eq!(apply(&[number()], "三万五千")?, "35000");
//! assert_eq!(apply(&[number().decimal(DecimalMark::Point)], "1,234")?, "1234");
//! assert_eq!(apply(&[money()], "￥3.5万")?, "CNY 35000");
//! assert_eq!(apply(&[percent()], "12.5％")?, "12.5");
//!
//! let fault = apply(&[number()], "1,234").unwrap_err();
//! assert_eq!(fault.to_string(), "the comma could separate thousands or decimals");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! Every digit is kept: nothing passes through binary floating point, and zeros
//! behind the point stay as they were said.
//!
//! What is read:
//!
//! - digits of any script and width, with `,` `.` `'` or spaces between
//!   thousands, and Indian (`1,23,456`) and Chinese groups (`1,2345,6789`);
//! - signs before and behind, `(120)`, `△120`, `120,-`;
//! - `1.38E+10`, `5k`, `2.5 million`, `3 Mio.`, `2 lakh`, `5w`, `3.5万`, `1.2亿`, `1亿2000万`;
//! - Chinese numerals, everyday and of bills: `三万五`, `壹万贰仟元伍角整`;
//! - currencies by code of ISO 4217, sign and name, before and behind.
//!
//! A point or comma separates decimals where it cannot separate thousands:
//! the only one, and not before exactly three digits, or behind four digits or
//! a zero; or the last of two kinds. Several of a kind separate thousands. What
//! is left, `1,234` and `1.234`, is decided by [`Number::decimal`], or by the
//! rest of the column where that was [learnt](super::learn), or by a currency
//! that is written with a decimal point (`$1,234`), and else a fault.

mod chinese;
mod currency;
mod decimal;
mod scan;
mod separators;

use std::borrow::Cow;

use super::catalogue::{Entry, Options};
use super::{Normalizer, Splitter};
use crate::error::{Error, Fault, Result};
use decimal::Exact;
use scan::Scan;

pub use separators::DecimalMark;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "number",
        about: "a plain decimal number, every digit kept; what a comma separates is decided by the column",
        options: "decimal=. or decimal=, (what separates decimals where it could be thousands)",
        example: ["number", "1.234,50", "1234.50"],
        make: |options| make(number(), options),
    },
    Entry {
        name: "money",
        about: "an amount, after the code of its currency where one is said",
        options: "amount (without the currency), currency (it alone), default=CNY (where none is said), \
                  decimal=. or decimal=,",
        example: ["money", "￥3.5万", "CNY 35000"],
        make: |options| make(money(), options),
    },
    Entry {
        name: "percent",
        about: "the number of per cent",
        options: "fraction (12.5% as 0.125), decimal=. or decimal=,",
        example: ["percent", "12.5 %", "12.5"],
        make: |options| make(percent(), options),
    },
];

fn make(mut rule: Number, options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    for (key, value) in options.pairs() {
        let refused = || options.refuse(key);
        rule = match (key.to_ascii_lowercase().as_str(), rule.form) {
            // Options are split at commas, so that the one in `decimal=,` is not there.
            ("decimal", _) => rule.decimal(DecimalMark::named(value).ok_or_else(refused)?),
            ("amount", Form::Money(_)) => rule.amount(),
            ("currency", Form::Money(_)) if value.is_empty() => rule.currency(),
            ("default" | "currency", Form::Money(_)) => rule.default_currency(value)?,
            ("fraction", Form::Percent { .. }) => rule.fraction(),
            _ => return Err(refused()),
        };
    }
    Ok(Box::new(rule))
}

/// A number, written plainly: `1234.50`. Amounts with a currency and
/// percentages are refused, because what they say would be lost: they are for
/// [`money`] and [`percent`].
///
/// # Faults
///
/// `not a number`, `the separators do not fit together`, `a currency stands
/// with it`, `a percentage`, `too many places`, and `the comma could separate
/// thousands or decimals` (see [the module](self)).
pub fn number() -> Number {
    Number { form: Form::Plain, mark: None, default: None, seen: Seen::default() }
}

/// An amount of money, after the code of its currency where one is said:
/// `CNY 1234.50`; a bare amount stays bare. [`Number::amount`] and
/// [`Number::currency`] write either part alone, and a
/// [`Spread`](crate::map::Spread) both:
///
/// ```
/// use handover::map::Spread;
/// use handover::normalize::{Splitter, number::money};
///
/// let spread = Spread::new("price", money(), ["amount", "currency"]);
/// let mut parts = Vec::new();
/// money().split("HK$ 1,200.00", &mut parts)?;
/// assert_eq!(parts, ["1200.00", "HKD"]);
/// # Ok::<(), handover::Fault>(())
/// ```
///
/// `￥` (full width) and `元` are CNY; `$` alone is USD; `¥` is CNY or JPY and
/// `kr` one of four: a fault, unless [`Number::default_currency`] is one of them.
///
/// # Faults
///
/// Those of [`number`], and `the sign stands for several currencies`, `two currencies`.
pub fn money() -> Number {
    Number { form: Form::Money(Part::Both), ..number() }
}

/// The number of per cent: `12.5%` is `12.5`, and so is `12.5`. Per mille is
/// a tenth. [`Number::fraction`] writes `0.125`, and takes a number without a
/// sign for such a fraction.
pub fn percent() -> Number {
    Number { form: Form::Percent { fraction: false }, ..number() }
}

/// A rule about numbers; made by [`number`], [`money`] and [`percent`].
#[derive(Debug, Clone)]
pub struct Number {
    form: Form,
    mark: Option<DecimalMark>,
    default: Option<&'static str>,
    seen: Seen,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Percent { fraction: bool },
    Money(Part),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Both,
    Amount,
    Currency,
}

/// How many values of the column say what separates decimals.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    point: u64,
    comma: u64,
    either: u64,
}

impl Number {
    /// What separates decimals, where it could also separate thousands.
    #[must_use]
    pub fn decimal(mut self, mark: DecimalMark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Of [`money`], the amount alone.
    #[must_use]
    pub fn amount(mut self) -> Self {
        self.form = Form::Money(Part::Amount);
        self
    }

    /// Of [`money`], the code of the currency alone; null, where none is said.
    #[must_use]
    pub fn currency(mut self) -> Self {
        self.form = Form::Money(Part::Currency);
        self
    }

    /// Of [`money`], the currency where none is said, and of a sign that
    /// stands for several: a code of ISO 4217, in any case.
    ///
    /// # Errors
    ///
    /// A code that ISO 4217 does not have.
    pub fn default_currency(mut self, code: &str) -> Result<Self> {
        let known = currency::code(code.trim());
        self.default =
            Some(known.ok_or_else(|| Error::bind(format!("`{code}` is no currency of ISO 4217")))?);
        Ok(self)
    }

    /// Of [`percent`], the fraction: `0.125` for `12.5%`.
    #[must_use]
    pub fn fraction(mut self) -> Self {
        self.form = Form::Percent { fraction: true };
        self
    }

    /// The amount and its currency.
    fn read(&self, text: &str) -> Result<(String, Option<&'static str>), Fault> {
        let scan = Scan::of(text).map_err(Fault::new)?;
        let currency = self.currency_of(&scan)?;
        let exact = self.exact(&scan, currency)?;
        let exact = match (self.form, scan.percent) {
            (Form::Percent { fraction: true }, Some(places)) => exact.shifted(-places),
            (Form::Percent { fraction: false }, Some(places)) => exact.shifted(2 - places),
            (Form::Percent { .. }, None) | (_, None) => exact,
            (_, Some(_)) => return Err(Fault::new("a percentage")),
        };
        Ok((exact.write(self.mark() != Some(DecimalMark::Point)), currency))
    }

    fn currency_of(&self, scan: &Scan) -> Result<Option<&'static str>, Fault> {
        match (self.form, &scan.currencies[..]) {
            (Form::Money(_), []) => Ok(self.default),
            (_, []) => Ok(None),
            (Form::Money(part), several) => match currency::meant(several, self.default) {
                None if part != Part::Amount => Err(Fault::new("the sign stands for several currencies")),
                code => Ok(code),
            },
            _ => Err(Fault::new("a currency stands with it")),
        }
    }

    fn exact(&self, scan: &Scan, currency: Option<&'static str>) -> Result<Exact, Fault> {
        let Some(doubtful) = scan.number.doubtful else { return Ok(scan.exact(true)) };
        let decided = self.mark().map(|mark| mark == doubtful);
        let currencies = currency.as_slice();
        let currencies = if currencies.is_empty() { &scan.currencies } else { currencies };
        match decided.or_else(|| scan::by_convention(doubtful, currencies)) {
            Some(decimals) => Ok(scan.exact(decimals)),
            None => Err(Fault::new(match doubtful {
                DecimalMark::Point => "the point could separate thousands or decimals",
                DecimalMark::Comma => "the comma could separate thousands or decimals",
            })),
        }
    }

    fn mark(&self) -> Option<DecimalMark> {
        self.mark.or_else(|| self.seen.mark())
    }

    /// Whether a text is what this rule would write, so that nothing is to be done.
    fn is_plain(&self, text: &str) -> bool {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let canonical =
            all_digits(whole) && all_digits(decimals) && (whole == "0" || !whole.starts_with('0'));
        let doubtful = decimals.len() == 3 && whole != "0" && whole.len() <= 3;
        let negative_zero = digits.len() < text.len() && digits.bytes().all(|b| matches!(b, b'0' | b'.'));
        let bare = self.form != Form::Money(Part::Currency)
            && (self.default.is_none() || self.form == Form::Money(Part::Amount));
        bare && canonical && !doubtful && !negative_zero
    }
}

impl Normalizer for Number {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        if self.is_plain(text) {
            return Ok(Cow::Borrowed(text));
        }
        if super::text::trimmed(text).is_empty() {
            return Ok(Cow::Borrowed(""));
        }
        let code_alone =
            (self.form == Form::Money(Part::Currency)).then(|| currency::code(text.trim())).flatten();
        if let Some(code) = code_alone {
            return Ok(Cow::Borrowed(code));
        }
        let (amount, currency) = self.read(text)?;
        let written = match (self.form, currency) {
            (Form::Money(Part::Currency), currency) => currency.unwrap_or_default().to_owned(),
            (Form::Money(Part::Both), Some(code)) => format!("{code} {amount}"),
            _ => amount,
        };
        Ok(if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) })
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self.form {
            Form::Plain => "number",
            Form::Percent { .. } => "percent",
            Form::Money(_) => "money",
        })
    }

    fn learn(&mut self, text: &str) {
        let Ok(scan) = Scan::of(text) else { return };
        match (scan.number.mark, scan.number.doubtful) {
            (Some(DecimalMark::Point), _) => self.seen.point += 1,
            (Some(DecimalMark::Comma), _) => self.seen.comma += 1,
            (None, Some(_)) => self.seen.either += 1,
            (None, None) => {}
        }
    }

    fn learns(&self) -> bool {
        self.mark.is_none()
    }

    fn learnt(&self) -> Option<String> {
        let Seen { point, comma, either } = self.seen;
        let values = |count: u64| {
            if count == 1 { "1 value says so".to_owned() } else { format!("{count} values say so") }
        };
        match self.seen.mark() {
            _ if point + comma + either == 0 => None,
            Some(DecimalMark::Point) => {
                Some(format!("decimal point: {}, {comma} otherwise, {either} could be either", values(point)))
            }
            Some(DecimalMark::Comma) => {
                Some(format!("decimal comma: {}, {point} otherwise, {either} could be either", values(comma)))
            }
            None => Some(format!(
                "decimal point or comma: {point} and {comma} values say so, {either} could be either"
            )),
        }
    }
}

impl Splitter for Number {
    /// The amount and the code of its currency.
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
        if super::text::trimmed(text).is_empty() {
            return Ok(());
        }
        let (amount, currency) = self.read(text)?;
        values.extend([amount, currency.unwrap_or_default().to_owned()]);
        Ok(())
    }

    fn name(&self) -> Cow<'static, str> {
        Normalizer::name(self)
    }
}

impl Seen {
    /// What the column decides: one side alone, or twenty times as often as the other.
    fn mark(&self) -> Option<DecimalMark> {
        match (self.point, self.comma) {
            (0, 0) => None,
            (point, comma) if point >= comma.saturating_mul(20) => Some(DecimalMark::Point),
            (point, comma) if comma >= point.saturating_mul(20) => Some(DecimalMark::Comma),
            _ => None,
        }
    }
}

impl DecimalMark {
    /// As options name it.
    fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "." | "point" | "dot" => Some(DecimalMark::Point),
            "" | "," | "comma" => Some(DecimalMark::Comma),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;
    use crate::map::testing::{run, texts};

    fn said(rule: Number, text: &str) -> String {
        apply(&[rule], text).map_or_else(|fault| format!("! {fault}"), Cow::into_owned)
    }

    #[test]
    fn what_a_comma_separates_is_learnt_from_the_column() {
        let mut rule = number();
        assert_eq!(rule.learnt(), None);
        for text in ["1,234", "12,5", "7", "no number"] {
            rule.learn(text);
        }
        let learnt = "decimal comma: 1 value says so, 0 otherwise, 1 could be either";
        assert_eq!(rule.learnt().as_deref(), Some(learnt));
        assert_eq!(said(rule.clone(), "1.234"), "1234");
        assert_eq!(said(rule.clone(), "1,234"), "1.2340");
        rule.learn("12.5");
        let mixed = "decimal point or comma: 1 and 1 values say so, 1 could be either";
        assert_eq!(rule.learnt().as_deref(), Some(mixed));
        assert_eq!(said(rule.clone(), "1,234"), "! the comma could separate thousands or decimals");
        (0..20).for_each(|_| rule.learn("1,234.5"));
        assert_eq!(said(rule, "1,234"), "1234");
    }

    #[test]
    fn faults_say_what_is_wrong() {
        for (rule, text, fault) in [
            (number(), "abc", "not a number"),
            (number(), "1.234", "the point could separate thousands or decimals"),
            (number(), "1,23,45", "the separators do not fit together"),
            (number(), "￥5", "a currency stands with it"),
            (number(), "5%", "a percentage"),
            (number(), "1E+99", "too many places"),
            (money(), "5%", "a percentage"),
            (money(), "¥100", "the sign stands for several currencies"),
            (money(), "100 kr", "the sign stands for several currencies"),
            (money(), "USD 5 EUR", "two currencies"),
            (money(), "EUR 1.234", "the point could separate thousands or decimals"),
        ] {
            assert_eq!(said(rule, text), format!("! {fault}"), "{text}");
        }
        let error = money().default_currency("RMB").unwrap_err();
        assert_eq!(error.to_string(), "`RMB` is no currency of ISO 4217");
    }

    #[test]
    fn a_currency_is_not_lost() {
        let yuan = money().default_currency("cny").unwrap();
        assert_eq!(said(yuan.clone(), "¥1,234"), "CNY 1234");
        assert_eq!(said(yuan.clone(), "1,234.50"), "CNY 1234.50");
        assert_eq!(said(yuan.clone().amount(), "$5"), "5");
        assert_eq!(said(yuan.currency(), "$500 AUD"), "AUD");
        assert_eq!(said(money().amount(), "¥1,234"), "1234");
        let outcome = run(crate::map::Spread::new("p", money(), ["a", "c"]), &["p"], &["US$5k"]);
        assert_eq!(texts(&outcome), ["US$5k|5000|USD"]);
    }

    #[test]
    fn what_is_plain_is_borrowed() {
        for text in ["0", "-12.50", "1234.567", "0.125"] {
            assert!(matches!(number().normalize(text), Ok(Cow::Borrowed(same)) if same == text), "{text}");
        }
    }
}
