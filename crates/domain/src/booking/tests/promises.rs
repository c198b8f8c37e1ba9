//! Commitments can be kept, and what has arrived stays where it is.

use super::delivery::{PLAN, cargo_after, handle, voyage_over};
use super::*;

fn accepted(cargo: Cargo, now: &str) -> Result<Cargo, Rejection> {
    cargo.accept(&customer(), time(now)).map(|(cargo, _)| cargo)
}

/// The same cargo if V100 arrives at USNYC on another day.
fn arriving(cargo: &Cargo, day: &str) -> Cargo {
    let sails = |day| voyage_over(&delivery::legs(&[&format!("V100 HKHKG 03-03 USNYC {day}")]));
    let (cargo, ..) = cargo
        .follow(&sails("03-09"), &sails(day))
        .expect("it is booked on it");
    cargo
}

#[test]
fn a_missed_connection_is_neither_accepted_nor_confirmed() {
    let booked = cargo_after(PLAN, &[]);
    let late = arriving(&booked, "03-10");
    let refused = accepted(late, "02-20").expect_err("V200 is gone by then");
    assert_eq!(
        refused.to_string(),
        r#"ItineraryMustConnect/ConnectionMissed cargo="23456789AB3" port="USNYC" voyage="V100" next="V200""#
    );

    let promised = accepted(booked, "02-20").expect("it connects");
    let late = arriving(&promised, "03-10");
    assert_eq!(
        broken(late.confirm(time("01-01"))),
        Some("ItineraryMustConnect")
    );
    assert!(promised.confirm(time("01-01")).is_ok());
}

#[test]
fn nothing_is_accepted_for_a_ship_that_has_left() {
    let gone = Some("BookingClosesAtCutOff");
    for (reports, now, expected, what) in [
        (&[][..], "03-02", None, "it lies ahead"),
        (&[], "03-03", gone, "it leaves now"),
        (&["RECEIVE HKHKG 03-01"], "03-04", gone, "left behind"),
        (&["LOAD V100 HKHKG 03-03"], "03-04", None, "it is aboard"),
        (
            &["LOAD V100 HKHKG 03-03", "UNLOAD V100 USNYC 03-09"],
            "03-09",
            None,
            "V200 lies ahead",
        ),
        (
            &["LOAD V100 HKHKG 03-03", "UNLOAD V100 USNYC 03-09"],
            "03-11",
            gone,
            "V200 has gone",
        ),
    ] {
        let cargo = cargo_after(PLAN, reports);
        assert_eq!(broken(accepted(cargo, now)), expected, "{what}");
    }
}

#[test]
fn an_arrived_cargo_is_not_released() {
    let arrived = handle(cargo_after(PLAN, &[]), &["UNLOAD V200 SESTO 03-16"]);
    let refused = arrived
        .clone()
        .release(time("01-01"))
        .expect_err("it is there");
    assert_eq!(
        refused.to_string(),
        r#"StatusMustAllow/HasArrived cargo="23456789AB3" port="SESTO""#
    );
    let report = arrived.handling[0].event;
    let (ahead, _) = arrived.unhandle(report).expect("a mistake");
    assert!(ahead.release(time("01-01")).is_ok());
}

#[test]
fn the_first_origin_outlives_every_reroute() {
    let cargo = cargo_after(PLAN, &["RECEIVE HKHKG 03-01"]);
    assert_eq!(cargo.started_at().as_str(), "HKHKG");
    let reroute = |cargo: Cargo, origin: &str| {
        let origin = origin.parse().expect("a UN/LOCODE");
        cargo
            .reroute(origin, None, None, None, time("03-02"))
            .expect("it is there")
            .0
    };
    let same = reroute(cargo.clone(), "HKHKG");
    assert_eq!(same.first_origin, None, "nothing to remember");
    let once = reroute(handle(cargo, &["UNLOAD V100 JPTYO 03-05"]), "JPTYO");
    let twice = reroute(handle(once, &["UNLOAD V300 DEHAM 03-12"]), "DEHAM");
    assert_eq!(twice.started_at().as_str(), "HKHKG");
    assert_eq!(twice.route_specification.origin.as_str(), "DEHAM");
}
