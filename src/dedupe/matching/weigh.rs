//! Weighing the evidence of many pairs: a model made ready for it.

use super::compare::Seen;
use super::model::{KINDS, Model};

/// A model made ready for weighing.
pub(crate) struct Weigher {
    prior: Odds,
    fields: Vec<Field>,
}

struct Field {
    scale: f64,
    levels: Vec<Level>,
    /// For each class of related strangers, the probability that they agree by chance.
    rest: [f64; KINDS],
}

/// The probabilities of a level.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub same: f64,
    pub chance: f64,
    /// For each class of related strangers, because of what they have in common.
    pub shared: [f64; KINDS],
}

/// How likely it is, whichever class the pair belongs to, to see what was seen so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Odds {
    pub same: f64,
    pub chance: f64,
    pub related: [f64; KINDS],
}

impl Odds {
    /// The weight of all evidence, in bits: the logarithm of the odds, to base 2.
    pub fn weight(&self) -> f64 {
        let strangers = self.chance + self.related.iter().sum::<f64>();
        (self.same.max(f64::MIN_POSITIVE) / strangers.max(f64::MIN_POSITIVE)).log2()
    }

    /// Whether the weight stays below that of these odds, if what is to come
    /// says no more for one customer than `hope`, against each class.
    pub fn are_below(&self, least: f64, hope: &[f64; KINDS]) -> bool {
        self.related.iter().zip(hope).any(|(related, hope)| self.same * hope < related * least)
    }
}

impl Weigher {
    pub fn of(model: &Model) -> Self {
        let mut prior = Odds { same: model.prior, chance: 1.0, related: [0.0; KINDS] };
        prior.related.iter_mut().zip(&model.related).for_each(|(prior, class)| *prior = class.prior);
        let fields = model.fields.iter().enumerate().map(|(number, field)| {
            let levels = field.levels.iter().enumerate().map(|(level, known)| {
                let mut shared = [0.0; KINDS];
                let classes = shared.iter_mut().zip(&model.related);
                classes.for_each(|(shared, class)| *shared = class.shared[number][level]);
                Level { same: known.same, chance: known.chance, shared }
            });
            let mut rest = [0.0; KINDS];
            let classes = rest.iter_mut().zip(&model.related);
            classes.for_each(|(rest, class)| *rest = class.by_chance(number));
            Field { scale: field.scale, levels: levels.collect(), rest }
        });
        Weigher { prior, fields: fields.collect() }
    }

    /// Before anything was seen.
    pub fn prior(&self) -> Odds {
        self.prior
    }

    /// The probability that strangers agree like this by chance; 1 where a value is missing.
    pub fn chance(&self, field: usize, seen: Seen) -> f64 {
        if seen.is_missing() {
            return 1.0;
        }
        let field = &self.fields[field];
        if seen.bits.is_nan() {
            return field.levels[usize::from(seen.level)].chance;
        }
        (-field.scale * f64::from(seen.bits)).exp2()
    }

    /// A level of a field.
    pub fn level(&self, field: usize, level: u8) -> &Level {
        &self.fields[field].levels[usize::from(level)]
    }

    /// How likely it is that related strangers agree at a level, by chance or not.
    #[inline]
    pub fn related(&self, field: usize, level: u8, chance: f64) -> [f64; KINDS] {
        let (field, level) = (&self.fields[field], self.level(field, level));
        std::array::from_fn(|class| level.shared[class] + field.rest[class] * chance)
    }

    /// Adds what was seen in a field, and how likely that is by chance.
    #[inline]
    pub fn add(&self, field: usize, level: u8, chance: f64, odds: &mut Odds) {
        if level == Seen::MISSING.level {
            return;
        }
        odds.same *= self.level(field, level).same;
        odds.chance *= chance;
        let related = self.related(field, level, chance);
        odds.related.iter_mut().zip(related).for_each(|(odds, related)| *odds *= related);
    }

    /// What all fields together say.
    pub fn odds(&self, seen: &[Seen]) -> Odds {
        let mut odds = self.prior;
        for (field, seen) in seen.iter().enumerate() {
            self.add(field, seen.level, self.chance(field, *seen), &mut odds);
        }
        odds
    }

    /// By how much a field can say for one customer against each class of
    /// related strangers, at most.
    pub fn hope(&self, field: usize) -> [f64; KINDS] {
        let field = &self.fields[field];
        // At the lowest level values differ, which is no surprise; above it, chance may be nil.
        std::array::from_fn(|class| {
            let hope = field.levels.iter().enumerate().map(|(number, level)| {
                let by_chance = if number == 0 { field.rest[class] * level.chance } else { 0.0 };
                level.same / (level.shared[class] + by_chance).max(f64::MIN_POSITIVE)
            });
            hope.fold(1.0, f64::max)
        })
    }
}
