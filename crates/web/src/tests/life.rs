//! A cargo's life on pages: booked by route, handled by file, followed, exported as a list.

use super::visitor::{Browser, furnished, named, position};
use super::{Answer, World};
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

/// The value of a form field on a page.
fn field(answer: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let from = answer
        .text
        .find(&start)
        .unwrap_or_else(|| panic!("{name}: {}", answer.text));
    let rest = &answer.text[from + start.len()..];
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_cargo_is_booked_by_a_suggested_route() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cargo = world.cargo(&names.customer, 2).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/{cargo}/book");
    let page = browser.get(&path).await;
    let route = field(&page, "/route");
    assert!(route.starts_with("V100,NLRTM,SGSIN,2199-01-01"), "{route}");
    let key = page.text.split("name=\"key\" value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap().to_owned();
    let form = [
        ("key", key.as_str()),
        ("version", "1"),
        ("/route", route.as_str()),
    ];
    let sent = browser.post(&path, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = browser.get(&format!("/cargoes/{cargo}")).await;
    for said in [
        "Receive in Rotterdam",
        "Load aboard V100 in Rotterdam",
        "Claim in Singapore",
        "Accept booking",
    ] {
        assert!(page.text.contains(said), "{said} is not in {}", page.text);
    }
    // The space is gone when another cargo asks for the same route.
    let late = world.cargo(&names.customer, 4).await;
    let path = format!("/cargoes/{late}/book");
    browser.get(&path).await;
    let form = [("version", "1"), ("/route", route.as_str())];
    let refused = browser.post(&path, &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("LoadMayNotPassTheLine"),
        "{}",
        refused.text
    );
}

/// Uploads a file as a browser would from the last page.
async fn upload(browser: &mut Browser<'_>, csrf: &str, rehearse: bool, file: &str) -> Answer {
    let choices: &[&str] = if rehearse { &["dry_run"] } else { &[] };
    upload_with(browser, csrf, choices, file).await
}

/// Uploads a file with some boxes ticked.
async fn upload_with(
    browser: &mut Browser<'_>,
    csrf: &str,
    choices: &[&str],
    file: &str,
) -> Answer {
    let (request, body) = upload_of(csrf, choices, file);
    browser.send(request, body).await
}

fn upload_of(csrf: &str, choices: &[&str], file: &str) -> (Builder, Body) {
    let part = |head: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
    };
    let mut body = part("name=\"csrf\"", csrf);
    body += &part("name=\"file\"; filename=\"handling.csv\"", file);
    for choice in choices {
        body += &part(&format!("name=\"{choice}\""), "1");
    }
    body += "--x--\r\n";
    let request = Request::builder()
        .method(Method::POST)
        .uri("/handling/import")
        .header("content-type", "multipart/form-data; boundary=x");
    (request, Body::from(body))
}

/// The number of rows with each result, according to the page.
fn figures(answer: &Answer) -> Vec<String> {
    let parts = answer.text.split("<span class=\"figure\">").skip(1);
    parts
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_sent_after_the_session_ended_must_be_chosen_again() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling/import").await;
    let csrf = browser.csrf.clone();
    browser.cookies.remove("plimsoll_session");
    let answer = upload(&mut browser, &csrf, false, "cargo\n").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let to = answer.header("location").unwrap().to_owned();
    let page = browser.get(&to).await.text;
    assert!(page.contains("choose the file again"), "{page}");
}

#[tokio::test]
async fn a_page_imports_a_file_of_handling_events() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling/import").await;
    let file = named(
        "cargo,type,location,voyage,completed_at\n\
         CARGO,RECEIVE,NLRTM,,2026-01-01T00:00:00Z\n\
         CARGO,LOAD,NLRTM,V404,2026-01-02T00:00:00Z\n\
         CARGO,LOAD,NLRTM,V100,2026-01-02T00:00:00Z\n",
        &names,
    );
    let csrf = browser.csrf.clone();
    for (rehearse, expected) in [
        (true, ["2", "0", "1"]),
        (false, ["2", "0", "1"]),
        (false, ["0", "2", "1"]),
        (true, ["0", "2", "1"]),
    ] {
        let answer = upload(&mut browser, &csrf, rehearse, &file).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(figures(&answer), expected);
        assert!(
            answer
                .text
                .contains("VoyageMustBeKnown: There is no voyage V404.")
        );
    }
    let told = upload_with(&mut browser, &csrf, &["report"], &file).await;
    let lines: Vec<_> = told.text.lines().collect();
    assert_eq!(lines[..2], ["line,fate,reason", "2,known,"]);
    assert_eq!(
        lines[2],
        "3,bad,VoyageMustBeKnown: There is no voyage V404."
    );
    let bad = upload(&mut browser, &csrf, false, "cargo;type\n").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text.contains("location is missing"), "{}", bad.text);
    let foreign = upload(&mut browser, "0", false, &file).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let template = browser.get("/handling/template.csv").await;
    assert_eq!(template.text, "cargo,type,location,voyage,completed_at\r\n");

    let mut clerk = Browser::signed_in(&world, "clerk").await;
    assert_eq!(
        clerk.get("/handling/import").await.status,
        StatusCode::FORBIDDEN
    );
    let csrf = clerk.csrf.clone();
    let denied = upload(&mut clerk, &csrf, false, &file).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_long_import_shows_its_progress() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    browser.get("/handling/import").await;
    let csrf = browser.csrf.clone();
    let mut file = "cargo,type,location,completed_at\n".to_owned();
    for second in 0..300 {
        let time = format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60);
        file += &named(&format!("CARGO,CUSTOMS,NLRTM,{time}\n"), &names);
    }
    let (request, body) = upload_of(&csrf, &[], &file);
    let request = request.header("accept-encoding", "gzip");
    let answer = browser.send(request, body).await;
    // If compressed, the answer would arrive only at the end.
    assert_eq!(answer.header("content-encoding"), None);
    let expected = [
        "300 rows",
        "256 of 300 rows",
        "300 of 300 rows",
        "id=\"report\"",
    ];
    let said = expected.map(|said| answer.text.find(said));
    assert!(said[0].is_some() && said.is_sorted(), "{said:?}");
    // The beginning, three bars, the rest.
    assert_eq!(answer.frames, 5);
}

#[tokio::test]
async fn trouble_is_shown_where_people_look() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let stray = json!({ "cargo": names.cargo, "type": "UNLOAD", "location": "DEHAM",
        "voyage": "V100", "completed_at": "2026-01-02T00:00:00Z" });
    world
        .run("register-handling-event", &stray)
        .await
        .accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = named("/cargoes/CARGO", &names);
    for (page, said) in [
        (path.as_str(), "The cargo was handled off its itinerary."),
        (path.as_str(), "Unloaded from V100 in Hamburg"),
        (path.as_str(), "/operations/reroute-cargo?cargo="),
        ("/cargoes?trouble=misdirected", "misdirected</span>"),
        ("/cargoes?customer=nobody", "This is not a customer ID"),
        (
            "/cargoes?status=BOOKED&trouble=&port=&origin=&destination=&voyage=",
            names.cargo.as_str(),
        ),
        ("/cargoes?trouble=sunk", "There is no such trouble"),
        ("/cargoes?special=gold", "There is no such special cargo"),
        ("/cargoes?special=dangerous", "No cargoes match"),
        (
            "/cargoes?special=reefer",
            "<option value=\"reefer\" selected>",
        ),
        (
            "/cargoes?port=Atlantis",
            "“At or through” is not a known port",
        ),
        ("/voyages?port=&from=&room=&show=ahead", "V100"),
        ("/voyages?from=2026-13-45", "” is not a date"),
        ("/voyages?room=-1", "is in TEU"),
        ("/voyages/V100", "misdirected</span>"),
        ("/cargoes?port=Hamburg", "in Hamburg</small>"),
        ("/", "cargo is at risk"),
    ] {
        let answer = browser.get(page).await;
        assert!(
            answer.text.contains(said),
            "{said} is not on {page}: {}",
            answer.text
        );
    }
    let reroute = json!({ "cargo": names.cargo, "origin": "DEHAM" });
    world.run("reroute-cargo", &reroute).await.accepted();
    let page = browser.get(&format!("{path}/book")).await;
    assert!(field(&page, "/route").starts_with("V100,DEHAM,SGSIN,"));
}

/// The form offers only the ports that the operation takes: where the cargo is, or the later calls of
/// its ship.
#[tokio::test]
async fn a_cargo_is_rerouted_from_where_it_is_or_will_be() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = named("/operations/reroute-cargo?cargo=CARGO", &names);
    let page = browser.get(&path).await.text;
    assert!(
        page.contains("<input id=\"f-origin\""),
        "not received: {page}"
    );
    let mut handle = async |kind: &str, place: &str, day: u32| {
        let report = json!({ "cargo": names.cargo, "type": kind, "location": place,
            "voyage": "V100", "completed_at": format!("2026-01-0{day}T00:00:00Z") });
        world
            .run("register-handling-event", &report)
            .await
            .accepted();
        browser.get(&path).await.text
    };
    let page = handle("LOAD", "NLRTM", 1).await;
    // The ship goes on to Singapore, where the cargo goes anyway.
    let choice = "<option value=\"DEHAM\" selected>Hamburg (DEHAM), the ship arrives 2 Jan 2199, 01:00 UTC+1</option>";
    assert!(page.contains(choice), "{page}");
    assert!(page.contains("The cargo is aboard."), "{page}");
    assert!(!page.contains("<option value=\"SGSIN\""), "{page}");
    let page = handle("UNLOAD", "DEHAM", 2).await;
    let choice = "<option value=\"DEHAM\" selected>Hamburg (DEHAM), where it is</option>";
    assert!(page.contains(choice), "{page}");
}

#[tokio::test]
async fn a_page_shows_the_approach_of_a_rerouted_cargo() {
    let world = World::new().await;
    let names = furnished(&world).await;
    world.voyage("V200").await;
    let cargo = &names.cargo;
    for (operation, input) in [
        (
            "register-handling-event",
            json!({ "cargo": cargo, "type": "LOAD", "location": "NLRTM", "voyage": "V100",
                "completed_at": "2026-01-01T00:00:00Z" }),
        ),
        (
            "reroute-cargo",
            json!({ "cargo": cargo, "origin": "DEHAM" }),
        ),
        (
            "assign-itinerary",
            json!({ "cargo": cargo,
                "legs": [{ "voyage": "V200", "load_at": "DEHAM", "unload_at": "SGSIN" }] }),
        ),
    ] {
        world.run(operation, &input).await.accepted();
    }
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get(&named("/cargoes/CARGO", &names)).await.text;
    for said in [
        "data-label=\"Departs\">Rotterdam",
        "data-label=\"Arrives\">Hamburg",
        "data-label=\"Departs\">Hamburg",
        "data-label=\"Arrives\">Singapore",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    for (voyage, way) in [
        ("V100", "Rotterdam → Hamburg</td>"),
        ("V200", "Hamburg → Singapore</td>"),
    ] {
        let page = browser.get(&format!("/voyages/{voyage}")).await.text;
        assert!(page.contains(way), "{way} is not in {page}");
    }
}

#[tokio::test]
async fn the_broken_leg_is_the_one_to_roll() {
    let world = World::new().await;
    let names = furnished(&world).await;
    world.voyage("V200").await;
    let cargo = world.cargo(&names.customer, 2).await;
    let legs = json!({ "cargo": cargo, "legs": [
        { "voyage": "V100", "load_at": "NLRTM", "unload_at": "DEHAM" },
        { "voyage": "V200", "load_at": "DEHAM", "unload_at": "SGSIN" },
    ]});
    world.run("assign-itinerary", &legs).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/cargoes/{cargo}");
    let page = browser.get(&path).await.text;
    assert!(page.contains("from_voyage=V100"), "{page}");
    let early = json!({ "voyage": "V200", "movements": [
        { "from": "NLRTM", "to": "DEHAM",
          "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-02T00:00:00Z" },
        { "from": "DEHAM", "to": "SGSIN",
          "departs": "2199-01-02T03:00:00Z", "arrives": "2199-01-30T00:00:00Z" },
    ]});
    world.run("reschedule-voyage", &early).await.accepted();
    let page = browser.get(&path).await.text;
    assert!(page.contains("from_voyage=V200"), "{page}");
}

#[tokio::test]
async fn the_roll_form_offers_voyages_that_fit() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!(
        "/operations/roll-cargo?cargo={}&from_voyage=V100",
        names.cargo
    );
    let page = browser.get(&path).await.text;
    for said in [
        "instead of V100",
        "change the deadline",
        "release the space",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("name=\"/to_voyage\""), "{page}");
    for voyage in ["V200", "FULL", "OFF"] {
        world.voyage(voyage).await;
    }
    let other = world.cargo(&names.customer, 5).await;
    let book = json!({ "cargo": other, "voyage": "FULL" });
    world.run("book-onto-voyage", &book).await.accepted();
    let off = json!({ "voyage": "OFF", "reason": "No crew" });
    world.run("cancel-voyage", &off).await.accepted();
    let before = position(&world).await;
    let page = browser.get(&path).await.text;
    let sails = "· leaves NLRTM 1 Jan 2199, 01:00 UTC+1, arrives SGSIN 30 Jan 2199, 01:00 UTC+1<";
    for (choice, is_there) in [
        (
            format!("<option value=\"V100\" selected>V100 {sails}"),
            true,
        ),
        (format!("<option value=\"V200\">V200 {sails}"), true),
        ("value=\"FULL\"".to_owned(), false),
        ("value=\"OFF\"".to_owned(), false),
        ("Voyages that will not do instead of V100".to_owned(), true),
        ("href=\"/voyages/FULL\"".to_owned(), true),
        ("Not enough space".to_owned(), true),
    ] {
        assert_eq!(page.contains(&choice), is_there, "{choice}: {page}");
    }
    assert_eq!(position(&world).await, before, "asking changes nothing");
    // Other entered values are not lost.
    let page = browser.get(&format!("{path}&to_voyage=FULL")).await.text;
    let typed = "name=\"/to_voyage\" type=\"text\" value=\"FULL\"";
    assert!(page.contains(typed), "{page}");
}

#[tokio::test]
async fn the_form_to_change_a_voyage_has_its_current_values() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    for (operation, fields) in [
        (
            "reschedule-voyage",
            &[
                "<p>Rotterdam (NLRTM)</p><input type=\"hidden\" name=\"/movements/0/from\" value=\"NLRTM\">",
                "name=\"/movements/0/departs\" type=\"datetime-local\" value=\"2199-01-01T01:00\"",
                "name=\"/movements/1/to\" value=\"SGSIN\"",
            ][..],
        ),
        ("change-voyage-capacity", &["name=\"/capacity/teu\""]),
    ] {
        let path = format!("/operations/{operation}?voyage=V100");
        let page = browser.get(&path).await.text;
        for field in fields {
            assert!(page.contains(field), "{field} is not in {page}");
        }
    }
}

#[tokio::test]
async fn every_list_can_be_exported_as_a_file() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    for (list, lines) in [
        ("cargoes.csv", 3),
        ("cargoes.csv?status=BOOKED", 2),
        ("voyages.csv?port=DEHAM", 2),
        ("customers.csv", 2),
        ("locations.csv", 4),
        ("handling-events.csv", 1),
        ("refusals.csv", 2),
        ("log.csv?operation=book-onto-voyage", 2),
    ] {
        let answer = browser.get(&format!("/export/{list}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{list}: {}", answer.text);
        assert!(answer.text.starts_with('\u{feff}'), "{}", answer.text);
        assert_eq!(
            answer.text.lines().count(),
            lines,
            "{list}: {}",
            answer.text
        );
        assert!(
            answer
                .header("content-disposition")
                .is_some_and(|head| head.starts_with("attachment"))
        );
    }
    // Programs get the same without the byte order mark, which they would read as part of the first
    // name.
    let mark = '\u{feff}';
    for list in ["cargoes", "voyages", "customers", "locations"] {
        let wants = [("accept", "text/csv")];
        let path = format!("/api/{list}");
        let file = world.ask(Method::GET, &path, &wants, "").await;
        assert_eq!(file.status, StatusCode::OK, "{list}: {}", file.text);
        assert!(!file.text.contains(mark), "{list}: {}", file.text);
        let page = browser.get(&format!("/export/{list}.csv")).await.text;
        assert_eq!(page.trim_start_matches(mark), file.text, "{list}");
    }
    let listed = browser.get("/cargoes?status=BOOKED").await;
    assert!(listed.text.contains("/export/cargoes.csv?status=BOOKED"));
    assert!(
        browser
            .get("/export/cargoes.csv")
            .await
            .text
            .contains(&names.cargo)
    );
    assert_eq!(
        browser.get("/export/users.csv").await.status,
        StatusCode::NOT_FOUND
    );
    let mut nobody = Browser::new(&world);
    assert_eq!(
        nobody.get("/export/cargoes.csv").await.status,
        StatusCode::SEE_OTHER
    );
    agents_read_no_log(&world).await;
}

/// A port agent may not read the log, neither as a file nor as a page.
async fn agents_read_no_log(world: &World) {
    let mut agent = Browser::signed_in(world, "agent").await;
    for list in ["log.csv", "refusals.csv"] {
        let answer = agent.get(&format!("/export/{list}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{list}");
    }
}
