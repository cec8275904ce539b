//! A migration, put together from its parts.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::approval::{ApprovalRule, Approvals};
use super::entity::Entity;
use super::run::{Pace, Steps};
use super::store::{Sealing, Store};
use super::target::Target;
use super::transfer::{Access, Transfer};
use crate::error::Result;
use crate::pipeline::{Cancel, Clock};
use crate::protect::Key;

/// A migration: what is moved, from where, to where, and who must agree.
///
/// ```
/// use handover::migration::{Approvals, Entity, Migration, SqliteStore, SqliteTarget};
/// use handover::{Record, Schema, source::Memory};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = |name: &str| folder.path().join(name);
/// # let made = handover::SqliteSink::path(path("crm.db"), handover::sink::table::Table::named("contacts").create().upsert("id"));
/// # let columns = Schema::new([handover::Field::new("id", handover::Kind::Int), handover::Field::new("name", handover::Kind::Text)])?;
/// # handover::Pipeline::from(Memory::new("none", columns, [])).to(made).run()?;
/// let people = || {
///     let schema = Schema::text(["编号", "name"]).unwrap();
///     Memory::new("old", schema.clone(), [Record::of(schema, ["C-1", "王伟"]).unwrap()])
/// };
/// let contacts = Entity::new("contact", people).key("编号").pipeline(|pipeline| {
///     Ok(pipeline.map(handover::Mapping::new().copy("name").ignore("编号")))
/// });
/// let mut migration = Migration::new("crm_a", SqliteStore::open(path("store.db"))?, SqliteTarget::path(path("crm.db")))
///     .entity(contacts)
///     .approval(Approvals(1))
///     .by("li");
///
/// let plan = migration.plan()?; // nothing is written to the target
/// migration.approve(&plan.hash, "wang", "checked")?;
/// let report = migration.apply(&plan.hash)?;
/// assert_eq!(report.entities[0].tally.of("created"), 1);
/// migration.undo(report.run, Default::default())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Migration {
    pub(super) system: String,
    pub(super) version: String,
    pub(super) entities: Vec<Entity>,
    pub(super) store: Box<Sealing>,
    pub(super) target: Box<dyn Target>,
    pub(super) approval: Box<dyn ApprovalRule>,
    pub(super) clock: Clock,
    pub(super) who: String,
    pub(super) backups: Vec<PathBuf>,
    pub(super) key: Option<Key>,
    pub(super) cancel: Cancel,
    pub(super) pace: Pace,
    pub(super) transfers: Vec<(String, Transfer)>,
    pub(super) access: Option<Access>,
}

impl Migration {
    /// A migration out of a system, remembered in a store, into a target.
    pub fn new(
        system: impl Into<String>,
        store: impl Store + 'static,
        target: impl Target + 'static,
    ) -> Self {
        Migration {
            system: system.into(),
            version: String::new(),
            entities: Vec::new(),
            store: Box::new(Sealing::new(store)),
            target: Box::new(target),
            approval: Box::new(Approvals(1)),
            clock: Clock::new(since_1970),
            who: "somebody".to_owned(),
            backups: Vec::new(),
            key: None,
            cancel: Cancel::new(),
            pace: Pace { threads: None, batch: 16 << 10 },
            transfers: Vec::new(),
            access: None,
        }
    }

    /// Moves an entity, too.
    #[must_use]
    pub fn entity(mut self, entity: Entity) -> Self {
        self.entities.push(entity);
        self
    }

    /// Writes into this target, and not into the one so far: that of a file, in a test, say, with
    /// something around it.
    #[must_use]
    pub fn with_target(mut self, target: impl Target + 'static) -> Self {
        self.target = Box::new(target);
        self
    }

    /// Remembers in this store, and not in the one so far. What is [sealed](Self::sealed) stays so.
    #[must_use]
    pub fn with_store(mut self, store: impl Store + 'static) -> Self {
        let store = Sealing::new(store);
        self.store = Box::new(self.key.iter().cloned().fold(store, Sealing::with));
        self
    }

    /// Who must have agreed to a plan before it is applied: one person by default.
    #[must_use]
    pub fn approval(mut self, rule: impl ApprovalRule + 'static) -> Self {
        self.approval = Box::new(rule);
        self
    }

    /// Who does it, for the audit log.
    #[must_use]
    pub fn by(mut self, who: impl Into<String>) -> Self {
        self.who = who.into();
        self
    }

    /// Where times come from: the time since 1970-01-01 in UTC.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Folders into which rows are copied before they are changed, one or several.
    #[must_use]
    pub fn backup(mut self, folder: impl Into<PathBuf>) -> Self {
        self.backups.push(folder.into());
        self
    }

    /// The key with which values are sealed wherever they are kept: backups, and in the store the rows as they
    /// were before and after they were changed, records that are set aside, and notes.
    #[must_use]
    pub fn sealed(mut self, key: Key) -> Self {
        self.store = Box::new(self.store.with(key.clone()));
        self.key = Some(key);
        self
    }

    /// A word for what closures do, which cannot be read: part of what a plan is bound to.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// What stops a run from outside. It can be resumed.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// How many threads map, normalize and judge.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.pace.threads = Some(threads);
        self
    }

    /// How many records are written down and sent together: 16,384 by default. More need more
    /// memory, fewer wait for the disk more often. What comes out does not depend on it.
    #[must_use]
    pub fn batch_records(mut self, records: usize) -> Self {
        self.pace.batch = records.max(1);
        self
    }

    /// The store, to look into it.
    pub fn store(&mut self) -> &mut dyn Store {
        &mut *self.store
    }

    pub(super) fn steps(&self) -> Result<Steps> {
        Steps::of(&self.entities, &self.system)
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
