//! Picking things by what people know about them, in a browser with and without scripts.

use super::browser::{FirstDay, new_cargo, new_customer, schedule};
use crate::support::browser::Browser;

async fn a_customer_is_picked(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    new_customer(browser, "Zürich Blue Lines").await;
    // On its own page, the form starts with its name.
    browser.press("New cargo").await;
    browser.must_say("What a customer wants shipped").await;
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
             return option?.value === 'Zürich Blue Lines' && option.label.includes('Zurich Blue Lines')";
        browser.must_hold("a suggested customer", option).await;
        browser.enter("/customer", "Zürich Blue Lines").await;
    } else {
        browser.enter("/customer", "blue").await;
        browser.press("Create cargo").await;
        browser.must_say("“blue” matches 2 customers").await;
        browser.choose("/customer", "Zürich Blue Lines").await;
    }
    browser.press("Create cargo").await;
    browser.must_say("arriving by 20 May 2090").await;
    browser.open("/cargoes").await;
    browser.must_say("Zürich Blue Lines").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_picked_by_its_name() {
    a_customer_is_picked(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_picked_by_its_name_without_scripts() {
    a_customer_is_picked(false).await;
}

/// Enters part of a thing's name and picks the suggestion, either while typing or after sending the
/// form.
async fn pick(browser: &Browser, scripts: bool, field: &str, (text, label): (&str, &str)) {
    browser.enter(field, text).await;
    if !scripts {
        browser.press_submit().await;
        let asked = format!("“{text}” matches one of the");
        browser.must_say(&asked).await;
        browser.choose(field, label).await;
        return;
    }
    let option = format!(
        "document.querySelector('#{}-list option')",
        field.replace('/', "f-")
    );
    let suggested = format!("return {option}?.label.includes('{label}') === true");
    browser.must_hold("a suggestion", &suggested).await;
    let value = format!("return {option}.value");
    let value: String = browser.ask("its value", &value).await;
    browser.enter(field, &value).await;
}

async fn voyages_cargoes_and_users_are_picked(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    schedule(browser).await;
    new_customer(browser, "Blue Anchor Trading").await;
    new_cargo(browser, "1").await;

    browser.open("/operations").await;
    browser.press("Book onto voyage").await;
    let button = "Book onto voyage";
    browser.enter("/voyage", "V100").await;
    pick(browser, scripts, "/cargo", ("blue anch", "Blue Anchor")).await;
    pick(browser, scripts, "/voyage", ("auror", "Aurora")).await;
    browser.press(button).await;
    browser.must_say("Recorded as log entry").await;
    browser
        .must_say("is booked: 1 TEU on V100 to New York (USNYC).")
        .await;

    browser.open("/operations/register-user").await;
    browser.enter("/name", "joanna@quay").await;
    browser.press("Register user").await;
    browser.must_say("Recorded as log entry").await;
    browser.open("/operations/assign-role").await;
    browser.choose("/role", "customer").await;
    browser.enter("/customer", "Blue Anchor Trading").await;
    pick(browser, scripts, "/user", ("quay", "joanna@quay")).await;
    browser.press("Assign role").await;
    browser.must_say("Recorded as log entry").await;
    browser.must_say("joanna@quay").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_picked_by_what_people_know_about_them() {
    voyages_cargoes_and_users_are_picked(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_picked_by_what_people_know_about_them_without_scripts() {
    voyages_cargoes_and_users_are_picked(false).await;
}
