//! Who may do what before and after a migration, and whether anybody gained more than they should.
//!
//! A [`Matrix`] of least privilege says what each role needs. A [`Snapshot`] is what
//! users reach in a system as it is; [`compare`] tells where that is
//! more than the matrix allows, and [`Probes`] are a list of what to try in the target.
//!
//! ```
//! use handover::migration::access::{Matrix, Ownership, Probes, Snapshot, Transfers, User, compare};
//!
//! // What each role needs, and what the new system was set up to give.
//! let needed = Matrix::from_toml(
//!     r#"
//!     [roles.sales]
//!     contact = { read = "team", write = "own", hidden = ["salary"] }
//!     "#,
//! )?;
//! let given = Matrix::from_toml(
//!     r#"
//!     [roles.sales]
//!     contact = { read = "team", write = "team", hidden = ["salary"] }
//!     "#,
//! )?;
//! let users = ["u7", "u8"].map(|id| User::new(id).role("sales").team("north"));
//!
//! // One of u8's contacts becomes u7's.
//! let owned = Ownership::new().with("contact", "u7", 2).with("contact", "u8", 12);
//! let mut transfers = Transfers::sampling(3);
//! transfers.add("contact", "C-1", "u8", "u7");
//! let before = Snapshot::of(&needed, &users, &owned);
//! let after = Snapshot::of(&given, &users, &owned.after(&transfers));
//!
//! let found = compare(&before, &after, &transfers, &needed);
//! let told: Vec<String> = found.iter().map(ToString::to_string).collect();
//! assert_eq!(
//!     told,
//!     [
//!         "user u7 can now write 11 contacts of team north, where the matrix allows own",
//!         "user u8 can now write 3 contacts of team north, where the matrix allows own",
//!         "user u8 handed 1 contact over to user u7 and can still write it, which the matrix does not allow",
//!     ]
//! );
//!
//! // As a table for any sink: user, entity, record, action, expected, reason.
//! let probes = Probes::of(&needed, &users, &transfers);
//! let denied: Vec<_> = probes.rows().iter().filter(|probe| probe.expected.name() == "deny").collect();
//! assert_eq!((denied[0].user.as_str(), denied[0].action.name()), ("u8", "write"));
//! # Ok::<(), handover::Error>(())
//! ```
//!
//! Nothing here asks a database: who there is, what roles they have and how many
//! rows they own is read by whoever knows the system.
//!
//! Access is by role (RBAC), with a scope of rows (row-level security) and
//! with fields that are hidden or read-only (field-level security). Of several
//! roles of a user the widest counts. A user who is inactive has no access at
//! all. An owner of no name, `""`, is nobody.

mod compare;
mod file;
#[cfg(test)]
mod laws;
mod matrix;
mod ownership;
mod probes;
mod role;
mod snapshot;
mod table;
mod words;

pub use compare::{Widening, WideningKind, compare};
pub(super) use file::Roles;
pub use matrix::{Matrix, User};
pub use ownership::{Ownership, Transfers};
pub use probes::{Expected, Probe, Probes};
pub use role::{Action, FieldAccess, Role, Scope};
pub use snapshot::{Reach, Snapshot};
