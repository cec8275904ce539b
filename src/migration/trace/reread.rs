//! The record as it is read, and as the mapping makes it, found out anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Show, Story, StoryField, text};
use crate::error::{Error, Result};
use crate::migration::entity::Entity;
use crate::migration::load::Queue;
use crate::migration::load::asides::identity;
use crate::migration::run::pipeline_of_one;
use crate::pipeline::{Pipeline, Rejects};
use crate::protect::masked;
use crate::record::{Record, Value};
use crate::sink::Collect;
use crate::source::SourceReader;
use crate::source::identified::Identified;

/// Reads the record again, and sends it through the pipeline.
pub(super) fn reread(entity: &Entity, key: &str, show: Show, story: &mut Story) -> Result<()> {
    let source = (entity.open)()?;
    let name: Arc<str> = source.name().into();
    let mut read = Collect::new();
    let raw = Pipeline::from(Identified::new(source, &entity.key, 0).only(key));
    raw.rejects(Rejects::observed()).to(&mut read).run().map_err(Error::from)?;
    // Where several have the key, the first is meant.
    let Some(record) = read.records().first() else { return Ok(()) };
    story.place = Some(record.origin().place(&name).to_string());
    let (mut mapped, queue) = (Collect::new(), Arc::new(Queue::default()));
    let report = pipeline_of_one(entity, key)?
        .threads(1)
        .rejects(Rejects::observed())
        .observe(Arc::clone(&queue))
        .to(&mut mapped)
        .run()
        .map_err(Error::from)?;
    story.rules = report.changes;
    let out = mapped.records().iter().find(|record| identity(record.id(), record.key()) == key);
    story.mapped = out.map(|out| show.record(entity, out)).unwrap_or_default();
    story.read = read_fields(entity, (record, out), show);
    Ok(())
}

/// The fields as they were read. Where some columns of the mapped record are personal, a value is
/// shown only if it stands in one that is not: nobody said which columns of the source those are.
fn read_fields(entity: &Entity, (record, out): (&Record, Option<&Record>), show: Show) -> Vec<StoryField> {
    let is_personal = |name: &str| entity.personal.iter().any(|known| **known == *name);
    let shows_all = show.all || entity.personal.iter().next().is_none();
    let open: BTreeSet<String> = out
        .into_iter()
        .flat_map(|out| out.schema().names().zip(out.values()))
        .filter(|(name, _)| !is_personal(name))
        .filter_map(|(_, value)| text(value))
        .collect();
    let shown = |(name, value): (&str, Value<'_>)| {
        let value = value.to_string();
        let is_open = shows_all || name == entity.key || open.contains(&value) && !is_personal(name);
        StoryField { column: name.to_owned(), value: if is_open { value } else { masked(&value) } }
    };
    record.schema().names().zip(record.values()).map(shown).collect()
}
