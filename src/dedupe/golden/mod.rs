//! The golden record: one record made of the values of several.

mod by;
mod contest;
mod field;
mod provenance;

use std::cmp::Reverse;
use std::sync::Arc;

use super::{Records, Row};
use crate::error::Result;
use crate::record::{Record, Value};
pub use by::Candidate;
pub(crate) use by::{By, Choose, Judge, Order};
use contest::{Candidates, Cluster};
use field::Out;
pub(crate) use field::{Field, Join};
pub use provenance::{CellOrigin, Lost, Member, Provenance};

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
    /// The survivorship rule that applied: `valid phone, then most recent`.
    pub rule: Arc<str>,
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
    /// The orders that the rules refer to; the first is the survivor's.
    orders: Vec<Order>,
    /// Columns of their own in order, and behind them those that survive together.
    fields: Vec<Field>,
    others: Option<(usize, Arc<str>)>,
    unreadable_dates: u64,
}

impl Merger {
    pub fn new(orders: Vec<Order>, fields: Vec<Field>, others: Option<(usize, Arc<str>)>) -> Self {
        Merger { orders, fields, others, unreadable_dates: 0 }
    }

    pub fn counts(&self) -> MergeCounts {
        let mut columns: Vec<_> = self.fields.iter().flat_map(|field| &field.columns).collect();
        columns.sort_unstable_by_key(|(position, _)| *position);
        let columns = columns.into_iter().map(|(_, counts)| counts.clone()).collect();
        MergeCounts { columns, unreadable_dates: self.unreadable_dates }
    }

    /// Makes `golden` of the members and says which of them survives: golden
    /// has its origin and key. Panics if there is none.
    pub fn merge(
        &mut self,
        records: &Records,
        members: &[u32],
        golden: &mut Record,
        mut provenance: Option<&mut Provenance>,
    ) -> Result<u32> {
        let cluster = self.cluster(records, members)?;
        if let Some(provenance) = &mut provenance {
            provenance.begin(cluster.member(cluster.survivor));
        }
        let (survivor, row) = &cluster.rows[cluster.survivor];
        row.read(golden);

        let others = self.others.as_ref().map(|_| String::new());
        let mut out = Out { golden, others, kept: Vec::new(), provenance };
        let mut walks: Vec<_> = cluster.rows.iter().map(|(_, row)| row.values()).collect();
        let mut walked = 0;
        for field in &mut self.fields {
            let candidates = match &field.columns[..] {
                [(column, _)] => {
                    let ahead = column - std::mem::replace(&mut walked, column + 1);
                    let value = walks.iter_mut().map(|walk| walk.nth(ahead).unwrap_or(Value::Null));
                    Candidates::of(&cluster, 1, value)
                }
                columns => {
                    let rows = cluster.rows.iter();
                    let values =
                        rows.flat_map(|(_, row)| columns.iter().map(|(column, _)| row.value(*column)));
                    Candidates::of(&cluster, columns.len(), values)
                }
            };
            field.settle(&candidates, &mut out);
        }
        self.keep_others(&cluster, out);
        Ok(*survivor)
    }

    /// The members in the order of their identities, so that it does not
    /// matter in which they are held.
    fn cluster<'r>(&mut self, records: &'r Records, members: &[u32]) -> Result<Cluster<'r>> {
        let read = |member: &u32| Ok((*member, records.row(*member as usize)?));
        let mut rows: Vec<(u32, Row<'r>)> = members.iter().map(read).collect::<Result<_>>()?;
        rows.sort_by_cached_key(|(_, row)| row.id());
        let unreadable = &mut self.unreadable_dates;
        let standings: Vec<_> = self.orders.iter().map(|order| order.standings(&rows, unreadable)).collect();
        let best = (0..rows.len()).max_by_key(|index| (standings[0][*index], Reverse(*index)));
        Ok(Cluster { rows, standings, survivor: best.unwrap_or(0) })
    }

    fn keep_others(&self, cluster: &Cluster<'_>, mut out: Out<'_>) {
        let (Some((column, name)), Some(others)) = (&self.others, out.others.take()) else { return };
        if others.is_empty() {
            return;
        }
        let before = out.golden.value(*column);
        let all = if before.is_blank() { others } else { format!("{before}; {others}") };
        out.golden.set_value(*column, &all);
        for (member, rule) in std::mem::take(&mut out.kept) {
            out.tell(name, member, &rule, cluster);
        }
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
