//! The changes of a batch that are done together.

use std::collections::HashSet;
use std::sync::Arc;

use crate::migration::target::{Change, Op, TargetId};
use crate::schema::Schema;

/// What is done to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Update,
    Delete,
}

/// Changes of one kind, of the same columns and of different rows.
pub(super) struct Group<'c> {
    pub verb: Verb,
    pub schema: &'c Arc<Schema>,
    /// Their places in the batch.
    pub places: Vec<usize>,
}

/// The groups of a batch, in the order in which they are to be done: what is done to a row of
/// which there was a change before comes after that.
pub(super) fn groups(changes: &[Change]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let (mut seen, mut start) = (HashSet::new(), 0);
    for (place, change) in changes.iter().enumerate() {
        let (verb, id) = parts(&change.op);
        if id.is_some_and(|id| !seen.insert(id)) {
            start = groups.len();
            seen.clear();
            seen.extend(id);
        }
        let schema = change.record.schema();
        let same = |group: &Group<'_>| {
            let columns = || Arc::ptr_eq(group.schema, schema) || group.schema == schema;
            group.verb == verb && (verb == Verb::Delete || columns())
        };
        match groups[start..].iter().position(same) {
            Some(at) => groups[start + at].places.push(place),
            None => groups.push(Group { verb, schema, places: vec![place] }),
        }
    }
    groups
}

fn parts(op: &Op) -> (Verb, Option<&TargetId>) {
    match op {
        Op::Create(id) => (Verb::Create, id.as_ref()),
        Op::Update(id) => (Verb::Update, Some(id)),
        Op::Delete(id) => (Verb::Delete, Some(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn changes_of_one_row_stay_in_their_order() {
        let id = TargetId::Number;
        let change = |op, columns: &[&str]| {
            let record = Record::new(Schema::text(columns.iter().copied()).unwrap());
            Change { token: 0, op, record }
        };
        let changes = [
            change(Op::Update(id(1)), &["a"]),
            change(Op::Update(id(2)), &["b"]),
            change(Op::Update(id(3)), &["a"]),
            change(Op::Create(None), &["a"]),
            change(Op::Update(id(1)), &["b"]),
            change(Op::Delete(id(2)), &["b"]),
            change(Op::Delete(id(3)), &[]),
            change(Op::Create(Some(id(2))), &["a"]),
        ];
        let groups: Vec<_> = groups(&changes).into_iter().map(|group| (group.verb, group.places)).collect();
        let expected = [
            (Verb::Update, vec![0, 2]),
            (Verb::Update, vec![1]),
            (Verb::Create, vec![3]),
            (Verb::Update, vec![4]),
            (Verb::Delete, vec![5, 6]),
            (Verb::Create, vec![7]),
        ];
        assert_eq!(groups, expected);
    }
}
