//! Which pairs are compared: those that agree on one of several rules, chosen
//! for what they find and for what they cost.

use super::compare::Key;
use super::field::Table;
use super::own::RuleKeys;
use super::sample::{Frame, Keys, Random, both};
use super::universe::Universe;
use crate::error::Result;

/// A rule, measured.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// The keys that must agree: of a field, or of two.
    pub keys: Vec<(usize, Key)>,
    /// About how many pairs agree on it, without those of blocks that are too large.
    pub pairs: f64,
    pub sizes: Sizes,
}

/// How large the blocks of a rule are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sizes {
    /// Records of the largest block that is compared.
    pub largest: usize,
    /// Blocks that are too large, and the records of the largest of them.
    pub skipped: u64,
    pub oversized: usize,
}

impl Sizes {
    /// Counts a block; says whether it is compared.
    pub fn take(&mut self, records: usize, limit: usize) -> bool {
        if records > limit {
            self.skipped += 1;
            self.oversized = self.oversized.max(records);
            return false;
        }
        self.largest = self.largest.max(records);
        records > 1
    }
}

/// The rules that are used.
pub(crate) struct Blocking {
    pub rules: Vec<Rule>,
    /// The share of pairs of one customer that some rule is estimated to find.
    pub recall: f64,
    /// Blocks of more records are not compared.
    pub largest: usize,
}

/// At most so many rules.
const RULES: usize = 20;
/// Up to so many pairs are compared without much thought.
pub(crate) const ALL_PAIRS: f64 = 5e6;
/// A rule must find such a share of the duplicates; and beyond those pairs one
/// in so many, if every record had one.
const LEAST: f64 = 0.0005;
const PAIRS_FOR_ONE: f64 = 200.0;
/// Records that rules are measured on.
const MEASURED: usize = 50_000;

impl Rule {
    /// The keys of a record: each of one field with each of the other.
    pub fn of(&self, table: &Table, record: u32, keys: &mut Vec<u64>, spare: &mut Vec<u64>) {
        keys.clear();
        match self.keys[..] {
            [(field, key)] => table.keys(field, key, record, keys),
            [one, two] => {
                spare.clear();
                table.keys(one.0, one.1, record, spare);
                let ones = spare.len();
                if ones > 0 {
                    table.keys(two.0, two.1, record, spare);
                }
                let (ones, twos) = spare.split_at(ones);
                keys.extend(ones.iter().flat_map(|a| twos.iter().map(|b| both(*a, *b))));
            }
            _ => (),
        }
    }
}

impl Blocking {
    /// Chooses rules that find most within a budget of pairs.
    pub fn chosen(
        table: &Table,
        universe: &Universe,
        keys: &Keys,
        budget: f64,
        threads: usize,
    ) -> Result<Self> {
        let largest = ((budget / 4.0).sqrt() as usize).clamp(50, 2_000);
        let own = own(table, universe, largest);
        let mut candidates = super::parallel::each(keys.frames(), threads, |frame| {
            Ok(measure(universe, keys, frame, largest))
        })?;
        let copies = copies(table, universe, keys);
        let finds: Vec<Vec<bool>> = candidates
            .iter()
            .map(|rule| copies.iter().map(|copy| finds(table, &rule.keys, copy)).collect())
            .collect();
        let mut used = vec![false; candidates.len()];
        let mut found = vec![0_u8; copies.len()];
        let mut rules = Vec::new();
        let mut spent: f64 = own.iter().map(|rule| rule.pairs).sum();
        while rules.len() < RULES {
            let worth = |(number, rule): (usize, &Rule)| -> (f64, usize) {
                let gain: f64 =
                    finds[number].iter().zip(&found).map(|(finds, found)| gain(*finds, *found)).sum();
                let share = gain / copies.len() as f64;
                let dear = spent + rule.pairs > ALL_PAIRS
                    && share * universe.records as f64 * PAIRS_FOR_ONE < rule.pairs;
                let poor = used[number] || share < LEAST || dear || spent + rule.pairs > budget;
                (if poor { 0.0 } else { gain / (rule.pairs + 0.02 * budget) }, number)
            };
            let best = candidates.iter().enumerate().map(worth);
            let best = best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((_, number)) = best.filter(|(worth, _)| *worth > 0.0) else { break };
            used[number] = true;
            spent += candidates[number].pairs;
            found.iter_mut().zip(&finds[number]).for_each(|(found, finds)| *found += u8::from(*finds));
            rules.push(number);
        }
        let recall = found.iter().filter(|found| **found > 0).count() as f64 / found.len().max(1) as f64;
        rules.sort_unstable();
        let chosen = rules.into_iter().rev().map(|number| candidates.swap_remove(number));
        let rules = own.into_iter().chain(chosen).collect();
        Ok(Blocking { rules, recall, largest })
    }
}

/// What it is worth to find a duplicate that so many rules find already: their
/// estimates are not so good that one is enough.
fn gain(finds: bool, found: u8) -> f64 {
    match found {
        _ if !finds => 0.0,
        0 => 1.0,
        1 => 0.2,
        2 => 0.03,
        _ => 0.0,
    }
}

fn measure(universe: &Universe, keys: &Keys, frame: Frame, largest: usize) -> Rule {
    let grouped = keys.grouped(&frame, universe.sample.len().min(MEASURED));
    let keys = frame.0.iter().map(|kind| keys.kinds[*kind]).collect();
    Rule { keys, pairs: pairs(universe, &grouped, largest), sizes: Sizes::default() }
}

/// The rules of the user's own.
fn own(table: &Table, universe: &Universe, largest: usize) -> Vec<Rule> {
    let sample = &universe.sample[..universe.sample.len().min(MEASURED)];
    let rule = |(number, rule): (usize, &RuleKeys)| {
        let keys = sample.iter().enumerate();
        let keys = keys.filter_map(|(place, record)| Some((rule.key(*record)?, place as u32)));
        let mut grouped: Vec<(u64, u32)> = keys.collect();
        grouped.sort_unstable();
        let pairs = pairs(universe, &grouped, largest);
        Rule { keys: vec![(table.fields.len() + number, Key::Whole)], pairs, sizes: Sizes::default() }
    };
    table.rules.iter().enumerate().map(rule).collect()
}

/// About how many pairs agree, where those of a sample do that stand here by their keys.
fn pairs(universe: &Universe, grouped: &[(u64, u32)], largest: usize) -> f64 {
    let places = universe.sample.len().min(MEASURED);
    let scale = universe.records as f64 / places.max(1) as f64;
    let mut pairs = 0.0;
    for block in grouped.chunk_by(|a, b| a.0 == b.0) {
        if (block.len() as f64 - 1.0) * scale < largest as f64 {
            pairs += (block.len() * (block.len() - 1) / 2) as f64 * scale * scale;
        }
    }
    if universe.across {
        pairs /= 2.0;
    }
    pairs
}

/// Duplicates as they may be: for each field, which share of duplicates keeps
/// more than this one; more than 1 where the value is missing.
fn copies(table: &Table, universe: &Universe, keys: &Keys) -> Vec<Vec<f64>> {
    const COPIES: usize = 2_000;
    let mut random = Random::new(7);
    let first = |field: usize| keys.kinds.iter().position(|(of, _)| *of == field);
    let places = universe.sample.len().min(COPIES);
    let has = |place: usize, field: usize| first(field).is_some_and(|kind| keys.has(kind, place));
    let sample: Vec<Vec<bool>> =
        (0..places).map(|place| (0..table.fields.len()).map(|field| has(place, field)).collect()).collect();
    let mut copies = Vec::with_capacity(places);
    for record in &sample {
        let other = &sample[random.below(places as u64) as usize];
        let both = record.iter().zip(other);
        copies.push(both.map(|(a, b)| if *a && *b { random.share() } else { 2.0 }).collect());
    }
    copies
}

fn finds(table: &Table, keys: &[(usize, Key)], copy: &[f64]) -> bool {
    keys.iter().all(|(field, key)| {
        let kinds = table.fields[*field].compared.kinds();
        kinds.iter().any(|(kind, kept)| kind == key && copy[*field] < *kept)
    })
}
