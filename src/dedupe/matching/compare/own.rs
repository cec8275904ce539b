//! Values that are compared by a comparator of the user's own.

use std::sync::Arc;

use super::{Compared, Key, Level, NONE, Seen, bits};
use crate::dedupe::matching::Comparator;
use crate::dedupe::matching::words::{Words, hash};

/// Texts, each once, and the keys that the comparator makes of them.
pub(crate) struct Own {
    comparator: Arc<dyn Comparator>,
    words: Words,
    keys: Vec<Option<u64>>,
    records: usize,
}

impl Own {
    pub fn new(comparator: Arc<dyn Comparator>) -> Self {
        Own { comparator, words: Words::default(), keys: Vec::new(), records: 0 }
    }
}

impl Compared for Own {
    fn width(&self) -> usize {
        1
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let said = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
        let text = said.collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return cells.push(NONE);
        }
        let word = self.words.count(&text);
        if word as usize == self.keys.len() {
            self.keys.push(self.comparator.key(&text).map(|key| hash(&key)));
        }
        cells.push(word);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
    }

    fn levels(&self) -> &'static [Level] {
        self.comparator.levels()
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        let (a, b) = (a[0], b[0]);
        if a == NONE || b == NONE {
            return Seen::MISSING;
        }
        let Some(level) = self.comparator.compare(self.words.text(a), self.words.text(b)) else {
            return Seen::MISSING;
        };
        let last = self.levels().len().saturating_sub(1);
        let rare = a == b && level >= last;
        let bits = if rare { bits(self.words.frequency(a), self.records) } else { f32::NAN };
        Seen { level: level.min(last) as u8, bits }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        if cells[0] != NONE && key == Key::Whole {
            keys.extend(self.keys[cells[0] as usize]);
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.75)]
    }
}
