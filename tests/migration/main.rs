//! Migrations: planned, applied, cut short, resumed, verified, taken back.

mod access;
mod again;
#[cfg(unix)]
mod backups;
#[path = "../common/cases.rs"]
mod cases;
#[cfg(all(unix, feature = "full"))]
#[path = "../postgres/cluster.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod cluster;
#[cfg(all(unix, feature = "full"))]
mod counts;
#[cfg(all(unix, feature = "full"))]
mod crash;
#[cfg(all(unix, feature = "full"))]
mod crash_legacy;
mod crosswalk;
mod demo;
mod discreet;
#[cfg(all(unix, feature = "full"))]
mod disk;
mod figures;
mod first;
mod generated;
mod legacy;
#[cfg(feature = "testing")]
mod matching;
#[cfg(unix)]
mod plan;
mod refer;
mod sealed;
mod sharing;
#[cfg(unix)]
#[path = "../common/disk.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod small_disk;
mod sqlite;
mod standing;
#[cfg(all(unix, feature = "full"))]
mod state;
mod tamper;
mod trace;
mod transfer;
mod undo;
#[cfg(feature = "testing")]
mod unreliable;
mod verify;
#[cfg(feature = "testing")]
mod water;
