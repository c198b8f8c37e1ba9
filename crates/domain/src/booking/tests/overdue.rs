//! What is due, and what becomes overdue by the clock: a table of cases.

use super::delivery::{PLAN, cargo_after, handle, legs, v100};
use super::*;
use crate::voyages::{CallAt, CallReport};

/// `03-03T06`, in 2027.
fn hour(text: &str) -> Moment {
    let (day, hour) = text.split_once('T').unwrap_or((text, "00"));
    format!("2027-{day}T{hour}:00:00Z").parse().expect("a time")
}

/// The flags at a time, and what is due by when, which at the time of the index begins.
#[track_caller]
fn at(cargo: &Cargo, now: &str, flags: &[Flag], due_at: &str) {
    let delivery = cargo.delivery_at(hour(now));
    assert_eq!(delivery.flags, flags, "{now}");
    assert_eq!(
        delivery.due_at,
        (!due_at.is_empty()).then(|| hour(due_at)),
        "{now}"
    );
    let by_index = delivery
        .overdue_at
        .is_some_and(|overdue| overdue <= hour(now));
    let at_rest = cargo.delivery().at_risk();
    assert_eq!(delivery.at_risk(), at_rest || by_index, "{now}");
}

/// The plan, with a cut-off a day before V100 sails.
fn planned(reports: &[&str]) -> Cargo {
    let mut plan = legs(PLAN);
    plan[0].cut_off = Some(hour("03-02"));
    let mut cargo = cargo();
    cargo.route_specification = specification("HKHKG", "SESTO", "03-18").expect("it can be met");
    let assigned = cargo.assign(&customer(), None, plan, hour("01-01"));
    handle(assigned.expect("it leads there").0, reports)
}

#[test]
fn each_step_is_due_and_becomes_overdue() {
    let received = "RECEIVE HKHKG 03-01";
    let loaded = "LOAD V100 HKHKG 03-03";
    let changed = "UNLOAD V100 USNYC 03-09";
    let reloaded = "LOAD V200 USNYC 03-10";
    let arrived = "UNLOAD V200 SESTO 03-16";
    for (reports, now, flags, due_at) in [
        (&[][..], "03-01T23", &[][..], "03-02"),
        (&[], "03-02", &[Flag::NotReceived], "03-02"),
        // Once the ship has gone, receiving it is of no use.
        (&[], "03-03T06", &[Flag::LeftBehind], "03-02"),
        (&[received], "03-03T05", &[], "03-03"),
        (&[received], "03-03T06", &[Flag::LeftBehind], "03-03"),
        (&[received, loaded], "03-09T11", &[], "03-09T12"),
        (
            &[received, loaded],
            "03-09T12",
            &[Flag::NotUnloaded],
            "03-09T12",
        ),
        // The next ship has gone, too.
        (
            &[received, loaded],
            "03-10T06",
            &[Flag::LeftBehind, Flag::NotUnloaded],
            "03-09T12",
        ),
        (
            &[received, loaded, changed],
            "03-10T06",
            &[Flag::LeftBehind],
            "03-10",
        ),
        (
            &[changed, reloaded],
            "03-16T12",
            &[Flag::NotUnloaded],
            "03-16T12",
        ),
        (&[changed, reloaded, arrived], "03-20T23", &[], "03-21"),
        (
            &[changed, reloaded, arrived],
            "03-21",
            &[Flag::NotClaimed],
            "03-21",
        ),
        (&[arrived, "CLAIM SESTO 03-17"], "12-31", &[], ""),
        // Nothing is due for a cargo that is off its itinerary.
        (&["UNLOAD V100 JPTYO 03-05"], "12-31", &[], ""),
    ] {
        at(&planned(reports), now, flags, due_at);
    }
}

#[test]
fn a_cargo_that_was_left_behind_has_no_arrival() {
    let received = planned(&["RECEIVE HKHKG 03-01"]);
    let delivery = received.delivery_at(hour("03-03T06"));
    assert_eq!((delivery.eta, delivery.on_track), (None, false));
    let [broken] = &delivery.broken_legs[..] else {
        panic!("{:?}", delivery.broken_legs);
    };
    assert_eq!((broken.leg, broken.location.as_str()), (0, "HKHKG"));
    // A late report of the loading says otherwise.
    let loaded = handle(received, &["LOAD V100 HKHKG 03-03"]);
    let delivery = loaded.delivery_at(hour("03-03T06"));
    assert!(delivery.broken_legs.is_empty() && delivery.on_track);
}

#[test]
fn a_reported_departure_leaves_behind_at_once() {
    let received = planned(&["RECEIVE HKHKG 03-01"]);
    let (ship, left) = (v100(), hour("03-03T01"));
    let report = CallReport {
        call: CallAt {
            location: "HKHKG".parse().expect("a UN/LOCODE"),
            number: None,
        },
        at: left,
    };
    let (sailed, _) = ship
        .clone()
        .report_departure(&report, &[], left)
        .expect("it left");
    let (followed, ..) = received.follow(&ship, &sailed).expect("it follows");
    at(&followed, "03-03T01", &[Flag::LeftBehind], "03-03T01");
    at(&followed, "03-03", &[], "03-03T01");
}

#[test]
fn nothing_is_due_for_a_cancelled_voyage() {
    let lost = planned(&[])
        .lose(&v100(), hour("02-01"))
        .expect("it is booked");
    at(&lost, "03-20", &[Flag::VoyageCancelled], "");
}

#[test]
fn a_cargo_that_was_left_behind_may_go_another_way() {
    let accepted = planned(&["RECEIVE HKHKG 03-01"]);
    let (accepted, _) = accepted
        .accept(&customer(), hour("03-01"))
        .expect("it may be");
    let gone = hour("03-03T06");
    let confirmed = accepted.clone().confirm(gone);
    assert_eq!(broken(confirmed), Some("BookingClosesAtCutOff"));
    assert_eq!(
        broken(accepted.clone().release(hour("03-03"))),
        Some("StatusMustAllow")
    );
    assert!(accepted.clone().release(gone).is_ok());
    assert_eq!(
        accepted.voyage_to_roll(gone).map(|v| v.to_string()),
        Ok("V100".to_owned())
    );
    let other = legs(&["V101 HKHKG 03-06 SESTO 03-17"]);
    assert_eq!(
        broken(
            accepted
                .clone()
                .assign(&customer(), None, other.clone(), hour("03-03"))
        ),
        Some("CargoMayNotBeBookedTwice")
    );
    assert!(accepted.assign(&customer(), None, other, gone).is_ok());
}

#[test]
fn legs_of_earlier_releases_are_due_when_the_ship_sails() {
    let cargo = cargo_after(PLAN, &[]);
    at(&cargo, "03-02T23", &[], "03-03");
    at(&cargo, "03-03", &[Flag::NotReceived], "03-03");
}
