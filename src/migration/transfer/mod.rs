//! Ownership transfer (过户): rows of the target that belong to somebody who leaves
//! are handed over to others, with whatever hangs on them.
//!
//! A [`Transfer`] says whose rows, which of them ([`Holding`]), and who receives them
//! ([`Receivers`]). It is planned, approved, done and taken back as a migration is, and
//! needs no source: it works on what is in the target.
//!
//! ```
//! use handover::migration::transfer::{Holding, Receivers, Transfer, Users};
//! # use handover::migration::{Approvals, Migration, SqliteStore, SqliteTarget};
//! # use handover::{Field, Kind, Pipeline, Record, Schema, SqliteSink, Value, sink::table::Table, source::Memory};
//! # let folder = tempfile::tempdir()?;
//! # let path = |name: &str| folder.path().join(name);
//! # let table = |name: &str, columns: &[(&str, Kind)], rows: &[&[Value<'static>]]| {
//! #     let schema = Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, *kind))).unwrap();
//! #     let rows: Vec<_> = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap()).collect();
//! #     let sink = SqliteSink::path(path("crm.db"), Table::named(name).create().upsert("id"));
//! #     Pipeline::from(Memory::new(name, schema, rows)).to(sink).run().unwrap();
//! # };
//! # let (int, text) = (Value::Int, Value::Text);
//! # table("users", &[("id", Kind::Int), ("status", Kind::Text)], &[&[int(3), text("active")], &[int(4), text("active")]]);
//! # let columns = [("id", Kind::Int), ("status", Kind::Text), ("owner_id", Kind::Int)];
//! # table("companies", &columns, &[&[int(1), text("active"), int(7)], &[int(2), text("active"), int(7)]]);
//! # let columns = [("id", Kind::Int), ("company_id", Kind::Int), ("stage", Kind::Text), ("owner_id", Kind::Int)];
//! # table("deals", &columns, &[&[int(1), int(1), text("open"), int(7)], &[int(2), int(1), text("won"), int(7)]]);
//! # let mut migration = Migration::new("crm_a", SqliteStore::open(path("store.db"))?, SqliteTarget::path(path("crm.db")));
//!
//! let deals = Holding::new("deals", "owner_id").except("stage", ["won", "lost"]);
//! let companies = Holding::new("companies", "owner_id").only("status", "active").cascade("company_id", deals);
//! let transfer = Transfer::new(7)
//!     .root(companies)
//!     .users(Users::new("users").active("status", "active"))
//!     .to(Receivers::round_robin([3, 4]));
//!
//! let plan = migration.plan_transfer(&transfer)?; // nothing is written to the target
//! migration.approve(&plan.hash, "wang", "")?;
//! let report = migration.transfer(&transfer, &plan.hash)?;
//! let told: Vec<String> = report.handed.iter().map(ToString::to_string).collect();
//! assert_eq!(told, ["companies: 1 to 3", "companies: 1 to 4", "deals: 1 to 3"]);
//!
//! // A sheet for each receiver, and the list of whom to notify.
//! let mut handover = migration.handover(&transfer, report.run)?;
//! handover.write_sheets(folder.path().join("sheets"), "csv")?;
//! assert_eq!(handover.notices()?.rows().len(), 3); // two receivers, and the old owner
//!
//! migration.undo(report.run, Default::default())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It can be repeated: plan it again, and it sweeps what came to the old owner later, shares being fair over all
//! runs of it. A late contact of a company that was handed over goes to whom the company went.
//!
//! The rows that change hands are held in memory by their ids.

mod access;
mod declared;
mod find;
mod history;
mod holding;
mod notify;
mod plan;
mod receivers;
mod run;
mod sheet;
mod users;

use std::path::PathBuf;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::error::{Error, Result};
use crate::migration::row::canonical;
use crate::migration::target::TargetId;
use crate::pipeline::Clock;
use crate::record::{DateTime, Value};
use crate::schema::Kind;

use super::audit::moment;

pub use access::Access;
pub use holding::Holding;
pub use notify::{Notice, Notices, Notified};
pub use plan::{TablePlan, TransferPlan};
pub use receivers::Receivers;
pub use run::{HandedOver, TransferReport};
pub use sheet::{Handover, Sheet};
pub use users::Users;

/// Whose rows are handed over, which, and to whom: see the [module](self).
#[derive(Debug, Clone, Serialize)]
pub struct Transfer {
    from: Vec<TargetId>,
    roots: Vec<Holding>,
    users: Option<Users>,
    receivers: Option<Receivers>,
    #[serde(serialize_with = "in_utc")]
    effective: Option<DateTime>,
    /// What is written when it is done is no part of what a plan is bound to.
    #[serde(skip)]
    sheets: Option<(PathBuf, String)>,
    #[serde(skip)]
    notices: Option<PathBuf>,
}

impl Transfer {
    /// Hands over what belongs to this user. They need not be active, or there at all.
    pub fn new(from: impl Into<TargetId>) -> Self {
        Transfer {
            from: vec![from.into()],
            roots: Vec::new(),
            users: None,
            receivers: None,
            effective: None,
            sheets: None,
            notices: None,
        }
    }

    /// Hands over what belongs to this user as well.
    #[must_use]
    pub fn and(mut self, from: impl Into<TargetId>) -> Self {
        self.from.push(from.into());
        self
    }

    /// A table whose rows are handed over, with all that follows them. There may be
    /// several; the receivers of all are found by the same rule, one table after the other.
    #[must_use]
    pub fn root(mut self, holding: Holding) -> Self {
        self.roots.push(holding);
        self
    }

    /// The table of users: receivers must be there, and active.
    #[must_use]
    pub fn users(mut self, users: Users) -> Self {
        self.users = Some(users);
        self
    }

    /// Who receives the rows.
    #[must_use]
    pub fn to(mut self, receivers: Receivers) -> Self {
        self.receivers = Some(receivers);
        self
    }

    /// When it takes effect: it can be planned and approved before, but not done. The time must
    /// say its offset from UTC.
    #[must_use]
    pub fn effective(mut self, time: DateTime) -> Self {
        self.effective = Some(time);
        self
    }

    /// A folder for the hand-over sheets, and their format: `csv`, `xlsx`.
    #[must_use]
    pub fn sheets(mut self, folder: impl Into<PathBuf>, format: impl Into<String>) -> Self {
        self.sheets = Some((folder.into(), format.into()));
        self
    }

    /// A file for the list of whom to notify, in the format of its name.
    #[must_use]
    pub fn notices(mut self, path: impl Into<PathBuf>) -> Self {
        self.notices = Some(path.into());
        self
    }

    fn known_users(&self) -> Result<&Users> {
        self.users.as_ref().ok_or_else(|| Error::bind("it is not said in which table the users are"))
    }

    fn receivers(&self) -> Result<&Receivers> {
        self.receivers.as_ref().ok_or_else(|| Error::bind("it is not said who receives the rows"))
    }

    /// Every table that is declared, each followed by what follows it.
    fn holdings(&self) -> impl Iterator<Item = &Holding> {
        self.roots.iter().flat_map(Holding::all)
    }

    /// What a matrix of access calls a table.
    fn called<'c>(&'c self, table: &'c str, owner: &str) -> &'c str {
        let own = |holding: &&Holding| holding.table == table && holding.owner == owner;
        self.holdings().find(own).and_then(|holding| holding.called.as_deref()).unwrap_or(table)
    }

    /// The time at which it takes effect, as RFC 3339 in UTC.
    fn effective_text(&self) -> Result<Option<String>> {
        match self.effective {
            Some(time) if time.offset().is_none() => {
                Err(Error::bind("the effective time does not say its offset from UTC"))
            }
            time => Ok(time.map(utc)),
        }
    }

    /// Refuses to begin before it takes effect.
    fn check_due(&self, clock: &Clock) -> Result<()> {
        let now = i128::try_from(clock.now().as_micros()).unwrap_or(i128::MAX);
        match self.effective {
            Some(time) if i128::from(time.instant()) > now => {
                let message =
                    format!("the transfer takes effect at {}, and it is {}", utc(time), moment(clock));
                Err(Error::bind(message))
            }
            _ => Ok(()),
        }
    }

    /// The SHA-256 of all that decides which rows change hands.
    fn digest(&self) -> String {
        in_hex(Sha256::new_with_prefix(serde_json::json!(self).to_string()))
    }
}

fn utc(time: DateTime) -> String {
    canonical(Value::DateTime(time), Kind::DateTime).into_owned()
}

fn in_utc<S: serde::Serializer>(time: &Option<DateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(utc).serialize(serializer)
}
