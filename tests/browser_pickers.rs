//! Picking a customer by its name for a new cargo, in a browser with and without scripts.

use crate::browser::{TURN, choose_password, empty_server, new_customer};
use crate::support::browser::{Browser, Kind};
use crate::support::world::Database;

async fn a_customer_is_picked(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    new_customer(&browser, "Blue Anchor Trading").await;
    new_customer(&browser, "Zürich Blue Lines").await;
    // From its own page, the form begins with its name.
    browser.press("New cargo").await;
    browser.must_say("What a customer wants carried").await;
    assert_eq!(browser.value("/customer").await, "Zürich Blue Lines");

    browser.open("/cargoes/new").await;
    for (name, text) in [
        ("/origin", "NLRTM"),
        ("/destination", "New York"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "12000"),
        ("/commodity", "Machine parts"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/arrival_deadline", "05202090").await;
    if scripts {
        browser.enter("/customer", "zurich bl").await;
        let option = "const option = document.querySelector('#f-customer-list option'); \
             return option?.value === 'Zürich Blue Lines' && option.label.includes('zurich bl')";
        browser.must_hold("a suggested customer", option).await;
        browser.enter("/customer", "Zürich Blue Lines").await;
    } else {
        browser.enter("/customer", "blue").await;
        browser.press("Create the cargo").await;
        browser.must_say("“blue” could be 2 customers").await;
        browser.choose("/customer", "Zürich Blue Lines").await;
    }
    browser.press("Create the cargo").await;
    browser.must_say("to arrive by 20 May 2090").await;
    browser.open("/cargoes").await;
    browser.must_say("Zürich Blue Lines").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_picked_by_its_name() {
    a_customer_is_picked(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_picked_by_its_name_without_scripts() {
    a_customer_is_picked(false).await;
}
