//! The golden record: one record made of the values of several.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use super::{Records, Row};
use crate::error::Result;
use crate::record::{Date, DateTime, Record, Value};

/// What merging did to the values, so that nothing happens in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeCounts {
    /// One for each column, in their order.
    pub columns: Vec<ColumnCounts>,
    /// Dates that a rule looked at and could not read; their records counted as the oldest.
    pub unreadable_dates: u64,
}

/// What merging did to the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnCounts {
    /// The column's name.
    pub column: Arc<str>,
    /// The survivorship rule that applied: `most recent`.
    pub rule: &'static str,
    /// Survivors that had no value and got one.
    pub filled: u64,
    /// Values that were joined to another.
    pub joined: u64,
    /// Values that the rule passed over and that went into the column for others.
    pub kept: u64,
    /// Values that the rule dropped. What several records agreed on is one value.
    pub dropped: u64,
}

/// Makes golden records by rules that are resolved.
pub(crate) struct Merger {
    /// The orders that the choices refer to; the first is the survivor's.
    orders: Vec<Order>,
    columns: Vec<Column>,
    others: Option<usize>,
    unreadable_dates: u64,
}

/// A column's rule, and what it has done.
pub(crate) struct Column {
    choice: Choice,
    counts: ColumnCounts,
}

/// What becomes of values that differ.
pub(crate) enum Choice {
    /// All of them, joined by a separator.
    Join(String),
    /// One of them.
    One(By),
}

/// By what one value is chosen.
pub(crate) enum By {
    /// The survivor's, or else the first.
    Survivor,
    /// That of the best record by one of the merger's orders.
    Order(usize),
    /// The value of most characters.
    Length,
    /// The value that most records have.
    Frequency,
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

impl Merger {
    pub fn new(orders: Vec<Order>, columns: Vec<Column>, others: Option<usize>) -> Self {
        Merger { orders, columns, others, unreadable_dates: 0 }
    }

    pub fn counts(&self) -> MergeCounts {
        let columns = self.columns.iter().map(|column| column.counts.clone()).collect();
        MergeCounts { columns, unreadable_dates: self.unreadable_dates }
    }

    /// Makes `golden` of the members, which stand in order, and says which of
    /// them survives: golden has its origin and key. Panics if there is none.
    pub fn merge(&mut self, records: &Records, members: &[u32], golden: &mut Record) -> Result<u32> {
        let rows: Vec<_> =
            members.iter().map(|member| records.row(*member as usize)).collect::<Result<_>>()?;
        let unreadable = &mut self.unreadable_dates;
        let standings: Vec<_> = self.orders.iter().map(|order| order.standings(&rows, unreadable)).collect();
        let survivor =
            (0..members.len()).max_by_key(|index| (standings[0][*index], Reverse(*index))).unwrap_or(0);
        rows[survivor].read(golden);

        let cluster = Cluster { survivor, standings };
        let mut walks: Vec<_> = rows.iter().map(Row::values).collect();
        let (mut candidates, mut others) = (Vec::new(), String::new());
        for (position, column) in self.columns.iter_mut().enumerate() {
            candidates.clear();
            candidates.extend(walks.iter_mut().enumerate().filter_map(|(index, walk)| {
                let value = walk.next().filter(|value| !value.is_blank())?;
                Some(Candidate { index, value, count: 1 })
            }));
            let keep = self.others.is_some().then_some(&mut others);
            column.settle(&cluster, &candidates, keep, position, golden);
        }
        if let Some(column) = self.others.filter(|_| !others.is_empty()) {
            let before = golden.value(column);
            let all = if before.is_blank() { others } else { format!("{before}; {others}") };
            golden.set_value(column, &all);
        }
        Ok(members[survivor])
    }
}

impl Order {
    /// How good each member is; the greater the better.
    fn standings(&self, rows: &[Row<'_>], unreadable: &mut u64) -> Vec<i64> {
        let standing = |(index, row): (usize, &Row<'_>)| match self {
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

/// What is known of the members of a cluster, by their index in it.
struct Cluster {
    survivor: usize,
    standings: Vec<Vec<i64>>,
}

/// A value that may survive.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    /// The first member that has it.
    index: usize,
    value: Value<'a>,
    /// How many members have it.
    count: usize,
}

impl Column {
    pub fn new(choice: Choice, column: Arc<str>, rule: &'static str) -> Self {
        Column { choice, counts: ColumnCounts { column, rule, filled: 0, joined: 0, kept: 0, dropped: 0 } }
    }

    /// Sets the golden value, given the members' values that are not blank.
    /// `golden` holds the survivor's.
    fn settle(
        &mut self,
        cluster: &Cluster,
        candidates: &[Candidate<'_>],
        others: Option<&mut String>,
        position: usize,
        golden: &mut Record,
    ) {
        let Some(first) = candidates.first() else { return };
        if candidates.binary_search_by_key(&cluster.survivor, |candidate| candidate.index).is_err() {
            self.counts.filled += 1;
            golden.set_value(position, first.value);
        }
        if candidates.iter().all(|other| compare(&first.value, &other.value).is_eq()) {
            return;
        }
        let distinct = distinct(candidates);
        match &self.choice {
            Choice::Join(separator) => {
                let texts: Vec<_> = distinct.iter().map(|candidate| candidate.value.to_string()).collect();
                golden.set_value(position, &texts.join(separator));
                self.counts.joined += distinct.len() as u64 - 1;
            }
            Choice::One(by) => {
                let chosen = by.choose(cluster, candidates, &distinct).unwrap_or(*first);
                golden.set_value(position, chosen.value);
                let passed_over =
                    distinct.iter().filter(|other| compare(&chosen.value, &other.value).is_ne());
                self.pass_over(passed_over.map(|other| other.value), others);
            }
        }
    }

    fn pass_over<'a>(&mut self, values: impl Iterator<Item = Value<'a>>, others: Option<&mut String>) {
        let Some(others) = others else {
            self.counts.dropped += values.count() as u64;
            return;
        };
        for value in values {
            let separator = if others.is_empty() { "" } else { "; " };
            *others += &format!("{separator}{}={value}", self.counts.column);
            self.counts.kept += 1;
        }
    }
}

impl By {
    fn choose<'a>(
        &self,
        cluster: &Cluster,
        candidates: &[Candidate<'a>],
        distinct: &[Candidate<'a>],
    ) -> Option<Candidate<'a>> {
        let (all, distinct) = (candidates.iter().copied(), distinct.iter().copied());
        match self {
            By::Survivor => all.max_by_key(|c| (c.index == cluster.survivor, Reverse(c.index))),
            By::Order(order) => all.max_by_key(|c| (cluster.standings[*order][c.index], Reverse(c.index))),
            By::Length => distinct.max_by_key(|c| (c.value.to_string().chars().count(), Reverse(c.index))),
            By::Frequency => distinct.max_by_key(|c| (c.count, Reverse(c.index))),
        }
    }
}

/// The values that differ, in the order in which they appear, and how often.
fn distinct<'a>(candidates: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
    let mut sorted = candidates.to_vec();
    sorted.sort_by(|a, b| compare(&a.value, &b.value).then(a.index.cmp(&b.index)));
    let equal = sorted.chunk_by(|a, b| compare(&a.value, &b.value).is_eq());
    let mut distinct: Vec<_> = equal.map(|same| Candidate { count: same.len(), ..same[0] }).collect();
    distinct.sort_unstable_by_key(|candidate| candidate.index);
    distinct
}

/// An order of all values, of whatever kind, in which equal values are equal.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.as_str().cmp(b.as_str()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (a, b) => a.kind().map(|kind| kind as u8).cmp(&b.kind().map(|kind| kind as u8)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::{Rule, Survivor, Survivorship};
    use crate::record::RecordId;
    use crate::schema::Schema;

    const COLUMNS: [&str; 3] = ["name", "seen", "notes"];

    fn merged<'v, V: Into<Value<'v>> + Copy>(
        survivorship: Survivorship,
        rows: &[[V; 3]],
    ) -> (Record, u32, MergeCounts) {
        let schema = Schema::text(COLUMNS).unwrap();
        let mut records = Records::new(schema.clone());
        for (row, input) in rows.iter().zip(0..) {
            let mut record = Record::of(schema.clone(), *row).unwrap();
            record.set_id(RecordId { input, row: 7, part: 0 });
            records.push(&record).unwrap();
        }
        let inputs: Vec<_> = (0..rows.len()).map(|input| Arc::from(format!("input {input}"))).collect();
        let mut merger = survivorship.bind(&schema, &inputs).unwrap();
        let mut golden = Record::new(schema);
        let members: Vec<u32> = (0..).take(rows.len()).collect();
        let survivor = merger.merge(&records, &members, &mut golden).unwrap();
        (golden, survivor, merger.counts())
    }

    fn texts(record: &Record) -> Vec<String> {
        record.values().map(|value| value.to_string()).collect()
    }

    const ROWS: [[&str; 3]; 4] = [
        ["", "2024-02-01", "x"],
        ["Li", "2024-03-01T00:30:00+08:00", ""],
        ["Li Na", "2024-02-29T23:00:00Z", "x"],
        ["Li", "soon", " "],
    ];

    #[test]
    fn nothing_is_lost_without_a_rule() {
        let (golden, survivor, counts) = merged(Survivorship::new(), &ROWS[..3]);
        assert_eq!(
            texts(&golden),
            ["Li; Li Na", "2024-02-01; 2024-03-01T00:30:00+08:00; 2024-02-29T23:00:00Z", "x"]
        );
        assert_eq!((survivor, golden.id().input), (0, 0));
        let told: Vec<_> = counts.columns.iter().map(|c| (c.filled, c.joined, c.kept, c.dropped)).collect();
        assert_eq!(told, [(1, 1, 0, 0), (0, 2, 0, 0), (0, 0, 0, 0)]);
    }

    #[test]
    fn each_rule_chooses() {
        let name = |rule| {
            let (golden, _, counts) = merged(Survivorship::new().field("name", rule), &ROWS);
            (texts(&golden)[0].clone(), counts.columns[0].dropped, counts.columns[0].rule)
        };
        let chosen = |value: &str, rule| (value.to_owned(), 1, rule);
        assert_eq!(name(Rule::fill()), chosen("Li", "fill"));
        assert_eq!(name(Rule::first()), chosen("Li", "first"));
        assert_eq!(name(Rule::last()), chosen("Li", "last"));
        assert_eq!(name(Rule::longest()), chosen("Li Na", "longest"));
        assert_eq!(name(Rule::most_frequent()), chosen("Li", "most frequent"));
        assert_eq!(name(Rule::most_recent("seen")), chosen("Li Na", "most recent"));
        assert_eq!(name(Rule::from_source(["input 2", "input 0"])), chosen("Li Na", "from source"));
        assert_eq!(name(Rule::from_source(["input 0"])), chosen("Li", "from source"));
        assert_eq!(name(Rule::join_distinct("/")), ("Li/Li Na".to_owned(), 0, "join distinct"));
    }

    #[test]
    fn the_survivor_gives_origin_and_what_it_has() {
        let survivor = |survivor| {
            let rules = Survivorship::new().rest(Rule::fill()).survivor(survivor);
            let (golden, survivor, _) = merged(rules, &ROWS);
            assert_eq!(golden.id().input, survivor);
            (survivor, texts(&golden)[0].clone())
        };
        assert_eq!(survivor(Survivor::first()), (0, "Li".to_owned()));
        assert_eq!(survivor(Survivor::last()), (3, "Li".to_owned()));
        assert_eq!(survivor(Survivor::most_complete()), (2, "Li Na".to_owned()));
        assert_eq!(survivor(Survivor::most_recent("seen")), (2, "Li Na".to_owned()));
        assert_eq!(survivor(Survivor::from_source(["input 1"])), (1, "Li".to_owned()));
    }

    #[test]
    fn what_a_rule_passes_over_can_be_kept() {
        let rules = Survivorship::new().field("name", Rule::longest()).keep_others_in("notes");
        let (golden, _, counts) = merged(rules, &ROWS[1..3]);
        assert_eq!(
            texts(&golden),
            ["Li Na", "2024-03-01T00:30:00+08:00", "x; name=Li; seen=2024-02-29T23:00:00Z"]
        );
        let told: Vec<_> = counts.columns.iter().map(|c| (c.filled, c.kept, c.dropped)).collect();
        assert_eq!(told, [(0, 1, 0), (0, 1, 0), (1, 0, 0)]);
    }

    #[test]
    fn unreadable_dates_are_counted_and_oldest() {
        let rules = Survivorship::new().rest(Rule::most_recent("seen"));
        let (golden, _, counts) =
            merged(rules, &[["a", "03/04/2024", ""], ["b", "0001-01-01", ""], ["c", "", ""]]);
        assert_eq!(texts(&golden), ["b", "0001-01-01", ""]);
        assert_eq!(counts.unreadable_dates, 1);
    }

    #[test]
    fn values_of_different_kinds_differ() {
        let values = [Value::Int(1), Value::Text("1"), Value::Bool(true), Value::Float(1.5), Value::Int(1)];
        let rows: Vec<_> = values.iter().map(|value| [*value, Value::Null, Value::Null]).collect();
        let (golden, _, _) = merged(Survivorship::new(), &rows);
        assert_eq!(texts(&golden)[0], "1; 1; true; 1.5");
    }
}
