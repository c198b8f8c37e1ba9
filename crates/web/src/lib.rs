//! Plimsoll as its clients meet it: the HTTP API, the command line, and the wiring of it all.

mod access;
pub mod api;
mod booking;
pub mod cli;
pub mod clock;
mod csv;
mod customers;
mod demo;
pub mod edge;
mod handling;
pub mod headers;
pub mod limits;
mod locations;
pub mod measured;
pub mod metrics;
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
pub mod tail;
mod voyages;

/// This program, as the log names it: its release and the commit it was built from.
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
