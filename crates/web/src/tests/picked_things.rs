//! Voyages, cargoes and users found by what people know about them, and who may find them.

use super::visitor::{Browser, Furniture, PASSWORD, furnished};
use super::{World, new_customer};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn suggested(browser: &mut Browser<'_>, kind: &str, text: &str) -> Vec<(String, String)> {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let path = format!("/suggest/{kind}?text={text}");
    let answer = browser.get(&path).await;
    let found: Value =
        serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{}", answer.text));
    let own = |item: &Value, field: &str| item[field].as_str().expect("a text").to_owned();
    let items = found.as_array().expect("a list").iter();
    items
        .map(|item| (own(item, "value"), own(item, "label")))
        .collect()
}

fn values(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(value, _)| value.as_str()).collect()
}

/// A small world with more voyages of one ship, and another customer with a cargo.
async fn busy(world: &World) -> (Furniture, String) {
    let names = furnished(world).await;
    for number in ["V1001", "A-V100", "W7"] {
        world.voyage(number).await;
    }
    let added = world.run("new-customer", &new_customer("Rival Øst")).await;
    let rival = added.accepted()["outcome"]["customer"].clone();
    let rival = rival.as_str().expect("an id").to_owned();
    let cargo = world.cargo(&rival, 1).await;
    (names, cargo)
}

#[tokio::test]
async fn voyages_are_found_by_number_and_vessel() {
    let world = World::new().await;
    busy(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for (text, expected) in [
        ("v100", &["V100", "V1001", "A-V100"][..]),
        ("V1001", &["V1001"]),
        ("w", &["W7"]),
        ("EMMA", &["A-V100", "V100", "V1001", "W7"]),
        ("emm", &["A-V100", "V100", "V1001", "W7"]),
        ("%", &[]),
        ("", &[]),
    ] {
        let found = suggested(&mut browser, "voyages", text).await;
        assert_eq!(values(&found), expected, "{text}");
        for (value, label) in found {
            let shown = format!("{value} {label}").to_lowercase();
            assert!(shown.contains(&text.to_lowercase()), "browsers hide it");
            assert!(label.contains("NLRTM to SGSIN"), "{label}");
        }
    }
}

#[tokio::test]
async fn a_text_for_several_voyages_offers_the_choice() {
    let world = World::new().await;
    let (_, cargo) = busy(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for path in [
        "/operations/book-onto-voyage".to_owned(),
        format!("/cargoes/{cargo}/book"),
    ] {
        browser.get(&path).await;
        for (text, complaint) in [
            ("emma", "“emma” matches 4 voyages. Choose one"),
            ("V10", "“V10” matches 3 voyages. Choose one"),
            ("W", "“W” matches one of the voyages"),
        ] {
            let fields = [("/cargo", cargo.as_str()), ("/voyage", text)];
            let asked = browser.post(&path, &fields).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(asked.text.contains(complaint), "{path}: {}", asked.text);
            assert!(asked.text.contains("<option value=\"W7\">") == (text != "V10"));
        }
        // If no voyage matches, the operation refuses.
        let fields = [("/cargo", cargo.as_str()), ("/voyage", "X9")];
        let asked = browser.post(&path, &fields).await;
        assert!(asked.text.contains("VoyageMustBeKnown"), "{}", asked.text);
    }
    let fields = [("/cargo", cargo.as_str()), ("/voyage", " w7 ")];
    let sent = browser.post("/operations/book-onto-voyage", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let booked = world.get(&format!("/api/cargoes/{cargo}")).await.json();
    assert_eq!(booked["itinerary"][0]["voyage"], "W7");
}

#[tokio::test]
async fn cargoes_are_found_by_tracking_id_and_customer() {
    let world = World::new().await;
    let (names, rival) = busy(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for text in [&rival[..8], "rival", "OST", &rival.to_lowercase()] {
        let found = suggested(&mut browser, "cargoes", text).await;
        assert_eq!(values(&found), [rival.as_str()], "{text}");
        let label = &found[0].1;
        assert!(label.starts_with("Rival Øst · Machine parts · NLRTM to SGSIN · requested"));
    }
    let path = "/operations/cancel-cargo";
    browser.get(path).await;
    let fields = |text| [("/cargo", text), ("/reason", "Order withdrawn")];
    let asked = browser.post(path, &fields("blue anchor")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let complaint = "“blue anchor” matches 2 cargoes. Choose one";
    assert!(asked.text.contains(complaint), "{}", asked.text);
    let option = format!("<option value=\"{}\">", names.cargo);
    assert!(asked.text.contains(&option), "{}", asked.text);
    let asked = browser.post(path, &fields("rival")).await;
    let complaint = "“rival” matches one of the cargoes. Choose it if you mean it";
    assert!(asked.text.contains(complaint), "{}", asked.text);
    let sent = browser.post(path, &fields(&rival)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

#[tokio::test]
async fn port_agents_choose_among_cargoes_and_voyages() {
    let world = World::new().await;
    let (_, rival) = busy(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/handling").await.text;
    for kind in ["cargoes", "voyages", "locations"] {
        assert!(page.contains(&format!("data-suggest=\"/suggest/{kind}\"")));
    }
    let fields = |cargo, voyage| {
        [
            ("/cargo", cargo),
            ("/type", "LOAD"),
            ("/voyage", voyage),
            ("/location", "NLRTM"),
        ]
    };
    let asked = browser.post("/handling", &fields("rival", "emma")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "“rival” matches one of the cargoes",
        "“emma” matches 4 voyages",
        "<select id=\"cargo\" name=\"/cargo\"",
        "<select id=\"voyage\" name=\"/voyage\"",
    ] {
        assert!(asked.text.contains(part), "{part}: {}", asked.text);
    }
    let sent = browser.post("/handling", &fields(&rival, "W7")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let asked = browser.get("/suggest/users?text=anna").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
}

#[tokio::test]
async fn customers_find_no_cargo_but_their_own() {
    let world = World::new().await;
    let (names, rival) = busy(&world).await;
    let customer = Some(names.customer.as_str());
    world.token("shipper", "customer", customer).await;
    let input = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &input).await;
    let mut browser = Browser::signed_in(&world, "shipper").await;
    for text in ["rival", &rival[..6], &rival] {
        let found = suggested(&mut browser, "cargoes", text).await;
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    let found = suggested(&mut browser, "cargoes", "blue").await;
    assert_eq!(found.len(), 2, "{found:?}");
    let asked = browser.get("/suggest/users?text=anna").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
}

#[tokio::test]
async fn users_and_their_customers_are_found_by_name() {
    let world = World::new().await;
    let (names, _) = busy(&world).await;
    world.token("joanna@quay", "port-agent", None).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    let found = suggested(&mut browser, "users", "ANNA").await;
    let label = |name: &str, label: &str| (name.to_owned(), label.to_owned());
    let expected = [label("anna", "admin"), label("joanna@quay", "port-agent")];
    assert_eq!(found, expected);
    let path = "/operations/assign-role";
    let page = browser.get(path).await.text;
    for asks in ["/suggest/users", "/suggest/customers"] {
        assert!(page.contains(&format!("data-suggest=\"{asks}\"")), "{page}");
    }
    assert!(page.contains("Only for the customer role: the customer to act for."));
    let fields = |user, customer| {
        [
            ("/user", user),
            ("/role", "customer"),
            ("/customer", customer),
        ]
    };
    let asked = browser.post(path, &fields("quay", "anchor")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "“quay” matches one of the users",
        "<option value=\"joanna@quay\">",
        "only part of a customer&#39;s name",
    ] {
        assert!(asked.text.contains(part), "{part}: {}", asked.text);
    }
    let sent = browser
        .post(path, &fields("Joanna@Quay", "blue anchor"))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let entry = world.get("/api/log?limit=1&operation=assign-role").await;
    assert!(!entry.text.is_empty());
    let cargoes = world.get("/api/log/head").await.json();
    let last = cargoes["position"].as_u64().expect("a position");
    let entry = world.get(&format!("/api/log/{last}")).await.json();
    assert_eq!(entry["input"]["user"], "joanna@quay", "{entry}");
    assert_eq!(entry["input"]["customer"], names.customer.as_str());
    // Nobody matches, and the operation says so.
    let asked = browser.post(path, &fields("nobody", "blue anchor")).await;
    assert!(asked.text.contains("UserMustBeKnown"), "{}", asked.text);
}
