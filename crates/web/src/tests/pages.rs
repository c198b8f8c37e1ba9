//! Pages, requested as a browser does: cookies, forms and attacks on them.

use super::visitor::*;
use super::{World, new_customer};
use axum::http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn every_page_requires_a_sign_in() {
    let world = World::new().await;
    let names = furnished(&world).await;
    for cookie in [None, Some("unknown")] {
        for page in PAGES {
            let mut browser = Browser::new(&world);
            if let Some(cookie) = cookie {
                browser
                    .cookies
                    .insert("plimsoll_session".to_owned(), cookie.to_owned());
            }
            let answer = browser.get(&named(page, &names)).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
            assert!(
                answer.header("location").unwrap().starts_with("/sign-in"),
                "{page}"
            );
        }
    }
}

#[tokio::test]
async fn every_page_is_sent_with_a_strict_policy_and_keeps_to_it() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let public = [
        "/sign-in",
        "/problems/",
        "/problems/StaleVersion",
        "/nothing",
        "/track",
        "/track/23456789AB3",
        "/track/x",
    ];
    for page in PAGES.iter().chain(&public) {
        let mut fresh = Browser::new(&world);
        let browser = if public.contains(page) {
            &mut fresh
        } else {
            &mut browser
        };
        let answer = browser.get(&named(page, &names)).await;
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("text/html"),
            "{page}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
                && !policy.contains("unsafe")
                && policy.contains("form-action 'self'")
                && policy.contains("frame-ancestors 'none'"),
            "{page}: {policy}"
        );
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{page}");
        }
        for inline in [
            " style=",
            "<style",
            " onclick=",
            " onload=",
            "javascript:",
            "<script>",
        ] {
            assert!(!answer.text.contains(inline), "{page} has {inline}");
        }
    }
}

#[tokio::test]
async fn forms_are_accepted_only_from_pages_of_the_session() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut other = Browser::signed_in(&world, "planner").await;
    browser.get("/").await;
    other.get("/").await;
    let (own, foreign) = (browser.csrf.clone(), other.csrf.clone());
    assert_ne!(own, foreign);
    let before = position(&world).await;
    let same = [("sec-fetch-site", "same-origin")];
    let cross = [("sec-fetch-site", "cross-site")];
    let origin = [("origin", "http://evil.test")];
    for page in [
        "/cargoes/new",
        "/cargoes/CARGO/release",
        "/cargoes/CARGO/cancel",
        "/cargoes/CARGO/book",
        "/handling",
        "/handling/CUSTOMER/retract",
        "/customers/new",
        "/operations/new-customer",
        "/account",
        "/sign-out",
    ] {
        let fields = [
            ("/name", "X"),
            ("/email", "x@example.com"),
            ("/country", "NL"),
            ("/reason", "X"),
        ];
        for (token, headers) in [
            (None, &same[..]),
            (Some(""), &same),
            (
                Some("0000000000000000000000000000000000000000000000000000000000000000"),
                &same,
            ),
            (Some(foreign.as_str()), &same),
            (Some(own.as_str()), &cross),
            (Some(own.as_str()), &origin),
        ] {
            let mut all = fields.to_vec();
            all.extend(token.map(|token| ("csrf", token)));
            let answer = browser.post_with(&named(page, &names), &all, headers).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{page} {token:?} {headers:?}"
            );
            assert!(answer.text.contains("The form cannot be trusted"), "{page}");
        }
    }
    assert_eq!(position(&world).await, before, "nothing was applied");
    let cargo = format!("/cargoes/{}/release", names.cargo);
    let answer = browser
        .post_with(&cargo, &[("csrf", own.as_str())], &same)
        .await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "the right one is taken"
    );
}

#[tokio::test]
async fn nothing_that_was_entered_becomes_markup() {
    let world = World::new().await;
    with_passwords(&world).await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}";
    let added = world
        .run("new-customer", &new_customer(evil))
        .await
        .accepted();
    let customer = added["outcome"]["customer"].as_str().unwrap().to_owned();
    let mut cargo = super::new_cargo(&customer, 2);
    cargo["commodity"] = json!(evil);
    let created = world.run("create-cargo", &cargo).await.accepted();
    let cargo = created["outcome"]["cargo"].as_str().unwrap().to_owned();
    let voyage = json!({
        "number": "V100", "vessel": { "imo": "9074729", "name": evil },
        "capacity": { "teu": 1, "tonnes": 10 }, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{ "from": "NLRTM", "to": "SGSIN",
            "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-30T00:00:00Z" }],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    let location = json!({ "locations": [{ "un_locode": "DEZZZ", "name": evil, "country": "DE",
        "latitude": 1, "longitude": 1, "time_zone": "UTC" }] });
    world.system("add-locations", &location).await;
    world
        .run(
            "book-onto-voyage",
            &json!({ "cargo": cargo, "voyage": "V100" }),
        )
        .await;
    let names = Furniture {
        customer,
        cargo,
        created: position(&world).await,
    };
    let mut browser = Browser::signed_in(&world, "anna").await;
    let cancel = named("/cargoes/CARGO/cancel", &names);
    browser.get("/").await;
    browser.post(&cancel, &[("/reason", evil)]).await;
    let searches = [
        "/customers?name=<script>alert(1)</script>",
        "/voyages?port=<script>alert(1)</script>",
        "/cargoes?origin=\"><script>alert(1)</script>&voyage='\"<b>",
        "/log?actor=<script>alert(1)</script>&target=\"><b>",
        "/operations/create-cargo?commodity=\"><script>alert(1)</script>",
        "/cargoes/new?origin=\"><script>alert(1)</script>",
        "/sign-in?to=/\"><script>alert(1)</script>",
        "/track?tracking_id=\"><script>alert(1)</script>",
    ];
    let encoded = searches.iter().map(|path| {
        path.replace('<', "%3C")
            .replace('>', "%3E")
            .replace('"', "%22")
            .replace('\'', "%27")
    });
    let pages = PAGES.iter().map(|page| named(page, &names));
    for page in pages.chain(encoded) {
        let text = browser.get(&page).await.text;
        for raw in ["<script>alert", "<img src=x", "\"><b>", "'\"<b>", "49"] {
            let found = text.contains(raw) && (raw != "49" || text.contains("&#38;amp;49"));
            assert!(!found, "{page} has {raw}");
        }
    }
}

#[tokio::test]
async fn wrong_input_is_kept_in_the_form() {
    let world = World::new().await;
    with_passwords(&world).await;
    let customer = world.customer().await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get("/cargoes/new").await;
    let fields = [
        ("/customer", customer.as_str()),
        ("/origin", "rotterdam"),
        ("/destination", "Atlantis"),
        ("/arrival_deadline", "2199-02-20T00:00"),
        ("/equipment/0/type", "45G1"),
        ("/equipment/0/count", "three"),
        ("/gross_weight_kg", "20000"),
        ("/commodity", "Bicycles & bells"),
    ];
    let answer = browser.post("/cargoes/new", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "value=\"NLRTM\"",
        "is not a known port: “Atlantis”",
        "must be a number",
        "value=\"Bicycles &#38; bells\"",
        "value=\"2199-02-20T00:00\"",
    ] {
        assert!(
            answer.text.contains(part),
            "{part} is not in {}",
            answer.text
        );
    }
    let mut fields = fields;
    fields[2].1 = "Singapore";
    fields[5].1 = "3";
    let answer = browser.post("/cargoes/new", &fields).await;
    let to = answer.header("location").unwrap().to_owned();
    assert!(to.contains("/book?done="), "{to}");
    let page = browser.get(&to).await.text;
    assert!(
        page.contains("6 TEU and 20 t from Rotterdam to Singapore"),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_sent_twice_is_applied_once() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/customers/new").await.text;
    let start = page.find("name=\"key\" value=\"").unwrap() + 18;
    let key = page[start..].split('"').next().unwrap().to_owned();
    let send = |name: &'static str| {
        [
            ("key", key.clone()),
            ("/name", name.to_owned()),
            ("/email", "a@example.com".to_owned()),
            ("/country", "nl".to_owned()),
        ]
    };
    let mut locations = Vec::new();
    for name in ["Blue Anchor", "Blue Anchor", "Red Anchor"] {
        let fields = send(name);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = browser.post("/customers/new", &fields).await;
        locations.push((
            answer.status.as_u16(),
            answer.header("location").map(str::to_owned),
        ));
        if name == "Red Anchor" {
            assert!(
                answer
                    .text
                    .contains("This form was sent before, with other values")
            );
            assert!(!answer.text.contains(&key), "it has a new key");
        }
    }
    assert_eq!(locations[0], locations[1]);
    assert_eq!(locations[2].0, 422);
    assert_eq!(
        world.get("/api/customers").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_page_that_is_out_of_date_does_not_undo_what_others_did() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get(&named("/cargoes/CARGO", &names)).await;
    world
        .run("release-cargo", &json!({ "cargo": names.cargo }))
        .await
        .accepted();
    let path = named("/cargoes/CARGO/cancel", &names);
    let answer = browser
        .post(&path, &[("version", "2"), ("/reason", "No")])
        .await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    assert!(answer.text.contains("StaleVersion"));
}

#[tokio::test]
async fn a_list_cannot_be_made_too_long() {
    let world = World::new().await;
    with_passwords(&world).await;
    for user in ["planner", "clerk"] {
        let mut browser = Browser::signed_in(&world, user).await;
        browser.get("/account").await;
        for index in ["28000", "18446744073709551615"] {
            let name = format!("/movements/{index}/from");
            let form = "/operations/schedule-voyage";
            let answer = browser.post(form, &[(name.as_str(), "NLRTM")]).await;
            assert_eq!(answer.status.as_u16(), 422, "{user} {index}");
        }
    }
}

#[tokio::test]
async fn forms_refused_by_policy_are_recorded() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get("/account").await;
    let before = position(&world).await;
    let sent = [("/user", "planner"), ("/reason", "Left")];
    let answer = browser.post("/operations/suspend-user", &sent).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(position(&world).await, before, "nothing was applied");
    let refusals = world.get("/api/refusals").await.json();
    let newest = &refusals["items"][0];
    assert_eq!(newest["operation"], "suspend-user");
    assert_eq!(newest["actor"], "user:clerk");
    assert_eq!(newest["rule"], "Policy");
}

#[tokio::test]
async fn returning_to_a_forms_address_shows_the_cargo() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for action in ["release", "cancel"] {
        let path = format!("/cargoes/{}", names.cargo);
        let answer = browser.get(&format!("{path}/{action}")).await;
        assert_eq!(answer.header("location"), Some(path.as_str()));
    }
}

#[tokio::test]
async fn a_customer_sees_only_its_own_data() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let own = world.customer().await;
    world.token("shipper", "customer", Some(&own)).await;
    let input = json!({ "user": "shipper", "password": PASSWORD });
    world.system("set-password", &input).await;
    let cargo = world.cargo(&own, 1).await;
    let mut browser = Browser::signed_in(&world, "shipper").await;
    for (page, status) in [
        ("/cargoes/CARGO", 404),
        ("/cargoes/CARGO/book", 404),
        ("/customers/CUSTOMER", 404),
        ("/log", 403),
        ("/log/1", 403),
        ("/voyages/V100", 200),
    ] {
        let answer = browser.get(&named(page, &names)).await;
        assert_eq!(answer.status.as_u16(), status, "{page}");
        assert!(!answer.text.contains("Machine parts"), "{page}");
    }
    let list = browser.get("/cargoes").await.text;
    assert!(list.contains(&cargo) && !list.contains(&names.cargo));
    let page = browser.get(&format!("/cargoes/{cargo}")).await.text;
    assert!(!page.contains("Choose a voyage") && page.contains("Cancel cargo"));
    assert!(
        !page.contains("data-live"),
        "the stream is not for customers"
    );
}

#[tokio::test]
async fn files_are_cached_forever_under_versioned_addresses() {
    let world = World::new().await;
    let page = world
        .ask(Method::GET, "/sign-in", &[("accept", "text/html")], "")
        .await
        .text;
    let links: Vec<_> = page
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    assert_eq!(links.len(), 3, "{links:?}");
    for link in links {
        let answer = world.get(link).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer
                .header("cache-control")
                .unwrap()
                .contains("immutable")
        );
        let old = link.replacen(&link[8..20], "000000000000", 1);
        assert_eq!(
            world.get(&old).await.header("cache-control"),
            Some("no-cache")
        );
    }
    world.get("/assets/x/y.css").await.problem(404, "not-found");
}

/// A signed-in user who gets lost still has links to all pages.
#[tokio::test]
async fn a_wrong_page_keeps_the_frame() {
    let world = World::new().await;
    furnished(&world).await;
    for (path, status) in [
        ("/nothing", StatusCode::NOT_FOUND),
        ("/cargoes/23456789AB3", StatusCode::NOT_FOUND),
        ("/voyages/NONE", StatusCode::NOT_FOUND),
        ("/cargoes?colour=red", StatusCode::BAD_REQUEST),
    ] {
        let answer = Browser::new(&world).get(path).await;
        assert!(!answer.text.contains("Sign out"), "{path}");
        let answer = Browser::signed_in(&world, "clerk").await.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        for part in [r#"href="/voyages""#, "Sign out", r#"name="csrf" value=""#] {
            assert!(answer.text.contains(part), "{path}: {part}");
        }
    }
}
