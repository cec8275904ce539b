//! Migrations: planned, applied, cut short, resumed, verified, taken back.

mod demo;
mod first;
mod legacy;
mod sqlite;
mod verify;
