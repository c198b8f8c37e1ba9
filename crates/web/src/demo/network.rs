//! The network of the sample world: services, their vessels and rotations, and the voyages that
//! follow from them. Distances are sailed at a service's speed; see `docs/REFERENCE-DATA.md`.

use domain::Moment;
use serde::Deserialize;
use serde_json::{Value, json};

/// The services.
#[derive(Deserialize)]
pub(super) struct Network {
    pub(super) services: Vec<Service>,
}

/// A service: vessels that sail one rotation after the other.
#[derive(Deserialize)]
pub(super) struct Service {
    pub(super) code: String,
    pub(super) speed_knots: f64,
    pub(super) vessels: Vec<Vessel>,
    pub(super) rotation: Vec<Call>,
}

/// A vessel.
#[derive(Deserialize)]
pub(super) struct Vessel {
    pub(super) imo: String,
    pub(super) name: String,
    pub(super) teu: u32,
    pub(super) tonnes: u32,
}

/// A call of a rotation.
#[derive(Deserialize)]
pub(super) struct Call {
    pub(super) port: String,
    pub(super) stay_hours: i64,
    pub(super) sea_miles_to_next: f64,
}

/// One voyage to schedule.
#[derive(Debug, Clone)]
pub(super) struct Sailing {
    pub(super) number: String,
    pub(super) departs: Moment,
    pub(super) arrives: Moment,
    /// The input of `schedule-voyage`.
    pub(super) input: Value,
}

const HOUR_MICROS: i64 = 3_600_000_000;
const WEEK_HOURS: i64 = 168;
/// Monday, 5 January 2026, 06:00 UTC: when the first voyage of the first service left.
const FIRST_DEPARTURE: i64 = 1_767_592_800 * 1_000_000;

impl Network {
    /// The network that comes with the program.
    pub(super) fn own() -> Self {
        serde_json::from_str(include_str!("../../data/demo-network.json"))
            .expect("it comes with the program")
    }

    /// The voyages that arrive last after one time and depart first before another, by departure.
    pub(super) fn sailings(&self, from: Moment, until: Moment) -> Vec<Sailing> {
        let services = self.services.iter().enumerate();
        let mut sailings: Vec<_> = services
            .flat_map(|(index, service)| service.sailings(index, from, until))
            .collect();
        sailings.sort_by_key(|sailing| sailing.departs);
        sailings
    }
}

impl Service {
    fn hours_at_sea(&self, call: &Call) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "no leg takes a year")]
        let hours = (call.sea_miles_to_next / self.speed_knots).floor() as i64;
        hours.max(1)
    }

    /// From one departure to the vessel's next.
    fn round_trip_hours(&self) -> i64 {
        let calls = self.rotation.iter();
        calls
            .map(|call| call.stay_hours + self.hours_at_sea(call))
            .sum()
    }

    /// Between the departures of two vessels: whole weeks.
    fn interval_hours(&self) -> i64 {
        let vessels = i64::try_from(self.vessels.len()).unwrap_or(i64::MAX);
        let share = self.round_trip_hours().div_euclid(vessels);
        (share + WEEK_HOURS - 1).div_euclid(WEEK_HOURS) * WEEK_HOURS
    }

    fn sailings(&self, index: usize, from: Moment, until: Moment) -> Vec<Sailing> {
        // Each service has its own day of the week and hour.
        let own = i64::try_from(index).unwrap_or(0) * 27;
        let first = Moment::from_micros(FIRST_DEPARTURE).plus_hours(own);
        let interval = self.interval_hours();
        let since = (from.micros() - first.micros()).div_euclid(HOUR_MICROS);
        let oldest = (since - self.round_trip_hours())
            .div_euclid(interval)
            .max(0);
        (oldest..)
            .map(|turn| self.sailing(turn, first.plus_hours(turn * interval)))
            .take_while(|sailing| sailing.departs < until)
            .filter(|sailing| sailing.arrives > from)
            .collect()
    }

    fn sailing(&self, turn: i64, departs: Moment) -> Sailing {
        let place = usize::try_from(turn).unwrap_or(0);
        let vessel = &self.vessels[place % self.vessels.len()];
        let number = format!("{}-{:03}", self.code, turn + 1);
        let mut movements = Vec::new();
        let mut leaves = departs;
        for (index, call) in self.rotation.iter().enumerate() {
            let next = &self.rotation[(index + 1) % self.rotation.len()];
            let arrives = leaves.plus_hours(self.hours_at_sea(call));
            movements.push(json!({
                "from": call.port, "to": next.port, "departs": leaves, "arrives": arrives,
            }));
            leaves = arrives.plus_hours(next.stay_hours);
        }
        let back = &self.rotation[0];
        let arrives = leaves.plus_hours(-back.stay_hours);
        let input = json!({
            "number": number,
            "vessel": { "imo": vessel.imo, "name": vessel.name },
            "capacity": { "teu": vessel.teu, "tonnes": vessel.tonnes },
            "overbooking_percent": 5,
            "cut_off_hours": 24,
            "movements": movements,
        });
        Sailing {
            number,
            departs,
            arrives,
            input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{LOCATIONS_CSV, read_locations};
    use std::collections::{BTreeMap, BTreeSet};

    fn now() -> Moment {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    /// Nautical miles along the great circle.
    fn great_circle(one: (f64, f64), other: (f64, f64)) -> f64 {
        let (a, b) = (one.0.to_radians(), other.0.to_radians());
        let way = (other.1 - one.1).to_radians();
        let cosine = a.sin() * b.sin() + a.cos() * b.cos() * way.cos();
        cosine.clamp(-1.0, 1.0).acos().to_degrees() * 60.0
    }

    #[test]
    fn distances_and_speeds_make_sense() {
        let rows = read_locations(LOCATIONS_CSV.as_bytes()).unwrap().good;
        let ports: BTreeMap<_, _> = rows
            .iter()
            .map(|row| (row.un_locode.to_string(), (row.latitude, row.longitude)))
            .collect();
        let mut called = BTreeSet::new();
        for service in Network::own().services {
            assert!(
                (13.0..=19.0).contains(&service.speed_knots),
                "{}",
                service.code
            );
            for (index, call) in service.rotation.iter().enumerate() {
                let next = &service.rotation[(index + 1) % service.rotation.len()];
                let direct = great_circle(ports[&call.port], ports[&next.port]);
                let sailed = call.sea_miles_to_next;
                assert!(
                    sailed >= direct * 0.97 && sailed <= direct * 3.5 + 300.0,
                    "{} → {}: {sailed} against {direct}",
                    call.port,
                    next.port
                );
                assert!((6..=48).contains(&call.stay_hours));
                called.insert(call.port.clone());
            }
        }
        assert!(called.len() >= 30, "{}", called.len());
    }

    #[test]
    fn there_is_something_to_book_at_any_time() {
        let network = Network::own();
        let sailings = network.sailings(now(), now().plus_hours(8 * WEEK_HOURS));
        assert!(sailings.len() >= 40, "{}", sailings.len());
        let numbers: BTreeSet<_> = sailings.iter().map(|own| own.number.clone()).collect();
        assert_eq!(numbers.len(), sailings.len());
        let (gone, ahead): (Vec<_>, Vec<_>) = sailings.iter().partition(|own| own.departs < now());
        assert!(gone.len() >= 10 && ahead.len() >= 20);
    }

    #[test]
    fn a_vessel_is_back_before_it_leaves_again() {
        for service in Network::own().services {
            let vessels = i64::try_from(service.vessels.len()).unwrap();
            assert!(
                service.round_trip_hours() <= service.interval_hours() * vessels,
                "{}",
                service.code
            );
        }
    }
}
