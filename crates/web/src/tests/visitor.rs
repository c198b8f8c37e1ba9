//! A browser without a screen, and a small world for it to visit.

use super::{Answer, World};
use crate::clock::SystemClock;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::Moment;
use domain::ports::Clock;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

pub(super) const PASSWORD: &str = "correct horse";

/// Every page that a signed-in clerk can open.
pub(super) const PAGES: &[&str] = &[
    "/",
    "/voyages",
    "/voyages?show=all&port=Rotterdam",
    "/voyages/V100",
    "/vessels",
    "/vessels/9074729",
    "/cargoes",
    "/cargoes?status=BOOKED",
    "/cargoes/new",
    "/cargoes/CARGO",
    "/cargoes/CARGO?at=POSITION",
    "/cargoes/CARGO/book",
    "/cargoes/roll",
    "/cargoes/roll?cargo=CARGO",
    "/handling",
    "/quay?port=NLRTM",
    "/history/cargo/CARGO",
    "/history/voyage/V100",
    "/history/customer/CUSTOMER",
    "/customers",
    "/locations",
    "/locations?name=ham",
    "/operations/correct-location",
    "/customers/new",
    "/customers/CUSTOMER",
    "/log",
    "/log?only=refusals",
    "/log/1",
    "/operations",
    "/operations/register-vessel",
    "/operations/schedule-voyage",
    "/operations/create-cargo",
    "/users",
    "/account",
];

/// A browser that keeps cookies and remembers the form token of the last page.
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

    /// A browser with a signed-in user.
    pub(super) async fn signed_in(world: &'w World, user: &str) -> Self {
        let mut browser = Self::new(world);
        browser.get("/sign-in").await;
        let answer = browser.sign_in(user, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    pub(super) async fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("user", user), ("password", password)])
            .await
    }

    pub(super) async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Answer {
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

    pub(super) async fn post_with(
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

/// This many days from now.
pub(super) fn in_days(days: i64) -> String {
    SystemClock.now().plus_hours(24 * days).to_string()
}

/// A clock that can be moved forward, in hours.
#[derive(Default)]
pub(super) struct Forward(pub(super) AtomicI64);

impl Clock for Forward {
    fn now(&self) -> Moment {
        SystemClock.now().plus_hours(self.0.load(Ordering::Relaxed))
    }
}

/// Sets passwords for users.
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

/// What a small world contains.
pub(super) struct Furniture {
    pub(super) customer: String,
    /// A cargo that is booked on V100.
    pub(super) cargo: String,
    /// The position before the booking.
    pub(super) created: u64,
}

/// A small world.
pub(super) async fn furnished(world: &World) -> Furniture {
    with_passwords(world).await;
    let customer = world.customer().await;
    world.voyage("V100").await;
    let cargo = world.cargo(&customer, 6).await;
    let created = position(world).await;
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.run("book-onto-voyage", &book).await.accepted();
    let too_large = world.cargo(&customer, 5).await;
    let book = json!({ "cargo": too_large, "voyage": "V100" });
    world.run("book-onto-voyage", &book).await;
    Furniture {
        customer,
        cargo,
        created,
    }
}

pub(super) fn named(page: &str, names: &Furniture) -> String {
    page.replace("CUSTOMER", &names.customer)
        .replace("CARGO", &names.cargo)
        .replace("POSITION", &names.created.to_string())
}

pub(super) async fn position(world: &World) -> u64 {
    world.get("/api/log/head").await.json()["position"]
        .as_u64()
        .unwrap()
}
