//! A planner states reefer plugs, and a clerk books a refrigerated container, in a browser.

use super::browser::{FirstDay, new_customer, schedule};

/// The ship has one plug. Two refrigerated containers do not fit, and one does.
async fn a_clerk_books_a_reefer(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    browser.press("Change capacity").await;
    browser.enter("/capacity/plugs", "1").await;
    browser.press("Change voyage capacity").await;
    browser.must_say("2 TEU, 40 t and 1 reefer plug").await;

    let order = async |set_point: &str| {
        browser.open("/cargoes/new").await;
        browser.fill("/equipment/0/type", "22R1").await;
        for (name, text) in [
            ("/customer", "Blue Anchor Trading"),
            ("/origin", "NLRTM"),
            ("/destination", "New York"),
            ("/equipment/0/count", "2"),
            ("/gross_weight_kg", "12000"),
            ("/commodity", "Frozen fish"),
            ("/set_point_celsius", set_point),
        ] {
            browser.enter(name, text).await;
        }
        browser.enter_time("/arrival_deadline", "05202090").await;
        browser.press("Create cargo").await;
    };
    order("-18.5").await;
    browser.must_say("arriving by 20 May 2090").await;
    browser
        .must_say("Not enough reefer plugs: 2 needed, 1 left")
        .await;
    let cargo = browser.path().await.replace("/book", "");
    let cargo = cargo.split('?').next().unwrap_or_default().to_owned();

    browser.open(&cargo).await;
    browser.must_say("2 plugs, at -18.5 °C").await;
    browser.press("Amend containers, weight or goods").await;
    assert_eq!(browser.value("/set_point_celsius").await, "-18.5");
    browser.enter("/equipment/0/count", "1").await;
    browser.press("Amend cargo").await;
    browser.must_say("1 plug, at -18.5 °C").await;
    browser.open(&format!("{cargo}/book")).await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    browser.open("/voyages/V100").await;
    browser.must_say("1 TEU, 12 t and 1 reefer plug").await;

    browser.press_menu("Cargoes").await;
    browser.choose("special", "reefer").await;
    browser.press("Show").await;
    browser.must_say("Frozen fish").await;
    browser.must_not_say("Sundries").await;
    browser.choose("special", "dangerous goods").await;
    browser.press("Show").await;
    browser.must_say("No cargoes match.").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_books_a_reefer_with_scripts() {
    a_clerk_books_a_reefer(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_books_a_reefer_without_scripts() {
    a_clerk_books_a_reefer(false).await;
}
