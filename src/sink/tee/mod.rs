//! Several sinks at once.

mod branch;
mod fan;
mod lead;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Schema;
use crate::sink::{Output, Rows, SinkWriter};
use fan::Fan;
use lead::Lead;

/// A sink that writes every record to several sinks: a file and a database, two backups.
///
/// The **first sink decides**. It is asked first; what it refuses goes to the
/// rejects and the others never see it. It also says whether a record was
/// created, updated or left unchanged. The others must take what the first
/// took: a record that one of them refuses ends the run. So the sink that is
/// hardest to please, a database with constraints, stands first.
///
/// **Nobody commits before all agree.** When there are no more records, each
/// sink comes to the point where it would commit and waits there for the
/// others; a sink that answers for its records only later waits in its
/// last answer. If anything fails before that, all are rolled back. Then
/// they commit one after the other, the first one first. Only what fails there, a
/// file that cannot be renamed or a connection lost in the `COMMIT`, leaves
/// some committed and others not: the run fails, its error names the sinks that
/// have committed, and the report counts the records as in doubt.
///
/// Sinks that commit in batches (`Table::durable`) cannot agree, and are an error at bind.
///
/// ```
/// use handover::sink::{Collect, Tee};
/// use handover::{Pipeline, Record, Schema, source::Memory};
///
/// let schema = Schema::text(["name"])?;
/// let source = Memory::new("names", schema.clone(), [Record::of(schema, ["王伟"])?]);
/// let (mut one, mut other) = (Collect::new(), Collect::new());
/// Pipeline::from(source).to(Tee::new(&mut one).and(&mut other)).run()?;
/// assert_eq!(one.records(), other.records());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tee<'p> {
    first: Box<dyn SinkWriter + 'p>,
    others: Vec<Other<'p>>,
}

struct Other<'p> {
    sink: Box<dyn SinkWriter + 'p>,
    /// What it warned of, by column and rule, in its last run.
    warnings: Warnings,
}

/// How often each warning was given, by column, rule and message.
type Warnings = BTreeMap<(String, String, String), u64>;

impl<'p> Tee<'p> {
    /// Writes to this sink, which decides.
    pub fn new(first: impl SinkWriter + 'p) -> Self {
        Tee { first: Box::new(first), others: Vec::new() }
    }

    /// And to this one, what those before it took.
    #[must_use]
    pub fn and(mut self, other: impl SinkWriter + 'p) -> Self {
        self.others.push(Other { sink: Box::new(other), warnings: Warnings::new() });
        self
    }

    fn sinks(&self) -> impl Iterator<Item = &(dyn SinkWriter + 'p)> {
        std::iter::once(&*self.first).chain(self.others.iter().map(|other| &*other.sink))
    }
}

impl SinkWriter for Tee<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(self.sinks().map(SinkWriter::name).collect::<Vec<_>>().join(" and "))
    }

    fn files(&self) -> Vec<&Path> {
        self.sinks().flat_map(SinkWriter::files).collect()
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        let others = self.others.iter_mut().map(|other| &mut other.sink);
        for sink in std::iter::once(&mut self.first).chain(others) {
            let name = sink.name().into_owned();
            if sink.commits_midway() {
                return Err(in_batches().at(name));
            }
            sink.bind(schema).map_err(|error| error.within(&name))?;
        }
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let Tee { first, others } = self;
        let name = first.name().into_owned();
        thread::scope(|scope| {
            let (fan, branches) = Fan::start(scope, others, &rows.schema());
            let mut lead = Lead::new(rows, fan);
            let written = first.write(&mut Rows::new(&mut lead)).map_err(|error| error.within(&name));
            let written = written.and_then(|()| lead.check());
            // The others are to hear of nobody else from now on.
            drop(lead);
            let committed = branches.commit(written.map(|()| name));
            if committed.as_ref().is_err_and(|failed| failed.some_committed) {
                rows.mark_in_doubt();
            }
            committed.map_err(|failed| failed.error)
        })
    }

    /// Those of every sink; what another than the first warned of is a note.
    fn outputs(&self) -> Vec<Output> {
        let mut outputs = self.first.outputs();
        for Other { sink, warnings } in &self.others {
            let mut own = sink.outputs();
            let notes = warnings.iter().map(|((column, rule, message), count)| {
                let column = if column.is_empty() { String::new() } else { format!("{column}: ") };
                format!("{count} {rule} {column}{message}")
            });
            if let Some(output) = own.first_mut() {
                output.details.notes.extend(notes);
            }
            outputs.extend(own);
        }
        outputs
    }
}

impl fmt::Debug for Tee<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tee").field(&self.name()).finish()
    }
}

/// Another sink has failed, and says why itself.
fn gone<E>(_: E) -> Error {
    Error::new(ErrorKind::Stopped, "another sink failed")
}

/// A sink marked something as durable.
fn in_batches() -> Error {
    Error::bind("a sink that commits in batches cannot be one of several")
}

/// A sink returned too early.
fn too_early() -> Error {
    let message = "the sink returned before it had pulled, or answered for, every record";
    Error::new(ErrorKind::Unbalanced, message)
}

#[cfg(test)]
mod tests;
