//! Every kind of bad input gets the right problem document, and never a 500.

use crate::support::described;
use crate::support::inputs::inputs;
use crate::support::server::Client;
use crate::support::world::{Database, World, cargo};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Values that often break programs.
fn nasty() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        Just("\u{0}".to_owned()),
        Just("a\u{202e}b\r\nSet-Cookie: x".to_owned()),
        Just("'; DROP TABLE cargoes; --".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("x".repeat(70_000)),
        Just("9999-12-31T23:59:59.999999999Z".to_owned()),
        Just("-262143-01-01T00:00:00Z".to_owned()),
        Just("😀".repeat(100)),
        Just(String::new()),
        Just("NLRTM ".to_owned()),
    ];
    let number = prop_oneof![
        any::<i64>().prop_map(|n| json!(n)),
        any::<u64>().prop_map(|n| json!(n)),
        any::<f64>()
            .prop_filter("JSON", |n| n.is_finite())
            .prop_map(|n| json!(n)),
        Just(json!(-0.0)),
        Just(json!(1e308)),
        Just(json!(0.1)),
        Just(json!(4294967296_u64)),
    ];
    let leaf = prop_oneof![
        4 => text.prop_map(Value::String),
        4 => number,
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, inner)| places(inner, &format!("{at}/{name}"), found)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, inner)| places(inner, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

/// A sample with one change: a value replaced, a field removed, a field added, or a list made far
/// too long.
fn spoil(sample: &Value, how: u8, place: usize, value: Value) -> Value {
    let mut spoilt = sample.clone();
    let mut all = Vec::new();
    places(sample, "", &mut all);
    let pointer = &all[place % all.len()];
    let Some(target) = spoilt.pointer_mut(pointer) else {
        return value;
    };
    match (how % 5, target) {
        (0, Value::Object(fields)) => {
            let name = fields.keys().next().cloned().unwrap_or_default();
            fields.remove(&name);
        }
        (1, Value::Object(fields)) => {
            fields.insert("unheard_of".to_owned(), value);
        }
        (2, Value::Array(items)) if how < 100 => {
            let item = items[0].clone();
            items.extend(std::iter::repeat_n(item, 600));
        }
        (2, Value::Array(items)) => items.clear(),
        (_, target) => *target = value,
    }
    spoilt
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_inputs_get_documented_answers() {
    let world = World::start(Database::sqlite(), &[]);
    world.voyage("V100").await;
    let customer = world.customer().await;
    let cargo_id = world.cargoes(1, 1).await.remove(0);
    let all = inputs(&customer, &cargo_id);
    let names: BTreeSet<_> = all.iter().map(|(name, _)| *name).collect();
    let catalogue: BTreeSet<_> = application::catalogue().map(|d| d.about.name).collect();
    assert_eq!(names, catalogue, "give every operation a sample");
    let mut runner = TestRunner::default();
    let spoiling = (any::<u8>(), any::<usize>(), nasty());
    let mut statuses = BTreeSet::new();
    for (operation, sample) in &all {
        for _ in 0..60 {
            let (how, place, value) = spoiling.new_tree(&mut runner).expect("a value").current();
            let input = spoil(sample, how, place, value);
            let response = world.admin.run(operation, input.clone()).await;
            statuses.insert(response.status);
            described::check("POST", &format!("/api/operations/{operation}"), &response);
            assert!(response.status < 500, "{operation}: {}", response.body);
            if response.status == 422 {
                let errors = response.body["errors"].as_array().expect("errors");
                assert!(!errors.is_empty(), "{input}");
                for error in errors {
                    assert!(
                        error["pointer"].is_string() && error["detail"].is_string(),
                        "{error}"
                    );
                }
            }
        }
    }
    assert!(statuses.contains(&422), "{statuses:?}");
}

/// The caller, the method, the target, headers, body, and the expected status.
type BadRequest<'a> = (
    &'a Client,
    Method,
    &'a str,
    Vec<(&'a str, &'a str)>,
    Option<Vec<u8>>,
    u16,
);

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_request_has_its_problem() {
    let world = World::start(Database::sqlite(), &[]);
    let nobody = Client::new(&world.server.url, "plimsoll_nobody");
    let json_type = ("content-type", "application/json");
    let create = "/api/operations/create-cargo";
    let big = vec![b' '; 10 << 20];
    let deep = "[".repeat(100_000);
    let cases: Vec<BadRequest<'_>> = vec![
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(b"{".to_vec()),
            400,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(vec![]),
            400,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(vec![0xff, 0xfe, 0]),
            400,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(deep.into_bytes()),
            422,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(b"[]".to_vec()),
            422,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(b"null".to_vec()),
            422,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(b"{}".to_vec()),
            422,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type],
            Some(big),
            413,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![("content-type", "text/plain")],
            Some(b"{}".to_vec()),
            415,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![],
            Some(b"{}".to_vec()),
            415,
        ),
        (
            &world.clerk,
            Method::POST,
            "/api/operations/no-such",
            vec![json_type],
            Some(b"{}".to_vec()),
            404,
        ),
        (
            &world.clerk,
            Method::POST,
            create,
            vec![json_type, ("if-match", "x")],
            Some(b"{}".to_vec()),
            400,
        ),
        (
            &nobody,
            Method::POST,
            create,
            vec![json_type],
            Some(b"{}".to_vec()),
            401,
        ),
        (&nobody, Method::GET, "/api/cargoes", vec![], None, 401),
        (&nobody, Method::GET, "/api/log", vec![], None, 401),
        (
            &world.clerk,
            Method::DELETE,
            "/api/cargoes",
            vec![],
            None,
            405,
        ),
        (&world.clerk, Method::GET, "/api/no-such", vec![], None, 404),
        (
            &world.clerk,
            Method::GET,
            "/api/cargoes/23456789AB4",
            vec![],
            None,
            404,
        ),
        (
            &world.clerk,
            Method::GET,
            "/api/cargoes/23456789AB3",
            vec![],
            None,
            404,
        ),
        (
            &world.clerk,
            Method::GET,
            "/api/cargoes/%00%ff",
            vec![],
            None,
            400,
        ),
        (
            &world.clerk,
            Method::GET,
            "/api/customers/x",
            vec![],
            None,
            404,
        ),
        (
            &world.clerk,
            Method::GET,
            "/api/voyages/V404",
            vec![],
            None,
            404,
        ),
        (
            &world.clerk,
            Method::GET,
            "/api/log/99999",
            vec![],
            None,
            404,
        ),
    ];
    for (client, method, path, headers, body, status) in cases {
        let name = format!("{method} {path} {headers:?}");
        let response = client
            .send(method, path, &headers, body)
            .await
            .expect("an answer");
        assert_eq!(response.status, status, "{name}: {}", response.body);
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json"),
            "{name}"
        );
        for field in ["type", "title", "detail", "instance"] {
            assert!(
                response.body[field].is_string(),
                "{name} lacks {field}: {}",
                response.body
            );
        }
        let page = response.body["type"].as_str().expect("text").to_owned();
        assert_eq!(world.clerk.get(&page).await.status, 200, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_queries_are_refused() {
    let world = World::start(Database::sqlite(), &[]);
    for path in [
        "/api/cargoes?limit=0",
        "/api/cargoes?limit=201",
        "/api/cargoes?limit=x",
        "/api/cargoes?cursor=zz",
        "/api/cargoes?customer=x",
        "/api/cargoes?unheard_of=1",
        "/api/cargoes?limit=1&limit=2",
        "/api/voyages?departs_from=yesterday",
        "/api/voyages?port=rotterdam",
        "/api/locations?country=Holland",
        "/api/log?from=-1",
        "/api/log?from=99999999999999999999",
        "/api/refusals?cursor=00",
        "/api/cargoes?cursor=78",
        "/api/customers?cursor=78",
        "/api/locations/NLRTM?at=x",
        "/api/locations/NLRTM?as_of=x",
        "/api/locations/NLRTM?at=1&as_of=2127-01-01T00:00:00Z",
    ] {
        let response = world.admin.get(path).await;
        assert!(
            matches!(response.status, 400 | 422),
            "{path}: {} {}",
            response.status,
            response.body
        );
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
    }
    let odd = "/api/locations?name=%25_%5C%27%22%3B--%F0%9F%98%80";
    assert_eq!(world.admin.get(odd).await.body["items"], json!([]));
}

/// A client that sends the head and then the body drop by drop.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_given_up() {
    let world = World::start(Database::sqlite(), &[]);
    let address = world.server.url.trim_start_matches("http://");
    let token = crate::support::server::issue_token(&world.database.url(), "clerk", "clerk");
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("it listens");
    let head = format!(
        "POST /api/operations/create-cargo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), async {
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains("/problems/") {
            match stream.read(&mut buffer).await {
                Ok(length @ 1..) => answer.extend_from_slice(&buffer[..length]),
                _ => break,
            }
        }
    });
    read.await.expect("the server does not wait for ever");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

/// An input of a megabyte is read or refused, and other clients are not disturbed.
#[tokio::test(flavor = "multi_thread")]
async fn a_megabyte_beside_others() {
    let world = World::start(Database::mariadb(), &[]);
    let customer = world.customer().await;
    let mut long = cargo(&customer, 1);
    long["commodity"] = json!("x".repeat(1_000_000));
    let port = |index: usize| {
        let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).expect("a letter"));
        let code = format!(
            "XX{}{}{}",
            letter(index / 676),
            letter(index / 26),
            letter(index)
        );
        json!({ "un_locode": code, "name": "é".repeat(200), "country": "NL", "latitude": 1.5,
            "longitude": 2.5, "time_zone": "America/Argentina/ComodRivadavia" })
    };
    let many = json!({ "locations": (0..500).map(port).collect::<Vec<_>>() });
    let creates = (0..50).map(|_| world.clerk.run("create-cargo", cargo(&customer, 1)));
    let (creates, long, many) = tokio::join!(
        futures::future::join_all(creates),
        world.clerk.run("create-cargo", long),
        world.planner.run("add-locations", many),
    );
    assert!(creates.iter().all(|answer| answer.status == 200));
    assert_eq!(long.status, 422, "{}", long.body);
    assert_eq!(many.status, 200, "{}", many.body);
}

/// Clients that connect and send nothing, or half a line, do not lock others out.
#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_are_given_up() {
    let world = World::start(Database::sqlite(), &["--connections-max", "3"]);
    let address = world.server.url.trim_start_matches("http://");
    let mut silent = Vec::new();
    for first in ["", "PRI * HT", "GET /li"] {
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("it listens");
        stream.write_all(first.as_bytes()).await.expect("sent");
        silent.push(stream);
    }
    let nobody = Client::new(&world.server.url, "");
    let answer = tokio::time::timeout(Duration::from_secs(90), nobody.get("/livez")).await;
    assert_eq!(answer.expect("their time ran out").status, 200);
}

/// An answer does not wait for the rest of another request, and bytes that are not HTTP get an
/// answer.
#[tokio::test(flavor = "multi_thread")]
async fn answers_come_at_once() {
    let world = World::start(Database::sqlite(), &[]);
    let address = world.server.url.trim_start_matches("http://");
    for (sent, status) in [
        (
            "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /li".to_owned(),
            "200",
        ),
        ("ahoy\r\n\r\n".to_owned(), "400"),
        (
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(70_000)),
            "414",
        ),
    ] {
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("it listens");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut answer = vec![0; 12];
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut answer));
        read.await.expect("at once").expect("an answer");
        assert_eq!(
            &answer[9..],
            status.as_bytes(),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
}
