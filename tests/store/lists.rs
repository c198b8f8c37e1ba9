//! Lists: filters, order and pages.

use super::samples::{
    at, booked, cargo, changed, handled, handling_event, id, leg, location, new, requested,
    tracking_id, user, voyage,
};
use super::{Kept, Place, on_every_database, on_every_store};
use domain::Kind;
use domain::booking::{BookingStatus, CargoFilter, TransportStatus};
use domain::customers::CustomerId;
use domain::handling::{HandlingFilter, HandlingStatusWord};
use domain::list::AnyFilter;
use domain::locations::LocationFilter;
use domain::log::reader::Snapshot;
use domain::voyages::{VoyageFilter, VoyageStatus, departure_order};
use serde_json::json;

on_every_database! {
    what_is_not_a_place_is_refused
}

on_every_store! {
    cargoes_are_listed
    handled_cargoes_are_listed
    handling_events_are_listed
    voyages_are_listed
    pages_follow_one_another
}

/// The numbers of the ids that a filter finds.
pub(super) async fn numbers(
    snapshot: &mut dyn Snapshot,
    filter: &dyn AnyFilter,
    after: Option<&str>,
    limit: u64,
) -> Vec<u128> {
    let states = snapshot.list(filter, after, limit).await.expect("list");
    states
        .iter()
        .map(|state| state.state.id().as_u128())
        .collect()
}

/// The numbers of the ids of all states of a kind, in their order.
pub(super) async fn all(
    snapshot: &mut dyn Snapshot,
    kind: Kind,
    after: Option<u128>,
    limit: u64,
) -> Vec<u128> {
    let states = snapshot.all(kind, after.map(id), limit).await;
    let states = states.expect("what is derived follows from the states");
    states
        .iter()
        .map(|state| state.state.id().as_u128())
        .collect()
}

pub(super) fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: Option<&str>) -> Option<T> {
    text.map(|text| text.parse().expect("well formed"))
}

async fn cargoes_are_listed(place: &Kept) {
    let made: Vec<_> = (1..=6)
        .map(|n| new(cargo(n, if n < 3 { 100 } else { 200 }, &requested())))
        .collect();
    place.commit(&made).await;
    let both = [
        leg("V1", "HKHKG", "USNYC"),
        leg("V2", "USNYC", "HKHKG"),
        leg("V1", "HKHKG", "SESTO"),
    ];
    place
        .commit(&[
            changed(1, cargo(2, 100, &booked(&both))),
            changed(1, cargo(4, 200, &booked(&both[..1]))),
        ])
        .await;
    place
        .commit(&[changed(2, cargo(4, 200, &booked(&both[1..2])))])
        .await;
    let mut snapshot = place.snapshot().await;
    let all = |customer: Option<u128>,
               status: Option<BookingStatus>,
               ports: [Option<&str>; 2],
               voyage: Option<&str>| CargoFilter {
        customer: customer.map(|number| CustomerId(id(number))),
        status,
        origin: parsed(ports[0]),
        destination: parsed(ports[1]),
        voyage: parsed(voyage),
        ..CargoFilter::default()
    };
    let anywhere = [None, None];
    for (filter, expected) in [
        (all(None, None, anywhere, None), &[6, 5, 4, 3, 2, 1][..]),
        (all(Some(100), None, anywhere, None), &[2, 1]),
        (all(Some(300), None, anywhere, None), &[]),
        (
            all(None, Some(BookingStatus::Booked), anywhere, None),
            &[4, 2],
        ),
        (all(None, None, [Some("HKHKG"), None], None), &[6, 4, 2]),
        (all(None, None, [None, Some("SESTO")], None), &[6, 3]),
        (all(None, None, [Some("HKHKG"), Some("SESTO")], None), &[6]),
        (all(None, None, anywhere, Some("V1")), &[2]),
        (all(None, None, anywhere, Some("V2")), &[4, 2]),
        (
            all(
                Some(200),
                Some(BookingStatus::Booked),
                [Some("HKHKG"), Some("FIHEL")],
                Some("V2"),
            ),
            &[4],
        ),
    ] {
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

/// Handled cargoes, by their deliveries.
async fn handled_cargoes_are_listed(place: &Kept) {
    let to_new_york = [leg("V1", "HKHKG", "USNYC")];
    let handled = |n, booking, reports: &[(&str, Option<&str>, &str)]| {
        new(handled(&cargo(n, 100, &booking), reports))
    };
    let receive = ("RECEIVE", None, "HKHKG");
    let load = ("LOAD", Some("V1"), "HKHKG");
    place
        .commit(&[
            handled(1, requested(), &[]),
            handled(2, requested(), &[receive]),
            handled(3, booked(&to_new_york), &[receive, load]),
            handled(4, booked(&to_new_york), &[("UNLOAD", Some("V1"), "JPTYO")]),
            handled(
                5,
                json!({ "status": "COMPLETED", "former": booked(&to_new_york) }),
                &[("CLAIM", None, "AUMEL")],
            ),
        ])
        .await;
    let mut snapshot = place.snapshot().await;
    let on = |voyage: &str| CargoFilter::aboard(&voyage.parse().expect("a number"));
    let mut aboard = snapshot.ids(&on("V1")).await.expect("legs");
    aboard.sort();
    assert_eq!(aboard, [id(3), id(4), id(5)]);
    let nobody = snapshot.ids(&on("V9")).await.expect("legs");
    assert!(nobody.is_empty());
    let all = CargoFilter::default;
    for (filter, expected) in [
        (all(), &[5, 4, 3, 2, 1][..]),
        (
            CargoFilter {
                misdirected: Some(true),
                ..all()
            },
            // A claimed cargo needs no more attention, but it is still misdirected.
            &[5, 4],
        ),
        (
            CargoFilter {
                misdirected: Some(false),
                ..all()
            },
            &[3, 2, 1],
        ),
        // The itineraries of the samples do not lead to the cargoes' destinations.
        (
            CargoFilter {
                at_risk: Some(true),
                ..all()
            },
            &[4, 3],
        ),
        (
            CargoFilter {
                at_risk: Some(true),
                now: Some(at(0)),
                ..all()
            },
            &[4, 3],
        ),
        (
            CargoFilter {
                at_risk: Some(false),
                now: Some(at(0)),
                ..all()
            },
            &[5, 2, 1],
        ),
        (
            CargoFilter {
                at_risk: Some(false),
                ..all()
            },
            &[5, 2, 1],
        ),
        (
            CargoFilter {
                transport_status: Some(TransportStatus::OnboardCarrier),
                ..all()
            },
            &[3],
        ),
        (
            CargoFilter {
                transport_status: Some(TransportStatus::InPort),
                ..all()
            },
            &[4, 2],
        ),
        (
            CargoFilter {
                port: parsed(Some("JPTYO")),
                ..all()
            },
            &[4],
        ),
        (
            CargoFilter {
                port: parsed(Some("USNYC")),
                ..all()
            },
            &[5, 4, 3],
        ),
        (
            CargoFilter {
                port: parsed(Some("NLRTM")),
                ..all()
            },
            &[5, 3, 1],
        ),
        (
            CargoFilter {
                port: parsed(Some("AQMCM")),
                ..all()
            },
            &[],
        ),
    ] {
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn handling_events_are_listed(place: &Kept) {
    place
        .commit(&[
            new(handling_event(1, "LOAD", Some("V1"), "HKHKG", None)),
            new(handling_event(
                2,
                "CUSTOMS",
                None,
                "HKHKG",
                Some("Wrong cargo"),
            )),
            new(handling_event(3, "UNLOAD", Some("V1"), "USNYC", None)),
        ])
        .await;
    let mut snapshot = place.snapshot().await;
    let all = HandlingFilter::default;
    for (filter, expected) in [
        (all(), &[3, 2, 1][..]),
        (
            HandlingFilter {
                cargo: parsed(Some(&tracking_id(7))),
                ..all()
            },
            &[3, 2, 1],
        ),
        (
            HandlingFilter {
                cargo: parsed(Some(&tracking_id(8))),
                ..all()
            },
            &[],
        ),
        (
            HandlingFilter {
                location: parsed(Some("HKHKG")),
                ..all()
            },
            &[2, 1],
        ),
        (
            HandlingFilter {
                voyage: parsed(Some("V1")),
                ..all()
            },
            &[3, 1],
        ),
        (
            HandlingFilter {
                status: Some(HandlingStatusWord::Retracted),
                ..all()
            },
            &[2],
        ),
    ] {
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn voyages_are_listed(place: &Kept) {
    let voyages = [
        voyage(1, "V300", &["NLRTM", "DEHAM", "NLRTM"], at(0)),
        voyage(2, "V200", &["HKHKG", "NLRTM"], at(1)),
        voyage(3, "V100", &["HKHKG", "JPTYO"], at(2)),
    ];
    place.commit(&voyages.clone().map(new)).await;
    place
        .commit(&voyages.clone().map(|voyage| changed(1, voyage)))
        .await;
    let mut snapshot = place.snapshot().await;
    let last = at(1).plus_hours(36);
    for (port, from, until, arrives, expected) in [
        (None, None, None, None, &[1, 2, 3][..]),
        (Some("NLRTM"), None, None, None, &[1, 2]),
        (Some("DEHAM"), None, None, None, &[1]),
        (Some("SESTO"), None, None, None, &[]),
        (None, Some(at(1)), None, None, &[2, 3]),
        (None, None, Some(at(1)), None, &[1]),
        (Some("HKHKG"), Some(at(0)), Some(at(2)), None, &[2]),
        (None, None, None, Some(last), &[1]),
        (None, None, None, Some(last.plus_micros(1)), &[]),
    ] {
        let filter = VoyageFilter {
            port: parsed(port),
            departs_from: from,
            departs_until: until,
            arrives_from: arrives,
            ..VoyageFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
    for (left, expected) in [(219_991, &[1, 2, 3][..]), (219_992, &[])] {
        let filter = VoyageFilter {
            quarter_teu_left: Some(left),
            status: Some(VoyageStatus::Scheduled),
            ..VoyageFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
    let everything = VoyageFilter::default();
    // If two depart at the same time, the number decides.
    place
        .commit(&[new(voyage(4, "V150", &["HKHKG", "JPTYO"], at(1)))])
        .await;
    let mut snapshot = place.snapshot().await;
    for (departs, number, expected) in [
        (at(0), "V300", &[4, 2, 3][..]),
        (at(1), "V150", &[2, 3]),
        (at(1), "V200", &[3]),
        (at(2), "V100", &[]),
    ] {
        let number = number.parse().expect("a number");
        let after = departure_order(departs, &number);
        let found = numbers(snapshot.as_mut(), &everything, Some(&after), 100).await;
        assert_eq!(found, expected, "{after}");
    }
}

async fn pages_follow_one_another(place: &Kept) {
    let mut changes: Vec<_> = (1..=5).map(|n| new(cargo(n, 9, &requested()))).collect();
    changes.extend(
        ["d", "b", "a", "c"]
            .iter()
            .zip(11..)
            .map(|(name, n)| new(user(n, name))),
    );
    place.commit(&changes).await;
    let mut snapshot = place.snapshot().await;
    let cargoes = CargoFilter::default();
    let (three, four) = (id(3).to_string(), id(4).to_string());
    for (filter, after, limit, expected) in [
        (&cargoes, None, 2, &[5, 4][..]),
        (&cargoes, Some(four.as_str()), 2, &[3, 2]),
        (&cargoes, Some(three.as_str()), 10, &[2, 1]),
    ] {
        let found = numbers(snapshot.as_mut(), filter, after, limit).await;
        assert_eq!(found, expected, "{filter:?} after {after:?}");
    }
    for (kind, after, limit, expected) in [
        (Kind::Cargo, None, 2, &[1, 2][..]),
        (Kind::Cargo, Some(3), 2, &[4, 5]),
        (Kind::User, None, u64::MAX, &[11, 12, 13, 14]),
    ] {
        let found = all(snapshot.as_mut(), kind, after, limit).await;
        assert_eq!(found, expected, "{kind} after {after:?}");
    }
    let ports: Vec<_> = ["NLRTM", "BEANR", "DEHAM"].into_iter().zip(21..).collect();
    let changes: Vec<_> = ports
        .iter()
        .map(|(port, n)| new(location(*n, port, port, "NL")))
        .collect();
    place.commit(&changes).await;
    let filter = LocationFilter {
        country: None,
        name: None,
    };
    assert_eq!(
        numbers(snapshot.as_mut(), &filter, None, 9).await,
        [] as [u128; 0],
        "an old view"
    );
    let mut snapshot = place.snapshot().await;
    assert_eq!(
        numbers(snapshot.as_mut(), &filter, Some("BEANR"), 9).await,
        [23, 21]
    );
    assert_ne!(tracking_id(1), tracking_id(2));
}

async fn what_is_not_a_place_is_refused(place: &Place) {
    let mut snapshot = place.snapshot().await;
    let filters: [&dyn AnyFilter; 2] = [&VoyageFilter::default(), &CargoFilter::default()];
    for filter in filters {
        let found = snapshot.list(filter, Some("nonsense"), 1).await;
        assert!(found.is_err(), "{filter:?}");
    }
}
