//! A living sample world: what `plimsoll demo` shows.
//!
//! The network of a small liner carrier, its customers and four weeks of bookings are written
//! through the pipeline with a clock that runs up to now; then traffic goes on through the public
//! API, as any program would send it.

mod client;
mod dice;
mod network;
mod traffic;
mod world;

pub(crate) use traffic::{Clerks, traffic};
pub(crate) use world::{Hands, People, USERS, furnish};
