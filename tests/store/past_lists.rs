//! Lists in the past are what the lists were then.

use super::samples::{
    at, booked, cargo, customer, handled, handling_event, id, leg, location, new, requested, user,
    vessel, voyage,
};
use super::{Kept, on_every_store};
use domain::booking::{BookingStatus, CargoFilter, TransportStatus};
use domain::customers::{CustomerFilter, CustomerId};
use domain::handling::{HandlingFilter, HandlingStatusWord};
use domain::list::AnyFilter;
use domain::locations::LocationFilter;
use domain::log::reader::{PastList, Snapshot};
use domain::log::store::Change;
use domain::log::{ListChange, list_changes};
use domain::voyages::{VesselFilter, VoyageFilter, VoyageStatus};
use domain::{AnyAggregate, Versioned};
use std::collections::BTreeMap;
use uuid::Uuid;

on_every_store! {
    past_lists_are_what_they_were
    a_list_that_admits_few_is_read_in_parts
    changes_of_lists_are_read_in_parts
}

type Filters = Vec<Box<dyn AnyFilter>>;

fn filters() -> Filters {
    let code = |text: &str| text.parse().ok();
    let mut filters: Filters = Vec::new();
    for cargoes in [
        CargoFilter::default(),
        CargoFilter {
            customer: Some(CustomerId(id(100))),
            ..CargoFilter::default()
        },
        CargoFilter {
            status: Some(BookingStatus::Booked),
            ..CargoFilter::default()
        },
        CargoFilter {
            voyage: "V2".parse().ok(),
            ..CargoFilter::default()
        },
        CargoFilter {
            port: code("JPTYO"),
            ..CargoFilter::default()
        },
        CargoFilter {
            origin: code("HKHKG"),
            destination: code("SESTO"),
            ..CargoFilter::default()
        },
        CargoFilter {
            unfinished: true,
            misdirected: Some(true),
            ..CargoFilter::default()
        },
        CargoFilter {
            transport_status: Some(TransportStatus::OnboardCarrier),
            ..CargoFilter::default()
        },
    ] {
        filters.push(Box::new(cargoes));
    }
    for voyages in [
        VoyageFilter::default(),
        VoyageFilter {
            port: code("JPTYO"),
            ..VoyageFilter::default()
        },
        VoyageFilter {
            status: Some(VoyageStatus::Scheduled),
            ..VoyageFilter::default()
        },
        VoyageFilter {
            departs_from: Some(at(3)),
            name: Some("v".into()),
            ..VoyageFilter::default()
        },
    ] {
        filters.push(Box::new(voyages));
    }
    for status in [
        None,
        Some(HandlingStatusWord::Registered),
        Some(HandlingStatusWord::Retracted),
    ] {
        filters.push(Box::new(HandlingFilter {
            status,
            ..HandlingFilter::default()
        }));
    }
    filters.push(Box::new(HandlingFilter {
        location: code("JPTYO"),
        ..HandlingFilter::default()
    }));
    filters.push(Box::new(CustomerFilter::default()));
    filters.push(Box::new(LocationFilter {
        country: "NL".parse().ok(),
        name: None,
    }));
    filters.push(Box::new(VesselFilter::default()));
    filters
}

/// A state, by the numbers of the thing and of the dice.
fn thing(number: u128, dice: usize) -> AnyAggregate {
    let ports = ["HKHKG", "JPTYO", "USNYC"];
    let port = ports[dice % 3];
    match number {
        0..20 => {
            let own = usize::try_from(number).expect("small") + 1;
            let legs = [leg(["V1", "V2"][dice % 2], "HKHKG", port)];
            let booking = if dice.is_multiple_of(4) {
                requested()
            } else {
                booked(&legs)
            };
            let reports = [("RECEIVE", None, "HKHKG"), ("LOAD", Some("V1"), port)];
            let plain = cargo(own, 100 + (number % 3), &booking);
            handled(&plain, &reports[..dice % 3])
        }
        20..28 => {
            // The calls of a voyage never change, their times do.
            let call = ports[usize::try_from(number).expect("small") % 3];
            let departs = at(i64::try_from(dice % 7).expect("small"));
            let calls = ["HKHKG", call, "NLRTM"];
            voyage(number + 1, &format!("V{number}"), &calls, departs)
        }
        28..34 => {
            let reason = (dice % 2 == 1).then_some("Wrong cargo");
            handling_event(number + 1, "RECEIVE", None, port, reason)
        }
        34..37 => customer(number + 1, ["A", "B"][dice % 2], "ACTIVE"),
        37..40 => {
            let code = ["NLRTM", "NLAMS", "DEHAM"][usize::try_from(number).expect("small") - 37];
            location(number + 1, code, "Port", ["NL", "DE"][dice % 2])
        }
        40..43 => user(
            number + 1,
            ["anna", "bert", "carl"][usize::try_from(number).expect("small") - 40],
        ),
        _ => vessel(
            number + 1,
            "9074729",
            ["Aurora", "Borealis"][dice % 2],
            None,
        ),
    }
}

/// What a list answered: ids and versions, in order.
type Answer = Vec<(Uuid, u64)>;

fn answer(states: &[Versioned<AnyAggregate>]) -> Answer {
    let named = states.iter().map(|own| (own.state.id(), own.version));
    named.collect()
}

/// The whole list at a position, in pages.
async fn past(
    snapshot: &mut dyn Snapshot,
    filter: &dyn AnyFilter,
    position: u64,
    changed_after: Option<u64>,
) -> Answer {
    let mut found: Vec<Versioned<AnyAggregate>> = Vec::new();
    let mut after = None;
    loop {
        let asked = PastList {
            filter,
            position,
            changed_after,
            after: after.as_deref(),
            limit: 4,
        };
        let page = snapshot.list_at(asked).await.expect("a list");
        let last = page
            .states
            .last()
            .and_then(|last| filter.place_of(&last.state));
        let is_full = page.states.len() == 4;
        after = if is_full { last } else { page.read_to };
        found.extend(page.states);
        if after.is_none() {
            return answer(&found);
        }
    }
}

async fn past_lists_are_what_they_were(place: &Kept) {
    let filters = filters();
    let mut states: BTreeMap<u128, Versioned<AnyAggregate>> = BTreeMap::new();
    let mut changed_at: BTreeMap<Uuid, Vec<u64>> = BTreeMap::new();
    let mut seen: Vec<(u64, Vec<Answer>)> = Vec::new();
    let mut dice: usize = 12_345;
    for _ in 0..60 {
        let mut changes = BTreeMap::new();
        for _ in 0..3 {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (number, roll) = ((dice >> 33) as u128 % 44, dice >> 40);
            let state = thing(number, roll);
            let change = match states.get(&number) {
                None => new(state),
                Some(loaded) => Change {
                    new: Versioned {
                        version: loaded.version + 1,
                        state,
                    },
                    loaded: Some(loaded.clone()),
                },
            };
            changes.insert(number, change);
        }
        let made: Vec<_> = changes.values().cloned().collect();
        let entry = place.commit(&made).await;
        for (number, change) in changes {
            changed_at
                .entry(change.new.state.id())
                .or_default()
                .push(entry.position);
            states.insert(number, change.new);
        }
        let mut snapshot = place.snapshot().await;
        let mut answers = Vec::new();
        for filter in &filters {
            let listed = snapshot.list(filter.as_ref(), None, 1000).await;
            answers.push(answer(&listed.expect("a list")));
        }
        seen.push((entry.position, answers));
    }
    let mut snapshot = place.snapshot().await;
    for (position, answers) in &seen {
        let changed_after = position.saturating_sub(7);
        for (filter, expected) in filters.iter().zip(answers) {
            let found = past(snapshot.as_mut(), filter.as_ref(), *position, None).await;
            assert_eq!(&found, expected, "at {position}: {filter:?}");
            let mut changed = expected.clone();
            changed.retain(|(id, _)| {
                let own = changed_at[id].iter();
                own.into_iter()
                    .any(|p| (changed_after + 1..=*position).contains(p))
            });
            let found = past(
                snapshot.as_mut(),
                filter.as_ref(),
                *position,
                Some(changed_after),
            )
            .await;
            assert_eq!(found, changed, "changed until {position}: {filter:?}");
        }
    }
    let nothing = past(snapshot.as_mut(), filters[0].as_ref(), 0, None).await;
    assert!(nothing.is_empty());
    let used = |index: usize| seen.iter().any(|(_, answers)| !answers[index].is_empty());
    let unused: Vec<_> = (0..filters.len()).filter(|index| !used(*index)).collect();
    assert!(unused.is_empty(), "these filters admit nothing: {unused:?}");
}

/// A filter without a facet looks at one thing after another, but not at any number of them at once.
async fn a_list_that_admits_few_is_read_in_parts(place: &Kept) {
    for part in 0..9 {
        let numbers = part * 250 + 1..=(part + 1) * 250;
        let made = numbers.map(|number| new(cargo(number, 100, &requested())));
        place.commit(&made.collect::<Vec<_>>()).await;
    }
    let mut snapshot = place.snapshot().await;
    let filter = CargoFilter {
        reference: Some("none has this".into()),
        ..CargoFilter::default()
    };
    assert!(past(snapshot.as_mut(), &filter, 9, None).await.is_empty());
    let everything = CargoFilter::default();
    let asked = PastList {
        filter: &everything,
        position: 3,
        changed_after: None,
        after: None,
        limit: 1000,
    };
    let found = snapshot.list_at(asked).await.expect("a list");
    let ids = (1..=750).rev().map(|number| (id(number), 1));
    assert_eq!(answer(&found.states), ids.collect::<Vec<_>>());
}

async fn changes_of_lists_are_read_in_parts(place: &Kept) {
    let mut expected = Vec::new();
    let mut states: BTreeMap<u128, Versioned<AnyAggregate>> = BTreeMap::new();
    for dice in 0..40 {
        let number = [0, 1, 20, 30, 41][dice % 5];
        let state = thing(number, dice * 7);
        let loaded = states.get(&number).cloned();
        let version = loaded.as_ref().map_or(1, |loaded| loaded.version + 1);
        let new = Versioned { version, state };
        states.insert(number, new.clone());
        let old = loaded.as_ref().map(|loaded| &loaded.state);
        let changes = list_changes(old, &new.state, dice as u64 + 1);
        expected.extend(changes);
        place.commit(&[Change { loaded, new }]).await;
    }
    let mut snapshot = place.snapshot().await;
    for limit in [1, 7, 1_000] {
        let mut found: Vec<ListChange> = Vec::new();
        loop {
            let after = found.last().cloned();
            let page = snapshot.list_changes(after.as_ref(), limit).await;
            let page = page.expect("rows");
            assert!(page.len() as u64 <= limit);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(found.len(), expected.len(), "by {limit}");
        assert!(expected.iter().all(|change| found.contains(change)));
    }
}
