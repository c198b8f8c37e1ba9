//! Sailings by week.

use super::routes::RouteChoice;
use super::voyage_choice::VoyageChoice;
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
    pub(crate) sailings: Vec<Sailing>,
}

/// A way to the destination.
pub(crate) enum Sailing {
    Route(Box<RouteChoice>),
    /// A direct voyage that is not among the routes.
    Voyage(Box<VoyageChoice>),
}

impl Sailing {
    pub(crate) fn route(&self) -> Option<&RouteChoice> {
        match self {
            Self::Route(route) => Some(route),
            Self::Voyage(_) => None,
        }
    }

    pub(crate) fn voyage(&self) -> Option<&VoyageChoice> {
        match self {
            Self::Route(_) => None,
            Self::Voyage(voyage) => Some(voyage),
        }
    }

    fn departs_at(&self) -> Moment {
        match self {
            Self::Route(route) => route.departs_at,
            Self::Voyage(voyage) => voyage.departs_at,
        }
    }
}

impl SailingWeek {
    /// The weeks from the first sailing to the last one, with those in between.
    pub(super) fn all(mut sailings: Vec<Sailing>, origin: &UnLocode, places: &Places) -> Vec<Self> {
        sailings.sort_by_key(Sailing::departs_at);
        let key = |time: Moment| places.week(origin, time).key;
        let ends = sailings.first().zip(sailings.last());
        let Some((mut time, last)) =
            ends.map(|(first, last)| (first.departs_at(), key(last.departs_at())))
        else {
            return Vec::new();
        };
        let mut weeks = Vec::new();
        loop {
            let week = places.week(origin, time);
            if week.key > last {
                break;
            }
            let later = sailings
                .iter()
                .position(|sailing| key(sailing.departs_at()) != week.key)
                .unwrap_or(sailings.len());
            weeks.push(Self {
                sailings: sailings.drain(..later).collect(),
                heading: week.heading,
            });
            time = time.plus_hours(WEEK_HOURS);
        }
        if weeks.len() > WEEKS_MAX {
            weeks.retain(|week| !week.sailings.is_empty());
        }
        weeks
    }
}
