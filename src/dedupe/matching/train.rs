//! Learning the model from the records themselves, without labels: chance from
//! pairs taken at random, the rest by expectation maximisation (Dempster,
//! Laird, Rubin 1977; for record linkage Winkler 1988).

use super::Role;
use super::compare::{Key, Seen};
use super::field::Table;
use super::model::{FieldModel, LevelModel, Model, Related};
use super::sample::{Example, Frame, Universe, examples, random_pairs};

use crate::error::{Error, Result};

/// How many pairs taken at random.
const RANDOM_PAIRS: usize = 200_000;
/// How often expectation and maximisation are repeated.
const ROUNDS: usize = 25;

impl Model {
    /// Learns the model of the records of a table.
    pub(crate) fn trained(table: &Table, universe: &Universe, threads: usize) -> Result<Model> {
        let usual = Model::usual(table, universe);
        let mut model = usual.clone();
        model.learn_chance(table, universe, threads)?;
        let examples = examples(table, universe, &frames(table), threads)?;
        for _ in 0..ROUNDS {
            model.learn(&usual, &examples, universe.pairs());
        }
        Ok(model)
    }

    /// The same model for the fields of a table; fails where they are others.
    pub(crate) fn for_table(&self, table: &Table) -> Result<Model> {
        let fits = self.fields.len() == table.fields.len()
            && self.fields.iter().zip(&table.fields).all(|(model, prepared)| {
                model.role == prepared.field.role && model.levels.len() == prepared.compared.levels().len()
            });
        if !fits {
            let names: Vec<&str> = self.fields.iter().map(|field| &*field.field).collect();
            return Err(Error::bind(format!("the model is of other columns: {}", names.join(", "))));
        }
        Ok(self.clone())
    }

    /// What is usual, before there are data.
    fn usual(table: &Table, universe: &Universe) -> Model {
        let fields = table.fields.iter().map(|prepared| FieldModel {
            field: prepared.field.name.clone(),
            role: prepared.field.role,
            levels: prepared
                .compared
                .levels()
                .iter()
                .map(|level| LevelModel {
                    level: level.name.to_owned(),
                    same: level.same,
                    chance: level.chance,
                })
                .collect(),
            scale: 1.0,
            trained: false,
        });
        let fields: Vec<FieldModel> = fields.collect();
        let pairs = universe.pairs();
        let persons = fields.iter().any(|field| field.role == Role::PersonName);
        let related: &[(&str, Shares)] = match persons {
            true => &[("same place or company", PLACE), ("same family", FAMILY)],
            false => &[("same kind", KIND)],
        };
        let related = related.iter().map(|(name, shares)| Related {
            name: (*name).to_owned(),
            prior: universe.records as f64 / pairs,
            shared: fields
                .iter()
                .map(|field| {
                    let mut shared = vec![0.0; field.levels.len()];
                    if let Some((_, from, to, share)) = shares.iter().find(|(role, ..)| *role == field.role) {
                        let top = field.levels.len() - 1;
                        let levels = &mut shared[*from..=(*to).min(top)];
                        let each = share / levels.len() as f64;
                        levels.fill(each);
                    }
                    shared
                })
                .collect(),
        });
        let related = related.collect();
        Model { prior: 0.2 * universe.records as f64 / pairs, fields, related }
    }

    fn learn_chance(&mut self, table: &Table, universe: &Universe, threads: usize) -> Result<()> {
        let pairs = random_pairs(universe, RANDOM_PAIRS);
        let chunks: Vec<_> = pairs.chunks(8192).collect();
        let seen = super::parallel::each(chunks, threads, |pairs| {
            let mut all = vec![Seen::MISSING; pairs.len() * table.fields.len()];
            let rows = all.chunks_exact_mut(table.fields.len());
            pairs.iter().zip(rows).for_each(|((a, b), seen)| table.compare(*a, *b, seen));
            Ok(all)
        });
        let seen = seen?.concat();
        for (number, field) in self.fields.iter_mut().enumerate() {
            let column = seen.iter().skip(number).step_by(table.fields.len());
            let known: Vec<Seen> = column.copied().filter(|seen| !seen.is_missing()).collect();
            for (level, model) in field.levels.iter_mut().enumerate() {
                const STRENGTH: f64 = 10.0;
                let count = known.iter().filter(|seen| usize::from(seen.level) == level).count() as f64;
                model.chance = (count + STRENGTH * model.chance) / (known.len() as f64 + STRENGTH);
            }
            field.scale = scale(&known, universe.records);
        }
        Ok(())
    }

    fn learn(&mut self, usual: &Model, examples: &[Example], pairs: f64) {
        let mut sums = Sums::of(self);
        for example in examples {
            sums.add(self, example);
        }
        sums.apply(self, usual, pairs);
    }
}

/// How much a bit of surprise is worth: among pairs taken at random, agreement
/// of so many bits should be as rare as the bits say.
fn scale(known: &[Seen], records: usize) -> f64 {
    let share = (20.0 / records as f64).max(0.001);
    let rank = (known.len() as f64 * share) as usize;
    if rank < 5 || share >= 1.0 {
        return 1.0;
    }
    let mut bits: Vec<f32> =
        known.iter().map(|seen| if seen.bits.is_nan() { 0.0 } else { seen.bits }).collect();
    bits.sort_unstable_by(|a, b| b.total_cmp(a));
    let expected = -share.log2();
    (expected / f64::from(bits[rank])).clamp(0.3, 1.0)
}

/// What strangers of a class may have in common: the role, the lowest and the
/// highest level, and in how many of the pairs, at first. In nothing else they
/// agree but by chance: what tells customers apart is never shared.
type Shares = &'static [(Role, usize, usize, f64)];

/// Colleagues, neighbours: persons of one place or company.
const PLACE: Shares = &[
    (Role::Company, 3, 6, 0.9),
    (Role::Address, 2, 6, 0.8),
    (Role::City, 1, 3, 0.9),
    (Role::Postcode, 1, 3, 0.9),
    (Role::Email, 1, 1, 0.6),
    (Role::Phone, 2, 3, 0.1),
    (Role::Category, 3, 3, 0.4),
];
/// Persons who have a name in common, and more.
const FAMILY: Shares = &[
    (Role::PersonName, 1, 2, 0.9),
    (Role::Address, 2, 6, 0.8),
    (Role::City, 1, 3, 0.9),
    (Role::Postcode, 1, 3, 0.9),
    (Role::Phone, 2, 3, 0.4),
    (Role::Category, 3, 3, 0.4),
];
/// Companies and things of one place or kind.
const KIND: Shares = &[
    (Role::FreeText, 1, 3, 0.5),
    (Role::Company, 1, 3, 0.5),
    (Role::Category, 3, 3, 0.6),
    (Role::Number, 1, 3, 0.3),
    (Role::Date, 1, 4, 0.3),
    (Role::City, 1, 3, 0.5),
    (Role::Postcode, 1, 3, 0.5),
    (Role::Address, 1, 4, 0.3),
];

/// The ways to find pairs to learn from.
fn frames(table: &Table) -> Vec<Frame> {
    let kinds = |field: usize| table.fields[field].compared.kinds().iter().map(|(key, _)| *key);
    let fields = 0..table.fields.len();
    let mut frames: Vec<Frame> = fields
        .clone()
        .flat_map(|field| kinds(field).map(move |key| Frame { keys: vec![(field, key)] }))
        .collect();
    for a in fields.clone() {
        for b in a + 1..fields.end {
            frames.push(Frame { keys: vec![(a, Key::Whole), (b, Key::Whole)] });
        }
    }
    frames.truncate(60);
    frames
}

/// What one round of expectation adds up.
struct Sums {
    same: f64,
    related: Vec<f64>,
    /// For each field, the levels of pairs of one customer.
    levels: Vec<Vec<f64>>,
    /// For each class and field, the levels that are shared; the last is all that is known.
    shared: Vec<Vec<Vec<f64>>>,
}

impl Sums {
    fn of(model: &Model) -> Self {
        let levels: Vec<Vec<f64>> = model.fields.iter().map(|field| vec![0.0; field.levels.len()]).collect();
        let with_all = levels.iter().map(|levels| vec![0.0; levels.len() + 1]).collect::<Vec<_>>();
        Sums {
            same: 0.0,
            related: vec![0.0; model.related.len()],
            shared: vec![with_all; model.related.len()],
            levels,
        }
    }

    fn add(&mut self, model: &Model, example: &Example) {
        let mut chances = [1.0; 64];
        let mut same = model.prior;
        let mut stranger = 1.0;
        let mut related: Vec<f64> = model.related.iter().map(|class| class.prior).collect();
        let known = || example.seen.iter().enumerate().filter(|(_, seen)| !seen.is_missing());
        for (field, seen) in known() {
            let chance = model.fields[field].chance(*seen);
            chances[field % 64] = chance;
            same *= model.fields[field].same(*seen);
            stranger *= chance;
            for (likelihood, class) in related.iter_mut().zip(&model.related) {
                *likelihood *= class.agree(field, *seen, chance);
            }
        }
        let all = same + stranger + related.iter().sum::<f64>();
        if all <= 0.0 {
            return;
        }
        same /= all;
        self.same += same * example.weight;
        for (field, seen) in known() {
            self.levels[field][usize::from(seen.level)] += same * example.without[field];
        }
        for (number, (likelihood, class)) in related.iter().zip(&model.related).enumerate() {
            let share = likelihood / all;
            self.related[number] += share * example.weight;
            for (field, seen) in known() {
                let level = usize::from(seen.level);
                let weight = share * example.without[field];
                let because =
                    class.shared[field][level] / class.agree(field, *seen, chances[field % 64]).max(1e-300);
                let sums = &mut self.shared[number][field];
                sums[level] += weight * because;
                *sums.last_mut().unwrap_or(&mut 0.0) += weight;
            }
        }
    }

    fn apply(&self, model: &mut Model, usual: &Model, pairs: f64) {
        model.prior = (self.same / pairs).clamp(1e-15, 0.5);
        for ((field, sums), usual) in model.fields.iter_mut().zip(&self.levels).zip(&usual.fields) {
            let total: f64 = sums.iter().sum();
            let strength = 20.0 + 0.05 * total;
            for ((level, sum), usual) in field.levels.iter_mut().zip(sums).zip(&usual.levels) {
                level.same = (sum + strength * usual.same) / (total + strength);
            }
            field.trained = total >= 20.0;
        }
        for ((class, sum), shared) in model.related.iter_mut().zip(&self.related).zip(&self.shared) {
            class.prior = (sum / pairs).clamp(1e-18, 0.5);
            for (levels, sums) in class.shared.iter_mut().zip(shared) {
                let all = sums.last().copied().unwrap_or(0.0);
                for (level, sum) in levels.iter_mut().zip(sums) {
                    *level = (sum / (all + 5.0)).min(0.98);
                }
            }
        }
    }
}
