//! The use cases of Plimsoll: one file per operation, the pipeline that applies them, the policy
//! that permits them, and the queries that read the results.
//!
//! Nothing here depends on a database or a network. The ports of the domain provide them.

mod about;
pub mod access;
pub mod booking;
pub mod call;
mod caller;
pub mod catalogue;
pub mod consumers;
pub mod customers;
pub mod follow;
pub mod handling;
pub mod input;
pub mod lanes;
pub mod locations;
#[cfg(any(test, feature = "memory"))]
pub mod memory;
pub mod operation;
pub mod pipeline;
pub mod queries;
mod room;
pub mod schema;
mod secret_hash;
#[cfg(test)]
mod tests;
pub mod transfer;
mod upcasters;
pub mod verify;
pub mod voyages;
pub mod work;

pub use about::About;
pub use access::policy;
pub use call::{Accepted, Call, Failed, Headers, IfMatch, Refused, Reply};
pub use caller::Caller;
pub use catalogue::{Definition, PreparedOperation, catalogue, find};
pub use consumers::Confirmations;
pub use operation::Operation;
pub use pipeline::{Limits, Pipeline, Sequencer};

/// The subdomains, one line each.
const ROOMS: &[&room::Room] = &[
    &locations::ROOM,
    &customers::ROOM,
    &voyages::ROOM,
    &booking::ROOM,
    &handling::ROOM,
    &access::ROOM,
    &consumers::ROOM,
];
