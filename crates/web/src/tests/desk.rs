//! What people at a desk see when something is not as they thought.

use super::visitor::{Browser, Forward, furnished, in_days, position};
use super::{World, new_cargo, ship};
use axum::http::StatusCode;
use domain::ports::Clock;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_form_sent_after_the_session_ended_says_that_nothing_was_applied() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    browser.get("/cargoes/new").await;
    browser.cookies.remove("plimsoll_session");
    let path = format!("/cargoes/{}/cancel", names.cargo);
    let answer = browser.post(&path, &[("/reason", "Sold")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let to = answer.header("location").unwrap().to_owned();
    let page = browser.get(&to).await.text;
    assert!(page.contains("Nothing was changed"), "{page}");
    let page = browser.get("/sign-in").await.text;
    assert!(!page.contains("was changed"), "{page}");
}

#[tokio::test]
async fn acting_on_an_old_page_shows_what_has_changed() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = format!("/cargoes/{}", names.cargo);
    browser.get(&page).await;
    let deadline = json!({ "cargo": names.cargo, "arrival_deadline": "2199-03-01T00:00:00Z" });
    let changed = world.run("change-arrival-deadline", &deadline).await;
    changed.accepted();
    let sold = [("/reason", "Sold"), ("version", "2")];
    let answer = browser.post(&format!("{page}/cancel"), &sold).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    for said in [
        &format!(
            "Cargo {} has changed since you opened this form",
            names.cargo
        ),
        "Arrival deadline",
        "value=\"Sold\"",
    ] {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    let again = [("/reason", "Sold"), ("version", "3")];
    let answer = browser.post(&format!("{page}/cancel"), &again).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

/// A voyage that calls at a port twice has two arrivals there, each with its own times.
#[tokio::test]
async fn a_stale_form_distinguishes_calls_at_one_port() {
    let world = World::new().await;
    furnished(&world).await;
    let movements = |day: u8, hours: u8| {
        let calls = ["NLRTM", "SGSIN", "DEHAM", "SGSIN"];
        let movements = (0..3).map(|place| {
            let departs = day + 4 * place;
            let time = |day: u8| format!("2199-02-{day:02}T{hours:02}:00:00Z");
            let place = usize::from(place);
            json!({ "from": calls[place], "to": calls[place + 1],
                "departs": time(departs), "arrives": time(departs + 2) })
        });
        movements.collect::<Vec<_>>()
    };
    let voyage = json!({
        "number": "TWICE", "vessel": { "imo": ship("TWICE"), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": movements(1, 0),
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    let mut browser = Browser::signed_in(&world, "planner").await;
    let form = "/operations/reschedule-voyage?voyage=TWICE";
    browser.get(form).await;
    let later = json!({ "voyage": "TWICE", "movements": movements(2, 0) });
    world.run("reschedule-voyage", &later).await.accepted();
    let mut fields = vec![
        ("/voyage".to_owned(), "TWICE".to_owned()),
        ("version".to_owned(), "1".to_owned()),
        ("key".to_owned(), "twice".to_owned()),
    ];
    for (place, movement) in movements(1, 2).iter().enumerate() {
        for field in ["from", "to", "departs", "arrives"] {
            let value = movement[field].as_str().unwrap();
            let value = value.trim_end_matches(":00Z").to_owned();
            fields.push((format!("/movements/{place}/{field}"), value));
        }
    }
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let answer = browser.post("/operations/reschedule-voyage", &fields).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    for (what, [before, now, entered]) in [
        (
            "Arrival in Singapore (SGSIN), first call",
            [
                "3 Feb 2199, 01:00 UTC+1",
                "4 Feb 2199, 01",
                "3 Feb 2199, 02",
            ],
        ),
        (
            "Departure from Singapore (SGSIN), first call",
            ["5 Feb 2199, 01", "6 Feb 2199, 01", "5 Feb 2199, 02"],
        ),
        (
            "Arrival in Hamburg (DEHAM)",
            ["7 Feb 2199, 01", "8 Feb 2199, 01", "7 Feb 2199, 02"],
        ),
        (
            "Arrival in Singapore (SGSIN), second call",
            ["11 Feb 2199, 01", "12 Feb 2199, 01", "11 Feb 2199, 02"],
        ),
    ] {
        let (_, row) = answer
            .text
            .split_once(&format!(">{what}</td>"))
            .expect(what);
        let (row, _) = row.split_once("</tr>").expect("its end");
        let cells: Vec<_> = row.split("<td").skip(1).collect();
        for (cell, expected) in cells.iter().zip([before, now, entered]) {
            assert!(
                cell.contains(&format!(">{expected}")),
                "{what}, {expected}: {row}"
            );
        }
        assert_eq!(cells.len(), 3, "{row}");
    }
}

#[tokio::test]
async fn a_refused_creation_has_no_link() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let suspend = json!({ "customer": names.customer, "reason": "Unpaid" });
    world.run("suspend-customer", &suspend).await.accepted();
    let cargo = new_cargo(&names.customer, 1);
    world
        .run("create-cargo", &cargo)
        .await
        .problem(409, "CustomerMustBeActive");
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/log?operation=create-cargo&only=refusals");
    let page = page.await.text;
    assert!(page.contains("CustomerMustBeActive"), "{page}");
    assert!(!page.contains("href=\"/cargoes/"), "{page}");
    let page = browser.get("/log?operation=book-onto-voyage&only=refusals");
    let page = page.await.text;
    assert!(page.contains("href=\"/cargoes/"), "{page}");
    assert!(page.contains("left on V100, Rotterdam → Hamburg"), "{page}");
    // A voyage that does not exist is named without a link. An existing one links to its page.
    let voyage = |number: &str, to: &str| {
        json!({ "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
            "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
            "cut_off_hours": 24, "movements": [{ "from": "NLRTM", "to": to,
                "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-02T00:00:00Z" }] })
    };
    for (number, to, rule, is_link) in [
        ("NEVER", "NLRTM", "ScheduleMustConnect", false),
        ("V100", "DEHAM", "VoyageNumberMustBeUnique", true),
    ] {
        let refused = world.run("schedule-voyage", &voyage(number, to)).await;
        refused.problem(409, rule);
        let page = browser.get("/log?operation=schedule-voyage&only=refusals");
        let page = page.await.text;
        assert!(page.contains(&format!("voyage {number}")), "{page}");
        let link = format!("href=\"/voyages/{number}\"");
        assert_eq!(page.contains(&link), is_link, "{page}");
    }
}

#[tokio::test]
async fn if_no_route_is_in_time_the_earliest_is_shown() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut cargo = new_cargo(&names.customer, 1);
    cargo["arrival_deadline"] = json!("2199-01-15T00:00:00Z");
    let made = world.run("create-cargo", &cargo).await.accepted();
    let made = made["outcome"]["cargo"].as_str().unwrap().to_owned();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/{made}/book");
    let page = browser.get(&path).await.text;
    // The voyages of this world are further ahead than anyone looks.
    assert!(page.contains("No later route has space either"), "{page}");
    let arrives = in_days(39);
    for (number, departs, arrives) in [
        ("SOON", in_days(30), arrives.clone()),
        ("LATER", in_days(60), in_days(69)),
    ] {
        let voyage = json!({
            "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
            "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
            "cut_off_hours": 24, "movements": [
                { "from": "NLRTM", "to": "SGSIN", "departs": departs, "arrives": arrives },
            ],
        });
        world.run("schedule-voyage", &voyage).await.accepted();
    }
    let sooner = json!({ "cargo": made, "arrival_deadline": in_days(20) });
    let sooner = world.run("change-arrival-deadline", &sooner).await;
    sooner.accepted();
    let page = browser.get(&path).await.text;
    assert!(page.contains("Change the deadline"), "{page}");
    let (_, earliest) = page
        .split_once("The earliest arrival with space is")
        .expect("a time");
    let day = &arrives[..10];
    assert!(
        earliest
            .trim_start()
            .starts_with(&format!("<time datetime=\"{day}")),
        "{page}"
    );
}

#[tokio::test]
async fn a_cargo_is_found_by_its_tracking_id() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let typed = names.cargo.to_lowercase();
    let typed = format!("{}+{}", &typed[..4], &typed[4..]);
    let answer = browser.get(&format!("/cargoes?cargo={typed}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = format!("/cargoes/{}", names.cargo);
    assert_eq!(answer.header("location"), Some(page.as_str()));
    for (typed, said) in [
        ("23456789AB3", "No cargo has the tracking ID 23456789AB3."),
        ("no+such+order", "No cargoes match."),
    ] {
        let answer = browser
            .get(&format!("/cargoes?cargo={typed}&status="))
            .await;
        assert!(answer.text.contains(said), "{}", answer.text);
    }
}

#[tokio::test]
async fn reports_are_retracted_from_the_cargos_page() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let report = json!({ "cargo": names.cargo, "type": "RECEIVE", "location": "NLRTM",
        "completed_at": "2026-01-01T00:00:00Z" });
    let report = world.run("register-handling-event", &report).await;
    let event = report.accepted()["outcome"]["event"].clone();
    let event = event.as_str().unwrap();
    let link = format!("/operations/retract-handling-event?event={event}");
    let page = format!("/cargoes/{}", names.cargo);
    for (who, is_there) in [("agent", true), ("clerk", false)] {
        let mut browser = Browser::signed_in(&world, who).await;
        let answer = browser.get(&page).await;
        assert_eq!(answer.text.contains(&link), is_there, "{who}");
        if is_there {
            let form = browser.get(&link).await.text;
            assert!(form.contains(&format!("value=\"{event}\"")), "{form}");
        }
    }
}

/// After sending a form, a person continues where it has to be corrected, or at what was just
/// added.
#[tokio::test]
async fn forms_redirect_to_the_next_step() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let form = "/operations/schedule-voyage";
    let page = browser.get(form).await.text;
    assert!(!page.contains("autofocus"), "{page}");
    let fields = [
        ("/number", "V7"),
        ("/calls/0/port", ""),
        ("/calls/1/port", ""),
        ("add", "/calls"),
    ];
    let page = browser.post(form, &fields).await.text;
    // The call between has both times. The first has no arrival, and the last no departure.
    for (time, is_asked) in [
        ("0/arrival", false),
        ("0/departure", true),
        ("1/arrival", true),
        ("1/departure", true),
        ("2/arrival", true),
        ("2/departure", false),
    ] {
        let field = page.split_once(&format!(" name=\"/calls/{time}\""));
        assert_eq!(field.is_some(), is_asked, "{time}: {page}");
        let field = field.map(|(_, field)| field.split('>').next().unwrap());
        let is_required = field.is_none_or(|field| field.contains(" required"));
        assert!(is_required, "{time}: {field:?}");
    }
    let focus = |page: &str| {
        let (before, _) = page.split_once(" autofocus").expect("a place to go on");
        let (_, name) = before.rsplit_once(" name=\"").expect("a field");
        name.split('"').next().unwrap().to_owned()
    };
    assert!(focus(&page).starts_with("/calls/"), "{page}");
    assert_eq!(page.matches(" autofocus").count(), 1);
    let page = browser.post(form, &[("/number", "V7"), ("/vessel/imo", "9074728")]);
    let page = page.await.text;
    assert_eq!(focus(&page), "/vessel/imo", "{page}");
}

#[tokio::test]
async fn an_unreported_step_is_shown_as_overdue() {
    let clock = Arc::new(Forward::default());
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let names = furnished(&world).await;
    let voyage = json!({
        "number": "SOON", "vessel": { "imo": ship("SOON"), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{ "from": "NLRTM", "to": "SGSIN",
            "departs": in_days(3), "arrives": in_days(30) }],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    let cargo = world.cargo(&names.customer, 1).await;
    let book = json!({ "cargo": cargo, "voyage": "SOON" });
    world.run("book-onto-voyage", &book).await.accepted();
    let page = format!("/cargoes/{cargo}");
    let waits =
        "“Receive in Rotterdam” was due 12 h ago and has not been reported. Ask the shipper";
    let behind = "SOON has left Rotterdam, and no loading of this cargo was reported.";
    for (hours, said) in [
        (0, None),
        (47, None),
        (60, Some(waits)),
        (4 * 24, Some(behind)),
    ] {
        clock.0.store(hours, Ordering::Relaxed);
        let mut browser = Browser::signed_in(&world, "clerk").await;
        let text = browser.get(&page).await.text;
        for sentence in [waits, behind] {
            let is_said = said == Some(sentence);
            assert_eq!(text.contains(sentence), is_said, "{hours}: {text}");
        }
        let position = position(&world).await;
        let past = browser.get(&format!("{page}?at={position}")).await.text;
        assert!(!past.contains("nobody has reported it"), "{past}");
    }
}

#[tokio::test]
async fn the_filtered_log_can_be_exported() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    let page = browser.get("/log?operation=create-cargo&actor=anna&target=");
    let page = page.await.text;
    let file = "/export/log.csv?operation=create-cargo&#38;actor=user%3Aanna";
    assert!(page.contains(file), "{page}");
    let file = browser.get(&file.replace("&#38;", "&")).await.text;
    assert_eq!(file.lines().count(), 3, "{file}");
}

#[tokio::test]
async fn a_delay_is_applied_in_one_step() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let form = "/operations/reschedule-voyage?voyage=V100";
    let page = browser.get(form).await.text;
    assert!(page.contains("name=\"delay_hours\""), "{page}");
    let page = browser.get(&format!("{form}&delay_hours=30")).await.text;
    for (field, time) in [
        ("0/departs", "2199-01-02T07:00"),
        ("0/arrives", "2199-01-03T07:00"),
        ("1/departs", "2199-01-04T07:00"),
        ("1/arrives", "2199-01-31T07:00"),
    ] {
        let shown = format!("name=\"/movements/{field}\" type=\"datetime-local\" value=\"{time}\"");
        assert!(page.contains(&shown), "{shown}: {page}");
    }
    let answer = browser.get(&format!("{form}&delay_hours=-1")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_cancelled_voyage_leads_to_its_cargoes() {
    let world = World::new().await;
    furnished(&world).await;
    let cancel = json!({ "voyage": "V100", "reason": "Typhoon" });
    world.run("cancel-voyage", &cancel).await.accepted();
    let mut browser = Browser::signed_in(&world, "planner").await;
    let page = browser.get("/voyages/V100").await.text;
    assert!(page.contains("This voyage is cancelled."), "{page}");
    assert!(page.contains("href=\"/cargoes?voyage=V100\""), "{page}");
}

/// A cargo at sea is not offered a voyage that leaves before the cargo comes ashore.
#[tokio::test]
async fn voyages_that_leave_before_the_cargo_arrives_are_not_offered() {
    let world = World::new().await;
    let names = furnished(&world).await;
    for (number, movements) in [
        (
            "SHIP",
            [("NLRTM", "DEHAM", -1, 8), ("DEHAM", "SGSIN", 9, 30)],
        ),
        (
            "EARLY",
            [("DEHAM", "SGSIN", 5, 20), ("SGSIN", "NLRTM", 21, 40)],
        ),
        (
            "AFTER",
            [("DEHAM", "SGSIN", 12, 28), ("SGSIN", "NLRTM", 29, 40)],
        ),
    ] {
        let movements = movements.map(|(from, to, departs, arrives)| {
            json!({ "from": from, "to": to, "departs": in_days(departs), "arrives": in_days(arrives) })
        });
        let voyage = json!({
            "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
            "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
            "cut_off_hours": 24, "movements": movements,
        });
        world.run("schedule-voyage", &voyage).await.accepted();
    }
    for (kind, voyage, days) in [("RECEIVE", None, -2), ("LOAD", Some("SHIP"), -1)] {
        let mut report = json!({ "cargo": names.cargo, "type": kind, "location": "NLRTM",
            "completed_at": in_days(days) });
        if let Some(voyage) = voyage {
            report["voyage"] = json!(voyage);
        }
        let report = world.run("register-handling-event", &report).await;
        report.accepted();
    }
    let reroute = json!({ "cargo": names.cargo, "origin": "DEHAM" });
    world.run("reroute-cargo", &reroute).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/{}/book", names.cargo);
    let page = browser.get(&path).await.text;
    for (number, is_offered) in [("AFTER", true), ("EARLY", false)] {
        let link = format!("href=\"/voyages/{number}\"");
        assert_eq!(page.contains(&link), is_offered, "{number}: {page}");
    }
}

/// A voyage that arrives too late can only be refused.
#[tokio::test]
async fn a_late_voyage_offers_another_deadline() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut input = new_cargo(&names.customer, 1);
    input["arrival_deadline"] = json!("2199-01-10T00:00:00Z");
    let created = world.run("create-cargo", &input).await;
    let cargo = created.accepted()["outcome"]["cargo"].clone();
    let cargo = cargo.as_str().unwrap();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get(&format!("/cargoes/{cargo}/book")).await.text;
    let link = format!(
        "<a class=\"button quiet\" href=\"/operations/change-arrival-deadline?cargo={cargo}\">Change the deadline</a>"
    );
    assert!(page.contains("Arrives after the deadline."), "{page}");
    assert!(page.contains(&link), "{page}");
    assert!(!page.contains("Try anyway"), "{page}");
}

/// Cargoes in trouble come by deadline, each with what to do about it.
#[tokio::test]
async fn what_is_at_risk_comes_by_deadline_with_advice() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let later = world.cargo(&names.customer, 2).await;
    let book = json!({ "cargo": later, "voyage": "V100" });
    world.run("book-onto-voyage", &book).await.accepted();
    for (cargo, day) in [(&names.cargo, "05"), (&later, "20")] {
        let deadline = format!("2199-01-{day}T00:00:00Z");
        let input = json!({ "cargo": cargo, "arrival_deadline": deadline });
        let changed = world.run("change-arrival-deadline", &input).await;
        changed.accepted();
    }
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for path in ["/cargoes?trouble=at_risk", "/"] {
        let page = browser.get(path).await.text;
        let advice = "The cargo will arrive after its deadline. Roll it onto a faster voyage, or agree on a later deadline.";
        assert_eq!(page.matches(advice).count(), 2, "{page}");
        let (_, list) = page.split_once("class=\"list cargoes\"").expect("a list");
        let place = |cargo: &str| list.find(&format!("/cargoes/{cargo}")).expect("a row");
        assert!(place(&names.cargo) < place(&later), "{page}");
    }
    for (trouble, is_listed) in [("DeadlineAtRisk", true), ("LeftBehind", false)] {
        let page = browser.get(&format!("/cargoes?trouble={trouble}")).await;
        let chosen = format!("<option value=\"{trouble}\" selected>");
        assert!(page.text.contains(&chosen), "{trouble}: {}", page.text);
        assert_eq!(page.text.contains(&names.cargo), is_listed, "{trouble}");
    }
    let page = browser.get("/cargoes").await.text;
    for flag in domain::booking::Flag::ALL {
        let choice = format!("<option value=\"{}\">", flag.word());
        assert!(page.contains(&choice), "{choice} is not in {page}");
    }
    let page = browser.get("/cargoes?trouble=DeadlineAtRisk").await.text;
    let form = format!("<a href=\"/cargoes/roll?cargo={later}\">Other ways for this cargo</a>");
    for part in [
        form.as_str(),
        "Trouble: arrives after its deadline. The earliest deadline comes first",
        "Roll several together",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let page = browser.get("/cargoes?trouble=misrouted").await.text;
    assert!(page.contains("value=\"misrouted\" selected"), "{page}");
    assert!(!page.contains(&later), "{page}");
    let page = browser.get("/cargoes?trouble=Bored").await.text;
    assert!(page.contains("There is no such trouble."), "{page}");
}

/// The list names the voyage that matters now: the broken one, else the next one ahead.
#[tokio::test]
async fn the_list_names_the_voyage_concerned() {
    let world = World::new().await;
    let names = furnished(&world).await;
    world.voyage("V200").await;
    let voyage = json!({
        "number": "FEEDER", "vessel": { "imo": ship("FEEDER"), "name": "Ida" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0, "cut_off_hours": 24,
        "movements": [{ "from": "NLRTM", "to": "DEHAM",
            "departs": "2198-12-20T00:00:00Z", "arrives": "2198-12-21T00:00:00Z" }],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
    let mut cargoes = Vec::new();
    for onward in ["V100", "V200"] {
        let cargo = world.cargo(&names.customer, 1).await;
        let legs = json!([
            { "voyage": "FEEDER", "load_at": "NLRTM", "unload_at": "DEHAM" },
            { "voyage": onward, "load_at": "DEHAM", "unload_at": "SGSIN" },
        ]);
        let assign = json!({ "cargo": cargo, "legs": legs });
        world.run("assign-itinerary", &assign).await.accepted();
        cargoes.push(cargo);
    }
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &cancel).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut named = async |cargo: &str| {
        let page = browser.get("/cargoes").await.text;
        let row = page
            .split_once(&format!("href=\"/cargoes/{cargo}\""))
            .unwrap()
            .1;
        let row = row.split("</tr>").next().unwrap().to_owned();
        let (_, voyage) = row.split_once("href=\"/voyages/").expect("a voyage");
        voyage.split('"').next().unwrap().to_owned()
    };
    assert_eq!(named(&cargoes[0]).await, "V100", "it is cancelled");
    assert_eq!(named(&cargoes[1]).await, "FEEDER", "it is the next one");
    for (kind, day) in [("LOAD", "02"), ("UNLOAD", "03")] {
        let place = if kind == "LOAD" { "NLRTM" } else { "DEHAM" };
        let report = json!({ "cargo": cargoes[1], "type": kind, "voyage": "FEEDER",
            "location": place, "completed_at": format!("2026-01-{day}T00:00:00Z") });
        world
            .run("register-handling-event", &report)
            .await
            .accepted();
        let expected = if kind == "LOAD" { "FEEDER" } else { "V200" };
        assert_eq!(named(&cargoes[1]).await, expected, "after {kind}");
    }
}
