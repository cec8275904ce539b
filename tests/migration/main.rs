//! Migrations: planned, applied, cut short, resumed, verified, taken back.

mod again;
#[cfg(all(unix, feature = "testing"))]
mod crash;
mod crosswalk;
mod demo;
mod first;
mod legacy;
#[cfg(unix)]
mod plan;
mod sqlite;
mod tamper;
mod trace;
mod transfer;
mod undo;
#[cfg(feature = "testing")]
mod unreliable;
mod verify;
