//! An administrator looks after users, in a browser.

use super::browser::{TURN, choose_password, empty_server, new_customer, sign_in};
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

    a_colleague_chooses_a_password(&browser).await;
    browser.press_menu("Users").await;
    browser
        .press_called("Remove the role admin from admin")
        .await;
    browser.must_say("cannot take away their own access").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

/// The administrator hands over a link. The colleague opens it and signs in, and the administrator
/// never learns the password.
async fn a_colleague_chooses_a_password(browser: &Browser) {
    browser.press_menu("Users").await;
    browser.press_called("Password link for shipper").await;
    browser.must_say("Hand this link over to shipper").await;
    browser.must_say("shown only once").await;
    let link = browser.text().await;
    let link = link
        .split_whitespace()
        .find(|word| word.contains("/password-link/shipper/"))
        .expect("a link")
        .to_owned();
    browser.press_menu("Users").await;
    browser.must_say("password link ends in").await;
    browser.sign_out().await;
    browser.must_say("Track a cargo").await;

    browser.open_address(&link).await;
    browser.must_say("Choose a password").await;
    browser.must_say("For the user shipper.").await;
    browser.enter("password", "my own words at last").await;
    browser.enter("again", "my own words at lost").await;
    browser.press("Set password and sign in").await;
    browser.must_say("The two passwords differ").await;
    browser.enter("password", "my own words at last").await;
    browser.enter("again", "my own words at last").await;
    browser.press("Set password and sign in").await;
    browser.must_not_say("Choose a password").await;
    browser.open("/account").await;
    browser.must_say("shipper").await;
    browser.sign_out().await;
    browser.must_say("Track a cargo").await;

    browser.open_address(&link).await;
    browser.must_say("This link does not work").await;
    browser.press("Sign in").await;
    browser.enter("user", "shipper").await;
    browser.enter("password", "my own words at last").await;
    browser.press("Sign in").await;
    browser.must_not_say("Track a cargo").await;
    browser.sign_out().await;
    browser.must_say("Track a cargo").await;
    sign_in(browser).await;
    browser.must_say("Leaving soon").await;
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
