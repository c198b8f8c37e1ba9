//! The search: forwards for the earliest arrivals, backwards for the latest departures.

use super::super::Leg;
use super::super::rules::connects;
use super::timetable::{Departure, Timetable};
use super::{Route, Wanted};
use crate::limits::LEGS_MAX;
use crate::moment::Moment;
use crate::space::{Space, SpaceLimit};
use crate::voyages::DangerousGoodsClasses;

pub(super) const LEGS: usize = LEGS_MAX as usize;
pub(super) const NEVER: Moment = Moment::from_micros(i64::MAX);
/// More legs than any route has.
const ASHORE: usize = usize::MAX;

/// Indexed by number of legs, from none to [`LEGS`].
pub(super) type ByLegs<T> = [T; LEGS + 1];

/// A leg, as the departures of its first and its last movement.
type Stay<'a> = (&'a Departure, &'a Departure);

impl Timetable {
    /// The routes that no other route beats in both arrival and number of transhipments, earliest
    /// arrival first. Each later one has fewer transhipments.
    ///
    /// If several routes have the same arrival and number of transhipments, the one that leaves the
    /// origin latest is returned. Of those, the one on the voyage with the first number, which it
    /// leaves at the last possible call. The rest of the route follows the same rule.
    ///
    /// With alternatives, later sailings stand beside these: routes that are worth waiting for,
    /// because every route that arrives no later leaves earlier or has more transhipments, and every
    /// one that leaves no earlier arrives later or has more transhipments. In short, no other route
    /// beats them in departure, arrival and number of transhipments. Of those with the same number of
    /// transhipments, the earliest are added, up to the number of alternatives. The order is by
    /// arrival, then by number of transhipments.
    ///
    /// Takes time linear in the number of movements between the first possible departure and the
    /// latest possible arrival, once in total and once more for each route. With alternatives, another
    /// time, with a binary search for each movement and number of transhipments.
    ///
    /// # Panics
    ///
    /// Panics if the timetable is not [settled](Timetable::settle), because it would answer with
    /// outdated times.
    #[must_use]
    pub fn routes(&self, wanted: &Wanted) -> Vec<Route> {
        assert!(self.is_settled(), "who puts voyages settles the timetable");
        let Some(search) = Search::new(self, wanted) else {
            return Vec::new();
        };
        let arrivals = search.earliest_arrivals();
        let mut routes: Vec<Route> = (1..=search.legs_max)
            .filter(|legs| arrivals[*legs] < arrivals[*legs - 1])
            .map(|legs| search.latest_to_leave(legs, arrivals[legs]))
            .collect();
        // Another leg is worth it only for an earlier arrival.
        routes.reverse();
        search.add_alternatives(&mut routes, wanted.alternatives);
        routes
    }
}

/// One query, in terms of the timetable.
pub(super) struct Search<'a> {
    pub(super) timetable: &'a Timetable,
    /// The movements that leave no earlier than the cargo can, and before it has to arrive.
    pub(super) departures: &'a [Departure],
    pub(super) origin: usize,
    pub(super) destination: usize,
    pub(super) arrive_by: Moment,
    now: Moment,
    size: Space,
    classes: &'a DangerousGoodsClasses,
    held: &'a [Leg],
    pub(super) legs_max: usize,
}

impl<'a> Search<'a> {
    /// Returns `None` if there is nothing to find.
    fn new(timetable: &'a Timetable, wanted: &'a Wanted) -> Option<Self> {
        let origin = timetable.location(&wanted.origin)?;
        let destination = timetable.location(&wanted.destination)?;
        let earliest = wanted.now.max(wanted.depart_after);
        let first = first_from(&timetable.departures, earliest);
        let end = first_from(&timetable.departures, wanted.arrive_by);
        (origin != destination && first < end).then(|| Self {
            timetable,
            departures: &timetable.departures[first..end],
            origin,
            destination,
            arrive_by: wanted.arrive_by,
            now: wanted.now,
            size: wanted.size,
            classes: &wanted.classes,
            held: &wanted.held,
            legs_max: wanted.transhipments_max.min(LEGS - 1) + 1,
        })
    }

    /// The earliest arrival of the cargo at the destination, with at most each number of legs.
    fn earliest_arrivals(&self) -> ByLegs<Moment> {
        let mut arrivals = vec![[NEVER; LEGS + 1]; self.timetable.locations.len()];
        // By voyage: the fewest legs with which the cargo can be on board, including that voyage's.
        // With more legs it would be in the same place at the same time.
        let mut aboard = vec![ASHORE; self.timetable.voyages.len()];
        let mut legs_max = self.legs_max;
        for departure in self.departures {
            // A movement that departs now is too late to improve on those that have arrived.
            while arrivals[self.destination][legs_max] <= departure.departs {
                legs_max -= 1;
            }
            if legs_max == 0 {
                break;
            }
            let aboard = &mut aboard[departure.voyage];
            let most = legs_max.min(*aboard - 1);
            let legs = self
                .legs_when_loaded(departure, &arrivals[departure.from], most)
                .unwrap_or(*aboard);
            if legs > legs_max {
                continue;
            }
            if !self.has_room(departure) {
                *aboard = ASHORE;
                continue;
            }
            *aboard = legs;
            if departure.arrives <= self.arrive_by && !departure.to_omitted {
                for arrival in &mut arrivals[departure.to][legs..=legs_max] {
                    *arrival = departure.arrives.min(*arrival);
                }
            }
        }
        arrivals[self.destination]
    }

    /// The fewest legs, at most `most`, with which the cargo can be loaded here, including this
    /// one. `arrivals` are those at the location.
    fn legs_when_loaded(
        &self,
        departure: &Departure,
        arrivals: &ByLegs<Moment>,
        most: usize,
    ) -> Option<usize> {
        let legs = (1..=most).find(|legs| match legs {
            1 => departure.from == self.origin,
            _ => connects(arrivals[legs - 1], departure.departs),
        })?;
        self.may_load(departure).then_some(legs)
    }

    /// The route of at most `legs` legs that arrives by then and leaves latest. It exists, and none
    /// arrives earlier or has fewer legs.
    ///
    /// Read backwards, the first departure found for a location is the last one from there.
    pub(super) fn latest_to_leave(&self, legs: usize, arrives: Moment) -> Route {
        let mut onward = vec![[None; LEGS + 1]; self.timetable.locations.len()];
        // By voyage: the fewest legs from on board, including that voyage's, and where to unload.
        let mut aboard = vec![(ASHORE, None); self.timetable.voyages.len()];
        let end = first_from(self.departures, arrives);
        for departure in self.departures[..end].iter().rev() {
            let aboard = &mut aboard[departure.voyage];
            let most = legs.min(aboard.0 - 1);
            let unloaded = (1..=most).find(|legs| match legs {
                _ if departure.to_omitted => false,
                1 => departure.to == self.destination && departure.arrives <= arrives,
                _ => onward[departure.to][legs - 1]
                    .is_some_and(|(load, _): Stay<'_>| connects(departure.arrives, load.departs)),
            });
            if let Some(fewer) = unloaded {
                *aboard = (fewer, Some(departure));
            }
            let (fewest, Some(unload)) = *aboard else {
                continue;
            };
            if !self.has_room(departure) {
                *aboard = (ASHORE, None);
            } else if self.may_load(departure) {
                for known in &mut onward[departure.from][fewest..=legs] {
                    known.get_or_insert((departure, unload));
                }
                if departure.from == self.origin {
                    break;
                }
            }
        }
        self.route(&onward, legs)
    }

    /// Follows the legs onward from the origin.
    fn route(&self, onward: &[ByLegs<Option<Stay<'a>>>], legs: usize) -> Route {
        let mut route = Route {
            legs: Vec::with_capacity(legs),
            free: SpaceLimit::NONE,
        };
        let mut location = self.origin;
        for legs in (1..=legs).rev() {
            let (load, unload) =
                onward[location][legs].expect("who arrives forwards arrives backwards");
            route.legs.push(self.timetable.leg(load, unload));
            let departures = &self.timetable.voyages[load.voyage].departures;
            let crossed = departures[load.movement..=unload.movement].iter();
            for left in crossed.filter_map(|departure| self.left(departure)) {
                route.free = route.free.min(left);
            }
            location = unload.to;
        }
        route
    }

    /// Checks `LoadMayNotPassTheLine` on this movement, and `CancelledVoyageTakesNothing`.
    pub(super) fn has_room(&self, departure: &Departure) -> bool {
        self.left(departure)
            .is_some_and(|left| self.size.fits(left))
    }

    /// The space left on this movement, including what the cargo holds on it and would free.
    fn left(&self, departure: &Departure) -> Option<SpaceLimit> {
        let voyage = &self.timetable.voyages[departure.voyage];
        let left = voyage.left[departure.movement]?;
        let mut held = self.held.iter();
        let is_held = held.any(|leg| {
            leg.voyage == voyage.number
                && (leg.load_time..leg.unload_time).contains(&departure.departs)
        });
        Some(if is_held { left + self.size } else { left })
    }

    /// Checks `OmittedCallTakesNothing`, `BookingClosesAtCutOff` and
    /// `VoyageMustTakeDangerousGoods`.
    pub(super) fn may_load(&self, departure: &Departure) -> bool {
        let voyage = &self.timetable.voyages[departure.voyage];
        let hours = i64::from(voyage.cut_off_hours);
        !departure.from_omitted
            && self.now <= departure.departs.plus_hours(-hours)
            && self.classes.is_subset(&voyage.classes)
    }
}

/// The index of the first departure at or after this time.
fn first_from(departures: &[Departure], time: Moment) -> usize {
    departures.partition_point(|departure| departure.departs < time)
}
