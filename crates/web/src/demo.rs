//! A living sample world: what `plimsoll demo` shows.
//!
//! The network of a small liner carrier, its customers and four weeks in which cargoes were booked
//! and carried are written through the pipeline with a clock that runs up to now; then traffic goes
//! on through the public API, as any program would send it.

mod client;
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
