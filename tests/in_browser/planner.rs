//! A planner copies a voyage to other weeks, and a clerk rolls a cargo onto the one that will do.

use super::browser::{FirstDay, Screen, hand_over, new_cargo, new_customer, schedule, sign_in};
use crate::support::browser::Browser;

/// Copies V100 from its page, with changes to what is copied.
async fn copy(browser: &Browser, weeks: &str, changes: &[(&str, &str)]) {
    browser.press_menu("Voyages").await;
    browser.follow("V100").await;
    browser.follow("Copy to another week").await;
    assert_eq!(browser.value("copy").await, "V100");
    assert_eq!(browser.value("/calls/0/port").await, "NLRTM");
    let a_week_later = browser.value("/calls/0/departure").await;
    assert_eq!(a_week_later, "2090-05-08T06:00");
    browser.enter("weeks", weeks).await;
    browser.press("Fill in below").await;
    for (name, text) in changes {
        browser.enter(name, text).await;
    }
    browser.press("Schedule voyage").await;
}

async fn a_planner_copies_and_a_clerk_rolls(screen: Screen, scripts: bool) {
    let day = FirstDay::at(screen, scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    new_cargo(browser, "2").await;
    browser.press("Book").await;
    browser.must_say("is booked").await;
    let cargo = open_cargo(browser).await;
    hand_over(browser, "planner").await;

    // The ship is not back after one week.
    copy(browser, "1", &[("/number", "V200")]).await;
    browser.must_say("Aurora sails voyage V100 from").await;
    copy(browser, "2", &[("/number", "V200")]).await;
    browser.must_say("Voyage V200 from Rotterdam").await;
    browser.must_say("Mon 15 May, 06:00 UTC+2").await;
    let another = |number, imo, name, teu| {
        [
            ("/number", number),
            ("/vessel/imo", imo),
            ("/vessel/name", name),
            ("/capacity/teu", teu),
        ]
    };
    copy(browser, "0", &another("V300", "9321483", "Borealis", "1")).await;
    browser.must_say("Voyage V300 from Rotterdam").await;
    copy(browser, "1", &another("V400", "9811000", "Ceres", "2")).await;
    browser.must_say("Voyage V400 from Rotterdam").await;

    browser.sign_out().await;
    browser.must_say("Track a cargo").await;
    sign_in(browser).await;
    browser.must_say("Leaving soon").await;
    hand_over(browser, "clerk").await;
    browser.press_menu("Cargoes").await;
    browser.enter("cargo", &cargo).await;
    browser.press("Show").await;
    browser.follow("Roll onto another voyage").await;
    assert_eq!(browser.value("/from_voyage").await, "V100");
    browser
        .must_say("Voyages that will not do instead of V100")
        .await;
    for (voyage, why) in [
        ("V200", "Arrives after the deadline."),
        (
            "V300",
            "Not enough space: 2 TEU and 12 t needed, 1 TEU and 40 t left",
        ),
    ] {
        let says = format!(
            "return [...document.querySelectorAll('main tr')].some(row => \
             row.innerText.includes('{voyage}') && row.innerText.includes('{why}'))"
        );
        browser.must_hold(&format!("why not {voyage}"), &says).await;
    }
    browser.choose("/to_voyage", "V400").await;
    browser.press("Roll cargo").await;
    browser.must_say("is booked on V400 instead of V100.").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

/// Two cargoes lose their voyage. The one with the earlier deadline is the older one, so that the
/// order is not that of other lists.
async fn a_clerk_works_off_the_list(screen: Screen, scripts: bool) {
    let day = FirstDay::at(screen, scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    let urgent = booked_by(browser, "05202090").await;
    let other = booked_by(browser, "05252090").await;
    browser.press_menu("Voyages").await;
    browser.follow("V100").await;
    browser.follow("Cancel voyage").await;
    browser.enter("/reason", "Engine trouble").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 cargoes are affected").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 cargoes need another route").await;

    hand_over(browser, "clerk").await;
    browser.must_say("At risk").await;
    must_list(browser, "#troubled", &[&urgent, &other]).await;
    browser.follow("All cargoes at risk").await;
    must_list(browser, "#list", &[&urgent, &other]).await;
    browser.must_say("V100 cancelled").await;
    browser
        .must_say(
            "Roll the cargo onto another voyage, assign a new itinerary, or release its space.",
        )
        .await;
    browser.follow(&urgent).await;
    browser
        .must_say("V100 is cancelled and will not load")
        .await;
    browser.must_say("Choose a route").await;
    browser.press("Release space").await;
    browser.press("Free the space").await;
    browser.must_say("It is waiting to be booked.").await;
    browser.press_menu("Cargoes").await;
    browser.choose("trouble", "at risk").await;
    browser.press("Show").await;
    must_list(browser, "#list", &[&other]).await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

/// Books a container that has to arrive by a day, and returns its tracking ID.
async fn booked_by(browser: &Browser, deadline: &str) -> String {
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
    browser.enter_time("/arrival_deadline", deadline).await;
    browser.press("Create cargo").await;
    browser.press("Book").await;
    browser.must_say("is booked").await;
    open_cargo(browser).await
}

/// The tracking ID of the cargo whose page is open.
async fn open_cargo(browser: &Browser) -> String {
    let path = browser.path().await;
    path.split(['/', '?']).nth(2).expect("a cargo").to_owned()
}

/// Waits until a list shows these cargoes in this order.
async fn must_list(browser: &Browser, place: &str, cargoes: &[&str]) {
    let listed = format!(
        "return [...document.querySelectorAll('{place} td:first-child a.id')]\
         .map(link => link.textContent).join(' ') === '{}'",
        cargoes.join(" ")
    );
    browser
        .must_hold(&format!("{cargoes:?} in order"), &listed)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voyage_is_copied_and_a_cargo_rolled_onto_it() {
    a_planner_copies_and_a_clerk_rolls(Screen::Desk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voyage_is_copied_and_a_cargo_rolled_onto_it_on_a_tablet() {
    a_planner_copies_and_a_clerk_rolls(Screen::Tablet, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voyage_is_copied_and_a_cargo_rolled_onto_it_on_a_phone_without_scripts() {
    a_planner_copies_and_a_clerk_rolls(Screen::Phone, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cargoes_at_risk_are_worked_off_by_deadline() {
    a_clerk_works_off_the_list(Screen::Desk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cargoes_at_risk_are_worked_off_by_deadline_on_a_tablet() {
    a_clerk_works_off_the_list(Screen::Tablet, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cargoes_at_risk_are_worked_off_by_deadline_on_a_phone_without_scripts() {
    a_clerk_works_off_the_list(Screen::Phone, false).await;
}
