//! The ports of the domain, implemented on SQLite, MariaDB and MySQL.
//!
//! [`Database`] is the entry point. It provides the [store](domain::log::store::Store) that writes
//! and the [reader](domain::log::reader::Reader) that opens snapshots. The modules of the
//! subdomains say how each aggregate is stored in its table and how it is searched. Everything else
//! treats all kinds alike: [`bulk`] reads and writes many rows of any table at a time, [`log`] has
//! the log, the history and the one write transaction, [`session`] is one connection to either
//! database, and [`connection`] opens connections.
//!
//! Deliberately absent: upserts (they fire on any unique index and would overwrite another row),
//! `RETURNING` (MySQL has none), and updates that do not name the version they replace.

mod access;
mod aggregates;
mod booking;
mod bulk;
mod columns;
mod connection;
mod consumers;
mod customers;
mod database;
mod durability;
mod errors;
mod handling;
mod locations;
mod log;
mod migrations;
mod options;
mod session;
mod table;
mod voyages;

pub use database::Database;
pub use durability::DurabilityError;
pub use options::{ConnectError, Options};

/// The subdomains, one line each.
const ROOMS: &[&table::Room] = &[
    &locations::ROOM,
    &customers::ROOM,
    &voyages::ROOM,
    &booking::ROOM,
    &handling::ROOM,
    &access::ROOM,
    &consumers::ROOM,
];
