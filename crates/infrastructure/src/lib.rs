//! Where everything is kept: the ports of the domain, implemented on SQLite, MariaDB and MySQL.
//!
//! [`Database`] is the way in. It gives the [store](domain::log::store::Store) that writes and
//! the [reader](domain::log::reader::Reader) that opens snapshots. The modules of the subdomains
//! say how each aggregate lies in its table and how it is searched; all else treats every kind
//! alike: [`bulk`] writes and reads any table many rows at a time, [`log`] does log, history and
//! the one write transaction, [`session`] is one connection of either database, [`connection`]
//! opens them.
//!
//! Deliberately absent: upserts (they fire on any unique index and would overwrite another row),
//! `RETURNING` (MySQL has none), updates that do not name the version they replace.

mod access;
mod aggregates;
mod booking;
mod bulk;
mod connection;
mod customers;
mod database;
mod durability;
mod errors;
mod handling;
mod locations;
mod log;
mod migrations;
mod session;
mod voyages;

pub use database::{ConnectError, Database, Options};
pub use durability::DurabilityError;
