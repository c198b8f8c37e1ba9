//! What a customer sees of a ship that it shares with others, in a browser.

use super::browser::{FirstDay, new_customer, schedule};

const WORDS: &str = "a customer's own words";

/// An administrator gives a customer access. The customer finds free space, but no load.
async fn a_customer_looks_at_a_ship(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    schedule(browser).await;
    browser.must_say("Limit line").await;
    new_customer(browser, "Blue Anchor Trading").await;
    let path = browser.path().await;
    let id = path.split(['/', '?']).nth(2).expect("an id").to_owned();
    for (operation, fields) in [
        ("register-user", &[("/name", "shipper")][..]),
        (
            "assign-role",
            &[
                ("/user", "shipper"),
                ("/role", "customer"),
                ("/customer", id.as_str()),
            ],
        ),
        (
            "set-password",
            &[("/user", "shipper"), ("/password", WORDS)],
        ),
    ] {
        browser.open(&format!("/operations/{operation}")).await;
        for (name, text) in fields {
            browser.fill(name, text).await;
        }
        browser.press_submit().await;
        browser.must_say("Recorded as log entry").await;
    }
    browser.sign_out().await;
    browser.must_say("Sign in").await;
    browser.enter("user", "shipper").await;
    browser.enter("password", WORDS).await;
    browser.press("Sign in").await;
    browser.must_say("Leaving soon").await;
    browser.open("/voyages").await;
    browser.must_say("less than 10 TEU and 100 t").await;
    browser.press("V100").await;
    browser.must_say("less than 10 TEU and 100 t").await;
    let page = browser.text().await;
    for hidden in ["Limit line", "Load of each movement", "What changed it"] {
        assert!(!page.contains(hidden), "{hidden} in\n{page}");
    }
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_the_free_space() {
    a_customer_looks_at_a_ship(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_the_free_space_without_scripts() {
    a_customer_looks_at_a_ship(false).await;
}
