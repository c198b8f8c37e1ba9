//! Reports that name containers.

use super::delivery::{PLAN, cargo_after, told};
use super::*;

const A: &str = "CSQU3054383";
const B: &str = "MSKU0383250";

fn given(numbers: &[&str]) -> Vec<GivenContainer> {
    let given = |number: &&str| GivenContainer {
        number: number.parse().expect("a container number"),
        size_type: None,
        seal: None,
        vgm_kg: None,
    };
    numbers.iter().map(given).collect()
}

fn numbered(cargo: Cargo, numbers: &[&str]) -> Cargo {
    let assigned = cargo.assign_containers(given(numbers), &[]);
    assigned.expect("they fit").0
}

/// The planned cargo of two containers, A and B, after some reports.
fn after(reports: &[&str]) -> Cargo {
    reports
        .iter()
        .fold(numbered(cargo_after(PLAN, &[]), &[A, B]), |cargo, text| {
            let text = text.replace(" A", &format!(" in {A}"));
            let text = text.replace(" B", &format!(" in {B}"));
            cargo.handle(&report(&text)).expect("it is taken").0
        })
}

#[test]
fn a_cargo_moves_with_its_last_container() {
    let received = "IN_PORT, HKHKG, ROUTED, next LOAD V100 at HKHKG, eta 03-16, on track";
    let expected = "NOT_RECEIVED, ROUTED, next RECEIVE at HKHKG, eta 03-16, on track";
    let loaded =
        "ONBOARD_CARRIER, HKHKG, V100, ROUTED, next UNLOAD V100 at USNYC, eta 03-16, on track";
    for (reports, state) in [
        (&["RECEIVE HKHKG 03-01 A"][..], expected),
        (
            &["RECEIVE HKHKG 03-01 A", "RECEIVE HKHKG 03-02 A"],
            expected,
        ),
        (
            &["RECEIVE HKHKG 03-01 A", "RECEIVE HKHKG 03-02 B"],
            received,
        ),
        (
            &["RECEIVE HKHKG 03-02 B", "RECEIVE HKHKG 03-01 A"],
            received,
        ),
        // A report about the whole cargo speaks for both.
        (&["RECEIVE HKHKG 03-01 A", "RECEIVE HKHKG 03-02"], received),
        (&["RECEIVE HKHKG 03-01", "RECEIVE HKHKG 03-02 A"], received),
        (
            &["RECEIVE HKHKG 03-01", "LOAD V100 HKHKG 03-03 B"],
            received,
        ),
        (
            &[
                "RECEIVE HKHKG 03-01 A",
                "LOAD V100 HKHKG 03-03 A",
                "RECEIVE HKHKG 03-04 B",
                "LOAD V100 HKHKG 03-05 B",
            ],
            loaded,
        ),
        // Each terminal reports in its own way.
        (
            &[
                "RECEIVE HKHKG 03-01",
                "LOAD V100 HKHKG 03-03",
                "LOAD V100 HKHKG 03-03 A",
                "RECEIVE HKHKG 03-02 A",
            ],
            loaded,
        ),
    ] {
        assert_eq!(told(&after(reports)), state, "{reports:?}");
    }
}

#[test]
fn each_container_is_claimed_on_its_own() {
    let journey = [
        "RECEIVE HKHKG 03-01",
        "LOAD V100 HKHKG 03-03",
        "UNLOAD V100 USNYC 03-09",
        "LOAD V200 USNYC 03-10",
        "UNLOAD V200 SESTO 03-16",
    ];
    let half = after(&journey).handle(&report(&format!("CLAIM SESTO 03-17 in {A}")));
    let (half, milestones) = half.expect("it is taken");
    assert_eq!(milestones, Milestones::default());
    assert!(!half.is_completed());
    for (text, refused) in [
        (format!("CLAIM SESTO 03-18 in {A}"), true),
        (format!("CUSTOMS SESTO 03-18 in {A}"), true),
        (format!("CUSTOMS SESTO 03-18 in {B}"), false),
        (format!("CLAIM SESTO 03-15 in {B}"), true),
        (format!("CLAIM SESTO 03-17 in {B}"), false),
    ] {
        let rule = broken(half.clone().handle(&report(&text)));
        assert_eq!(rule, refused.then_some("ClaimedCargoIsFinished"), "{text}");
    }
    let all = half.handle(&report(&format!("CLAIM SESTO 03-19 in {B}")));
    let (all, milestones) = all.expect("it is taken");
    assert!(milestones.completed.is_some() && all.is_completed());
    for (text, refused) in [
        (format!("CUSTOMS SESTO 03-16 in {A}"), false),
        (format!("CUSTOMS SESTO 03-18 in {A}"), true),
        (format!("CUSTOMS SESTO 03-18 in {B}"), false),
        (format!("UNLOAD V200 SESTO 03-20 in {B}"), true),
    ] {
        let rule = broken(all.clone().handle(&report(&text)));
        assert_eq!(rule, refused.then_some("ClaimedCargoIsFinished"), "{text}");
    }
}

#[test]
fn containers_that_sailed_are_not_booked_again_with_the_rest() {
    let leg = || {
        vec![Leg {
            voyage: "V101".parse().expect("a number"),
            ..leg("HKHKG", "SESTO", "03-17")
        }]
    };
    for (reports, rule) in [
        (
            &["RECEIVE HKHKG 03-01", "LOAD V100 HKHKG 03-03 A"][..],
            Some("StatusMustAllow"),
        ),
        (&["RECEIVE HKHKG 03-01"], None),
    ] {
        let again = after(reports).assign(&customer(), None, leg(), time("03-12"));
        assert_eq!(broken(again), rule, "{reports:?}");
    }
}

#[test]
fn a_report_that_went_with_a_part_is_retracted_there() {
    let cargo = after(&["RECEIVE HKHKG 03-01 A", "RECEIVE HKHKG 03-01 B"]);
    let event = report(&format!("RECEIVE HKHKG 03-01 in {A}")).id;
    let parted = split(cargo, &[A]).expect("it can be");
    assert_eq!(
        broken(parted.parent.unhandle(event)),
        Some("StatusMustAllow")
    );
    let own = parted.child.own_reports().next().expect("it has one").event;
    assert!(parted.child.unhandle(own).is_ok());
}

#[test]
fn a_claim_needs_all_containers_in_port() {
    let claim = |cargo: Cargo| broken(cargo.handle(&report("CLAIM USNYC 03-12")));
    let one = after(&["RECEIVE HKHKG 03-01 A"]);
    assert_eq!(claim(one.clone()), Some("StatusMustAllow"));
    assert_eq!(claim(after(&["RECEIVE HKHKG 03-01"])), None);
    let parted = split(one, &[B]).expect("it can be");
    assert_eq!(claim(parted.child), Some("StatusMustAllow"));
    assert_eq!(claim(parted.parent), None);
}

#[test]
fn only_a_container_that_was_in_port_is_claimed() {
    let claim = |cargo: Cargo, number: &str| {
        let claimed = cargo.handle(&report(&format!("CLAIM USNYC 03-12 in {number}")));
        broken(claimed)
    };
    let one = after(&["RECEIVE HKHKG 03-01 A"]);
    assert_eq!(claim(one.clone(), A), None);
    assert_eq!(claim(one, B), Some("StatusMustAllow"));
    let whole = after(&["RECEIVE HKHKG 03-01"]);
    assert_eq!(claim(whole, B), None);

    let both = after(&[
        "RECEIVE HKHKG 03-01 A",
        "RECEIVE HKHKG 03-01 B",
        "CLAIM HKHKG 03-02 B",
    ]);
    let [a, b] = [A, B].map(|number| report(&format!("RECEIVE HKHKG 03-01 in {number}")).id);
    assert!(both.clone().unhandle(a).is_ok());
    assert_eq!(broken(both.unhandle(b)), Some("StatusMustAllow"));
}

#[test]
fn a_cargo_is_held_while_its_containers_are_apart() {
    let aboard = Some("StatusMustAllow");
    for (reports, rule) in [
        (&["RECEIVE HKHKG 03-01 A"][..], None),
        (&["LOAD V100 HKHKG 03-03 A"], aboard),
        // The other one comes to the quay later.
        (
            &[
                "RECEIVE HKHKG 03-01 A",
                "LOAD V100 HKHKG 03-03 A",
                "RECEIVE HKHKG 03-04 B",
            ],
            aboard,
        ),
        (
            &[
                "LOAD V100 HKHKG 03-03",
                "UNLOAD V100 USNYC 03-09 A",
                "LOAD V200 USNYC 03-10 A",
                "UNLOAD V100 USNYC 03-11 B",
            ],
            aboard,
        ),
        (
            &[
                "RECEIVE HKHKG 03-01",
                "LOAD V100 HKHKG 03-03 A",
                "UNLOAD V100 JPTYO 03-05 A",
            ],
            aboard,
        ),
        // The rest was received. It says nothing about the container that has sailed.
        (&["LOAD V100 HKHKG 03-03 A", "RECEIVE HKHKG 03-04"], aboard),
        // Each is back in one place.
        (
            &[
                "LOAD V100 HKHKG 03-03",
                "UNLOAD V100 USNYC 03-09 A",
                "UNLOAD V100 USNYC 03-11 B",
            ],
            None,
        ),
    ] {
        let released = after(reports).release(time("03-12"));
        assert_eq!(broken(released), rule, "{reports:?}");
    }
}

/// A part with some containers: one, of half the weight.
fn split(cargo: Cargo, containers: &[&str]) -> Result<Split, Rejection> {
    let named = containers.iter();
    let part = Part {
        equipment: vec![EquipmentLine {
            size_type: "22G1".parse().expect("a size and type"),
            count: 1,
        }],
        gross_weight_kg: 5_000,
        containers: named.map(|own| own.parse().expect("a number")).collect(),
    };
    let id = CargoId(Uuid::from_u128(99));
    let names = (id, "23456789AB3".parse().expect("a tracking id"));
    let copies = (100_u128..).map(|id| HandlingEventId(Uuid::from_u128(id)));
    cargo.split(part, names, copies)
}

#[test]
fn a_part_that_was_claimed_is_completed() {
    let claimed = after(&[
        "LOAD V100 HKHKG 03-03 A",
        "UNLOAD V100 USNYC 03-09 A",
        "LOAD V200 USNYC 03-10 A",
        "UNLOAD V200 SESTO 03-16 A",
        "CLAIM SESTO 03-17 A",
    ]);
    for named in [A, B] {
        let part = split(claimed.clone(), &[named]).expect("B is ashore");
        let (parent, child) = (part.milestones, part.child_milestones);
        let completed = |of: &Milestones| (of.arrived.is_some(), of.completed.is_some());
        let by_a = [(true, true), (false, false)];
        let (own, other) = match named {
            A => (child, parent),
            _ => (parent, child),
        };
        assert_eq!([completed(&own), completed(&other)], by_a, "{named}");
        let finished = [part.child.is_completed(), part.parent.is_completed()];
        assert_eq!(finished, [named == A, named == B]);
    }
}

#[test]
fn a_container_that_was_left_behind_is_split_off() {
    let cargo = after(&["RECEIVE HKHKG 03-01", "LOAD V100 HKHKG 03-03 A"]);
    let aboard = Some("StatusMustAllow");
    assert_eq!(broken(cargo.clone().release(time("03-04"))), aboard);
    let split = split(cargo, &[]).expect("B is ashore");
    assert!(split.parent.has_container(&A.parse().expect("a number")));
    assert_eq!(
        told(&split.parent),
        "ONBOARD_CARRIER, HKHKG, V100, ROUTED, next UNLOAD V100 at USNYC, eta 03-16, on track"
    );
    assert_eq!(
        told(&split.child),
        "IN_PORT, HKHKG, ROUTED, next LOAD V100 at HKHKG, eta 03-16, on track"
    );
    assert_eq!(broken(split.child.release(time("03-04"))), None);
    let whole = after(&["LOAD V100 HKHKG 03-03"]);
    assert_eq!(broken(whole.may_be_split()), Some("StatusMustAllow"));
}

#[test]
fn a_reported_container_stays_on_its_cargo() {
    let cargo = after(&["RECEIVE HKHKG 03-01 A"]);
    for (numbers, rule) in [
        (&[B][..], Some("ContainersMustFitEquipment")),
        (&[A], None),
        (&[A, B], None),
    ] {
        let assigned = cargo.clone().assign_containers(given(numbers), &[]);

        assert_eq!(broken(assigned), rule, "{numbers:?}");
    }
    // Nobody has reported the second one.
    let one = numbered(cargo_after(PLAN, &[]), &[A]);
    let one = one.handle(&report(&format!("RECEIVE HKHKG 03-01 in {A}")));
    let one = one.expect("it is taken").0;
    assert!(told(&one).starts_with("IN_PORT"));
    assert!(told(&numbered(one, &[A, B])).starts_with("NOT_RECEIVED"));
}

#[test]
fn the_same_report_is_known_already() {
    let cargo = after(&["RECEIVE HKHKG 03-01 A", "LOAD V100 HKHKG 03-03"]);
    for (text, known) in [
        (format!("RECEIVE HKHKG 03-01 in {A}"), true),
        (format!("RECEIVE HKHKG 03-01 in {B}"), false),
        ("RECEIVE HKHKG 03-01".to_owned(), false),
        ("LOAD V100 HKHKG 03-03".to_owned(), true),
        (format!("LOAD V100 HKHKG 03-03 in {B}"), true),
    ] {
        let event = report(&text);
        let container = event.container.as_ref();
        let found = cargo.handled_already(&event.activity, container, event.completed_at);
        assert_eq!(found.is_some(), known, "{text}");
    }
}
