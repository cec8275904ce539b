//! What dies at a step.

use std::borrow::Cow;
use std::env;
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Result;
use crate::schema::Schema;
use crate::sink::{Output, Rows, SinkWriter};

/// The environment variable that says at which step the process dies.
pub(super) const DIE_AT: &str = "HANDOVER_DIE_AT";
/// What stands before the number of steps in what a process prints.
pub(super) const COUNTED: &str = "steps taken: ";

static STEPS: AtomicU64 = AtomicU64::new(0);

/// A step at which a process may be killed: it dies here, by `SIGKILL` where
/// there is such a thing, if it is the step that it is to die at.
pub fn step() {
    let step = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
    let die_at = env::var(DIE_AT).ok().and_then(|step| step.parse().ok());
    if die_at == Some(step) {
        die();
    }
}

/// Nothing is tidied up: no destructor runs, nothing is flushed.
fn die() -> ! {
    #[cfg(unix)]
    {
        let _ = process::Command::new("kill").args(["-9", &process::id().to_string()]).status();
        std::thread::sleep(std::time::Duration::from_secs(10));
    }
    process::abort()
}

/// Takes a step before and after everything that its inner part does to the
/// outside: stands around a target, a store or a sink in a test.
#[derive(Debug)]
pub struct Mortal<T>(pub T);

impl<T> Mortal<T> {
    /// Around a part.
    pub fn new(inner: T) -> Self {
        Mortal(inner)
    }

    fn around<R>(&mut self, act: impl FnOnce(&mut T) -> R) -> R {
        step();
        let done = act(&mut self.0);
        step();
        done
    }
}

impl Mortal<()> {
    /// Prints how many steps were taken, for [`Child::run_whole`](super::Child::run_whole).
    pub fn tell() {
        println!("\n{COUNTED}{}", STEPS.load(Ordering::SeqCst));
    }
}

impl<S: SinkWriter> SinkWriter for Mortal<S> {
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        self.around(|inner| inner.write(rows))
    }

    fn name(&self) -> Cow<'_, str> {
        self.0.name()
    }

    fn files(&self) -> Vec<&Path> {
        self.0.files()
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.0.bind(schema)
    }

    fn commits_midway(&self) -> bool {
        self.0.commits_midway()
    }

    fn outputs(&self) -> Vec<Output> {
        self.0.outputs()
    }
}

#[cfg(feature = "migration")]
mod migrating {
    use super::{Mortal, step};
    use crate::error::Result;
    use crate::migration::store::{
        Batch, Deferred, EntityId, Entry, Event, Head, JournalLine, Match, Note, Page, SetAside, Store,
    };
    use crate::migration::target::{Change, EachRow, Outcome, TableShape, Target, TargetId};
    use crate::record::Value;
    use std::borrow::Cow;
    use std::path::Path;

    impl<T: Target> Target for Mortal<T> {
        fn name(&self) -> Cow<'_, str> {
            self.0.name()
        }

        fn describe(&mut self, table: &str) -> Result<TableShape> {
            self.0.describe(table)
        }

        fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
            self.0.scan(table, columns, each)
        }

        fn find(
            &mut self,
            table: &str,
            columns: &[&str],
            column: &str,
            values: &[Value<'_>],
            each: &mut EachRow<'_>,
        ) -> Result<()> {
            self.0.find(table, columns, column, values, each)
        }

        fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
            self.0.reserve(table, count)
        }

        fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
            self.around(|inner| inner.write(table, changes))
        }

        fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
            self.0.rehearsal(tables, folder)
        }
    }

    impl<S: Store> Store for Mortal<S> {
        fn entity(&mut self, system: &str, name: &str) -> Result<EntityId> {
            self.0.entity(system, name)
        }

        fn entities(&mut self) -> Result<Vec<(String, String, EntityId)>> {
            self.0.entities()
        }

        fn look_up(&mut self, entity: EntityId, keys: &[&str]) -> Result<Vec<Option<Entry>>> {
            self.0.look_up(entity, keys)
        }

        fn scan_after(
            &mut self,
            entity: EntityId,
            after: &str,
            each: &mut dyn FnMut(&str, Entry) -> Result<bool>,
        ) -> Result<()> {
            self.0.scan_after(entity, after, each)
        }

        fn write(&mut self, page: &Page) -> Result<()> {
            step();
            let done = self.0.write(page);
            step();
            done
        }

        fn batches(&mut self, run: u64) -> Result<Vec<Batch>> {
            self.0.batches(run)
        }

        fn last_batch(&mut self) -> Result<u64> {
            self.0.last_batch()
        }

        fn journal(&mut self, batch: u64) -> Result<Vec<JournalLine>> {
            self.0.journal(batch)
        }

        fn deferred(
            &mut self,
            entity: EntityId,
            column: &str,
            after: &str,
            most: usize,
        ) -> Result<Vec<Deferred>> {
            self.0.deferred(entity, column, after, most)
        }

        fn matches(&mut self, run: u64, entity: EntityId) -> Result<Vec<Match>> {
            self.0.matches(run, entity)
        }

        fn asides(&mut self, entity: EntityId, each: &mut dyn FnMut(SetAside) -> Result<()>) -> Result<()> {
            self.0.asides(entity, each)
        }

        fn notes(&mut self, run: u64) -> Result<Vec<Note>> {
            self.0.notes(run)
        }

        fn head(&mut self) -> Result<Option<Head>> {
            self.0.head()
        }

        fn touched(&mut self, plan: &str, each: &mut dyn FnMut(&str, TargetId) -> Result<()>) -> Result<()> {
            self.0.touched(plan, each)
        }

        fn events(&mut self) -> Result<Vec<Event>> {
            self.0.events()
        }

        fn tampering(&mut self) -> Result<Vec<String>> {
            self.0.tampering()
        }

        fn rehearsal(&mut self, folder: &Path) -> Result<Box<dyn Store>> {
            self.0.rehearsal(folder)
        }
    }
}
