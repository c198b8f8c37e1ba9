//! The register of vessels, and the voyages of one vessel.

use super::lists::numbers;
use super::samples::{at, changed, new, vessel, voyage};
use super::{Kept, on_every_store};
use domain::list::AnyFilter;
use domain::voyages::{VesselFilter, VoyageFilter};

on_every_store! {
    vessels_are_listed
    voyages_of_a_vessel_are_listed
}

async fn vessels_are_listed(place: &Kept) {
    place
        .commit(&[
            new(vessel(1, "9321483", "Émile Ø", Some(40))),
            new(vessel(2, "9074729", "Aurora", None)),
        ])
        .await;
    place
        .commit(&[changed(1, vessel(1, "9321483", "Borealis", None))])
        .await;
    let mut snapshot = place.snapshot().await;
    for (imo, name, after, expected) in [
        (None, None, None, &[2, 1][..]),
        (None, None, Some("9074729"), &[1]),
        (Some("93"), None, None, &[1]),
        (Some("14"), None, None, &[]),
        (None, Some("BOREAL"), None, &[1]),
        (None, Some("1483"), None, &[1]),
        (None, Some("Émile"), None, &[]),
        (None, Some("aurora"), None, &[2]),
    ] {
        let filter = VesselFilter {
            imo: imo.map(str::to_owned),
            name: name.map(str::to_owned),
        };
        let found = numbers(snapshot.as_mut(), &filter, after, 9).await;
        assert_eq!(found, expected, "{filter:?} after {after:?}");
    }
}

async fn voyages_of_a_vessel_are_listed(place: &Kept) {
    let ports = ["HKHKG", "JPTYO"];
    let voyages = (1..=3).map(|n| {
        new(voyage(
            n,
            &format!("V{n}"),
            &ports,
            at(n.try_into().expect("small")),
        ))
    });
    place.commit(&voyages.collect::<Vec<_>>()).await;
    let mut snapshot = place.snapshot().await;
    for (imo, from, expected) in [
        ("9074729", None, &[1, 2, 3][..]),
        ("9074729", Some(at(3)), &[3]),
        ("9321483", None, &[]),
    ] {
        let filter = VoyageFilter {
            imo: Some(imo.parse().expect("an IMO number")),
            departs_from: from,
            ..VoyageFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 9).await;
        assert_eq!(found, expected, "{filter:?}");
        assert!(!AnyFilter::groups(&filter).is_empty());
    }
}
