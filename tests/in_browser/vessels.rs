//! A planner's ships in a browser: one is registered and picked, and none is in two places.

use super::browser::{TURN, choose_password, empty_server, new_cargo, new_customer};
use crate::support::browser::{Browser, Kind};
use crate::support::world::Database;

/// Enters a voyage from Rotterdam to New York, leaving on a day and arriving on another.
async fn enter_voyage(browser: &Browser, number: &str, departs: &str, arrives: &str) {
    for (name, text) in [
        ("/number", number),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "24"),
        ("/calls/0/port", "NLRTM"),
        ("/calls/1/port", "New York"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/calls/0/departure", departs).await;
    browser.enter_time("/calls/1/arrival", arrives).await;
}

async fn ships_are_picked(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    browser.press_menu("Voyages").await;
    browser.follow("Vessels").await;
    browser.must_say("No vessel is registered yet").await;
    browser.follow("Register a vessel").await;
    for (name, text) in [
        ("/imo", "9074729"),
        ("/name", "Aurora"),
        ("/capacity/teu", "20"),
        ("/capacity/tonnes", "400"),
        ("/capacity/plugs", "6"),
    ] {
        browser.enter(name, text).await;
    }
    browser.press_submit().await;
    browser
        .must_say("Aurora is registered with a capacity of 20 TEU")
        .await;

    browser.press_menu("Voyages").await;
    browser.follow("Schedule a voyage").await;
    browser.enter("ship", "aurora").await;
    browser.press("Fill in vessel").await;
    assert_eq!(browser.value("/vessel/imo").await, "9074729");
    assert_eq!(browser.value("/vessel/name").await, "Aurora");
    assert_eq!(browser.value("/capacity/teu").await, "20");
    enter_voyage(&browser, "V100", "05012090", "05102090").await;
    browser.press("Schedule voyage").await;
    browser.must_say("is open for booking").await;

    // The ship cannot sail two voyages at once.
    browser.press_menu("Voyages").await;
    browser.follow("Vessels").await;
    browser.follow("Aurora").await;
    browser.must_say("V100").await;
    browser.follow("Schedule a voyage").await;
    assert_eq!(browser.value("/vessel/name").await, "Aurora");
    enter_voyage(&browser, "V101", "05082090", "05202090").await;
    browser.press("Schedule voyage").await;
    browser
        .must_say("Aurora sails voyage V100 from Rotterdam")
        .await;
    browser
        .must_say("Choose other times or another ship, or reschedule V100 first")
        .await;
    browser.enter_time("/calls/0/departure", "05112090").await;
    browser.press("Schedule voyage").await;
    browser.must_say("Voyage V101 from Rotterdam").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

/// A cargo loses its port of loading, and the rest of the voyage another ship.
async fn a_call_and_a_ship_are_lost(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    new_customer(&browser, "Blue Anchor Trading").await;
    browser.press_menu("Voyages").await;
    browser.follow("Schedule a voyage").await;
    for (name, text) in [
        ("/number", "V100"),
        ("/vessel/imo", "9074729"),
        ("/vessel/name", "Aurora"),
        ("/capacity/teu", "20"),
        ("/capacity/tonnes", "400"),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "24"),
        ("/calls/0/port", "DEHAM"),
        ("/calls/1/port", "NLRTM"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/calls/0/departure", "04282090").await;
    browser.enter_time("/calls/1/arrival", "04302090").await;
    browser.press("Add another").await;
    browser.enter("/calls/2/port", "New York").await;
    browser.enter_time("/calls/1/departure", "05012090").await;
    browser.enter_time("/calls/2/arrival", "05102090").await;
    browser.press("Schedule voyage").await;
    browser.must_say("is open for booking").await;
    new_cargo(&browser, "2").await;
    browser.press("Book").await;
    browser.must_say("is booked").await;

    browser.press_menu("Voyages").await;
    browser.follow("V100").await;
    browser.follow("Omit a call").await;
    browser.choose("/location", "Rotterdam").await;
    browser.enter("/reason", "Strike").await;
    browser.press_submit().await;
    browser.must_say("1 cargo is affected").await;
    browser.must_say("call omitted").await;
    browser.press_submit().await;
    browser.must_say("V100 will not call at Rotterdam").await;
    browser.must_say("1 cargo needs another route").await;

    browser.follow("Change vessel").await;
    assert_eq!(browser.value("/vessel/name").await, "Aurora");
    for (name, text) in [
        ("/vessel/imo", "9321483"),
        ("/vessel/name", "Borealis"),
        ("/capacity/teu", "1"),
        ("/reason", "Dry dock"),
    ] {
        browser.fill(name, text).await;
    }
    browser.press_submit().await;
    browser.must_say("The limit would be").await;
    browser.fill("/capacity/teu", "12").await;
    browser.press_submit().await;
    browser.must_say("is now sailed by Borealis").await;
    browser.follow("Borealis").await;
    browser.must_say("9321483").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

const DESK: Kind = Kind {
    phone: false,
    scripts: true,
};
const PHONE: Kind = Kind {
    phone: true,
    scripts: false,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_ship_is_picked_for_a_voyage() {
    ships_are_picked(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_ship_is_picked_on_a_phone_without_scripts() {
    ships_are_picked(PHONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_omitted_and_the_ship_changed() {
    a_call_and_a_ship_are_lost(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_omitted_and_the_ship_changed_on_a_phone_without_scripts() {
    a_call_and_a_ship_are_lost(PHONE).await;
}
