//! Customers by name: found among more than fit a list, and told apart.

use super::visitor::{Browser, PASSWORD, furnished};
use super::{World, new_customer};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// More customers than a list of choices can show, with the wanted one last.
const CROWD: usize = 250;

async fn add(world: &World, name: &str) -> String {
    let added = world.run("new-customer", &new_customer(name)).await;
    let customer = added.accepted()["outcome"]["customer"].clone();
    customer.as_str().unwrap().to_owned()
}

async fn crowd(world: &World) {
    for number in 1..=CROWD {
        add(world, &format!("Aardvark Shipping {number}")).await;
    }
}

fn fields<'a>(customer: &'a str, destination: &'a str) -> [(&'a str, &'a str); 8] {
    [
        ("/customer", customer),
        ("/origin", "NLRTM"),
        ("/destination", destination),
        ("/arrival_deadline", "2199-03-03T08:00"),
        ("/equipment/0/type", "22G1"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "9000"),
        ("/commodity", "Parts"),
    ]
}

/// The customer of the newest cargo.
async fn newest(world: &World) -> Value {
    let cargoes = world.get("/api/cargoes?limit=1").await.json();
    cargoes["items"][0]["customer"].clone()
}

async fn suggested(browser: &mut Browser<'_>, text: &str) -> Value {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let path = format!("/suggest/customers?text={text}");
    let answer = browser.get(&path).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{}", answer.text))
}

#[tokio::test]
async fn a_customer_is_found_by_name_among_more_than_fit_a_list() {
    let world = World::new().await;
    furnished(&world).await;
    crowd(&world).await;
    let sought = add(&world, "Zürich Gewürze Øst").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let found = suggested(&mut browser, "zurich gew").await;
    assert_eq!(found[0]["value"], "Zürich Gewürze Øst", "{found}");
    let label = found[0]["label"].as_str().expect("a label");
    assert!(
        label.ends_with(" · Zurich Gewurze Ost"),
        "browsers hide it: {label}"
    );
    for path in ["/cargoes/new", "/operations/create-cargo"] {
        let page = browser.get(path).await.text;
        let asks = "name=\"/customer\" type=\"text\" value=\"\" placeholder=\"Blue Anchor Trading\" data-suggest=\"/suggest/customers\"";
        assert!(page.contains(asks), "{page}");
        for text in ["Zürich Gewürze Øst", " zurich GEWURZE ost ", &sought] {
            let sent = browser.post(path, &fields(text, "SGSIN")).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
            assert_eq!(newest(&world).await, sought.as_str(), "{text}");
        }
    }
}

#[tokio::test]
async fn a_part_of_a_name_offers_the_customers_that_have_it() {
    let world = World::new().await;
    furnished(&world).await;
    crowd(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for path in ["/cargoes/new", "/operations/create-cargo"] {
        browser.get(path).await;
        for (text, complaint) in [
            ("aardvark", "matches 250 customers, of which 12 are shown"),
            ("shipping 25", "matches 2 customers. Choose one"),
            ("lue anch", "only part of a customer&#39;s name"),
            ("nobody", "is not a known customer: “nobody”"),
            ("%", "is not a known customer: “%”"),
        ] {
            let asked = browser.post(path, &fields(text, "SGSIN")).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(asked.text.contains(complaint), "{text}: {}", asked.text);
        }
        let long = "x".repeat(60_000);
        let asked = browser.post(path, &fields(&long, "SGSIN")).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        let asked = browser.post(path, &fields("Shipping 250", "SGSIN")).await;
        let choice = "<select id=\"f-customer\" name=\"/customer\"";
        assert!(asked.text.contains(choice), "{}", asked.text);
    }
    // A suggestion is found by the id that the choice carries.
    let found = suggested(&mut browser, "shipping 250").await;
    assert_eq!(found[0]["value"], "Aardvark Shipping 250", "{found}");
}

#[tokio::test]
async fn customers_with_one_name_are_distinguished() {
    let world = World::new().await;
    furnished(&world).await;
    let first = add(&world, "Twin").await;
    let second = add(&world, "twin").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let found = suggested(&mut browser, "Twin").await;
    for (index, id) in [&first, &second].into_iter().enumerate() {
        assert_eq!(found[index]["value"], id.as_str(), "{found}");
    }
    let path = "/cargoes/new";
    browser.get(path).await;
    let asked = browser.post(path, &fields("TWIN", "SGSIN")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for id in [&first, &second] {
        let option = format!("<option value=\"{id}\">");
        assert!(asked.text.contains(&option), "{}", asked.text);
    }
    // A chosen value stays chosen while something else is corrected.
    let asked = browser.post(path, &fields(&second, "nowhere")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = format!("<option value=\"{second}\" selected>");
    assert!(asked.text.contains(&chosen), "{}", asked.text);
    let sent = browser.post(path, &fields(&second, "SGSIN")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert_eq!(newest(&world).await, second.as_str());
}

#[tokio::test]
async fn a_link_with_the_id_of_a_customer_shows_its_name() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for path in [
        "/cargoes/new",
        "/operations/create-cargo",
        "/operations/suspend-customer",
    ] {
        let path = format!("{path}?customer={}", names.customer);
        let page = browser.get(&path).await.text;
        let shown = "name=\"/customer\" type=\"text\" value=\"Blue Anchor\"";
        assert!(page.contains(shown), "{path}: {page}");
    }
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let path = format!("/cargoes/new?customer={unknown}");
    assert!(browser.get(&path).await.text.contains(unknown));
}

#[tokio::test]
async fn customers_find_nobody_but_themselves() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let other = add(&world, "Blue Rival").await;
    world
        .token("shipper", "customer", Some(&names.customer))
        .await;
    let input = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &input).await;
    let mut browser = Browser::signed_in(&world, "shipper").await;
    let found = suggested(&mut browser, "blue").await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["value"], "Blue Anchor", "{found}");
    let page = browser.get("/cargoes/new").await.text;
    assert!(page.contains("value=\"Blue Anchor\""), "{page}");
    let page = browser.get(&format!("/cargoes/new?customer={other}")).await;
    assert!(!page.text.contains("Rival"), "{}", page.text);
    for text in ["Blue Rival", "Rival"] {
        let asked = browser.post("/cargoes/new", &fields(text, "SGSIN")).await;
        assert!(
            asked.text.contains("is not a known customer"),
            "{}",
            asked.text
        );
    }
    let mut stranger = Browser::new(&world);
    let asked = stranger.get("/suggest/customers?text=blue").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
}
