//! What pages say after an act, and to whom, and what happens to forms whose session has ended.

use super::World;
use super::visitor::{Browser, PASSWORD, furnished, with_passwords};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_customer_sees_the_state_and_no_instructions() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let id = names.customer.as_str();
    world.token("shipper", "customer", Some(id)).await;
    let input = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &input).await;
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &cancel).await.accepted();
    let path = format!("/cargoes/{}", names.cargo);
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get(&path).await.text;
    assert!(page.contains("V100 cancelled"), "{page}");
    assert!(page.contains("Roll onto another voyage"), "{page}");
    assert!(page.contains("not known until rebooked"), "{page}");
    let mut shipper = Browser::signed_in(&world, "shipper").await;
    let page = shipper.get(&path).await.text;
    assert!(page.contains("V100 cancelled"), "{page}");
    assert!(page.contains("We are looking for another"), "{page}");
    assert!(page.contains("not known until rebooked"), "{page}");
    assert!(!page.contains("on track"), "{page}");
    for staff in ["Roll", "elease", "eroute", "Find out"] {
        assert!(!page.contains(staff), "{staff}: {page}");
    }
}

#[tokio::test]
async fn typed_values_come_back_only_to_their_author() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let path = format!("/cargoes/{}/cancel", names.cargo);
    let origin = [("sec-fetch-site", "same-origin")];
    for (who, is_shown) in [("clerk", true), ("planner", false)] {
        let mut browser = Browser::signed_in(&world, "clerk").await;
        browser.get("/cargoes/new").await;
        browser.cookies.remove("plimsoll_session");
        let csrf = format!("{}:clerk", browser.csrf);
        let fields = [("csrf", csrf.as_str()), ("/reason", "Sold at sea")];
        let answer = browser.post_with(&path, &fields, &origin).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(
            answer.text.contains("the form comes back"),
            "{}",
            answer.text
        );
        let kept = [
            ("csrf", browser.csrf.clone()),
            ("user", who.to_owned()),
            ("password", PASSWORD.to_owned()),
            ("to", path.clone()),
            ("kept", "%2Freason=Sold+at+sea".to_owned()),
            ("kept_for", "clerk".to_owned()),
        ];
        let kept: Vec<_> = kept.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = browser.post_with("/sign-in", &kept, &origin).await;
        assert_eq!(answer.text.contains("Sold at sea"), is_shown, "{who}");
        assert_eq!(answer.status == StatusCode::OK, is_shown, "{who}");
    }
}

#[tokio::test]
async fn forms_from_another_site_are_not_kept() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let path = format!("/cargoes/{}/cancel", names.cargo);
    let fields = [("csrf", "x:clerk"), ("/reason", "Planted")];
    for headers in [&[][..], &[("sec-fetch-site", "cross-site")]] {
        let mut browser = Browser::new(&world);
        let answer = browser.post_with(&path, &fields, headers).await;
        assert!(!answer.text.contains("Planted"), "{}", answer.text);
        let mut browser = Browser::signed_in(&world, "clerk").await;
        let answer = browser.post_with(&path, &fields, headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.text.contains("Planted"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_form_is_reviewed_after_signing_in_elsewhere() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get("/cargoes/new").await;
    let old = format!("{}:clerk", browser.csrf);
    let mut anew = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/{}/cancel", names.cargo);
    let fields = [("csrf", old.as_str()), ("/reason", "Sold at sea")];
    let origin = [("sec-fetch-site", "same-origin")];
    let answer = anew.post_with(&path, &fields, &origin).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    for said in ["Nothing has been changed yet", "Sold at sea"] {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    let mut other = Browser::signed_in(&world, "planner").await;
    let answer = other.post_with(&path, &fields, &origin).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_sees_what_another_person_did() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let release = json!({ "cargo": names.cargo });
    let released = world.run("release-cargo", &release).await.accepted();
    let position = released["position"].as_u64().expect("a position");
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get(&format!("/voyages?done={position}")).await.text;
    assert!(!page.contains("Recorded for ever"), "{page}");
}

#[tokio::test]
async fn a_form_opened_from_a_cargo_has_its_current_values() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    for (operation, field, has) in [
        ("change-destination", "/destination", true),
        ("change-arrival-deadline", "/arrival_deadline", true),
        // Values that may stay the same need not be entered.
        ("reroute-cargo", "/arrival_deadline", false),
    ] {
        let path = format!("/operations/{operation}?cargo={}", names.cargo);
        let page = clerk.get(&path).await.text;
        let name = format!("name=\"{field}\"");
        let (_, control) = page.split_once(&name).expect("the field");
        let control = control.split_once('>').map_or("", |(control, _)| control);
        let value = control
            .split_once("value=\"")
            .map_or("", |(_, value)| value);
        assert_eq!(
            !value.is_empty() && !value.starts_with('"'),
            has,
            "{control}"
        );
    }
}

#[tokio::test]
async fn a_new_token_is_shown_with_its_confirmation() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut admin = Browser::signed_in(&world, "anna").await;
    let page = admin.get("/operations/issue-token?user=anna").await.text;
    assert!(page.contains("name=\"/user\""), "{page}");
    let key = "0198a000-0000-7000-8000-000000000001";
    let fields = [("key", key), ("/user", "anna")];
    let told = admin.post("/operations/issue-token", &fields).await.text;
    assert!(told.contains("anna has a new token."), "{told}");
    assert!(told.contains("shown only once and not stored"), "{told}");
}

#[tokio::test]
async fn a_mistyped_customer_is_corrected_from_its_page() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let path = format!("/customers/{}", names.customer);
    let page = clerk.get(&path).await.text;
    let form = format!("/operations/change-customer?customer={}", names.customer);
    assert!(page.contains(&form), "{page}");
    let page = clerk.get(&form).await.text;
    assert!(page.contains("desk@example.com"), "{page}");
    let key = "0198a000-0000-7000-8000-000000000002";
    let fields = [
        ("key", key),
        ("/customer", names.customer.as_str()),
        ("/name", "Blue Anchor Lines"),
        ("/email", "desk@example.com"),
        ("/country", "BE"),
    ];
    clerk.post("/operations/change-customer", &fields).await;
    let page = clerk.get(&path).await.text;
    assert!(page.contains("<h1>Blue Anchor Lines</h1>"), "{page}");
    assert!(page.contains("<dd>BE</dd>"), "{page}");
}

/// A ready date and a reference that were entered by mistake are removed by emptying their fields,
/// and the page says what has changed and nothing else.
#[tokio::test]
async fn an_emptied_field_of_a_cargo_is_cleared() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cargo = world.cargo(&names.customer, 1).await;
    let set = json!({ "cargo": cargo, "reference": "PO 4711",
        "ready_from": "2198-12-01T06:00:00Z" });
    world.run("amend-cargo", &set).await.accepted();
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let form = "/operations/amend-cargo";
    let page = clerk.get(&format!("{form}?cargo={cargo}")).await.text;
    assert!(page.contains("value=\"PO 4711\""), "{page}");
    let opened = format!("cargo:{cargo}");
    assert!(page.contains(&format!("name=\"opened\" value=\"{opened}\"")));
    let fields = [
        ("/cargo", cargo.as_str()),
        ("/equipment/0/type", "22G1"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "20000"),
        ("/commodity", "Machine parts"),
        ("/reference", ""),
        ("/ready_from", ""),
        ("version", "2"),
        ("opened", opened.as_str()),
    ];
    let sent = clerk.post(form, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let to = sent.header("location").expect("an address").to_owned();
    let said = clerk.get(&to).await.text;
    let cleared = format!(
        "<strong>{cargo} has been amended. It has no reference any more. It has no ready date any more.</strong>"
    );
    assert!(said.contains(&cleared), "{said}");
    let known = world.get(&format!("/api/cargoes/{cargo}")).await.json();
    assert!(known["reference"].is_null(), "{known}");
    assert!(
        known["route_specification"]["ready_from"].is_null(),
        "{known}"
    );
}
