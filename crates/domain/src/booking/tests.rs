//! Cargoes: tables of cases.

mod amendments;
mod approach;
mod container_reports;
mod delivery;
mod equal_times;
mod omitted;
mod overdue;
mod promises;
mod ready;
mod special;

use super::*;
use crate::customers::{Customer, CustomerId, CustomerStatus};
use crate::handling::{Activity, HandlingEvent, HandlingEventId, HandlingType};
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
        None,
        time("02-20"),
    )
}

fn order(equipment: &[(&str, u32)]) -> CargoOrder {
    CargoOrder {
        equipment: equipment
            .iter()
            .map(|(code, count)| EquipmentLine {
                size_type: code.parse().expect("a size and type"),
                count: *count,
            })
            .collect(),
        gross_weight_kg: 10_000,
        commodity: "Machine parts".parse().expect("a commodity"),
        reference: None,
        set_point: None,
        dangerous_goods: Vec::new(),
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
        cut_off: None,
        departed: false,
        voyage_cancelled: false,
        load_omitted: false,
        unload_omitted: false,
    }
}

fn broken(result: Result<impl Sized, Rejection>) -> Option<&'static str> {
    let rejection = result.err()?;
    let rule = crate::rules().find(|rule| rejection.breaks(rule))?;
    Some(rule.name)
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
        cargo
            .assign(&customer(), None, legs, time("01-01"))
            .map(|(cargo, _)| cargo)
    };
    let release: Transition = |cargo| cargo.release(time("01-01")).map(|(cargo, _)| cargo);
    let cancel: Transition = |cargo| {
        let reason = "No".parse().expect("a reason");
        cargo.cancel(reason).map(|(cargo, _)| cargo)
    };
    let reject: Transition = |cargo| {
        let reason = "No".parse().expect("a reason");
        cargo.reject(reason).map(|(cargo, _)| cargo)
    };
    let accept: Transition = |cargo| {
        cargo
            .accept(&customer(), time("02-20"))
            .map(|(cargo, _)| cargo)
    };
    let confirm: Transition = |cargo| cargo.confirm(time("01-01")).map(|(cargo, _)| cargo);
    let claim: Transition = |cargo| {
        let unload = report("UNLOAD V100 USNYC 03-09");
        let (cargo, _) = cargo.handle(&unload)?;
        let claim = report("CLAIM USNYC 03-10");
        cargo.handle(&claim).map(|(cargo, _)| cargo)
    };
    let retract: Transition = |cargo| {
        let event = cargo.handling[1].event;
        cargo.unhandle(event).map(|(cargo, _)| cargo)
    };
    let lose: Transition = |cargo| {
        let voyage = delivery::voyage_over(&[leg("HKHKG", "USNYC", "03-09")]);
        Ok(cargo.lose(&voyage, time("02-20")).expect("it has a leg"))
    };
    let misroute: Transition = |cargo| {
        let changed = cargo.change_destination("JPTYO".parse().expect("a UN/LOCODE"));
        changed.map(|(cargo, ..)| cargo)
    };
    let all = [
        ("book", book),
        ("release", release),
        ("cancel", cancel),
        ("reject", reject),
        ("accept", accept),
        ("confirm", confirm),
        ("claim", claim),
    ];
    let twice = "CargoMayNotBeBookedTwice";
    let no = "StatusMustAllow";
    let done = "ClaimedCargoIsFinished";
    for (path, expected) in [
        (
            &[][..],
            ["BOOKED", no, "CANCELLED", "REJECTED", no, no, "COMPLETED"],
        ),
        (
            &[book],
            [
                twice,
                "REQUESTED",
                "CANCELLED",
                "REJECTED",
                "ACCEPTED",
                no,
                "COMPLETED",
            ],
        ),
        (
            &[book, accept],
            [
                twice,
                no,
                "CANCELLED",
                "REJECTED",
                no,
                "CONFIRMED",
                "COMPLETED",
            ],
        ),
        (
            &[book, accept, confirm],
            [twice, no, "CANCELLED", no, no, no, "COMPLETED"],
        ),
        // A leg ahead is broken, so it can be booked again or released.
        (
            &[book, accept, lose],
            [
                "ACCEPTED",
                "REQUESTED",
                "CANCELLED",
                "REJECTED",
                no,
                "CancelledVoyageTakesNothing",
                "COMPLETED",
            ],
        ),
        (
            &[book, accept, confirm, lose],
            [
                "CONFIRMED",
                "REQUESTED",
                "CANCELLED",
                no,
                no,
                no,
                "COMPLETED",
            ],
        ),
        // A misrouted cargo is not accepted.
        (
            &[book, misroute],
            [
                "ItineraryMustSatisfySpecification",
                "REQUESTED",
                "CANCELLED",
                "REJECTED",
                no,
                no,
                "COMPLETED",
            ],
        ),
        (
            &[book, accept, misroute],
            [
                "ItineraryMustSatisfySpecification",
                no,
                "CANCELLED",
                "REJECTED",
                no,
                no,
                "COMPLETED",
            ],
        ),
        (&[book, claim], [done; 7]),
        (&[claim], [done; 7]),
        (
            &[book, accept, claim, retract],
            [
                twice,
                no,
                "CANCELLED",
                "REJECTED",
                no,
                "CONFIRMED",
                "COMPLETED",
            ],
        ),
        (&[reject], [no; 7]),
        (&[cancel], [no; 7]),
        (&[book, cancel], [no; 7]),
    ] {
        let cargo = path
            .iter()
            .try_fold(cargo(), |cargo, step| step(cargo))
            .expect("the path can be gone");
        for ((name, transition), expected) in all.iter().zip(expected) {
            let after = match transition(cargo.clone()) {
                Ok(cargo) => cargo.booking.status().word().into(),
                Err(rejection) => rejection.rule,
            };
            assert_eq!(
                after,
                expected,
                "{name} when {}",
                cargo.booking.status().word()
            );
        }
    }
}

/// A report such as `LOAD V100 HKHKG 03-03` or `CLAIM SESTO 03-16 in CSQU3054383`, with its own id.
fn report(text: &str) -> HandlingEvent {
    let (what, container) = match text.split_once(" in ") {
        Some((what, container)) => (what, Some(container.parse().expect("a number"))),
        None => (text, None),
    };
    let words: Vec<&str> = what.split(' ').collect();
    let (handling_type, voyage, location, day) = match words[..] {
        [handling_type, voyage, location, day] => (handling_type, Some(voyage), location, day),
        [handling_type, location, day] => (handling_type, None, location, day),
        _ => panic!("{text}"),
    };
    let handling_type = HandlingType::ALL
        .iter()
        .find(|known| known.word() == handling_type)
        .unwrap_or_else(|| panic!("{text}"));
    let activity = Activity::new(
        *handling_type,
        location.parse().expect("a UN/LOCODE"),
        voyage.map(|voyage| voyage.parse().expect("a number")),
    );
    let id = text.bytes().fold(7_u128, |id, byte| {
        id.wrapping_mul(31).wrapping_add(byte.into())
    });
    HandlingEvent::register(
        HandlingEventId(Uuid::from_u128(id)),
        "23456789AB3".parse().expect("a tracking id"),
        container,
        activity.expect("a voyage where it belongs"),
        time(day),
        Vec::new(),
        time("12-31"),
    )
    .expect("it lies in the past")
    .0
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
        let result = cargo().assign(
            &customer(),
            None,
            vec![leg(load_at, unload_at, unload_time)],
            time("01-01"),
        );
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
        broken(cargo().assign(&suspended, None, legs, time("01-01"))),
        Some("CustomerMustBeActive")
    );
    // Cargo that we already carry is carried on.
    let (booked, _) = cargo()
        .assign(
            &customer(),
            None,
            vec![leg("HKHKG", "USNYC", "03-09")],
            time("01-01"),
        )
        .expect("it leads there");
    let (misrouted, ..) = booked
        .change_destination("JPTYO".parse().expect("a UN/LOCODE"))
        .expect("it can be");
    let legs = vec![leg("HKHKG", "JPTYO", "03-05")];
    assert_eq!(
        broken(misrouted.assign(&suspended, None, legs, time("01-01"))),
        None
    );
}
