//! Rolling several cargoes with one press.

use super::visitor::{Browser, Forward, Furniture, furnished, position};
use super::{World, ship};
use axum::http::StatusCode;
use domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The cargo's ship is cancelled, and another one sails.
async fn cancelled(world: &World) -> Furniture {
    let names = furnished(world).await;
    world.voyage("V200").await;
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &cancel).await.accepted();
    names
}

/// The first way that the page offers.
fn first_way(page: &str) -> String {
    let way = page.split("<option value=\"").nth(1).expect("a way");
    let way = way.split('"').next().expect("its end");
    way.replace("&#34;", "\"").replace("&quot;", "\"")
}

#[tokio::test]
async fn the_same_press_twice_rolls_once() {
    let world = World::new().await;
    cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll?voyage=V100").await.text;
    assert!(page.contains("aria-label=\"Roll "), "{page}");
    assert!(page.contains("\" checked>"), "{page}");
    assert!(page.contains(">V200: arrives "), "{page}");
    let way = first_way(&page);
    assert_eq!(
        serde_json::from_str::<Value>(&way).unwrap()["to_voyage"],
        "V200"
    );
    let form = [
        ("key", "monday"),
        ("/voyage", "V100"),
        ("/ways/0", &way),
        ("/rolled/0", "yes"),
    ];
    let answer = browser.post("/cargoes/roll", &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("1 of 1 rolled"), "{}", answer.text);
    assert!(
        answer.text.contains("rolled</span> onto V200"),
        "{}",
        answer.text
    );
    let after = position(&world).await;
    let again = browser.post("/cargoes/roll", &form).await;
    assert!(again.text.contains("1 of 1 rolled"), "{}", again.text);
    assert_eq!(position(&world).await, after, "it was applied before");
}

#[tokio::test]
async fn the_reason_is_kept_with_each_cargo() {
    let world = World::new().await;
    let names = cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll?voyage=V100").await.text;
    assert!(page.contains("name=\"/reason\""), "{page}");
    let way = first_way(&page);
    let long = "x".repeat(501);
    let before = position(&world).await;
    for (reason, rolled, kept) in [
        (long.as_str(), false, None),
        (
            " Engine trouble of V100 ",
            true,
            Some("Engine trouble of V100"),
        ),
    ] {
        let form = [
            ("/voyage", "V100"),
            ("/ways/0", &way),
            ("/rolled/0", "yes"),
            ("/reason", reason),
        ];
        let answer = browser.post("/cargoes/roll", &form).await;
        assert_eq!(
            answer.text.contains("1 of 1 rolled"),
            rolled,
            "{}",
            answer.text
        );
        assert_eq!(position(&world).await, before + u64::from(rolled));
        let history = format!("/api/cargoes/{}/history", names.cargo);
        let history = world.get(&history).await.accepted();
        let versions = history["items"].as_array().unwrap();
        let last = &versions.last().unwrap()["made_by"];
        if let Some(kept) = kept {
            assert_eq!(
                (&last["operation"], &last["reason"]),
                (&json!("roll-cargo"), &json!(kept))
            );
        }
    }
}

#[tokio::test]
async fn steps_of_a_booking_take_a_reason() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = format!("/cargoes/{}", names.cargo);
    for (operation, reason) in [
        ("accept-booking", "Checked with the carrier"),
        ("confirm-booking", ""),
    ] {
        let shown = browser.get(&page).await.text;
        assert!(
            shown.contains(&format!("id=\"reason-{operation}\"")),
            "{shown}"
        );
        let fields = [("/reason", reason)];
        let step = format!("{page}/step/{operation}");
        let answer = browser.post(&step, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let entry = format!("/api/log/{}", position(&world).await);
        let entry = world.get(&entry).await.json();
        assert_eq!(entry["operation"], operation);
        assert_eq!(
            entry["input"]["reason"].as_str().unwrap_or_default(),
            reason
        );
    }
}

#[tokio::test]
async fn one_that_is_refused_says_why_and_stays_in_the_list() {
    let world = World::new().await;
    let names = cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll?voyage=V100").await.text;
    let way = first_way(&page);
    let other = world.cargo(&names.customer, 9).await;
    let book = json!({ "cargo": other, "voyage": "V200" });
    world.run("book-onto-voyage", &book).await.accepted();
    let form = [
        ("key", "monday"),
        ("/voyage", "V100"),
        ("/ways/0", &way),
        ("/rolled/0", "yes"),
    ];
    let answer = browser.post("/cargoes/roll", &form).await.text;
    for said in [
        "0 of 1 rolled",
        "not rolled",
        "Not enough space",
        "V100 cancelled",
    ] {
        assert!(answer.contains(said), "{said}: {answer}");
    }
}

#[tokio::test]
async fn nothing_checked_rolls_nothing() {
    let world = World::new().await;
    cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll").await.text;
    assert!(page.contains("name=\"/rolled/0\" value=\"yes\""), "{page}");
    assert!(!page.contains("\" checked>"), "{page}");
    let way = first_way(&page);
    let before = position(&world).await;
    let form = [("key", "monday"), ("/ways/0", &way)];
    let answer = browser.post("/cargoes/roll", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let said = "Check the cargoes to roll, then press the button.";
    assert!(answer.text.contains(said), "{}", answer.text);
    assert_eq!(position(&world).await, before);
}

#[tokio::test]
async fn a_way_that_cannot_be_read_runs_none() {
    let world = World::new().await;
    cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll").await.text;
    let way = first_way(&page);
    let before = position(&world).await;
    let form = [
        ("key", "monday"),
        ("/ways/0", &*way),
        ("/rolled/0", "yes"),
        ("/ways/1", "{}"),
        ("/rolled/1", "yes"),
    ];
    let answer = browser.post("/cargoes/roll", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(position(&world).await, before);
}

#[tokio::test]
async fn one_cargo_that_was_rolled_is_shown() {
    let world = World::new().await;
    let names = cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/roll?cargo={}", names.cargo);
    let way = first_way(&browser.get(&path).await.text);
    let form = [
        ("key", "monday"),
        ("/cargo", &*names.cargo),
        ("/ways/0", &way),
    ];
    let answer = browser.post("/cargoes/roll", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let to = answer.header("location").unwrap();
    assert!(to.starts_with(&format!("/cargoes/{}?done=", names.cargo)));
}

#[tokio::test]
async fn only_who_may_roll_sees_the_page() {
    let world = World::new().await;
    cancelled(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let answer = browser.get("/cargoes/roll").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let voyage = browser.get("/voyages/V100").await.text;
    assert!(!voyage.contains("/cargoes/roll"), "{voyage}");
    assert!(voyage.contains(">1 cargo needs attention</a>"), "{voyage}");
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let voyage = browser.get("/voyages/V100").await.text;
    assert!(voyage.contains("1 needs another way: "), "{voyage}");
}

#[tokio::test]
async fn a_late_cargo_on_the_fastest_voyage_needs_a_later_deadline() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let sooner = json!({ "cargo": names.cargo, "arrival_deadline": "2199-01-20T00:00:00Z" });
    world
        .run("change-arrival-deadline", &sooner)
        .await
        .accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll?voyage=V100").await.text;
    let advice = "none: no voyage is faster than the present booking.";
    assert!(page.contains(advice), "{page}");
    assert!(page.contains(">Agree on a later deadline</a>"), "{page}");
    for other in ["The earliest arrives", "release the space", "Release its"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
}

/// One of two containers was left behind. Split off, it can be rolled with the other cargoes of the
/// voyage, although its history tells of the one that sailed.
#[tokio::test]
async fn what_was_left_behind_is_rolled_once_it_is_split_off() {
    let clock = Arc::new(Forward::default());
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let names = furnished(&world).await;
    let cargo = world.cargo(&names.customer, 2).await;
    let now = clock.now();
    let voyage = json!({
        "number": "SOON", "vessel": { "imo": ship("SOON"), "name": "Ida" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 1,
        "movements": [{ "from": "NLRTM", "to": "SGSIN",
            "departs": now.plus_hours(4), "arrives": now.plus_hours(400) }],
    });
    let [sails, stays] = ["CSQU3054383", "MSKU0383250"];
    let numbers = json!([{ "number": sails }, { "number": stays }]);
    let loaded = json!({ "container": sails, "type": "LOAD", "voyage": "SOON",
        "location": "NLRTM", "completed_at": now.plus_hours(-1) });
    for (operation, input) in [
        ("schedule-voyage", voyage),
        (
            "book-onto-voyage",
            json!({ "cargo": cargo, "voyage": "SOON" }),
        ),
        (
            "assign-containers",
            json!({ "cargo": cargo, "containers": numbers }),
        ),
        ("register-handling-event", loaded),
    ] {
        world.run(operation, &input).await.accepted();
    }
    clock.0.fetch_add(48, Ordering::Relaxed);
    let part = json!({ "cargo": cargo, "equipment": [{ "type": "22G1", "count": 1 }],
        "gross_weight_kg": 5_000, "containers": [stays] });
    let split = world.run("split-cargo", &part).await.accepted();
    let child = split["outcome"]["child"].as_str().expect("a tracking id");
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/cargoes/roll?voyage=SOON").await.text;
    let way: Value = serde_json::from_str(&first_way(&page)).expect("an input");
    assert_eq!(
        (&way["cargo"], &way["to_voyage"]),
        (&json!(child), &json!("V100"))
    );
    let page = browser.get("/voyages/SOON").await.text;
    assert!(page.contains("1 needs another way"), "{page}");
    let page = browser.get(&format!("/cargoes/{child}")).await.text;
    assert!(!page.contains("containers were left behind"), "{page}");
}

/// The names and values of the inputs on a page, as a browser sends them.
fn inputs(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    let (_, form) = page.split_once("class=\"operation").expect("a form");
    let form = form.split("</form>").next().expect("its end");
    let tags = form.split("<input").skip(1);
    tags.filter_map(|tag| {
        let tag = tag.split('>').next()?;
        Some((attribute(tag, "name")?, attribute(tag, "value")?))
    })
    .collect()
}

/// The form for one leg leaves the later legs as they are, though it does not show them.
#[tokio::test]
async fn a_leg_is_rolled_and_the_next_one_stays() {
    let world = World::new().await;
    let names = furnished(&world).await;
    for (number, calls) in [("FEEDER", "20"), ("SECOND", "22")] {
        let voyage = json!({
            "number": number, "vessel": { "imo": ship(number), "name": "Ida" },
            "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 24,
            "movements": [{ "from": "NLRTM", "to": "DEHAM",
                "departs": format!("2198-12-{calls}T00:00:00Z"),
                "arrives": format!("2198-12-{calls}T12:00:00Z") }],
        });
        world.run("schedule-voyage", &voyage).await.accepted();
    }
    world.voyage("V200").await;
    let cargo = world.cargo(&names.customer, 1).await;
    let legs = json!([
        { "voyage": "FEEDER", "load_at": "NLRTM", "unload_at": "DEHAM" },
        { "voyage": "V200", "load_at": "DEHAM", "unload_at": "SGSIN" },
    ]);
    let assign = json!({ "cargo": cargo, "legs": legs });
    world.run("assign-itinerary", &assign).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/operations/roll-cargo?cargo={cargo}&from_voyage=FEEDER");
    let page = browser.get(&path).await.text;
    let mut fields = inputs(&page);
    let opened = format!("cargo:{cargo}");
    assert!(
        fields.contains(&("opened".to_owned(), opened)),
        "{fields:?}"
    );
    fields.retain(|(name, _)| !name.ends_with("_voyage"));
    let chosen = [("/from_voyage", "FEEDER"), ("/to_voyage", "SECOND")];
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = fields.chain(chosen).collect();
    let answer = browser.post("/operations/roll-cargo", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(&format!("/cargoes/{cargo}")).await.text;
    for (said, is_there) in [
        ("from_voyage=FEEDER", false),
        ("from_voyage=SECOND", true),
        ("href=\"/voyages/V200\"", true),
    ] {
        assert_eq!(page.contains(said), is_there, "{said}: {page}");
    }
}
