//! What people search for: parts of names, beginnings of tracking ids.

use super::lists::{all, numbers, parsed};
use super::samples::{
    at, booked, cargo, customer, handled, id, known_as, leg, location, new, requested, tracking_id,
    user, user_with_password, voyage,
};
use super::{Kept, Place, on_every_database, on_every_store};
use domain::Kind;
use domain::access::UserFilter;
use domain::booking::CargoFilter;
use domain::customers::{CustomerFilter, CustomerId};
use domain::list::AnyFilter;
use domain::locations::LocationFilter;
use domain::log::store::Change;
use domain::voyages::VoyageFilter;

on_every_database! {
    what_is_searched_follows_from_the_states
}

on_every_store! {
    names_are_searched
    voyages_cargoes_and_users_are_searched
}

async fn names_are_searched(place: &Kept) {
    let changes = [
        new(customer(1, "Löwe & Co", "ACTIVE")),
        new(customer(2, "100% Fish_House", "ACTIVE")),
        new(customer(3, "100 Fishes! \\ House", "ACTIVE")),
        new(location(4, "NLRTM", "Rotterdam", "NL")),
        new(location(5, "BEANR", "Antwerpen", "BE")),
        new(location(6, "NLAMS", "Amsterdam", "NL")),
        new(known_as(7, "INBOM", "Bombay", "IN", &["Mumbai"])),
        new(known_as(8, "SEGOT", "Göteborg", "SE", &["Gothenburg"])),
        new(location(9, "RULED", "Saint Petersburg", "RU")),
        new(location(10, "CAJOH", "St. John's", "CA")),
    ];
    place.commit(&changes).await;
    let mut snapshot = place.snapshot().await;
    for (name, expected) in [
        ("", &[1, 2, 3][..]),
        ("löwe", &[1]),
        ("LÖWE", &[1]),
        ("lowe", &[1]),
        ("Lo\u{308}we", &[1]),
        ("fish", &[2, 3]),
        ("100%", &[2]),
        ("_house", &[2]),
        ("S!", &[3]),
        ("\\", &[3]),
        ("whale", &[]),
    ] {
        let filter = CustomerFilter {
            id: None,
            name: Some(name.to_owned()),
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{name}");
    }
    let one = CustomerFilter {
        id: Some(CustomerId(id(2))),
        name: None,
    };
    assert_eq!(numbers(snapshot.as_mut(), &one, None, 100).await, [2]);
    for (country, name, expected) in [
        (None, None, &[5, 10, 7, 6, 4, 9, 8][..]),
        (None, Some("mumbai"), &[7]),
        (None, Some("BOMBAY"), &[7]),
        (None, Some("goteborg"), &[8]),
        (None, Some("GÖTEBORG"), &[8]),
        (None, Some("gothenb"), &[8]),
        (None, Some("St. Petersburg"), &[9]),
        (None, Some("st petersb"), &[9]),
        (None, Some("Saint John"), &[10]),
        (None, Some("st john's"), &[10]),
        (Some("NL"), None, &[6, 4]),
        (None, Some("ROTTER"), &[4]),
        (None, Some("nlr"), &[4]),
        (Some("BE"), Some("dam"), &[]),
    ] {
        let filter = LocationFilter {
            country: parsed(country),
            name: name.map(str::to_owned),
        };
        let found = numbers(snapshot.as_mut(), &filter, None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

/// What pickers search for: texts of voyages, beginnings of tracking ids, parts of users' names.
async fn voyages_cargoes_and_users_are_searched(place: &Kept) {
    place.commit(&sought()).await;
    let mut snapshot = place.snapshot().await;
    let snapshot = snapshot.as_mut();
    let voyages = |number: Option<&str>, name: Option<&str>| {
        let filter: Box<dyn AnyFilter> = Box::new(VoyageFilter {
            number: number.map(str::to_owned),
            name: name.map(str::to_owned),
            ..VoyageFilter::default()
        });
        filter
    };
    let cargoes = |text: &str, customer: Option<u128>| {
        let filter: Box<dyn AnyFilter> = Box::new(CargoFilter {
            tracking_id: Some(text.to_owned()),
            customer: customer.map(|number| CustomerId(id(number))),
            ..CargoFilter::default()
        });
        filter
    };
    let users = |name: &str| {
        let filter: Box<dyn AnyFilter> = Box::new(UserFilter {
            name: Some(name.to_owned()),
            has_password: false,
        });
        filter
    };
    let five = tracking_id(5);
    for (filter, expected) in [
        (voyages(Some("V10"), None), &[2, 1][..]),
        (voyages(Some("v10"), None), &[2, 1]),
        (voyages(Some("V101"), None), &[]),
        (voyages(Some("%"), None), &[]),
        (voyages(Some("Ø"), None), &[]),
        (voyages(None, Some("v10")), &[3, 2, 1]),
        (voyages(None, Some("V100")), &[2]),
        (voyages(None, Some("emile o")), &[3, 2, 1]),
        (voyages(None, Some("大洋")), &[3, 2, 1]),
        (voyages(None, Some("_")), &[]),
        (voyages(Some("A"), Some("ÉMILE")), &[3]),
        (cargoes("", None), &[6, 5, 4]),
        (cargoes(&five, None), &[5]),
        (cargoes(&five[..1], None), &[5]),
        (cargoes(&five[..1].to_lowercase(), None), &[5]),
        (cargoes("%", None), &[]),
        (cargoes("", Some(100)), &[6, 4]),
        (cargoes(&five, Some(100)), &[]),
        (users(""), &[13, 11, 12, 14]),
        (users("anna"), &[11, 12, 14]),
        (users("ANNA"), &[11, 12, 14]),
        (users("St-An"), &[14]),
        (users("n_n"), &[13]),
        (users("%"), &[]),
    ] {
        let found = numbers(snapshot, filter.as_ref(), None, 100).await;
        assert_eq!(found, expected, "{filter:?}");
    }
    let with_password = UserFilter {
        has_password: true,
        ..UserFilter::default()
    };
    let found = numbers(snapshot, &with_password, None, 100).await;
    assert_eq!(found, [13]);
    let found = numbers(snapshot, users("anna").as_ref(), Some("anna"), 1).await;
    assert_eq!(found, [12], "the next page");
}

fn sought() -> Vec<Change> {
    let ports = ["HKHKG", "JPTYO"];
    let mut changes = vec![
        new(voyage(1, "V10", &ports, at(3))),
        new(voyage(2, "V100", &ports, at(2))),
        new(voyage(3, "A-V10", &ports, at(1))),
    ];
    changes.extend((4..=6).map(|n| new(cargo(n, 100 + (n as u128 % 2), &requested()))));
    let users = ["anna", "joanna@quay", "st-anna"];
    let users = users.into_iter().zip([11, 12, 14]);
    changes.extend(users.map(|(name, n)| new(user(n, name))));
    changes.push(new(user_with_password(13, "an_na")));
    changes
}

/// `all` refuses rows, and rows beside them, that do not match the states.
async fn what_is_searched_follows_from_the_states(place: &Place) {
    let mut changes = sought();
    let legs = [leg("V1", "HKHKG", "USNYC")];
    let aboard = ("LOAD", Some("V1"), "HKHKG");
    let astray = ("UNLOAD", Some("V1"), "JPTYO");
    changes.extend([
        new(handled(&cargo(7, 100, &booked(&legs)), &[aboard])),
        new(handled(&cargo(8, 100, &booked(&legs)), &[astray])),
    ]);
    place.commit(&changes).await;
    let mut snapshot = place.snapshot().await;
    for (kind, expected) in [
        (Kind::Voyage, &[1, 2, 3][..]),
        (Kind::Cargo, &[4, 5, 6, 7, 8]),
    ] {
        assert_eq!(all(snapshot.as_mut(), kind, None, 100).await, expected);
    }
}
