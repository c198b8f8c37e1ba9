//! Cargoes by their containers and references, and those that are kept cold or are dangerous.

use super::lists::numbers;
use super::samples::{booked, cargo, id, leg, new, requested};
use super::{Kept, on_every_store};
use domain::booking::{BookingStatus, CargoFilter, ContainerNumber};
use domain::customers::CustomerId;
use domain::log::store::Change;
use domain::{AnyAggregate, Kind, Versioned};
use serde_json::{Value, json};

on_every_store! {
    cargoes_are_listed_by_container
    reefers_and_dangerous_goods_are_listed
    references_are_searched
}

const A: &str = "CSQU3054383";
const B: &str = "MSKU0383250";
const C: &str = "MSCU1000001";

/// A cargo that differs in some fields.
fn with(cargo: &AnyAggregate, fields: &Value) -> AnyAggregate {
    let mut json: Value = serde_json::from_str(&cargo.json()).expect("JSON");
    let fields = fields.as_object().expect("an object").clone();
    json.as_object_mut().expect("an object").extend(fields);
    let kind = Kind::Cargo;
    kind.state_from_json(&json.to_string()).expect("a state")
}

/// The second version of a new cargo.
fn corrected(before: AnyAggregate, now: AnyAggregate) -> Change {
    let versioned = |version, state| Versioned { version, state };
    Change {
        loaded: Some(versioned(1, before)),
        new: versioned(2, now),
    }
}

fn in_containers(cargo: &AnyAggregate, containers: &[&str]) -> AnyAggregate {
    let containers = containers.iter();
    let containers = containers.map(|number| json!({ "number": number, "type": "22G1" }));
    let particulars = json!({ "containers": containers.collect::<Value>() });
    with(cargo, &json!({ "particulars": particulars }))
}

/// Also those that have been completed, rejected or cancelled, unless only others are asked for.
async fn cargoes_are_listed_by_container(place: &Kept) {
    let legs = [leg("V1", "HKHKG", "USNYC")];
    let over = json!({ "status": "CANCELLED", "reason": "Sold" });
    place
        .commit(&[
            new(in_containers(&cargo(1, 100, &over), &[A])),
            new(in_containers(&cargo(2, 100, &booked(&legs)), &[A, B])),
            new(in_containers(&cargo(3, 200, &requested()), &[C])),
            new(cargo(4, 200, &requested())),
            new(in_containers(&cargo(5, 200, &booked(&legs)), &[C])),
        ])
        .await;
    // A cargo that is no longer in its container.
    let emptied = cargo(5, 200, &booked(&legs));
    let filled = in_containers(&emptied, &[C]);
    place.commit(&[corrected(filled, emptied)]).await;
    let mut snapshot = place.snapshot().await;
    let number = |text: &&str| text.parse::<ContainerNumber>().expect("a container number");
    let all = |numbers: &[&str]| CargoFilter {
        containers: Some(numbers.iter().map(number).collect()),
        ..CargoFilter::default()
    };
    for (filter, expected) in [
        (all(&[A]), &[2, 1][..]),
        (all(&[B]), &[2]),
        (all(&[C]), &[3]),
        (all(&["MSCU1000017"]), &[]),
        (all(&[A, C]), &[3, 2, 1]),
        (all(&[A, B]), &[2, 1]),
        (CargoFilter::in_container(&number(&B)), &[2]),
        (
            CargoFilter {
                unfinished: true,
                ..all(&[A, C])
            },
            &[3, 2],
        ),
        (
            CargoFilter {
                customer: Some(CustomerId(id(100))),
                ..all(&[A, C])
            },
            &[2, 1],
        ),
        (
            CargoFilter {
                status: Some(BookingStatus::Booked),
                ..all(&[A, C])
            },
            &[2],
        ),
        (
            CargoFilter {
                voyage: Some("V1".parse().expect("a number")),
                ..all(&[A, C])
            },
            &[2],
        ),
    ] {
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
        let mut found = snapshot.ids(&filter).await.expect("ids");
        found.sort_by(|a, b| b.cmp(a));
        let expected: Vec<_> = expected.iter().map(|number| id(*number)).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
    let next = numbers(
        snapshot.as_mut(),
        &all(&[A, C]),
        Some(&id(3).to_string()),
        1,
    )
    .await;
    assert_eq!(next, [2], "the next page");
}

async fn reefers_and_dangerous_goods_are_listed(place: &Kept) {
    let cold = |n| {
        let fields = json!({ "equipment": [
            { "type": "22G1", "count": 2 }, { "type": "45R1", "count": 1 }] });
        with(&cargo(n, 100, &requested()), &fields)
    };
    let dangerous = |cargo: &AnyAggregate, class: &str| {
        let goods = json!([{ "un_number": "UN1263", "class": class }]);
        with(
            cargo,
            &json!({ "particulars": { "dangerous_goods": goods } }),
        )
    };
    let plain = |n| cargo(n, 100, &requested());
    place
        .commit(&[
            new(plain(1)),
            new(cold(2)),
            new(dangerous(&plain(3), "3")),
            new(dangerous(&cold(4), "6.1")),
            new(cold(5)),
            new(plain(6)),
        ])
        .await;
    // One is no longer cold, and one is dangerous after all.
    let changes = [
        corrected(cold(5), plain(5)),
        corrected(plain(6), dangerous(&plain(6), "9")),
    ];
    place.commit(&changes).await;
    let mut snapshot = place.snapshot().await;
    for (reefer, dangerous, expected) in [
        (None, None, &[6, 5, 4, 3, 2, 1][..]),
        (Some(true), None, &[4, 2]),
        (Some(false), None, &[6, 5, 3, 1]),
        (None, Some(true), &[6, 4, 3]),
        (None, Some(false), &[5, 2, 1]),
        (Some(true), Some(true), &[4]),
        (Some(true), Some(false), &[2]),
        (Some(false), Some(true), &[6, 3]),
        (Some(false), Some(false), &[5, 1]),
    ] {
        let filter = CargoFilter {
            reefer,
            dangerous,
            ..CargoFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn references_are_searched(place: &Kept) {
    let refers = |n, customer, text: &str| {
        let particulars = json!({ "reference": text });
        with(
            &cargo(n, customer, &requested()),
            &json!({ "particulars": particulars }),
        )
    };
    place
        .commit(&[
            new(refers(1, 100, "PO 4711/a")),
            new(refers(2, 200, "Größe_4711")),
            new(cargo(3, 100, &requested())),
            new(refers(4, 100, "100% wool")),
            new(refers(5, 100, "Before")),
        ])
        .await;
    let renamed = corrected(refers(5, 100, "Before"), refers(5, 100, "Po 12"));
    place.commit(&[renamed]).await;
    let mut snapshot = place.snapshot().await;
    for (text, customer, expected) in [
        ("4711", None, &[2, 1][..]),
        ("4711", Some(100), &[1]),
        ("po", None, &[5, 1]),
        ("grosse", None, &[2]),
        ("größe", None, &[2]),
        ("GROßE", None, &[2]),
        ("0%", None, &[4]),
        ("_", None, &[2]),
        ("before", None, &[]),
    ] {
        let filter = CargoFilter {
            reference: Some(text.to_owned()),
            customer: customer.map(|number| CustomerId(id(number))),
            ..CargoFilter::default()
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{text}");
    }
}
