//! An entity, bound to the columns of its records and of its table.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::migration::entity::{Entity, FieldPolicy, Reference, WritePolicy};
use crate::migration::handed::{Owners, Standing};
use crate::migration::store::EntityId;
use crate::migration::target::{TableShape, TargetColumn};
use crate::names::Names;
use crate::record::Record;
use crate::schema::{Field, Kind, Schema};

/// A column that is written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// Where it stands in the mapped records.
    pub position: usize,
    pub column: TargetColumn,
    pub policy: FieldPolicy,
    /// Whether an empty value of the source clears it.
    pub clear: bool,
    /// Whether it is a reference that is set afterwards.
    pub deferred: bool,
}

/// A column that refers.
#[derive(Debug, Clone)]
pub(crate) struct Refers {
    pub position: usize,
    pub to: EntityId,
    pub reference: Reference,
    pub deferred: bool,
}

/// What is needed to write the records of an entity.
pub(crate) struct Bound {
    pub written: Vec<Written>,
    pub refers: Vec<Refers>,
    pub match_on: Vec<usize>,
    pub inactive: Option<usize>,
    pub high_water: Option<usize>,
    /// The columns of new rows.
    pub schema: Arc<Schema>,
    /// Whether mapped records have just these columns.
    is_whole: bool,
}

impl Bound {
    /// Binds an entity; `to` says for each reference which entity it points to, and whether it is set afterwards.
    pub fn new(
        entity: &Entity,
        to: &[(EntityId, bool)],
        shape: &TableShape,
        mapped: &Schema,
    ) -> Result<Self> {
        let refer = |(reference, (to, deferred)): (&Reference, &(EntityId, bool))| {
            let position = mapped.index(&reference.column)?;
            Ok(Refers { position, to: *to, reference: reference.clone(), deferred: *deferred })
        };
        let refers = entity.references.iter().zip(to).map(refer).collect::<Result<Vec<_>>>()?;
        let written = written(entity, &refers, shape, mapped)?;
        let fields = written.iter().map(|one| Field::new(Arc::clone(&one.column.name), one.column.kind));
        let schema = Schema::new(fields)?;
        let bound = Bound {
            match_on: mapped.indexes(entity.match_on.as_slice())?,
            high_water: entity.high_water.as_ref().map(|column| mapped.index(column)).transpose()?,
            inactive: entity.inactive.as_ref().map(|(column, _)| mapped.index(column)).transpose()?,
            is_whole: schema.names().eq(mapped.names()),
            written,
            refers,
            schema,
        };
        bound.check(entity, shape)?;
        Ok(bound)
    }

    fn check(&self, entity: &Entity, shape: &TableShape) -> Result<()> {
        if let Some(column) = &entity.external_key {
            self.schema.index(column).map_err(|error| error.at(&shape.table))?;
        }
        for column in entity.match_on.iter() {
            shape.column(column)?;
        }
        let creates = matches!(entity.write, WritePolicy::Upsert | WritePolicy::CreateOnly);
        let missing = |column: &&TargetColumn| {
            column.required && column.name != shape.id && self.schema.find(&column.name).is_none()
        };
        if let Some(column) = shape.columns.iter().find(missing).filter(|_| creates) {
            let message = format!("column `{}` needs a value, and the mapping gives none", column.name);
            return Err(Error::bind(message).at(&shape.table));
        }
        let waits = self.written.iter().find(|one| one.deferred && one.column.required);
        if let Some(Written { column, .. }) = waits.filter(|_| creates) {
            let message = format!(
                "column `{}` needs a value at once, and what it refers to is loaded later: let the target take null there",
                column.name
            );
            return Err(Error::bind(message).at(&shape.table));
        }
        Ok(())
    }

    /// The names of the columns that are written.
    pub fn names(&self) -> Vec<&str> {
        self.written.iter().map(|one| &*one.column.name).collect()
    }

    /// The written columns of a mapped record, for its hash.
    pub fn mapped(&self) -> impl Iterator<Item = (usize, Kind)> {
        self.written.iter().map(|one| (one.position, one.column.kind))
    }

    /// The same of a row of the target that has just these columns.
    pub fn row(&self) -> impl Iterator<Item = (usize, Kind)> {
        self.written.iter().enumerate().map(|(place, one)| (place, one.column.kind))
    }

    /// The positions of the columns by which rows of a table were handed over, and those rows.
    pub fn handed<'s>(
        &self,
        table: &'s str,
        standing: &'s Standing,
    ) -> impl Iterator<Item = (usize, &'s Owners)> {
        self.written
            .iter()
            .filter_map(move |one| Some((one.position, standing.owners(table, &one.column.name)?)))
    }

    /// A new row of a mapped record, which is used up.
    pub fn new_row(&self, mapped: &mut Record, row: &mut Record) {
        if self.is_whole {
            return std::mem::swap(mapped, row);
        }
        row.reset(&self.schema);
        for (place, one) in self.written.iter().enumerate() {
            row.set_value(place, mapped.value(one.position));
        }
    }
}

fn written(entity: &Entity, refers: &[Refers], shape: &TableShape, mapped: &Schema) -> Result<Vec<Written>> {
    for (column, _) in &entity.fields {
        mapped.index(column)?;
    }
    let is_left_out = |name: &str| {
        let among = |names: &Names| names.iter().any(|known| **known == *name);
        among(&entity.transient) || entity.write == WritePolicy::LinkOnly && !among(&entity.match_on)
    };
    let mut written = Vec::new();
    for (position, field) in
        mapped.fields().iter().enumerate().filter(|(_, field)| !is_left_out(field.name()))
    {
        let name = field.name();
        let column = shape.column(name)?.clone();
        if *name == shape.id {
            let message = format!("column `{name}` is the id, which the target gives: leave it out");
            return Err(Error::bind(message).at(&shape.table));
        }
        let policy = entity.policy_of(name);
        let deferred = refers.iter().any(|refers| refers.position == position && refers.deferred);
        let clear = entity.clear.iter().any(|known| known == name);
        written.push(Written { position, column, policy, clear, deferred });
    }
    Ok(written)
}
