//! Routes to a destination: the pure core of the query `find-routes`.
//!
//! The search is a connection scan (Dibbelt, Pajor, Strasser, Wagner: *Connection Scan Algorithm*,
//! ACM Journal of Experimental Algorithmics 23, 2018). The timetable is one list of all carrier
//! movements in order of departure. A query reads part of it once, without a graph and without a
//! queue. Nothing here is stored. The timetable follows the voyages, and only they decide what is
//! booked. An answer may be out of date when it is used and is checked then.

mod profile;
mod scan;
#[cfg(test)]
mod tests;
mod timetable;

pub use timetable::Timetable;

use super::Leg;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::{Space, SpaceLimit};
use crate::voyages::DangerousGoodsClasses;

/// What a route must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The port of loading.
    pub origin: UnLocode,
    /// The port of discharge.
    pub destination: UnLocode,
    /// The latest arrival.
    pub arrive_by: Moment,
    /// The earliest loading.
    pub depart_after: Moment,
    /// The time of booking. Movements whose booking has closed by then are not used.
    pub now: Moment,
    /// The space it takes on every movement it crosses.
    pub size: Space,
    /// The classes of its dangerous goods.
    pub classes: DangerousGoodsClasses,
    /// Legs that the cargo already holds and would free, of the same size.
    pub held: Vec<Leg>,
    /// The maximum number of transhipments. The limit on an itinerary's legs applies too.
    pub transhipments_max: usize,
    /// How many later sailings to add for each number of transhipments.
    pub alternatives: usize,
}

/// A route from an origin to a destination that can be booked.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The legs, with the best known times, at least one.
    pub legs: Vec<Leg>,
    /// The space left within the limit line on the tightest movement, before this cargo is booked
    /// and including what it frees. Size, weight and plugs are separate minimums, possibly of
    /// different movements.
    pub free: SpaceLimit,
}

impl Route {
    /// The arrival at the destination.
    fn arrives(&self) -> Moment {
        self.legs[self.legs.len() - 1].unload_time
    }
}
