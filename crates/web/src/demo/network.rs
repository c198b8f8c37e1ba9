//! The network of the sample world: services, their vessels and rotations, and the voyages that
//! follow from them. A service has as many vessels as its round trip takes weeks, so one leaves
//! every week. Vessels sail the distances at the service's speed; see `docs/REFERENCE-DATA.md`.

use super::sailing::{Movement, Sailing};
use domain::Moment;
use serde::Deserialize;
use serde_json::json;

/// The services.
#[derive(Deserialize)]
pub(super) struct Network {
    pub(super) services: Vec<Service>,
}

/// A service: vessels that sail the same rotation in turn.
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

/// A call in a rotation.
#[derive(Deserialize)]
pub(super) struct Call {
    pub(super) port: String,
    pub(super) stay_hours: i64,
    pub(super) sea_miles_to_next: f64,
}

/// The space of a vessel for each of its reefer plugs.
const TEU_PER_PLUG: u32 = 6;
const HOUR_MICROS: i64 = 3_600_000_000;
const WEEK_HOURS: i64 = 168;
/// Monday, 5 January 2026, 06:00 UTC: the first departure of the first service.
const FIRST_DEPARTURE: i64 = 1_767_592_800 * 1_000_000;

impl Network {
    /// The packaged network.
    pub(super) fn own() -> Self {
        serde_json::from_str(include_str!("../../data/demo-network.json"))
            .expect("it comes with the program")
    }

    /// The voyages that arrive after one time and depart before another, by departure.
    pub(super) fn sailings(&self, from: Moment, until: Moment) -> Vec<Sailing> {
        let services = self.services.iter().enumerate();
        let mut sailings: Vec<_> = services
            .flat_map(|(index, service)| service.sailings(index, from, until))
            .collect();
        sailings.sort_by_key(Sailing::departs);
        sailings
    }
}

impl Service {
    fn hours_at_sea(&self, call: &Call) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "no leg takes a year")]
        let hours = (call.sea_miles_to_next / self.speed_knots).floor() as i64;
        hours.max(1)
    }

    /// The time between two departures of the same vessel.
    fn round_trip_hours(&self) -> i64 {
        let calls = self.rotation.iter();
        calls
            .map(|call| call.stay_hours + self.hours_at_sea(call))
            .sum()
    }

    /// The time between the departures of two vessels, in whole weeks.
    fn interval_hours(&self) -> i64 {
        let vessels = i64::try_from(self.vessels.len()).unwrap_or(i64::MAX);
        let share = self.round_trip_hours().div_euclid(vessels);
        (share + WEEK_HOURS - 1).div_euclid(WEEK_HOURS) * WEEK_HOURS
    }

    fn sailings(&self, index: usize, from: Moment, until: Moment) -> Vec<Sailing> {
        // Each service has its own weekday and hour.
        let own = i64::try_from(index).unwrap_or(0) * 27;
        let first = Moment::from_micros(FIRST_DEPARTURE).plus_hours(own);
        let interval = self.interval_hours();
        let since = (from.micros() - first.micros()).div_euclid(HOUR_MICROS);
        let oldest = (since - self.round_trip_hours())
            .div_euclid(interval)
            .max(0);
        (oldest..)
            .map(|turn| self.sailing(turn, first.plus_hours(turn * interval)))
            .take_while(|sailing| sailing.departs() < until)
            .filter(|sailing| sailing.arrives() > from)
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
            movements.push(Movement::new(&call.port, &next.port, leaves, arrives));
            leaves = arrives.plus_hours(next.stay_hours);
        }
        Sailing {
            number,
            vessel: json!({ "imo": vessel.imo, "name": vessel.name }),
            capacity: json!({
                "teu": vessel.teu, "tonnes": vessel.tonnes, "plugs": vessel.teu / TEU_PER_PLUG,
            }),
            movements,
            cancelled: false,
            omitted: Vec::new(),
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
                (14.0..=20.0).contains(&service.speed_knots),
                "{}",
                service.code
            );
            for (index, call) in service.rotation.iter().enumerate() {
                let next = &service.rotation[(index + 1) % service.rotation.len()];
                let direct = great_circle(ports[&call.port], ports[&next.port]);
                let sailed = call.sea_miles_to_next;
                assert!(
                    sailed >= direct && sailed <= direct * 3.5 + 300.0,
                    "{} → {}: {sailed} against {direct}",
                    call.port,
                    next.port
                );
                assert!((6..=48).contains(&call.stay_hours));
                called.insert(call.port.clone());
            }
        }
        assert!(called.len() >= 40, "{}", called.len());
    }

    /// Σ digit × 7…2 ends in the last digit. Real ships have numbers from 5,000,000 on and recently
    /// from 1,000,000 on, so a number that begins with 3 belongs to no ship.
    #[test]
    fn vessels_have_valid_but_unused_numbers() {
        let services = Network::own().services;
        let vessels: Vec<_> = services.iter().flat_map(|own| &own.vessels).collect();
        for vessel in &vessels {
            let digits: Vec<u32> = vessel
                .imo
                .chars()
                .map(|c| c.to_digit(10).unwrap())
                .collect();
            let weighted = digits[..6].iter().zip([7, 6, 5, 4, 3, 2]);
            let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
            assert_eq!(
                (digits.len(), digits[0], digits[6]),
                (7, 3, sum % 10),
                "{}",
                vessel.imo
            );
        }
        let imos: BTreeSet<_> = vessels.iter().map(|vessel| &vessel.imo).collect();
        let names: BTreeSet<_> = vessels.iter().map(|vessel| &vessel.name).collect();
        assert_eq!((imos.len(), names.len()), (vessels.len(), vessels.len()));
        assert!((20..30).contains(&vessels.len()), "{}", vessels.len());
    }

    #[test]
    fn every_service_meets_another_one_at_a_hub() {
        let services = Network::own().services;
        let ports = |service: &Service| -> BTreeSet<String> {
            service
                .rotation
                .iter()
                .map(|call| call.port.clone())
                .collect()
        };
        for service in &services {
            let mut others = services.iter().filter(|other| other.code != service.code);
            let own = ports(service);
            assert!(
                others.any(|other| !own.is_disjoint(&ports(other))),
                "{}",
                service.code
            );
        }
    }

    #[test]
    fn there_is_something_to_book_at_any_time() {
        let network = Network::own();
        let sailings = network.sailings(now(), now().plus_hours(8 * WEEK_HOURS));
        assert!(sailings.len() >= 40, "{}", sailings.len());
        let numbers: BTreeSet<_> = sailings.iter().map(|own| own.number.clone()).collect();
        assert_eq!(numbers.len(), sailings.len());
        let (gone, ahead): (Vec<_>, Vec<_>) =
            sailings.iter().partition(|own| own.departs() < now());
        assert!(gone.len() >= 25 && ahead.len() >= 75);
    }

    #[test]
    fn one_vessel_leaves_every_week_and_returns_in_time() {
        for service in Network::own().services {
            assert_eq!(service.interval_hours(), WEEK_HOURS, "{}", service.code);
            let vessels = i64::try_from(service.vessels.len()).unwrap();
            assert!(
                service.round_trip_hours() <= service.interval_hours() * vessels,
                "{}",
                service.code
            );
        }
    }
}
