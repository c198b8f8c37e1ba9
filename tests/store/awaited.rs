//! The list of what a port waits for.

use super::lists::numbers;
use super::samples::{booked, cargo, handled, leg, new, requested};
use super::{Kept, on_every_store};
use domain::Moment;
use domain::booking::CargoFilter;

on_every_store! {
    awaited_cargoes_are_listed
}

/// Cargoes by where and when their next step is planned.
async fn awaited_cargoes_are_listed(place: &Kept) {
    let legs = [leg("V1", "HKHKG", "SESTO")];
    let load = [("RECEIVE", None, "HKHKG"), ("LOAD", Some("V1"), "HKHKG")];
    let aboard = handled(&cargo(12, 100, &booked(&legs)), &load);
    let waiting = cargo(6, 100, &booked(&legs));
    let unbooked = cargo(18, 100, &requested());
    place
        .commit(&[new(waiting), new(aboard), new(unbooked)])
        .await;
    let mut snapshot = place.snapshot().await;
    let loads: Moment = serde_json::from_value(legs[0]["load_time"].clone()).expect("a time");
    for (port, from, until, expected) in [
        ("HKHKG", None, None, &[6][..]),
        ("SESTO", None, None, &[12]),
        ("NLRTM", None, None, &[]),
        ("HKHKG", Some(loads), None, &[6]),
        ("HKHKG", None, Some(loads), &[]),
        ("HKHKG", Some(loads.plus_micros(1)), None, &[]),
        ("HKHKG", None, Some(loads.plus_micros(1)), &[6]),
    ] {
        let filter = CargoFilter {
            next_at: Some(port.parse().expect("well formed")),
            next_from: from,
            next_until: until,
            ..CargoFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}
