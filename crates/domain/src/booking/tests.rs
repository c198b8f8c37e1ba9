//! Cargoes: tables of cases.

use super::*;
use crate::customers::{Customer, CustomerId, CustomerStatus};
use crate::moment::Moment;
use crate::rejection::Rejection;
use uuid::Uuid;

fn time(text: &str) -> Moment {
    format!("2027-{text}T00:00:00Z").parse().expect("a time")
}

fn customer() -> Customer {
    Customer::new(
        CustomerId(Uuid::nil()),
        "Blue Anchor".parse().expect("a name"),
        "desk@example.com".parse().expect("an address"),
        "NL".parse().expect("a country"),
    )
    .0
}

fn specification(
    origin: &str,
    destination: &str,
    deadline: &str,
) -> Result<RouteSpecification, Rejection> {
    RouteSpecification::new(
        origin.parse().expect("a UN/LOCODE"),
        destination.parse().expect("a UN/LOCODE"),
        time(deadline),
        time("02-20"),
    )
}

fn order(equipment: &[(&str, u32)]) -> Order {
    Order {
        equipment: equipment
            .iter()
            .map(|(code, count)| EquipmentLine {
                size_type: code.parse().expect("a size and type"),
                count: *count,
            })
            .collect(),
        gross_weight_kg: 10_000,
        commodity: "Machine parts".parse().expect("a commodity"),
        route_specification: specification("HKHKG", "USNYC", "03-18").expect("it can be met"),
    }
}

fn cargo() -> Cargo {
    let id = "23456789AB3".parse().expect("a tracking id");
    Cargo::create(CargoId(Uuid::nil()), id, &customer(), order(&[("22G1", 2)]))
        .expect("a cargo")
        .0
}

fn leg(load_at: &str, unload_at: &str, unload_time: &str) -> Leg {
    Leg {
        voyage: "V100".parse().expect("a number"),
        load_at: load_at.parse().expect("a UN/LOCODE"),
        load_time: time("03-03"),
        unload_at: unload_at.parse().expect("a UN/LOCODE"),
        unload_time: time(unload_time),
    }
}

fn booked() -> Cargo {
    let legs = vec![leg("HKHKG", "USNYC", "03-09")];
    cargo().book(&customer(), legs).expect("it can be booked").0
}

fn cancelled() -> Cargo {
    let reason = "Order withdrawn".parse().expect("a reason");
    cargo().cancel(reason).expect("it can be cancelled").0
}

fn broken(result: Result<impl Sized, Rejection>) -> Option<&'static str> {
    result.err().map(|rejection| rejection.rule)
}

#[test]
fn specification_can_be_met() {
    for (origin, destination, deadline, expected) in [
        ("HKHKG", "USNYC", "03-18", None),
        (
            "HKHKG",
            "HKHKG",
            "03-18",
            Some("OriginAndDestinationMustDiffer"),
        ),
        ("HKHKG", "USNYC", "02-20", Some("DeadlineMustLieAhead")),
        ("HKHKG", "USNYC", "01-01", Some("DeadlineMustLieAhead")),
    ] {
        assert_eq!(
            broken(specification(origin, destination, deadline)),
            expected
        );
    }
}

#[test]
fn size_is_the_sum_of_the_containers() {
    for (equipment, quarter_teu) in [
        (&[("22G1", 2)][..], 8),
        (&[("45G1", 1)], 8),
        (&[("L5G1", 1)], 9),
        (&[("22G1", 1), ("42G1", 1), ("L5G1", 2)], 30),
    ] {
        let id = "23456789AB3".parse().expect("a tracking id");
        let (cargo, _) = Cargo::create(CargoId(Uuid::nil()), id, &customer(), order(equipment))
            .expect("a cargo");
        assert_eq!(cargo.size.quarter_teu, quarter_teu, "{equipment:?}");
    }
}

#[test]
fn status_must_allow() {
    type Transition = fn(Cargo) -> Result<Cargo, Rejection>;
    let book: Transition = |cargo| {
        let legs = vec![leg("HKHKG", "USNYC", "03-09")];
        cargo.book(&customer(), legs).map(|(cargo, _)| cargo)
    };
    let release: Transition = |cargo| cargo.release().map(|(cargo, _)| cargo);
    let cancel: Transition = |cargo| {
        let reason = "No".parse().expect("a reason");
        cargo.cancel(reason).map(|(cargo, _)| cargo)
    };
    for (cargo, transition, name, expected) in [
        (cargo(), book, "book", Ok("BOOKED")),
        (cargo(), release, "release", Err("StatusMustAllow")),
        (cargo(), cancel, "cancel", Ok("CANCELLED")),
        (booked(), book, "book", Err("CargoMayNotBeBookedTwice")),
        (booked(), release, "release", Ok("REQUESTED")),
        (booked(), cancel, "cancel", Ok("CANCELLED")),
        (cancelled(), book, "book", Err("StatusMustAllow")),
        (cancelled(), release, "release", Err("StatusMustAllow")),
        (cancelled(), cancel, "cancel", Err("StatusMustAllow")),
    ] {
        let before = cargo.booking.word();
        let after = transition(cargo)
            .map(|cargo| cargo.booking.word())
            .map_err(|rejection| rejection.rule);
        assert_eq!(after, expected, "{name} when {before}");
    }
}

#[test]
fn itinerary_must_satisfy_specification() {
    for (load_at, unload_at, unload_time, expected) in [
        ("HKHKG", "USNYC", "03-18", None),
        (
            "JPTYO",
            "USNYC",
            "03-09",
            Some("ItineraryMustSatisfySpecification"),
        ),
        (
            "HKHKG",
            "JPTYO",
            "03-09",
            Some("ItineraryMustSatisfySpecification"),
        ),
        (
            "HKHKG",
            "USNYC",
            "03-19",
            Some("ItineraryMustSatisfySpecification"),
        ),
    ] {
        let result = cargo().book(&customer(), vec![leg(load_at, unload_at, unload_time)]);
        assert_eq!(
            broken(result),
            expected,
            "{load_at} {unload_at} {unload_time}"
        );
    }
}

#[test]
fn customer_must_be_active() {
    let mut suspended = customer();
    suspended.status = CustomerStatus::Suspended;
    let id = "23456789AB3".parse().expect("a tracking id");
    let created = Cargo::create(CargoId(Uuid::nil()), id, &suspended, order(&[("22G1", 1)]));
    assert_eq!(broken(created), Some("CustomerMustBeActive"));
    let legs = vec![leg("HKHKG", "USNYC", "03-09")];
    assert_eq!(
        broken(cargo().book(&suspended, legs)),
        Some("CustomerMustBeActive")
    );
}

#[test]
fn delivery_follows_from_specification_and_itinerary() {
    let mut misrouted = booked();
    misrouted.route_specification.destination = "SESTO".parse().expect("a UN/LOCODE");
    let mut late = booked();
    late.route_specification.arrival_deadline = time("03-08");
    for (cargo, routing_status, on_track, eta, next) in [
        (cargo(), RoutingStatus::NotRouted, false, None, None),
        (
            booked(),
            RoutingStatus::Routed,
            true,
            Some("03-09"),
            Some("HKHKG"),
        ),
        (misrouted, RoutingStatus::Misrouted, false, None, None),
        (
            late,
            RoutingStatus::Routed,
            false,
            Some("03-09"),
            Some("HKHKG"),
        ),
        (cancelled(), RoutingStatus::NotRouted, false, None, None),
    ] {
        let delivery = cargo.delivery();
        assert_eq!(delivery.routing_status, routing_status);
        assert_eq!(delivery.on_track, on_track, "{routing_status:?}");
        assert_eq!(delivery.eta, eta.map(time));
        let place = delivery.next_expected.map(|step| step.location.to_string());
        assert_eq!(place.as_deref(), next);
    }
}
