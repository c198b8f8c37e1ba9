//! Tests that build the whole sample world in a file.

use super::network::Network;
use super::story::CARGOES;
use super::world::{Hands, furnish};
use crate::cli::local::{COMMAND_LINE, Local};
use crate::clock::SystemChance;
use crate::reference::{LOCATIONS_CSV, read_locations};
use application::Limits;
use application::policy::Read;
use application::queries::Viewed;
use application::verify::{Options, verify};
use domain::Moment;
use domain::booking::{Cargo, CargoFilter};
use domain::log::reader::LogFilter;
use domain::ports::{Chance, Clock};
use domain::voyages::{Voyage, VoyageFilter};
use infrastructure::Database;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Counts = BTreeMap<String, usize>;

struct Built {
    local: Local,
    clock: Hands,
    _folder: tempfile::TempDir,
}

/// The world as of a time, with only the ports of its network.
async fn built(now: Moment) -> Built {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("demo.db").display());
    let options = infrastructure::Options::default();
    let database = Database::connect(&url, &options).await.unwrap();
    database.migrate(SystemChance.id(now)).await.unwrap();
    let clock = Hands::at_the_beginning(now);
    let local = Local::at(&database, Limits::default(), Arc::new(clock.clone()));
    let services = Network::own().services;
    let called: BTreeSet<String> = services
        .iter()
        .flat_map(|service| service.rotation.iter().map(|call| call.port.clone()))
        .collect();
    let rows = read_locations(LOCATIONS_CSV.as_bytes()).unwrap().good;
    let ports: Vec<_> = rows
        .iter()
        .filter(|row| called.contains(row.un_locode.as_str()))
        .collect();
    assert_eq!(ports.len(), called.len());
    let input = json!({ "locations": ports });
    local.run("add-locations", &input).await.unwrap();
    furnish(&local, &clock, now).await.unwrap();
    Built {
        local,
        clock,
        _folder: folder,
    }
}

impl Built {
    /// All aggregates of a kind.
    async fn all<A: Viewed>(&self, filter: impl Fn() -> A::Filter) -> Vec<Value> {
        let mut reading = self
            .local
            .queries
            .open(&COMMAND_LINE, A::READ)
            .await
            .unwrap();
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = reading
                .list::<A>(filter(), cursor.as_deref(), 200)
                .await
                .unwrap();
            all.extend(page.items.iter().map(|item| json!(item)));
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    async fn cargoes(&self) -> Vec<Value> {
        self.all::<Cargo>(CargoFilter::default).await
    }

    /// The number of events of each type in the log.
    async fn events(&self) -> Counts {
        let mut snapshot = self.local.reader.snapshot().await.unwrap();
        let head = snapshot.head().position;
        let mut counts = Counts::new();
        let mut from = 1;
        while from <= head {
            let filter = LogFilter::default();
            let entries = snapshot.entries(&filter, from, 500).await.unwrap();
            from = entries[entries.len() - 1].position + 1;
            for entry in entries {
                let events: Vec<Value> = serde_json::from_str(&entry.events).unwrap();
                for event in events {
                    count(&mut counts, &event["type"]);
                }
            }
        }
        counts
    }

    /// The number of refusals by each rule.
    async fn refusals(&self) -> Counts {
        let read = Read::Refusals;
        let mut reading = self.local.queries.open(&COMMAND_LINE, read).await.unwrap();
        let filter = LogFilter::default();
        let page = reading.refusals(&filter, 0..=u64::MAX, None, 1_000).await;
        let mut counts = Counts::new();
        for refusal in page.unwrap().items {
            count(&mut counts, &json!(refusal.rejection.rule));
        }
        counts
    }
}

fn count(counts: &mut Counts, word: &Value) {
    let word = word.as_str().unwrap_or_default().to_owned();
    *counts.entry(word).or_default() += 1;
}

fn counts<'a>(words: impl Iterator<Item = &'a Value>) -> Counts {
    let mut counts = Counts::new();
    words.for_each(|word| count(&mut counts, word));
    counts
}

#[track_caller]
fn assert_has(counts: &Counts, words: &[(&str, usize)]) {
    for (word, least) in words {
        let found = counts.get(*word).copied().unwrap_or(0);
        assert!(found >= *least, "{word}: {found} of {least} in {counts:#?}");
    }
}

fn now() -> Moment {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// A single test, because each world takes a while.
#[tokio::test]
async fn the_world_is_whole_and_in_order_and_the_same_again() {
    let (one, other) = (built(now()).await, built(now()).await);
    every_stage_is_there(&one).await;
    every_trouble_is_there(&one).await;
    its_past_is_told_in_order_and_decided_again_alike(&one).await;
    let told = |cargoes: Vec<Value>| -> Vec<Value> {
        let what = |cargo: Value| {
            json!([
                cargo["route_specification"],
                cargo["status"],
                cargo["delivery"]
            ])
        };
        cargoes.into_iter().map(what).collect()
    };
    assert_eq!(told(one.cargoes().await), told(other.cargoes().await));
}

async fn every_stage_is_there(built: &Built) {
    let voyages = built.all::<Voyage>(VoyageFilter::default).await;
    assert!(voyages.len() >= 100, "{}", voyages.len());
    let cargoes = built.cargoes().await;
    assert!(cargoes.len() >= CARGOES * 9 / 10, "{}", cargoes.len());

    let status = counts(cargoes.iter().map(|cargo| &cargo["status"]));
    let delivery = || cargoes.iter().map(|cargo| &cargo["delivery"]);
    let transport = counts(delivery().map(|own| &own["transport_status"]));
    let next = counts(delivery().map(|own| &own["next_expected"]["type"]));

    assert_has(
        &status,
        &[
            ("REQUESTED", 10),
            ("BOOKED", 5),
            ("ACCEPTED", 5),
            ("CONFIRMED", 100),
            ("COMPLETED", 50),
            ("CANCELLED", 20),
            ("REJECTED", 5),
        ],
    );
    assert_has(
        &transport,
        &[
            ("NOT_RECEIVED", 50),
            ("IN_PORT", 30),
            ("ONBOARD_CARRIER", 30),
            ("CLAIMED", 50),
        ],
    );
    assert_has(
        &next,
        &[("RECEIVE", 20), ("LOAD", 10), ("UNLOAD", 20), ("CLAIM", 5)],
    );
    // Received at the port before booking, and waiting between two voyages.
    let is = |cargo: &&Value, field: &str, word: &str| cargo["delivery"][field] == word;
    let brought = cargoes.iter().filter(|own| {
        is(own, "routing_status", "NOT_ROUTED") && is(own, "transport_status", "IN_PORT")
    });
    assert!(brought.count() >= 3);
    let changing = cargoes.iter().filter(|own| {
        let next = &own["delivery"]["next_expected"];
        next["type"] == "LOAD" && next["location"] != own["route_specification"]["origin"]
    });
    assert!(changing.count() >= 3);
    let transhipped = cargoes
        .iter()
        .filter(|own| own["itinerary"].as_array().unwrap().len() > 1);
    assert!(transhipped.count() >= 60);
}

async fn every_trouble_is_there(built: &Built) {
    let cargoes = built.cargoes().await;
    let delivery = || cargoes.iter().map(|cargo| &cargo["delivery"]);
    let routing = counts(delivery().map(|own| &own["routing_status"]));
    let flags = delivery().flat_map(|own| own["flags"].as_array().unwrap());
    let flags = counts(flags);
    let (events, refusals) = (built.events().await, built.refusals().await);
    assert_has(&routing, &[("NOT_ROUTED", 10), ("MISROUTED", 2)]);
    assert_has(
        &flags,
        &[
            ("VoyageCancelled", 2),
            ("CallOmitted", 1),
            ("LeftBehind", 2),
            ("ConnectionMissed", 1),
            ("DeadlineAtRisk", 1),
        ],
    );
    assert_has(
        &events,
        &[
            ("CargoMisdirected", 5),
            ("CargoRolled", 5),
            ("ItineraryReplaced", 2),
            ("ConnectionMissed", 2),
            ("DeadlineAtRisk", 2),
            ("VoyageRescheduled", 3),
            ("VoyageCancelled", 1),
            ("VoyageCapacityChanged", 1),
            ("CallOmitted", 1),
            ("CargoSplit", 4),
            ("ContainersAssigned", 50),
            ("HandlingEventRetracted", 3),
            ("CustomerSuspended", 2),
            ("CustomerReinstated", 1),
        ],
    );
    assert_has(
        &refusals,
        &[
            ("LoadMayNotPassTheLine", 5),
            ("LimitMayNotFallBelowLoad", 1),
            ("VoyageMustTakeDangerousGoods", 1),
        ],
    );
    let has = |field: &str| cargoes.iter().filter(|own| !own[field].is_null()).count();
    for (field, least) in [
        ("set_point_celsius", 20),
        ("plugs", 20),
        ("dangerous_goods", 10),
        ("containers", 50),
        ("split_from", 4),
        ("reference", 100),
    ] {
        assert!(has(field) >= least, "{field}: {}", has(field));
    }
    let partly = cargoes.iter().filter(|own| {
        let loads = own["handling"].as_array().unwrap().iter();
        let mut loads = loads.filter(|done| done["type"] == "LOAD");
        own["delivery"]["flags"][0] == "LeftBehind" && loads.next().is_some()
    });
    assert!(partly.count() >= 1);
    let misdirected = delivery().filter(|own| own["misdirected"] == true);
    assert!(misdirected.count() >= 3);
}

async fn its_past_is_told_in_order_and_decided_again_alike(built: &Built) {
    assert_eq!(built.clock.now(), now());
    for cargo in built.cargoes().await {
        for handled in cargo["handling"].as_array().unwrap() {
            let at = |field: &str| handled[field].as_str().unwrap().parse::<Moment>().unwrap();
            assert!(at("completed_at") <= at("registered_at"), "{handled}");
            assert!(at("registered_at") <= now(), "{handled}");
        }
    }
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let report = verify(Arc::clone(&built.local.reader), options, |_, _| {}).await;
    let report = report.unwrap();
    assert!(report.entries > 2_000 && report.replayed == report.entries);
}
