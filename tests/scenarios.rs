//! The acceptance scenarios: one text each, run in memory, on SQLite, on MariaDB and over HTTP.

use crate::support::stage::Stage;
use crate::support::world::{cargo, day, voyage};
use domain::ports::Clock;
use plimsoll::clock::SystemClock;
use serde_json::{Value, json};

/// Runs each scenario in each place and verifies the data afterwards. Over HTTP it uses the
/// program, or this process if the scenario sets the clock.
macro_rules! scenarios {
    ($over_http:expr; $($scenario:ident),+ $(,)?) => {
        $(
            mod $scenario {
                use crate::support::stage::Stage;

                async fn on(stage: Stage) {
                    super::$scenario(&stage).await;
                    stage.verify().await;
                }

                #[tokio::test]
                async fn on_memory() {
                    on(Stage::on_memory().await).await;
                }

                #[tokio::test]
                async fn on_sqlite() {
                    on(Stage::on_sqlite().await).await;
                }

                #[tokio::test]
                async fn on_mariadb() {
                    on(Stage::on_mariadb().await).await;
                }

                #[tokio::test]
                async fn over_http() {
                    on($over_http.await).await;
                }
            }
        )+
    };
}
pub(crate) use scenarios;

mod aboard;
mod amendments;
mod broken_legs;
mod changes;
mod containers;
mod corrections;
mod late_ships;
mod lifecycle;
mod lists;
mod omitted_calls;
mod rehearsals;
mod reports;
mod rolling;
mod routes;
mod special_cargo;
mod vessels;
mod words;

scenarios![
    std::future::ready(Stage::over_http());
    first_steps_of_the_lifecycle,
    segment_reuse,
    contention,
    rules_by_name,
    a_customer_sees_only_its_own,
    lists_and_filters,
    past_states,
    etags,
];

/// V100 and V200 of the acceptance scenarios. V200 sails JPTYO → USNYC → USCHI → SESTO.
fn v200() -> Value {
    let mut v200 = voyage("V200");
    v200["movements"] = json!([
        { "from": "JPTYO", "to": "USNYC", "departs": day("03-06"), "arrives": day("03-08") },
        { "from": "USNYC", "to": "USCHI", "departs": day("03-10"), "arrives": day("03-14") },
        { "from": "USCHI", "to": "SESTO", "departs": "2127-03-14T12:00:00Z", "arrives": day("03-16") },
    ]);
    v200
}

async fn customer(stage: &Stage) -> Value {
    let input = json!({ "name": "Blue Anchor", "email": "desk@example.com", "country": "NL" });
    stage.accept("clerk", "new-customer", input).await["customer"].clone()
}

async fn create(stage: &Stage, input: Value) -> String {
    let outcome = stage.accept("clerk", "create-cargo", input).await;
    outcome["cargo"].as_str().expect("a tracking id").to_owned()
}

async fn book(stage: &Stage, cargo: &str, voyage: &str) -> Result<Value, String> {
    let input = json!({ "cargo": cargo, "voyage": voyage });
    let answer = stage.run("clerk", "book-onto-voyage", input).await;
    match answer.status {
        200 => Ok(answer.body["outcome"].clone()),
        409 => Err(answer.rule().to_owned()),
        other => panic!("{other}: {}", answer.body),
    }
}

fn between(customer: &Value, origin: &str, destination: &str, containers: u32) -> Value {
    let mut input = cargo(customer, containers);
    input["origin"] = json!(origin);
    input["destination"] = json!(destination);
    input
}

async fn first_steps_of_the_lifecycle(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    stage.accept("planner", "schedule-voyage", v200()).await;
    let id = create(stage, between(&customer(stage).await, "JPTYO", "SESTO", 2)).await;
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["status"], "REQUESTED");
    assert_eq!(cargo["size_teu"], 2);
    assert_eq!(cargo["itinerary"], json!([]));
    let nothing_known = json!({ "transport_status": "NOT_RECEIVED", "routing_status": "NOT_ROUTED",
        "misdirected": false, "on_track": false, "last_known_location": null,
        "current_voyage": null, "next_expected": null, "eta": null, "unloaded_at_destination": false, "at_risk": false, "flags": [] });
    assert_eq!(cargo["delivery"], nothing_known);

    let booked = book(stage, &id, "V200").await.expect("there is space");
    assert_eq!(booked["legs"][0]["unload_at"], "SESTO");
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(
        (&cargo["status"], &cargo["version"]),
        (&json!("BOOKED"), &json!(2))
    );
    let delivery = &cargo["delivery"];
    assert_eq!(delivery["routing_status"], "ROUTED");
    assert_eq!(delivery["eta"], "2127-03-16T00:00:00.000000Z");
    assert_eq!(delivery["on_track"], true);
    let receive = json!({ "type": "RECEIVE", "location": "JPTYO", "voyage": null });
    assert_eq!(delivery["next_expected"], receive);

    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    let v200 = stage.get("clerk", "/api/voyages/V200").await.body;
    assert_eq!(
        v200["movements"][2]["booked"],
        json!({ "teu": 0, "tonnes": 0 })
    );
    let cancel = json!({ "cargo": id, "reason": "Order withdrawn" });
    stage.accept("clerk", "cancel-cargo", cancel).await;
    assert_eq!(
        book(stage, &id, "V200").await,
        Err("StatusMustAllow".to_owned())
    );
}

async fn segment_reuse(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let customer = customer(stage).await;
    for (origin, destination, containers, expected) in [
        ("HKHKG", "JPTYO", 110, Ok(())),
        ("JPTYO", "USNYC", 110, Ok(())),
        ("HKHKG", "USNYC", 1, Err("LoadMayNotPassTheLine")),
        ("HKHKG", "JPTYO", 1, Err("LoadMayNotPassTheLine")),
    ] {
        let id = create(stage, between(&customer, origin, destination, containers)).await;
        let booked = book(stage, &id, "V100").await.map(drop);
        assert_eq!(
            booked,
            expected.map_err(str::to_owned),
            "{origin} {destination}"
        );
    }
    let refusals = stage.get("auditor", "/api/refusals").await.body;
    let newest = &refusals["items"][0];
    assert_eq!(newest["rule"], "LoadMayNotPassTheLine");
    assert!(
        newest["detail"].as_str().expect("text").contains("0 TEU"),
        "{newest}"
    );
}

async fn contention(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let customer = customer(stage).await;
    let mut cargoes = Vec::new();
    for _ in 0..200 {
        cargoes.push(create(stage, cargo(&customer, 2)).await);
    }
    let answers = futures::future::join_all(cargoes.iter().map(|id| book(stage, id, "V100"))).await;
    let booked = answers.iter().filter(|answer| answer.is_ok()).count();
    let passed = answers
        .iter()
        .filter(|answer| **answer == Err("LoadMayNotPassTheLine".to_owned()));
    assert_eq!((booked, passed.count()), (55, 145));
    let voyage = stage.get("planner", "/api/voyages/V100").await.body;
    assert_eq!(voyage["movements"][0]["booked"]["teu"], 110);
    let head = stage.get("auditor", "/api/log/head").await.body["position"].clone();
    let newest = stage.get("auditor", &format!("/api/log/{head}")).await;
    assert_eq!(newest.body["position"], head);
}

async fn rules_by_name(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let customer = customer(stage).await;
    let soon = SystemClock.now().plus_hours(23);
    let mut closed = voyage("V300");
    closed["movements"] = json!([{ "from": "HKHKG", "to": "USNYC", "departs": soon,
        "arrives": soon.plus_hours(200) }]);
    stage.accept("planner", "schedule-voyage", closed).await;
    let known = create(stage, cargo(&customer, 2)).await;
    let late = {
        let mut input = cargo(&customer, 1);
        input["arrival_deadline"] = json!(day("03-08"));
        create(stage, input).await
    };
    let elsewhere = create(stage, between(&customer, "NLRTM", "DEHAM", 1)).await;
    let change = |field: &str, value: Value| {
        let mut input = cargo(&customer, 1);
        input[field] = value;
        input
    };
    let disconnected = {
        let mut input = voyage("V9");
        input["movements"][1]["from"] = json!("NLRTM");
        input
    };
    for (who, operation, input, rule) in [
        (
            "clerk",
            "create-cargo",
            change("destination", json!("HKHKG")),
            "OriginAndDestinationMustDiffer",
        ),
        (
            "clerk",
            "create-cargo",
            change("arrival_deadline", json!("2020-01-01T00:00:00Z")),
            "DeadlineMustLieAhead",
        ),
        (
            "clerk",
            "create-cargo",
            change("origin", json!("ZZZZZ")),
            "LocationMustBeKnown",
        ),
        (
            "planner",
            "schedule-voyage",
            voyage("V100"),
            "VoyageNumberMustBeUnique",
        ),
        (
            "planner",
            "schedule-voyage",
            disconnected,
            "ScheduleMustConnect",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": known, "voyage": "V404" }),
            "VoyageMustBeKnown",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": "23456789AB3", "voyage": "V100" }),
            "CargoMustBeKnown",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": elsewhere, "voyage": "V100" }),
            "VoyageMustCallInOrder",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": known, "voyage": "V100", "unload_at": "JPTYO" }),
            "ItineraryMustSatisfySpecification",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": late, "voyage": "V100" }),
            "ItineraryMustSatisfySpecification",
        ),
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": known, "voyage": "V300" }),
            "BookingClosesAtCutOff",
        ),
        (
            "clerk",
            "release-cargo",
            json!({ "cargo": known }),
            "StatusMustAllow",
        ),
    ] {
        let answer = stage.run(who, operation, input).await;
        assert_eq!(
            (answer.status, answer.rule()),
            (409, rule),
            "{operation}: {}",
            answer.body
        );
        assert_eq!(answer.body["type"], format!("/problems/{rule}"));
        let newest = stage.get("auditor", "/api/refusals?limit=1").await.body;
        assert_eq!(newest["items"][0]["rule"], rule);
        assert_eq!(newest["items"][0]["operation"], operation);
    }
    book(stage, &known, "V100").await.expect("there is space");
    assert_eq!(
        book(stage, &known, "V100").await,
        Err("CargoMayNotBeBookedTwice".to_owned())
    );
    let fall = json!({ "voyage": "V100", "capacity": { "teu": 1, "tonnes": 2000 }, "overbooking_percent": 0 });
    let answer = stage.run("planner", "change-voyage-capacity", fall).await;
    assert_eq!(answer.rule(), "LimitMayNotFallBelowLoad");
}

async fn a_customer_sees_only_its_own(stage: &Stage) {
    let (own, other) = (customer(stage).await, customer(stage).await);
    let mine = create(stage, cargo(&own, 1)).await;
    let foreign = create(stage, cargo(&other, 1)).await;
    stage
        .enrol(
            "shipper",
            json!({ "user": "shipper", "role": "customer", "customer": own }),
        )
        .await;
    let status = async |path: String| stage.get("shipper", &path).await.status;
    assert_eq!(status(format!("/api/cargoes/{mine}")).await, 200);
    assert_eq!(status(format!("/api/cargoes/{foreign}")).await, 404);
    assert_eq!(status(format!("/api/cargoes/{foreign}/history")).await, 404);
    assert_eq!(
        status(format!("/api/cargoes/{foreign}?at=1000000")).await,
        404
    );
    assert_eq!(
        status(format!("/api/customers/{}", other.as_str().expect("an id"))).await,
        404
    );
    assert_eq!(status("/api/log".to_owned()).await, 403);
    assert_eq!(status("/api/refusals".to_owned()).await, 403);
    for (path, expected) in [
        ("/api/cargoes".to_owned(), 1),
        (
            format!("/api/cargoes?customer={}", other.as_str().expect("an id")),
            0,
        ),
        ("/api/customers".to_owned(), 1),
    ] {
        let items = stage.get("shipper", &path).await.body["items"].clone();
        assert_eq!(items.as_array().expect("items").len(), expected, "{path}");
    }
    let cancel = json!({ "cargo": foreign, "reason": "x" });
    let answer = stage.run("shipper", "cancel-cargo", cancel).await;
    assert_eq!((answer.status, answer.rule()), (409, "CargoMustBeKnown"));

    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let reads = async |path: &str| stage.get("shipper", path).await.body;
    for (count, free) in [(0, 110), (1, 100), (3, 100)] {
        for _ in 0..count {
            let foreign = create(stage, cargo(&other, 1)).await;
            book(stage, &foreign, "V100").await.expect("there is space");
        }
        let seen = reads("/api/voyages/V100").await;
        assert_eq!(seen["movements"][0]["free"]["teu"], free);
        assert_eq!(seen["movements"][0]["booked"], Value::Null);
        assert_eq!(
            reads("/api/voyages").await["position"],
            0,
            "it did nothing itself"
        );
    }
    let history = stage.get("shipper", "/api/voyages/V100/history").await;
    assert_eq!(history.status, 403);
}

async fn lists_and_filters(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    stage.accept("planner", "schedule-voyage", v200()).await;
    let (one, two) = (customer(stage).await, customer(stage).await);
    let mut made = Vec::new();
    for index in 0..7 {
        let owner = if index < 5 { &one } else { &two };
        made.push(create(stage, cargo(owner, 1)).await);
    }
    book(stage, &made[0], "V100").await.expect("there is space");
    let one = one.as_str().expect("an id");
    let count = async |path: &str| {
        let page = stage.get("clerk", path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.body["items"].as_array().expect("items").len()
    };
    for (path, expected) in [
        ("/api/cargoes".to_owned(), 7),
        (format!("/api/cargoes?customer={one}"), 5),
        ("/api/cargoes?status=BOOKED".to_owned(), 1),
        (format!("/api/cargoes?status=REQUESTED&customer={one}"), 4),
        ("/api/cargoes?voyage=V100".to_owned(), 1),
        ("/api/cargoes?origin=HKHKG&destination=USNYC".to_owned(), 7),
        ("/api/cargoes?origin=USNYC".to_owned(), 0),
        ("/api/voyages".to_owned(), 2),
        ("/api/voyages?port=HKHKG".to_owned(), 1),
        ("/api/voyages?port=USNYC".to_owned(), 2),
        (
            "/api/voyages?departs_from=2127-03-04T00:00:00Z".to_owned(),
            1,
        ),
        (
            "/api/voyages?departs_until=2127-03-04T00:00:00Z".to_owned(),
            1,
        ),
        ("/api/customers?name=ANCHOR".to_owned(), 2),
        ("/api/customers?name=%25".to_owned(), 0),
        ("/api/locations?country=HK".to_owned(), 1),
        ("/api/locations?name=hkhkg".to_owned(), 1),
        ("/api/log?operation=create-cargo".to_owned(), 7),
        (
            "/api/log?operation=book-onto-voyage&actor=user:clerk".to_owned(),
            1,
        ),
        (format!("/api/log?target=cargo:{}", made[0]), 2),
    ] {
        assert_eq!(count(&path).await, expected, "{path}");
    }
    let mut seen = Vec::new();
    let mut path = "/api/cargoes?limit=3".to_owned();
    loop {
        let page = stage.get("clerk", &path).await.body;
        let items = page["items"].as_array().expect("items").clone();
        seen.extend(
            items
                .iter()
                .map(|item| item["cargo"].as_str().expect("text").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => path = format!("/api/cargoes?limit=3&cursor={next}"),
            None => break,
        }
    }
    made.reverse();
    assert_eq!(seen, made, "newest first, none twice, none missing");
}

async fn past_states(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let id = create(stage, cargo(&customer(stage).await, 1)).await;
    let path = format!("/api/cargoes/{id}");
    let before = stage.get("auditor", "/api/log/head").await.body;
    book(stage, &id, "V100").await.expect("there is space");
    let (position, time) = (
        &before["position"],
        before["recorded_at"].as_str().expect("a time"),
    );
    for (query, status, version) in [
        (format!("?at={position}"), "REQUESTED", 1),
        (format!("?as_of={time}"), "REQUESTED", 1),
        (
            format!("?at={}", position.as_u64().expect("a position") + 1),
            "BOOKED",
            2,
        ),
        ("?at=999999999".to_owned(), "BOOKED", 2),
        ("?as_of=2150-01-01T00:00:00Z".to_owned(), "BOOKED", 2),
    ] {
        let then = stage.get("auditor", &format!("{path}{query}")).await;
        assert_eq!(
            (&then.body["status"], &then.body["version"]),
            (&json!(status), &json!(version)),
            "{query}"
        );
    }
    assert_eq!(
        stage.get("auditor", &format!("{path}?at=1")).await.status,
        404
    );
    let future = stage.get("auditor", &format!("{path}?at=999999999")).await;
    assert_eq!(future.header("cache-control"), Some("no-store"));
    let history = stage.get("auditor", &format!("{path}/history")).await.body;
    let statuses: Vec<_> = history["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["state"]["status"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(statuses, ["REQUESTED", "BOOKED"]);
}

async fn etags(stage: &Stage) {
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let read = stage.get("planner", "/api/voyages/V100").await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    let same = [("if-none-match", "\"1\"")];
    let again = stage
        .send("planner", "GET", "/api/voyages/V100", &same, None)
        .await;
    assert_eq!(again.status, 304);
    let change = json!({ "voyage": "V100", "capacity": { "teu": 90, "tonnes": 2000 }, "overbooking_percent": 0 });
    let path = "/api/operations/change-voyage-capacity";
    for (tag, status) in [
        ("\"7\"", 412),
        ("W/\"1\"", 412),
        ("\"9\", \"1\"", 200),
        ("\"1\"", 412),
        ("*", 200),
    ] {
        let headers = [("if-match", tag)];
        let answer = stage
            .send("planner", "POST", path, &headers, Some(&change))
            .await;
        assert_eq!(answer.status, status, "{tag}: {}", answer.body);
        if status == 412 {
            assert_eq!(answer.rule(), "StaleVersion");
        }
    }
    let read = stage.get("planner", "/api/voyages/V100").await;
    assert_eq!(read.header("etag"), Some("\"3\""));
}
