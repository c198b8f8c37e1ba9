//! Which ways lead to a destination: the pure core of the query `find-routes`.
//!
//! The search is a connection scan (Dibbelt, Pajor, Strasser, Wagner: *Connection Scan Algorithm*,
//! ACM Journal of Experimental Algorithmics 23, 2018): the timetable is one list of all carrier
//! movements in the order of departure, and a query reads a part of it once, without a graph and
//! without a queue. Nothing here is stored; the timetable follows the voyages, which alone decide
//! what is booked. An answer may be out of date when it is used, and is checked then.

mod scan;
#[cfg(test)]
mod tests;
mod timetable;

pub use timetable::Timetable;

use super::Leg;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;

/// What is asked of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Port of loading.
    pub origin: UnLocode,
    /// Port of discharge.
    pub destination: UnLocode,
    /// It arrives no later than this.
    pub arrive_by: Moment,
    /// It is not loaded before this.
    pub depart_after: Moment,
    /// When it would be booked; what has closed by then is not used.
    pub now: Moment,
    /// What it takes up on every movement it crosses.
    pub size: Space,
    /// The legs that the cargo holds already and would give back, of that same size.
    pub held: Vec<Leg>,
    /// How often it may change voyages; an itinerary's limit of legs holds besides.
    pub transhipments_max: usize,
}

/// A way from an origin to a destination that can be booked as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The legs, with the times as scheduled; there is at least one.
    pub legs: Vec<Leg>,
    /// What is left beneath the limit line on the movement of the route that has least, before
    /// this cargo is booked and with what it gives back; size and weight each for itself, perhaps of different movements.
    pub free: Space,
}
