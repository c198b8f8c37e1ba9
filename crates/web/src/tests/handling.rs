//! The page of port agents: reports made, repeated, refused and retracted.

use super::visitor::*;
use super::{Answer, World};
use axum::http::StatusCode;
use serde_json::json;

/// Sends a report as the form does, with all its fields: `LOAD V100 NLRTM`, `-` for nothing.
async fn report(browser: &mut Browser<'_>, cargo: &str, what: &str, time: &str) -> Answer {
    let mut parts = what.split(' ').map(|part| part.trim_matches('-'));
    let (kind, voyage, place) = (parts.next(), parts.next(), parts.next());
    let fields = [
        ("/type", kind.unwrap_or_default()),
        ("/cargo", cargo),
        ("/voyage", voyage.unwrap_or_default()),
        ("/location", place.unwrap_or_default()),
        ("/completed_at", time),
    ];
    browser.post("/handling", &fields).await
}

/// The page to which a registered report redirects.
async fn follow(browser: &mut Browser<'_>, answer: Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let to = answer.header("location").unwrap().to_owned();
    browser.get(&to).await.text
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn a_report_is_registered_repeated_and_retracted() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/handling").await.text;
    says(
        &page,
        &[
            "Nothing has been reported yet.",
            "aria-current=\"page\">Handling",
        ],
    );
    // As a person types it, and by the name of the port.
    let typed = format!(" {}-{} ", &names.cargo[..5], &names.cargo[5..]).to_lowercase();
    let time = "2026-07-01T10:00";
    let answer = report(&mut browser, &typed, "RECEIVE V9 rotterdam", time).await;
    let text = follow(&mut browser, answer).await;
    says(
        &text,
        &[
            "Registered: Receive in Rotterdam (NLRTM).",
            "Expected next: Load V100 in Rotterdam.",
            "value=\"RECEIVE\" checked",
            "name=\"/location\" value=\"NLRTM\"",
            "Latest reports in Rotterdam",
            // The clocks of Rotterdam were two hours ahead.
            "<time datetime=\"2026-07-01T08:00:00.000000Z\">Wed 1 Jul, 10:00 UTC+2</time>",
        ],
    );
    let answer = report(&mut browser, &names.cargo, "RECEIVE - NLRTM", time).await;
    let text = follow(&mut browser, answer).await;
    says(
        &text,
        &[
            "Already known: Receive in Rotterdam (NLRTM).",
            "nothing changed",
        ],
    );
    let events = world.get("/api/handling-events").await.json();
    let events = events["items"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    let event = events[0]["event"].as_str().unwrap();
    let retract = format!("/handling/{event}/retract");
    let answer = browser
        .post(&retract, &[("location", "NLRTM"), ("/reason", "")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&answer.text, &["<details open>", "class=\"error\""]);
    let fields = [("location", "NLRTM"), ("/reason", "Wrong box")];
    let answer = browser.post(&retract, &fields).await;
    let text = follow(&mut browser, answer).await;
    says(
        &text,
        &[
            "Retracted: Receive in Rotterdam (NLRTM).",
            "Expected next: Receive in Rotterdam.",
            "retracted</span>",
            "Wrong box",
        ],
    );
    let answer = browser.post(&retract, &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn faults_appear_beside_their_fields() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling").await;
    let before = position(&world).await;
    let cargo = names.cargo.as_str();
    let time = "2026-07-01T10:00";
    for (cargo, what, time, status, said) in [
        ("", "RECEIVE - NLRTM", time, 422, "has 0 characters"),
        (
            "23456789AB4",
            "RECEIVE - NLRTM",
            time,
            422,
            "does not fit its check character",
        ),
        (
            cargo,
            "- - NLRTM",
            time,
            422,
            "is required: choose a handling type",
        ),
        (cargo, "RECEIVE - -", time, 422, "is required"),
        (
            cargo,
            "RECEIVE - Atlantis",
            time,
            422,
            "is not a known port: “Atlantis”",
        ),
        (
            cargo,
            "RECEIVE - NLRTM",
            "2026-03-29T02:30",
            422,
            "does not exist there: the clocks change at that hour",
        ),
        (
            cargo,
            "RECEIVE - NLRTM",
            "1970-01-01T00:00",
            422,
            "must be in the years 1970 to 2199",
        ),
        (
            "23456789AB3",
            "RECEIVE - NLRTM",
            time,
            409,
            "There is no cargo 23456789AB3.",
        ),
        (
            cargo,
            "LOAD - NLRTM",
            time,
            409,
            "Enter the voyage for a load or unload.",
        ),
        (cargo, "LOAD V9 NLRTM", time, 409, "There is no voyage V9."),
        (
            cargo,
            "RECEIVE - NLRTM",
            "2198-07-01T10:00",
            409,
            "has not happened yet",
        ),
    ] {
        let answer = report(&mut browser, cargo, what, time).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text);
        let beside = answer.text.split("<p class=\"error\">").skip(1);
        let mut beside = beside.map(|text| text.split("</p>").next().unwrap());
        assert!(
            beside.any(|text| text.contains(said)),
            "{said} is not beside a field in {}",
            answer.text
        );
        assert!(
            answer.text.contains("class=\"field wrong\"")
                || answer.text.contains("class=\"kinds wrong\"")
                || answer.text.contains("class=\"field voyage wrong\""),
            "{said}"
        );
        if !cargo.is_empty() {
            says(
                &answer.text,
                &[&format!("name=\"/cargo\" value=\"{cargo}\"")],
            );
        }
    }
    assert_eq!(position(&world).await, before, "nothing was applied");
}

#[tokio::test]
async fn a_misdirected_cargo_is_reported_as_such() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling").await;
    for (what, said) in [
        ("RECEIVE - NLRTM", "Expected next: Load V100 in Rotterdam."),
        (
            "LOAD V100 NLRTM",
            "Expected next: Unload V100 in Singapore.",
        ),
        (
            "CUSTOMS - NLRTM",
            "Expected next: Unload V100 in Singapore.",
        ),
        (
            "UNLOAD V100 DEHAM",
            "Expected: Unload V100 in Singapore. Reported: Unload V100 in Hamburg (DEHAM).",
        ),
        ("CUSTOMS - DEHAM", "Nothing is expected next."),
    ] {
        let answer = report(&mut browser, &names.cargo, what, "").await;
        let text = follow(&mut browser, answer).await;
        says(&text, &[said]);
        assert_eq!(
            text.contains("The cargo is misdirected"),
            what.starts_with("UNLOAD")
        );
    }
}

#[tokio::test]
async fn the_next_expected_step_is_filled_in() {
    let world = World::new().await;
    let names = furnished(&world).await;
    super::tracking::handle(&world, &names.cargo, "RECEIVE", "NLRTM", "01-02T08:00").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    for (query, parts) in [
        (
            "",
            [
                "value=\"LOAD\" checked",
                "value=\"V100\"",
                "value=\"NLRTM\"",
                "Expected next: <strong>Load V100 in Rotterdam",
            ],
        ),
        (
            "&type=UNLOAD&location=SGSIN&voyage=V7",
            [
                "value=\"UNLOAD\" checked",
                "value=\"V7\"",
                "value=\"SGSIN\"",
                "Expected next: <strong>Load V100 in Rotterdam",
            ],
        ),
    ] {
        let page = browser
            .get(&format!("/handling?cargo={}{query}", names.cargo))
            .await;
        says(&page.text, &parts);
    }
    let odd =
        "/handling?event=01a20b17-6a7a-7185-801c-42c087b27b04&done=3&cargo=x&location=x&type=x";
    assert_eq!(browser.get(odd).await.status, 200);
}

#[tokio::test]
async fn people_who_may_not_report_have_no_form() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get("/handling").await.text;
    assert!(!page.contains("name=\"/cargo\"") && page.contains("Your roles do not let you"));
    assert!(
        !page.contains("href=\"/handling\""),
        "nor does it stand among the pages"
    );
    let answer = report(
        &mut clerk,
        &names.cargo,
        "RECEIVE - NLRTM",
        "2026-07-01T10:00",
    )
    .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let own = world.customer().await;
    world.token("shipper", "customer", Some(&own)).await;
    let input = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &input).await;
    let mut shipper = Browser::signed_in(&world, "shipper").await;
    assert_eq!(shipper.get("/handling").await.status, StatusCode::FORBIDDEN);
}

/// A port agent, who may not read the log, comes back to the port of the last report.
#[tokio::test]
async fn the_quay_opens_at_the_port_of_the_last_report() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/quay").await.text;
    assert!(page.contains("Enter your port"), "{page}");
    let fields = [
        ("/location", "NLRTM"),
        ("do", &format!("RECEIVE - {}", names.cargo)),
    ];
    let answer = browser.post("/quay", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get("/quay").await.text;
    assert!(page.contains("<small>Rotterdam NLRTM</small>"), "{page}");
}
