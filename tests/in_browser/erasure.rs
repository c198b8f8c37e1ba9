//! An administrator erases a customer, in a browser.

use super::browser::{FirstDay, new_customer};

const NAME: &str = "Quillfeather Maritime";

/// From the customer's page: what it does is shown first, and afterwards nothing has the name.
async fn an_administrator_erases_a_customer(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, NAME).await;
    browser.must_say(NAME).await;
    let page = browser.path().await;
    browser.press("Erase").await;
    browser.fill("/reason", "Asked to be forgotten").await;
    browser.press_submit().await;
    browser.must_say(&format!("Erase {NAME}?")).await;
    browser.must_say("Nobody can bring them back").await;
    browser.must_have("#confirm:focus").await;
    browser.press_submit().await;
    browser.must_say("The customer has been erased").await;
    browser.must_say("Erased on").await;
    let one = page.split('?').next().expect("a path");
    let id = one.rsplit('/').next().expect("an id");
    for path in [
        one.to_owned(),
        "/customers".to_owned(),
        format!("/history/customer/{id}"),
        "/log".to_owned(),
        "/".to_owned(),
    ] {
        browser.open(&path).await;
        let shown = browser.text().await;
        assert!(!shown.contains(NAME), "{path} shows the name:\n{shown}");
    }
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_erased() {
    an_administrator_erases_a_customer(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_erased_without_scripts() {
    an_administrator_erases_a_customer(false).await;
}
