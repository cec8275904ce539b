//! How far an earlier run came: what has not been changed since is passed over.

use std::cmp::Ordering;

use crate::migration::runs::runs;
use crate::migration::store::{Event, Tally};
use crate::record::{Date, DateTime, Record, Value};

/// How the value that was reached stands in the tally of a batch.
const REACHED: &str = "reached\u{1F}";

/// A value by which records are newer than others. Of different sorts the
/// later ones say more: a text among days is what somebody typed instead of one.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Mark {
    Text(String),
    Number(f64),
    /// Microseconds since 1970 in UTC; without an offset as if it were UTC.
    Time(i64),
}

impl Mark {
    fn of(value: Value<'_>) -> Option<Self> {
        let number =
            |digits: &str| digits.parse().ok().filter(|number: &f64| number.is_finite()).map(Mark::Number);
        match value {
            Value::Text(text) => {
                let text = text.trim();
                let day = || Mark::of(Value::Date(Date::parse(text)?));
                let time = || Some(Mark::Time(DateTime::parse(text)?.instant()));
                let other = || Some(Mark::Text(text.to_owned())).filter(|_| !text.is_empty());
                day().or_else(time).or_else(|| number(text)).or_else(other)
            }
            Value::Date(day) => Some(Mark::Time(DateTime::new(day, 0, None)?.instant())),
            Value::DateTime(time) => Some(Mark::Time(time.instant())),
            Value::Int(number) => Some(Mark::Number(number as f64)),
            Value::Float(_) | Value::Decimal(_) => number(&value.to_string()),
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// Whether it is of the same sort as another, and before it.
    fn is_before(&self, other: &Mark) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.partial_cmp(other) == Some(Ordering::Less)
    }
}

/// The high-water mark of an entity.
pub(crate) struct HighWater {
    position: usize,
    /// Where the last run came to that stands.
    mark: Option<Mark>,
    /// Where this one has come to, as it is written.
    reached: Option<(Mark, String)>,
}

impl HighWater {
    /// Begins where the last run came to that is finished and not taken back.
    pub fn new(position: usize, events: &[Event], label: &str) -> Self {
        let text = last(events, label);
        let mark = text.as_deref().and_then(|text| Mark::of(Value::Text(text)));
        HighWater { position, reached: mark.clone().zip(text), mark }
    }

    /// Takes note of a record, and says whether it is older than what was reached. One that is as
    /// old may have been changed at the same moment, after it was read.
    pub fn is_below(&mut self, record: &Record) -> bool {
        let value = record.value(self.position);
        let Some(mark) = Mark::of(value) else { return false };
        let is_below = self.mark.as_ref().is_some_and(|reached| mark.is_before(reached));
        if self.reached.as_ref().is_none_or(|(reached, _)| mark > *reached) {
            self.reached = Some((mark, value.to_string().trim().to_owned()));
        }
        is_below
    }

    /// Where the run has come to, as it stands in the tally of a batch.
    pub fn reached(&self) -> Option<String> {
        self.reached.as_ref().map(|(_, text)| format!("{REACHED}{text}"))
    }

    /// Takes out of a tally where a run came to.
    pub fn take(tally: &mut Tally) -> Option<String> {
        let mut reached: Option<(Mark, String)> = None;
        tally.0.retain(|what, _| {
            let Some(text) = what.strip_prefix(REACHED) else { return true };
            if let Some(mark) = Mark::of(Value::Text(text))
                && reached.as_ref().is_none_or(|(known, _)| mark > *known)
            {
                reached = Some((mark, text.to_owned()));
            }
            false
        });
        reached.map(|(_, text)| text)
    }
}

/// Where the last run came to with an entity, of those that stand.
fn last(events: &[Event], label: &str) -> Option<String> {
    let standing: Vec<u64> =
        runs(events).iter().filter(|run| run.ended && run.undone_by.is_none()).map(|run| run.run).collect();
    let of_run = |event: &&Event| event.run.is_some_and(|run| standing.contains(&run));
    events.iter().rev().filter(|event| event.what == "run ended").filter(of_run).find_map(|event| {
        let report: serde_json::Value = serde_json::from_str(&event.detail).ok()?;
        let own = report["entities"].as_array()?.iter().find(|entity| entity["entity"] == label)?;
        own["high_water"].as_str().map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_before(one: &str, other: &str) -> bool {
        let mark = |text| Mark::of(Value::Text(text)).unwrap();
        mark(one).is_before(&mark(other))
    }

    #[test]
    fn values_are_compared_by_what_they_are() {
        for (one, other) in [
            ("2026-01-09", "2026-01-10"),
            ("2026-01-09", "2026-01-09 08:00"),
            ("2026-01-09T01:00:00+08:00", "2026-01-08T18:00:00Z"),
            ("9", "10"),
            ("-1.5", "-1.25"),
            ("v1", "v2"),
        ] {
            assert!(is_before(one, other) && !is_before(other, one), "{one} {other}");
        }
        assert!(Mark::of(Value::Int(9)).unwrap().is_before(&Mark::of(Value::Text("9.5")).unwrap()));
    }

    #[test]
    fn what_cannot_be_compared_is_not_older() {
        for (one, other) in
            [("soon", "2026-01-10"), ("2026-01-10", "soon"), ("7", "2026-01-10"), ("7", "7.0")]
        {
            assert!(!is_before(one, other), "{one} {other}");
        }
        assert_eq!(Mark::of(Value::Text("  ")), None);
        assert_eq!(Mark::of(Value::Text("nan")), Some(Mark::Text("nan".into())));
    }

    #[test]
    fn the_furthest_value_is_taken_out_of_a_tally() {
        let mut tally = Tally::default();
        tally.add("created", 2);
        for text in ["9", "soon", "10"] {
            tally.add(&format!("{REACHED}{text}"), 1);
        }
        assert_eq!(HighWater::take(&mut tally).as_deref(), Some("10"));
        assert_eq!(tally.0.len(), 1);
    }
}
