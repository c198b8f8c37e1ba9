//! An administrator looks after users, in a browser.

use crate::browser::{TURN, choose_password, empty_server, new_customer};
use crate::support::browser::{Browser, Kind};
use crate::support::world::Database;

async fn an_administrator_looks_after_users(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    new_customer(&browser, "Blue Anchor Trading").await;

    browser.press_menu("Users").await;
    browser.must_say("admin").await;
    browser.press("Register a user").await;
    browser.enter("/name", "shipper").await;
    browser.press("Register user").await;
    browser.must_say("shipper has been added").await;
    browser.must_say("no password").await;
    browser.press("All users").await;
    browser.press_called("Assign a role to shipper").await;
    browser.choose("/role", "customer").await;
    browser.enter("/customer", "Blue Anchor Trading").await;
    browser.press("Assign role").await;
    browser.must_say("shipper has the role customer.").await;
    browser.must_say("for Blue Anchor Trading").await;
    browser.press("All users").await;
    browser.press_called("Set a password for shipper").await;
    browser.enter("/password", "a shipper's own words").await;
    browser.press("Set password").await;
    browser.must_say("shipper has a new password").await;
    browser.must_not_say("no password").await;

    browser.press("Suspend").await;
    browser.enter("/reason", "Left the company").await;
    browser.press("Suspend user").await;
    browser.must_say("shipper is suspended").await;
    browser.must_say("suspended").await;
    browser.press("Reinstate").await;
    browser.must_say("shipper is active again").await;
    browser
        .press_called("Remove the role customer from shipper")
        .await;
    browser
        .must_say("shipper no longer has the role customer.")
        .await;
    browser.must_not_say("for Blue Anchor Trading").await;

    browser.press("All users").await;
    browser
        .press_called("Remove the role admin from admin")
        .await;
    browser.must_say("cannot take away their own access").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_looked_after() {
    let kind = Kind {
        phone: false,
        scripts: true,
    };
    an_administrator_looks_after_users(kind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_looked_after_on_a_phone_without_scripts() {
    let kind = Kind {
        phone: true,
        scripts: false,
    };
    an_administrator_looks_after_users(kind).await;
}
