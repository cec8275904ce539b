//! Migrations: planned, applied, cut short, resumed, verified, taken back.

mod access;
mod again;
#[path = "../common/cases.rs"]
mod cases;
#[cfg(all(unix, feature = "full"))]
#[path = "../postgres/cluster.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod cluster;
#[cfg(all(unix, feature = "full"))]
mod crash;
mod crosswalk;
mod demo;
mod discreet;
mod first;
mod generated;
mod legacy;
#[cfg(feature = "testing")]
mod matching;
#[cfg(unix)]
mod plan;
mod refer;
mod sealed;
mod sqlite;
mod standing;
mod tamper;
mod trace;
mod transfer;
mod undo;
#[cfg(feature = "testing")]
mod unreliable;
mod verify;
#[cfg(feature = "testing")]
mod water;
