//! Customers who share a ship learn nothing about each other: nothing that one reads changes with
//! another's booking. Staff see everything as before.

use super::visitor::{Browser, PASSWORD, with_passwords};
use super::{World, new_cargo};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// A ship of 200 TEU with 6 TEU booked by one customer, and another customer that reads.
struct Shared {
    world: World,
    other: String,
    own: String,
    token: String,
    cargo: String,
}

async fn shared() -> Shared {
    let world = World::new().await;
    with_passwords(&world).await;
    let (other, own) = (world.customer().await, world.customer().await);
    let ship = json!({
        "number": "V200", "vessel": {"imo": super::ship("V200"), "name": "Emma"},
        "capacity": {"teu": 200, "tonnes": 4000}, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{"from": "NLRTM", "to": "SGSIN",
            "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-30T00:00:00Z"}],
    });
    world.run("schedule-voyage", &ship).await.accepted();
    let token = world.token("shipper", "customer", Some(&own)).await;
    let password = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &password).await;
    let cargo = world.cargo(&own, 1).await;
    let shared = Shared {
        world,
        other,
        own,
        token,
        cargo,
    };
    shared.others_book(3).await;
    shared
}

impl Shared {
    /// Books another customer's cargo with this many containers of 2 TEU.
    async fn others_book(&self, count: u32) {
        let mut order = new_cargo(&self.other, count);
        order["equipment"] = json!([{ "type": "42G1", "count": count }]);
        let created = self.world.run("create-cargo", &order).await.accepted();
        let book = json!({ "cargo": created["outcome"]["cargo"], "voyage": "V200" });
        self.world.run("book-onto-voyage", &book).await.accepted();
    }

    /// What the customer gets: status, headers and body.
    async fn reads(&self, path: &str, accept: &str) -> (StatusCode, Vec<String>, String) {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        let answer = self.world.ask(Method::GET, path, &headers, "").await;
        let all = answer.headers.iter();
        let all = all.map(|(name, value)| format!("{name}: {value:?}"));
        // The trace differs for every request.
        let mut text = answer.text.clone();
        if let Some(place) = text.find("\"instance\"") {
            text.truncate(place);
        }
        (answer.status, all.collect(), text)
    }

    async fn json(&self, path: &str) -> Value {
        let (status, _, text) = self.reads(path, "application/json").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }
}

/// What a customer reads about things that it shares with others.
const PATHS: &[(&str, &str)] = &[
    ("/api/voyages", "application/json"),
    ("/api/voyages?teu_left=192.5", "application/json"),
    ("/api/voyages", "text/csv"),
    ("/api/voyages/V200", "application/json"),
    ("/api/voyages/V200?at=1000000", "application/json"),
    (
        "/api/voyages/V200?as_of=2199-01-01T00:00:00Z",
        "application/json",
    ),
    ("/api/voyages/V200/history", "application/json"),
    ("/api/voyages/V200?min_position=1000000", "application/json"),
    ("/api/cargoes", "application/json"),
    ("/api/cargoes/CARGO", "application/json"),
    ("/api/cargoes/CARGO?at=20", "application/json"),
    ("/api/customers", "application/json"),
    ("/api/locations", "application/json"),
    ("/api/track/CARGO", "application/json"),
    ("/api/log", "application/json"),
    ("/api/log/head", "application/json"),
    ("/api/events", "text/event-stream"),
    ("/live", "text/event-stream"),
    ("/api/refusals", "application/json"),
    (
        "/api/routes?origin=NLRTM&destination=SGSIN&arrive_by=2199-03-01T00:00:00Z",
        "application/json",
    ),
    (
        "/api/routes?origin=NLRTM&destination=SGSIN&arrive_by=2199-03-01T00:00:00Z&equipment=42G1:97",
        "application/json",
    ),
    (
        "/api/routes?origin=NLRTM&destination=SGSIN&arrive_by=2199-03-01T00:00:00Z&weight_kg=3965000",
        "application/json",
    ),
];

#[tokio::test]
async fn another_customers_booking_changes_nothing_a_customer_reads() {
    let shared = shared().await;
    let mut before = Vec::new();
    for (path, accept) in PATHS {
        let path = path.replace("CARGO", &shared.cargo);
        before.push(shared.reads(&path, accept).await);
    }
    shared.others_book(1).await;
    for ((path, accept), before) in PATHS.iter().zip(before) {
        let path = path.replace("CARGO", &shared.cargo);
        assert_eq!(shared.reads(&path, accept).await, before, "{path}");
    }
}

#[tokio::test]
async fn another_customers_booking_changes_no_page() {
    let shared = shared().await;
    let mut browser = Browser::signed_in(&shared.world, "shipper").await;
    let pages = [
        "/",
        "/voyages?show=all",
        "/voyages?show=all&room=192.5",
        "/voyages/V200",
        "/voyages/V200?at=1000",
        "/export/voyages.csv",
    ];
    let mut before = Vec::new();
    for page in pages {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        before.push((answer.text, answer.headers));
    }
    let voyage = &before[3].0;
    assert!(
        voyage.contains(">190 TEU and 3\u{202f}900 t or more<"),
        "{voyage}"
    );
    for told in ["Booked", "Limit line", "hulls"] {
        assert!(!voyage.contains(&format!(">{told}<")), "{told}: {voyage}");
    }
    shared.others_book(1).await;
    for (page, (text, headers)) in pages.iter().zip(before) {
        let answer = browser.get(page).await;
        assert_eq!((answer.text, answer.headers), (text, headers), "{page}");
    }
}

#[tokio::test]
async fn customers_see_rounded_free_space_and_staff_see_everything() {
    let shared = shared().await;
    let voyage = shared.json("/api/voyages/V200").await;
    let movement = &voyage["movements"][0];
    assert_eq!(movement["free"], json!({ "teu": 190, "tonnes": 3900 }));
    for hidden in ["booked", "limit"] {
        assert_eq!(movement[hidden], Value::Null, "{hidden}");
    }
    assert_eq!(voyage["version"], Value::Null);
    let past = shared.json("/api/voyages/V200?at=1000").await;
    assert_eq!(past["movements"][0]["free"], Value::Null);
    let (_, headers, _) = shared
        .reads("/api/voyages/V200?at=1000", "application/json")
        .await;
    assert!(
        headers.contains(&"cache-control: \"no-store\"".to_owned()),
        "{headers:?}"
    );
    let (status, _, text) = shared
        .reads("/api/voyages/V200/history", "application/json")
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{text}");

    let staff = shared.world.get("/api/voyages/V200").await;
    assert_eq!(staff.header("etag"), Some("\"2\""));
    let movement = &staff.json()["movements"][0];
    assert_eq!(movement["booked"]["teu"], 6);
    assert_eq!(movement["limit"], json!({ "teu": 200, "tonnes": 4000 }));
    assert_eq!(movement["free"], Value::Null);
    let history = shared.world.get("/api/voyages/V200/history").await.json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(2));

    // A booking that crosses a step of ten shows as a step of ten.
    shared.others_book(3).await;
    let voyage = shared.json("/api/voyages/V200").await;
    assert_eq!(voyage["movements"][0]["free"]["teu"], 180);
}

#[tokio::test]
async fn a_customer_reads_its_own_writes_and_learns_no_other_position() {
    let shared = shared().await;
    let bearer = format!("Bearer {}", shared.token);
    let authorization = [("authorization", bearer.as_str())];
    let order = new_cargo(&shared.own, 1);
    let created = shared
        .world
        .run_with("create-cargo", &order, &authorization);
    let created = created.await.accepted();
    let (position, cargo) = (&created["position"], &created["outcome"]["cargo"]);
    let cargo = cargo.as_str().expect("a tracking id");
    shared.others_book(1).await;
    let path = format!("/api/cargoes/{cargo}?min_position={position}");
    let (status, headers, _) = shared.reads(&path, "application/json").await;
    assert_eq!(status, StatusCode::OK);
    let told = format!("plimsoll-position: \"{position}\"");
    assert!(headers.contains(&told), "{headers:?}");
    assert_eq!(&shared.json("/api/cargoes").await["position"], position);

    let position = position.to_string();
    let foreign = new_cargo(&shared.other, 1);
    for (operation, input) in [
        ("create-cargo", foreign),
        ("cancel-voyage", json!({ "voyage": "V200", "reason": "x" })),
    ] {
        let refused = shared.world.run_with(operation, &input, &authorization);
        let refused = refused.await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
        assert_eq!(refused.header("plimsoll-position"), Some(position.as_str()));
    }
}

/// A rehearsal leaves no trace, and a refusal tells only a rounded figure and says so.
#[tokio::test]
async fn a_customer_cannot_measure_the_free_space() {
    let shared = shared().await;
    let book = json!({ "cargo": shared.cargo, "voyage": "V200" });
    shared.world.run("book-onto-voyage", &book).await.accepted();
    // 193 TEU are left beside the 6 TEU of the other and its own.
    let larger = json!({ "cargo": shared.cargo, "equipment": [{ "type": "22G1", "count": 195 }] });
    let bearer = format!("Bearer {}", shared.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let amend = async |query: &str| {
        let path = format!("/api/operations/amend-cargo{query}");
        let asked = shared
            .world
            .ask(Method::POST, &path, &headers, larger.to_string());
        asked.await
    };
    let rehearsed = amend("?rehearse=true").await.problem(403, "Policy");
    assert_eq!(rehearsed["facts"]["case"], "RehearsalNotForCustomers");
    let refused = amend("").await.problem(409, "LoadMayNotPassTheLine");
    assert_eq!(refused["facts"]["case"], "RoundedForMore");
    assert_eq!(refused["facts"]["left"]["teu"], 190);
    let detail = refused["detail"].as_str().expect("text");
    assert!(
        detail.starts_with("About 190 TEU and 3900 t are left"),
        "{detail}"
    );
}
