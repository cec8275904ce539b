//! Bringing the records of one or several sources together, to be compared.

use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Records;
use crate::error::{Error, Place, Result};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Rows, SinkWriter};
use crate::source::SourceReader;

/// A sink that adds what it pulls to [`Records`], so that they can be compared
/// without being merged and written in the same run.
///
/// Columns go by their names: those of the records may be more than those of
/// the source, and stand in any order. Sources of different columns are gathered
/// in a run each, as inputs with a number each, under all their columns:
///
/// ```
/// use handover::dedupe::{Gather, Records};
/// use handover::{Pipeline, Record, Schema, source::Memory};
///
/// let source = |name, columns: [&str; 2], row: [&str; 2]| {
///     let schema = Schema::text(columns)?;
///     let records = [Record::of(schema.clone(), row)?];
///     Ok::<_, Box<dyn std::error::Error>>(Memory::new(name, schema, records).key(columns[0]))
/// };
/// let shop = source("shop", ["nr", "name"], ["7", "Li Na"])?;
/// let crm = source("crm", ["id", "name"], ["K1", "Lina Li"])?;
///
/// let mut sources = [shop, crm];
/// let mut records = Records::for_sources(&mut sources)?;
/// for (source, number) in sources.into_iter().zip(0..) {
///     Pipeline::from(source).to(Gather::to(&mut records).input(number)).run()?;
/// }
/// records.check_keys(&["shop", "crm"])?;
///
/// let row = records.row(1)?;
/// let values: Vec<String> = row.values().map(|value| value.to_string()).collect();
/// assert_eq!((row.key(), row.id().input), (Some("K1"), 1));
/// assert_eq!(values, ["", "Lina Li", "K1"]); // nr, name, id
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What a run that failed had pulled until then has been added.
#[derive(Debug)]
pub struct Gather<'r> {
    records: &'r mut Records,
    input: Option<u32>,
    results: Vec<PathBuf>,
}

impl<'r> Gather<'r> {
    /// Adds to these records.
    pub fn to(records: &'r mut Records) -> Self {
        Gather { records, input: None, results: Vec::new() }
    }

    /// The number of the input that the records come from, from 0: that in the
    /// run, unless said otherwise.
    #[must_use]
    pub fn input(mut self, number: u32) -> Self {
        self.input = Some(number);
        self
    }

    /// Files that are going to be written of what is gathered: the run fails
    /// before it has read anything if one of them is an input or the rejects
    /// file, or is named twice.
    #[must_use]
    pub fn results<P: Into<PathBuf>>(mut self, files: impl IntoIterator<Item = P>) -> Self {
        self.results.extend(files.into_iter().map(Into::into));
        self
    }
}

impl SinkWriter for Gather<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("memory")
    }

    fn files(&self) -> Vec<&Path> {
        self.results.iter().map(PathBuf::as_path).collect()
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        schema.names().try_for_each(|name| self.records.schema().index(name).map(drop))
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let (own, all) = (rows.schema(), Arc::clone(self.records.schema()));
        let columns = own.names().map(|name| all.index(name)).collect::<Result<Vec<_>>>()?;
        let mut placed = Record::new(Arc::clone(&all));
        while let Some(record) = rows.next()? {
            let id = record.id();
            let input = self.input.unwrap_or(id.input);
            if own == all && input == id.input {
                self.records.push(record)?;
                continue;
            }
            placed.reset(&all);
            for (column, value) in columns.iter().zip(record.values()) {
                placed.set_value(*column, value);
            }
            placed.descend_from(record, id.part);
            placed.set_id(RecordId { input, ..id });
            self.records.push(&placed)?;
        }
        Ok(())
    }
}

impl Records {
    /// No record yet; there is room for all columns of these sources.
    ///
    /// # Errors
    ///
    /// When a source cannot say its columns, and when two hold one in different kinds.
    pub fn for_sources<S: SourceReader>(sources: &mut [S]) -> Result<Self> {
        let schemas = sources.iter_mut().map(|source| {
            let schema = source.schema();
            schema.map_err(|error| error.within(&source.name()))
        });
        let schema = Schema::union(schemas.collect::<Result<Vec<_>>>()?)?;
        Ok(Records::new(schema))
    }

    /// Makes sure that every record can be found again by its input and its key.
    /// The inputs are named in the order of their numbers.
    ///
    /// # Errors
    ///
    /// When a record has no key, when two of one input have the same, with the
    /// place of the first such record; and when a record cannot be read back.
    pub fn check_keys(&self, inputs: &[impl AsRef<str>]) -> Result<()> {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut hashes = Vec::with_capacity(self.len());
        self.each(|position, row| {
            let Some(key) = row.key().filter(|key| !key.trim().is_empty()) else {
                return Err(Error::bind("has no key").at(self.place(position, inputs)?));
            };
            hashes.push((hasher.hash_one((row.id().input, key)), position));
            Ok(())
        })?;
        hashes.sort_unstable();
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        for alike in hashes.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
            self.find_repeated(alike, &mut repeated)?;
        }
        let Some((position, before)) = repeated.iter().min() else { return Ok(()) };
        let (place, before) = (self.place(*position, inputs)?, self.place(*before, inputs)?);
        let more = match repeated.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more have the key of another"),
        };
        Err(Error::bind(format!("has the key of {before}{more}")).at(place))
    }

    /// Adds the records whose keys others had before, with these; all hash alike.
    fn find_repeated(&self, alike: &[(u64, usize)], repeated: &mut Vec<(usize, usize)>) -> Result<()> {
        let keyed = |(_, position): &(u64, usize)| {
            let row = self.row(*position)?;
            Ok((row.id().input, row.key().map(str::to_owned), *position))
        };
        let mut keys = alike.iter().map(keyed).collect::<Result<Vec<_>>>()?;
        keys.sort_unstable();
        for same in keys.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
            repeated.extend(same[1..].iter().map(|(_, _, position)| (*position, same[0].2)));
        }
        Ok(())
    }

    /// Where the record of an input stands that is [called](super::Row::called) this;
    /// the first of several.
    ///
    /// # Errors
    ///
    /// When a record cannot be read back.
    pub fn position(&self, input: u32, name: &str) -> Result<Option<usize>> {
        for (position, row) in self.rows(0..self.len()).enumerate() {
            let row = row?;
            if row.id().input == input && row.called() == name {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }

    fn place(&self, position: usize, inputs: &[impl AsRef<str>]) -> Result<Place> {
        let row = self.row(position)?;
        let origin = row.origin();
        let input = inputs.get(origin.id.input as usize).map_or("", |input| input.as_ref());
        Ok(origin.place(&Arc::from(input)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Pipeline;
    use crate::record::Value;
    use crate::schema::{Field, Kind};
    use crate::source::Memory;

    fn source(columns: &[&str], rows: &[&[&str]]) -> Memory {
        let schema = Schema::text(columns.iter().copied()).unwrap();
        let rows = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
        Memory::new("crm", schema.clone(), rows.collect::<Vec<_>>())
    }

    fn texts(records: &Records) -> Vec<String> {
        let text = |row: crate::dedupe::Row<'_>| {
            let values: Vec<String> = row.values().map(|value| value.to_string()).collect();
            format!("{}.{} {:?} {}", row.id().input, row.id().row, row.key(), values.join("|"))
        };
        records.rows(0..records.len()).map(|row| text(row.unwrap())).collect()
    }

    #[test]
    fn columns_go_by_name_and_inputs_by_number() {
        let (left, right) = (["id", "name", "city"], ["city", "id", "phone"]);
        let mut sources = [
            source(&left, &[&["1", "Li", "Xi'an"], &["2", "Wu", ""]]).key("id"),
            source(&right, &[&["Bonn", "1", "030"]]).key("id"),
        ];
        let mut records = Records::for_sources(&mut sources).unwrap();
        let [source_left, source_right] = sources;
        Pipeline::from(source_left).to(Gather::to(&mut records)).run().unwrap();
        Pipeline::from(source_right).to(Gather::to(&mut records).input(1)).run().unwrap();
        assert_eq!(
            texts(&records),
            [r#"0.1 Some("1") 1|Li|Xi'an|"#, r#"0.2 Some("2") 2|Wu||"#, r#"1.1 Some("1") 1||Bonn|030"#]
        );
        assert_eq!(records.row(2).unwrap().value(1), Value::Null);
        assert_eq!([0, 1].map(|input| records.position(input, "1").unwrap()), [Some(0), Some(2)]);
        assert_eq!(records.position(1, "2").unwrap(), None);
        assert!(records.check_keys(&["left", "right"]).is_ok());
    }

    #[test]
    fn a_column_that_the_records_do_not_have_fails_before_anything_is_read() {
        let mut records = Records::new(Schema::text(["id", "name"]).unwrap());
        let failed =
            Pipeline::from(source(&["id", "nmae"], &[&["1", "Li"]])).to(Gather::to(&mut records)).run();
        let message = "no column `nmae`, did you mean `name`? The columns are: id, name";
        assert!(failed.unwrap_err().to_string().ends_with(message));
        assert!(records.is_empty());
    }

    #[cfg(feature = "csv")]
    #[test]
    fn results_take_no_input_s_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.csv");
        std::fs::write(&path, "id\n1\n").unwrap();
        let mut records = Records::new(Schema::text(["id"]).unwrap());
        let mut source = crate::CsvSource::path(&path);
        source.schema().unwrap(); // which opens the file
        let failed = Pipeline::from(source).to(Gather::to(&mut records).results([&path])).run().unwrap_err();
        let message = "is an input and an output of the run, give one of them another name";
        assert_eq!(failed.to_string(), format!("{}: {message}", path.display()));
    }

    fn check(rows: &[&[&str]]) -> String {
        let mut records = Records::new(Schema::text(["id", "name"]).unwrap());
        Pipeline::from(source(&["id", "name"], rows).key("id")).to(Gather::to(&mut records)).run().unwrap();
        records.check_keys(&["crm"]).map_or_else(|error| error.to_string(), |()| "all differ".to_owned())
    }

    #[test]
    fn keys_that_are_missing_or_repeated_are_told_with_their_place() {
        assert_eq!(check(&[&["1", "Li"], &["2", "Li"]]), "all differ");
        assert_eq!(check(&[&["1", "Li"], &["", "Wu"], &["1", ""]]), "crm:row 2: has no key");
        assert_eq!(check(&[&["1", "Li"], &["2", "Wu"], &["1", ""]]), "crm:row 3: has the key of crm:row 1");
        let rows: [&[&str]; 5] = [&["1", ""], &["2", ""], &["2", ""], &["1", ""], &["1", ""]];
        assert_eq!(check(&rows), "crm:row 3: has the key of crm:row 2, and 2 more have the key of another");
    }

    #[test]
    fn kinds_that_differ_are_no_union() {
        let schema = |kind| Schema::new([Field::new("born", kind)]).unwrap();
        let error = Schema::union([schema(Kind::Text), schema(Kind::Date)]).unwrap_err();
        assert_eq!(error.to_string(), "column `born` is text in one place and date in another");
    }
}
