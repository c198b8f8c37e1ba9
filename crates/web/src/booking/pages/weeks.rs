//! Sailings by week.

use super::routes::RouteChoice;
use crate::pages::places::Places;
use domain::Moment;
use domain::locations::UnLocode;

const WEEK_HOURS: i64 = 7 * 24;
/// More weeks are not listed one by one: those without a sailing are left out.
const WEEKS_MAX: usize = 16;

/// What sails in a week, by the clock of the port of loading.
pub(crate) struct SailingWeek {
    pub(crate) heading: String,
    /// By departure.
    pub(crate) routes: Vec<RouteChoice>,
    /// How many direct voyages sail in it that do not take the cargo.
    pub(crate) refused: usize,
}

impl SailingWeek {
    /// The weeks from the first sailing to the last one that takes the cargo, with those in between.
    /// `refused` are the departures of direct voyages that do not take it.
    pub(super) fn all(
        mut routes: Vec<RouteChoice>,
        refused: &[Moment],
        origin: &UnLocode,
        places: &Places,
    ) -> Vec<Self> {
        routes.sort_by_key(|route| route.departs_at);
        let key = |time: Moment| places.week(origin, time).key;
        let Some(last) = routes.last().map(|route| key(route.departs_at)) else {
            return Vec::new();
        };
        let departures = routes.iter().map(|route| route.departs_at);
        let first = departures.chain(refused.iter().copied()).min();
        let mut weeks = Vec::new();
        let mut time = first.unwrap_or(Moment::EARLIEST);
        loop {
            let week = places.week(origin, time);
            if week.key > last {
                break;
            }
            let of_it = |time: &Moment| key(*time) == week.key;
            let later = routes
                .iter()
                .position(|route| !of_it(&route.departs_at))
                .unwrap_or(routes.len());
            weeks.push(Self {
                routes: routes.drain(..later).collect(),
                refused: refused.iter().filter(|time| of_it(time)).count(),
                heading: week.heading,
            });
            time = time.plus_hours(WEEK_HOURS);
        }
        if weeks.len() > WEEKS_MAX {
            weeks.retain(|week| !week.routes.is_empty());
        }
        weeks
    }
}
