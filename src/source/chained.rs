//! Several sources as one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::details::Details;
use crate::error::{Error, Result};
use crate::record::Record;
use crate::schema::{Field, Kind, Schema, list};
use crate::source::within::{Pushed, read_within};
use crate::source::{Feed, SourceReader};

/// Sources of the same columns, one after the other, as one source: the
/// months of a year, the shops of a chain.
///
/// Findings name the source that a record came from, and count its rows from 1. The
/// columns may stand in another order in each source. Where a column holds
/// another kind in each, it holds values of any kind.
///
/// Sources that need a mapping each are inputs of their own of a pipeline:
/// [`Pipeline::from_each`](crate::Pipeline::from_each).
///
/// ```
/// use handover::source::{Chained, Memory};
/// use handover::{Pipeline, Record, Schema, sink::Collect};
///
/// let schema = Schema::text(["name"])?;
/// let shop = |shop, name| Ok(Memory::new(shop, schema.clone(), [Record::of(schema.clone(), [name])?]));
/// let shops: [Result<Memory, handover::Fault>; 2] = [shop("Berlin", "Anna"), shop("上海", "王伟")];
///
/// let mut customers = Collect::new();
/// let all = Chained::new(shops.into_iter().collect::<Result<Vec<_>, _>>()?).channel("shop");
/// Pipeline::from(all).to(&mut customers).run()?;
/// assert_eq!(customers.records()[1].text("shop")?, "上海");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Chained<'s> {
    name: Option<String>,
    sources: Vec<Box<dyn SourceReader + 's>>,
    union: bool,
    channel: Option<String>,
    /// Known once the columns have been asked for.
    links: Vec<Link>,
    schema: Option<Arc<Schema>>,
}

/// One of the sources, as the chain knows it.
struct Link {
    schema: Arc<Schema>,
    /// Where each of its columns stands in the chain.
    columns: Vec<usize>,
    /// Whether they are the chain's first columns, in order.
    in_order: bool,
    /// What the column of the channel says.
    channel: String,
    records: u64,
}

impl<'s> Chained<'s> {
    /// These sources, in this order.
    pub fn new<S: SourceReader + 's>(sources: impl IntoIterator<Item = S>) -> Self {
        sources.into_iter().fold(Chained::default(), Chained::and)
    }

    /// A further source.
    #[must_use]
    pub fn and(mut self, source: impl SourceReader + 's) -> Self {
        self.sources.push(Box::new(source));
        self
    }

    /// The name in reports, instead of the names of the sources.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The sources may have different columns: the chain has all of them, and
    /// what a source does not have is null.
    #[must_use]
    pub fn union(mut self) -> Self {
        self.union = true;
        self
    }

    /// Adds a column, the last one, that says which source a record came from:
    /// the name of its file without the folder, or the source's name.
    #[must_use]
    pub fn channel(mut self, column: impl Into<String>) -> Self {
        self.channel = Some(column.into());
        self
    }

    /// What the column of the channel says for each source.
    fn channels(&self) -> Vec<String> {
        let of_file = |source: &(dyn SourceReader + 's)| match source.files().first() {
            Some(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            None => source.name().into_owned(),
        };
        let short: Vec<String> = self.sources.iter().map(|source| of_file(&**source)).collect();
        match short.iter().collect::<HashSet<_>>().len() == short.len() {
            true => short,
            false => self.sources.iter().map(|source| source.name().into_owned()).collect(),
        }
    }

    fn bind(&mut self) -> Result<Arc<Schema>> {
        if self.sources.is_empty() {
            return Err(Error::bind("there is nothing to chain"));
        }
        let (channels, mut schemas) = (self.channels(), Vec::new());
        for source in &mut self.sources {
            let name: Arc<str> = source.name().into();
            if schemas.iter().any(|(known, _)| *known == name) {
                return Err(Error::bind(format!(
                    "two sources are called `{name}`, give them different names"
                )));
            }
            schemas.push((Arc::clone(&name), source.schema().map_err(|error| error.within(&name))?));
        }
        let mut fields = joined(&schemas, self.union)?;
        fields.extend(self.channel.as_deref().map(|channel| Field::new(channel, Kind::Text)));
        let schema = Schema::new(fields)?;
        for ((_, own), channel) in schemas.into_iter().zip(channels) {
            let columns = schema.indexes(&own.names().collect::<Vec<_>>())?;
            let in_order = columns.iter().copied().eq(0..own.len());
            self.links.push(Link { schema: own, columns, in_order, channel, records: 0 });
        }
        Ok(schema)
    }
}

/// The columns of all sources.
fn joined(schemas: &[(Arc<str>, Arc<Schema>)], union: bool) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for (name, schema) in schemas {
        let first = schemas.first().filter(|(_, first)| !union && !alike(first, schema));
        if let Some((other, columns)) = first {
            return Err(Error::bind(format!(
                "the sources have different columns, which `union` allows: {other} has {}; {name} has {}",
                list(columns.names()),
                list(schema.names())
            )));
        }
        for field in schema.fields() {
            match fields.iter_mut().find(|known| known.name() == field.name()) {
                Some(known) if known.kind() != field.kind() => {
                    *known = Field::new(Arc::clone(field.name()), Kind::Any);
                }
                Some(_) => {}
                None => fields.push(field.clone()),
            }
        }
    }
    Ok(fields)
}

/// Whether both have the same names.
fn alike(one: &Schema, other: &Schema) -> bool {
    one.len() == other.len() && one.names().all(|name| other.find(name).is_some())
}

impl Link {
    fn fill(&self, from: &Record, to: &mut Record, schema: &Arc<Schema>, channel: bool) {
        if self.in_order {
            to.copy_from(from, schema);
        } else {
            for (value, at) in from.values().zip(&self.columns) {
                to.set_value(*at, value);
            }
            let origin = from.origin();
            to.set_position(origin.line, origin.byte);
            if let Some(key) = origin.key {
                to.set_key_text(key);
            }
        }
        if channel {
            to.set_value(schema.len() - 1, self.channel.as_str());
        }
    }
}

impl SourceReader for Chained<'_> {
    fn name(&self) -> Cow<'_, str> {
        match (&self.name, &self.sources[..]) {
            (Some(name), _) => Cow::Borrowed(name),
            (None, [only]) => only.name(),
            (None, [first, rest @ ..]) => format!("{} and {} more", first.name(), rest.len()).into(),
            (None, []) => Cow::Borrowed("nothing"),
        }
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let schema = match self.schema.take() {
            Some(schema) => schema,
            None => self.bind()?,
        };
        Ok(Arc::clone(self.schema.insert(schema)))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let (schema, channel) = (self.schema()?, self.channel.is_some());
        let (mut before, mut begun) = (0, None);
        for (source, link) in self.sources.iter_mut().zip(&mut self.links) {
            let mut bytes = 0;
            let own = Arc::clone(&link.schema);
            read_within(source, &own, |pushed| {
                let part = pushed.place().input;
                if begun.as_ref() != Some(&part) {
                    feed.begin(Arc::clone(&part));
                    begun = Some(part);
                }
                bytes = pushed.bytes_read;
                feed.bytes_read(before + bytes);
                link.records += 1;
                let Pushed { record, rejected, faults, .. } = pushed;
                link.fill(record, feed.record(), &schema, channel);
                if rejected { feed.reject(record.raw(), faults) } else { feed.push_with(faults) }
            })?;
            before += source.details().bytes.unwrap_or(bytes);
        }
        Ok(())
    }

    fn files(&self) -> Vec<&Path> {
        self.sources.iter().flat_map(|source| source.files()).collect()
    }

    fn details(&self) -> Details {
        let mut details = Details::default();
        for (source, link) in self.sources.iter().zip(&self.links) {
            let own = source.details();
            let facts = own.facts.iter().map(|(name, value)| format!(", {name} {value}"));
            details.fact(source.name(), format!("{} records{}", link.records, facts.collect::<String>()));
            details.notes.extend(own.notes.iter().map(|note| format!("{}: {note}", source.name())));
            details.bytes = own.bytes.map(|bytes| bytes + details.bytes.unwrap_or(0)).or(details.bytes);
        }
        details
    }
}

impl fmt::Debug for Chained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Chained").field(&self.name()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Value;
    use crate::sink::Collect;
    use crate::source::Memory;
    use crate::{Fault, Pipeline};

    fn memory(name: &str, columns: &[(&str, Kind)], rows: &[&[Value<'_>]]) -> Memory {
        let schema = Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, *kind))).unwrap();
        let records = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
        Memory::new(name, schema.clone(), records.collect::<Vec<_>>())
    }

    fn sources() -> [Memory; 2] {
        let one = [("name", Kind::Text), ("n", Kind::Int)];
        [
            memory("a", &one, &[&["王伟".into(), 1.into()], &["李娜".into(), Value::Null]]),
            memory("b", &[("n", Kind::Text), ("name", Kind::Text)], &[&["007".into(), "Anna".into()]])
                .key("n"),
        ]
    }

    fn rows(chained: Chained<'_>) -> (Vec<String>, Vec<String>) {
        let mut sink = Collect::new();
        let mapper = crate::map::Mapping::new().keep_rest();
        Pipeline::from(chained).map(mapper).to(&mut sink).run().unwrap();
        let line = |record: &Record| record.values().map(|v| v.to_string()).collect::<Vec<_>>().join("|");
        let columns = sink.records()[0].schema().fields().iter();
        let columns = columns.map(|field| format!("{} {}", field.name(), field.kind())).collect();
        (columns, sink.records().iter().map(line).collect())
    }

    #[test]
    fn columns_find_each_other_by_name() {
        let (columns, rows) = rows(Chained::new(sources()));
        assert_eq!(columns, ["name text", "n any"]);
        assert_eq!(rows, ["王伟|1", "李娜|", "Anna|007"]);
    }

    #[test]
    fn each_record_knows_its_channel() {
        let third = memory("c", &[("fax", Kind::Text)], &[&["1".into()]]);
        let (columns, rows) = rows(Chained::new(sources()).and(third).union().channel("from"));
        assert_eq!(columns, ["name text", "n any", "fax text", "from text"]);
        assert_eq!(rows, ["王伟|1||a", "李娜|||a", "Anna|007||b", "||1|c"]);
    }

    #[test]
    fn places_name_the_source_and_count_its_rows() {
        let mut places = Vec::new();
        let inner = Chained::new([memory("x", &[("name", Kind::Text)], &[&["1".into()], &["2".into()]])]);
        let outer = Chained::new(sources()).union().and(inner);
        let mut chained = outer;
        let schema = chained.schema().unwrap();
        let mut keys = Vec::new();
        read_within(&mut chained, &schema, |pushed| {
            places.push(pushed.place().to_string());
            keys.extend(pushed.record.key().map(str::to_owned));
            Ok(())
        })
        .unwrap();
        assert_eq!(places, ["a:row 1", "a:row 2", "b:row 1", "x:row 1", "x:row 2"]);
        assert_eq!(keys, ["007"]);
        assert_eq!(chained.name(), "a and 2 more");
        assert_eq!(chained.details().get("b"), Some("1 records"));
    }

    #[test]
    fn what_a_source_sets_aside_stays_set_aside() {
        struct Odd;
        impl SourceReader for Odd {
            fn name(&self) -> Cow<'_, str> {
                "odd".into()
            }
            fn schema(&mut self) -> Result<Arc<Schema>> {
                Schema::text(["n", "name"])
            }
            fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
                feed.record().set_value(1, "x");
                feed.push_with([Fault::warning("strange")])?;
                feed.reject(Some("a;b;c"), [Fault::new("ragged")])
            }
        }
        let mut seen = Vec::new();
        let mut chained = Chained::new(sources()).and(Odd);
        let schema = chained.schema().unwrap();
        read_within(&mut chained, &schema, |pushed| {
            let faults: Vec<String> = pushed.faults.iter().map(ToString::to_string).collect();
            let name = pushed.record.text("name").unwrap().to_owned();
            seen.push((name, pushed.rejected, faults.concat(), pushed.record.raw().map(str::to_owned)));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen[3], ("x".to_owned(), false, "strange".to_owned(), None));
        assert_eq!(seen[4], (String::new(), true, "ragged".to_owned(), Some("a;b;c".to_owned())));
    }

    #[test]
    fn what_does_not_fit_fails_before_the_first_record() {
        let fails = |mut chained: Chained<'_>, expected: &str| {
            assert_eq!(chained.schema().unwrap_err().to_string(), expected);
        };
        fails(Chained::default(), "there is nothing to chain");
        let other = memory("c", &[("name", Kind::Text), ("fax", Kind::Text)], &[]);
        fails(
            Chained::new(sources()).and(other),
            "the sources have different columns, which `union` allows: a has name, n; c has name, fax",
        );
        fails(Chained::new(sources()).channel("n"), "column `n` is there twice");
        let [a, _] = sources();
        fails(Chained::new(sources()).and(a), "two sources are called `a`, give them different names");
    }
}
