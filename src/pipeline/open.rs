//! The records whose answer is open.

use std::collections::{HashMap, VecDeque};

use crate::record::RecordId;

/// What is kept of each record until the sink answers for it. Answers mostly
/// come in the order in which the records were pulled, which costs next to
/// nothing; in any other order, a record that is passed over moves into a map once.
pub(crate) struct Open<S> {
    queue: VecDeque<(RecordId, S)>,
    passed: HashMap<RecordId, S>,
}

impl<S> Open<S> {
    pub fn new() -> Self {
        Open { queue: VecDeque::new(), passed: HashMap::new() }
    }

    /// A record was pulled.
    pub fn add(&mut self, id: RecordId, slip: S) {
        self.queue.push_back((id, slip));
    }

    /// Takes what was kept of a record, if its answer is open.
    pub fn take(&mut self, id: RecordId) -> Option<S> {
        if !self.passed.is_empty()
            && let Some(slip) = self.passed.remove(&id)
        {
            return Some(slip);
        }
        while let Some((next, slip)) = self.queue.pop_front() {
            if next == id {
                return Some(slip);
            }
            self.passed.insert(next, slip);
        }
        None
    }

    pub fn len(&self) -> usize {
        self.queue.len() + self.passed.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (RecordId, &S)> {
        self.queue
            .iter()
            .map(|(id, slip)| (*id, slip))
            .chain(self.passed.iter().map(|(id, slip)| (*id, slip)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_any_order() {
        let id = |row| RecordId { input: 0, row, part: 0 };
        let mut open = Open::new();
        (1..=5).for_each(|row| open.add(id(row), row));
        let taken = [1, 4, 2, 4, 6].map(|row| open.take(id(row)));
        assert_eq!(taken, [Some(1), Some(4), Some(2), None, None]);
        open.add(id(7), 7);
        assert_eq!(open.len(), 3);
        let mut left: Vec<u64> = open.iter().map(|(id, _)| id.row).collect();
        left.sort();
        assert_eq!(left, [3, 5, 7]);
        assert_eq!([7, 5, 3].map(|row| open.take(id(row))), [Some(7), Some(5), Some(3)]);
    }
}
