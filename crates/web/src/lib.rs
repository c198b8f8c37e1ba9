//! Plimsoll's interfaces: the HTTP API, the pages, the command line, and the wiring.

mod access;
pub mod api;
mod booking;
pub mod cli;
pub mod clock;
mod consumers;
mod csv;
mod customers;
mod demo;
pub mod edge;
mod feeds;
mod handling;
pub mod headers;
pub mod limits;
mod locations;
pub mod measured;
mod messages;
pub mod metrics;
mod numbers;
pub mod openapi;
pub mod outside;
pub mod pages;
pub mod parameters;
pub mod problem;
pub mod reference;
mod rooms;
pub mod router;
pub mod server;
pub mod state;
mod trace;
mod voyages;

/// All subdomains, in the order of the navigation.
pub(crate) const ROOMS: &[rooms::Room] = &[
    voyages::ROOM,
    booking::ROOM,
    handling::ROOM,
    customers::ROOM,
    locations::ROOM,
    access::ROOM,
    consumers::ROOM,
];

/// The name of this program in the log: its release and the commit it was built from.
#[must_use]
pub fn program() -> String {
    format!(
        "plimsoll {} ({})",
        env!("CARGO_PKG_VERSION"),
        env!("PLIMSOLL_COMMIT")
    )
}

#[cfg(test)]
mod tests;
