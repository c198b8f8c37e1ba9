//! A clerk books a cargo that is not ready yet onto next week's ship.

use super::browser::{FirstDay, new_customer};
use crate::support::browser::Browser;

/// Schedules a ship for two containers from Rotterdam to New York.
pub(crate) async fn schedule(
    browser: &Browser,
    number: &str,
    imo: &str,
    leaves: &str,
    arrives: &str,
) {
    browser.open("/operations/schedule-voyage").await;
    for (name, text) in [
        ("/number", number),
        ("/vessel/imo", imo),
        ("/vessel/name", number),
        ("/capacity/teu", "2"),
        ("/capacity/tonnes", "40"),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "24"),
        ("/calls/0/port", "NLRTM"),
        ("/calls/1/port", "New York"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/calls/0/departure", leaves).await;
    browser.enter_time("/calls/1/arrival", arrives).await;
    browser.press("Schedule voyage").await;
    browser.must_say("Recorded as log entry").await;
}

pub(crate) async fn new_cargo(browser: &Browser, ready_from: Option<&str>) {
    browser.open("/cargoes/new").await;
    for (name, text) in [
        ("/customer", "Blue Anchor Trading"),
        ("/origin", "NLRTM"),
        ("/destination", "New York"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "12000"),
        ("/commodity", "Machine parts"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/arrival_deadline", "05302090").await;
    if let Some(ready_from) = ready_from {
        browser.enter_time("/ready_from", ready_from).await;
    }
    browser.press("Create cargo").await;
    browser.must_say("arriving by 30 May 2090").await;
}

/// The ships leave on Monday 1 May and Monday 8 May 2090.
async fn a_clerk_books_next_week(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser, "V100", "9074729", "05012090", "05102090").await;
    schedule(browser, "V200", "9321483", "05082090", "05172090").await;
    new_cargo(browser, None).await;
    browser.must_say("Week 18: 1 May – 7 May 2090").await;
    browser.must_say("Week 19: 8 May – 14 May 2090").await;
    browser.must_say("booking closes").await;

    new_cargo(browser, Some("05032090")).await;
    browser.must_say("ready from 3 May 2090, 06:00").await;
    browser.must_say("Week 18: 1 May – 7 May 2090").await;
    browser.must_say("Leaves before the cargo is ready.").await;
    browser.must_say("Week 19: 8 May – 14 May 2090").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    browser.must_say("V200").await;
    browser.must_say("Ready date").await;
    let cargo = browser.path().await;
    let cargo = cargo.split('?').next().unwrap_or_default().to_owned();

    browser.press("Amend containers, weight or goods").await;
    assert_eq!(browser.value("/ready_from").await, "2090-05-03T06:00");
    browser.enter_time("/ready_from", "05092090").await;
    browser.press("Amend cargo").await;
    browser.must_say("but the cargo is not ready before").await;
    browser.open(&cargo).await;
    browser.must_say("3 May, 06:00").await;
    browser.press("Amend containers, weight or goods").await;
    browser.enter_time("/ready_from", "05042090").await;
    browser.press("Amend cargo").await;
    browser
        .must_say("It is ready from 4 May 2090, 06:00 UTC+2.")
        .await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cargo_that_is_not_ready_sails_next_week() {
    a_clerk_books_next_week(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cargo_that_is_not_ready_sails_next_week_without_scripts() {
    a_clerk_books_next_week(false).await;
}
