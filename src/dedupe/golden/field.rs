//! A column, or several that survive together, on its way into the golden record.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ColumnCounts;
use super::by::By;
use super::contest::{Candidates, Cluster, Contest, key};
use super::provenance::{CellOrigin, Lost, Provenance};
use crate::normalize::Normalizer;
use crate::record::{Record, Value};

/// The resolved rule of a column or of several that survive together.
pub(crate) struct Field {
    /// The columns, and what was done in each.
    pub columns: Vec<(usize, ColumnCounts)>,
    pub by: Vec<By>,
    pub join: Option<Join>,
    pub compared: Option<Arc<dyn Normalizer>>,
}

/// How the values are joined that are as good as the best.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub separator: String,
    /// Whether values are joined texts already, and their pieces count.
    pub pieces: bool,
}

/// What comes out: the golden record, which holds the survivor's values, and what is told of it.
pub(super) struct Out<'o> {
    pub golden: &'o mut Record,
    /// The text for the column of others, where there is one.
    pub others: Option<String>,
    /// The records in [`others`](Self::others), and the rules that passed over their values.
    pub kept: Vec<(usize, Arc<str>)>,
    pub provenance: Option<&'o mut Provenance>,
}

impl Field {
    /// Sets the golden values.
    pub(super) fn settle(&mut self, candidates: &Candidates<'_>, out: &mut Out<'_>) {
        if candidates.is_empty() {
            return;
        }
        if candidates.agree() {
            let undisputed = out.provenance.is_some().then(|| CellOrigin::UNDISPUTED.into());
            return self.put(candidates.survivor().unwrap_or(0), undisputed, candidates, out);
        }
        let contest = Contest::new(candidates, self.compared.as_deref());
        let mut best = (0..candidates.len()).collect();
        self.by.iter().for_each(|by| by.narrow(&mut best, &contest));
        if self.join.is_some() {
            best = contest.distinct(&best);
            self.put_joined(&best, candidates, out);
        } else {
            best.truncate(1);
            self.put(best[0], None, candidates, out);
        }
        for (at, (_, counts)) in self.columns.iter_mut().enumerate() {
            for passed in contest.passed_over(at, &best) {
                let value = candidates.values(passed)[at];
                counts.pass_over(value, candidates.member(passed), candidates.cluster, out);
            }
        }
    }

    /// Sets the values of one candidate, chosen by the field's own rule unless another is named.
    fn put(
        &mut self,
        candidate: usize,
        rule: Option<Arc<str>>,
        candidates: &Candidates<'_>,
        out: &mut Out<'_>,
    ) {
        let member = candidates.member(candidate);
        for ((column, counts), value) in self.columns.iter_mut().zip(candidates.values(candidate)) {
            counts.filled += u64::from(out.golden.value(*column).is_blank() && !value.is_blank());
            if member != candidates.cluster.survivor {
                out.golden.set_value(*column, *value);
            }
            if !value.is_blank() {
                let rule = rule.as_ref().unwrap_or(&counts.rule);
                out.tell(&counts.column, member, rule, candidates.cluster);
            }
        }
    }

    /// Sets the values of several candidates, joined.
    fn put_joined(&mut self, chosen: &[usize], candidates: &Candidates<'_>, out: &mut Out<'_>) {
        let Some(join) = &self.join else { return };
        let text = join.text(chosen, candidates, self.compared.as_deref());
        for (column, counts) in &mut self.columns {
            counts.filled += u64::from(out.golden.value(*column).is_blank());
            counts.joined += chosen.len() as u64 - 1;
            out.golden.set_value(*column, &text);
            for candidate in chosen {
                out.tell(&counts.column, candidates.member(*candidate), &counts.rule, candidates.cluster);
            }
        }
    }
}

impl Join {
    /// What is joined: the values, or the pieces of them that differ.
    fn text(
        &self,
        chosen: &[usize],
        candidates: &Candidates<'_>,
        compared: Option<&dyn Normalizer>,
    ) -> String {
        let values = chosen.iter().flat_map(|candidate| candidates.values(*candidate)).map(Value::to_string);
        if !self.pieces {
            return values.collect::<Vec<_>>().join(&self.separator);
        }
        let (mut seen, mut pieces) = (BTreeSet::new(), Vec::new());
        for value in values {
            for piece in value.split(self.separator.as_str()).filter(|piece| !piece.trim().is_empty()) {
                let key = key(Value::Text(piece), compared).map_or_else(|| piece.to_owned(), String::from);
                if seen.insert(key) {
                    pieces.push(piece.to_owned());
                }
            }
        }
        pieces.join(&self.separator)
    }
}

impl ColumnCounts {
    fn pass_over(&mut self, value: Value<'_>, member: usize, cluster: &Cluster<'_>, out: &mut Out<'_>) {
        if let Some(others) = &mut out.others {
            let separator = if others.is_empty() { "" } else { "; " };
            *others += &format!("{separator}{}={value}", self.column);
            out.kept.push((member, Arc::clone(&self.rule)));
            self.kept += 1;
            return;
        }
        self.dropped += 1;
        if let Some(provenance) = &mut out.provenance {
            let (column, rule) = (Arc::clone(&self.column), Arc::clone(&self.rule));
            let (value, record) = (value.to_string(), cluster.member(member));
            provenance.lost.push(Lost { column, value, record, rule });
        }
    }
}

impl Out<'_> {
    /// Tells where a value comes from, if anybody wants to know.
    pub fn tell(&mut self, column: &Arc<str>, member: usize, rule: &Arc<str>, cluster: &Cluster<'_>) {
        if let Some(provenance) = &mut self.provenance {
            let (column, rule) = (Arc::clone(column), Arc::clone(rule));
            provenance.cells.push(CellOrigin { column, record: cluster.member(member), rule });
        }
    }
}
