//! How did this come to be: a clerk finds in a browser what was done to a cargo, by whom and why.

use super::browser::{FirstDay, Screen, new_cargo, new_customer, schedule};

/// A planner cancels the voyage of a cargo. The clerk asks the cargo's page what happened, follows the
/// entry, and finds it in the log by its day.
async fn a_clerk_asks_what_happened(screen: Screen, scripts: bool) {
    let day = FirstDay::at(screen, scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    new_cargo(browser, "2").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    let cargo = browser.path().await;
    let cargo = cargo.split('?').next().unwrap_or_default().to_owned();
    browser.press("Change deadline").await;
    browser.enter("/reason", "The customer has time").await;
    browser.press("Change arrival deadline").await;
    browser.must_say("Recorded as log entry").await;
    browser.open("/operations/cancel-voyage?voyage=V100").await;
    browser.enter("/reason", "Engine trouble").await;
    browser.press("Cancel voyage").await;
    browser.must_say("Nothing has changed yet").await;
    browser.press("Cancel voyage").await;
    browser.must_say("Recorded as log entry").await;

    browser.open(&cargo).await;
    browser.press("Full history").await;
    for told in [
        "“The customer has time”",
        "“Engine trouble”",
        "voyage V100",
        "(voyage cancelled)",
        "was requested, now booked",
        "Machine parts",
    ] {
        browser.must_say(told).await;
    }
    browser.must_fit().await;
    browser.press("voyage V100").await;
    browser.press("Full history").await;
    browser.must_say("was scheduled, now cancelled").await;
    browser.must_fit().await;

    browser.open("/log?from=2020-01-01&until=2020-01-31").await;
    browser.must_say("Nothing matches.").await;
    browser
        .open("/log?from=2020-01-01&operation=cancel-voyage")
        .await;
    browser.must_say("Cancel voyage").await;
    browser.must_not_say("Nothing matches.").await;
    browser.must_fit().await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_cargo_is_told() {
    a_clerk_asks_what_happened(Screen::Desk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_cargo_is_told_on_a_phone() {
    a_clerk_asks_what_happened(Screen::Phone, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_cargo_is_told_without_scripts() {
    a_clerk_asks_what_happened(Screen::Desk, false).await;
}
