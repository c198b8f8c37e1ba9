//! The location of a cargo, for anyone with its tracking ID and nothing else.

use super::visitor::*;
use super::{Answer, World, ship};
use axum::http::Method;
use domain::ports::Clock;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What someone with only a tracking id must not learn.
const SECRETS: &[&str] = &[
    "Blue Anchor",
    "Machine parts",
    ":20000",
    "20 t",
    "22G1",
    "customer",
    "commodity",
    "weight",
    "teu",
    "TEU",
    "deadline",
    "2199-02-20",
    "registered",
    "version\":2",
    "clerk",
];

async fn track(world: &World, cargo: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("authorization", "")];
    all.extend_from_slice(headers);
    let path = format!("/api/track/{cargo}");
    world.ask(Method::GET, &path, &all, "").await
}

/// Reports a handling event of a cargo. The input's other fields are given as `V100 NLRTM`.
pub(super) async fn handle(world: &World, cargo: &str, what: &str, place: &str, time: &str) {
    let (kind, voyage) = what.split_once(' ').unwrap_or((what, ""));
    let mut input = json!({ "cargo": cargo, "type": kind, "location": place,
        "completed_at": format!("2026-{time}:00Z") });
    if !voyage.is_empty() {
        input["voyage"] = json!(voyage);
    }
    world
        .run("register-handling-event", &input)
        .await
        .accepted();
}

#[tokio::test]
async fn a_tracking_id_reveals_the_location_and_nothing_else() {
    let world = World::new().await;
    let names = furnished(&world).await;
    handle(&world, &names.cargo, "RECEIVE", "NLRTM", "01-02T08:00").await;
    handle(&world, &names.cargo, "CUSTOMS", "NLRTM", "01-02T12:00").await;
    handle(&world, &names.cargo, "LOAD V100", "NLRTM", "01-03T08:00").await;
    let answer = track(&world, &names.cargo, &[]).await;
    let found = answer.accepted();
    for (field, expected) in [
        ("cargo", json!(names.cargo)),
        ("status", json!("BOOKED")),
        ("schedule", json!("ON_SCHEDULE")),
        ("transport_status", json!("ONBOARD_CARRIER")),
        ("origin", json!("NLRTM")),
        ("destination", json!("SGSIN")),
        ("last_known_location", json!("NLRTM")),
        ("current_voyage", json!("V100")),
        ("eta", json!("2199-01-30T00:00:00.000000Z")),
        ("unloaded_at_destination", json!(false)),
        ("voyages", json!([{ "voyage": "V100", "vessel": "Emma" }])),
    ] {
        assert_eq!(found[field], expected, "{field}");
    }
    let next = &found["next_expected"];
    assert_eq!(
        (&next["type"], &next["location"]),
        (&json!("UNLOAD"), &json!("SGSIN"))
    );
    assert_eq!(found["ahead"][0], *next);
    assert_eq!(found["ahead"][1]["type"], "CLAIM");
    let kinds = found["events"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["RECEIVE", "CUSTOMS", "LOAD"]);
    let place = &found["locations"][0];
    assert_eq!(
        (&place["location"], &place["name"], &place["time_zone"]),
        (
            &json!("NLRTM"),
            &json!("Rotterdam"),
            &json!("Europe/Amsterdam")
        )
    );
    let page = Browser::new(&world)
        .get(&format!("/track/{}", names.cargo))
        .await;
    for part in [
        "Aboard Emma, on the way to Singapore",
        "on schedule",
        "Loaded aboard Emma (V100)",
    ] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    for secret in SECRETS.iter().copied().chain([names.customer.as_str()]) {
        assert!(
            !answer.text.contains(secret),
            "{secret} is in {}",
            answer.text
        );
        let main = page.text.split("<main").nth(1).unwrap();
        assert!(!main.contains(secret), "{secret} is in {main}");
    }
}

#[tokio::test]
async fn progress_is_given_in_public_terms() {
    let world = World::new().await;
    let customer = world.customer().await;
    world.voyage("V100").await;
    let book = async |cargo: &str| {
        let input = json!({ "cargo": cargo, "voyage": "V100" });
        world.run("book-onto-voyage", &input).await.accepted();
    };
    let requested = world.cargo(&customer, 1).await;
    let (booked, strayed) = (
        world.cargo(&customer, 1).await,
        world.cargo(&customer, 1).await,
    );
    let (cancelled, claimed) = (
        world.cargo(&customer, 1).await,
        world.cargo(&customer, 1).await,
    );
    for cargo in [&booked, &strayed, &cancelled, &claimed] {
        book(cargo).await;
    }
    handle(&world, &strayed, "LOAD V100", "NLRTM", "01-03T08:00").await;
    handle(&world, &strayed, "UNLOAD V100", "DEHAM", "01-04T08:00").await;
    handle(&world, &claimed, "UNLOAD V100", "SGSIN", "01-04T08:00").await;
    handle(&world, &claimed, "CLAIM", "SGSIN", "01-05T08:00").await;
    let cancel = json!({ "cargo": cancelled, "reason": "Not paid" });
    world.run("cancel-cargo", &cancel).await.accepted();
    for (cargo, status, schedule, ahead, headline) in [
        (
            &requested,
            "REQUESTED",
            json!("NOT_PLANNED"),
            0,
            "Not received yet",
        ),
        (
            &booked,
            "BOOKED",
            json!("ON_SCHEDULE"),
            4,
            "Not received yet",
        ),
        (
            &strayed,
            "BOOKED",
            json!("BEING_REPLANNED"),
            0,
            "In Hamburg",
        ),
        (&cancelled, "CANCELLED", json!(null), 0, "Booking cancelled"),
        (
            &claimed,
            "COMPLETED",
            json!(null),
            0,
            "Claimed in Singapore",
        ),
    ] {
        let answer = track(&world, cargo, &[]).await;
        let found = answer.accepted();
        assert_eq!(
            (&found["status"], &found["schedule"]),
            (&json!(status), &schedule)
        );
        assert_eq!(found["ahead"].as_array().unwrap().len(), ahead, "{status}");
        assert_eq!(found["eta"].is_null(), ahead == 0, "{status}");
        assert!(!answer.text.contains("Not paid"));
        let page = Browser::new(&world)
            .get(&format!("/track/{cargo}"))
            .await
            .text;
        assert!(page.contains(headline), "{headline} is not in {page}");
    }
    let sooner = json!({ "cargo": booked, "arrival_deadline": "2199-01-20T00:00:00Z" });
    world
        .run("change-arrival-deadline", &sooner)
        .await
        .accepted();
    let found = track(&world, &booked, &[]).await.accepted();
    assert_eq!(found["schedule"], "DELAYED");
    assert_eq!(found["next_expected"]["type"], "RECEIVE");
}

#[tokio::test]
async fn unknown_and_impossible_ids() {
    let world = World::new().await;
    for (typed, api, page) in [
        (
            "23456789AB3",
            "There is no cargo 23456789AB3",
            "There is no cargo 23456789AB3",
        ),
        (
            "23456789AB4",
            "does not fit its check character",
            "does not fit its check character",
        ),
        ("23456789AB", "has 10 characters", "has 10 characters"),
        ("2345678OAB3", "has the character O", "has the character O"),
        ("%00", "digits and letters", "digits and letters"),
    ] {
        let problem = track(&world, typed, &[]).await.problem(404, "not-found");
        assert!(
            problem["detail"].as_str().unwrap().contains(api),
            "{problem}"
        );
        let answer = Browser::new(&world).get(&format!("/track/{typed}")).await;
        assert_eq!(answer.status, 404, "{typed}");
        assert!(
            answer.text.contains(page),
            "{page} is not in {}",
            answer.text
        );
        if typed != "%00" {
            assert!(
                answer.text.contains(&format!("value=\"{typed}\"")),
                "the field is kept"
            );
        }
    }
    let problem = world
        .ask(Method::GET, "/api/track/23456789AB3?at=1", &[], "")
        .await;
    problem.problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_typed_id_leads_to_the_cargo() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let small = names.cargo.to_lowercase();
    let spaced = format!("+{}-{}+", &small[..4], &small[4..]);
    let to = format!("/track/{}", names.cargo);
    let mut browser = Browser::new(&world);
    for path in [
        format!("/track?tracking_id={spaced}"),
        format!("/track?tracking_id={}", names.cargo),
        format!("/track/{small}"),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.header("location"), Some(to.as_str()), "{path}");
    }
    let answer = browser.get("/track?tracking_id=2345").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text.contains("value=\"2345\"") && answer.text.contains("has 4 characters"));
    assert_eq!(browser.get("/track?tracking_id=+").await.status, 200);
}

#[tokio::test]
async fn an_answer_can_be_cached_briefly_and_revalidated() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let first = track(&world, &names.cargo, &[]).await;
    let own = first.header("etag").unwrap();
    assert!(own.len() > 30, "made from the content, not counted: {own}");
    for (tag, status) in [(own, 304), ("*", 304), ("\"2\"", 200)] {
        let answer = track(&world, &names.cargo, &[("if-none-match", tag)]).await;
        assert_eq!(answer.status, status, "{tag}");
        assert_eq!(answer.header("etag"), Some(own));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=15"));
        assert_eq!(answer.header("plimsoll-position"), None);
        assert_eq!(answer.text.is_empty(), status == 304);
    }
}

#[tokio::test]
async fn ids_cannot_be_guessed_by_trying() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::new(&world);
    for n in 0..crate::limits::TRACKINGS {
        // Pages and answers, well-formed and malformed, known and unknown, count as one.
        match n % 4 {
            0 => track(&world, "23456789AB3", &[])
                .await
                .problem(404, "not-found"),
            1 => track(&world, "x", &[]).await.problem(404, "not-found"),
            2 => track(&world, &names.cargo, &[]).await.accepted(),
            _ => json!(browser.get("/track/x").await.status.as_u16()),
        };
    }
    let answer = track(&world, &names.cargo, &[]).await;
    answer.problem(429, "too-many-requests");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    let answer = browser.get(&format!("/track/{}", names.cargo)).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    assert!(answer.text.contains("Too many requests") && answer.text.contains(&names.cargo));
    assert_eq!(
        browser.get("/track").await.status,
        200,
        "the form is not counted"
    );
}

#[tokio::test]
async fn a_container_leads_to_its_cargo() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let number = "CSQU3054383";
    let mut browser = Browser::new(&world);
    let missing = track(&world, number, &[]).await.problem(404, "not-found");
    assert!(missing["detail"].as_str().unwrap().contains(number));
    let input = json!({ "cargo": names.cargo, "containers": [{ "number": number }] });
    world.run("assign-containers", &input).await.accepted();
    let found = track(&world, number, &[]).await;
    assert_eq!(found.json()["cargo"], json!(names.cargo));
    let typed = browser.get("/track?tracking_id=csqu+305438-3").await;
    assert_eq!(typed.header("location"), Some("/track/CSQU3054383"));
    let page = browser.get("/track/CSQU3054383").await;
    assert!(
        page.status == 200 && page.text.contains(&names.cargo),
        "{}",
        page.text
    );
    for (typed, complaint) in [
        ("CSQU3054384", "3 after CSQU305438"),
        ("CSQU305438", "three letters, U and seven digits"),
    ] {
        let problem = track(&world, typed, &[]).await.problem(404, "not-found");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(complaint), "{detail}");
    }
}

/// What the page and the API say of one container while others of its cargo are further.
#[tokio::test]
async fn a_container_is_singled_out_from_its_cargo() {
    const ASKED: &str = "CSQU3054383";
    const OTHER: &str = "MSKU0383250";
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
    world.run("schedule-voyage", &voyage).await.accepted();
    let book = json!({ "cargo": cargo, "voyage": "SOON" });
    world.run("book-onto-voyage", &book).await.accepted();
    let numbers = json!([{ "number": ASKED }, { "number": OTHER }]);
    let assign = json!({ "cargo": cargo, "containers": numbers });
    world.run("assign-containers", &assign).await.accepted();
    let report = async |container: &str, kind: &str, hours: i64| {
        let mut input = json!({ "container": container, "type": kind, "location": "NLRTM",
            "completed_at": now.plus_hours(hours) });
        if kind == "LOAD" {
            input["voyage"] = json!("SOON");
        }
        let reported = world.run("register-handling-event", &input).await;
        reported.accepted();
    };
    let of = async |container: &str| {
        let found = track(&world, container, &[]).await.accepted();
        let path = format!("/track/{container}");
        let page = Browser::new(&world).get(&path).await;
        (found["container"].clone(), page.text)
    };
    let (own, page) = of(ASKED).await;
    assert_eq!(own["transport_status"], "NOT_RECEIVED");
    assert_eq!(own["progress"], "WITH_CARGO");
    assert!(page.contains("Container <span class=\"id\">CSQU3054383</span>"));
    assert!(page.contains("<h1>Not received yet</h1>"), "{page}");

    report(ASKED, "RECEIVE", -3).await;
    report(OTHER, "RECEIVE", -2).await;
    report(OTHER, "LOAD", -1).await;
    let (own, page) = of(ASKED).await;
    assert_eq!(own["transport_status"], "IN_PORT");
    assert_eq!(own["last_known_location"], "NLRTM");
    assert_eq!(own["progress"], "NOT_REPORTED");
    assert_eq!(own["missing"]["type"], "LOAD");
    let waits = "Other containers of the cargo have been reported: “Loaded aboard Ida (SOON) in Rotterdam”. There is no such report for this one yet.";
    for part in ["<h1>In Rotterdam</h1>", waits] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains(OTHER), "{page}");
    assert_eq!(page.matches("class=\"was\"").count(), 1, "{page}");
    let (own, page) = of(OTHER).await;
    assert_eq!(own["progress"], "WITH_CARGO");
    assert_eq!(own["next_expected"]["type"], "UNLOAD");
    let aboard = "<h1>Aboard Ida, on the way to Singapore</h1>";
    assert!(page.contains(aboard), "{page}");
    assert!(!page.contains("To be loaded"), "{page}");
    let whole = track(&world, &cargo, &[]).await.accepted();
    assert!(whole.get("container").is_none(), "{whole}");
    // Both were received, one after the other, and one was loaded.
    let events = whole["events"].as_array().unwrap().iter();
    let counts: Vec<_> = events
        .map(|event| (&event["type"], &event["containers"]))
        .collect();
    let some = |count| json!({ "count": count, "of": 2 });
    assert_eq!(
        counts,
        [(&json!("RECEIVE"), &some(2)), (&json!("LOAD"), &some(1))]
    );
    let page = Browser::new(&world).get(&format!("/track/{cargo}")).await;
    for part in [
        ">Received<",
        ">Loaded aboard Ida (SOON), 1 of 2 containers<",
    ] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }

    clock.0.fetch_add(48, Ordering::Relaxed);
    let (own, page) = of(ASKED).await;
    assert_eq!(own["progress"], "LEFT_BEHIND", "{own}");
    let left = "Ida (SOON) left Rotterdam without this container. Other containers of the cargo are aboard.";
    assert!(page.contains(left), "{page}");
    let (own, page) = of(OTHER).await;
    assert_eq!(own["progress"], "WITH_CARGO", "{own}");
    // What was left behind does not hold up what sailed as booked.
    assert!(page.contains(">on schedule<"), "{page}");
    assert!(!page.contains("cannot travel as planned"), "{page}");
    let whole = track(&world, &cargo, &[]).await.accepted();
    assert_eq!(whole["schedule"], "BEING_REPLANNED");
    for (container, others, schedule) in [
        (ASKED, OTHER, "BEING_REPLANNED"),
        (OTHER, ASKED, "ON_SCHEDULE"),
    ] {
        let found = track(&world, container, &[]).await;
        assert!(!found.text.contains(others), "{}", found.text);
        assert_eq!(found.json()["schedule"], schedule);
    }
}
