//! The lines of the quay: what one tap reports, and where there is no button.

use super::visitor::*;
use super::{World, ship};
use axum::http::StatusCode;
use domain::Moment;
use domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

const LOADED: &str = "MSKU0383250";
const MISSING: &str = "CSQU3054383";

/// A site with a cargo of two containers on a ship that leaves Rotterdam in some hours, and
/// calls at Hamburg before Singapore.
struct Port {
    clock: Arc<Forward>,
    world: World,
    cargo: String,
    start: Moment,
}

impl Port {
    async fn with_ship_in(hours: i64) -> Self {
        let clock = Arc::new(Forward::default());
        let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
        let names = furnished(&world).await;
        let cargo = world.cargo(&names.customer, 2).await;
        let start = clock.now();
        let at = |after: i64| start.plus_hours(hours + after);
        let voyage = json!({
            "number": "SOON", "vessel": { "imo": ship("SOON"), "name": "Ida" },
            "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
            "cut_off_hours": 1, "movements": [
                { "from": "NLRTM", "to": "DEHAM", "departs": at(0), "arrives": at(40) },
                { "from": "DEHAM", "to": "SGSIN", "departs": at(60), "arrives": at(400) },
            ],
        });
        world.run("schedule-voyage", &voyage).await.accepted();
        let book = json!({ "cargo": cargo, "voyage": "SOON" });
        world.run("book-onto-voyage", &book).await.accepted();
        let numbers = json!([{ "number": MISSING }, { "number": LOADED }]);
        let assign = json!({ "cargo": cargo, "containers": numbers });
        world.run("assign-containers", &assign).await.accepted();
        Self {
            clock,
            world,
            cargo,
            start,
        }
    }

    /// Reports about the cargo or one of its containers, at the start.
    async fn report(&self, about: Value, kind: &str) {
        let mut input = about;
        input["type"] = json!(kind);
        input["location"] = json!("NLRTM");
        input["completed_at"] = json!(self.start.plus_hours(-1));
        if kind == "LOAD" {
            input["voyage"] = json!("SOON");
        }
        let reported = self.world.run("register-handling-event", &input).await;
        reported.accepted();
    }

    async fn received(&self) {
        self.report(json!({ "cargo": self.cargo }), "RECEIVE").await;
    }

    fn passes(&self, hours: i64) {
        self.clock.0.fetch_add(hours, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_tap_reports_only_the_container_that_is_missing() {
    let port = Port::with_ship_in(4).await;
    port.received().await;
    let mut browser = Browser::signed_in(&port.world, "agent").await;
    let page = browser.get("/quay?port=NLRTM").await.text;
    let whole = format!("value=\"LOAD SOON {}\"", port.cargo);
    assert!(page.contains(&whole), "{page}");

    port.report(json!({ "container": LOADED }), "LOAD").await;
    let page = browser.get("/quay?port=NLRTM").await.text;
    let said = "CSQU3054383 not loaded, 1 of 2 aboard";
    assert!(page.contains(said) && !page.contains(&whole), "{page}");
    let tap = format!("LOAD SOON {} {MISSING}", port.cargo);
    let part = format!("value=\"{tap}\" aria-label=\"Loaded {MISSING}\">Loaded<");
    assert!(page.contains(&part), "{page}");
    assert!(!page.contains("left behind"), "{page}");

    port.passes(10);
    let page = browser.get("/quay?port=NLRTM").await.text;
    assert!(page.contains(said), "{page}");
    assert!(
        page.contains("<span class=\"pill bad\">left behind"),
        "{page}"
    );
    let quiet = format!("<button class=\"quiet\" name=\"do\" value=\"{tap}\"");
    assert!(page.contains(&quiet) && !page.contains(&part), "{page}");
    assert!(page.contains("Loaded after all<"), "{page}");

    let fields = [("/location", "NLRTM"), ("do", tap.as_str())];
    let answer = browser.post("/quay", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let path = format!("/api/cargoes/{}", port.cargo);
    let cargo = port.world.get(&path).await.json();
    let reports = cargo["handling"].as_array().unwrap();
    assert_eq!(reports.last().unwrap()["container"], MISSING, "{cargo}");
    assert_eq!(cargo["delivery"]["transport_status"], "ONBOARD_CARRIER");
}

#[tokio::test]
async fn a_ship_that_omits_the_call_has_no_buttons() {
    let port = Port::with_ship_in(4).await;
    port.received().await;
    let omit = json!({ "voyage": "SOON", "location": "NLRTM", "reason": "Strike" });
    port.world.run("omit-call", &omit).await.accepted();
    let mut browser = Browser::signed_in(&port.world, "agent").await;
    let page = browser.get("/quay?port=NLRTM").await.text;
    assert!(page.contains(&port.cargo), "{page}");
    assert!(page.contains("does not call here"), "{page}");
    assert!(!page.contains("LOAD SOON"), "{page}");
}

/// What lies days ahead has a link to the form instead of a button.
#[tokio::test]
async fn one_tap_reports_only_what_may_have_happened() {
    const LOAD: &str = "value=\"LOAD SOON ";
    const DEPARTED: &str = "value=\"DEPARTURE SOON 1\"";
    const ARRIVED: &str = "value=\"ARRIVAL SOON 3\"";
    const UNLOAD: &str = "value=\"UNLOAD SOON ";
    let port = Port::with_ship_in(30).await;
    port.received().await;
    let mut browser = Browser::signed_in(&port.world, "agent").await;
    let page = browser.get("/quay?port=NLRTM").await.text;
    assert!(!page.contains(LOAD) && !page.contains(DEPARTED), "{page}");
    let early = format!(
        "/handling?cargo={}&#38;type=LOAD&#38;location=NLRTM&#38;voyage=SOON",
        port.cargo
    );
    let departure = "/operations/report-departure?voyage=SOON&#38;location=NLRTM&#38;call=1";
    for link in [early.as_str(), departure] {
        assert!(page.contains(link), "{link} is not in {page}");
        let form = browser.get(&link.replace("&#38;", "&")).await;
        assert_eq!(form.status, StatusCode::OK, "{link}");
    }
    port.passes(6);
    let page = browser.get("/quay?port=NLRTM").await.text;
    assert!(page.contains(LOAD) && page.contains(DEPARTED), "{page}");

    port.report(json!({ "cargo": port.cargo }), "LOAD").await;
    // It reaches Singapore 430 h after the start.
    port.passes(424 - 6 - 1);
    let mut browser = Browser::signed_in(&port.world, "agent").await;
    let page = browser.get("/quay?port=SGSIN").await.text;
    assert!(page.contains("Report early"), "{page}");
    assert!(!page.contains(UNLOAD) && !page.contains(ARRIVED), "{page}");
    port.passes(1);
    let page = browser.get("/quay?port=SGSIN").await.text;
    assert!(page.contains(UNLOAD) && page.contains(ARRIVED), "{page}");
}
