//! Learning the model from the records themselves, without labels: chance from
//! pairs taken at random, the rest by expectation maximisation (Dempster,
//! Laird, Rubin 1977; for record linkage Winkler 1988).

use super::Role;
use super::compare::Seen;
use super::field::Table;
use super::model::{FieldModel, LevelModel, Model, Related};
use super::sample::{Examples, Keys, compared, examples, random_pairs};
use super::universe::Universe;
use super::weigh::Weigher;

use crate::error::{Error, Result};

/// How many pairs taken at random.
const RANDOM_PAIRS: usize = 100_000;
/// How many values are compared at most to learn chance.
const CELLS: usize = 4_000_000;
/// How often expectation and maximisation are repeated.
const ROUNDS: usize = 25;

impl Model {
    /// Learns the model of the records of a table.
    pub(crate) fn trained(table: &Table, universe: &Universe, keys: &Keys, threads: usize) -> Result<Model> {
        let mut model = Model::usual(table, universe);
        model.check()?;
        model.learn_chance(table, universe, threads)?;
        model.related = related(&model.fields, universe);
        let usual = model.clone();
        let examples = examples(table, universe, keys, threads)?;
        // Between two inputs, tracks of an album compete to be the one.
        let placed = model.fields.iter().any(|field| matches!(field.role, Role::Address | Role::Phone));
        let things =
            (placed || !universe.across) && !model.fields.iter().any(|field| field.role == Role::PersonName);
        let name = if things { most_telling(&usual.fields) } else { None };
        let chances = chances(&model, &examples);
        for _ in 0..ROUNDS {
            model.learn(&usual, name, &examples, &chances, universe.pairs(), threads)?;
        }
        Ok(model)
    }

    /// The same model for the fields of a table; fails where they are others.
    pub(crate) fn for_table(&self, table: &Table) -> Result<Model> {
        self.check()?;
        let fits = self.fields.len() == table.fields.len()
            && self.fields.iter().zip(&table.fields).all(|(model, prepared)| {
                model.field == prepared.field.name
                    && model.role == prepared.field.role
                    && model.levels.len() == prepared.compared.levels().len()
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
        Model { prior: (0.2 * universe.records.max(1) as f64 / pairs).min(0.5), fields, related: Vec::new() }
    }

    fn learn_chance(&mut self, table: &Table, universe: &Universe, threads: usize) -> Result<()> {
        let pairs = random_pairs(universe, RANDOM_PAIRS.min(CELLS / table.fields.len().max(1)));
        let chunks: Vec<_> = pairs.chunks(8192).collect();
        let seen = super::parallel::each(chunks, threads, |pairs| Ok(compared(table, pairs)));
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

    fn learn(
        &mut self,
        usual: &Model,
        name: Option<usize>,
        examples: &Examples,
        chances: &[f64],
        pairs: f64,
        threads: usize,
    ) -> Result<()> {
        let weigher = Weigher::of(self);
        let chunks = (0..examples.weights.len()).step_by(4096).collect();
        let parts = super::parallel::each(chunks, threads, |start| {
            let mut sums = Sums::of(self);
            let chunk = start..examples.weights.len().min(start + 4096);
            chunk.for_each(|pair| sums.add(&weigher, examples, chances, pair));
            Ok(sums)
        })?;
        let mut sums = Sums::of(self);
        parts.iter().for_each(|part| sums.merge(part));
        sums.apply(self, usual, name, pairs);
        Ok(())
    }
}

/// For each pair and field how likely it is by chance to agree like this, which
/// the rounds of learning do not change.
fn chances(model: &Model, examples: &Examples) -> Vec<f64> {
    let weigher = Weigher::of(model);
    let seen = examples.seen.iter().enumerate();
    seen.map(|(place, seen)| weigher.chance(place % examples.fields, *seen)).collect()
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
    (Role::Company, 1, 6, 0.9),
    (Role::Address, 1, 6, 0.8),
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

/// The kinds of strangers who have something in common, at first.
fn related(fields: &[FieldModel], universe: &Universe) -> Vec<Related> {
    let prior = universe.records as f64 / universe.pairs();
    let class = |name: &str, shared: &dyn Fn(usize) -> Vec<f64>| Related {
        name: name.to_owned(),
        prior,
        shared: (0..fields.len()).map(shared).collect(),
    };
    if fields.iter().any(|field| field.role == Role::PersonName) {
        let of = |shares: Shares| {
            move |field: usize| {
                let mut shared = vec![0.0; fields[field].levels.len()];
                if let Some((_, from, to, share)) =
                    shares.iter().find(|(role, ..)| *role == fields[field].role)
                {
                    let top = shared.len() - 1;
                    spread(&mut shared[*from..=(*to).min(top)], *share);
                }
                shared
            }
        };
        return vec![class("same place or company", &of(PLACE)), class("same family", &of(FAMILY))];
    }
    if fields.len() < 3 {
        return Vec::new();
    }
    // Things: tracks of an album, papers of a workshop, shops of a town. They
    // share what does not tell them apart; between two inputs, where a record
    // has one counterpart, that is parts of it.
    let name = most_telling(fields);
    let placed = fields.iter().any(|field| matches!(field.role, Role::Address | Role::Phone));
    let kind = |field: usize| {
        let mut shared = vec![0.0; fields[field].levels.len()];
        let top = shared.len() - 1;
        match fields[field].role {
            Role::Id => (),
            // Two restaurants of a hotel have its address and its phone, and names of their own.
            _ if Some(field) == name && placed => (),
            Role::Company | Role::FreeText if universe.across && !placed || Some(field) == name => {
                spread(&mut shared[1..=3.min(top)], 0.5);
            }
            _ => spread(&mut shared[1..], 0.6),
        }
        shared
    };
    vec![class("same kind", &kind)]
}

fn spread(levels: &mut [f64], share: f64) {
    let each = share / levels.len() as f64;
    levels.fill(each);
}

/// The name of a thing: the text that strangers agree on least.
fn most_telling(fields: &[FieldModel]) -> Option<usize> {
    let texts =
        fields.iter().enumerate().filter(|(_, field)| matches!(field.role, Role::Company | Role::FreeText));
    let agree = |field: &FieldModel| field.levels.iter().skip(4).map(|level| level.chance).sum::<f64>();
    texts.min_by(|a, b| agree(a.1).total_cmp(&agree(b.1)).then(a.0.cmp(&b.0))).map(|(field, _)| field)
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

    /// In the order of the examples, so that the number of threads does not matter.
    fn merge(&mut self, other: &Sums) {
        let add = |into: &mut Vec<f64>, from: &Vec<f64>| {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from)
        };
        self.same += other.same;
        add(&mut self.related, &other.related);
        self.levels.iter_mut().zip(&other.levels).for_each(|(into, from)| add(into, from));
        for (into, from) in self.shared.iter_mut().zip(&other.shared) {
            into.iter_mut().zip(from).for_each(|(into, from)| add(into, from));
        }
    }

    fn add(&mut self, weigher: &Weigher, examples: &Examples, chances: &[f64], pair: usize) {
        let fields = pair * examples.fields..(pair + 1) * examples.fields;
        let known = fields.zip(0..).filter(|(place, _)| !examples.seen[*place].is_missing());
        let mut odds = weigher.prior();
        for (place, field) in known.clone() {
            weigher.add(field, examples.seen[place].level, chances[place], &mut odds);
        }
        let all = odds.same + odds.chance + odds.related.iter().sum::<f64>();
        if all <= 0.0 {
            return;
        }
        let same = odds.same / all;
        self.same += same * examples.weights[pair];
        for (sum, odds) in self.related.iter_mut().zip(odds.related) {
            *sum += odds / all * examples.weights[pair];
        }
        for (place, field) in known {
            let (level, without) = (examples.seen[place].level, examples.without[place]);
            self.levels[field][usize::from(level)] += same * without;
            let agree = weigher.related(field, level, chances[place]);
            for (class, sums) in self.shared.iter_mut().enumerate() {
                let sums = &mut sums[field];
                let weight = odds.related[class] / all * without;
                let because = weigher.level(field, level).shared[class] / agree[class].max(1e-300);
                sums[usize::from(level)] += weight * because;
                *sums.last_mut().unwrap_or(&mut 0.0) += weight;
            }
        }
    }

    fn apply(&self, model: &mut Model, usual: &Model, name: Option<usize>, pairs: f64) {
        model.prior = (self.same / pairs).clamp(1e-15, 0.5);
        for (number, ((field, sums), usual)) in
            model.fields.iter_mut().zip(&self.levels).zip(&usual.fields).enumerate()
        {
            let total: f64 = sums.iter().sum();
            // What a thing is called is not left to the data alone: tracks of an album are not one track.
            let strength = 20.0 + if name == Some(number) { 0.5 } else { 0.05 } * total;
            for ((level, sum), usual) in field.levels.iter_mut().zip(sums).zip(&usual.levels) {
                level.same = (sum + strength * usual.same) / (total + strength);
            }
            // To differ never speaks for one customer.
            if let Some(lowest) = field.levels.first_mut() {
                lowest.same = lowest.same.min(lowest.chance);
            }
            field.trained = total >= 20.0;
        }
        for ((class, sum), shared) in model.related.iter_mut().zip(&self.related).zip(&self.shared) {
            class.prior = (sum / pairs).clamp(1e-18, 0.5);
            for (levels, sums) in class.shared.iter_mut().zip(shared) {
                let all = sums.last().copied().unwrap_or(0.0);
                for (level, sum) in levels.iter_mut().zip(sums).filter(|(level, _)| **level > 0.0) {
                    *level = ((sum + 0.1) / (all + 5.0)).min(0.98);
                }
            }
        }
    }
}
