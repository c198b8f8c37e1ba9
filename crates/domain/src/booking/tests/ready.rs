//! The ready date.

use super::delivery::cargo_after;
use super::*;

/// A cargo that is ready on this day, with its deadline on 03-18.
fn ready(day: &str) -> Cargo {
    let mut cargo = cargo();
    cargo.route_specification.ready_from = Some(time(day));
    cargo
}

fn amended(cargo: Cargo, day: &str) -> Result<Cargo, Rejection> {
    let amendment = Amendment {
        ready_from: FieldChange::Set(time(day)),
        ..Amendment::default()
    };
    let (cargo, event) = cargo.amend(amendment, &customer(), false)?;
    if let Some(event) = event {
        assert_eq!(event.now.ready_from, Some(time(day)));
    }
    Ok(cargo)
}

const UNMET: Option<&str> = Some("ItineraryMustSatisfySpecification");
const ORDER: Option<&str> = Some("ReadyDateMustPrecedeDeadline");

#[test]
fn the_ready_date_is_before_the_deadline() {
    for (day, expected) in [
        ("01-01", None),
        ("03-17", None),
        ("03-18", ORDER),
        ("03-19", ORDER),
    ] {
        let new = RouteSpecification::new(
            "HKHKG".parse().expect("a UN/LOCODE"),
            "USNYC".parse().expect("a UN/LOCODE"),
            time("03-18"),
            Some(time(day)),
            time("02-20"),
        );
        assert_eq!(broken(new), expected, "{day}");
        assert_eq!(broken(amended(cargo(), day)), expected, "{day}");
        let moved = ready(day).change_arrival_deadline(time("03-18"), time("02-20"));
        assert_eq!(broken(moved), expected, "{day}");
    }
}

#[test]
fn no_itinerary_loads_before_the_ready_date() {
    // The leg loads on 03-03.
    let legs = || vec![leg("HKHKG", "USNYC", "03-09")];
    for (day, expected) in [("03-02", None), ("03-03", None), ("03-04", UNMET)] {
        let assigned = ready(day).assign(&customer(), None, legs(), time("02-20"));
        assert_eq!(broken(assigned), expected, "{day}");
    }
    let received = delivery::handle(ready("03-04"), &["RECEIVE HKHKG 03-01"]);
    let assigned = received.assign(&customer(), None, legs(), time("02-20"));
    assert_eq!(broken(assigned), None, "it is there already");
}

#[test]
fn a_booked_cargo_becomes_ready_no_later_than_it_loads() {
    let plan = delivery::PLAN;
    for (reports, day, expected) in [
        (&[][..], "03-02", None),
        (&[], "03-03", None),
        (&[], "03-04", UNMET),
        (&["RECEIVE HKHKG 03-01"], "03-04", None),
        (&["LOAD V100 HKHKG 03-03"], "03-04", None),
    ] {
        let cargo = cargo_after(plan, reports);
        assert_eq!(
            broken(amended(cargo, day)),
            expected,
            "{day} after {reports:?}"
        );
    }
}

#[test]
fn a_ship_that_leaves_before_the_ready_date_breaks_the_first_leg() {
    let on = |day: &str| {
        delivery::voyage_over(&delivery::legs(&[&format!("V100 HKHKG {day} USNYC 03-09")]))
    };
    let cargo = amended(cargo_after(delivery::PLAN, &[]), "03-02").expect("it loads later");
    let (promised, _) = cargo.accept(&customer(), time("02-20")).expect("it holds");
    let (early, later, consequences) = promised.follow(&on("03-03"), &on("03-01")).expect("aboard");
    assert!(!later);
    let told = consequences.departs_before_ready.expect("it is not ready");
    assert_eq!(
        (told.departs, told.ready_from),
        (time("03-01"), time("03-02"))
    );
    let delivery = early.delivery();
    assert_eq!(delivery.flags, [Flag::DepartsBeforeReady]);
    assert_eq!((delivery.eta, delivery.due_at), (None, None));
    assert!(delivery.at_risk() && !delivery.on_track);
    assert_eq!(broken(early.clone().confirm(time("02-20"))), UNMET);
    assert!(early.clone().release(time("02-20")).is_ok());

    // At some time the ship has gone without it.
    let flags = |now| early.delivery_at(time(now)).flags;
    assert_eq!(flags("02-28"), [Flag::DepartsBeforeReady]);
    assert_eq!(flags("03-02"), [Flag::LeftBehind]);

    let (.., again) = early.follow(&on("03-01"), &on("02-28")).expect("aboard");
    assert_eq!(again, Consequences::default(), "known already");
    let (late, ..) = early.follow(&on("03-01"), &on("03-02")).expect("aboard");
    assert_eq!(late.delivery().flags, []);
    let there = delivery::handle(early.clone(), &["RECEIVE HKHKG 02-28"]);
    assert_eq!(there.delivery().flags, []);
    let sooner = amended(early, "03-01").expect("it loads on that day");
    assert!(sooner.confirm(time("02-20")).is_ok());
}

#[test]
fn a_cargo_can_be_loaded_from_its_ready_date_on() {
    let from = |cargo: &Cargo| cargo.loadable_from(None, time("02-20"));
    assert_eq!(from(&cargo()), time("02-20"));
    assert_eq!(from(&ready("02-01")), time("02-20"));
    assert_eq!(from(&ready("03-04")), time("03-04"));
    let received = delivery::handle(ready("03-04"), &["RECEIVE HKHKG 02-19"]);
    assert_eq!(from(&received), time("02-20"));
}

#[test]
fn a_specification_without_a_ready_date_is_written_as_before() {
    let before = r#"{"origin":"HKHKG","destination":"SESTO","arrival_deadline":"2027-03-18T00:00:00.000000Z"}"#;
    let read: RouteSpecification = serde_json::from_str(before).expect("a specification");
    assert_eq!(read.ready_from, None);
    assert_eq!(serde_json::to_string(&read).expect("JSON"), before);
}
