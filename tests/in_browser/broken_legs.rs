//! A cargo whose voyage is cancelled: what its page says, and how a clerk re-plans it.

use super::browser::{FirstDay, new_cargo, new_customer, schedule};

async fn a_promise_that_cannot_be_kept(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    new_cargo(browser, "2").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    let path = browser.path().await;
    let cargo = path.split(['/', '?']).nth(2).expect("a cargo").to_owned();
    for (step, said) in [
        ("Accept booking", "is accepted."),
        ("Confirm booking", "is confirmed."),
    ] {
        browser.open(&format!("/cargoes/{cargo}")).await;
        browser.must_say("on track").await;
        browser.must_say("This cannot be taken back").await;
        browser.press(step).await;
        browser.must_say(said).await;
    }
    browser.open(&format!("/cargoes/{cargo}")).await;
    browser.must_not_say("Release space").await;
    // A cargo that was never received cannot be claimed.
    let claim = format!("/handling?cargo={cargo}&type=CLAIM&location=USNYC");
    browser.open(&claim).await;
    browser.press("Report").await;
    browser.must_say("was never received or unloaded").await;

    browser.open("/operations/cancel-voyage?voyage=V100").await;
    browser.enter("/reason", "Engine trouble").await;
    browser.press("Cancel voyage").await;
    browser.must_say("1 cargo is affected").await;
    browser.must_say("voyage cancelled").await;
    browser.press("Cancel voyage").await;
    browser.must_say("Recorded as log entry").await;
    browser.open(&format!("/cargoes/{cargo}")).await;
    browser.must_say("V100 cancelled").await;
    // Both in the table of legs and in the steps ahead.
    for place in ["table.legs", "ol.timeline"] {
        let says = format!(
            "return document.querySelector('{place}').innerText.includes('voyage cancelled')"
        );
        browser.must_hold(place, &says).await;
    }
    browser
        .must_say("V100 is cancelled and will not load this cargo in Rotterdam.")
        .await;
    browser.must_say("not known until rebooked").await;
    browser.must_not_say("on track").await;
    browser.press("Release space").await;
    browser.press("Free the space").await;
    browser
        .must_say("released: 2 TEU freed on V100. It is waiting to be booked.")
        .await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_cargo_on_a_cancelled_voyage_is_released() {
    a_promise_that_cannot_be_kept(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_cargo_on_a_cancelled_voyage_is_released_without_scripts() {
    a_promise_that_cannot_be_kept(false).await;
}
