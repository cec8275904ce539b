//! By what one value is better than another.

use std::sync::Arc;

use super::contest::Contest;
use crate::dedupe::Row;
use crate::normalize::Normalizer;
use crate::record::{Date, DateTime, Value};

/// A value that may survive, or the values of columns that survive together:
/// what a [rule of one's own](crate::dedupe::Rule::own) chooses from.
#[derive(Debug)]
pub struct Candidate<'a> {
    pub(super) values: &'a [Value<'a>],
    pub(super) row: &'a Row<'a>,
    pub(super) records: u64,
}

impl Candidate<'_> {
    /// The value; the first, where columns survive together.
    pub fn value(&self) -> Value<'_> {
        self.values.first().copied().unwrap_or(Value::Null)
    }

    /// The values of the columns that survive together, in the order in which they were named.
    pub fn values(&self) -> &[Value<'_>] {
        self.values
    }

    /// The first record that has it, with its other columns.
    pub fn row(&self) -> &Row<'_> {
        self.row
    }

    /// How many records have it.
    pub fn records(&self) -> u64 {
        self.records
    }
}

pub(crate) type Judge = Arc<dyn Fn(Value<'_>) -> bool + Send + Sync>;
pub(crate) type Choose = Arc<dyn Fn(&[Candidate<'_>]) -> Option<usize> + Send + Sync>;

/// By what values are chosen. Those that are as good as the best go on.
pub(crate) enum By {
    /// The survivor's own.
    Survivor,
    /// That of the best record by one of the merger's orders.
    Order(usize),
    /// The most characters.
    Length,
    /// The most values that are not blank, of columns that survive together.
    Filled,
    /// That which most records have.
    Frequency,
    /// That for which the weights of the records' inputs add up to most.
    Weight(Vec<u32>),
    /// Those that a rule takes; of columns that survive together, the most.
    Valid(Arc<dyn Normalizer>),
    /// Those that a test takes, likewise.
    Test(Judge),
    Own(Choose),
}

impl By {
    /// Leaves the best of those that are in the running.
    pub(super) fn narrow(&self, alive: &mut Vec<usize>, contest: &Contest<'_>) {
        if let By::Own(choose) = self {
            return own(&**choose, alive, contest);
        }
        let candidates = contest.candidates;
        let cluster = candidates.cluster;
        let values = |candidate: usize| candidates.values(candidate).iter().filter(|v| !v.is_blank());
        let judged = |candidate, good: &dyn Fn(&Value<'_>) -> bool| {
            values(candidate).filter(|value| good(value)).count() as i64
        };
        let sums = |each: &dyn Fn(usize) -> u64| {
            let sums = contest.sums(each);
            alive.iter().map(|candidate| i64::try_from(sums[*candidate]).unwrap_or(i64::MAX)).collect()
        };
        let each = |score: &dyn Fn(usize) -> i64| alive.iter().map(|candidate| score(*candidate)).collect();
        let scores: Vec<i64> = match self {
            By::Survivor => each(&|c| i64::from(candidates.member(c) == cluster.survivor)),
            By::Order(order) => each(&|c| cluster.standings[*order][candidates.member(c)]),
            By::Length => each(&|c| values(c).map(characters).sum()),
            By::Filled => each(&|c| values(c).count() as i64),
            By::Frequency => sums(&|_| 1),
            By::Weight(weights) => sums(&|c| {
                let input = cluster.rows[candidates.member(c)].1.id().input;
                u64::from(weights.get(input as usize).copied().unwrap_or(1))
            }),
            By::Valid(rule) => each(&|c| judged(c, &|value| accepts(&**rule, value))),
            By::Test(test) => each(&|c| judged(c, &|value| test(*value))),
            By::Own(_) => return,
        };
        let best = scores.iter().max().copied();
        let mut scores = scores.into_iter();
        alive.retain(|_| scores.next() == best);
    }
}

fn own(choose: &dyn Fn(&[Candidate<'_>]) -> Option<usize>, alive: &mut Vec<usize>, contest: &Contest<'_>) {
    let (candidates, records) = (contest.candidates, contest.sums(|_| 1));
    let distinct = contest.distinct(alive);
    let shown = distinct.iter().map(|candidate| Candidate {
        values: candidates.values(*candidate),
        row: &candidates.cluster.rows[candidates.member(*candidate)].1,
        records: records[*candidate],
    });
    let chosen = choose(&shown.collect::<Vec<_>>());
    if let Some(chosen) = chosen.and_then(|chosen| distinct.get(chosen)) {
        alive.retain(|candidate| contest.same(*candidate, *chosen));
    }
}

fn characters(value: &Value<'_>) -> i64 {
    match value {
        Value::Text(text) => text.chars().count() as i64,
        other => other.to_string().chars().count() as i64,
    }
}

/// Whether a rule takes a value, and makes something of it.
fn accepts(rule: &dyn Normalizer, value: &Value<'_>) -> bool {
    let accepts = |text: &str| rule.normalize(text).is_ok_and(|text| !text.is_empty());
    match value {
        Value::Text(text) => accepts(text),
        other => accepts(&other.to_string()),
    }
}

/// How records are ranked.
#[derive(PartialEq)]
pub(crate) enum Order {
    First,
    Last,
    /// By the number of values that are not blank.
    Complete,
    /// By the date in a column.
    MostRecent(usize),
    /// By the rank of the input, 0 being the best.
    Source(Vec<usize>),
}

impl Order {
    /// How good each member is; the greater the better.
    pub(super) fn standings(&self, rows: &[(u32, Row<'_>)], unreadable: &mut u64) -> Vec<i64> {
        let standing = |(index, (_, row)): (usize, &(u32, Row<'_>))| match self {
            Order::First => 0,
            Order::Last => index as i64,
            Order::Complete => row.values().filter(|value| !value.is_blank()).count() as i64,
            Order::Source(ranks) => {
                let rank = ranks.get(row.id().input as usize);
                -(rank.copied().unwrap_or(ranks.len()) as i64)
            }
            Order::MostRecent(column) => {
                let date = row.value(*column);
                let instant = instant(date);
                *unreadable += u64::from(instant.is_none() && !date.is_blank());
                instant.unwrap_or(i64::MIN)
            }
        };
        rows.iter().enumerate().map(standing).collect()
    }
}

/// The instant that a date column names, in microseconds; a day names its midnight.
fn instant(value: Value<'_>) -> Option<i64> {
    let midnight = |date| DateTime::new(date, 0, None);
    let time = match value {
        Value::Date(date) => midnight(date),
        Value::DateTime(time) => Some(time),
        Value::Text(text) => DateTime::parse(text).or_else(|| Date::parse(text).and_then(midnight)),
        _ => None,
    };
    time.map(|time| time.instant())
}
