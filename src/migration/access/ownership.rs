//! Who owns how many rows, and which of them change hands.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

/// How many rows of each entity each user owns. The owner `""` is nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ownership {
    /// By entity and owner.
    rows: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Ownership {
    /// Nothing is owned.
    pub fn new() -> Self {
        Ownership::default()
    }

    /// Adds rows of an owner to those that were counted.
    pub fn add(&mut self, entity: &str, owner: &str, rows: u64) {
        if !self.rows.contains_key(entity) {
            self.rows.insert(entity.to_owned(), BTreeMap::new());
        }
        let Some(owners) = self.rows.get_mut(entity) else { return };
        match owners.get_mut(owner) {
            Some(count) => *count = count.saturating_add(rows),
            None => drop(owners.insert(owner.to_owned(), rows)),
        }
    }

    /// The same, with rows of an owner added.
    #[must_use]
    pub fn with(mut self, entity: &str, owner: &str, rows: u64) -> Self {
        self.add(entity, owner, rows);
        self
    }

    /// What it will be when these are handed over.
    #[must_use]
    pub fn after(&self, transfers: &Transfers) -> Self {
        let mut after = self.clone();
        for ((entity, from, to), group) in &transfers.groups {
            after.add(entity, to, group.count);
            if let Some(left) = after.rows.get_mut(entity).and_then(|owners| owners.get_mut(from)) {
                *left = left.saturating_sub(group.count);
            }
        }
        after
    }

    pub(super) fn entities(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// The owners of an entity with their rows, those without any left out.
    pub(super) fn owners(&self, entity: &str) -> impl Iterator<Item = (&str, u64)> {
        let owners = self.rows.get(entity).into_iter().flatten();
        owners.filter(|(_, rows)| **rows > 0).map(|(owner, rows)| (owner.as_str(), *rows))
    }

    pub(super) fn of(&self, entity: &str, owner: &str) -> u64 {
        self.rows.get(entity).and_then(|owners| owners.get(owner)).copied().unwrap_or_default()
    }
}

/// Records that change hands: how many from whom to whom, and a sample of each.
///
/// The sample is chosen by a hash of the record's id, so that it depends neither on the
/// order in which records are added nor on chance, and takes as much
/// memory as it is long.
#[derive(Debug, Clone)]
pub struct Transfers {
    most: usize,
    /// By entity, old owner and new owner.
    pub(super) groups: BTreeMap<(String, String, String), Group>,
}

/// The records of one entity that go from one owner to another.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub count: u64,
    /// Those of the least hashes.
    sample: BTreeSet<([u8; 8], String)>,
}

impl Transfers {
    /// None yet; keeps at most so many records for each pair of owners.
    pub fn sampling(most: usize) -> Self {
        Transfers { most, groups: BTreeMap::new() }
    }

    /// Adds a record that goes from its old owner to a new one. A record that stays is none.
    pub fn add(&mut self, entity: &str, record: &str, from: &str, to: &str) {
        if from == to {
            return;
        }
        let pair = [entity, from, to].map(str::to_owned);
        let group = self.groups.entry(pair.into()).or_default();
        group.count += 1;
        group.sample.insert((hash(record), record.to_owned()));
        if group.sample.len() > self.most {
            group.sample.pop_last();
        }
    }

    /// How many records change hands.
    pub fn count(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }
}

impl Group {
    pub fn sample(&self) -> impl Iterator<Item = (&[u8; 8], &str)> {
        self.sample.iter().map(|(hash, record)| (hash, record.as_str()))
    }
}

fn hash(record: &str) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(record.as_bytes()).into();
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_from_owner_to_owner() {
        let mut transfers = Transfers::sampling(0);
        for (record, from, to) in [("1", "a", "b"), ("2", "a", "b"), ("3", "a", "a"), ("4", "b", "")] {
            transfers.add("contact", record, from, to);
        }
        assert_eq!(transfers.count(), 3);
        let owned = Ownership::new().with("contact", "a", 2).with("contact", "b", 1).after(&transfers);
        assert_eq!(owned.owners("contact").collect::<Vec<_>>(), [("", 1), ("b", 2)]);
    }

    #[test]
    fn a_sample_depends_on_no_order() {
        let sample = |ids: &mut dyn Iterator<Item = u32>| -> Vec<String> {
            let mut transfers = Transfers::sampling(3);
            ids.for_each(|id| transfers.add("contact", &id.to_string(), "a", "b"));
            transfers.groups.values().flat_map(|group| group.sample().map(|(_, id)| id.to_owned())).collect()
        };
        assert_eq!(sample(&mut (0..100)), ["55", "51", "39"]);
        assert_eq!(sample(&mut (0..100).rev()), sample(&mut (0..100)));
    }
}
