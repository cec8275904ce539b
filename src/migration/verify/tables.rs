//! The tables of the target, row by row: how many there are, and what they refer to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::keys::{KeySet, hash_of_id};
use super::report::{Discrepancy, Found, KEPT, ReferenceCheck, Rule, TableCheck};
use crate::error::Result;
use crate::migration::entity::Entity;
use crate::migration::run::Steps;
use crate::migration::target::{Target, TargetId};
use crate::record::Value;

/// A column that refers: its table, its name, the table that it refers to, and the entity that says so.
type Refers<'e> = (&'e str, &'e str, &'e str, &'e str);

/// Reads the ids and the references of every table.
pub(super) fn read(
    target: &mut dyn Target,
    entities: &[Entity],
    steps: &Steps,
    found: &mut Found,
) -> Result<(Vec<TableCheck>, Vec<ReferenceCheck>)> {
    let names: BTreeSet<&str> = entities.iter().map(|entity| entity.table.as_str()).collect();
    let refers = refers(entities, steps);
    let (mut ids, mut sets) = (BTreeMap::new(), BTreeMap::new());
    let mut tables = Vec::new();
    for table in names {
        let columns: BTreeSet<&str> =
            refers.iter().filter(|(of, ..)| *of == table).map(|(_, column, ..)| *column).collect();
        let is_parent = refers.iter().any(|(_, _, to, _)| *to == table);
        let columns: Vec<&str> = columns.into_iter().collect();
        let (rows, own, found) = scan(target, table, &columns, is_parent)?;
        tables.push(TableCheck { table: table.to_owned(), rows, by_ledger: 0 });
        ids.insert(table, own);
        sets.extend(columns.iter().zip(found).map(|(column, set)| ((table, *column), set)));
    }
    let mut references = Vec::new();
    for (table, column, to, label) in refers {
        let Some((rows, mut set)) = sets.remove(&(table, column)) else { continue };
        let Some(parents) = ids.get_mut(to) else { continue };
        let (lost, dangling) = set.without(parents, KEPT)?;
        if dangling > 0 {
            name(target, (table, column, to, label), &lost, found)?;
        }
        let (table, column, to) = (table.to_owned(), column.to_owned(), to.to_owned());
        references.push(ReferenceCheck { table, column, to, rows, dangling });
    }
    Ok((tables, references))
}

/// The columns that refer, each once.
fn refers<'e>(entities: &'e [Entity], steps: &'e Steps) -> Vec<Refers<'e>> {
    let mut refers: Vec<Refers<'e>> = Vec::new();
    for ((entity, label), to) in entities.iter().zip(&steps.labels).zip(&steps.to) {
        for (reference, (to, _)) in entity.references.iter().zip(to) {
            let (table, column) = (entity.table.as_str(), reference.column.as_str());
            if !refers.iter().any(|(of, known, ..)| (*of, *known) == (table, column)) {
                refers.push((table, column, entities[*to].table.as_str(), label.as_str()));
            }
        }
    }
    refers.sort_unstable();
    refers
}

/// Of each column, how many rows refer, and to what.
type Referring = Vec<(u64, KeySet)>;

/// How many rows a table has, their ids if they are asked for, and of each
/// column how many rows refer and to what.
fn scan(
    target: &mut dyn Target,
    table: &str,
    columns: &[&str],
    is_parent: bool,
) -> Result<(u64, KeySet, Referring)> {
    let (mut rows, mut ids) = (0, KeySet::default());
    let mut sets: Referring = columns.iter().map(|_| Default::default()).collect();
    target.scan(table, columns, &mut |row| {
        rows += 1;
        if is_parent {
            ids.add(hash_of_id(&TargetId::parse(row.key().unwrap_or_default())))?;
        }
        for (position, (count, set)) in sets.iter_mut().enumerate() {
            if let Some(id) = id_of(row.value(position)) {
                *count += 1;
                set.add(hash_of_id(&id))?;
            }
        }
        Ok(())
    })?;
    Ok((rows, ids, sets))
}

/// The id in a column that refers, which may hold numbers as text.
fn id_of(value: Value<'_>) -> Option<TargetId> {
    match value {
        value if value.is_blank() => None,
        Value::Int(number) => Some(TargetId::Number(number)),
        value => Some(TargetId::parse(&value.to_string())),
    }
}

/// Names the rows that point to nothing.
fn name(
    target: &mut dyn Target,
    (table, column, to, label): Refers<'_>,
    lost: &HashSet<u64>,
    found: &mut Found,
) -> Result<()> {
    target.scan(table, &[column], &mut |row| {
        if let Some(id) = id_of(row.value(0)).filter(|id| lost.contains(&hash_of_id(id))) {
            let message = format!("points to row {id}, which is not in `{to}`");
            let dangling = Discrepancy::new(label, Rule::Dangling, message).column(column);
            found.add(dangling.target(row.key().unwrap_or_default()));
        }
        Ok(())
    })
}
