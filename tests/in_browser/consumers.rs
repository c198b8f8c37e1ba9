//! An administrator looks after a consumer, in a browser.

use super::browser::{TURN, choose_password, empty_server};
use crate::support::browser::{Browser, Kind};
use crate::support::consumers::confirm;
use crate::support::server::{Client, issue_token};
use crate::support::world::Database;

async fn an_administrator_looks_after_a_consumer(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;

    browser.press_menu("Consumers").await;
    browser
        .must_say("No program is registered as a consumer")
        .await;
    browser.press("Register a consumer").await;
    browser.enter("/name", "billing").await;
    browser.enter("/description", "Writes invoices").await;
    browser.enter("/from", "0").await;
    browser.press("Register consumer").await;
    browser.must_say("billing is registered").await;
    browser.must_say("Writes invoices").await;
    browser.must_say("never").await;

    // Its program reports, and the page shows it.
    let admin = Client::new(&server.url, &issue_token(&database.url(), "ada", "admin"));
    let confirmed = confirm(&admin, "billing", 2, None).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    browser.press_menu("Consumers").await;
    browser.must_say("just now").await;
    browser.press("billing").await;
    browser.must_say("Hash at its position").await;
    browser.must_fit().await;

    browser.press("Pause").await;
    browser
        .enter("/reason", "Its database is being moved")
        .await;
    browser.press("Pause consumer").await;
    browser.must_say("billing is paused").await;
    let refused = confirm(&admin, "billing", 3, None).await;
    assert_eq!(refused.rule(), "ConsumerMustNotBePaused");
    browser.press("Resume").await;
    browser.press("Resume consumer").await;
    browser.must_say("billing confirms positions again").await;

    browser.press("Reset").await;
    browser.enter("/position", "1").await;
    browser.enter("/reason", "Rebuilds its tables").await;
    browser.press("Reset consumer").await;
    browser.must_say("billing continues after position 1").await;
    browser.press("Skip entries").await;
    browser.enter("/position", "3").await;
    browser.enter("/reason", "Done by hand").await;
    browser.press("Skip entries").await;
    browser
        .must_say("billing skips the entries up to position 3")
        .await;
    browser.press("Operations on it").await;
    browser.must_say("Rebuilds its tables").await;
    browser.press_menu("Consumers").await;
    browser.press("billing").await;
    browser.press("Remove").await;
    browser.press("Remove consumer").await;
    browser.must_say("billing is removed").await;
    browser.press_menu("Consumers").await;
    browser
        .must_say("No program is registered as a consumer")
        .await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_are_looked_after() {
    let kind = Kind {
        phone: false,
        scripts: true,
    };
    an_administrator_looks_after_a_consumer(kind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_are_looked_after_on_a_phone_without_scripts() {
    let kind = Kind {
        phone: true,
        scripts: false,
    };
    an_administrator_looks_after_a_consumer(kind).await;
}
