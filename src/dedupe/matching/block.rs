//! Which pairs are compared: those that agree on one of several rules, chosen
//! for what they find and for what they cost.

use super::compare::Key;
use super::field::Table;
use super::sample::{Frame, Random, Universe, grouped};
use crate::error::Result;

/// A rule, measured.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub frame: Frame,
    /// Pairs that agree on it, without those of blocks that are too large.
    pub pairs: f64,
    /// Records of the largest block that is compared, and of the largest of all.
    pub largest: usize,
    pub oversized: usize,
    /// Blocks that are too large.
    pub skipped: u64,
}

/// The rules that are used.
pub(crate) struct Blocking {
    pub rules: Vec<Rule>,
    /// The share of pairs of one customer that some rule is estimated to find.
    pub recall: f64,
    /// Blocks of more records are not compared.
    pub largest: usize,
}

impl Blocking {
    /// Chooses rules that find most within a budget of pairs.
    pub fn chosen(table: &Table, universe: &Universe, budget: f64, threads: usize) -> Result<Self> {
        let largest = ((budget / 4.0).sqrt() as usize).clamp(50, 2_000);
        let every = (table.len() as u64 / 100_000).max(1);
        let measured = super::parallel::each(candidates(table), threads, |frame| {
            Ok(measure(table, universe, frame, every, largest))
        });
        let mut candidates = measured?;
        let copies = copies(table);
        let mut found = vec![0_u8; copies.len()];
        let mut rules: Vec<Rule> = Vec::new();
        let mut spent = 0.0;
        while rules.len() < 24 {
            let worth = |rule: &Rule| -> f64 {
                if spent + rule.pairs > budget {
                    return 0.0;
                }
                let gain: f64 = copies
                    .iter()
                    .zip(&found)
                    .filter(|(copy, _)| finds(table, &rule.frame, copy))
                    .map(|(_, found)| match found {
                        0 => 1.0,
                        1 => 0.2,
                        2 => 0.03,
                        _ => 0.0,
                    })
                    .sum();
                if gain < 0.001 * copies.len() as f64 { 0.0 } else { gain / (rule.pairs + 0.02 * budget) }
            };
            let best = candidates.iter().enumerate().map(|(place, rule)| (worth(rule), place));
            let Some((worth, place)) = best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))) else {
                break;
            };
            if worth <= 0.0 {
                break;
            }
            let rule = candidates.swap_remove(place);
            spent += rule.pairs;
            for (copy, found) in copies.iter().zip(&mut found) {
                *found += u8::from(finds(table, &rule.frame, copy));
            }
            rules.push(rule);
        }
        let recall = found.iter().filter(|found| **found > 0).count() as f64 / found.len().max(1) as f64;
        rules.sort_by(|a, b| a.frame.keys.len().cmp(&b.frame.keys.len()).then(a.pairs.total_cmp(&b.pairs)));
        Ok(Blocking { rules, recall, largest })
    }
}

/// Every key of every field, and every two of different fields.
fn candidates(table: &Table) -> Vec<Frame> {
    let kinds = |field: usize| table.fields[field].compared.kinds().iter().map(move |(key, _)| (field, *key));
    let all: Vec<(usize, Key)> = (0..table.fields.len()).flat_map(kinds).collect();
    let mut frames: Vec<Frame> = all.iter().map(|key| Frame { keys: vec![*key] }).collect();
    for (place, a) in all.iter().enumerate() {
        frames.extend(all[place + 1..].iter().filter(|b| b.0 != a.0).map(|b| Frame { keys: vec![*a, *b] }));
    }
    frames
}

fn measure(table: &Table, universe: &Universe, frame: Frame, every: u64, largest: usize) -> Rule {
    let grouped = grouped(table, &frame, every);
    let mut rule = Rule { frame, pairs: 0.0, largest: 0, oversized: 0, skipped: 0 };
    for block in grouped.chunk_by(|a, b| a.0 == b.0) {
        if block.len() > largest {
            rule.oversized = rule.oversized.max(block.len());
            rule.skipped += every;
        } else {
            rule.largest = rule.largest.max(block.len());
            rule.pairs += (block.len() * (block.len() - 1) / 2) as f64 * every as f64;
        }
    }
    if universe.across {
        rule.pairs /= 2.0;
    }
    rule
}

/// Duplicates as they may be: for each field, below which share of keys that
/// are kept this one lies; more than 1 where the value is missing.
fn copies(table: &Table) -> Vec<Vec<f64>> {
    const COPIES: usize = 2_000;
    let mut random = Random::new(7);
    let mut keys = Vec::new();
    let records = table.len();
    let step = (records / COPIES).max(1);
    let mut has = |record: usize, field: usize| {
        keys.clear();
        let (key, _) = table.fields[field].compared.kinds()[0];
        table.keys(field, key, record as u32, &mut keys);
        !keys.is_empty()
    };
    let sample: Vec<Vec<bool>> = (0..records)
        .step_by(step)
        .map(|record| (0..table.fields.len()).map(|field| has(record, field)).collect())
        .collect();
    let mut copies = Vec::with_capacity(sample.len());
    for record in &sample {
        let other = &sample[random.below(sample.len() as u64) as usize];
        let both = record.iter().zip(other);
        copies.push(both.map(|(a, b)| if *a && *b { random.share() } else { 2.0 }).collect());
    }
    copies
}

fn finds(table: &Table, frame: &Frame, copy: &[f64]) -> bool {
    frame.keys.iter().all(|(field, key)| {
        let kinds = table.fields[*field].compared.kinds();
        kinds.iter().any(|(kind, kept)| kind == key && copy[*field] < *kept)
    })
}
