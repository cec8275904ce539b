//! What the evidence is worth: the model of Fellegi and Sunter (1969), with
//! strangers who have something in common as classes of their own.

use serde::{Deserialize, Serialize};

use super::Role;
use super::compare::Seen;

/// What the agreement of two records is worth.
///
/// A pair of records is one customer, or two that have nothing to do with each
/// other, or two that are [`Related`]. Every level of agreement of every field
/// has its probability in each case; the logarithm of their ratio, to base 2,
/// is the weight of the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The probability that two records taken at random are one customer.
    pub prior: f64,
    /// The fields, in the order in which they are compared.
    pub fields: Vec<FieldModel>,
    /// The kinds of strangers who have something in common.
    pub related: Vec<Related>,
}

/// What the agreement of a field is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// The field: its column, or several: `street + city`.
    pub field: String,
    /// How it is compared; [`Role::Ignore`] where a [`Comparator`](super::Comparator)
    /// of the user's own compares it.
    pub role: Role,
    /// The levels of agreement, from the lowest.
    pub levels: Vec<LevelModel>,
    /// How much a bit of surprise is worth, from 0 to 1: less than 1 where
    /// what agrees by chance agrees in several ways at once.
    pub scale: f64,
    /// Whether the data taught the levels; if not, they are what is usual.
    pub trained: bool,
}

/// What a level of agreement is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelModel {
    /// The level: `same number`.
    pub level: String,
    /// Its probability for two records of one customer.
    pub same: f64,
    /// Its probability for two records taken at random; where a value's own
    /// frequency tells more, that is used instead.
    pub chance: f64,
}

/// Strangers who have something in common: colleagues, a family, namesakes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// What they are called in explanations: `same place`.
    pub name: String,
    /// The probability that two records taken at random are such a pair.
    pub prior: f64,
    /// For each field and level, the probability that they agree like this
    /// because of what they have in common. What is missing to 1 agrees by chance.
    pub shared: Vec<Vec<f64>>,
}

/// How many kinds of related strangers a model has at most.
pub(crate) const KINDS: usize = 4;

/// The probability of odds given as the logarithm to base 2.
pub(crate) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

impl FieldModel {
    /// The probability that strangers agree like this by chance.
    pub(crate) fn chance(&self, seen: Seen) -> f64 {
        if seen.bits.is_nan() {
            return self.levels[seen.level as usize].chance;
        }
        (-self.scale * f64::from(seen.bits)).exp2()
    }

    pub(crate) fn same(&self, seen: Seen) -> f64 {
        self.levels[seen.level as usize].same
    }
}

impl Related {
    /// The probability that a related pair agrees in a field by chance alone.
    pub(crate) fn by_chance(&self, field: usize) -> f64 {
        (1.0 - self.shared[field].iter().sum::<f64>()).max(0.0)
    }

    /// The probability that a related pair agrees like this in a field.
    pub(crate) fn agree(&self, field: usize, seen: Seen, chance: f64) -> f64 {
        self.shared[field][usize::from(seen.level)] + self.by_chance(field) * chance
    }
}
