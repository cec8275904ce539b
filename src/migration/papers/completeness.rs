//! How well the records of each owner are filled.

use std::collections::BTreeMap;

use super::PaperTable;
use crate::error::Result;
use crate::figures::grouped;
use crate::migration::builder::Migration;
use crate::migration::entity::Entity;
use crate::migration::target::{Target, TargetId};
use crate::names::Names;
use crate::protect::masked;

const COLUMNS: [&str; 7] = ["entity", "owner", "person", "records", "column", "filled", "percent"];

/// The records of one owner, and how many of them have a value in each column.
#[derive(Default)]
struct Filled {
    records: u64,
    columns: Vec<u64>,
}

impl Migration {
    /// How many rows each owner has in the target, and in how many of them each column with personal data
    /// and each reference is filled. Owners are named by their ids there, and the person is masked.
    pub fn completeness(&mut self) -> Result<PaperTable> {
        let mut table = PaperTable::new("completeness", &COLUMNS);
        for entity in &self.entities {
            let Some(owner) = entity.owner.as_deref() else { continue };
            let columns = looked_at(entity, owner, &mut *self.target)?;
            let owners = count(entity, owner, &columns, &mut *self.target)?;
            let people = people(&self.entities, entity, owner, &owners, &mut *self.target)?;
            for (id, Filled { records, columns: filled }) in &owners {
                let person = id.as_ref().and_then(|id| people.get(id)).cloned().unwrap_or_default();
                let shown = id.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
                for (column, filled) in columns.iter().zip(filled) {
                    table.rows.push(vec![
                        entity.name.clone(),
                        shown.clone(),
                        person.clone(),
                        grouped(*records),
                        column.clone(),
                        grouped(*filled),
                        (filled * 100 / records).to_string(),
                    ]);
                }
            }
        }
        Ok(table)
    }
}

/// The columns that are of interest: personal ones and references that the table has.
fn looked_at(entity: &Entity, owner: &str, target: &mut dyn Target) -> Result<Vec<String>> {
    let shape = target.describe(&entity.table)?;
    let references = entity.references.iter().map(|reference| reference.column.as_str());
    let mut columns: Vec<String> = Vec::new();
    for column in entity.personal.iter().map(|name| &**name).chain(references) {
        let is_new = column != owner && !columns.iter().any(|known| known == column);
        if is_new && shape.column(column).is_ok() {
            columns.push(column.to_owned());
        }
    }
    Ok(columns)
}

fn count(
    entity: &Entity,
    owner: &str,
    columns: &[String],
    target: &mut dyn Target,
) -> Result<BTreeMap<Option<TargetId>, Filled>> {
    let mut owners: BTreeMap<Option<TargetId>, Filled> = BTreeMap::new();
    let read: Vec<&str> = columns.iter().map(String::as_str).chain([owner]).collect();
    target.scan(&entity.table, &read, &mut |row| {
        let id = row.value(columns.len());
        let id = (!id.is_blank()).then(|| TargetId::parse(&id.to_string()));
        let filled = owners.entry(id).or_default();
        filled.records += 1;
        filled.columns.resize(columns.len(), 0);
        for (position, count) in filled.columns.iter_mut().enumerate() {
            *count += u64::from(!row.value(position).is_blank());
        }
        Ok(())
    })?;
    Ok(owners)
}

/// Who the owners are: the first column of theirs with personal data that the target has, masked.
fn people(
    entities: &[Entity],
    entity: &Entity,
    owner: &str,
    owners: &BTreeMap<Option<TargetId>, Filled>,
    target: &mut dyn Target,
) -> Result<BTreeMap<TargetId, String>> {
    let mut people = BTreeMap::new();
    let to =
        entity.references.iter().find(|reference| reference.column == owner).map(|reference| &*reference.to);
    let named = |entity: &&Entity| to.is_some_and(|to| to.rsplit('/').next() == Some(entity.name.as_str()));
    let Some(of) = entities.iter().find(named) else { return Ok(people) };
    let shape = target.describe(&of.table)?;
    let names: &Names = &of.personal;
    let Some(column) = names.iter().find(|name| shape.column(name).is_ok()) else { return Ok(people) };
    let ids: Vec<_> = owners.keys().flatten().map(TargetId::value).collect();
    target.find(&of.table, &[column], &shape.id, &ids, &mut |row| {
        let value = row.value(0).to_string();
        people.insert(TargetId::parse(row.key().unwrap_or_default()), masked(&value).to_string());
        Ok(())
    })?;
    Ok(people)
}
