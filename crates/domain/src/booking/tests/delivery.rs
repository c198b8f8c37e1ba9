//! Deliveries: a table of cases.

use super::*;
use crate::voyages::{Plan, PlannedMovement, Vessel, Voyage, VoyageId};

/// Legs such as `V100 HKHKG 03-03 USNYC 03-09`.
pub(super) fn legs(texts: &[&str]) -> Vec<Leg> {
    let read = |text: &&str| {
        let words: Vec<&str> = text.split(' ').collect();
        let [voyage, load_at, load_time, unload_at, unload_time] = words[..] else {
            panic!("{text}");
        };
        Leg {
            voyage: voyage.parse().expect("a number"),
            load_time: time(load_time),
            ..leg(load_at, unload_at, unload_time)
        }
    };
    texts.iter().map(read).collect()
}

/// A leg without its cut-off, which these texts do not have.
pub(super) fn bare(leg: &Leg) -> Leg {
    Leg {
        cut_off: None,
        ..leg.clone()
    }
}

/// HKHKG → SESTO by 03-18, with V100 to USNYC and V200 from there.
pub(super) const PLAN: &[&str] = &[
    "V100 HKHKG 03-03 USNYC 03-09",
    "V200 USNYC 03-10 SESTO 03-16",
];
/// From JPTYO, where V100 calls on its way.
const NEW_PLAN: &[&str] = &[
    "V300 JPTYO 03-08 DEHAM 03-12",
    "V400 DEHAM 03-14 SESTO 03-15",
];

/// V100 as in the design.
pub(super) fn v100() -> Voyage {
    voyage_over(&legs(&[
        "V100 HKHKG 03-03 JPTYO 03-05",
        "V100 JPTYO 03-06 USNYC 03-09",
    ]))
}

/// V100 too, but from JPTYO to SESTO.
pub(super) fn v100_to_sesto() -> Voyage {
    voyage_over(&legs(&[
        "V100 HKHKG 03-03 JPTYO 03-05",
        "V100 JPTYO 03-06 SESTO 03-09",
    ]))
}

/// A voyage that sails these legs.
pub(super) fn voyage_over(legs: &[Leg]) -> Voyage {
    let movements = legs.iter().map(|leg| PlannedMovement {
        from: leg.load_at.clone(),
        to: leg.unload_at.clone(),
        departs: leg.load_time,
        arrives: leg.unload_time,
    });
    let plan = Plan {
        number: legs[0].voyage.clone(),
        vessel: Vessel {
            imo: "9074729".parse().expect("an IMO number"),
            name: "Ever Test".parse().expect("a name"),
        },
        capacity: Default::default(),
        overbooking_percent: 0,
        cut_off_hours: 24,
        dangerous_goods_classes: Default::default(),
        movements: movements.collect(),
    };
    let scheduled = Voyage::schedule(VoyageId(Uuid::nil()), plan);
    scheduled.expect("it connects").0
}

/// A cargo with the first plan, or with none, after some reports, in order of registration.
pub(super) fn cargo_after(plan: &[&str], reports: &[&str]) -> Cargo {
    let mut cargo = cargo();
    cargo.route_specification = specification("HKHKG", "SESTO", "03-18").expect("it can be met");
    if !plan.is_empty() {
        cargo = cargo
            .assign(&customer(), None, legs(plan), time("01-01"))
            .expect("it leads there")
            .0;
    }
    handle(cargo, reports)
}

pub(super) fn handle(cargo: Cargo, reports: &[&str]) -> Cargo {
    reports.iter().fold(cargo, |cargo, text| {
        let handled = cargo.handle(&report(text));
        handled
            .unwrap_or_else(|rejection| panic!("{text}: {rejection}"))
            .0
    })
}

/// The delivery in one line: transport status, place, voyage, routing status, problems, the next
/// step, the day of arrival.
pub(super) fn told(cargo: &Cargo) -> String {
    let delivery = cargo.delivery();
    let mut words = vec![delivery.transport_status.word().to_owned()];
    words.extend(
        delivery
            .last_known_location
            .as_ref()
            .map(ToString::to_string),
    );
    words.extend(delivery.current_voyage.as_ref().map(ToString::to_string));
    words.push(delivery.routing_status.word().to_owned());
    if delivery.misdirected {
        words.push("misdirected".to_owned());
    }
    if delivery.unloaded_at_destination {
        words.push("unloaded".to_owned());
    }
    words.extend(delivery.flags.iter().map(|flag| format!("{flag:?}")));
    if let Some(next) = &delivery.next_expected {
        words.push(format!("next {next}"));
    }
    if let Some(eta) = delivery.eta {
        words.push(format!("eta {}", &eta.to_string()[5..10]));
    }
    if delivery.on_track {
        words.push("on track".to_owned());
    }
    words.join(", ")
}

#[test]
fn delivery_follows_from_plan_and_reports() {
    let received = "RECEIVE HKHKG 03-01";
    let loaded = "LOAD V100 HKHKG 03-03";
    let changed = "UNLOAD V100 USNYC 03-09";
    let reloaded = "LOAD V200 USNYC 03-10";
    let arrived = "UNLOAD V200 SESTO 03-16";
    for (plan, reports, expected) in [
        (&[][..], &[][..], "NOT_RECEIVED, NOT_ROUTED"),
        (&[], &[received], "IN_PORT, HKHKG, NOT_ROUTED"),
        (
            &[],
            &[received, loaded],
            "ONBOARD_CARRIER, HKHKG, V100, NOT_ROUTED",
        ),
        (
            &[],
            &["UNLOAD V9 SESTO 03-09"],
            "IN_PORT, SESTO, NOT_ROUTED, unloaded",
        ),
        (
            PLAN,
            &[],
            "NOT_RECEIVED, ROUTED, next RECEIVE at HKHKG, eta 03-16, on track",
        ),
        (
            PLAN,
            &[received],
            "IN_PORT, HKHKG, ROUTED, next LOAD V100 at HKHKG, eta 03-16, on track",
        ),
        (
            PLAN,
            &[received, loaded],
            "ONBOARD_CARRIER, HKHKG, V100, ROUTED, next UNLOAD V100 at USNYC, eta 03-16, on track",
        ),
        // A missing report blocks nothing.
        (
            PLAN,
            &[loaded],
            "ONBOARD_CARRIER, HKHKG, V100, ROUTED, next UNLOAD V100 at USNYC, eta 03-16, on track",
        ),
        (
            PLAN,
            &[received, loaded, changed],
            "IN_PORT, USNYC, ROUTED, next LOAD V200 at USNYC, eta 03-16, on track",
        ),
        // In any order.
        (
            PLAN,
            &[changed, received, loaded],
            "IN_PORT, USNYC, ROUTED, next LOAD V200 at USNYC, eta 03-16, on track",
        ),
        (
            PLAN,
            &[reloaded, loaded],
            "ONBOARD_CARRIER, USNYC, V200, ROUTED, next UNLOAD V200 at SESTO, eta 03-16, on track",
        ),
        // Customs, anywhere and at any time.
        (
            PLAN,
            &[received, "CUSTOMS HKHKG 03-02"],
            "IN_PORT, HKHKG, ROUTED, next LOAD V100 at HKHKG, eta 03-16, on track",
        ),
        (
            PLAN,
            &[received, loaded, "CUSTOMS DEHAM 03-04"],
            "ONBOARD_CARRIER, HKHKG, V100, ROUTED, next UNLOAD V100 at USNYC, eta 03-16, on track",
        ),
        (
            PLAN,
            &["CUSTOMS HKHKG 03-01"],
            "NOT_RECEIVED, ROUTED, next RECEIVE at HKHKG, eta 03-16, on track",
        ),
        (
            PLAN,
            &[
                received,
                loaded,
                changed,
                reloaded,
                arrived,
                "CUSTOMS SESTO 03-17",
            ],
            "IN_PORT, SESTO, ROUTED, unloaded, next CLAIM at SESTO, eta 03-16, on track",
        ),
        (
            PLAN,
            &[arrived, "CLAIM SESTO 03-17"],
            "CLAIMED, SESTO, ROUTED, unloaded, eta 03-16, on track",
        ),
        // Off the itinerary: at another place, on another voyage, ashore too early.
        (
            PLAN,
            &[received, loaded, "UNLOAD V100 JPTYO 03-05"],
            "IN_PORT, JPTYO, ROUTED, misdirected",
        ),
        (
            PLAN,
            &["RECEIVE NLRTM 03-01"],
            "IN_PORT, NLRTM, ROUTED, misdirected",
        ),
        (
            PLAN,
            &[changed, "LOAD V100 USNYC 03-09"],
            "ONBOARD_CARRIER, USNYC, V100, ROUTED, misdirected",
        ),
        (
            PLAN,
            &[changed, "RECEIVE HKHKG 03-11"],
            "IN_PORT, HKHKG, ROUTED, misdirected",
        ),
        (
            PLAN,
            &[received, "CLAIM HKHKG 03-02"],
            "CLAIMED, HKHKG, ROUTED, misdirected",
        ),
        // And back: the last event counts.
        (
            PLAN,
            &[changed, "LOAD V100 USNYC 03-09", "UNLOAD V100 USNYC 03-10"],
            "IN_PORT, USNYC, ROUTED, next LOAD V200 at USNYC, eta 03-16, on track",
        ),
        // Reported by two, with different times.
        (
            PLAN,
            &[received, "RECEIVE HKHKG 03-02"],
            "IN_PORT, HKHKG, ROUTED, next LOAD V100 at HKHKG, eta 03-16, on track",
        ),
        // Of two at the same time, the later report counts.
        (
            PLAN,
            &[changed, "LOAD V200 USNYC 03-09"],
            "ONBOARD_CARRIER, USNYC, V200, ROUTED, next UNLOAD V200 at SESTO, eta 03-16, on track",
        ),
        // Of two that the itinerary does not expect, too.
        (
            PLAN,
            &["UNLOAD V100 JPTYO 03-05", "LOAD V300 JPTYO 03-05"],
            "ONBOARD_CARRIER, JPTYO, V300, ROUTED, misdirected",
        ),
        (
            PLAN,
            &["UNLOAD V100 JPTYO 03-05", received, "LOAD V100 HKHKG 03-05"],
            "IN_PORT, JPTYO, ROUTED, misdirected",
        ),
    ] {
        assert_eq!(told(&cargo_after(plan, reports)), expected, "{reports:?}");
    }
}

#[test]
fn a_port_called_twice_is_told_apart() {
    let plan = &[
        "V300 HKHKG 03-03 JPTYO 03-05",
        "V500 JPTYO 03-06 HKHKG 03-08",
        "V300 HKHKG 03-10 SESTO 03-16",
    ];
    for (reports, next) in [
        (&[][..], "RECEIVE at HKHKG"),
        (&["LOAD V300 HKHKG 03-03"], "UNLOAD V300 at JPTYO"),
        (
            &[
                "LOAD V300 HKHKG 03-03",
                "UNLOAD V300 JPTYO 03-05",
                "LOAD V500 JPTYO 03-06",
            ],
            "UNLOAD V500 at HKHKG",
        ),
        (
            &["LOAD V300 HKHKG 03-03", "UNLOAD V500 HKHKG 03-08"],
            "LOAD V300 at HKHKG",
        ),
        (
            &["UNLOAD V500 HKHKG 03-08", "LOAD V300 HKHKG 03-10"],
            "UNLOAD V300 at SESTO",
        ),
    ] {
        let cargo = cargo_after(plan, reports);
        let said = cargo.delivery().next_expected.map(|next| next.to_string());
        assert_eq!(said.as_deref(), Some(next), "{reports:?}");
    }
}

/// A cargo with the first plan after some reports, rerouted from a place and given a new plan.
fn rerouted(reports: &[&str], origin: &str, current: Option<&Voyage>, plan: &[&str]) -> Cargo {
    let cargo = cargo_after(PLAN, reports);
    let origin = origin.parse().expect("a UN/LOCODE");
    let rerouted = cargo.reroute(origin, None, None, current, time("03-05"));
    let (cargo, ..) = rerouted.expect("it is there, or comes there");
    cargo
        .assign(&customer(), current, legs(plan), time("01-01"))
        .expect("it leads there")
        .0
}

#[test]
fn a_reroute_begins_where_the_cargo_is() {
    let off = &[
        "RECEIVE HKHKG 03-01",
        "LOAD V100 HKHKG 03-03",
        "UNLOAD V100 JPTYO 03-05",
    ];
    let misrouted = cargo_after(PLAN, off)
        .reroute(
            "JPTYO".parse().expect("a UN/LOCODE"),
            None,
            None,
            None,
            time("03-05"),
        )
        .expect("it is there")
        .0;
    assert_eq!(told(&misrouted), "IN_PORT, JPTYO, MISROUTED, misdirected");
    let cargo = rerouted(off, "JPTYO", None, NEW_PLAN);
    let on_track = "IN_PORT, JPTYO, ROUTED, next LOAD V300 at JPTYO, eta 03-15, on track";
    assert_eq!(told(&cargo), on_track);
    for (reports, expected) in [
        // Earlier events led here, however late we learn of them.
        (
            &["CUSTOMS JPTYO 03-06", "LOAD V100 HKHKG 03-02"][..],
            on_track,
        ),
        (
            &["LOAD V300 JPTYO 03-08"],
            "ONBOARD_CARRIER, JPTYO, V300, ROUTED, next UNLOAD V300 at DEHAM, eta 03-15, on track",
        ),
        (
            &["LOAD V300 JPTYO 03-08", "UNLOAD V300 NLRTM 03-11"],
            "IN_PORT, NLRTM, ROUTED, misdirected",
        ),
    ] {
        assert_eq!(
            told(&handle(cargo.clone(), reports)),
            expected,
            "{reports:?}"
        );
    }
}

#[test]
fn a_reroute_aboard_begins_at_a_later_call() {
    let v100 = v100_to_sesto();
    let aboard = &["RECEIVE HKHKG 03-01", "LOAD V100 HKHKG 03-03"];
    let onboard = "ONBOARD_CARRIER, HKHKG, V100, ROUTED";
    for (plan, reports, expected) in [
        (
            NEW_PLAN,
            &[][..],
            format!("{onboard}, next UNLOAD V100 at JPTYO, eta 03-15, on track"),
        ),
        (
            NEW_PLAN,
            &["UNLOAD V100 JPTYO 03-05"],
            "IN_PORT, JPTYO, ROUTED, next LOAD V300 at JPTYO, eta 03-15, on track".to_owned(),
        ),
        (
            NEW_PLAN,
            &["UNLOAD V100 USNYC 03-09"],
            "IN_PORT, USNYC, ROUTED, misdirected".to_owned(),
        ),
        // It stays on board, or comes off and goes back.
        (
            &["V100 JPTYO 03-06 SESTO 03-09"],
            &[],
            format!("{onboard}, next UNLOAD V100 at SESTO, eta 03-09, on track"),
        ),
        (
            &["V100 JPTYO 03-06 SESTO 03-09"],
            &["UNLOAD V100 JPTYO 03-05", "LOAD V100 JPTYO 03-06"],
            "ONBOARD_CARRIER, JPTYO, V100, ROUTED, next UNLOAD V100 at SESTO, eta 03-09, on track"
                .to_owned(),
        ),
    ] {
        let cargo = rerouted(aboard, "JPTYO", Some(&v100), plan);
        assert_eq!(
            told(&handle(cargo, reports)),
            expected,
            "{plan:?} {reports:?}"
        );
    }
    for (reports, origin, current) in [
        (&[][..], "HKHKG", None),
        (aboard, "HKHKG", Some(&v100)),
        (aboard, "DEHAM", Some(&v100)),
        (&["RECEIVE HKHKG 03-01"], "JPTYO", None),
    ] {
        let origin = origin.parse().expect("a UN/LOCODE");
        let rerouted =
            cargo_after(PLAN, reports).reroute(origin, None, None, current, time("03-05"));
        assert_eq!(broken(rerouted), Some("RerouteMustStartWhereCargoIs"));
    }
}

#[test]
fn a_retracted_event_never_happened() {
    let reports = [
        "RECEIVE HKHKG 03-01",
        "LOAD V100 HKHKG 03-03",
        "UNLOAD V100 JPTYO 03-05",
    ];
    let cargo = cargo_after(PLAN, &reports);
    let without = |retracted: &str| {
        told(
            &cargo
                .clone()
                .unhandle(report(retracted).id)
                .expect("it can be")
                .0,
        )
    };
    assert_eq!(
        without("UNLOAD V100 JPTYO 03-05"),
        told(&cargo_after(PLAN, &reports[..2]))
    );
    assert_eq!(without("RECEIVE HKHKG 03-01"), told(&cargo));
    let (_, milestones) = cargo_after(PLAN, &reports[..2])
        .handle(&report(reports[2]))
        .expect("it can be");
    assert!(milestones.misdirected.is_some() && milestones.arrived.is_none());
}

#[test]
fn a_claim_ends_it_until_it_is_retracted() {
    let arrived = ["UNLOAD V200 SESTO 03-16", "CLAIM SESTO 03-17"];
    let claimed = cargo_after(PLAN, &arrived);
    for (text, expected) in [
        ("LOAD V200 USNYC 03-10", None),
        ("CUSTOMS SESTO 03-16", None),
        ("CUSTOMS SESTO 03-17", Some("ClaimedCargoIsFinished")),
        ("LOAD V9 SESTO 03-18", Some("ClaimedCargoIsFinished")),
        ("CLAIM SESTO 03-16", Some("ClaimedCargoIsFinished")),
    ] {
        assert_eq!(
            broken(claimed.clone().handle(&report(text))),
            expected,
            "{text}"
        );
    }
    let early = cargo_after(PLAN, &arrived[..1]).handle(&report("CLAIM SESTO 03-15"));
    assert_eq!(broken(early), Some("ClaimedCargoIsFinished"));
    let reopened = claimed.unhandle(report(arrived[1]).id);
    let (reopened, milestones) = reopened.expect("it can be");
    assert_eq!(reopened.booking.status().word(), "BOOKED");
    assert_eq!(
        milestones.reopened.map(|event| event.status),
        Some(BookingStatus::Booked)
    );
}

#[test]
fn two_times_are_kept_apart() {
    let cargo = cargo_after(
        PLAN,
        &[
            "UNLOAD V200 SESTO 03-16",
            "CLAIM SESTO 03-17",
            "LOAD V100 HKHKG 03-03",
        ],
    );
    for (day, status, expected) in [
        ("03-02", "BOOKED", "NOT_RECEIVED"),
        ("03-03", "BOOKED", "ONBOARD_CARRIER"),
        ("03-16", "BOOKED", "IN_PORT"),
        ("03-17", "COMPLETED", "CLAIMED"),
    ] {
        let then = cargo.clone().happened_by(time(day));
        assert_eq!(then.booking.status().word(), status, "{day}");
        assert_eq!(then.delivery().transport_status.word(), expected, "{day}");
    }
}

#[test]
fn flags_report_problems_ahead() {
    let late = |cargo: Cargo| {
        let mut cargo = cargo;
        cargo.route_specification.arrival_deadline = time("03-15");
        cargo
    };
    let lost = |cargo: Cargo, voyage: &str| {
        let legs = cargo
            .legs()
            .iter()
            .filter(|leg| leg.voyage.as_str() == voyage);
        let voyage = voyage_over(&legs.cloned().collect::<Vec<_>>());
        cargo.lose(&voyage, time("02-20")).expect("it has a leg")
    };
    let short = |cargo: Cargo| {
        let itinerary = cargo.itinerary().expect("booked").map(|leg| Leg {
            unload_time: leg.unload_time.max(time("03-10")),
            ..leg.clone()
        });
        Cargo {
            booking: Booking::Booked { itinerary },
            ..cargo
        }
    };
    let to_new_york = &["LOAD V100 HKHKG 03-03", "UNLOAD V100 USNYC 03-09"];
    let aboard_v200 = &["LOAD V200 USNYC 03-10"];
    let arrived = &["UNLOAD V200 SESTO 03-16"];
    for (cargo, flags, at_risk) in [
        (cargo_after(&[], &[]), &[][..], false),
        (cargo_after(PLAN, &[]), &[], false),
        (late(cargo_after(PLAN, &[])), &[Flag::DeadlineAtRisk], true),
        (
            lost(cargo_after(PLAN, &[]), "V100"),
            &[Flag::VoyageCancelled],
            true,
        ),
        (lost(cargo_after(PLAN, to_new_york), "V100"), &[], false),
        (
            lost(cargo_after(PLAN, to_new_york), "V200"),
            &[Flag::VoyageCancelled],
            true,
        ),
        (
            short(cargo_after(PLAN, &[])),
            &[Flag::ConnectionMissed],
            true,
        ),
        (short(cargo_after(PLAN, aboard_v200)), &[], false),
        (
            lost(short(late(cargo_after(PLAN, &[]))), "V200"),
            &[Flag::VoyageCancelled, Flag::ConnectionMissed],
            true,
        ),
        (
            // Once it has arrived, no deadline is at risk.
            late(cargo_after(PLAN, arrived)),
            &[],
            false,
        ),
        (
            late(cargo_after(PLAN, &[arrived[0], "CLAIM SESTO 03-17"])),
            &[],
            false,
        ),
        (cargo_after(PLAN, &["UNLOAD V100 JPTYO 03-05"]), &[], true),
    ] {
        let delivery = cargo.delivery();
        assert_eq!(
            (&delivery.flags[..], delivery.at_risk()),
            (flags, at_risk),
            "{}",
            told(&cargo)
        );
        // With a broken leg ahead there is no ETA.
        let is_broken = !delivery.broken_legs.is_empty();
        assert!(!is_broken || (delivery.eta.is_none() && !delivery.on_track));
    }
}
