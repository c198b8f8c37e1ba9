//! How pages address their reader: by role, by time zone, and in time.

use super::World;
use super::visitor::{Browser, PASSWORD, furnished};
use serde_json::json;

#[tokio::test]
async fn staff_see_what_staff_can_do_regardless_of_role() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &cancel).await.accepted();
    for (role, customer) in [
        ("finance", None),
        ("auditor", None),
        ("customer", Some(names.customer.as_str())),
    ] {
        world.token(role, role, customer).await;
        let input = json!({ "user": role, "password": PASSWORD });
        world.system("set-password", &input).await;
        let mut browser = Browser::signed_in(&world, role).await;
        let is_staff = customer.is_none();
        let page = browser.get(&format!("/cargoes/{}", names.cargo)).await.text;
        assert_eq!(
            page.contains("onto another voyage"),
            is_staff,
            "{role}: {page}"
        );
        let promise = "We are looking for another voyage";
        assert_eq!(page.contains(promise), !is_staff, "{role}: {page}");
        let page = browser.get("/voyages/V100").await.text;
        assert_eq!(
            page.contains("is rolled or released"),
            is_staff,
            "{role}: {page}"
        );
        assert_eq!(page.contains(promise), !is_staff, "{role}: {page}");
    }
}

/// An hour before midnight in UTC, it is already the next day in Amsterdam.
#[tokio::test]
async fn lists_show_the_local_day_of_the_port() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut cargo = super::new_cargo(&names.customer, 1);
    cargo["arrival_deadline"] = json!("2199-01-10T23:30:00Z");
    let made = world.run("create-cargo", &cargo).await.accepted();
    let made = made["outcome"]["cargo"].as_str().unwrap().to_owned();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get(&format!("/cargoes/{made}")).await.text;
    assert!(page.contains("Fri 11 Jan, 00:30 UTC+1"), "{page}");
    let page = browser.get("/").await.text;
    assert!(page.contains("title=\"Fri 11 Jan, 00:30 UTC+1\""), "{page}");
    let by = "<td class=\"day\" data-label=\"By\">Fri 11 Jan</td>";
    let page = browser.get("/cargoes").await.text;
    assert!(page.contains(by), "{page}");
}

#[tokio::test]
async fn cancelling_a_voyage_shows_the_affected_cargoes_first() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let form = "/operations/cancel-voyage?voyage=V100";
    let page = browser.get(form).await.text;
    for said in [
        "<strong>1 cargo</strong> booked on V100 will need another voyage",
        "href=\"/cargoes?voyage=V100\"",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    world.voyage("EMPTY").await;
    let page = browser
        .get("/operations/cancel-voyage?voyage=EMPTY")
        .await
        .text;
    assert!(
        page.contains("No cargo is booked on what is left of EMPTY"),
        "{page}"
    );
    for open in [
        "/operations/cancel-voyage",
        "/operations/cancel-voyage?voyage=NONE",
    ] {
        let page = browser.get(open).await.text;
        assert!(!page.contains("class=\"hit\""), "{open}: {page}");
    }
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get(form).await.text;
    assert!(!page.contains("class=\"hit\""), "{page}");
}

#[tokio::test]
async fn a_duplicate_customer_is_reported() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let link = format!(
        "<a href=\"/customers/{}\">Another customer has",
        names.customer
    );
    for (name, email, is_told) in [
        ("Blue Anchor", "other@example.com", false),
        ("Blue Anchors", "desk@example.com", false),
        ("blue anchor ", "Desk@example.com", true),
    ] {
        let mut browser = Browser::signed_in(&world, "clerk").await;
        browser.get("/customers/new").await;
        let fields = [
            ("key", name),
            ("/name", name),
            ("/email", email),
            ("/country", "NL"),
        ];
        let sent = browser.post("/customers/new", &fields).await;
        let to = sent.header("location").expect("an address").to_owned();
        let page = browser.get(&to).await.text;
        assert!(page.contains("Recorded"), "{page}");
        assert_eq!(page.contains(&link), is_told, "{name}: {page}");
    }
}

#[tokio::test]
async fn an_error_message_keeps_the_case_of_the_input() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    browser.get("/operations/issue-token").await;
    let asked = browser
        .post("/operations/issue-token", &[("key", "k"), ("/user", "ann")])
        .await;
    assert!(
        asked.text.contains("<p class=\"error echo\">“ann”"),
        "{}",
        asked.text
    );
    let asked = browser
        .post("/operations/issue-token", &[("key", "k"), ("/user", "")])
        .await;
    assert!(
        asked.text.contains("<p class=\"error\">is "),
        "{}",
        asked.text
    );
}
