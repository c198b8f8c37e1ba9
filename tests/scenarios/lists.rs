//! Lists with filters, and as files.

use super::words::{handle, legs, schedule, timetable, to_stockholm};
use super::{between, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    what_people_ask_for,
    every_list_as_csv,
];

/// The names in a list, sorted.
async fn names(stage: &Stage, list: &str, name: &str) -> Vec<String> {
    let page = stage.get("clerk", &format!("/api/{list}")).await;
    assert_eq!(page.status, 200, "{list}: {}", page.body);
    let items = page.body["items"].as_array().expect("items").iter();
    let mut names: Vec<_> = items
        .map(|item| item[name].as_str().expect("text").to_owned())
        .collect();
    names.sort();
    names
}

async fn what_people_ask_for(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let waiting = create(stage, between(&owner, "NLRTM", "DEHAM", 1)).await;
    let aboard = to_stockholm(stage).await;
    let lost = to_stockholm(stage).await;
    for cargo in [&aboard, &lost] {
        let itinerary = legs(cargo, "V100 HKHKG USNYC, V200 USNYC SESTO");
        stage.accept("clerk", "assign-itinerary", itinerary).await;
    }
    handle(stage, &aboard, "LOAD V100 HKHKG 03-03").await;
    handle(stage, &lost, "UNLOAD V300 AUMEL 03-04").await;
    let sorted = |cargoes: &[&String]| {
        let mut all: Vec<String> = cargoes.iter().map(|cargo| (*cargo).clone()).collect();
        all.sort();
        all
    };
    for (asked, expected) in [
        ("", sorted(&[&waiting, &aboard, &lost])),
        ("status=REQUESTED", sorted(&[&waiting])),
        ("status=BOOKED", sorted(&[&aboard, &lost])),
        ("voyage=V200", sorted(&[&aboard, &lost])),
        ("port=NLRTM", sorted(&[&waiting])),
        ("port=USNYC", sorted(&[&aboard, &lost])),
        ("port=AUMEL", sorted(&[&lost])),
        ("transport_status=ONBOARD_CARRIER", sorted(&[&aboard])),
        ("misdirected=true", sorted(&[&lost])),
        ("at_risk=true", sorted(&[&lost])),
        ("at_risk=false", sorted(&[&waiting, &aboard])),
        ("misdirected=true&voyage=V300", vec![]),
    ] {
        assert_eq!(
            names(stage, &format!("cargoes?{asked}"), "cargo").await,
            expected,
            "{asked}"
        );
    }
    for wrong in [
        "misdirected=yes",
        "status=LOST",
        "transport_status=AT_SEA",
        "port=nlrtm",
    ] {
        let refused = stage.get("clerk", &format!("/api/cargoes?{wrong}")).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    let full = create(stage, between(&owner, "DEHAM", "AUMEL", 110)).await;
    let book = json!({ "cargo": full, "voyage": "V300" });
    stage.accept("clerk", "book-onto-voyage", book).await;
    let small = schedule("V500", "HKHKG 03-20 JPTYO 03-21");
    stage.accept("planner", "schedule-voyage", small).await;
    let line = json!({ "voyage": "V500", "capacity": { "teu": 2, "tonnes": 100 }, "overbooking_percent": 0 });
    stage
        .accept("planner", "change-voyage-capacity", line)
        .await;
    let cancel = json!({ "voyage": "V400", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    for (asked, expected) in [
        ("", &["V100", "V200", "V300", "V400", "V500"][..]),
        ("teu_left=2", &["V100", "V200", "V300", "V500"]),
        // V300 is full on one movement and has space on others.
        ("teu_left=2.25", &["V100", "V200", "V300"]),
        ("teu_left=110.25", &[]),
        ("port=DEHAM&departs_from=2127-03-09T00:00:00Z", &["V400"]),
        (
            "port=JPTYO&departs_until=2127-03-09T00:00:00Z&teu_left=109",
            &["V200", "V300"],
        ),
    ] {
        assert_eq!(
            names(stage, &format!("voyages?{asked}"), "voyage").await,
            expected,
            "{asked}"
        );
    }
    assert_eq!(
        stage.get("clerk", "/api/voyages?teu_left=0.3").await.status,
        400
    );
}

async fn every_list_as_csv(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let formula =
        json!({ "name": "=HYPERLINK(\"x\")", "email": "desk@example.com", "country": "NL" });
    stage.accept("clerk", "new-customer", formula).await;
    let first = to_stockholm(stage).await;
    for _ in 0..220 {
        to_stockholm(stage).await;
    }
    let csv = async |list: &str| {
        let accept = [("accept", "text/csv")];
        let answer = stage
            .send("clerk", "GET", &format!("/api/{list}"), &accept, None)
            .await;
        assert_eq!(answer.status, 200, "{list}: {}", answer.body);
        assert!(
            answer
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("text/csv"))
        );
        assert!(answer.header("plimsoll-position").is_some());
        match answer.body {
            Value::String(text) => text,
            other => panic!("{other}"),
        }
    };
    let cargoes = csv("cargoes?destination=SESTO").await;
    assert_eq!(
        cargoes.lines().count(),
        222,
        "all pages, and a line of names"
    );
    assert!(cargoes.starts_with("cargo,status,customer,origin,destination,"));
    assert!(cargoes.contains(&format!("{first},REQUESTED,")));
    assert_eq!(csv("cargoes?status=BOOKED").await.lines().count(), 1);
    let unwanted = [("accept", "text/csv;q=0, application/json")];
    let list = stage.send("clerk", "GET", "/api/cargoes", &unwanted, None);
    assert!(list.await.body["items"].is_array());
    let voyages = csv("voyages?port=SESTO").await;
    assert_eq!(voyages.lines().count(), 3);
    assert!(voyages.contains("DEHAM SESTO FIHEL"), "{voyages}");
    assert!(
        csv("customers")
            .await
            .contains("\"'=HYPERLINK(\"\"x\"\")\"")
    );
    assert!(csv("locations?country=NL").await.contains("NLRTM,"));
    assert_eq!(csv("handling-events").await.lines().count(), 1);
    assert!(
        csv("log?operation=new-customer")
            .await
            .starts_with("position,")
    );
    assert!(csv("refusals").await.starts_with("id,"));
}
