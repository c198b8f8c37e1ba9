//! Ports by the names that people use for them, in a browser with and without scripts.

use super::browser::{TURN, choose_password, empty_server, new_customer, schedule_between};
use crate::support::browser::{Browser, Kind};
use crate::support::world::Database;

/// A planner searches for ports by name and corrects a name.
async fn a_planner_corrects_a_port(browser: &Browser) {
    browser.open("/voyages").await;
    browser.press("Locations").await;
    for (text, code) in [
        ("Mumbai", "INBOM"),
        ("København", "DKCPH"),
        ("copenhagen", "DKCPH"),
        ("St. Petersburg", "RULED"),
        ("dkcph", "DKCPH"),
    ] {
        browser.enter("name", text).await;
        browser.press("Search").await;
        browser.must_say(code).await;
    }
    browser.press("Correct").await;
    browser.must_say("Corrects the details of a port").await;
    assert_eq!(browser.value("/location").await, "DKCPH");
    assert_eq!(browser.value("/time_zone").await, "Europe/Copenhagen");
    browser.enter("/name", "København Havn").await;
    browser.press("Correct location").await;
    browser.must_say("København Havn (DKCPH) corrected.").await;
    browser.must_say("Copenhagen").await;

    browser.open("/operations").await;
    browser.press("Correct location").await;
    browser.enter("location", "Cartagena").await;
    browser.press("Show details").await;
    browser.must_say("“Cartagena” matches").await;
    browser.choose("location", "ESCAR").await;
    browser.press("Show details").await;
    browser.must_have("[name='/location'][value='ESCAR']").await;
    assert_eq!(browser.value("/name").await, "Cartagena");
}

/// If two ports share a name, the page asks, even if voyages call at only one of them.
async fn a_clerk_books_to_one_of_two(browser: &Browser) {
    schedule_between(browser, "Mumbai", "ESCAR").await;
    browser
        .must_say("to Cartagena (ESCAR) is open for booking")
        .await;
    browser.open("/voyages?show=all&port=Cartagena").await;
    browser.press("ESCAR · Cartagena, ES").await;
    browser.must_say("V100").await;

    new_customer(browser, "Blue Anchor Trading").await;
    browser.open("/cargoes/new").await;
    for (name, text) in [
        ("/customer", "Blue Anchor Trading"),
        ("/origin", "Mumbai"),
        ("/destination", "Cartagena"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "12000"),
        ("/commodity", "Machine parts"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/arrival_deadline", "05202090").await;
    browser.press("Create cargo").await;
    browser
        .must_say("“Cartagena” matches ESCAR (Cartagena, ES), COCTG (Cartagena, CO)")
        .await;
    browser.choose("/destination", "ESCAR").await;
    browser.press("Create cargo").await;
    browser
        .must_say("to Cartagena (ESCAR) has been created")
        .await;
    browser.press("Book").await;
    browser
        .must_say("is booked: 1 TEU on V100 to Cartagena (ESCAR).")
        .await;
}

async fn ports_have_many_names(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    a_planner_corrects_a_port(&browser).await;
    a_clerk_books_to_one_of_two(&browser).await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ports_are_found_corrected_and_distinguished() {
    ports_have_many_names(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ports_are_found_corrected_and_distinguished_without_scripts() {
    ports_have_many_names(false).await;
}
