//! Amendments and splits.

use super::delivery::{PLAN, cargo_after};
use super::*;
use crate::customers::rules::CustomerMustBeActive;

pub(super) fn lines(text: &str) -> Vec<EquipmentLine> {
    let line = |part: &str| {
        let (count, code) = part.split_once('x').expect("2x22G1");
        EquipmentLine {
            size_type: code.parse().expect("a size and type"),
            count: count.parse().expect("a count"),
        }
    };
    text.split_whitespace().map(line).collect()
}

fn written(equipment: &[EquipmentLine]) -> String {
    let lines = equipment.iter();
    let lines = lines.map(|line| format!("{}x{}", line.count, line.size_type));
    lines.collect::<Vec<_>>().join(" ")
}

/// `2x22G1 9000`, `- 9000`, `2x22G1`.
fn amendment(text: &str) -> Amendment {
    let (lines_asked, kg) = match text.rsplit_once(' ') {
        Some((lines, kg)) if kg.parse::<u64>().is_ok() => (lines, kg.parse().ok()),
        _ => (text, None),
    };
    Amendment {
        equipment: (lines_asked != "-").then(|| lines(lines_asked)),
        gross_weight_kg: kg,
        ..Amendment::default()
    }
}

#[test]
fn containers_and_weight_are_fixed_once_loaded() {
    let loaded = Some("StatusMustAllow");
    let heavy = Some("ContainerMayNotBeOverweight");
    for (reports, asked, expected) in [
        (&[][..], "3x22G1", None),
        (&[], "1x45G1 30000", None),
        (&[], "1x22G1 36001", heavy),
        (&[], "- 72001", heavy),
        (&["RECEIVE HKHKG 03-01"], "3x22G1", None),
        (&["LOAD V100 HKHKG 03-03"], "3x22G1", loaded),
        (&["LOAD V100 HKHKG 03-03"], "- 9000", loaded),
        (&["LOAD V100 HKHKG 03-03"], "2x22G1 10000", None),
        (&["UNLOAD V100 USNYC 03-09"], "1x22G1", loaded),
    ] {
        let cargo = cargo_after(PLAN, reports);
        let amended = cargo.amend(amendment(asked), &customer(), false);
        assert_eq!(broken(amended), expected, "{asked} after {reports:?}");
    }
}

#[test]
fn a_description_is_amended_until_the_claim() {
    let asked = || Amendment {
        commodity: "Toys".parse().ok(),
        reference: "PO 4711".parse().ok().into(),
        ..Amendment::default()
    };
    let aboard = cargo_after(PLAN, &["LOAD V100 HKHKG 03-03"]);
    let (amended, event) = aboard.amend(asked(), &customer(), false).expect("words");
    let event = event.expect("it changes");
    assert_eq!(event.before.reference, None);
    assert_eq!(event.now, amended.contents());
    assert_eq!(amended.particulars.searched().as_deref(), Some("po 4711"));
    let (_, again) = amended
        .clone()
        .amend(asked(), &customer(), false)
        .expect("the same");
    assert_eq!(again, None);
    let claimed = delivery::handle(amended, &["UNLOAD V200 SESTO 03-16", "CLAIM SESTO 03-17"]);
    let refused = claimed.amend(asked(), &customer(), false);
    assert_eq!(broken(refused), Some("ClaimedCargoIsFinished"));
}

#[test]
fn what_was_entered_by_mistake_can_be_cleared() {
    let mut mistaken = cargo_after(PLAN, &[]);
    mistaken.equipment = lines("2x22R1");
    let set = Amendment {
        reference: "PO 4711".parse().ok().into(),
        ready_from: FieldChange::Set(time("03-01")),
        set_point: special::point(-18.0).into(),
        ..Amendment::default()
    };
    let (mistaken, _) = mistaken.amend(set, &customer(), false).expect("may be set");
    let kept = mistaken
        .clone()
        .amend(Amendment::default(), &customer(), false);
    assert_eq!(kept.expect("may be amended").1, None);
    let clear = Amendment {
        reference: FieldChange::Cleared,
        ready_from: FieldChange::Cleared,
        set_point: FieldChange::Cleared,
        ..Amendment::default()
    };
    let (cleared, _) = mistaken.amend(clear, &customer(), false).expect("cleared");
    let now = cleared.contents();
    assert_eq!(
        (now.reference, now.ready_from, now.set_point),
        (None, None, None)
    );
}

#[test]
fn a_customer_amends_until_it_is_accepted() {
    let booked = cargo_after(PLAN, &[]);
    let may = |cargo: &Cargo, by_its_customer| broken(cargo.may_be_amended(by_its_customer));
    assert_eq!(may(&cargo(), true), None);
    assert_eq!(may(&booked, true), None);
    let (accepted, _) = booked.accept(&customer(), time("02-20")).expect("it may");
    assert_eq!(may(&accepted, true), Some("StatusMustAllow"));
    assert_eq!(may(&accepted, false), None);
    let reason = "Withdrawn".parse().expect("a reason");
    let (cancelled, _) = accepted.cancel(reason).expect("it may");
    assert_eq!(may(&cancelled, false), Some("StatusMustAllow"));
}

#[test]
fn a_suspended_customer_gets_no_more_space() {
    let mut suspended = customer();
    suspended.status = CustomerStatus::Suspended;
    for (asked, expected) in [
        ("3x22G1", Some(CustomerMustBeActive.name)),
        ("1x45G1", None),
        ("1x22G1", None),
        ("- 12000", None),
    ] {
        let amended = cargo().amend(amendment(asked), &suspended, false);
        assert_eq!(broken(amended), expected, "{asked}");
    }
}

/// Ids for copies of reports.
fn copies() -> impl Iterator<Item = HandlingEventId> {
    (900..).map(|id| HandlingEventId(Uuid::from_u128(id)))
}

pub(super) fn split(cargo: Cargo, equipment: &str, kg: u64) -> Result<Split, Rejection> {
    let names = (
        CargoId(Uuid::from_u128(7)),
        "3456789ABCW".parse().expect("a tracking id"),
    );
    let part = Part {
        equipment: lines(equipment),
        gross_weight_kg: kg,
        containers: Vec::new(),
    };
    cargo.split(part, names, copies())
}

pub(super) fn with(equipment: &str, kg: u64) -> Cargo {
    let (cargo, _) = cargo_after(PLAN, &[])
        .amend(amendment(&format!("{equipment} {kg}")), &customer(), false)
        .expect("it fits");
    cargo
}

#[test]
fn a_split_leaves_both() {
    let both = Some("SplitMustLeaveBoth");
    let heavy = Some("ContainerMayNotBeOverweight");
    for (before, part, kg, expected) in [
        ("5x22G1 50000", "1x22G1", 10_000, Ok("4x22G1 40000")),
        ("2x22G1 1x45G1 9000", "1x45G1", 1, Ok("2x22G1 8999")),
        ("1x22G1 3x22G1 9000", "2x22G1", 1, Ok("2x22G1 8999")),
        ("1x22G1 3x22G1 9000", "1x22G1 1x22G1", 1, Ok("2x22G1 8999")),
        ("2x22G1 9000", "2x22G1", 1, Err(both)),
        ("2x22G1 9000", "3x22G1", 1, Err(both)),
        ("2x22G1 9000", "1x45G1", 1, Err(both)),
        ("2x22G1 9000", "1x22G1 2x22G1", 1, Err(both)),
        ("2x22G1 9000", "1x22G1", 9_000, Err(both)),
        ("2x22G1 9000", "1x22G1", 0, Err(both)),
        ("1x22G1 9000", "1x22G1", 1, Err(both)),
        ("2x22G1 70000", "1x22G1", 36_001, Err(heavy)),
        ("2x22G1 70000", "1x22G1", 30_000, Err(heavy)),
    ] {
        let (lines, before_kg) = before.rsplit_once(' ').expect("a weight");
        let cargo = with(lines, before_kg.parse().expect("a weight"));
        let size = cargo.space();
        match (split(cargo, part, kg), expected) {
            (Ok(split), Ok(left)) => {
                let Split { parent, child, .. } = split;
                let kept = format!("{} {}", written(&parent.equipment), parent.size.kg);
                assert_eq!(kept, left, "{before} without {part}");
                assert_eq!(parent.space() + child.space(), size);
            }
            (Err(refused), Err(rule)) => {
                assert_eq!(
                    broken(Err::<(), _>(refused)),
                    rule,
                    "{before} without {part}"
                );
            }
            (found, _) => panic!("{before} without {part}: {found:?}"),
        }
    }
}

#[test]
fn both_parts_keep_their_way_and_know_each_other() {
    let received = cargo_after(PLAN, &["RECEIVE HKHKG 03-01"]);
    let (legs, status) = (received.legs().to_vec(), received.booking.status());
    let Split { parent, child, .. } = split(received, "1x22G1", 4_000).expect("it can be");
    for cargo in [&parent, &child] {
        assert_eq!((cargo.legs(), cargo.booking.status()), (&legs[..], status));
        let place = cargo.delivery().last_known_location;
        assert_eq!(place.map(String::from).as_deref(), Some("HKHKG"));
    }
    assert_eq!(
        child.size,
        Size {
            quarter_teu: 4,
            kg: 4_000
        }
    );
    assert_ne!(parent.handling[0].event, child.handling[0].event);
    let (from, into) = (
        &child.particulars.split_from,
        &parent.particulars.split_into,
    );
    assert_eq!(from.as_ref(), Some(&parent.tracking_id));
    assert!(into.contains(&child.tracking_id) && into.len() == 1);
    let loaded = delivery::handle(child, &["LOAD V100 HKHKG 03-03"]);
    assert_eq!(broken(loaded.may_be_split()), Some("StatusMustAllow"));
}

#[test]
fn a_cargo_from_before_particulars_reads_and_writes_the_same() {
    let mut cargo = cargo();
    let before = serde_json::to_string(&cargo).expect("JSON");
    assert!(!before.contains("particulars"), "{before}");
    let read: Cargo = serde_json::from_str(&before).expect("a cargo");
    assert_eq!(read, cargo);
    cargo.particulars.reference = "PO 1".parse().ok();
    let now = serde_json::to_string(&cargo).expect("JSON");
    let read: Cargo = serde_json::from_str(&now).expect("a cargo");
    assert_eq!(read, cargo);
}
