//! Ships that leave and arrive, as port agents report them on the page of a voyage.

use super::visitor::{Browser, furnished};
use super::{World, ship};
use crate::clock::SystemClock;
use axum::http::StatusCode;
use domain::Moment;
use domain::locations::TimeZone;
use domain::ports::Clock;
use serde_json::json;

const HOUR_MICROS: i64 = 3_600_000_000;

/// This many hours from the last whole hour on.
pub(super) fn in_hours(hours: i64) -> Moment {
    let now = SystemClock.now().micros();
    Moment::from_micros(now / HOUR_MICROS * HOUR_MICROS).plus_hours(hours)
}

/// A time as a person at the quay of the test ports reads it.
fn typed(time: Moment) -> String {
    let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
    zone.shows(time).format("%Y-%m-%dT%H:%M").to_string()
}

/// A time as a page tells it by the clock of the test ports.
pub(super) fn told(time: Moment) -> String {
    let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
    let hours = zone.minutes_ahead(time) / 60;
    let shown = zone.shows(time).format("%-d %b %Y, %H:%M");
    format!("{shown} UTC+{hours}")
}

pub(super) async fn sailing(world: &World, number: &str) {
    let voyage = json!({
        "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": [
            { "from": "NLRTM", "to": "SGSIN", "departs": in_hours(-5), "arrives": in_hours(30) },
            { "from": "SGSIN", "to": "NLRTM", "departs": in_hours(40), "arrives": in_hours(90) },
        ],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
}

/// Once the last departure is over, another ship or capacity would change nothing.
#[tokio::test]
async fn a_voyage_without_departures_ahead_keeps_its_ship() {
    let world = World::new().await;
    furnished(&world).await;
    let voyage = json!({
        "number": "GONE", "vessel": { "imo": ship("GONE"), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{ "from": "NLRTM", "to": "SGSIN",
            "departs": in_hours(-5), "arrives": in_hours(30) }],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    for (number, has_departure_ahead) in [("GONE", false), ("ROUND", true)] {
        let page = browser.get(&format!("/voyages/{number}")).await.text;
        for operation in ["change-vessel", "change-voyage-capacity"] {
            let link = format!("/operations/{operation}?voyage={number}");
            assert_eq!(page.contains(&link), has_departure_ahead, "{link}: {page}");
        }
        assert!(
            page.contains("/operations/reschedule-voyage?voyage="),
            "{page}"
        );
    }
}

/// The quay's buttons: one tap for now, and another to take it back.
#[tokio::test]
async fn a_port_agent_reports_a_departure_with_one_tap_and_takes_it_back() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/quay?port=NLRTM").await.text;
    let button = "name=\"call\" value=\"DEPARTURE ROUND 1\"";
    assert!(page.contains(button), "{page}");
    let tap = async |browser: &mut Browser<'_>, fields: &[(&str, &str)]| {
        let fields = [&[("/location", "NLRTM")], fields].concat();
        let answer = browser.post("/quay", &fields).await;
        match answer.header("location").map(str::to_owned) {
            Some(to) => {
                assert!(to.starts_with("/quay?port=NLRTM&done="), "{to}");
                browser.get(&to).await
            }
            None => answer,
        }
    };
    let early = typed(in_hours(3));
    let call = ("call", "DEPARTURE ROUND 1");
    let page = tap(&mut browser, &[call, ("/at", &early)]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("is still ahead"), "{}", page.text);
    assert!(page.text.contains("<details open>"), "{}", page.text);
    assert!(page.text.contains(&early), "{}", page.text);

    let page = tap(&mut browser, &[call]).await.text;
    assert!(page.contains("ROUND left Rotterdam (NLRTM) on"), "{page}");
    assert!(!page.contains(button), "{page}");
    let at = world.get("/api/voyages/ROUND").await.json()["movements"][0]["departed_at"].clone();
    assert!(at.is_string(), "{at}");
    let undo = format!("DEPARTURE ROUND 1 {}", at.as_str().unwrap());
    let take_back = format!("name=\"undo_call\" value=\"{undo}\">Undo");
    assert!(page.contains(&take_back), "{page}");

    let page = tap(&mut browser, &[("undo_call", &undo)]).await;
    let said = "The departure of ROUND from Rotterdam (NLRTM) is no longer reported.";
    assert!(page.text.contains(said), "{}", page.text);
    assert!(page.text.contains(button), "{}", page.text);
    assert!(!page.text.contains("undo_call"), "{}", page.text);
    for call in ["DEPARTURE ROUND", "SAIL ROUND 1", "DEPARTURE ROUND x"] {
        let fields = [("/location", "NLRTM"), ("call", call)];
        let answer = browser.post("/quay", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{call}");
    }
}

/// A colleague's report stays, whether a page that was opened before it reports the call again or
/// takes its own report back.
#[tokio::test]
async fn a_stale_page_of_the_quay_changes_no_report() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/quay?port=NLRTM").await;
    let theirs = in_hours(-4);
    let report = json!({ "voyage": "ROUND", "location": "NLRTM", "call": 1, "at": theirs });
    world.run("report-departure", &report).await.accepted();
    let place = ("/location", "NLRTM");
    let own = format!("DEPARTURE ROUND 1 {}", in_hours(-3));
    let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
    let time = zone.shows(theirs).format("%a %-d %b, %H:%M UTC+");
    let said = format!("ROUND was already reported as departed on {time}");
    for tap in [("call", "DEPARTURE ROUND 1"), ("undo_call", &own)] {
        let page = browser.post("/quay", &[place, tap]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{tap:?}");
        assert!(page.text.contains(&said), "{tap:?}: {}", page.text);
        let voyage = world.get("/api/voyages/ROUND").await.json();
        let movement = &voyage["movements"][0];
        assert_eq!(movement["departed_at"], json!(theirs), "{tap:?}");
    }
    // A second tap on the same report takes it back only once.
    let undo = format!("DEPARTURE ROUND 1 {theirs}");
    let answer = browser.post("/quay", &[place, ("undo_call", &undo)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.post("/quay", &[place, ("undo_call", &undo)]).await;
    let said = "The report that ROUND departed has already been retracted.";
    assert!(page.text.contains(said), "{}", page.text);
}

#[tokio::test]
async fn a_port_agent_reports_that_a_ship_left_by_the_clock_of_the_port() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/voyages/ROUND").await.text;
    let form = "/operations/report-departure?voyage=ROUND&#38;location=NLRTM&#38;call=1";
    assert!(page.contains(form), "{page}");
    let later = "/operations/report-departure?voyage=ROUND&#38;location=SGSIN";
    assert!(!page.contains(later), "the ship has not been there: {page}");
    let form = browser.get(&form.replace("&#38;", "&")).await.text;
    assert!(form.contains("By the clock of Rotterdam, UTC+"), "{form}");

    let left = typed(in_hours(-4));
    let fields = [
        ("/voyage", "ROUND"),
        ("/location", "NLRTM"),
        ("/call", "1"),
        ("/at", left.as_str()),
    ];
    let answer = browser.post("/operations/report-departure", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(answer.header("location").unwrap()).await.text;
    let said = format!("ROUND left Rotterdam (NLRTM) on {}", told(in_hours(-4)));
    assert!(page.contains(&said), "{page}");
    assert!(page.contains("1 h later than last known"), "{page}");
    assert!(page.contains(">left</span>"), "{page}");
    assert!(page.contains("scheduled "), "{page}");
    let voyage = world.get("/api/voyages/ROUND").await.json();
    let movement = &voyage["movements"][0];
    assert_eq!(movement["departed_at"], json!(in_hours(-4)));
    assert_eq!(movement["departs"], json!(in_hours(-4)));
    assert_eq!(movement["scheduled"]["departs"], json!(in_hours(-5)));

    let soon = typed(in_hours(6));
    let fields = [
        ("/voyage", "ROUND"),
        ("/location", "Singapore"),
        ("/at", soon.as_str()),
    ];
    let answer = browser.post("/operations/report-arrival", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let ahead = told(in_hours(6)) + " is still ahead.";
    assert!(answer.text.contains(&ahead), "{}", answer.text);
    assert!(
        answer.text.contains(&format!("value=\"{soon}\"")),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_call_at_a_port_that_is_called_at_twice_must_be_named() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let report =
        |call| json!({ "voyage": "ROUND", "location": "SGSIN", "at": in_hours(-1), "call": call });
    let answer = world.run("report-arrival", &report(4)).await;
    answer.problem(409, "CallMustBeKnown");
    let twice = json!({ "voyage": "ROUND", "location": "DEHAM", "at": in_hours(-1) });
    world
        .run("report-arrival", &twice)
        .await
        .problem(409, "CallMustBeKnown");
    world.run("report-arrival", &report(2)).await.accepted();
    let again = world.run("report-arrival", &report(2)).await;
    again.accepted();
}

/// Ports with clocks seven hours apart.
async fn far_apart(world: &World) {
    furnished(world).await;
    let singapore = json!({ "location": "SGSIN", "name": "Singapore",
        "latitude": 1.3, "longitude": 103.8, "time_zone": "Asia/Singapore" });
    world.run("correct-location", &singapore).await.accepted();
}

/// Each time of a schedule is entered by the clock of its port and shown by it again.
#[tokio::test]
async fn every_time_of_a_schedule_has_the_clock_of_its_port() {
    let world = World::new().await;
    far_apart(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let page = browser.get("/operations/schedule-voyage").await.text;
    assert!(page.contains("By the clock of the port."), "{page}");
    let mut fields = vec![
        ("/number", "EAST"),
        ("/vessel/imo", "9074729"),
        ("/vessel/name", "Emma"),
        ("/capacity/teu", "10"),
        ("/capacity/tonnes", "1000"),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "24"),
        ("/calls/0/port", "Rotterdam"),
        ("/calls/0/departure", "2199-02-01T12:00"),
        ("/calls/1/port", "singapore"),
        ("/calls/1/arrival", "2199-01-30T08:00"),
    ];
    let answer = browser.post("/operations/schedule-voyage", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    for kept in [
        "name=\"/calls/0/departure\" type=\"datetime-local\" value=\"2199-02-01T12:00\"",
        "name=\"/calls/1/arrival\" type=\"datetime-local\" value=\"2199-01-30T08:00\"",
        "By the clock of Rotterdam, UTC+1.",
        "By the clock of Singapore, UTC+8.",
    ] {
        assert!(answer.text.contains(kept), "{kept}: {}", answer.text);
    }
    fields.pop();
    fields.push(("/calls/1/arrival", "2199-02-20T08:00"));
    let answer = browser.post("/operations/schedule-voyage", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let voyage = world.get("/api/voyages/EAST").await.json();
    let movement = &voyage["movements"][0];
    assert_eq!(movement["departs"], "2199-02-01T11:00:00.000000Z");
    assert_eq!(movement["arrives"], "2199-02-20T00:00:00.000000Z");
    let form = browser.get("/operations/reschedule-voyage?voyage=EAST");
    let form = form.await.text;
    for (field, shown) in [("departs", "02-01T12:00"), ("arrives", "02-20T08:00")] {
        let shown =
            format!("name=\"/movements/0/{field}\" type=\"datetime-local\" value=\"2199-{shown}\"");
        assert!(form.contains(&shown), "{shown}: {form}");
    }
}

/// What was reported cannot be rescheduled, and an error is marked at the field it is about.
#[tokio::test]
async fn only_what_may_change_can_be_rescheduled() {
    let world = World::new().await;
    far_apart(&world).await;
    sailing(&world, "ROUND").await;
    let report = json!({ "voyage": "ROUND", "location": "NLRTM", "at": in_hours(-4), "call": 1 });
    world.run("report-departure", &report).await.accepted();
    let mut browser = Browser::signed_in(&world, "planner").await;
    let path = "/operations/reschedule-voyage";
    let page = browser.get(&format!("{path}?voyage=ROUND")).await.text;
    let departed = in_hours(-4).to_string();
    let fixed =
        format!("<input type=\"hidden\" name=\"/movements/0/departs\" value=\"{departed}\">");
    for (part, is_there) in [
        (fixed.as_str(), true),
        ("as reported</p>", true),
        ("<p>Rotterdam (NLRTM)</p>", true),
        (
            "name=\"/movements/0/arrives\" type=\"datetime-local\"",
            true,
        ),
        ("name=\"add\"", false),
        ("name=\"remove\"", false),
    ] {
        assert_eq!(page.contains(part), is_there, "{part}: {page}");
    }
    let (arrives, leaves, ends) = (
        typed(in_hours(30)),
        typed(in_hours(20)),
        typed(in_hours(90)),
    );
    let fields = [
        ("/voyage", "ROUND"),
        ("/movements/0/from", "NLRTM"),
        ("/movements/0/to", "SGSIN"),
        ("/movements/0/departs", departed.as_str()),
        ("/movements/0/arrives", arrives.as_str()),
        ("/movements/1/from", "SGSIN"),
        ("/movements/1/to", "NLRTM"),
        ("/movements/1/departs", leaves.as_str()),
        ("/movements/1/arrives", ends.as_str()),
    ];
    let answer = browser.post(path, &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    let field = answer.text.split("id=\"f-movements-1-departs\"").nth(1);
    let field = field.unwrap().split("</div>").next().unwrap();
    assert!(field.contains("class=\"error\""), "{field}");
    assert!(field.contains("departs from Singapore"), "{field}");
}

/// A correction starts from what was reported, and calls at one port are told apart by their times.
#[tokio::test]
async fn a_report_says_what_was_known_before() {
    let world = World::new().await;
    far_apart(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let path = "/operations/report-departure?voyage=ROUND&location=NLRTM";
    let page = browser.get(path).await.text;
    assert!(page.contains("Expected departure"), "{page}");
    let report = json!({ "voyage": "ROUND", "location": "NLRTM", "at": in_hours(-4) });
    world.run("report-departure", &report).await.accepted();
    let page = browser.get(path).await.text;
    let left = format!(
        "name=\"/at\" type=\"datetime-local\" value=\"{}\"",
        typed(in_hours(-4))
    );
    for part in [
        "<dd>Emma <small>ROUND</small></dd>",
        "<dd>Rotterdam (NLRTM)</dd>",
        "Reported departure",
        told(in_hours(-4)).as_str(),
        left.as_str(),
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let twice = json!({
        "number": "TWICE", "vessel": { "imo": "9321483", "name": "Olga" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": [
            { "from": "NLRTM", "to": "SGSIN", "departs": in_hours(-50), "arrives": in_hours(-40) },
            { "from": "SGSIN", "to": "NLRTM", "departs": in_hours(-30), "arrives": in_hours(-20) },
            { "from": "NLRTM", "to": "SGSIN", "departs": in_hours(-10), "arrives": in_hours(20) },
        ],
    });
    world.run("schedule-voyage", &twice).await.accepted();
    let page = browser.get("/operations/report-departure?voyage=TWICE&location=NLRTM");
    let page = page.await.text;
    for (call, hours) in [(1, -50), (3, -10)] {
        let time = told(in_hours(hours));
        let choice =
            format!("<option value=\"{call}\">Call {call} in Rotterdam, departure {time}</option>");
        assert!(page.contains(&choice), "{choice}: {page}");
    }

    // A report that does not say which call it means is told the calls by the clock of the port.
    let fields = [
        ("key", "twice"),
        ("/voyage", "TWICE"),
        ("/location", "NLRTM"),
        ("/at", "2026-01-01T06:00"),
    ];
    let page = browser.post("/operations/report-departure", &fields).await;
    let times = [-50, -10].map(|hours| told(in_hours(hours)));
    let said = format!(
        "Voyage TWICE calls at Rotterdam (NLRTM) more than once: on {}. Choose one of these calls: 1, 3.",
        times.join("; ")
    );
    assert!(page.text.contains(&said), "{said}: {}", page.text);
}

/// A ship that is late on one voyage is late for the next one, until that is rescheduled.
#[tokio::test]
async fn the_page_of_the_next_voyage_says_that_its_ship_is_late() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let next = |departs| {
        json!([{ "from": "NLRTM", "to": "SGSIN", "departs": in_hours(departs),
                "arrives": in_hours(150) }])
    };
    let voyage = json!({
        "number": "NEXT", "vessel": { "imo": ship("ROUND"), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": next(100),
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    let says = async |who: &str, path: &str| {
        let page = Browser::signed_in(&world, who).await.get(path).await.text;
        let said = page.split("<p class=\"past warning\">").nth(1);
        said.map(|said| said.split("</p>").next().unwrap().to_owned())
    };
    assert_eq!(says("planner", "/voyages/NEXT").await, None);

    let left = json!({ "voyage": "ROUND", "location": "NLRTM", "at": in_hours(-4) });
    world.run("report-departure", &left).await.accepted();
    let late = json!({ "voyage": "ROUND", "movements": [
        { "from": "NLRTM", "to": "SGSIN", "departs": in_hours(-4), "arrives": in_hours(50) },
        { "from": "SGSIN", "to": "NLRTM", "departs": in_hours(60), "arrives": in_hours(110) },
    ] });
    world.run("reschedule-voyage", &late).await.accepted();
    let expected = format!(
        "Emma is expected in Rotterdam only on {}, on voyage <a href=\"/voyages/ROUND\">ROUND</a>.",
        told(in_hours(110))
    );
    for (who, path, advice) in [
        (
            "planner",
            "/voyages/NEXT",
            "Reschedule this voyage, or change its vessel.",
        ),
        ("agent", "/voyages/NEXT", "This voyage may be late."),
    ] {
        let said = says(who, path).await;
        assert_eq!(said, Some(format!("{expected} {advice}")), "{who}");
    }
    assert_eq!(says("planner", "/voyages/ROUND").await, None);

    // It may leave when it arrives.
    let later = json!({ "voyage": "NEXT", "movements": next(110) });
    world.run("reschedule-voyage", &later).await.accepted();
    assert_eq!(says("planner", "/voyages/NEXT").await, None);
}

/// A voyage is copied to another week, with the ship, the figures and the calls.
#[tokio::test]
async fn a_voyage_is_copied_to_another_week() {
    let world = World::new().await;
    far_apart(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let page = browser
        .get("/operations/schedule-voyage?copy=v100&weeks=2")
        .await
        .text;
    for part in [
        "name=\"/vessel/imo\" type=\"text\" value=\"9074729\"",
        "name=\"/vessel/name\" type=\"text\" value=\"Emma\"",
        "name=\"/calls/0/port\" type=\"text\" value=\"NLRTM\"",
        // Two weeks after the first of January, by the clocks of Rotterdam and Singapore.
        "name=\"/calls/0/departure\" type=\"datetime-local\" value=\"2199-01-15T01:00\"",
        "name=\"/calls/2/port\" type=\"text\" value=\"SGSIN\"",
        "name=\"/number\" type=\"text\" value=\"\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("name=\"/calls/0/arrival\""), "{page}");
    assert!(!page.contains("name=\"/calls/2/departure\""), "{page}");
    let page = browser
        .get("/operations/schedule-voyage?copy=NONE")
        .await
        .text;
    assert!(page.contains("There is no voyage NONE to copy."), "{page}");
}

/// A deadline is a time at the destination, also where the form does not ask for the destination.
#[tokio::test]
async fn a_deadline_has_the_clock_of_the_destination() {
    let world = World::new().await;
    far_apart(&world).await;
    let customer = world.customer().await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get("/cargoes/new").await;
    let fields = [
        ("/customer", customer.as_str()),
        ("/origin", "NLRTM"),
        ("/destination", "SGSIN"),
        ("/arrival_deadline", "2199-02-20T08:00"),
        ("/equipment/0/type", "22G1"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "9000"),
        ("/commodity", "Parts"),
    ];
    let answer = browser.post("/cargoes/new", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let to = answer.header("location").unwrap().to_owned();
    let cargo = to.split('/').nth(2).unwrap().to_owned();
    let page = browser.get(&to).await.text;
    assert!(page.contains("20 Feb 2199, 08:00 UTC+8"), "{page}");
    let path = "/operations/change-arrival-deadline";
    let form = browser.get(&format!("{path}?cargo={cargo}")).await.text;
    for part in [
        "name=\"/arrival_deadline\" type=\"datetime-local\" value=\"2199-02-20T08:00\"",
        "By the clock of Singapore, UTC+8.",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    for (time, status, said) in [
        (
            "1999-02-20T08:00",
            StatusCode::CONFLICT,
            "20 Feb 1999, 08:00 UTC+8 is not in the future",
        ),
        ("2199-02-21T09:00", StatusCode::SEE_OTHER, ""),
    ] {
        let fields = [("/cargo", cargo.as_str()), ("/arrival_deadline", time)];
        let answer = browser.post(path, &fields).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
        if let Some(to) = answer.header("location").map(str::to_owned) {
            let page = browser.get(&to).await.text;
            assert!(page.contains("21 Feb 2199, 09:00 UTC+8"), "{page}");
        }
    }
}
