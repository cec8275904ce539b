//! From what was gathered to what is told.

use super::gather::Gather;
use super::meaning::Meaning;
use super::problems;
use super::propose::propose;
use super::recognise::Shares;
use super::target::Target;
use super::{ColumnProfile, Count, FrequentValue, Lengths, Likely, Masked, Profile, ShapeCount};

/// How many frequent values and shapes are told.
const TOLD: usize = 20;
/// How many values are kept to tell keys by.
const KEYS: usize = 20;
/// Of values that look like something, and of a name that is known, so much is believed.
const BY_VALUES: f64 = 0.8;
const BY_NAME: f64 = 0.9;
/// A category has at most so many values, and each so often on average.
const FEW: u64 = 50;
const OFTEN: u64 = 4;

/// A column whose meaning and problems are not judged yet.
pub(super) fn conclude(gather: &mut Gather) -> ColumnProfile {
    gather.settle();
    let (count, exact) = gather.distinct.count();
    // An estimate may be beyond what there is.
    let distinct = Count { count: count.min(gather.filled), exact };
    let (least, most, sum) = gather.lengths;
    let mean = sum as f64 / gather.filled.max(1) as f64;
    // What may be there often, but was seen too seldom to tell, is left out.
    let known = gather.frequent.first(TOLD).into_iter().filter(|placed| placed.count() > 2 * placed.over);
    let frequent = known.map(|placed| FrequentValue {
        value: Some(placed.text.to_string()),
        times: Count { count: placed.count(), exact: placed.over == 0 },
    });
    let shapes =
        gather.shapes.first(TOLD).into_iter().filter(|placed| placed.count() > 0).map(|placed| ShapeCount {
            shape: placed.text.to_string(),
            times: Count { count: placed.count(), exact: placed.over == 0 },
        });
    let evidence = gather.evidence();
    ColumnProfile {
        name: evidence.column.clone(),
        kind: evidence.kind,
        filled: gather.filled,
        blank: gather.blanks,
        distinct,
        lengths: (gather.filled > 0).then_some(Lengths { least, most, mean }),
        frequent: frequent.collect(),
        shapes: shapes.collect(),
        meaning: None,
        problems: Vec::new(),
        shares: Shares::of(gather.sample.values()),
        keys: gather.sample.values().take(KEYS).map(|value| Masked(value.into())).collect(),
        evidence,
    }
}

/// Adds what the columns mean, and their problems.
pub(super) fn judge(profile: &mut Profile, gathered: &[Gather]) {
    let customer = Target::customer();
    let named = propose(profile, &customer);
    for ((column, gather), proposed) in profile.columns.iter_mut().zip(gathered).zip(named.columns()) {
        let by_name =
            proposed.field().and_then(|name| customer.fields.iter().find(|field| *field.name == *name));
        let by_name = by_name.and_then(|field| field.meaning).map(|meaning| (meaning, proposed.score()));
        column.meaning = likely(column, by_name);
        column.problems = problems::of(column, gather);
    }
}

/// What a column means by its name and by its values.
fn likely(column: &ColumnProfile, by_name: Option<(Meaning, f64)>) -> Option<Likely> {
    if column.filled == 0 {
        return by_name.map(|(meaning, score)| Likely { meaning, score: rounded(score * BY_NAME) });
    }
    let by_values = column.shares.most().filter(|(_, share)| *share >= 0.5);
    let (meaning, score) = match (by_name, by_values) {
        (Some((meaning, score)), Some((seen, share))) if meaning == seen => {
            (meaning, 1.0 - (1.0 - score * BY_NAME) * (1.0 - share * BY_VALUES))
        }
        (Some((_, score)), Some((seen, share))) if is_plain_to_see(seen) && share > score.min(0.8) => {
            (seen, share * BY_VALUES)
        }
        (Some((meaning, score)), _) => (meaning, score * BY_NAME),
        (None, Some((seen, share))) => (seen, share * BY_VALUES),
        (None, None) => return by_spread(column),
    };
    Some(Likely { meaning, score: rounded(score) })
}

/// Meanings that values show by themselves.
fn is_plain_to_see(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Email | Meaning::Phone | Meaning::Url | Meaning::Date | Meaning::DateTime)
}

/// What remains to be said of values that look like nothing.
fn by_spread(column: &ColumnProfile) -> Option<Likely> {
    let distinct = column.distinct.count;
    let mean = column.lengths.map_or(0.0, |lengths| lengths.mean);
    Some(match () {
        () if column.shares.numeric_share() > 0.9 => Likely { meaning: Meaning::Number, score: 0.6 },
        () if distinct > 1 && distinct <= FEW && column.filled >= OFTEN * distinct => {
            Likely { meaning: Meaning::Category, score: 0.5 }
        }
        () if mean > 20.0 => Likely { meaning: Meaning::Text, score: 0.5 },
        () => return None,
    })
}

pub(super) fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
