//! People and cargoes that are stuck see the next step.

use super::World;
use super::visitor::{Browser, furnished, named, with_passwords};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_cargo_on_its_way_is_rerouted_before_it_gets_a_route() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cargo = &names.cargo;
    let unload = json!({ "cargo": cargo, "type": "UNLOAD", "location": "DEHAM",
        "voyage": "V100", "completed_at": "2026-01-02T00:00:00Z" });
    for (operation, input) in [
        ("register-handling-event", unload),
        (
            "cancel-voyage",
            json!({ "voyage": "V100", "reason": "Engine trouble" }),
        ),
        ("release-cargo", json!({ "cargo": cargo })),
    ] {
        world.run(operation, &input).await.accepted();
    }
    world.voyage("V200").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = named("/cargoes/CARGO", &names);
    let page = browser.get(&path).await.text;
    let reroute = format!("/operations/reroute-cargo?cargo={cargo}&amp;origin=DEHAM");
    assert!(page.contains(&reroute), "{page}");
    assert!(!page.contains(&format!("{path}/book")), "{page}");
    let book = browser.get(&format!("{path}/book")).await.text;
    assert!(book.contains("This cargo is in Hamburg"), "{book}");
    assert!(book.contains(&reroute), "{book}");

    let reroute = json!({ "cargo": cargo, "origin": "DEHAM" });
    world.run("reroute-cargo", &reroute).await.accepted();
    let page = browser.get(&path).await.text;
    assert!(page.contains(&format!("{path}/book")), "{page}");
}

#[tokio::test]
async fn a_person_without_a_role_is_told_whom_to_ask() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let role = json!({ "user": "clerk", "role": "clerk" });
    world.run("remove-role", &role).await.accepted();
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    for said in ["Ask an administrator to assign one", "/account", "Sign out"] {
        assert!(page.text.contains(said), "{said} is not in {}", page.text);
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}
