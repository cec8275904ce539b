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

/// The likelihoods of a pair of records.
pub(crate) struct Likelihood {
    pub same: f64,
    pub chance: f64,
    pub related: f64,
}

impl Likelihood {
    /// The weight of all evidence, in bits: the logarithm of the odds, to base 2.
    pub fn weight(&self) -> f64 {
        let strangers = self.chance + self.related;
        (self.same.max(f64::MIN_POSITIVE) / strangers.max(f64::MIN_POSITIVE)).log2()
    }
}

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
    /// By how much a field can say for one customer against such a pair at most.
    pub(crate) fn hope(&self, field: usize, model: &FieldModel) -> f64 {
        let shared = &self.shared[field];
        let rest = (1.0 - shared.iter().sum::<f64>()).max(0.0);
        let levels = model.levels.iter().zip(shared).enumerate();
        // At the lowest level values differ, which is no surprise; above it, chance may be nil.
        let hope = levels.map(|(number, (level, shared))| match number {
            0 => level.same / (shared + rest * level.chance).max(f64::MIN_POSITIVE),
            _ => level.same / shared.max(f64::MIN_POSITIVE),
        });
        hope.fold(1.0, f64::max)
    }

    /// The probability that a related pair agrees like this in a field.
    pub(crate) fn agree(&self, field: usize, seen: Seen, chance: f64) -> f64 {
        let shared = &self.shared[field];
        let rest = 1.0 - shared.iter().sum::<f64>();
        shared[seen.level as usize] + rest.max(0.0) * chance
    }
}

impl Model {
    /// How likely what was seen is for each class of pairs.
    pub(crate) fn likelihood(&self, seen: &[Seen]) -> Likelihood {
        let mut same = self.prior;
        let mut chance = 1.0;
        let mut related = [0.0; KINDS];
        let classes = related.iter_mut().zip(&self.related);
        classes.for_each(|(likelihood, class)| *likelihood = class.prior);
        for (field, (model, seen)) in self.fields.iter().zip(seen).enumerate() {
            if seen.is_missing() {
                continue;
            }
            let by_chance = model.chance(*seen);
            same *= model.same(*seen);
            chance *= by_chance;
            for (likelihood, class) in related.iter_mut().zip(&self.related) {
                *likelihood *= class.agree(field, *seen, by_chance);
            }
        }
        Likelihood { same, chance, related: related.iter().sum() }
    }

    /// Whether a pair stays below a weight whatever the fields show that are
    /// missing yet: `hope` is how much they can say for one customer against
    /// each class of related strangers.
    pub(crate) fn is_hopeless(&self, seen: &[Seen], hope: &[f64], least: f32) -> bool {
        if self.related.is_empty() {
            return false;
        }
        let mut same = self.prior;
        let mut related = [0.0; 4];
        related.iter_mut().zip(&self.related).for_each(|(likelihood, class)| *likelihood = class.prior);
        for (field, (model, seen)) in
            self.fields.iter().zip(seen).enumerate().filter(|(_, (_, seen))| !seen.is_missing())
        {
            let chance = model.chance(*seen);
            same *= model.same(*seen);
            for (likelihood, class) in related.iter_mut().zip(&self.related) {
                *likelihood *= class.agree(field, *seen, chance);
            }
        }
        let least = f64::from(least).exp2();
        related.iter().zip(hope).any(|(related, hope)| same * hope < related * least)
    }

    /// The weight of a pair, in bits.
    pub(crate) fn weight(&self, seen: &[Seen]) -> f64 {
        self.likelihood(seen).weight()
    }
}
