//! Ports by name: found, corrected, and chosen if a name has several matches.

use super::visitor::{Browser, furnished};
use super::{World, ship};
use axum::http::StatusCode;
use serde_json::json;

/// Ports with other names. Two of them are known as Newport.
async fn with_other_names(world: &World) {
    let port = |code: &str, name: &str, aliases: &[&str]| {
        json!({ "un_locode": code, "name": name, "country": &code[..2], "aliases": aliases,
            "latitude": 1.5, "longitude": 2.5, "time_zone": "UTC" })
    };
    let ports = json!({ "locations": [
        port("SEGOT", "Goteborg", &["Göteborg", "Gothenburg"]),
        port("DKCPH", "Kobenhavn", &["København", "Copenhagen"]),
        port("INBOM", "Bombay", &["Mumbai"]),
        port("GBNPT", "Newport", &[]),
        port("USNPT", "Newport", &["Rhode Island"]),
    ]});
    world.system("add-locations", &ports).await;
}

#[tokio::test]
async fn ports_are_found_by_any_of_their_names() {
    let world = World::new().await;
    with_other_names(&world).await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for (text, code) in [
        ("Göteborg", "SEGOT"),
        ("Goteborg", "SEGOT"),
        ("gothen", "SEGOT"),
        ("København", "DKCPH"),
        ("kobenhavn", "DKCPH"),
        ("COPENHAGEN", "DKCPH"),
        ("Mumbai", "INBOM"),
        ("Bombay", "INBOM"),
    ] {
        let escaped: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let path = format!("/suggest/locations?text={escaped}");
        let found = browser.get(&path).await.text;
        let found: serde_json::Value = serde_json::from_str(&found).expect("a list");
        assert_eq!(found[0]["value"], code, "{text}: {found}");
        let path = format!("/api/locations?name={escaped}");
        let listed = world.get(&path).await.json();
        assert_eq!(listed["items"][0]["location"], code, "{text}: {listed}");
    }
}

#[tokio::test]
async fn suggestions_contain_what_was_typed_and_saints_are_found() {
    let world = World::new().await;
    with_other_names(&world).await;
    furnished(&world).await;
    let saint = json!({ "locations": [{ "un_locode": "RULED", "name": "Saint Petersburg",
        "country": "RU", "aliases": ["Petrograd", "Leningrad", "petrograd", "Petrograd"],
        "latitude": 1, "longitude": 2, "time_zone": "UTC" }] });
    world.run("add-locations", &saint).await.accepted();
    let known = world.get("/api/locations/RULED").await.json();
    assert_eq!(known["aliases"], json!(["Petrograd", "Leningrad"]));
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for (text, code) in [
        ("St. Petersburg", "RULED"),
        ("St Petersburg", "RULED"),
        ("saint-peters", "RULED"),
        ("petrograd", "RULED"),
        ("København", "DKCPH"),
        ("kobenh", "DKCPH"),
        ("københ", "DKCPH"),
        ("gÖTEB", "SEGOT"),
        ("gøteb", "SEGOT"),
    ] {
        let escaped: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let path = format!("/suggest/locations?text={escaped}");
        let found = browser.get(&path).await.text;
        let found: serde_json::Value = serde_json::from_str(&found).expect("a list");
        assert_eq!(found[0]["value"], code, "{text}: {found}");
        let label = found[0]["label"].as_str().expect("a label").to_lowercase();
        assert!(
            label.contains(&text.to_lowercase()),
            "browsers hide {label}"
        );
    }
    let fjord = json!({ "locations": [{ "un_locode": "NOOSF", "name": "Oslofjørd",
        "country": "NO", "latitude": 1, "longitude": 2, "time_zone": "UTC" }] });
    world.run("add-locations", &fjord).await.accepted();
    // A part of a name does not count as the name.
    for (text, label) in [
        ("oslofjo", "Oslofjørd, NO · Oslofjord"),
        ("öslofj", "Oslofjørd, NO · found by “öslofj”"),
        ("oslofjø", "Oslofjørd, NO"),
    ] {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let found = browser
            .get(&format!("/suggest/locations?text={text}"))
            .await;
        let found: serde_json::Value = serde_json::from_str(&found.text).expect("a list");
        assert_eq!(found[0]["label"], label, "{found}");
    }
}

#[tokio::test]
async fn a_name_that_means_several_ports_offers_the_choice() {
    let world = World::new().await;
    with_other_names(&world).await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let fields = |origin| {
        [
            ("/customer", names.customer.as_str()),
            ("/origin", origin),
            ("/destination", "mumbai"),
            ("/arrival_deadline", "2199-03-03T08:00"),
            ("/equipment/0/type", "22G1"),
            ("/equipment/0/count", "1"),
            ("/gross_weight_kg", "9000"),
            ("/commodity", "Parts"),
        ]
    };
    for path in ["/cargoes/new", "/operations/create-cargo"] {
        browser.get(path).await;
        let asked = browser.post(path, &fields("newport")).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        for choice in [
            "<select id=\"f-origin\" name=\"/origin\"",
            "<option value=\"GBNPT\">GBNPT · Newport, GB</option>",
            "<option value=\"USNPT\">USNPT · Newport, US</option>",
            "<option value=\" \">None of these</option>",
            "name=\"/destination\" type=\"text\" value=\"INBOM\"",
        ] {
            assert!(asked.text.contains(choice), "{choice}: {}", asked.text);
        }
        let again = browser.post(path, &fields(" ")).await;
        let asks = "<input id=\"f-origin\" name=\"/origin\" type=\"text\"";
        assert!(again.text.contains(asks), "{}", again.text);
        let sent = browser.post(path, &fields("USNPT")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    }
}

/// A voyage between two ports.
async fn voyage(world: &World, number: &str, from: &str, to: &str) {
    let input = json!({
        "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{ "from": from, "to": to,
            "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-09T00:00:00Z" }],
    });
    world.run("schedule-voyage", &input).await.accepted();
}

#[tokio::test]
async fn voyages_do_not_decide_between_ports_of_one_name() {
    let world = World::new().await;
    with_other_names(&world).await;
    let names = furnished(&world).await;
    voyage(&world, "W1", "USNPT", "INBOM").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling").await;
    // If a text is the name of one port and another name of a second, neither is assumed.
    for (text, first, second) in [
        ("Newport", "USNPT", "GBNPT"),
        ("Kobenhavn", "DKCPH", "USKBN"),
        ("COPENHAGEN", "DKCPH", "USKBN"),
    ] {
        if text != "Newport" {
            let town = json!({ "locations": [{ "un_locode": "USKBN", "name": "Copenhagen",
                "country": "US", "aliases": ["Kobenhavn"], "latitude": 1, "longitude": 2,
                "time_zone": "UTC" }] });
            world.run("add-locations", &town).await;
            voyage(&world, &text[..4].to_uppercase(), "DKCPH", "INBOM").await;
        }
        let input = [
            ("/cargo", names.cargo.as_str()),
            ("/type", "RECEIVE"),
            ("/location", text),
        ];
        let asked = browser.post("/handling", &input).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        let place = |code| asked.text.find(&format!("<option value=\"{code}\">"));
        let (first, second) = (place(first), place(second));
        assert!(first.is_some() && first < second, "{text}: {}", asked.text);
        let choice = "<select id=\"location\" name=\"/location\"";
        assert!(asked.text.contains(choice), "{text}: {}", asked.text);
    }
}

/// “None of these” asks for a text again, in an empty field.
#[tokio::test]
async fn choosing_none_of_these_empties_the_field() {
    let world = World::new().await;
    with_other_names(&world).await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling").await;
    for (text, has_field) in [("Newport", false), (" ", true)] {
        let input = [
            ("/cargo", names.cargo.as_str()),
            ("/type", "RECEIVE"),
            ("/location", text),
        ];
        let asked = browser.post("/handling", &input).await;
        let field = "<input id=\"location\" name=\"/location\" value=\"\"";
        assert_eq!(asked.text.contains(field), has_field, "{}", asked.text);
    }
    let mut planner = Browser::signed_in(&world, "planner").await;
    let path = "/operations/correct-location?location=";
    let asked = planner.get(&format!("{path}Newport")).await.text;
    assert!(
        asked.contains("<option value=\" \">None of these"),
        "{asked}"
    );
    let asked = planner.get(&format!("{path}+")).await.text;
    assert!(asked.contains("name=\"location\" value=\"\""), "{asked}");
}

#[tokio::test]
async fn filters_offer_matching_ports_and_voyages() {
    let world = World::new().await;
    with_other_names(&world).await;
    furnished(&world).await;
    voyage(&world, "W1", "USNPT", "INBOM").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for (path, links) in [
        (
            "/voyages?show=all&port=newport",
            [
                "<a href=\"/voyages?show=all&#38;port=USNPT\">USNPT · Newport, US</a>",
                "<a href=\"/voyages?show=all&#38;port=GBNPT\">GBNPT · Newport, GB</a>",
            ],
        ),
        (
            "/cargoes?origin=Newport&status=BOOKED",
            [
                "<a href=\"/cargoes?status=BOOKED&#38;origin=USNPT\">USNPT · Newport, US</a>",
                "<a href=\"/cargoes?status=BOOKED&#38;origin=GBNPT\">GBNPT · Newport, GB</a>",
            ],
        ),
        (
            "/cargoes?voyage=emma",
            [
                "<a href=\"/cargoes?voyage=V100\">V100 · Emma · NLRTM to SGSIN",
                "<a href=\"/cargoes?voyage=W1\">W1 · Emma · USNPT to INBOM",
            ],
        ),
    ] {
        let page = browser.get(path).await.text;
        for link in links {
            assert!(page.contains(link), "{path}: {link}\n{page}");
        }
        let found = browser.get("/voyages?show=all&port=USNPT").await.text;
        assert!(found.contains("/voyages/W1"), "{found}");
    }
}

#[tokio::test]
async fn a_location_is_corrected_and_found_by_its_new_name() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let path = "/operations/correct-location";
    // Without a location, the form would ask for all its details.
    let page = browser.get(path).await.text;
    assert!(page.contains("Show details"), "{page}");
    assert!(!page.contains("name=\"/name\""), "{page}");
    let page = browser.get(&format!("{path}?location=nowhere")).await.text;
    assert!(page.contains("is not a known port: “nowhere”"), "{page}");
    assert!(page.contains("Show details"), "{page}");
    let page = browser.get("/voyages").await.text;
    assert!(page.contains("<a href=\"/locations\">"), "{page}");
    let page = browser.get("/locations?name=hamb").await.text;
    let leads = "<a href=\"/operations/correct-location?location=DEHAM\"";
    assert!(page.contains(leads), "{page}");
    let page = browser.get(&format!("{path}?location=hamburg")).await.text;
    for field in [
        "name=\"/location\" type=\"text\" value=\"DEHAM\"",
        "name=\"/name\" type=\"text\" value=\"Hamburg\"",
        "name=\"/time_zone\" type=\"text\" value=\"Europe/Amsterdam\"",
        "name=\"opened\" value=\"location:DEHAM\"",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }
    let fields = [
        ("/location", "DEHAM"),
        ("/name", "Hamburg"),
        ("/aliases/0", "Hambourg"),
        ("/aliases/1", ""),
        ("/latitude", "53.5"),
        ("/longitude", "9.9"),
        ("/time_zone", "Europe/Berlin"),
        ("version", "1"),
        ("opened", "location:DEHAM"),
    ];
    let sent = browser.post(path, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let to = sent.header("location").expect("an address").to_owned();
    let said = browser.get(&to).await.text;
    assert!(said.contains("corrected."), "{said}");
    let known = world.get("/api/locations/DEHAM").await.json();
    assert_eq!(known["time_zone"], "Europe/Berlin");
    assert_eq!(known["aliases"], json!(["Hambourg"]));
    assert!(said.contains("<td data-label=\"Other names\">Hambourg"));
    let found = world.get("/api/locations?name=HAMBOURG").await.json();
    assert_eq!(found["items"][0]["location"], "DEHAM");
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get("/locations").await.text;
    assert!(page.contains("DEHAM") && !page.contains("correct-location"));
    // A second form opened earlier shows what has changed.
    let mut late = fields;
    late[4] = ("/latitude", "1");
    let refused = browser.post(path, &late).await;
    assert!(refused.text.contains("Other names"), "{}", refused.text);
    assert!(refused.text.contains("Hambourg"), "{}", refused.text);
}
