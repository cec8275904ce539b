//! The record as it is read, and as the mapping makes it, found out anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Show, Story, StoryField, text};
use crate::error::{Error, Result};
use crate::map::Mapping;
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
    let out = mapped.records().iter().find(|record| is_called(record, key));
    story.mapped = out.map(|out| show.record(entity, out)).unwrap_or_default();
    story.read = read_fields(entity, (record, out), show);
    Ok(())
}

/// Whether a record has a key, or is of the row that stands there for it.
fn is_called(record: &Record, key: &str) -> bool {
    [record.key(), None].iter().any(|known| identity(record.id(), *known) == key)
}

/// Whether a column of the source is shown that has this value.
type IsOpen<'e> = Box<dyn Fn(&str, &str) -> bool + 'e>;

/// The fields as they were read.
fn read_fields(entity: &Entity, (record, out): (&Record, Option<&Record>), show: Show) -> Vec<StoryField> {
    let shows_all = show.all || entity.personal.is_empty();
    let is_open: IsOpen<'_> = match &entity.mapping {
        _ if shows_all => Box::new(|_, _| true),
        Some(mapping) => Box::new(open_by_mapping(entity, mapping, out)),
        None => Box::new(open_by_value(entity, out)),
    };
    let shown = |(name, value): (&str, Value<'_>)| {
        let value = value.to_string();
        let is_open = name == entity.key || is_open(name, &value);
        StoryField { column: name.to_owned(), value: if is_open { value } else { masked(&value) } }
    };
    record.schema().names().zip(record.values()).map(shown).collect()
}

fn is_personal(entity: &Entity, name: &str) -> bool {
    entity.personal.iter().any(|known| **known == *name)
}

/// A column is shown if something is made of it, and nothing that is personal.
fn open_by_mapping(entity: &Entity, mapping: &Mapping, out: Option<&Record>) -> impl Fn(&str, &str) -> bool {
    let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
    let columns = mapping.outline();
    for column in &columns {
        let names = if is_personal(entity, &column.name) { &mut closed } else { &mut open };
        names.extend(column.sources.iter().cloned());
    }
    // All other columns that come out are copies of the same name.
    let names = out.into_iter().flat_map(|out| out.schema().names());
    let copied = names.filter(|name| !columns.iter().any(|column| *column.name == **name));
    open.extend(copied.filter(|name| !is_personal(entity, name)).map(Arc::from));
    move |name, _| open.contains(name) && !closed.contains(name)
}

/// Where a program maps, nobody said which columns become personal ones: a value is shown only if
/// it stands in a column that is not.
fn open_by_value(entity: &Entity, out: Option<&Record>) -> impl Fn(&str, &str) -> bool {
    let open: BTreeSet<String> = out
        .into_iter()
        .flat_map(|out| out.schema().names().zip(out.values()))
        .filter(|(name, _)| !is_personal(entity, name))
        .filter_map(|(_, value)| text(value))
        .collect();
    move |name, value| open.contains(value) && !is_personal(entity, name)
}
