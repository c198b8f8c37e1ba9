//! A port agent's shift at the quay, in a browser: what is to be loaded and unloaded, one tap each.

use super::browser::{FirstDay, Screen, hand_over, new_cargo, new_customer};
use crate::support::browser::Browser;
use chrono::Timelike;
use domain::Moment;
use domain::locations::TimeZone;
use domain::ports::Clock;
use plimsoll::clock::SystemClock;

/// A day as a person types it into a field: month, day, year.
fn in_days(days: i64) -> String {
    let day: Moment = SystemClock.now().plus_hours(24 * days);
    day.to_chrono().format("%m%d%Y").to_string()
}

/// The day on which it is next 6 o'clock in Rotterdam. One tap reports what is due within a day.
fn next_morning() -> String {
    let zone: TimeZone = "Europe/Amsterdam".parse().expect("a time zone");
    let now = SystemClock.now();
    let hours_ahead = if zone.shows(now).hour() < 6 { 0 } else { 24 };
    let day: Moment = now.plus_hours(hours_ahead);
    zone.shows(day).format("%m%d%Y").to_string()
}

/// A ship leaves Rotterdam the next morning, and is in New York in three days.
async fn a_ship_sails_soon(browser: &Browser) {
    browser.open("/operations/schedule-voyage").await;
    for (name, text) in [
        ("/number", "V100"),
        ("/vessel/imo", "9074729"),
        ("/vessel/name", "Aurora"),
        ("/capacity/teu", "20"),
        ("/capacity/tonnes", "400"),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "0"),
        ("/calls/0/port", "NLRTM"),
        ("/calls/1/port", "New York"),
    ] {
        browser.enter(name, text).await;
    }
    browser
        .enter_time("/calls/0/departure", &next_morning())
        .await;
    browser.enter_time("/calls/1/arrival", &in_days(3)).await;
    browser.press("Schedule voyage").await;
    browser.must_say("is open for booking").await;
}

/// Books a cargo of some containers, and returns its tracking ID.
async fn booked(browser: &Browser, containers: &str) -> String {
    new_cargo(browser, containers).await;
    browser.press("Book").await;
    browser.must_say("is booked").await;
    let path = browser.path().await;
    path.split(['/', '?']).nth(2).expect("a cargo").to_owned()
}

async fn a_shift_at_the_quay(screen: Screen, scripts: bool) {
    let day = FirstDay::at(screen, scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    a_ship_sails_soon(browser).await;
    let one = booked(browser, "2").await;
    let other = booked(browser, "1").await;
    hand_over(browser, "port-agent").await;

    // The work of a port agent starts here.
    browser
        .must_say("Enter your port to see what is to be done there.")
        .await;
    browser.enter("port", "Rotterdam").await;
    browser.press("Show").await;
    browser.must_say("“Rotterdam” matches NLRTM").await;
    browser.must_not_say("need correction").await;
    browser.choose("port", "NLRTM").await;
    browser.press("Show").await;
    browser.must_say("To be received").await;
    browser.must_say("Departs").await;
    browser.press_called(&format!("Received {one}")).await;
    browser
        .must_say("Registered: Receive in Rotterdam (NLRTM).")
        .await;
    browser.must_say("Aurora").await;
    browser
        .must_have(&format!("[aria-label='Loaded {one}']"))
        .await;
    browser
        .must_have(&format!("[aria-label='Received {other}']"))
        .await;
    a_wrong_tap(browser, &other).await;
    times_are_entered(browser, &one, &other).await;
    a_departure_is_corrected(browser).await;
    a_departure_is_retracted(browser).await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

/// The agent taps the line of the wrong cargo, and undoes it.
async fn a_wrong_tap(browser: &Browser, cargo: &str) {
    browser.press_called(&format!("Received {cargo}")).await;
    let loaded = format!("[aria-label='Loaded {cargo}']");
    browser.must_have(&loaded).await;
    browser.press("Undo").await;
    browser
        .must_say("Retracted: Receive in Rotterdam (NLRTM).")
        .await;
    browser
        .must_have(&format!("[aria-label='Received {cargo}']"))
        .await;
    browser.must_not_say("Undo").await;
}

/// A time as entered, by the clock of the port; a wrong one is kept to be corrected.
async fn times_are_entered(browser: &Browser, one: &str, other: &str) {
    browser.enter_time("/completed_at", "05012090").await;
    browser.press_called(&format!("Loaded {one}")).await;
    browser.must_say("has not happened yet").await;
    browser.must_say("1 May 2090, 06:00 UTC+2").await;
    assert_eq!(browser.value("/completed_at").await, "2090-05-01T06:00");
    browser.enter_time("/completed_at", &in_days(-1)).await;
    browser.press_called(&format!("Received {other}")).await;
    browser
        .must_say("Registered: Receive in Rotterdam (NLRTM).")
        .await;
    assert!(browser.value("/completed_at").await.ends_with("T06:00"));
}

/// The ship has gone earlier than planned. The agent taps it too soon and undoes that, then mistypes
/// the day, and corrects it.
async fn a_departure_is_corrected(browser: &Browser) {
    let departed = "Report the departure of V100";
    browser.press_called(departed).await;
    browser.must_say("V100 left Rotterdam (NLRTM) on").await;
    browser
        .must_say("No arrival or departure is due here.")
        .await;
    browser.press("Undo").await;
    browser
        .must_say("The departure of V100 from Rotterdam (NLRTM) is no longer reported.")
        .await;
    browser.must_not_say("Undo").await;
    browser.press("Not just now? Enter the time first").await;
    browser.enter_time("/at", &in_days(1)).await;
    browser.press_called(departed).await;
    browser.must_say("is still ahead").await;
    browser.enter_time("/at", &in_days(-2)).await;
    browser.press_called(departed).await;
    browser.must_say("V100 left Rotterdam (NLRTM) on").await;
    browser.open("/voyages/V100").await;
    browser.follow("Correct").await;
    browser.must_say("Reported departure").await;
    let before = browser.value("/at").await;
    browser.enter_time("/at", &in_days(-1)).await;
    assert_ne!(browser.value("/at").await, before);
    browser.press_submit().await;
    browser.must_say("24 h later than last known").await;
    browser.press_menu("Quay").await;
    browser
        .must_say("No arrival or departure is due here.")
        .await;
}

/// It was another ship: the departure is due again.
async fn a_departure_is_retracted(browser: &Browser) {
    browser.open("/voyages/V100").await;
    browser.follow("Correct").await;
    browser.press("retract the report").await;
    browser.enter("/reason", "It was another ship").await;
    browser.press_submit().await;
    browser
        .must_say(
            "The departure of V100 from Rotterdam (NLRTM) is no longer reported. It is expected on",
        )
        .await;
    browser.press_menu("Quay").await;
    browser
        .must_have("[aria-label='Report the departure of V100']")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_agent_works_through_the_list() {
    a_shift_at_the_quay(Screen::Desk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_agent_works_through_the_list_on_a_tablet() {
    a_shift_at_the_quay(Screen::Tablet, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_agent_works_through_the_list_on_a_phone_without_scripts() {
    a_shift_at_the_quay(Screen::Phone, false).await;
}
