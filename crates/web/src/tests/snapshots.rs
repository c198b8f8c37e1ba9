//! The text of every page, compared with the committed one.

use super::World;
use super::tracking::handle;
use super::visitor::{Browser, PAGES, furnished, named};
use domain::Moment;
use domain::ports::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that advances a little with each look, so that ids have an order.
#[derive(Default)]
struct Slow(AtomicI64);

impl Clock for Slow {
    fn now(&self) -> Moment {
        let start: Moment = "2198-12-01T12:00:00Z".parse().unwrap();
        start.plus_micros(self.0.fetch_add(100, Ordering::Relaxed))
    }
}

/// Values that differ from run to run read the same in each.
fn filters() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/pages");
    settings.set_prepend_module_to_snapshot(false);
    for (pattern, replacement) in [
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
            "ID",
        ),
        (r"\b[0-9a-f]{64}\b", "HASH"),
        (r"\b[2-9A-HJKMNP-Z]{11}\b", "TRACKING"),
        (r"/assets/[0-9a-f]{12}/", "/assets/VERSION/"),
        (r"\b[0-9a-f]{8}…", "ID…"),
        (r"(rules \d+)", "rules N"),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings
}

#[tokio::test]
async fn pages_are_as_committed() {
    let world = World::with(Arc::new(Slow::default())).await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let settings = filters();
    let pages = PAGES
        .iter()
        .chain(&["/problems/", "/problems/LoadMayNotPassTheLine"]);
    for page in pages {
        let text = browser.get(&named(page, &names)).await.text;
        let name: String = page
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let name = format!("page{name}");
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
    let mut stranger = Browser::new(&world);
    let text = stranger.get("/sign-in").await.text;
    settings.bind(|| insta::assert_snapshot!("page_sign_in", text));
    let full = format!("/cargoes/{}/book", world.cargo(&names.customer, 5).await);
    browser.get(&full).await;
    let text = browser.post(&full, &[("/voyage", "V100")]).await.text;
    settings.bind(|| insta::assert_snapshot!("page_book_refused", text));
}

#[tokio::test]
async fn pages_for_anybody_are_as_committed() {
    let world = World::with(Arc::new(Slow::default())).await;
    let names = furnished(&world).await;
    for (what, place, time) in [
        ("RECEIVE", "NLRTM", "01-02T08:00"),
        ("LOAD V100", "NLRTM", "01-03T08:00"),
    ] {
        handle(&world, &names.cargo, what, place, time).await;
    }
    let settings = filters();
    let mut stranger = Browser::new(&world);
    for (name, page) in [
        ("page_track", "/track"),
        ("page_track_one", "/track/CARGO"),
        ("page_track_mistyped", "/track?tracking_id=2345-6789-AB4"),
        ("page_track_unknown", "/track/23456789AB3"),
    ] {
        let text = stranger.get(&named(page, &names)).await.text;
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

#[tokio::test]
async fn the_page_of_the_quay_is_as_committed() {
    let world = World::with(Arc::new(Slow::default())).await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let settings = filters();
    let text = browser.get(&named("/handling?cargo=CARGO", &names)).await;
    settings.bind(|| insta::assert_snapshot!("page_handling_expected", text.text));
    for (name, kind, voyage, place) in [
        ("page_handling_registered", "LOAD", "V100", "NLRTM"),
        ("page_handling_refused", "UNLOAD", "", "DEHAM"),
        ("page_handling_misdirected", "UNLOAD", "V100", "DEHAM"),
    ] {
        let fields = [
            ("/cargo", names.cargo.as_str()),
            ("/type", kind),
            ("/voyage", voyage),
            ("/location", place),
        ];
        let mut answer = browser.post("/handling", &fields).await;
        if let Some(to) = answer.header("location").map(str::to_owned) {
            answer = browser.get(&to).await;
        }
        settings.bind(|| insta::assert_snapshot!(name, answer.text));
    }
}
