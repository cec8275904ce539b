//! Migrations: planned, applied, cut short, resumed, verified, taken back.

#[cfg(all(unix, feature = "testing"))]
mod crash;
mod demo;
mod first;
mod legacy;
mod sqlite;
mod transfer;
#[cfg(feature = "testing")]
mod unreliable;
mod verify;
