//! Cargoes that get a new itinerary while on board, and their approach.

use super::delivery::{PLAN, bare, cargo_after, handle, legs, v100, v100_to_sesto, voyage_over};
use super::*;
use crate::voyages::{PlannedMovement, Voyage};

const ABOARD: &[&str] = &["RECEIVE HKHKG 03-01", "LOAD V100 HKHKG 03-03"];

/// On board V100, to continue from one of its calls, by a plan.
fn assigned(origin: &str, plan: &[&str]) -> Result<Cargo, Rejection> {
    assigned_aboard(&v100(), origin, plan)
}

fn assigned_aboard(ship: &Voyage, origin: &str, plan: &[&str]) -> Result<Cargo, Rejection> {
    let origin = origin.parse().expect("a UN/LOCODE");
    let cargo = cargo_after(PLAN, ABOARD);
    let (cargo, ..) = cargo.reroute(origin, None, None, Some(ship), time("03-04"))?;
    let assigned = cargo.assign(&customer(), Some(ship), legs(plan), time("01-01"))?;
    Ok(assigned.0)
}

fn approach(cargo: &Cargo) -> Option<&Leg> {
    cargo.itinerary().expect("booked").approach()
}

const FROM_JPTYO: &[&str] = &["V300 JPTYO 03-08 SESTO 03-16"];
const FROM_USNYC: &[&str] = &["V200 USNYC 03-10 SESTO 03-16"];

#[test]
fn the_approach_leads_to_the_first_leg() {
    for (origin, plan, expected) in [
        ("JPTYO", FROM_JPTYO, "V100 HKHKG 03-03 JPTYO 03-05"),
        ("USNYC", FROM_USNYC, "V100 HKHKG 03-03 USNYC 03-09"),
    ] {
        let cargo = assigned(origin, plan).expect("it leads there");
        let expected = legs(&[expected]);
        assert_eq!(
            approach(&cargo).map(bare),
            expected.first().cloned(),
            "{origin}"
        );
        let held: Vec<_> = cargo.held().iter().map(bare).collect();
        assert_eq!(held, [expected, legs(plan)].concat(), "{origin}");
        let json = serde_json::to_string(&cargo).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Cargo>(&json).expect("the same"),
            cargo
        );
    }
}

#[test]
fn the_approach_must_connect() {
    let refused = assigned("USNYC", &["V200 USNYC 03-09 SESTO 03-16"]);
    assert_eq!(refused.expect_err("too short").rule, "ItineraryMustConnect");
}

fn late() -> Voyage {
    let v100 = v100();
    let movements = v100.movements.iter().map(|movement| PlannedMovement {
        from: movement.from.clone(),
        to: movement.to.clone(),
        departs: movement.departs,
        arrives: movement.arrives.max(time("03-05")),
    });
    let mut movements: Vec<_> = movements.collect();
    movements[1].arrives = time("03-10");
    let rescheduled = v100.reschedule(movements, None, &[], time("03-05"));
    rescheduled.expect("it can").0
}

#[test]
fn a_delay_on_the_approach_is_followed() {
    let cargo = assigned("USNYC", FROM_USNYC).expect("it leads there");
    let unload = |cargo: &Cargo| cargo.plan()[0].scheduled_at;
    assert_eq!(unload(&cargo), Some(time("03-09")));
    let (cargo, later, consequences) = cargo.follow(&v100(), &late()).expect("it is aboard");
    assert!(later);
    assert_eq!(consequences.connections_missed.len(), 1);
    assert_eq!(unload(&cargo), Some(time("03-10")));
    assert_eq!(cargo.delivery().flags, [Flag::ConnectionMissed]);

    // Off the ship there is nothing left to miss. The same holds if it was never on board.
    let off = handle(cargo.clone(), &["UNLOAD V100 USNYC 03-10"]);
    assert_eq!(off.delivery().flags, []);
    let (ashore, _) = cargo.unhandle(report(ABOARD[1]).id).expect("it can be");
    assert_eq!(ashore.delivery().flags, []);
    assert_eq!(
        ashore.held(),
        legs(FROM_USNYC),
        "the approach goes with the LOAD"
    );
}

#[test]
fn the_time_of_loading_can_be_corrected() {
    let cargo = assigned("USNYC", FROM_USNYC).expect("it leads there");
    let before = cargo.delivery();
    let cargo = handle(cargo, &["LOAD V100 HKHKG 03-04"]);
    let (cargo, _) = cargo.unhandle(report(ABOARD[1]).id).expect("it can be");
    let delivery = cargo.delivery();
    assert!(!delivery.misdirected);
    assert_eq!(delivery.next_expected, before.next_expected);
    assert_eq!(delivery.current_voyage, before.current_voyage);
    let (late, ..) = cargo.follow(&v100(), &late()).expect("it is aboard");
    assert_eq!(late.delivery().flags, [Flag::ConnectionMissed]);
    let off = handle(cargo, &["UNLOAD V100 USNYC 03-09"]);
    assert!(!off.delivery().misdirected);
    assert_eq!(off.plan()[0].scheduled_at, Some(time("03-03")));
}

#[test]
fn a_cancelled_voyage_is_reported_on_the_approach() {
    let cargo = assigned("USNYC", FROM_USNYC).expect("it leads there");
    // What has departed arrives.
    let (early, late) = (time("03-06"), time("03-07"));
    assert_eq!(cargo.lose(&v100(), late), None);
    let lost = cargo.lose(&v100(), early).expect("it is aboard");
    assert_eq!(lost.delivery().flags, [Flag::VoyageCancelled]);
    let refused = lost.accept(&customer(), time("03-01")).map(|_| ());
    assert_eq!(broken(refused), Some("CancelledVoyageTakesNothing"));
    assert!(cargo.accept(&customer(), time("03-01")).is_ok());
}

#[test]
fn the_first_leg_is_rolled_to_a_voyage_that_the_approach_reaches() {
    let cargo = assigned("USNYC", FROM_USNYC).expect("it leads there");
    let number = |text: &str| text.parse().expect("a number");
    let from = number("V200");
    let (rolled, comes_from) = cargo.legs_to_roll(&from).expect("it can be");
    assert!(matches!(comes_from, ComesFrom::Leg(leg) if Some(&leg) == approach(&cargo)));
    for (onto, expected) in [
        ("V400 USNYC 03-10 SESTO 03-15", None),
        ("V400 USNYC 03-09 SESTO 03-15", Some("ItineraryMustConnect")),
    ] {
        let onto_legs = legs(&[onto]);
        let voyage = voyage_over(&onto_legs);
        let rolled = cargo.clone().roll(rolled.clone(), onto_legs, &voyage);
        assert_eq!(broken(rolled), expected, "{onto}");
    }
}

#[test]
fn a_leg_may_begin_where_the_cargo_was_loaded() {
    let unbooked = cargo_after(&[], ABOARD);
    let mistaken = cargo_after(&["V300 HKHKG 03-03 SESTO 03-16"], ABOARD);
    for cargo in [unbooked, mistaken] {
        let cargo = cargo.assign(&customer(), Some(&v100()), legs(PLAN), time("01-01"));
        let (cargo, _) = cargo.expect("it is aboard");
        assert_eq!(approach(&cargo), None);
        assert!(!cargo.delivery().misdirected);
    }
}

#[test]
fn a_cargo_on_board_may_come_off_elsewhere() {
    let round = voyage_over(&legs(&[
        "V100 HKHKG 03-03 JPTYO 03-05",
        "V100 JPTYO 03-06 USNYC 03-09",
        "V100 USNYC 03-10 SESTO 03-16",
    ]));
    let port = |code: &str| code.parse().expect("a UN/LOCODE");
    let cargo = cargo_after(PLAN, ABOARD);
    let rerouted = cargo.reroute(port("JPTYO"), None, None, Some(&round), time("03-04"));
    let onwards = legs(&["V100 JPTYO 03-06 SESTO 03-16"]);
    let assigned = rerouted.expect("it comes there").0.assign(
        &customer(),
        Some(&round),
        onwards,
        time("01-01"),
    );
    let sold = assigned
        .expect("it leads there")
        .0
        .change_destination(port("USNYC"));
    let (cargo, ..) = sold.expect("it is on its way");
    for (leg, goes_on) in [
        ("V100 JPTYO 03-06 USNYC 03-09", true),
        ("V100 HKHKG 03-03 USNYC 03-09", true),
        ("V100 USNYC 03-10 SESTO 03-16", false),
        ("V200 JPTYO 03-06 USNYC 03-09", false),
    ] {
        assert_eq!(cargo.goes_on(&legs(&[leg])[0]), goes_on, "{leg}");
    }
    let elsewhere = legs(&["V100 JPTYO 03-06 USNYC 03-09"]);
    let assigned = cargo.assign(&customer(), Some(&round), elsewhere, time("01-01"));
    let way = legs(&["V100 HKHKG 03-03 JPTYO 03-05"]);
    let assigned = assigned.expect("it goes on").0;
    assert_eq!(approach(&assigned).map(bare).as_ref(), way.first());
}

#[test]
fn a_cargo_that_was_never_loaded_has_no_approach() {
    let cargo = assigned("JPTYO", FROM_JPTYO).expect("it leads there");
    let (ashore, _) = cargo.unhandle(report(ABOARD[1]).id).expect("it can be");
    let next = |cargo: &Cargo| cargo.delivery().next_expected.map(|next| next.to_string());
    assert_eq!(approach(&ashore), None);
    assert_eq!(next(&ashore).as_deref(), Some("RECEIVE at JPTYO"));
    let received = handle(ashore, &["RECEIVE JPTYO 03-06"]);
    assert!(!received.delivery().misdirected);
    assert_eq!(next(&received).as_deref(), Some("LOAD V300 at JPTYO"));
}

#[test]
fn the_port_may_leave_the_unload_out() {
    let cargo = assigned("JPTYO", FROM_JPTYO).expect("it leads there");
    let received = handle(cargo, &["RECEIVE JPTYO 03-05"]);
    let delivery = received.delivery();
    assert!(!delivery.misdirected);
    let next = delivery.next_expected.map(|next| next.to_string());
    assert_eq!(next.as_deref(), Some("LOAD V300 at JPTYO"));
}

/// Calls at JPTYO twice: on 03-05 and on 03-11.
fn twice() -> Voyage {
    voyage_over(&legs(&[
        "V100 HKHKG 03-03 JPTYO 03-05",
        "V100 JPTYO 03-06 USNYC 03-08",
        "V100 USNYC 03-09 JPTYO 03-11",
        "V100 JPTYO 03-12 SESTO 03-16",
    ]))
}

#[test]
fn a_stay_on_board_keeps_its_space_between_calls() {
    let ship = twice();
    let port = |code: &str| code.parse().expect("a UN/LOCODE");
    let cargo = cargo_after(PLAN, ABOARD);
    let rerouted = cargo.reroute(port("JPTYO"), None, None, Some(&ship), time("03-04"));
    let onwards = legs(&["V100 JPTYO 03-12 SESTO 03-16"]);
    let assigned = rerouted.expect("it comes there").0.assign(
        &customer(),
        Some(&ship),
        onwards.clone(),
        time("01-01"),
    );
    let (cargo, _) = assigned.expect("it leads there");
    let way = legs(&["V100 HKHKG 03-03 JPTYO 03-11"]);
    let held: Vec<_> = cargo.held().iter().map(bare).collect();
    assert_eq!(held, [way, onwards.clone()].concat());
    // Two consecutive legs on one voyage are one stay on board, too.
    let first = legs(&["V100 HKHKG 03-03 JPTYO 03-05"]).remove(0);
    let until = first.until(&onwards[0], &ship);
    assert_eq!(bare(&until), legs(&["V100 HKHKG 03-03 JPTYO 03-11"])[0]);
}

#[test]
fn the_first_connecting_calls_depend_on_where_the_cargo_is() {
    let ship = twice();
    let port = |code: &str| code.parse().expect("a UN/LOCODE");
    let wanted = |load_at: &str| WantedLeg {
        voyage: ship.number.clone(),
        load_at: port(load_at),
        unload_at: port("SESTO"),
        load_time: None,
        unload_time: None,
    };
    let long_ago = time("01-01");
    for (reports, load_at, day) in [
        (&[][..], "JPTYO", "03-06"),
        (ABOARD, "HKHKG", "03-03"),
        (ABOARD, "JPTYO", "03-06"),
        (&["RECEIVE JPTYO 03-06"], "JPTYO", "03-06"),
        (&["RECEIVE JPTYO 03-07"], "JPTYO", "03-12"),
        // After an unload, a transhipment takes its time.
        (&["UNLOAD V9 JPTYO 03-06"], "JPTYO", "03-12"),
    ] {
        let cargo = cargo_after(&[], reports);
        let current = cargo.delivery().current_voyage.map(|_| &ship);
        let from = cargo.comes_from(current);
        let leg = wanted(load_at).aboard(&ship, &from, long_ago);
        let leg = leg.expect("it calls there");
        assert_eq!(leg.load_time, time(day), "{reports:?} {load_at}");
    }
    let nowhere = WantedLeg {
        unload_at: port("JPTYO"),
        ..wanted("JPTYO")
    };
    let refused = nowhere.aboard(&ship, &ComesFrom::Shipper, long_ago);
    assert_eq!(broken(refused), Some("VoyageMustCallInOrder"));
}

#[test]
fn a_cargo_unloaded_too_early_must_be_loaded_again() {
    let plan = &["V100 JPTYO 03-06 SESTO 03-09"];
    let goes_on = assigned_aboard(&v100_to_sesto(), "JPTYO", plan);
    let off = handle(
        goes_on.expect("it leads there"),
        &["UNLOAD V100 JPTYO 03-05"],
    );
    let next = |cargo: &Cargo| cargo.delivery().next_expected.map(|next| next.to_string());
    assert_eq!(next(&off).as_deref(), Some("LOAD V100 at JPTYO"));
    let steps: Vec<_> = off
        .plan()
        .iter()
        .map(|step| step.activity.to_string())
        .collect();
    assert_eq!(steps[..2], ["UNLOAD V100 at JPTYO", "LOAD V100 at JPTYO"]);
    let again = handle(off, &["LOAD V100 JPTYO 03-06"]);
    assert_eq!(next(&again).as_deref(), Some("UNLOAD V100 at SESTO"));
}
