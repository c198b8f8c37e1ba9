//! A ship is cancelled, and a clerk rolls its cargoes together.

use super::browser::{FirstDay, new_customer};
use super::sailings::{new_cargo, schedule};
use crate::support::browser::Browser;

/// Books a new cargo onto the first ship with space.
async fn book(browser: &Browser) -> String {
    new_cargo(browser, None).await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    let path = browser.path().await;
    path.split(['/', '?']).nth(2).expect("a cargo").to_owned()
}

/// Each ship has space for two containers. One on the ship of the next week is taken already.
async fn a_clerk_rolls_the_cargoes_of_a_cancelled_ship(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser, "V100", "9074729", "05012090", "05082090").await;
    schedule(browser, "V200", "9321483", "05082090", "05152090").await;
    schedule(browser, "V300", "9176187", "05152090", "05222090").await;
    let first = book(browser).await;
    let second = book(browser).await;
    book(browser).await;

    browser.open("/voyages/V100").await;
    browser.must_not_say("another way").await;
    browser.press("Cancel voyage").await;
    browser.enter("/reason", "Engine trouble").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 cargoes are affected").await;
    browser.must_say("roll those that need another way").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 need another way").await;
    browser.press("Roll them").await;
    browser.must_say("V100 cancelled").await;
    for width in [1280, 768, 390] {
        browser.resize(width).await;
        browser.must_fit().await;
    }
    // The second cargo is offered the ship that the first one leaves space on.
    browser.must_say("V200: arrives").await;
    browser.must_say("V300: arrives").await;
    browser.press("Roll the checked cargoes").await;
    browser.must_say("2 of 2 rolled").await;
    browser
        .must_say("No cargo of V100 needs another way any more")
        .await;
    browser.must_be_clean().await;
    let mut ships = Vec::new();
    for cargo in [first, second] {
        browser.open(&format!("/cargoes/{cargo}")).await;
        browser.must_say("on track").await;
        let legs = "return document.querySelector('table.legs').innerText";
        let legs: String = browser.ask("the legs", legs).await;
        ships.extend(
            ["V100", "V200", "V300"]
                .into_iter()
                .find(|ship| legs.contains(ship)),
        );
    }
    ships.sort_unstable();
    assert_eq!(ships, ["V200", "V300"]);
    day.browser.quit().await;
}

/// Leaving one as it is rolls only the other.
async fn a_clerk_leaves_one_cargo_as_it_is(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser, "V100", "9074729", "05012090", "05082090").await;
    schedule(browser, "V200", "9321483", "05082090", "05152090").await;
    let first = book(browser).await;
    let second = book(browser).await;
    browser.open("/operations/cancel-voyage?voyage=V100").await;
    browser.enter("/reason", "Engine trouble").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 cargoes are affected").await;
    browser.press("Cancel voyage").await;
    browser.must_say("2 need another way").await;
    browser.open("/cargoes?trouble=at_risk").await;
    browser.press("Roll several together").await;
    browser.press_called(&format!("Roll {first}")).await;
    browser.press("Roll the checked cargoes").await;
    browser.must_say("1 of 1 rolled").await;
    browser.press_called(&format!("Roll {second}")).await;
    browser.press("Roll the checked cargoes").await;
    browser.must_say("1 of 1 rolled").await;
    browser.must_say("No cargo needs another way").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cargoes_of_a_cancelled_ship_are_rolled_together() {
    a_clerk_rolls_the_cargoes_of_a_cancelled_ship(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cargoes_of_a_cancelled_ship_are_rolled_together_without_scripts() {
    a_clerk_rolls_the_cargoes_of_a_cancelled_ship(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cargo_is_left_as_it_is() {
    a_clerk_leaves_one_cargo_as_it_is(true).await;
}
