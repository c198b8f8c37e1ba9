//! Pages, asked as a browser asks: cookies, forms and what they withstand.

use super::{Answer, World, new_customer};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const PASSWORD: &str = "correct horse";

/// Every page that a signed-in clerk can open.
pub(super) const PAGES: &[&str] = &[
    "/",
    "/voyages",
    "/voyages?show=all&port=Rotterdam",
    "/voyages/V100",
    "/cargoes",
    "/cargoes?status=BOOKED",
    "/cargoes/new",
    "/cargoes/CARGO",
    "/cargoes/CARGO?at=4",
    "/cargoes/CARGO/book",
    "/customers",
    "/customers/new",
    "/customers/CUSTOMER",
    "/log",
    "/log?only=refusals",
    "/log/1",
    "/operations",
    "/operations/schedule-voyage",
    "/operations/create-cargo",
    "/account",
];

/// A browser: it keeps cookies and remembers the form token of the last page.
pub(super) struct Browser<'w> {
    world: &'w World,
    pub(super) cookies: BTreeMap<String, String>,
    pub(super) csrf: String,
}

impl<'w> Browser<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self {
            world,
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// A browser in which a user is signed in.
    pub(super) async fn signed_in(world: &'w World, user: &str) -> Self {
        let mut browser = Self::new(world);
        browser.get("/sign-in").await;
        let answer = browser.sign_in(user, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    async fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("user", user), ("password", password)])
            .await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = request
            .header("accept", "text/html")
            .header("host", "plimsoll.test")
            .header("cookie", cookies.join("; "));
        let answer = self.world.send(request.body(body).unwrap()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let field = "name=\"csrf\" value=\"";
        if let Some(start) = answer.text.find(field) {
            let start = start + field.len();
            self.csrf = answer.text[start..start + 64].to_owned();
        }
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::builder().method(Method::GET).uri(path);
        self.send(request, Body::empty()).await
    }

    /// Sends a form with the token of the last page.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_with(path, &all, &[]).await
    }

    async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.send(request, Body::from(body)).await
    }
}

/// Gives users passwords.
pub(super) async fn with_passwords(world: &World) {
    for (user, role) in [
        ("clerk", "clerk"),
        ("planner", "planner"),
        ("agent", "port-agent"),
    ] {
        world.token(user, role, None).await;
    }
    for user in ["anna", "clerk", "planner", "agent"] {
        let input = json!({ "user": user, "password": PASSWORD });
        world.system("set-password", &input).await;
    }
}

/// What is in a little world: the ids of a customer and of a cargo that is booked on V100.
pub(super) async fn furnished(world: &World) -> (String, String) {
    with_passwords(world).await;
    let customer = world.customer().await;
    world.voyage("V100").await;
    let cargo = world.cargo(&customer, 6).await;
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.run("book-onto-voyage", &book).await.accepted();
    let too_large = world.cargo(&customer, 5).await;
    let book = json!({ "cargo": too_large, "voyage": "V100" });
    world.run("book-onto-voyage", &book).await;
    (customer, cargo)
}

pub(super) fn named(page: &str, (customer, cargo): &(String, String)) -> String {
    page.replace("CUSTOMER", customer).replace("CARGO", cargo)
}

async fn position(world: &World) -> u64 {
    world.get("/api/log/head").await.json()["position"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn every_page_wants_somebody_signed_in() {
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
            ("referrer-policy", "no-referrer"),
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
async fn forms_are_taken_from_pages_of_the_session_alone() {
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
    let cargo = format!("/cargoes/{}/release", names.1);
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
async fn the_sign_in_needs_its_token_too() {
    let world = World::new().await;
    with_passwords(&world).await;
    let fields = [("user", "clerk"), ("password", PASSWORD)];
    let mut browser = Browser::new(&world);
    let answer = browser.post_with("/sign-in", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "without a visit");
    let mut other = Browser::new(&world);
    other.get("/sign-in").await;
    browser.get("/sign-in").await;
    browser.csrf.clone_from(&other.csrf);
    let answer = browser.post("/sign-in", &fields).await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "with another browser's token"
    );
}

#[tokio::test]
async fn a_session_is_new_with_every_sign_in_and_ends_with_the_sign_out() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::new(&world);
    // Somebody planted a session of their own choice.
    browser
        .cookies
        .insert("plimsoll_session".to_owned(), "planted".to_owned());
    browser.get("/sign-in").await;
    browser.cookies.remove("plimsoll_session");
    let planted = browser.cookies.clone();
    browser.sign_in("clerk", PASSWORD).await;
    let first = browser.cookies["plimsoll_session"].clone();
    assert_ne!(first, "planted");
    assert_eq!(browser.get("/").await.status, StatusCode::OK);

    let mut thief = Browser::new(&world);
    thief.cookies = planted;
    thief
        .cookies
        .insert("plimsoll_session".to_owned(), "planted".to_owned());
    assert_eq!(thief.get("/").await.status, StatusCode::SEE_OTHER);

    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.header("location"), Some("/sign-in"));
    assert_eq!(browser.cookies["plimsoll_session"], "");
    thief
        .cookies
        .insert("plimsoll_session".to_owned(), first.clone());
    assert_eq!(
        thief.get("/").await.status,
        StatusCode::SEE_OTHER,
        "it speaks no more"
    );

    browser.get("/sign-in").await;
    browser.sign_in("clerk", PASSWORD).await;
    assert_ne!(browser.cookies["plimsoll_session"], first);
}

#[tokio::test]
async fn who_is_refused_learns_nothing() {
    let world = World::new().await;
    with_passwords(&world).await;
    let suspend = json!({ "user": "planner", "reason": "Left" });
    world.run("suspend-user", &suspend).await.accepted();
    world.token("machine", "clerk", None).await;
    let mut said = Vec::new();
    for (user, password) in [
        ("clerk", "wrong password"),
        ("nobody", PASSWORD),
        ("planner", PASSWORD),
        ("machine", ""),
        ("No Name!", PASSWORD),
    ] {
        let mut browser = Browser::new(&world);
        browser.get("/sign-in").await;
        let answer = browser.sign_in(user, password).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{user}");
        assert!(!browser.cookies.contains_key("plimsoll_session"));
        let start = answer.text.find("<div class=\"note\"").unwrap();
        let end = answer.text[start..].find("</div>").unwrap();
        said.push(answer.text[start..start + end].to_owned());
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
}

#[tokio::test]
async fn passwords_cannot_be_guessed_without_end() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::new(&world);
    browser.get("/sign-in").await;
    let mut statuses = Vec::new();
    for _ in 0..=crate::limits::SIGN_IN_TRIES {
        statuses.push(
            browser
                .sign_in("clerk", "wrong password")
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429));
    let answer = browser.sign_in("clerk", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(
        browser.sign_in("planner", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn the_one_time_link_is_used_once() {
    let world = World::new().await;
    let link = format!("/first-run/{}", super::FIRST_RUN);
    let mut browser = Browser::new(&world);
    assert_eq!(
        browser.get("/first-run/other").await.status,
        StatusCode::NOT_FOUND
    );
    let page = browser.get(&link).await;
    assert!(page.text.contains("Welcome aboard"));
    for (password, again) in [("short", "short"), (PASSWORD, "another horse")] {
        let fields = [("password", password), ("again", again)];
        let answer = browser.post(&link, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{password}"
        );
        assert!(answer.text.contains("class=\"error\""));
    }
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let answer = browser.post(&link, &fields).await;
    assert_eq!(answer.header("location"), Some("/"));
    assert!(browser.get("/").await.text.contains("admin"));
    let mut second = Browser::new(&world);
    second.get("/sign-in").await;
    assert_eq!(second.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        second.post(&link, &fields).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        second.sign_in("admin", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn ones_own_password_is_changed_by_who_knows_it() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut elsewhere = Browser::signed_in(&world, "clerk").await;
    browser.get("/account").await;
    let change = |current: &'static str| {
        [
            ("current", current),
            ("password", "battery staple"),
            ("again", "battery staple"),
        ]
    };
    let answer = browser.post("/account", &change("wrong password")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser.post("/account", &change(PASSWORD)).await;
    assert_eq!(
        answer.header("location"),
        Some("/account"),
        "{}",
        answer.text
    );
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(
        elsewhere.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "ended"
    );
    elsewhere.get("/sign-in").await;
    assert_eq!(
        elsewhere.sign_in("clerk", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
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
    let location = json!({ "locations": [{ "un_locode": "DEXXX", "name": evil, "country": "DE",
        "latitude": 1, "longitude": 1, "time_zone": "UTC" }] });
    world.system("add-locations", &location).await;
    world
        .run(
            "book-onto-voyage",
            &json!({ "cargo": cargo, "voyage": "V100" }),
        )
        .await;
    let names = (customer, cargo);
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
async fn what_was_entered_is_kept_when_it_was_not_right() {
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
        "is no known port: “Atlantis”",
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
        .run("release-cargo", &json!({ "cargo": names.1 }))
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
async fn a_customer_sees_its_own_alone() {
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
        assert!(!answer.text.contains(&names.1), "{page}");
    }
    let list = browser.get("/cargoes").await.text;
    assert!(list.contains(&cargo) && !list.contains(&names.1));
    let page = browser.get(&format!("/cargoes/{cargo}")).await.text;
    assert!(!page.contains("Choose a voyage") && page.contains("Cancel it"));
    assert!(
        !page.contains("data-live"),
        "the stream is not for customers"
    );
}

#[tokio::test]
async fn files_are_kept_for_ever_under_addresses_that_change_with_them() {
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
