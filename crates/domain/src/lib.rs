//! The model of Plimsoll: entities, value objects, rules, events and ports.
//!
//! Nothing here does I/O, reads a clock or uses random numbers. Time, ids and randomness come in as
//! arguments. The only asynchronous code is in the port traits ([`repository`], [`log::store`],
//! [`log::reader`]) that other crates implement.

pub mod access;
pub mod aggregate;
pub mod booking;
pub mod customers;
pub mod event;
pub mod fact;
pub mod handling;
pub mod identifier;
pub mod limits;
pub mod list;
pub mod locations;
pub mod log;
pub mod moment;
pub mod ports;
pub mod rejection;
pub mod repository;
pub mod rule;
pub mod space;
pub mod text;
pub mod voyages;

pub use aggregate::{Aggregate, AnyAggregate, Kind, Lookup, Names, Versioned};
pub use event::{Event, EventName};
pub use fact::Fact;
pub use moment::Moment;
pub use rejection::{Rejection, Rule};

/// Raised whenever a rule, a derivation or the shape of a state changes. Replay decides again only
/// the entries that this version decided.
pub const RULES_VERSION: u32 = 6;

/// Every rule of every subdomain, in the order of the documentation.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        identifier::rules::ALL,
        locations::rules::ALL,
        customers::rules::ALL,
        voyages::rules::ALL,
        booking::rules::ALL,
        handling::rules::ALL,
        access::rules::ALL,
        repository::rules::ALL,
    ]
    .into_iter()
    .flatten()
}
