//! How cells look.

use rust_xlsxwriter::{Format, FormatAlign};

use crate::record::Value;
use crate::schema::Kind;

/// How the values of a cell are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Text,
    Bool,
    /// As a spreadsheet shows any number.
    General,
    /// With so many decimals.
    Decimals(u8),
    Date,
    Seconds,
    Millis,
}

impl Style {
    /// The style of a column in which nothing stands yet.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Any => Style::Text,
            Kind::Bool => Style::Bool,
            Kind::Float => Style::General,
            Kind::Int | Kind::Decimal => Style::Decimals(0),
            Kind::Date => Style::Date,
            Kind::DateTime => Style::Seconds,
        }
    }

    fn format(self) -> Format {
        let shown = |format: &str| Format::new().set_num_format(format);
        match self {
            Style::Text => shown("@"),
            // Aligned as they are anyway, so that they do not take the format of their column.
            Style::Bool => Format::new().set_align(FormatAlign::Center),
            Style::General => Format::new().set_align(FormatAlign::Right),
            Style::Decimals(0) => shown("0"),
            Style::Decimals(decimals) => shown(&format!("0.{}", "0".repeat(decimals.into()))),
            Style::Date => shown("yyyy-mm-dd"),
            Style::Seconds => shown("yyyy-mm-dd hh:mm:ss"),
            Style::Millis => shown("yyyy-mm-dd hh:mm:ss.000"),
        }
    }
}

/// The formats in use.
#[derive(Default)]
pub(super) struct Formats(Vec<(Style, Format)>);

impl Formats {
    pub fn of(&mut self, style: Style) -> &Format {
        let at = self.0.iter().position(|(known, _)| *known == style).unwrap_or_else(|| {
            self.0.push((style, style.format()));
            self.0.len() - 1
        });
        &self.0[at].1
    }
}

/// The header's.
pub(super) fn header() -> Format {
    Format::new().set_num_format("@").set_bold()
}

/// How wide a value is, in digits: characters of East Asian scripts take two.
pub(super) fn width(value: Value<'_>) -> usize {
    let of_line = |line: &str| line.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum();
    value.to_string().lines().map(of_line).max().unwrap_or(0)
}
