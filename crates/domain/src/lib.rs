//! The model of Plimsoll: entities, value objects, rules, events and ports.
//!
//! Nothing here does I/O, reads a clock or uses random numbers. Time, ids and randomness come in as
//! arguments. The only asynchronous code is in the port traits ([`repository`], [`log::store`],
//! [`log::reader`]) that other crates implement.

pub mod access;
pub mod aggregate;
pub mod booking;
pub mod causes;
pub mod consumers;
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
pub mod personal;
pub mod ports;
pub mod rejection;
pub mod repository;
pub mod rule;
pub mod space;
pub mod text;
pub mod voyages;

pub use aggregate::{Aggregate, Lookup, Names, Versioned};
pub use event::EventName;
pub use fact::Fact;
pub use moment::{Moment, is_day};
pub use personal::Personal;
pub use rejection::{Rejection, Rule};

/// Raised whenever a rule, a derivation or the shape of a state changes. Replay decides again only
/// the entries that this version decided.
pub const RULES_VERSION: u32 = 10;

// The kinds of aggregates.
aggregate::kinds! {
    /// A port or inland place.
    locations::Location = "location", unique by Some(|key| locations::rules::LocationMustBeUnique { key }.into()), listed by list::listing;
    /// A vessel's numbered journey.
    voyages::Voyage = "voyage", unique by Some(|key| voyages::rules::VoyageNumberMustBeUnique { key }.into()), listed by list::listing, grouped by voyages::vessels_sailing;
    /// A ship in the register.
    voyages::RegisteredVessel = "vessel", unique by Some(|key| voyages::rules::VesselMustBeUnique { key }.into()), listed by list::listing;
    /// A party whose cargo is carried.
    customers::Customer = "customer", unique by None, listed by list::listing, personal in customers::Customer::personal;
    /// Goods that a customer wants carried.
    booking::Cargo = "cargo", unique by Some(|key| booking::rules::TrackingIdMustBeUnique { key }.into()), listed by list::listing, grouped by booking::groups_of;
    /// A report about a cargo.
    handling::HandlingEvent = "handling", unique by None, listed by list::listing;
    /// A person or a program that runs operations.
    access::User = "user", unique by Some(|key| access::rules::UserNameMustBeUnique { key }.into()), holds secrets;
    /// A secret that authenticates a user.
    access::Token = "token", unique by Some(|key| access::rules::TokenMustBeUnique { key }.into()), key is secret, holds secrets;
    /// A program that follows the log.
    consumers::Consumer = "consumer", unique by Some(|key| consumers::rules::ConsumerNameMustBeUnique { key }.into()), grouped by consumers::everyone;
}

// The events, by subdomain.
event::of_subdomains! {
    /// An event of a location.
    Locations(locations::LocationEvent),
    /// An event of a customer.
    Customers(customers::CustomerEvent),
    /// An event of a voyage.
    Voyages(voyages::VoyageEvent),
    /// An event of a cargo and its booking.
    Booking(booking::BookingEvent),
    /// An event of a handling report.
    Handling(handling::ReportEvent),
    /// An event of a user or a token.
    Access(access::AccessEvent),
    /// An event of a consumer of the log.
    Consumers(consumers::ConsumerEvent),
}

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
        consumers::rules::ALL,
        repository::rules::ALL,
    ]
    .into_iter()
    .flatten()
}
