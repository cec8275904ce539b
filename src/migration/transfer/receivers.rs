//! Who receives what is handed over.

use std::collections::HashMap;

use serde::Serialize;

use super::holding::Holding;
use crate::error::{Error, Result};
use crate::migration::row::canonical;
use crate::migration::target::{TableShape, Target, TargetId};
use crate::record::{Record, Value};

/// Who receives the rows of a [`Transfer`](super::Transfer): for each row one person, by a rule.
///
/// Rows are dealt out in the order of their ids, so that the same rows always go to
/// the same people. What an earlier run of the same transfer gave to whom counts, so that shares stay fair
/// when later rows are swept.
///
/// ```
/// use handover::migration::transfer::Receivers;
///
/// let turns = Receivers::round_robin([3, 4]);
/// let shares = Receivers::weighted([(3, 2), (4, 1)]); // two of three for 3
/// let cities = Receivers::by("city", [("Berlin", 3), ("上海", 4)]).otherwise(turns);
/// let list = Receivers::table([(1001, 3), (1002, 4)]).otherwise(Receivers::least_loaded([3, 4]));
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Receivers(Rule);

#[derive(Debug, Clone, Serialize)]
enum Rule {
    /// By shares; one person has all of them.
    Shares(Vec<(TargetId, u32)>),
    /// Whoever owns the fewest rows.
    Least(Vec<TargetId>),
    /// By the value of a column, or by the row's id where none is named.
    By { column: Option<String>, pairs: Vec<(String, TargetId)>, otherwise: Option<Box<Rule>> },
}

impl Receivers {
    /// One person receives everything.
    pub fn one(receiver: impl Into<TargetId>) -> Self {
        Receivers(Rule::Shares(vec![(receiver.into(), 1)]))
    }

    /// Each in turn.
    pub fn round_robin<I: Into<TargetId>>(receivers: impl IntoIterator<Item = I>) -> Self {
        Receivers::weighted(receivers.into_iter().map(|receiver| (receiver, 1)))
    }

    /// Each by their weight: of 2 and 1, the first has two of three. The next row is for
    /// whoever is furthest behind their share; of several for the first.
    pub fn weighted<I: Into<TargetId>>(receivers: impl IntoIterator<Item = (I, u32)>) -> Self {
        let mut shares: Vec<(TargetId, u32)> = Vec::new();
        for (id, weight) in receivers {
            let id = id.into();
            match shares.iter_mut().find(|(known, _)| *known == id) {
                Some((_, known)) => *known = known.saturating_add(weight),
                None => shares.push((id, weight)),
            }
        }
        Receivers(Rule::Shares(shares))
    }

    /// Whoever owns the fewest rows of the table, those that they receive included; of several the first.
    pub fn least_loaded<I: Into<TargetId>>(receivers: impl IntoIterator<Item = I>) -> Self {
        Receivers(Rule::Least(receivers.into_iter().map(Into::into).collect()))
    }

    /// By the value of a column, a city or a segment say. A row with another value stays, unless
    /// it is said [otherwise](Self::otherwise).
    pub fn by<V: Into<String>, I: Into<TargetId>>(
        column: impl Into<String>,
        receivers: impl IntoIterator<Item = (V, I)>,
    ) -> Self {
        let pairs = receivers.into_iter().map(|(value, id)| (value.into(), id.into())).collect();
        Receivers(Rule::By { column: Some(column.into()), pairs, otherwise: None })
    }

    /// By the row's id. A row that is not in the table stays, unless it is said
    /// [otherwise](Self::otherwise). A table by another key is [`by`](Self::by) its column.
    pub fn table<K: Into<TargetId>, I: Into<TargetId>>(receivers: impl IntoIterator<Item = (K, I)>) -> Self {
        let pairs = receivers.into_iter().map(|(row, id)| (row.into().to_string(), id.into())).collect();
        Receivers(Rule::By { column: None, pairs, otherwise: None })
    }

    /// Who receives the rows that [`by`](Self::by) or [`table`](Self::table) has nobody for. It has
    /// no meaning for the other rules, which have somebody for every row.
    #[must_use]
    pub fn otherwise(mut self, receivers: Receivers) -> Self {
        if let Rule::By { otherwise, .. } = &mut self.0 {
            match otherwise.take() {
                Some(rule) => *otherwise = Some(Box::new(Receivers(*rule).otherwise(receivers).0)),
                None => *otherwise = Some(Box::new(receivers.0)),
            }
        }
        self
    }

    /// Everybody who may receive something, each once.
    pub(super) fn everybody(&self) -> Vec<TargetId> {
        let mut ids: Vec<TargetId> = self.rules().flat_map(Rule::ids).cloned().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The columns that rules look at.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.rules().filter_map(|rule| match rule {
            Rule::By { column, .. } => column.as_deref(),
            _ => None,
        })
    }

    fn rules(&self) -> impl Iterator<Item = &Rule> {
        std::iter::successors(Some(&self.0), |rule| match rule {
            Rule::By { otherwise, .. } => otherwise.as_deref(),
            _ => None,
        })
    }
}

impl Rule {
    fn ids(&self) -> Box<dyn Iterator<Item = &TargetId> + '_> {
        match self {
            Rule::Shares(shares) => Box::new(shares.iter().map(|(id, _)| id)),
            Rule::Least(ids) => Box::new(ids.iter()),
            Rule::By { pairs, .. } => Box::new(pairs.iter().map(|(_, id)| id)),
        }
    }
}

/// Deals rows out, one rule after the other until one has somebody.
pub(super) struct Deal<'r> {
    hands: Vec<Hand<'r>>,
}

/// A rule, and what it must remember.
struct Hand<'r> {
    rule: &'r Rule,
    /// What each receiver of a rule by shares was given, or by load owns.
    has: Vec<u64>,
    /// The receivers by the values of a column, as they are compared.
    by: HashMap<String, &'r TargetId>,
}

impl<'r> Deal<'r> {
    /// Goes on after each receiver was given so many rows before.
    pub fn new(receivers: &'r Receivers, given: &HashMap<TargetId, u64>) -> Result<Self> {
        let hand = |rule: &'r Rule| {
            let has: Vec<u64> = match rule {
                Rule::By { .. } => Vec::new(),
                rule => rule.ids().map(|id| given.get(id).copied().unwrap_or_default()).collect(),
            };
            let is_empty = match rule {
                Rule::Shares(shares) => shares.iter().all(|(_, weight)| *weight == 0),
                Rule::Least(ids) => ids.is_empty(),
                Rule::By { .. } => false,
            };
            match is_empty {
                true => Err(Error::bind("there is nobody among whom rows are shared")),
                false => Ok(Hand { rule, has, by: HashMap::new() }),
            }
        };
        Ok(Deal { hands: receivers.rules().map(hand).collect::<Result<_>>()? })
    }

    /// Turns to the rows of a table.
    pub fn begin(&mut self, root: &Holding, shape: &TableShape, target: &mut dyn Target) -> Result<()> {
        for hand in &mut self.hands {
            match hand.rule {
                Rule::Shares(_) => {}
                Rule::Least(ids) => hand.has = loads(root, shape, target, ids)?,
                Rule::By { column, pairs, .. } => hand.by = sorted(column.as_deref(), pairs, shape)?,
            }
        }
        Ok(())
    }

    /// Who receives a row; nobody, where no rule knows of somebody.
    pub fn next(&mut self, id: &TargetId, row: &Record, shape: &TableShape) -> Option<TargetId> {
        let receiver = self.hands.iter().find_map(|hand| hand.choose(id, row, shape))?.clone();
        for hand in &mut self.hands {
            let own = hand.rule.ids().zip(&mut hand.has).filter(|(id, _)| **id == receiver);
            own.for_each(|(_, has)| *has += 1);
        }
        Some(receiver)
    }
}

impl<'r> Hand<'r> {
    fn choose(&self, id: &TargetId, row: &Record, shape: &TableShape) -> Option<&'r TargetId> {
        match self.rule {
            Rule::Shares(shares) => self.furthest_behind(shares),
            Rule::Least(ids) => ids.iter().zip(&self.has).min_by_key(|(_, has)| **has).map(|(id, _)| id),
            Rule::By { column: None, .. } => self.by.get(&id.to_string()).copied(),
            Rule::By { column: Some(column), .. } => {
                let value = row.get(column).ok()?;
                let kind = shape.column(column).ok()?.kind;
                self.by.get(&*canonical(value, kind)).copied()
            }
        }
    }

    /// Whoever lacks most of their share of all that was given, the next row included.
    fn furthest_behind(&self, shares: &'r [(TargetId, u32)]) -> Option<&'r TargetId> {
        let weights: i128 = shares.iter().map(|(_, weight)| i128::from(*weight)).sum();
        let given: i128 = self.has.iter().map(|has| i128::from(*has)).sum();
        let lack = |((_, weight), has): (&(TargetId, u32), &u64)| {
            i128::from(*weight) * (given + 1) - weights * i128::from(*has)
        };
        let lacks = shares.iter().zip(&self.has).map(|share| (lack(share), &share.0.0));
        // Of several the first: `max_by_key` would take the last.
        lacks.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, id)| id)
    }
}

/// How many rows of a table each owns now.
fn loads(root: &Holding, shape: &TableShape, target: &mut dyn Target, ids: &[TargetId]) -> Result<Vec<u64>> {
    let kind = shape.column(&root.owner)?.kind;
    let mut owned: HashMap<String, u64> = HashMap::new();
    let values: Vec<Value<'_>> = ids.iter().map(TargetId::value).collect();
    target.find(&shape.table, &[&root.owner], &root.owner, &values, &mut |row| {
        *owned.entry(canonical(row.value(0), kind).into_owned()).or_default() += 1;
        Ok(())
    })?;
    Ok(ids.iter().map(|id| owned.get(&id.to_string()).copied().unwrap_or_default()).collect())
}

/// The receivers by values as they are compared.
fn sorted<'r>(
    column: Option<&str>,
    pairs: &'r [(String, TargetId)],
    shape: &TableShape,
) -> Result<HashMap<String, &'r TargetId>> {
    let kind = shape.column(column.unwrap_or(&shape.id))?.kind;
    let mut sorted = HashMap::with_capacity(pairs.len());
    for (value, receiver) in pairs {
        let value = canonical(Value::Text(value), kind).into_owned();
        if sorted.insert(value, receiver).is_some_and(|other| other != receiver) {
            let message = "a value has two receivers";
            return Err(Error::bind(message).at(format!("{}.{}", shape.table, column.unwrap_or(&shape.id))));
        }
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who has the next rows, after some were given.
    fn dealt(receivers: &Receivers, given: &[(i64, u64)], rows: usize) -> String {
        let given = given.iter().map(|(id, rows)| (TargetId::Number(*id), *rows)).collect();
        let mut deal = Deal::new(receivers, &given).unwrap();
        let shape = TableShape { table: "t".into(), id: "id".into(), columns: Vec::new() };
        let row = Record::new(crate::Schema::text([""; 0]).unwrap());
        let next = |_| deal.next(&TargetId::Number(1), &row, &shape).unwrap().to_string();
        (0..rows).map(next).collect()
    }

    #[test]
    fn turns_go_on_where_they_ended() {
        let turns = Receivers::round_robin([3, 4, 5]);
        assert_eq!(dealt(&turns, &[], 7), "3453453");
        assert_eq!(dealt(&turns, &[(3, 3), (4, 2), (5, 2)], 4), "4534");
        assert_eq!(dealt(&turns, &[(3, 2), (4, 2)], 4), "5534", "who is new catches up");
    }

    #[test]
    fn shares_are_those_of_the_weights() {
        let shares = Receivers::weighted([(3, 5), (4, 0), (5, 2)]);
        assert_eq!(dealt(&shares, &[], 7), "3533353");
        assert_eq!(dealt(&shares, &[(3, 1)], 6), "533353");
        let nobody = Deal::new(&Receivers::weighted([(3, 0)]), &HashMap::new()).err().unwrap();
        assert_eq!(nobody.to_string(), "there is nobody among whom rows are shared");
    }
}
