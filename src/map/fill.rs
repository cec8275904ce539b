//! Values looked up in another source, for columns that have none.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::run::{not_bound, text_of, value_of};
use super::{FieldMapper, Mapped};
use crate::error::{Error, Fault, Place, Result, Severity};
use crate::normalize::Normalizer;
use crate::record::Record;
use crate::schema::{Field, Kind, Schema};
use crate::source::SourceReader;
use crate::source::within::read_within;

/// Fills columns from a table by key: the e-mail of an owner from a table of
/// owners, the city from a table of postcodes. All other columns stay as they are.
///
/// ```
/// use handover::map::{Fill, NotFound};
/// use handover::{CsvSource, Pipeline};
///
/// let owners = Fill::from(CsvSource::path("owners.csv"))
///     .key_as("id", "owner_id")
///     .fill_as("email", "owner_email")
///     .not_found(NotFound::Reject);
/// let pipeline = Pipeline::from(CsvSource::path("deals.csv")).map(owners);
/// ```
///
/// A value that is present is never replaced: a column is filled where it is
/// null or white space only, and added behind the others where the source does
/// not have it. The report counts each value that is filled, by column, under
/// the rule `fill`.
///
/// The table is read whole before the first record, once, and its key and
/// filling columns are held in memory: some 100 bytes a row. White space around
/// keys is set aside; a row whose key is blank is passed over.
///
/// # Errors
///
/// Binding fails if a column is missing, if the table has a record that cannot
/// be read, and if two rows of it with the same key would fill different values.
pub struct Fill {
    /// The table, until it is read.
    source: Mutex<Option<Box<dyn SourceReader>>>,
    /// Of the table, and here.
    keys: Vec<[Arc<str>; 2]>,
    fills: Vec<[Arc<str>; 2]>,
    compared: Option<Box<dyn Normalizer>>,
    not_found: NotFound,
    table: Table,
    bound: Option<Bound>,
}

/// What becomes of a record whose key the table does not have, where a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NotFound {
    /// It goes on, and nothing is said.
    Pass,
    /// It goes on, with a warning.
    #[default]
    Warn,
    /// It is rejected.
    Reject,
}

/// What a table has for each key: a value, or none, for each column that it fills.
struct Table {
    name: Arc<str>,
    rows: HashMap<String, Row>,
}

struct Row {
    values: Vec<Option<Box<str>>>,
    /// Where it stands, for messages.
    number: u64,
}

/// The positions of columns, under a source's schema.
struct Bound {
    keys: Vec<usize>,
    fills: Vec<Filled>,
}

/// A column that is filled.
struct Filled {
    column: Arc<str>,
    position: usize,
    kind: Kind,
}

/// The columns of the table, or those here.
fn columns(pairs: &[[Arc<str>; 2]], side: usize) -> Vec<Arc<str>> {
    pairs.iter().filter_map(|pair| pair.get(side).cloned()).collect()
}

const IN_TABLE: usize = 0;
const HERE: usize = 1;

impl Fill {
    /// Fills from this source, whose columns [`key`](Self::key) and
    /// [`fill`](Self::fill) name.
    pub fn from(source: impl SourceReader + 'static) -> Self {
        Fill {
            source: Mutex::new(Some(Box::new(source))),
            keys: Vec::new(),
            fills: Vec::new(),
            compared: None,
            not_found: NotFound::default(),
            table: Table::new("".into()),
            bound: None,
        }
    }

    /// The column that finds a row of the table, of the same name there and
    /// here. Said several times, all of them together find it.
    #[must_use]
    pub fn key(self, column: &str) -> Self {
        self.key_as(column, column)
    }

    /// Like [`key`](Self::key), where the column has another name here than in the table.
    #[must_use]
    pub fn key_as(mut self, in_table: &str, here: &str) -> Self {
        self.keys.push([in_table.into(), here.into()]);
        self
    }

    /// A column that is filled from the one of the same name in the table.
    #[must_use]
    pub fn fill(self, column: &str) -> Self {
        self.fill_as(column, column)
    }

    /// Like [`fill`](Self::fill), where the column has another name here than in the table.
    #[must_use]
    pub fn fill_as(mut self, in_table: &str, here: &str) -> Self {
        self.fills.push([in_table.into(), here.into()]);
        self
    }

    /// Compares keys as a rule writes them: `email_key()`, `postcode`. One
    /// that the rule finds fault with is compared as it stands, one that it makes nothing of is no key.
    #[must_use]
    pub fn compared_by(mut self, rule: impl Normalizer + 'static) -> Self {
        self.compared = Some(Box::new(rule));
        self
    }

    /// What becomes of a record whose key the table does not have; by default
    /// it goes on with a warning. A record that has no key goes on as it is.
    #[must_use]
    pub fn not_found(mut self, not_found: NotFound) -> Self {
        self.not_found = not_found;
        self
    }

    /// The values of key columns as one text; `None` if one of them is blank, or nothing by the rule.
    fn key_of(&self, record: &Record, positions: &[usize]) -> Option<String> {
        let mut key = String::new();
        for position in positions {
            let value = record.value(*position);
            if value.is_blank() {
                return None;
            }
            let text = text_of(value);
            let text = text.trim();
            let compared = self.compared.as_ref().and_then(|rule| rule.normalize(text).ok());
            let compared = compared.unwrap_or(Cow::Borrowed(text));
            if compared.is_empty() {
                return None;
            }
            key.push_str(&compared);
            // Ends each of several, so that `a`, `bc` is not `ab`, `c`.
            key.push('\u{1F}');
        }
        Some(key)
    }

    /// What is said of a key that the table does not have.
    fn missed(&self) -> Option<Fault> {
        let severity = match self.not_found {
            NotFound::Pass => return None,
            NotFound::Warn => Severity::Warning,
            NotFound::Reject => Severity::Error,
        };
        let fault = Fault::new(format!("not in {}", self.table.name)).severity(severity).rule("fill");
        Some(match self.keys.first() {
            Some([_, here]) => fault.column(Arc::clone(here)),
            None => fault,
        })
    }

    /// Reads the table, if that was not done before.
    fn load(&mut self) -> Result<()> {
        let source = self.source.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut source) = source else { return Ok(()) };
        let name: Arc<str> = source.name().into();
        let within = |error: Error| error.within(&name);
        let schema = source.schema().map_err(within)?;
        let keys = schema.indexes(&columns(&self.keys, IN_TABLE)).map_err(within)?;
        let fills = schema.indexes(&columns(&self.fills, IN_TABLE)).map_err(within)?;
        let mut table = Table::new(Arc::clone(&name));
        read_within(&mut source, &schema, |pushed| {
            if let Some(fault) = pushed.faults.iter().find(|_| pushed.rejected) {
                return Err(Error::format(fault.to_string()).at(pushed.place()));
            }
            let Some(key) = self.key_of(pushed.record, &keys) else { return Ok(()) };
            table.add(key, pushed.record, &fills, pushed.place())
        })?;
        self.table = table;
        Ok(())
    }
}

impl Table {
    fn new(name: Arc<str>) -> Self {
        Table { name, rows: HashMap::new() }
    }

    /// Adds a row. Of several with the same key each may have what the others lack.
    fn add(&mut self, key: String, record: &Record, fills: &[usize], place: Place) -> Result<()> {
        let filled = |position: &usize| {
            let value = record.value(*position);
            (!value.is_blank()).then(|| text_of(value).into())
        };
        let values: Vec<Option<Box<str>>> = fills.iter().map(filled).collect();
        let row = self.rows.entry(key).or_insert_with(|| Row { values: values.clone(), number: place.row });
        for (known, new) in row.values.iter_mut().zip(values) {
            match (&known, new) {
                (Some(known), Some(new)) if **known != *new => {
                    let said = format!("fills another value than row {} with the same key", row.number);
                    return Err(Error::other(said).at(place));
                }
                (None, new @ Some(_)) => *known = new,
                _ => {}
            }
        }
        Ok(())
    }
}

impl FieldMapper for Fill {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        if self.keys.is_empty() || self.fills.is_empty() {
            return Err(Error::bind("nothing is filled: name a key and a column to fill").at("fill"));
        }
        let keys = input.indexes(&columns(&self.keys, HERE)).map_err(|error| error.at("fill"))?;
        let targets = columns(&self.fills, HERE);
        let mut seen = HashSet::new();
        if let Some(twice) = targets.iter().find(|name| !seen.insert(*name)) {
            return Err(Error::bind(format!("column `{twice}` is filled twice")).at("fill"));
        }
        self.load()?;
        let added = targets.iter().filter(|name| input.find(name).is_none());
        let added = added.map(|name| Field::new(Arc::clone(name), Kind::Text));
        let output = Schema::new(input.fields().iter().cloned().chain(added))?;
        let kind = |position: usize| output.fields().get(position).map_or(Kind::Text, Field::kind);
        let filled = |column: Arc<str>| {
            let position = output.index(&column)?;
            Ok(Filled { position, kind: kind(position), column })
        };
        let fills = targets.into_iter().map(filled).collect::<Result<_>>()?;
        self.bound = Some(Bound { keys, fills });
        Ok(output)
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let bound = self.bound.as_ref().ok_or_else(not_bound)?;
        let (record, notes) = output.begin();
        for (position, value) in input.values().enumerate() {
            record.set_value(position, value);
        }
        let lacks = |position: usize| position >= input.len() || input.value(position).is_blank();
        if !bound.fills.iter().any(|filled| lacks(filled.position)) {
            return Ok(());
        }
        let Some(key) = self.key_of(input, &bound.keys) else { return Ok(()) };
        let Some(row) = self.table.rows.get(&key) else {
            match self.missed() {
                Some(fault) if fault.is_error() => return Err(fault),
                Some(fault) => notes.findings.push(fault),
                None => {}
            }
            return Ok(());
        };
        for (counter, (filled, value)) in bound.fills.iter().zip(&row.values).enumerate() {
            if let Some(text) = value.as_deref().filter(|_| lacks(filled.position)) {
                let value = value_of(text, filled.kind)
                    .map_err(|fault| fault.rule("fill").column(Arc::clone(&filled.column)))?;
                record.set_value(filled.position, value);
                notes.count(counter);
            }
        }
        Ok(())
    }

    fn counters(&self) -> Vec<(String, String)> {
        self.fills.iter().map(|[_, here]| (here.to_string(), "fill".to_owned())).collect()
    }
}

impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fill").field("keys", &self.keys).field("fills", &self.fills).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, texts};
    use super::*;
    use crate::normalize::email::email;
    use crate::sink::Collect;
    use crate::source::Memory;
    use crate::{Pipeline, Value};

    const OWNERS: [&str; 3] = ["id", "email", "team"];

    fn table(rows: &[[&str; 3]]) -> Memory {
        let schema = Schema::text(OWNERS).unwrap();
        let record = |row: &[&str; 3]| Record::of(schema.clone(), row.iter().copied()).unwrap();
        Memory::new("owners", schema.clone(), rows.iter().map(record).collect::<Vec<_>>())
    }

    fn owners() -> Fill {
        let rows = [["1", "li@x.cn", "north"], [" 2 ", "wang@x.cn", ""], ["", "nobody@x.cn", ""]];
        Fill::from(table(&rows)).key_as("id", "owner").fill_as("email", "owner_email").fill("team")
    }

    #[test]
    fn only_what_is_missing_is_filled_and_counted() {
        let columns = ["owner", "owner_email", "deal"];
        let outcome = run(owners(), &columns, &["1", "", "a"]);
        assert_eq!(texts(&outcome), ["1|li@x.cn|a|north"]);
        assert_eq!(outcome.changes, ["owner_email fill 1", "team fill 1"]);
        let outcome = run(owners(), &columns, &["2", "own@x.cn", "a"]);
        assert_eq!(texts(&outcome), ["2|own@x.cn|a|"]);
        assert!(outcome.changes.is_empty() && outcome.faults.is_empty());
        assert_eq!(texts(&run(owners(), &columns, &["1", " ", "a"])), ["1|li@x.cn|a|north"]);
    }

    #[test]
    fn a_key_that_is_not_there_is_said_as_asked() {
        let run = |not_found| run(owners().not_found(not_found), &["owner"], &["9"]);
        assert_eq!(run(NotFound::Warn).faults, ["warning owner fill: not in owners"]);
        assert_eq!(texts(&run(NotFound::Warn)), ["9||"]);
        assert_eq!(run(NotFound::Reject).faults, ["error owner fill: not in owners"]);
        assert!(run(NotFound::Pass).faults.is_empty());
        assert!(super::super::testing::run(owners(), &["owner"], &[""]).faults.is_empty());
    }

    #[test]
    fn keys_are_compared_as_a_rule_writes_them() {
        let by_mail =
            Fill::from(table(&[["7", "Li@X.CN", "north"]])).key("email").fill("team").compared_by(email());
        assert_eq!(texts(&run(by_mail, &["email"], &["<Li@x.cn>"])), ["<Li@x.cn>|north"]);
        let nothing = Fill::from(table(&[["-", "", "north"], ["N/A", "", "south"]])).key("id").fill("team");
        let outcome = run(nothing.compared_by(crate::normalize::empty_to_null()), &["id"], &["无"]);
        assert_eq!((texts(&outcome), outcome.faults.len()), (vec!["无|".to_owned()], 0));
        let both = Fill::from(table(&[["a", "bc", "north"]])).key("id").key("email").fill("team");
        assert_eq!(texts(&run(both, &["id", "email"], &["ab", "c"])), ["ab|c|"]);
    }

    #[test]
    fn a_value_is_read_as_the_kind_of_its_column() {
        let schema = Schema::new([Field::new("id", Kind::Int), Field::new("team", Kind::Int)]).unwrap();
        let record = Record::of(schema, [Value::Int(1), Value::Null]).unwrap();
        let fill = |team| Fill::from(table(&[["1", "", team]])).key("id").fill("team");
        let outcome = super::super::testing::run_record(fill("12"), &record);
        assert_eq!(outcome.records[0].value(1), Value::Int(12));
        let outcome = super::super::testing::run_record(fill("north"), &record);
        assert_eq!(outcome.faults, ["error team kind: not a whole number"]);
    }

    #[test]
    fn a_table_that_contradicts_itself_fails_before_the_first_record() {
        let error = |rows: &[[&str; 3]]| {
            let mut fill = Fill::from(table(rows)).key("id").fill("email");
            fill.bind(&Schema::text(["id", "email"]).unwrap()).err().map(|error| error.to_string())
        };
        let said = "owners:row 3: fills another value than row 1 with the same key";
        assert_eq!(error(&[["1", "a@x.cn", ""], ["2", "", ""], ["1", "b@x.cn", ""]]).as_deref(), Some(said));
        assert_eq!(error(&[["1", "a@x.cn", "n"], ["1", "", "s"], ["1", "a@x.cn", ""]]), None);
    }

    #[test]
    fn the_report_counts_what_is_filled_and_what_is_not_found() {
        let schema = Schema::text(["owner", "team"]).unwrap();
        let deals = [["1", ""], ["1", "south"], ["9", ""], ["2", ""], ["1", ""]];
        let records = deals.map(|row| Record::of(schema.clone(), row).unwrap());
        let mut sink = Collect::new();
        let pipeline = Pipeline::from(Memory::new("deals", schema, records)).map(owners()).to(&mut sink);
        let report = pipeline.run().unwrap();
        let changes: Vec<_> = report.changes.iter().map(|c| (&*c.column, &*c.rule, c.count)).collect();
        assert_eq!(changes, [("owner_email", "fill", 4), ("team", "fill", 2)]);
        let findings: Vec<_> = report.findings.iter().map(|f| (&*f.column, &*f.rule, f.count)).collect();
        assert_eq!(findings, [("owner", "fill", 1)]);
        assert_eq!(sink.records().len(), 5);
    }

    #[test]
    fn columns_that_are_not_there_fail_before_the_first_record() {
        let error = |mut fill: Fill| fill.bind(&Schema::text(["owner"]).unwrap()).unwrap_err().to_string();
        assert_eq!(
            error(Fill::from(table(&[])).key("id")),
            "fill: nothing is filled: name a key and a column to fill"
        );
        assert_eq!(error(owners().fill("team")), "fill: column `team` is filled twice");
        assert!(error(Fill::from(table(&[])).key("id").fill("team")).starts_with("fill: no column `id`"));
        assert!(
            error(Fill::from(table(&[])).key_as("nr", "owner").fill("team"))
                .starts_with("owners: no column `nr`")
        );
    }
}
