//! The sailings that are worth waiting for, by one search backwards over all departures.

use super::Route;
use super::scan::{ByLegs, LEGS, NEVER, Search};
use crate::limits::{ALTERNATIVES_MAX, CONNECTION_HOURS_MIN};
use crate::moment::Moment;

/// When a route leaves a location and when it arrives at the destination.
#[derive(Debug, Clone, Copy)]
struct Sailing {
    departs: Moment,
    arrives: Moment,
}

/// The sailings from a location of at most some number of legs that no other one beats, the last to
/// leave first: an earlier one arrives earlier.
#[derive(Debug, Default)]
struct Profile(Vec<Sailing>);

impl Profile {
    /// Adds a sailing that leaves no later than those known, unless one of them arrives no later.
    fn add(&mut self, sailing: Sailing) {
        match self.0.last_mut() {
            Some(last) if last.arrives <= sailing.arrives => {}
            Some(last) if last.departs == sailing.departs => *last = sailing,
            _ => self.0.push(sailing),
        }
    }

    /// The earliest arrival of a cargo that can leave at this time.
    fn arrives_from(&self, time: Moment) -> Option<Moment> {
        let after = self.0.partition_point(|sailing| sailing.departs >= time);
        Some(self.0[..after].last()?.arrives)
    }
}

impl Search<'_> {
    /// Adds up to this many further routes for each number of transhipments, see
    /// [`Timetable::routes`](super::Timetable::routes).
    pub(super) fn add_alternatives(&self, routes: &mut Vec<Route>, alternatives: usize) {
        let alternatives = alternatives.min(ALTERNATIVES_MAX as usize);
        if alternatives == 0 {
            return;
        }
        let profiles = self.profiles();
        let best = std::mem::take(routes);
        for legs in 1..=self.legs_max {
            let is_worth_a_transhipment = |sailing: &&Sailing| {
                let fewer = profiles[legs - 1].arrives_from(sailing.departs);
                fewer.is_none_or(|arrives| arrives > sailing.arrives)
            };
            let is_new = |sailing: &&Sailing| {
                let mut same = best.iter().filter(|route| route.legs.len() == legs);
                same.all(|route| route.arrives() != sailing.arrives)
            };
            let earliest_first = profiles[legs].0.iter().rev();
            let sailings = earliest_first.filter(is_worth_a_transhipment);
            let sailings = sailings.filter(is_new).take(alternatives);
            routes.extend(sailings.map(|sailing| self.latest_to_leave(legs, sailing.arrives)));
        }
        routes.extend(best);
        routes.sort_by_key(|route| (route.arrives(), route.legs.len()));
    }

    /// The profile of the origin for at most each number of legs.
    fn profiles(&self) -> ByLegs<Profile> {
        let locations = self.timetable.locations.iter();
        let mut onward: Vec<ByLegs<Profile>> = locations.map(|_| ByLegs::default()).collect();
        // By voyage: the earliest arrival from on board, with at most each number of legs, including
        // that voyage's.
        let nowhere = [NEVER; LEGS + 1];
        let mut aboard = vec![nowhere; self.timetable.voyages.len()];
        for departure in self.departures.iter().rev() {
            let aboard = &mut aboard[departure.voyage];
            if !departure.to_omitted && departure.arrives <= self.arrive_by {
                let is_there = departure.to == self.destination;
                let connects = departure.arrives.plus_hours(CONNECTION_HOURS_MIN);
                for legs in 1..=self.legs_max {
                    let arrives = match is_there {
                        true => Some(departure.arrives),
                        false => onward[departure.to][legs - 1].arrives_from(connects),
                    };
                    aboard[legs] = arrives.map_or(aboard[legs], |time| time.min(aboard[legs]));
                }
            }
            if !self.has_room(departure) {
                *aboard = nowhere;
                continue;
            }
            if !self.may_load(departure) {
                continue;
            }
            for legs in (1..=self.legs_max).filter(|legs| aboard[*legs] < NEVER) {
                onward[departure.from][legs].add(Sailing {
                    departs: departure.departs,
                    arrives: aboard[legs],
                });
            }
        }
        std::mem::take(&mut onward[self.origin])
    }
}
