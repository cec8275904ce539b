//! The work on one record at a time: mapping, normalizing, judging.

use std::borrow::Cow;
use std::sync::Arc;

use crate::batch::{Batch, Fate, Row};
use crate::changes::Changes;
use crate::error::{Error, Fault, Findings, Result, Severity};
use crate::map::{Bench, FieldMapper, Mapped, Notes};
use crate::names::Names;
use crate::normalize::{Chain, Normalizer, OnFault};
use crate::pipeline::report::Learnt;
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema};
use crate::validate::Validator;

/// Which columns a chain of rules is for.
#[derive(Debug, Clone)]
pub enum Columns {
    /// Every column.
    All,
    /// The columns of these names.
    Named(Names),
}

impl<N: Into<Names>> From<N> for Columns {
    fn from(names: N) -> Self {
        Columns::Named(names.into())
    }
}

/// A step as declared, in the order in which it was declared.
pub(crate) enum Step<'p> {
    Normalize(Columns, Chain),
    Validate(Box<dyn Validator + 'p>),
}

/// All steps, bound to the columns: shared by the workers.
pub(crate) struct Stages<'p> {
    /// One an input, with the number of its first counter; none where the
    /// records stay as they are.
    mappers: Vec<Option<(Box<dyn FieldMapper + 'p>, usize)>>,
    steps: Vec<Bound<'p>>,
    /// Whether a step edits the record, so that the raw one must be kept apart.
    edits: bool,
    schema: Arc<Schema>,
}

enum Bound<'p> {
    Normalize { columns: Vec<Target>, rules: Vec<Box<dyn Normalizer>>, on_fault: OnFault },
    Validate(Box<dyn Validator + 'p>),
}

/// A column that a chain works on.
struct Target {
    column: usize,
    original: Option<usize>,
    /// The number of the first rule's counter; the others follow.
    counter: usize,
}

/// What a worker keeps from record to record.
#[derive(Default)]
pub(crate) struct Scratch {
    rows: Vec<Row>,
    findings: Findings,
    pub changes: Changes,
    /// The record that is being worked on, in case something panics.
    pub at: usize,
}

impl Scratch {
    pub fn new(changes: Changes) -> Self {
        Scratch { changes, ..Scratch::default() }
    }
}

impl<'p> Stages<'p> {
    /// Binds every step to the columns that come out of the mappers, which are bound.
    pub fn bind(
        mappers: Vec<Option<Box<dyn FieldMapper + 'p>>>,
        steps: Vec<Step<'p>>,
        mapped: &Arc<Schema>,
        changes: &mut Changes,
    ) -> Result<Self> {
        let schema = with_originals(mapped, &steps)?;
        let edits = steps.iter().any(|step| matches!(step, Step::Normalize(..)));
        let mut register = |mapper: Box<dyn FieldMapper + 'p>| {
            let counters = mapper.counters();
            let first = changes.register(counters);
            (mapper, first)
        };
        let mappers = mappers.into_iter().map(|mapper| mapper.map(&mut register)).collect();
        let steps = steps.into_iter().map(|step| bind(step, &schema, changes)).collect::<Result<_>>()?;
        Ok(Stages { mappers, steps, edits, schema })
    }

    /// The columns that come out.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// What the rules concluded of their columns before the run.
    pub fn learnt(&self) -> Vec<Learnt> {
        let mut learnt = Vec::new();
        for step in &self.steps {
            let Bound::Normalize { columns, rules, .. } = step else { continue };
            for (target, rule) in
                columns.iter().flat_map(|target| rules.iter().map(move |rule| (target, rule)))
            {
                learnt.extend(rule.learnt().map(|what| Learnt {
                    column: self.schema.name(target.column).to_string(),
                    rule: rule.name().into_owned(),
                    what,
                }));
            }
        }
        learnt
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.mappers.iter().all(Option::is_none)
    }

    /// Works on every row of a batch that is not rejected already.
    pub fn process(&self, batch: &mut Batch, scratch: &mut Scratch) -> Result<()> {
        let mut rows = std::mem::replace(&mut batch.rows, std::mem::take(&mut scratch.rows));
        let mut used = 0;
        for row in rows.drain(..) {
            scratch.at = row.source as usize;
            match row.fate {
                Fate::Pass => used = self.process_row(row, batch, used, scratch)?,
                _ => batch.rows.push(row),
            }
        }
        scratch.rows = rows;
        Ok(())
    }

    /// Works on one row, which may become several. `used` of the records in
    /// `batch.made` are taken; returns how many are now.
    ///
    /// A row is set aside as a whole: if one part is at fault, so are all,
    /// because what is repaired and read again is the row.
    fn process_row(&self, row: Row, batch: &mut Batch, used: usize, scratch: &mut Scratch) -> Result<usize> {
        let Batch { input, records, made, rows, .. } = batch;
        let source = &records[row.source as usize];
        let mapper = self.mappers[*input as usize].as_ref();
        let (parts, filtered) = match mapper {
            Some((mapper, counter)) => self.map(&**mapper, *counter, source, (made, used), scratch)?,
            None if self.edits => (self.copy(source, made, used), Vec::new()),
            None => (0, Vec::new()),
        };
        let Scratch { findings, changes, .. } = scratch;
        if mapper.is_none() && parts == 0 {
            self.judge(source, findings);
        }
        let end = used + parts;
        if !findings.has_error() {
            made[used..end].iter_mut().for_each(|record| self.work(record, findings, changes));
        }
        let rejected = findings.has_error();
        let (first, mut faults) = (rows.len(), row.faults);
        faults.extend(findings.take());
        let kept = (used..end).map(|at| (made[at].id().part, Some(at as u32), Fate::Pass));
        let gone = gaps(&made[used..end], filtered).map(|(part, why)| (part, None, Fate::Filtered(why)));
        for (part, made, fate) in kept.chain(gone) {
            let fate = if rejected { Fate::Rejected } else { fate };
            rows.push(Row { made, part, fate, ..Row::pass(row.source) });
        }
        if rows.len() == first {
            let fate = if rejected { Fate::Rejected } else { Fate::Pass };
            rows.push(Row { fate, ..Row::pass(row.source) });
        }
        rows[first..].sort_unstable_by_key(|row| row.part);
        rows[first].faults = faults;
        Ok(end)
    }

    /// Maps a record; says how many parts came out, and why others did not.
    fn map(
        &self,
        mapper: &(dyn FieldMapper + 'p),
        counter: usize,
        source: &Record,
        (pool, start): (&mut Vec<Record>, usize),
        scratch: &mut Scratch,
    ) -> Result<(usize, Vec<Cow<'static, str>>)> {
        let Scratch { findings, changes, .. } = scratch;
        let notes = Notes { findings, changes, counter };
        let bench = Bench { schema: &self.schema, pool: &mut *pool, start, notes };
        let mut output = Mapped::new(source, bench);
        let mapped = mapper.map(source, &mut output);
        let (parts, filtered) = output.finish();
        if let Err(fault) = mapped {
            findings.push(fault.rule("mapping"));
        }
        let strange = |made: &Record| made.id().row != source.id().row || !made.is_under(&self.schema);
        if pool[start..start + parts].iter().any(strange) {
            return Err(Error::other("the mapper replaced the record that it is to fill"));
        }
        if parts == 0 && filtered.is_empty() && !findings.has_error() {
            return Err(Error::other("the mapper made no record and gave no reason to leave it out"));
        }
        Ok((parts, filtered))
    }

    fn copy(&self, source: &Record, made: &mut Vec<Record>, used: usize) -> usize {
        if made.len() == used {
            made.push(Record::new(Arc::clone(&self.schema)));
        }
        made[used].copy_from(source, &self.schema);
        1
    }

    fn judge(&self, record: &Record, findings: &mut Findings) {
        for step in &self.steps {
            if let Bound::Validate(validator) = step {
                validator.validate(record, findings);
            }
        }
    }

    fn work(&self, record: &mut Record, findings: &mut Findings, changes: &mut Changes) {
        for step in &self.steps {
            match step {
                Bound::Validate(validator) => validator.validate(record, findings),
                Bound::Normalize { columns, rules, on_fault } => {
                    for target in columns {
                        if let Err(fault) = normalize(record, target, rules, *on_fault, changes) {
                            let column = Arc::clone(self.schema.name(target.column));
                            findings.push(fault.column(column));
                        }
                    }
                }
            }
        }
    }
}

/// The numbers of the parts that were left out: those that no record has.
fn gaps(made: &[Record], filtered: Vec<Cow<'static, str>>) -> impl Iterator<Item = (u32, Cow<'static, str>)> {
    let missing = (0u32..).filter(|part| !made.iter().any(|record| record.id().part == *part));
    filtered.into_iter().zip(missing).map(|(why, part)| (part, why))
}

/// Applies a chain to one value.
fn normalize(
    record: &mut Record,
    target: &Target,
    rules: &[Box<dyn Normalizer>],
    on_fault: OnFault,
    changes: &mut Changes,
) -> Result<(), Fault> {
    let before = record.bookmark(target.column);
    if let Some(original) = target.original {
        record.restore(original, before);
    }
    for (number, rule) in rules.iter().enumerate() {
        match record.rewrite(target.column, |text, record| rule.normalize_in(text, record)) {
            Ok(false) => {}
            Ok(true) => changes.add(target.counter + number),
            Err(fault) => {
                let fault = fault.rule(rule.name());
                match on_fault {
                    OnFault::Reject => return Err(fault),
                    OnFault::Keep => record.restore(target.column, before),
                    OnFault::Clear => record.set_value(target.column, Value::Null),
                }
                return Err(fault.severity(Severity::Warning));
            }
        }
    }
    Ok(())
}

/// The mapped columns, and behind them those that keep originals.
fn with_originals(mapped: &Arc<Schema>, steps: &[Step<'_>]) -> Result<Arc<Schema>> {
    let mut fields = mapped.fields().to_vec();
    for step in steps {
        if let Step::Normalize(columns, Chain { original: Some(original), .. }) = step {
            let cannot = match columns {
                Columns::Named(names) if names.as_slice().len() == 1 => {
                    let taken = fields.iter().any(|field| **field.name() == **original);
                    taken.then_some("cannot keep these originals, it holds other values")
                }
                _ => Some("can keep the originals of one column, not of several"),
            };
            if let Some(why) = cannot {
                return Err(Error::bind(format!("`{original}` {why}")).at("normalize"));
            }
            fields.push(Field::new(original.as_str(), Kind::Text));
        }
    }
    if fields.len() == mapped.len() { Ok(Arc::clone(mapped)) } else { Schema::new(fields) }
}

fn bind<'p>(step: Step<'p>, schema: &Arc<Schema>, changes: &mut Changes) -> Result<Bound<'p>> {
    match step {
        Step::Validate(mut validator) => {
            validator.bind(schema)?;
            Ok(Bound::Validate(validator))
        }
        Step::Normalize(columns, chain) => {
            bind_chain(columns, chain, schema, changes).map_err(|error| error.within("normalize"))
        }
    }
}

fn bind_chain<'p>(
    columns: Columns,
    Chain { mut rules, original, on_fault }: Chain,
    schema: &Arc<Schema>,
    changes: &mut Changes,
) -> Result<Bound<'p>> {
    rules.iter_mut().try_for_each(|rule| rule.bind(schema))?;
    let columns = match columns {
        Columns::All => (0..schema.len()).collect(),
        Columns::Named(names) => schema.indexes(names.as_slice())?,
    };
    let original = original.map(|name| schema.index(&name)).transpose()?;
    let target = |column: usize| {
        let column_name = schema.name(column);
        let counters = rules.iter().map(|rule| (column_name.to_string(), rule.name().into_owned()));
        Target { column, original, counter: changes.register(counters) }
    };
    Ok(Bound::Normalize { columns: columns.into_iter().map(target).collect(), rules, on_fault })
}
