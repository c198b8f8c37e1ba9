//! Current states: what is read equals what was written.

use super::samples::{
    at, booked, cargo, changed, consumer, customer, handled, handling_event, id, leg, location,
    new, requested, state, token, tracking_id, user, voyage,
};
use super::{Place, on_every_database, put};
use domain::log::store::{Change, StoreError};
use domain::{AnyAggregate, Kind, Versioned};
use serde_json::json;

on_every_database! {
    every_state_is_read_as_it_was_written
    a_stale_version_is_refused
    a_natural_key_is_taken_once
    states_are_found_by_name
    many_are_written_at_once
    what_is_too_long_is_refused
}

async fn every_state_is_read_as_it_was_written(place: &Place) {
    let long = "大".repeat(200);
    let legs = [leg("V100", "HKHKG", "USNYC"), leg("V200", "USNYC", "SESTO")];
    let ports: Vec<_> = ["NLRTM", "DEHAM"].into_iter().cycle().take(61).collect();
    let cancelled = json!({ "status": "CANCELLED", "reason": "é".repeat(500) });
    let rejected = json!({ "status": "REJECTED", "reason": "é".repeat(500) });
    let later = json!({ "legs": legs, "counts_from": at(3) });
    let mut lost = legs.clone();
    lost[1]["voyage_cancelled"] = json!(true);
    let latest = "2199-12-30T23:59:59.999999Z".parse().expect("a time");
    let states = [
        location(1, "NLRTM", "Rotterdam 🛳 100%_\\'\"", "NL"),
        location(2, "USNYC", &long, "US"),
        customer(3, "O'Neill & Söhne", "ACTIVE"),
        customer(4, &long, "SUSPENDED"),
        user(5, "a.b-c_d@e"),
        state(
            Kind::User,
            &json!({ "id": id(6), "name": "0".repeat(64), "roles": [], "customer": null,
                     "status": "SUSPENDED" }),
        ),
        token(7, Some("Büro 🔑")),
        token(8, None),
        voyage(9, "V-100", &["HKHKG", "JPTYO", "USNYC"], at(123_456)),
        voyage(10, "A1234567890123456789", &ports, at(0)),
        voyage(14, "V2199", &["HKHKG", "JPTYO"], latest),
        cargo(11, 3, &requested()),
        cargo(12, 3, &booked(&legs)),
        cargo(13, 4, &cancelled),
        cargo(15, 4, &rejected),
        cargo(16, 4, &json!({ "status": "ACCEPTED", "itinerary": later })),
        cargo(17, 4, &json!({ "status": "CONFIRMED", "itinerary": lost })),
        handled(
            &cargo(
                18,
                4,
                &json!({ "status": "COMPLETED", "former": booked(&legs) }),
            ),
            &[("UNLOAD", Some("V200"), "SESTO"), ("CLAIM", None, "SESTO")],
        ),
        handled(
            &cargo(19, 4, &requested()),
            &[("LOAD", Some("V100"), "HKHKG")],
        ),
        handling_event(20, "LOAD", Some("V100"), "HKHKG", None),
        handling_event(21, "CUSTOMS", None, "HKHKG", Some("Büro 🔑")),
        consumer(22, "billing", "PAUSED"),
        consumer(23, &"b".repeat(64), "ACTIVE"),
        consumer(24, "search", "REMOVED"),
    ];
    let changes: Vec<_> = states.iter().cloned().map(new).collect();
    place.commit(&changes).await;
    let again: Vec<_> = states
        .iter()
        .cloned()
        .map(|state| Change {
            loaded: Some(Versioned {
                version: 1,
                state: state.clone(),
            }),
            new: Versioned { version: 2, state },
        })
        .collect();
    let mut snapshot = place.snapshot().await;
    for state in &states {
        let read = snapshot.load(state.kind(), &[state.id()], &[]).await;
        let expected = Versioned {
            version: 1,
            state: state.clone(),
        };
        assert_eq!(read.expect("load"), [expected]);
    }
    drop(snapshot);
    place.commit(&again).await;
    let mut transaction = place.begin().await;
    for state in &states {
        let read = transaction.load(state.kind(), &[state.id()], &[]).await;
        let expected = Versioned {
            version: 2,
            state: state.clone(),
        };
        assert_eq!(read.expect("load"), [expected]);
    }
    transaction.rollback().await;
}

async fn a_stale_version_is_refused(place: &Place) {
    let first = customer(1, "One", "ACTIVE");
    place
        .commit(&[new(first), new(customer(2, "Two", "ACTIVE"))])
        .await;
    place
        .commit(&[changed(1, customer(1, "One b", "ACTIVE"))])
        .await;
    let stale = changed(1, customer(1, "One c", "ACTIVE"));
    let missing = changed(1, customer(9, "Nobody", "ACTIVE"));
    for bad in [stale, missing] {
        let mut transaction = place.begin().await;
        let good = changed(1, customer(2, "Two b", "ACTIVE"));
        let written = transaction.write(&[good, bad]).await;
        assert!(matches!(written, Err(StoreError::Data(_))), "{written:?}");
        transaction.rollback().await;
    }
    let mut snapshot = place.snapshot().await;
    let read = snapshot
        .load(Kind::Customer, &[id(1), id(2), id(9)], &[])
        .await;
    let mut versions: Vec<_> = read
        .expect("load")
        .iter()
        .map(|read| read.version)
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2], "nothing of what was refused is kept");
}

async fn a_natural_key_is_taken_once(place: &Place) {
    place
        .commit(&[new(location(1, "NLRTM", "Rotterdam", "NL"))])
        .await;
    for again in [
        location(2, "NLRTM", "Rotterdam again", "NL"),
        location(1, "BEANR", "The same id", "BE"),
    ] {
        let mut transaction = place.begin().await;
        let written = transaction.write(&[new(again)]).await;
        assert!(matches!(written, Err(StoreError::Data(_))), "{written:?}");
        transaction.rollback().await;
    }
}

async fn states_are_found_by_name(place: &Place) {
    let states = [
        voyage(1, "V1", &["NLRTM", "DEHAM"], at(0)),
        voyage(2, "V2", &["DEHAM", "NLRTM"], at(0)),
    ];
    place.commit(&states.clone().map(new)).await;
    let mut snapshot = place.snapshot().await;
    let owned = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (ids, keys, expected) in [
        (&[][..], &[][..], &[][..]),
        (&[id(1)], &[], &[1]),
        (&[], &["V2"], &[2]),
        (&[id(1)], &["V2"], &[1, 2]),
        (&[id(1)], &["V1"], &[1]),
        (&[id(1), id(2), id(3)], &["V1", "V3"], &[1, 2]),
        (&[], &["v1", "V1 ", " V1", "V1\0", "Ⅴ1"], &[]),
    ] {
        let read = snapshot
            .load(Kind::Voyage, ids, &owned(keys))
            .await
            .expect("load");
        let mut numbers: Vec<_> = read.iter().map(|read| read.state.id().as_u128()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, expected, "{ids:?} {keys:?}");
    }
}

async fn many_are_written_at_once(place: &Place) {
    let leg = [leg("V100", "HKHKG", "USNYC")];
    let count = 1_300;
    let made: Vec<_> = (0..count).map(|n| new(cargo(n, 3, &requested()))).collect();
    place.commit(&made).await;
    let moved: Vec<_> = (0..count)
        .map(|n| changed(1, cargo(n, 3, &booked(&leg))))
        .collect();
    place.commit(&moved).await;
    let mut snapshot = place.snapshot().await;
    let (ids, keys): (Vec<_>, Vec<_>) = (0..count).map(|n| (id(n as u128), tracking_id(n))).unzip();
    for read in [
        snapshot.load(Kind::Cargo, &ids, &[]).await,
        snapshot.load(Kind::Cargo, &[], &keys).await,
        snapshot.load(Kind::Cargo, &ids[..700], &keys[600..]).await,
    ] {
        let mut read = read.expect("load");
        read.sort_by_key(|read| read.state.id());
        assert_eq!(read.len(), count);
        for (read, change) in read.iter().zip(&moved) {
            assert_eq!(*read, change.new);
        }
    }
    assert_eq!(snapshot.count(Kind::Cargo).await.ok(), Some(count as u64));
}

async fn what_is_too_long_is_refused(place: &Place) {
    if place.is_sqlite {
        // SQLite truncates nothing and refuses nothing. The domain's own limits hold.
        return;
    }
    let mut transaction = place.begin().await;
    let mut entry = super::samples::entry(transaction.head());
    entry.operation = "x".repeat(101);
    let appended = super::append_of(transaction.as_ref(), &entry, &[]);
    let written = transaction.append(&appended).await;
    assert!(matches!(written, Err(StoreError::Data(_))), "{written:?}");
    transaction.rollback().await;
    // The connection can still be used.
    let mut transaction = place.begin().await;
    let change: Change = new(AnyAggregate::clone(&user(1, "anna")));
    put(transaction.as_mut(), &[change]).await.expect("write");
    transaction.commit().await.expect("commit");
}
