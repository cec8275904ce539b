//! Dates and times, however people and programs write them, as ISO 8601.
//!
//! ```
//! use handover::normalize::date::{Dates, Order};
//! use handover::normalize::apply;
//!
//! let day = [Dates::date()];
//! assert_eq!(apply(&day, "2024年3月4日 星期一")?, "2024-03-04");
//! assert_eq!(apply(&day, "令和6年3月4日")?, "2024-03-04");
//! assert_eq!(apply(&day, "4th March, 2024")?, "2024-03-04");
//! assert_eq!(apply(&day, "13/04/2024")?, "2024-04-13");
//! assert_eq!(
//!     apply(&day, "03/04/2024").unwrap_err().to_string(),
//!     "day and month cannot be told apart"
//! );
//! assert_eq!(apply(&[Dates::date().order(Order::DayMonth)], "03/04/2024")?, "2024-04-03");
//!
//! let time = [Dates::date_time()];
//! assert_eq!(apply(&time, "2024/3/4 下午 02:26:26")?, "2024-03-04T14:26:26");
//! assert_eq!(apply(&time, "Mon, 04 Mar 2024 14:26:26 +0800")?, "2024-03-04T14:26:26+08:00");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! What is no date is never made one: `2023-02-30`, `待定`, `2023.5.1-2023.6.1`
//! and `12/31` are faults, and so are words that need to know today. What could
//! be two dates is a fault too, until the caller or the column decides.

mod calendar;
mod entries;
mod fast;
mod fault;
mod fold;
mod han;
mod number;
mod order;
mod parse;
mod resolve;
mod time;
mod token;
mod words;
mod write;
mod zone;

use std::borrow::Cow;

use self::calendar::Years;
use self::fault::{NOT_A_DATE, Why};
use self::number::Counts;
use self::parse::Reading;
use self::resolve::Rules;
use self::zone::Zone;
use super::Normalizer;
use crate::error::{Fault, Result};

pub use calendar::Calendar;
pub(super) use entries::ENTRIES;
pub use number::Epoch;
pub use order::{Order, OrderEvidence};

/// Writes dates, or dates with times, as ISO 8601.
///
/// [`date`](Self::date) writes the day, `2024-03-04`, and leaves out a time
/// that stands behind it, for whoever asks for a date wants one.
/// [`date_time`](Self::date_time) writes what is there: `2024-03-04` where
/// there is no time, and otherwise `2024-03-04T05:06:07`, with a fraction where
/// it is not zero and `Z` or `+08:00` where the value has an offset.
///
/// The order of `03/04/2024` is what [`order`](Self::order) says, or what the
/// whole column says ([`learn`](super::learn)), or what a weekday in the value
/// says; otherwise such a value is a fault. A number alone is read as
/// `20240304`, as `20240304123000`, or as Unix time if it has the ten or
/// thirteen digits that Unix time has between 2001 and 2038.
#[derive(Debug, Clone)]
pub struct Dates {
    with_time: bool,
    rules: Rules,
    counts: Counts,
    assumed: Option<Zone>,
    wanted: Option<Zone>,
    evidence: OrderEvidence,
    /// Whether the caller has said the order.
    told: bool,
}

impl Dates {
    /// Days.
    pub fn date() -> Self {
        let years = Years { calendar: None, pivot: 50 };
        Dates {
            with_time: false,
            rules: Rules { order: None, years, partial: false, weekday: false },
            counts: Counts::default(),
            assumed: None,
            wanted: None,
            evidence: OrderEvidence::default(),
            told: false,
        }
    }

    /// Days, with the time where there is one.
    pub fn date_time() -> Self {
        Dates { with_time: true, ..Dates::date() }
    }

    /// Says the order of day and month. A value that has only one reading is
    /// read so, in any order: `13/04/2024`.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.rules.order = Some(order);
        self.told = true;
        self
    }

    /// The first year of two digits that is of the 20th century: with 50, the
    /// default, `49` is 2049 and `50` is 1950. No clock is asked.
    #[must_use]
    pub fn pivot(mut self, pivot: u8) -> Self {
        self.rules.years.pivot = pivot;
        self
    }

    /// The calendar of years that do not name theirs, Gregorian if none is
    /// said (then years from 2400 to 2700 are faults); eras that are named (`民國`,
    /// `令和`, `พ.ศ.`) are always understood.
    #[must_use]
    pub fn calendar(mut self, calendar: Calendar) -> Self {
        self.rules.years.calendar = Some(calendar);
        self
    }

    /// Reads numbers as Excel's count of days, with the time as decimals:
    /// `45355.25`. Without this they are faults, for the epoch cannot be seen.
    #[must_use]
    pub fn excel(mut self, epoch: Epoch) -> Self {
        self.counts.excel = Some(epoch);
        self
    }

    /// Reads numbers of nine digits and more as Unix time: seconds,
    /// milliseconds (12 digits), microseconds (15) or nanoseconds (18).
    #[must_use]
    pub fn unix(mut self) -> Self {
        self.counts.unix = true;
        self
    }

    /// The zone of times that do not say theirs: `Asia/Shanghai`, `UTC`,
    /// `+08:00`. A time that the clocks skipped is a fault, of one that they
    /// showed twice the first is meant.
    pub fn assume(mut self, zone: &str) -> Result<Self> {
        self.assumed = Some(Zone::new(zone)?);
        Ok(self)
    }

    /// Writes times in this zone, if their own is known.
    pub fn in_zone(mut self, zone: &str) -> Result<Self> {
        self.wanted = Some(Zone::new(zone)?);
        Ok(self)
    }

    /// Both [`assume`](Self::assume) and [`in_zone`](Self::in_zone). Whoever
    /// names a zone has instants in the column: Unix times of any length are
    /// read, unless they could be a compact date.
    pub fn zone(mut self, zone: &str) -> Result<Self> {
        self.counts.instants = true;
        self.assume(zone)?.in_zone(zone)
    }

    /// Writes what is known where a date lacks a part, `2024-03`, `2024` or
    /// `--03-04`, which otherwise is a fault.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.rules.partial = true;
        self
    }

    /// Makes a weekday that is not the day's own a fault. Otherwise it is
    /// passed over, or decides between two readings.
    #[must_use]
    pub fn check_weekday(mut self) -> Self {
        self.rules.weekday = true;
        self
    }

    fn read(&self, text: &str) -> Why<Reading> {
        let rules = &self.rules;
        let reading = number::bare(text, self.counts, rules)
            .or_else(|| fast::numeric(text, rules))
            .or_else(|| number::generalized(text, rules))
            .or_else(|| number::dot_net(text))
            .unwrap_or_else(|| parse::parse(text, rules))?;
        if reading.time.is_some() && !reading.day.is_whole() {
            return Err(NOT_A_DATE);
        }
        zone::settle(reading, self.assumed.as_ref(), self.wanted.as_ref())
    }
}

impl Normalizer for Dates {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let zoned = self.assumed.is_some() || self.wanted.is_some();
        if let Some(day) = fast::iso(text, self.with_time, zoned) {
            return Ok(Cow::Borrowed(day));
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(Cow::Borrowed(""));
        }
        let reading = self.read(trimmed).map_err(Fault::new)?;
        Ok(Cow::Owned(write::iso(&reading, self.with_time)))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.with_time { "datetime" } else { "date" })
    }

    fn learn(&mut self, text: &str) {
        if !self.told {
            self.evidence.see(text);
            self.rules.order = self.evidence.order();
        }
    }

    fn learns(&self) -> bool {
        !self.told
    }

    fn learnt(&self) -> Option<String> {
        (!self.evidence.is_empty()).then(|| self.evidence.to_string())
    }
}
