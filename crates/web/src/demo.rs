//! The sample world of `plimsoll demo`.
//!
//! The pipeline writes the network of a small liner carrier, its customers and four weeks of
//! bookings and transport, with a clock that runs up to now. Traffic then continues through the
//! public API, as any program would send it.

mod calls;
mod client;
mod containers;
mod customers;
mod dice;
mod fate;
mod network;
mod people;
mod routes;
mod sailing;
mod story;
#[cfg(test)]
mod tests;
mod traffic;
mod trouble;
mod wish;
mod world;

pub(crate) use people::{People, USERS};
pub(crate) use traffic::traffic;
pub(crate) use world::{Hands, furnish};
