//! From the old columns to the new ones.

use super::PaperTable;
use crate::error::Result;
use crate::migration::builder::Migration;
use crate::migration::entity::{Entity, FieldPolicy, WritePolicy};
use crate::migration::target::TableShape;
use crate::names::Names;

const COLUMNS: [&str; 10] = [
    "entity",
    "old column",
    "rules",
    "table",
    "new column",
    "kind",
    "required",
    "length",
    "policy",
    "personal",
];

impl Migration {
    /// The data dictionary: each old column, what is done to it, and the new column that it becomes. The
    /// target is asked for kinds and lengths. Of an entity whose mapping is a closure, or part of its
    /// [pipeline](Entity::pipeline), only the version can be told.
    pub fn data_dictionary(&mut self) -> Result<PaperTable> {
        let mut table = PaperTable::new("data dictionary", &COLUMNS);
        for entity in &self.entities {
            let shape = self.target.describe(&entity.table)?;
            table.rows.extend(rows(entity, &shape));
        }
        Ok(table)
    }
}

fn rows(entity: &Entity, shape: &TableShape) -> Vec<Vec<String>> {
    let row = |cells: [&str; 10]| cells.map(str::to_owned).to_vec();
    let name = entity.name.as_str();
    let Some(mapping) = &entity.mapping else {
        let version = match entity.version.as_str() {
            "" => "by program".to_owned(),
            version => format!("by program, version {version}"),
        };
        return vec![row([name, "", &version, &entity.table, "", "", "", "", "", ""])];
    };
    let mut rows = Vec::new();
    for column in mapping.outline() {
        let to = &*column.name;
        let mut rules = column.steps.clone();
        let outline = entity.outline.rules.iter();
        let own = outline
            .filter(|(columns, _)| columns.iter().any(|known| matches!(&**known, "*") || **known == *to));
        rules.extend(own.map(|(_, rules)| rules.clone()));
        rules.extend(reference(entity, to));
        let there = shape.column(to).ok().filter(|_| is_written(entity, to));
        let (table, new) = if there.is_some() { (entity.table.as_str(), to) } else { ("", "") };
        let most = entity.outline.most.iter().find(|(known, _)| known == to).map(|(_, most)| *most);
        let length = [most, there.and_then(|column| column.max_chars)].into_iter().flatten().min();
        let required = entity.outline.required.iter().any(|known| **known == *to)
            || there.is_some_and(|column| column.required);
        rows.push(row([
            name,
            &column.from,
            &rules.join("; "),
            table,
            new,
            &there.map(|column| column.kind.to_string()).unwrap_or_default(),
            if required { "yes" } else { "" },
            &length.map(|length| length.to_string()).unwrap_or_default(),
            &there.map(|_| policy(entity, to)).unwrap_or_default(),
            if entity.personal.iter().any(|known| **known == *to) { "yes" } else { "" },
        ]));
    }
    for (from, what) in mapping.outline_of_rest() {
        rows.push(row([name, &from, what, "", "", "", "", "", "", ""]));
    }
    for (from, what) in mapping.outline_of_filters() {
        rows.push(row([name, &from, &what, "", "", "", "", "", "", ""]));
    }
    rows
}

/// Whether a column of the mapped records is written, or looked for.
fn is_written(entity: &Entity, column: &str) -> bool {
    let among = |names: &Names| names.iter().any(|known| **known == *column);
    !among(&entity.transient) && (entity.write != WritePolicy::LinkOnly || among(&entity.match_on))
}

fn reference(entity: &Entity, column: &str) -> Option<String> {
    let reference = entity.references.iter().find(|reference| reference.column == column)?;
    Some(format!("the row of the {}", reference.to))
}

fn policy(entity: &Entity, column: &str) -> String {
    if entity.write == WritePolicy::LinkOnly {
        return "only looked for".to_owned();
    }
    let own = entity.fields.iter().find(|(known, _)| known == column).map(|(_, policy)| policy.clone());
    match own.unwrap_or_default() {
        FieldPolicy::Overwrite => "overwrite".to_owned(),
        FieldPolicy::FillEmpty => "fill empty".to_owned(),
        FieldPolicy::NeverOverwrite => "never overwrite".to_owned(),
        FieldPolicy::Append(_) => "append".to_owned(),
    }
}
