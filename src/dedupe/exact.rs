//! Records whose keys are equal, value by value.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::io::Write;

use super::{DuplicateDetector, Links, Records, Row};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::normalize::Normalizer;
use crate::record::Value;
use crate::schema::Schema;

/// Finds records that agree on one key or on another, each a column or several.
///
/// Values are compared as they are written (the number 42 and the text `42`
/// are equal), so normalize first. A key of which a part is null or blank says
/// nothing: its record equals no other by it.
///
/// Every record is linked to the first that has the same key. While it looks,
/// the detector keeps 11 bytes a record and key, and no copy of the values.
///
/// ```
/// use handover::dedupe::{Dedupe, ExactKeys, Records};
/// use handover::{Record, Schema};
///
/// let schema = Schema::text(["name", "phone", "email"])?;
/// let mut records = Records::new(schema.clone());
/// for row in [["Wang Wei", "13800138000", ""], ["王伟", "13800138000", "ww@example.cn"], ["W", "", "WW@example.cn"]] {
///     records.push(&Record::of(schema.clone(), row)?)?;
/// }
/// let same = ExactKeys::on(["email"]).ignore_case().or_on(["phone"]);
/// let clusters = Dedupe::by(same).bind(&schema, &["crm"])?.find(&records)?;
/// assert_eq!(clusters.iter().collect::<Vec<_>>(), [[0, 1, 2]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ExactKeys {
    keys: Vec<Key>,
    /// The positions of all columns that the keys read, in order.
    columns: Vec<usize>,
}

impl ExactKeys {
    /// Records are the same where all of these columns agree.
    pub fn on(columns: impl Into<Names>) -> Self {
        ExactKeys { keys: Vec::new(), columns: Vec::new() }.or_on(columns)
    }

    /// Records are also the same where all of these columns agree.
    #[must_use]
    pub fn or_on(mut self, columns: impl Into<Names>) -> Self {
        self.keys.push(Key {
            columns: columns.into(),
            positions: Vec::new(),
            ignore_case: false,
            compared: None,
            derive: None,
        });
        self
    }

    /// The key named last is compared in lower case, character by character
    /// as Unicode maps them: `É` equals `é`, `ß` does not equal `ss`.
    #[must_use]
    pub fn ignore_case(mut self) -> Self {
        if let Some(key) = self.keys.last_mut() {
            key.ignore_case = true;
        }
        self
    }

    /// The key named last compares its values as a rule writes them, and
    /// leaves the values themselves alone. What the rule finds fault with, or
    /// makes nothing of, says nothing.
    ///
    /// ```
    /// use handover::dedupe::ExactKeys;
    /// use handover::normalize::named;
    ///
    /// ExactKeys::on(["email"]).compared_by(named("text")?).or_on(["phone"]);
    /// # Ok::<(), handover::Error>(())
    /// ```
    #[must_use]
    pub fn compared_by(mut self, rule: impl Normalizer + 'static) -> Self {
        if let Some(key) = self.keys.last_mut() {
            key.compared = Some(Box::new(rule));
        }
        self
    }

    /// The key named last is not its columns' values but what `derive` makes
    /// of them, in the order in which they were named. `None` and blank text
    /// say nothing. Of the same values it must always make the same.
    ///
    /// ```
    /// use handover::dedupe::ExactKeys;
    ///
    /// ExactKeys::on(["phone"]).derived(|values| {
    ///     let digits: String = values[0].as_text()?.chars().filter(char::is_ascii_digit).collect();
    ///     Some(digits[digits.len().saturating_sub(9)..].to_owned())
    /// });
    /// ```
    #[must_use]
    pub fn derived(mut self, derive: impl Fn(&[Value<'_>]) -> Option<String> + Send + 'static) -> Self {
        if let Some(key) = self.keys.last_mut() {
            key.derive = Some(Box::new(derive));
        }
        self
    }

    fn detect_with(&self, hasher: &impl BuildHasher, records: &Records, links: &mut Links) -> Result<()> {
        // Blocks are hashed first and looked up then, so that the processor
        // waits for several places in the tables at once.
        const BLOCK: usize = 256;
        let mut tables: Vec<_> = self.keys.iter().map(|_| FirstSeen::of(records.len())).collect();
        let (mut text, mut hashes) = (Vec::new(), Vec::new());
        for start in (0..records.len()).step_by(BLOCK) {
            let block = start..records.len().min(start + BLOCK);
            let rows: Vec<_> = records.rows(block.clone()).collect::<Result<_>>()?;
            let mut values = Vec::with_capacity(self.columns.len());
            for row in &rows {
                self.read(row, &mut values);
                let hash = |key: &Key| Some(hasher.hash_one(key.write(&values, &mut text)?));
                hashes.extend(self.keys.iter().map(hash));
            }
            let lookups = block.flat_map(|record| (0..self.keys.len()).map(move |key| (record, key)));
            for ((record, key), hash) in lookups.zip(hashes.drain(..)) {
                let Some(hash) = hash else { continue };
                let same = |other| self.agree(key, records, record, other);
                if let Some(first) = tables[key].find_or_insert(hash, record as u32, same)? {
                    links.same(first as usize, record);
                }
            }
        }
        Ok(())
    }

    /// Reads what the keys need of a record.
    fn read<'r>(&self, row: &'r Row<'_>, needed: &mut Vec<Value<'r>>) {
        let (mut values, mut next) = (row.values(), 0);
        needed.clear();
        needed.extend(self.columns.iter().map(|column| {
            let value = values.nth(column - next);
            next = column + 1;
            value.unwrap_or(Value::Null)
        }));
    }

    fn agree(&self, key: usize, records: &Records, a: usize, b: u32) -> Result<bool> {
        let write = |record| -> Result<_> {
            let (row, mut values, mut text) = (records.row(record)?, Vec::new(), Vec::new());
            self.read(&row, &mut values);
            Ok(self.keys[key].write(&values, &mut text).is_some().then_some(text))
        };
        Ok(write(a)? == write(b as usize)?)
    }
}

impl DuplicateDetector for ExactKeys {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        let mut columns = BTreeSet::new();
        for key in &mut self.keys {
            if key.columns.is_empty() {
                return Err(Error::bind("a key without a column"));
            }
            key.positions = schema.indexes(key.columns.as_slice())?;
            columns.extend(&key.positions);
        }
        self.columns = columns.into_iter().collect();
        for position in self.keys.iter_mut().flat_map(|key| &mut key.positions) {
            *position = self.columns.partition_point(|column| column < position);
        }
        Ok(())
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        // A hasher without a random seed; what is found does not depend on it.
        self.detect_with(&BuildHasherDefault::<DefaultHasher>::new(), records, links)
    }
}

type Derive = Box<dyn Fn(&[Value<'_>]) -> Option<String> + Send>;

struct Key {
    columns: Names,
    /// Where the columns stand among those that all keys read.
    positions: Vec<usize>,
    ignore_case: bool,
    compared: Option<Box<dyn Normalizer>>,
    derive: Option<Derive>,
}

impl Key {
    /// Ends a part of a key: a byte that no UTF-8 text contains.
    const END: u8 = 0xFF;

    /// The key of a row, written as bytes that are equal where the keys are;
    /// `None` where a part is missing.
    fn write<'o>(&self, row: &[Value<'_>], out: &'o mut Vec<u8>) -> Option<&'o [u8]> {
        out.clear();
        let value = |position: &usize| row.get(*position).copied().unwrap_or(Value::Null);
        if let Some(derive) = &self.derive {
            let values: Vec<_> = self.positions.iter().map(value).collect();
            self.write_part(Value::Text(&derive(&values)?), out)?;
        } else {
            self.positions.iter().try_for_each(|position| self.write_value(value(position), out))?;
        }
        Some(out)
    }

    fn write_value(&self, value: Value<'_>, out: &mut Vec<u8>) -> Option<()> {
        match (&self.compared, value) {
            (Some(rule), Value::Text(text)) if !value.is_blank() => {
                self.write_part(Value::Text(&rule.normalize(text).ok()?), out)
            }
            _ => self.write_part(value, out),
        }
    }

    fn write_part(&self, value: Value<'_>, out: &mut Vec<u8>) -> Option<()> {
        match value {
            value if value.is_blank() => return None,
            Value::Text(text) if self.ignore_case => {
                for c in text.chars().flat_map(char::to_lowercase) {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            other => write!(out, "{other}").ok()?,
        }
        out.push(Key::END);
        Some(())
    }
}

/// The first record of every key, found by the key's hash: a flat table with
/// linear probing, at most three quarters full.
struct FirstSeen {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Slot {
    /// The low half of the hash; the high half says where the search begins.
    tag: u32,
    record: u32,
}

impl Slot {
    /// No record: positions end before `u32::MAX`.
    const EMPTY: Slot = Slot { tag: 0, record: u32::MAX };
}

impl FirstSeen {
    fn of(records: usize) -> Self {
        FirstSeen { slots: vec![Slot::EMPTY; records + records / 3 + 1] }
    }

    /// The record that was inserted under the same key, if there is one; else
    /// inserts this one. `same` decides whether equal hashes are equal keys.
    fn find_or_insert(
        &mut self,
        hash: u64,
        record: u32,
        mut same: impl FnMut(u32) -> Result<bool>,
    ) -> Result<Option<u32>> {
        let len = self.slots.len();
        let start = ((u128::from(hash) * len as u128) >> 64) as usize;
        let (before, after) = self.slots.split_at_mut(start);
        for slot in after.iter_mut().chain(before) {
            if slot.record == Slot::EMPTY.record {
                *slot = Slot { tag: hash as u32, record };
                return Ok(None);
            }
            if slot.tag == hash as u32 && same(slot.record)? {
                return Ok(Some(slot.record));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use std::hash::Hasher;

    fn links(mut keys: ExactKeys, rows: &[[&str; 3]]) -> Vec<(u32, u32)> {
        links_with(&BuildHasherDefault::<DefaultHasher>::new(), &mut keys, rows)
    }

    fn links_with(hasher: &impl BuildHasher, keys: &mut ExactKeys, rows: &[[&str; 3]]) -> Vec<(u32, u32)> {
        let schema = Schema::text(["name", "phone", "email"]).unwrap();
        let mut records = Records::new(schema.clone());
        for row in rows {
            records.push(&Record::of(schema.clone(), *row).unwrap()).unwrap();
        }
        keys.bind(&schema).unwrap();
        let mut links = Links::default();
        keys.detect_with(hasher, &records, &mut links).unwrap();
        links.iter().map(|link| (link.a, link.b)).collect()
    }

    #[test]
    fn links_to_the_first_by_every_key() {
        let rows = [["a", "1", "x"], ["b", "2", "y"], ["c", "1", "y"], ["d", "1", ""], ["e", " ", ""]];
        assert_eq!(links(ExactKeys::on(["phone"]).or_on(["email"]), &rows), [(0, 2), (1, 2), (0, 3)]);
    }

    #[test]
    fn every_part_counts_and_none_may_be_missing() {
        let rows = [["a", "1", ""], ["a", "1", ""], ["a", "", ""], ["a", "", ""], ["b", "1", ""]];
        assert_eq!(links(ExactKeys::on(["name", "phone"]), &rows), [(0, 1)]);
    }

    #[test]
    fn parts_do_not_run_together() {
        let rows = [["ab", "c", ""], ["a", "bc", ""]];
        assert_eq!(links(ExactKeys::on(["name", "phone"]), &rows), []);
    }

    #[test]
    fn case_counts_unless_ignored() {
        let rows = [["Éa", "", "x"], ["éA", "", "X"]];
        assert_eq!(links(ExactKeys::on(["name"]), &rows), []);
        assert_eq!(links(ExactKeys::on(["name"]).ignore_case(), &rows), [(0, 1)]);
        let only_the_last = ExactKeys::on(["email"]).or_on(["name"]).ignore_case();
        assert_eq!(links(only_the_last, &rows), [(0, 1)]);
    }

    #[test]
    fn a_derived_key_is_compared_by_what_it_derives() {
        let first = |values: &[Value<'_>]| values[0].as_text()?.get(..1).map(str::to_owned);
        let rows = [["ab", "", ""], ["ac", "", ""], ["", "", ""], ["", "", ""]];
        assert_eq!(links(ExactKeys::on(["name"]).derived(first), &rows), [(0, 1)]);
    }

    #[test]
    fn a_number_equals_the_text_that_writes_it() {
        let schema = Schema::text(["id"]).unwrap();
        let mut records = Records::new(schema.clone());
        for value in [Value::Int(42), Value::Text("42")] {
            records.push(&Record::of(schema.clone(), [value]).unwrap()).unwrap();
        }
        let (mut keys, mut links) = (ExactKeys::on(["id"]), Links::default());
        keys.bind(&schema).unwrap();
        keys.detect(&records, &mut links).unwrap();
        assert_eq!(links.iter().count(), 1);
    }

    #[test]
    fn equal_hashes_do_not_make_equal_keys() {
        #[derive(Default)]
        struct Worst;
        impl Hasher for Worst {
            fn finish(&self) -> u64 {
                u64::MAX
            }
            fn write(&mut self, _: &[u8]) {}
        }
        let rows = [["a", "1", ""], ["b", "2", ""], ["c", "2", ""], ["d", "1", ""], ["a", "3", ""]];
        let mut keys = ExactKeys::on(["phone"]).or_on(["name"]);
        let found = links_with(&BuildHasherDefault::<Worst>::new(), &mut keys, &rows);
        assert_eq!(found, [(1, 2), (0, 3), (0, 4)]);
    }

    #[test]
    fn binding_names_what_is_wrong() {
        let schema = Schema::text(["name", "phone"]).unwrap();
        let error = |mut keys: ExactKeys| keys.bind(&schema).unwrap_err().to_string();
        assert_eq!(
            error(ExactKeys::on(["phnoe"])),
            "no column `phnoe`, did you mean `phone`? The columns are: name, phone"
        );
        assert_eq!(error(ExactKeys::on([""; 0])), "a key without a column");
    }
}
