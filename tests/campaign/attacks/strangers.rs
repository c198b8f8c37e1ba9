//! Strangers cause work before anybody knows who they are.

use super::super::support::server::{Client, issue_token};
use super::super::support::world::{Database, World};
use super::bystander::Probe;
use super::measured::measure;
use super::queue::batch;
use super::sockets::{address_of, connect, hold};
use super::{Attacked, Bounds, LOG_MB};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, sleep_until};

/// The number of unfinished uploads at a time, each begun again when it ends.
const UPLOADS: usize = 40;
/// The number of unfinished sign-in forms, and the bytes of each that are sent.
const FORMS: usize = 600;
const FORM_BYTES: usize = 1_000_000;
/// How long the unfinished uploads and forms go on.
const UNFINISHED: Duration = Duration::from_secs(30);
/// How long somebody who is signed in may take to import a file.
const IMPORT_WITHIN: Duration = Duration::from_secs(5);
/// The users of a large database, and the number of sign-in pages asked for at a time.
const USERS: usize = 20_000;
const PAGES: usize = 8;
const ASKING: Duration = Duration::from_secs(10);
const BOUNDS: Bounds = Bounds {
    memory_mb: 400,
    system_mb: 200,
    disk_mb: LOG_MB + 32,
};
/// A page for signing in takes this long at most, whatever the number of users.
const SIGN_IN_WITHIN: Duration = Duration::from_millis(50);
const USER: &str = "agent";
const PASSWORD: &str = "harbour crane at dawn 47";

/// Begins to send a file with a made-up session, again and again.
async fn upload(server: SocketAddr) {
    let head = "POST /handling/import HTTP/1.1\r\nhost: a\r\ncookie: plimsoll_session=made-up\r\n\
                content-type: multipart/form-data; boundary=b\r\ncontent-length: 4000000\r\n\r\n\
                --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ncargo,";
    loop {
        if let Some(mut stream) = connect(server, 1).await {
            drop(stream.write_all(head.as_bytes()).await);
            let mut answer = Vec::new();
            drop(stream.read_to_end(&mut answer).await);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// A person with a browser.
struct Person {
    http: reqwest::Client,
    url: String,
}

impl Person {
    /// Sends a request with a cookie. Returns the status, the cookie that was set, and the text.
    async fn ask(
        &self,
        request: reqwest::RequestBuilder,
        cookie: &str,
    ) -> Option<(u16, String, String)> {
        let answer = request.header("cookie", cookie).send().await.ok()?;
        let set = answer.headers().get_all("set-cookie").iter();
        let set: Vec<_> = set
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .map(ToOwned::to_owned)
            .collect();
        let status = answer.status().as_u16();
        Some((status, set.join("; "), answer.text().await.ok()?))
    }

    async fn get(&self, path: &str, cookie: &str) -> Option<(u16, String, String)> {
        let request = self.http.get(format!("{}{path}", self.url));
        self.ask(request, cookie).await
    }

    /// Signs in. Returns the cookies of the session.
    async fn sign_in(&self) -> Option<String> {
        let (_, visit, page) = self.get("/sign-in", "").await?;
        let csrf = form_token(&page)?;
        let form = format!(
            "csrf={csrf}&to=%2F&user={USER}&password={}",
            PASSWORD.replace(' ', "+")
        );
        let request = self
            .http
            .post(format!("{}/sign-in", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let (_, session, _) = self.ask(request, &visit).await?;
        session.contains("session=").then_some(session)
    }

    /// Imports a file of one row, which is checked only. Returns the status.
    async fn import(&self, session: &str) -> Option<u16> {
        let (_, _, page) = self.get("/handling/import", session).await?;
        let csrf = form_token(&page)?;
        let field = |name: &str, value: &str| {
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
                    content-type: text/csv\r\n\r\ncargo,type,location,voyage,completed_at\r\n\
                    23456789AB3,CLAIM,USNYC,,2026-01-11T12:00:00Z\r\n--b--\r\n";
        let body = format!("{}{}{file}", field("csrf", csrf), field("dry_run", "1"));
        let request = self
            .http
            .post(format!("{}/handling/import", self.url))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        Some(self.ask(request, session).await?.0)
    }
}

fn form_token(page: &str) -> Option<&str> {
    page.split("name=\"csrf\" value=\"")
        .nth(1)?
        .split('"')
        .next()
}

/// Unfinished uploads with made-up sessions, and unfinished forms.
pub async fn unfinished() -> Attacked {
    let world = World::start(Database::sqlite(), &[]);
    let token = issue_token(&world.database.url(), "bystander", "clerk");
    issue_token(&world.database.url(), USER, "port-agent");
    let password = json!({ "user": USER, "password": PASSWORD });
    world.admin.accept("set-password", password).await;
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(UNFINISHED);
    let person = Person {
        http: http.build().expect("a client"),
        url: world.server.url.clone(),
    };
    let session = person.sign_in().await.expect("the person signs in");
    let probes = vec![
        Probe::health(),
        Probe::read("reads", "/api/voyages?limit=5", &token),
        Probe::operation(&token),
    ];
    let attack = async {
        let end = Instant::now() + UNFINISHED;
        let server = address_of(&world);
        let mut uploads = tokio::task::JoinSet::new();
        for _ in 0..UPLOADS {
            uploads.spawn(upload(server));
        }
        let form = format!(
            "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\nuser={}",
            FORM_BYTES + 100,
            "x".repeat(FORM_BYTES)
        );
        let forms = [2, 3].into_iter().cycle().take(FORMS);
        let forms: Vec<_> = forms
            .map(|number| hold(server, number, form.clone().into_bytes()))
            .collect();
        sleep(Duration::from_secs(2)).await;
        let began = Instant::now();
        let status = person.import(&session).await;
        let took = began.elapsed();
        let mut broken = Vec::new();
        if status != Some(200) || took > IMPORT_WITHIN {
            broken.push(format!("a person's import: {status:?} after {took:?}"));
        }
        sleep_until(end).await;
        drop(forms);
        let further = format!("a person's import took {:.2} s", took.as_secs_f64());
        (vec![further], broken)
    };
    measure(&world, probes, BOUNDS, attack).await
}

async fn register(admin: &Client) {
    for half in 0..2 {
        let lines: String = (half * USERS / 2..(half + 1) * USERS / 2)
            .map(|number| {
                let input = json!({ "name": format!("user{number}") });
                let line: Value = json!({ "operation": "register-user", "input": input });
                format!("{line}\n")
            })
            .collect();
        assert_eq!(batch(admin, lines.into_bytes()).await, Some(200));
    }
}

/// Sign-in pages of a large database without any password.
pub async fn sign_in_pages() -> Attacked {
    let world = World::start(Database::sqlite(), &[]);
    let token = issue_token(&world.database.url(), "bystander", "clerk");
    register(&world.admin).await;
    let probes = vec![
        Probe::health(),
        Probe {
            token: None,
            ..Probe::read("the page for signing in", "/sign-in", "")
        },
        Probe::read("reads", "/api/voyages?limit=5", &token),
        Probe::operation(&token),
    ];
    let attack = async {
        let until = Instant::now() + ASKING;
        let client = reqwest::Client::builder().no_proxy();
        let client = client.build().expect("a client");
        let url = format!("{}/sign-in", world.server.url);
        let askers = (0..PAGES).map(|_| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move {
                let mut answered = 0;
                while Instant::now() < until {
                    let answer = client.get(&url).send().await;
                    answered += usize::from(answer.is_ok_and(|answer| answer.status() == 200));
                }
                answered
            })
        });
        let mut answered = 0;
        for asker in askers.collect::<Vec<_>>() {
            answered += asker.await.expect("it does not panic");
        }
        sleep(Duration::from_secs(3)).await;
        (vec![format!("{answered} pages read")], Vec::new())
    };
    let mut attacked = measure(&world, probes, BOUNDS, attack).await;
    let page = attacked.seen[1].quiet.p50;
    if page > SIGN_IN_WITHIN {
        attacked
            .broken
            .push(format!("the page for signing in takes {page:?}"));
    }
    attacked
}
