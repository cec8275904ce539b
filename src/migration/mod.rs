//! A migration: several kinds of record that refer to each other, moved so that it can be
//! planned, approved, stopped, resumed, verified and taken back.

pub mod access;
mod apply;
mod approval;
mod audit;
mod backup;
mod builder;
mod crosswalk;
mod entity;
mod file;
mod files;
mod handed;
mod load;
mod papers;
mod plan;
mod row;
mod run;
mod runs;
mod seal;
pub mod store;
pub mod target;
mod trace;
pub mod transfer;
mod undo;
mod verify;

pub use apply::RunReport;
pub use approval::{Approval, ApprovalRule, Approvals, ApprovedBy};
pub use backup::{BackedUp, Backup};
pub use builder::Migration;
pub use crosswalk::Crosswalk;
pub use entity::{Entity, FieldPolicy, Inactive, Orphans, Reference, WritePolicy};
pub use papers::PaperTable;
pub use plan::{EntityPlan, Input, Plan, Purpose, Snapshot};
pub use run::{AbsentOwner, EntityReport};
pub use runs::RunState;
pub(crate) use runs::next_run;
pub use store::{SqliteStore, Store};
pub use target::{SqliteTarget, Target, TargetId};
pub use trace::{Owner, RowChange, Story, StoryField, StoryRun, TraceOptions};
pub use undo::{Left, UndoOptions, UndoReport};
pub use verify::{
    Discrepancy, EntityCheck, ReferenceCheck, SumCheck, TableCheck, Verification, VerifyOptions, VerifyRule,
};
