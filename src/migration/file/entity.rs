//! One kind of record, as a file has it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::Digest;

use super::Context;
use super::dedupe::{DedupeTable, MatchTable};
use super::refer::Refer;
use super::steps::{Normalize, Protect, Validate};
use super::text::TextOr;
use crate::error::{Error, Result};
use crate::map::Mapping;
use crate::migration::entity::Outline;
use crate::migration::{Entity, FieldPolicy, WritePolicy};
use crate::names::Names;
use crate::pipeline::Pipeline;
use crate::protect::Key;
use crate::source::Open;

/// `[entity.contact]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityTable {
    system: Option<String>,
    source: TextOr<SourceTable>,
    key: Option<String>,
    table: Option<String>,
    mapping: Option<TextOr<Mapping>>,
    #[serde(default)]
    normalize: Vec<Normalize>,
    #[serde(default)]
    validate: Vec<Validate>,
    dedupe: Option<DedupeTable>,
    #[serde(default)]
    references: Vec<Refer>,
    #[serde(default)]
    write: WritePolicy,
    #[serde(default)]
    fields: BTreeMap<String, FieldPolicy>,
    #[serde(default)]
    clear_with_empty: Names,
    #[serde(default)]
    match_on: Names,
    match_by: Option<MatchTable>,
    #[serde(default)]
    transient: Names,
    #[serde(default)]
    personal: Names,
    owner: Option<String>,
    inactive_when: Option<InactiveWhen>,
    high_water: Option<String>,
    external_key: Option<String>,
    #[serde(default)]
    tolerance: BTreeMap<String, f64>,
    #[serde(default)]
    protect: BTreeMap<String, String>,
}

/// `{ file = "companies.xlsx", sheet = "客户" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    file: String,
    sheet: Option<String>,
    table: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InactiveWhen {
    column: String,
    values: Names,
}

/// What is done to a record between its source and the target.
#[derive(Clone)]
struct Steps {
    normalize: Vec<Normalize>,
    validate: Vec<Validate>,
    protect: Vec<(String, Protect)>,
    dedupe: Option<DedupeTable>,
    key: Option<Key>,
}

impl EntityTable {
    /// The entities that it refers to.
    pub fn refers_to(&self) -> impl Iterator<Item = &str> {
        self.references.iter().map(|refer| refer.to.as_str())
    }

    pub fn entity(self, name: &str, context: &mut Context<'_>) -> Result<Entity> {
        let steps = Steps {
            protect: self
                .protect
                .iter()
                .map(|(column, word)| Ok((column.clone(), Protect::named(word)?)))
                .collect::<Result<_>>()
                .map_err(|error: Error| error.at("protect"))?,
            normalize: self.normalize,
            validate: self.validate,
            dedupe: self.dedupe,
            key: context.key.cloned(),
        };
        steps.check()?;
        let mut entity = Entity::opened(name, opener(self.source, context.folder))
            .write(self.write)
            .clear_with_empty(self.clear_with_empty)
            .match_on(self.match_on)
            .transient(self.transient)
            .personal(self.personal);
        if let Some(table) = self.match_by {
            table.detector().map_err(|error| error.at("match_by"))?;
            entity = entity.match_by(move || table.detector());
        }
        if let Some(mapping) = self.mapping {
            entity = entity.mapping(mapping_of(mapping, context)?);
        }
        entity.outline = Arc::new(steps.outline());
        entity = entity.pipeline(move |pipeline| steps.shape(pipeline));
        for refer in self.references {
            entity = entity.refer(refer.reference()?);
        }
        for (column, policy) in self.fields {
            entity = entity.field(column, policy);
        }
        for (column, most) in self.tolerance {
            entity = entity.tolerance(column, most);
        }
        if let Some(InactiveWhen { column, values }) = self.inactive_when {
            entity = entity.inactive_when(column, values);
        }
        type Set = fn(Entity, String) -> Entity;
        let set: [(Option<String>, Set); 6] = [
            (self.system, Entity::system),
            (self.key, Entity::key),
            (self.table, Entity::table),
            (self.owner, Entity::owner),
            (self.high_water, Entity::high_water),
            (self.external_key, Entity::external_key),
        ];
        Ok(set.into_iter().fold(entity, |entity, (value, set)| match value {
            Some(value) => set(entity, value),
            None => entity,
        }))
    }
}

/// Opens the source; its path begins at the file's folder.
fn opener(
    source: TextOr<SourceTable>,
    folder: &Path,
) -> impl Fn() -> Result<Box<dyn crate::source::SourceReader>> + Send + Sync + 'static {
    let SourceTable { file, sheet, table } = match source {
        TextOr::Table(table) => table,
        TextOr::Text(file) => SourceTable { file, sheet: None, table: None },
    };
    let path = if file.contains("://") { PathBuf::from(file) } else { folder.join(file) };
    move || {
        let mut open = Open::new(&path);
        if let Some(sheet) = &sheet {
            open = open.sheet(sheet);
        }
        if let Some(table) = &table {
            open = open.table(table);
        }
        open.open()
    }
}

/// The mapping that stands there or in a file of its own, whose text a plan is bound to as well.
fn mapping_of(mapping: TextOr<Mapping>, context: &mut Context<'_>) -> Result<Mapping> {
    match mapping {
        TextOr::Table(mapping) => Ok(mapping),
        TextOr::Text(file) => {
            let path = context.folder.join(file);
            let text =
                std::fs::read(&path).map_err(|error| Error::io("cannot read", error).at(path.display()))?;
            context.digest.update(text);
            Mapping::load(path)
        }
    }
}

impl Steps {
    /// Fails where a rule is not known, before anything is read.
    fn check(&self) -> Result<()> {
        for normalize in &self.normalize {
            normalize.check().map_err(|error| error.at("normalize"))?;
        }
        for validate in &self.validate {
            validate.check().map_err(|error| error.at("validate"))?;
        }
        for (column, protect) in &self.protect {
            protect.rule(column, self.key.as_ref()).map_err(|error| error.at("protect"))?;
        }
        self.dedupe.as_ref().map_or(Ok(()), |dedupe| dedupe.dedupe().map(drop).map_err(|e| e.at("dedupe")))
    }

    fn shape(&self, mut pipeline: Pipeline<'static>) -> Result<Pipeline<'static>> {
        for normalize in &self.normalize {
            pipeline = normalize.apply(pipeline)?;
        }
        for validate in &self.validate {
            pipeline = validate.apply(pipeline);
        }
        for (column, protect) in &self.protect {
            let rule = protect.rule(column, self.key.as_ref())?;
            pipeline = pipeline.normalize(column.as_str(), vec![rule]);
        }
        Ok(match &self.dedupe {
            Some(dedupe) => pipeline.dedupe(dedupe.dedupe()?),
            None => pipeline,
        })
    }

    /// What the papers tell of it.
    fn outline(&self) -> Outline {
        let mut outline = Outline::default();
        for Normalize { columns, rules, .. } in &self.normalize {
            let rules: Vec<&str> = rules.iter().map(|rule| &**rule).collect();
            outline.rules.push((columns.clone(), rules.join(", ")));
        }
        for (column, protect) in &self.protect {
            outline.rules.push((column.as_str().into(), protect.name().to_owned()));
        }
        for validate in &self.validate {
            if validate.required {
                outline.required.extend(validate.columns.clone());
            }
            if let Some(most) = validate.most {
                outline.most.extend(validate.columns.iter().map(|column| (column.to_string(), most)));
            }
        }
        outline
    }
}
