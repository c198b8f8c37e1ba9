//! A ship is on one voyage at a time, and has one name.

use super::*;
use crate::list::Filter;

fn number(text: &str) -> VoyageNumber {
    text.parse().expect("a number")
}

/// A voyage with this number on the ship of [`voyage`].
fn numbered(text: &str, movements: &str) -> Voyage {
    let id = Uuid::from_u128(text.bytes().fold(0, |id, byte| id * 256 + u128::from(byte)));
    Voyage {
        id: VoyageId(id),
        number: number(text),
        ..voyage(movements)
    }
}

fn other_ship() -> Vessel {
    Vessel {
        imo: "9321483".parse().expect("an IMO number"),
        name: "Borealis".parse().expect("a name"),
    }
}

#[test]
fn voyages_of_a_ship_do_not_overlap() {
    let cancelled = |voyage: Voyage| Voyage {
        status: VoyageStatus::Cancelled,
        ..voyage
    };
    let of_another = |voyage: Voyage| Voyage {
        vessel: other_ship(),
        ..voyage
    };
    let other = || numbered("V2", "NLRTM 10 > DEHAM 12, DEHAM 13 > USNYC 20");
    for (voyage, other, overlaps) in [
        (numbered("V1", "USNYC 1 > NLRTM 9"), other(), false),
        // The ship arrives and departs again at one instant.
        (numbered("V1", "USNYC 1 > NLRTM 10"), other(), false),
        (numbered("V1", "USNYC 1 > NLRTM 11"), other(), true),
        (numbered("V1", "USNYC 20 > NLRTM 28"), other(), false),
        (numbered("V1", "USNYC 19 > NLRTM 28"), other(), true),
        (numbered("V1", "DEHAM 14 > USNYC 15"), other(), true),
        (numbered("V1", "DEHAM 1 > USNYC 30"), other(), true),
        (
            numbered("V1", "DEHAM 1 > USNYC 30"),
            cancelled(other()),
            false,
        ),
        (
            cancelled(numbered("V1", "DEHAM 1 > USNYC 30")),
            other(),
            false,
        ),
        (
            numbered("V1", "DEHAM 1 > USNYC 30"),
            of_another(other()),
            false,
        ),
        // It is the same voyage.
        (numbered("V2", "DEHAM 1 > USNYC 30"), other(), false),
    ] {
        let expected = overlaps.then_some("VesselMayNotBeInTwoPlaces");
        let found = voyage.must_leave_time_for([&other], None);
        assert_eq!(broken(found), expected, "{voyage:?} and {other:?}");
    }
}

#[test]
fn what_overlaps_already_may_not_overlap_longer() {
    let other = numbered("V2", "NLRTM 10 > DEHAM 20");
    let before = numbered("V1", "USNYC 1 > NLRTM 12");
    let changed_ship = Voyage {
        vessel: other_ship(),
        ..before.clone()
    };
    let expected = Some("VesselMayNotBeInTwoPlaces");
    for (after, before, expected) in [
        ("USNYC 1 > NLRTM 12", &before, None),
        ("USNYC 1 > NLRTM 11", &before, None),
        ("USNYC 2 > NLRTM 12", &before, None),
        ("USNYC 1 > NLRTM 13", &before, expected),
        ("USNYC 1 > NLRTM 12", &changed_ship, expected),
    ] {
        let found = numbered("V1", after).must_leave_time_for([&other], Some(before));
        assert_eq!(broken(found), expected, "{after}");
    }
}

#[test]
fn the_first_voyage_in_the_way_is_named() {
    let (early, late) = (
        numbered("V9", "NLRTM 2 > DEHAM 4"),
        numbered("V2", "DEHAM 6 > USNYC 9"),
    );
    let voyage = numbered("V1", "USNYC 1 > NLRTM 8");
    let refused = voyage.must_leave_time_for([&late, &early], None);
    let told = refused.expect_err("it overlaps both").to_string();
    for part in [
        "other=\"V9\"",
        "voyage=\"V1\"",
        "from=\"NLRTM\"",
        "to=\"DEHAM\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

fn particulars(name: &str, plugs: Option<u32>) -> VesselParticulars {
    VesselParticulars {
        name: name.parse().expect("a name"),
        capacity: SpaceLimit {
            plugs: plugs.map(u64::from),
            ..line(100)
        },
    }
}

#[test]
fn a_vessel_is_registered_and_corrected() {
    let imo: ImoNumber = "9074729".parse().expect("an IMO number");
    let registered = RegisteredVessel::register(imo.clone(), particulars("Emma", None), None);
    let (vessel, event) = registered;
    assert_eq!(
        (event.imo, event.particulars),
        (imo, particulars("Emma", None))
    );
    for (given, expected) in [
        (particulars("Emma", None), None),
        (
            particulars("Emma", Some(40)),
            Some(particulars("Emma", Some(40))),
        ),
        (particulars("Olga", None), Some(particulars("Olga", None))),
    ] {
        let corrected = vessel.correct(given, None);
        assert_eq!(corrected.map(|(own, _)| own.particulars), expected);
    }
    let (plugged, _) = vessel
        .correct(particulars("Emma", Some(40)), None)
        .expect("it differs");
    assert_eq!(plugged.correct(particulars("Emma", None), None), None);
    let (renamed, event) = plugged
        .correct(particulars("Olga", None), None)
        .expect("it differs");
    assert_eq!(renamed.particulars, particulars("Olga", Some(40)));
    assert_eq!(event.before, particulars("Emma", Some(40)));
    assert_eq!(
        broken(renamed.must_be_named(&vessel.vessel())),
        Some("VesselMayNotBeInTwoPlaces")
    );
    assert_eq!(broken(renamed.must_be_named(&renamed.vessel())), None);
    assert_ne!(VesselId::from(&other_ship().imo), renamed.id);
}

#[test]
fn the_state_of_a_vessel_is_read_again() {
    for plugs in [None, Some(12)] {
        let imo = "9074729".parse().expect("an IMO number");
        let (vessel, _) = RegisteredVessel::register(imo, particulars("Emma", plugs), None);
        let json = serde_json::to_string(&vessel).expect("JSON");
        let read: RegisteredVessel = serde_json::from_str(&json).expect("a vessel");
        assert_eq!(read, vessel, "{json}");
    }
}

#[test]
fn vessels_are_found_by_number_or_name() {
    let imo = "9074729".parse().expect("an IMO number");
    let (vessel, _) = RegisteredVessel::register(imo, particulars("Émile Ø", None), None);
    for (imo, name, expected) in [
        (None, None, true),
        (Some("907"), None, true),
        (Some("4729"), None, false),
        (None, Some("emile"), true),
        (None, Some("4729"), true),
        (None, Some("Olga"), false),
        (Some("907"), Some("Olga"), false),
    ] {
        let filter = VesselFilter {
            imo: imo.map(str::to_owned),
            name: name.map(str::to_owned),
        };
        assert_eq!(filter.admits(&vessel), expected, "{filter:?}");
    }
}
