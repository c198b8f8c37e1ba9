//! Mementos (RFC 7089).

use super::{Answer, World};
use axum::http::Method;
use domain::Moment;
use domain::ports::Clock;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that stands still until it is moved.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// A second of the year 2033: Wed, 18 May 2033 03:33:20 GMT.
const START: i64 = 2_000_000_000;

/// A world with the voyage V100 in five versions, of 4, 5, 6, 7 and 8 TEU: two within the second :30, and
/// one in each of :20, :40 and :50. Also returns the positions of the versions.
async fn world() -> (World, Vec<u64>) {
    let clock = Arc::new(Hands(AtomicI64::new(START * 1_000_000)));
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    world.voyage("V100").await;
    let changes = [(10, 5), (10, 6), (20, 7), (30, 8)];
    for (seconds, teu) in changes {
        clock
            .0
            .store((START + seconds) * 1_000_000, Ordering::SeqCst);
        let input = json!({
            "voyage": "V100", "capacity": { "teu": teu, "tonnes": 1000 }, "overbooking_percent": 0,
        });
        world.run("change-voyage-capacity", &input).await.accepted();
    }
    let history = world.get("/api/voyages/V100/history").await.accepted();
    let versions = history["items"].as_array().expect("versions");
    let positions = versions
        .iter()
        .map(|own| own["position"].as_u64().expect("a position"));
    let positions = positions.collect();
    (world, positions)
}

async fn at(world: &World, path: &str, time: &str) -> Answer {
    world
        .ask(
            Method::GET,
            path,
            &[("accept-datetime", time), ("host", "a")],
            "",
        )
        .await
}

fn minute(seconds: &str) -> String {
    format!("Wed, 18 May 2033 03:33:{seconds} GMT")
}

const ONE: &str = "/api/voyages/V100";
const GATE: &str = "/api/voyages/V100/timegate";

#[tokio::test]
async fn a_time_names_the_last_version_within_its_second() {
    let (world, positions) = world().await;
    for (seconds, version) in [
        ("00", 1),
        ("19", 1),
        ("20", 1),
        ("29", 1),
        ("30", 3),
        ("31", 3),
        ("39", 3),
        ("40", 4),
        ("50", 5),
        ("59", 5),
    ] {
        let time = minute(seconds);
        let position = positions[version - 1];
        let address = format!("http://a{ONE}?at={position}");
        let direct = at(&world, ONE, &time).await;
        assert_eq!(direct.accepted()["version"], version, "{time}");
        assert_eq!(direct.header("content-location"), Some(address.as_str()));
        assert_eq!(direct.header("vary"), Some("accept-datetime"));
        let gate = at(&world, GATE, &time).await;
        assert_eq!(gate.status, 302, "{}", gate.text);
        assert_eq!(gate.header("location"), Some(address.as_str()));
        assert_eq!(gate.header("vary"), Some("accept-datetime"));
        assert_eq!(gate.header("memento-datetime"), None);
        let memento = world.get(&format!("{ONE}?at={position}")).await;
        assert_eq!(memento.accepted(), direct.accepted());
        for header in ["memento-datetime", "etag", "last-modified"] {
            assert_eq!(memento.header(header), direct.header(header), "{header}");
        }
        assert_eq!(memento.header("vary"), None);
    }
    // Positions stay exact within a second.
    let second = world.get(&format!("{ONE}?at={}", positions[1])).await;
    assert_eq!(second.accepted()["version"], 2);
    assert_eq!(
        second.header("memento-datetime"),
        Some(minute("30").as_str())
    );
    // The address of a memento names its time already.
    let path = format!("{ONE}?at={}", positions[1]);
    assert_eq!(
        at(&world, &path, &minute("50")).await.accepted()["version"],
        2
    );
    for (time, version) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("Mon, 01 Jan 1900 00:00:00 GMT", 1),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 5),
    ] {
        assert_eq!(
            at(&world, ONE, time).await.accepted()["version"],
            version,
            "{time}"
        );
    }
    let gate = world.get(GATE).await;
    let last = format!("{ONE}?at={}", positions[4]);
    assert!(
        gate.header("location")
            .is_some_and(|own| own.ends_with(&last))
    );
}

#[tokio::test]
async fn links_lead_from_one_memento_to_the_others() {
    let (world, positions) = world().await;
    let link = |version: usize, relations: &str, seconds: &str| {
        let (position, time) = (positions[version - 1], minute(seconds));
        format!("<http://a{ONE}?at={position}>; rel=\"{relations}\"; datetime=\"{time}\"")
    };
    let own = [
        format!("<http://a{ONE}>; rel=\"original\""),
        format!("<http://a{GATE}>; rel=\"timegate\""),
        format!("<http://a{ONE}/timemap>; rel=\"timemap\"; type=\"application/link-format\""),
    ];
    for (seconds, expected) in [
        (
            "20",
            vec![
                link(1, "first memento", "20"),
                link(2, "next memento", "30"),
                link(5, "last memento", "50"),
            ],
        ),
        (
            "30",
            vec![
                link(1, "first memento", "20"),
                link(2, "prev memento", "30"),
                link(3, "memento", "30"),
                link(4, "next memento", "40"),
                link(5, "last memento", "50"),
            ],
        ),
        (
            "40",
            vec![
                link(1, "first memento", "20"),
                link(3, "prev memento", "30"),
                link(4, "memento", "40"),
                link(5, "next last memento", "50"),
            ],
        ),
        (
            "50",
            vec![
                link(1, "first memento", "20"),
                link(4, "prev memento", "40"),
                link(5, "last memento", "50"),
            ],
        ),
    ] {
        let expected = [&own[..], &expected].concat().join(", ");
        for path in [ONE, GATE] {
            let answer = at(&world, path, &minute(seconds)).await;
            assert_eq!(
                answer.header("link"),
                Some(expected.as_str()),
                "{path} {seconds}"
            );
        }
    }
    let present = world.ask(Method::GET, ONE, &[("host", "a")], "").await;
    assert_eq!(present.header("link"), Some(own.join(", ").as_str()));
    assert_eq!(present.header("memento-datetime"), None);
}

#[tokio::test]
async fn the_time_map_lists_all_mementos() {
    let (world, positions) = world().await;
    let path = format!("{ONE}/timemap");
    let answer = world.ask(Method::GET, &path, &[("host", "a")], "").await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/link-format")
    );
    let lines: Vec<_> = answer.text.trim_end().split(",\n").collect();
    let (from, until) = (minute("20"), minute("50"));
    assert_eq!(
        lines[2],
        format!(
            "<http://a{path}>; rel=\"self\"; type=\"application/link-format\"; \
             from=\"{from}\"; until=\"{until}\""
        )
    );
    let mementos = &lines[3..];
    assert_eq!(mementos.len(), positions.len());
    let last = format!(
        "<http://a{ONE}?at={}>; rel=\"last memento\"; datetime=\"{until}\"",
        positions[4]
    );
    assert_eq!(mementos[4], last);
    let tag = answer.header("etag").expect("a tag").to_owned();
    let headers = [("host", "a"), ("if-none-match", tag.as_str())];
    assert_eq!(
        world.ask(Method::GET, &path, &headers, "").await.status,
        304
    );
    world
        .get(&format!("{path}?page=2"))
        .await
        .problem(400, "invalid-parameter");
    world
        .get(&format!("{path}?page=0"))
        .await
        .problem(400, "invalid-parameter");
    world
        .get("/api/voyages/V404/timemap")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn conditions_hold_for_mementos() {
    let (world, positions) = world().await;
    let path = format!("{ONE}?at={}", positions[3]);
    for (name, value, status) in [
        ("if-modified-since", minute("40"), 304),
        ("if-modified-since", minute("41"), 304),
        ("if-modified-since", minute("39"), 200),
        ("if-none-match", "\"4\"".to_owned(), 304),
        ("if-none-match", "\"3\"".to_owned(), 200),
    ] {
        let answer = world.ask(Method::GET, &path, &[(name, &value)], "").await;
        assert_eq!(answer.status, status, "{name}: {value}");
        assert_eq!(
            answer.header("memento-datetime"),
            Some(minute("40").as_str())
        );
    }
    let head = world.ask(Method::HEAD, &path, &[], "").await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.header("memento-datetime"), Some(minute("40").as_str()));
}

#[tokio::test]
async fn what_is_no_time_is_refused() {
    let (world, _) = world().await;
    for path in [ONE, GATE] {
        for time in [
            "",
            "yesterday",
            "2033-05-18T03:33:20Z",
            "Tue, 18 May 2033 03:33:20 GMT",
        ] {
            let problem = at(&world, path, time)
                .await
                .problem(400, "malformed-request");
            assert_eq!(
                problem["errors"][0]["parameter"], "Accept-Datetime",
                "{time}"
            );
        }
    }
}

#[tokio::test]
async fn customers_have_mementos_of_their_own_things_only() {
    let (world, _) = world().await;
    let (own, other) = (world.customer().await, world.customer().await);
    let (mine, theirs) = (world.cargo(&own, 1).await, world.cargo(&other, 1).await);
    let bearer = format!(
        "Bearer {}",
        world.token("cora", "customer", Some(&own)).await
    );
    let time = minute("59");
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept-datetime", time.as_str()),
    ];
    let get = async |path: &str| world.ask(Method::GET, path, &headers, "").await;
    for path in [ONE, GATE, "/api/voyages/V100/timemap"] {
        get(path).await.problem(403, "Policy");
    }
    let plain = [("authorization", bearer.as_str())];
    let present = world.ask(Method::GET, ONE, &plain, "").await;
    assert_eq!(present.header("link"), None);
    let answer = get(&format!("/api/cargoes/{mine}")).await;
    assert_eq!(answer.accepted()["cargo"], mine);
    assert!(answer.header("memento-datetime").is_some());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    for ending in ["", "/timegate", "/timemap"] {
        let path = format!("/api/cargoes/{theirs}{ending}");
        get(&path).await.problem(404, "not-found");
    }
}
