//! A clerk corrects and splits a booking in a browser, from the cargo's page.

use super::browser::{FirstDay, new_cargo, new_customer, schedule};

/// Two containers fill the ship. Three are one too many, one leaves space, and after a correction
/// back to two, one of them is split off.
async fn a_clerk_amends_and_splits(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    new_customer(browser, "Blue Anchor Trading").await;
    schedule(browser).await;
    new_cargo(browser, "2").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    let cargo = browser.path().await;
    let cargo = cargo.split('?').next().unwrap_or_default().to_owned();

    browser.press("Amend containers, weight or goods").await;
    for (field, value) in [
        ("/equipment/0/type", "22G1"),
        ("/equipment/0/count", "2"),
        ("/gross_weight_kg", "12000"),
        ("/commodity", "Machine parts"),
    ] {
        assert_eq!(browser.value(field).await, value, "{field}");
    }
    browser.enter("/equipment/0/count", "3").await;
    browser.press("Amend cargo").await;
    browser
        .must_say("Only 0 TEU and 28 t are left on V100")
        .await;
    browser
        .must_say("would take 1 TEU and 0 t more. Nothing was changed.")
        .await;
    assert_eq!(browser.value("/equipment/0/count").await, "3");
    browser.enter("/equipment/0/count", "1").await;
    browser.enter("/reference", "PO 4711").await;
    browser.press("Amend cargo").await;
    browser
        .must_say("now has 1 × 22G1: 1 TEU and 12\u{202f}000 kg.")
        .await;
    browser.must_say("PO 4711").await;

    browser.open(&cargo).await;
    browser.press("Amend containers, weight or goods").await;
    assert_eq!(browser.value("/reference").await, "PO 4711");
    browser.enter("/equipment/0/count", "2").await;
    browser.press("Amend cargo").await;
    browser.must_say("now has 2 × 22G1").await;

    browser.open(&cargo).await;
    browser.press("Enter container numbers").await;
    browser.enter("/containers/0/number", "csqu3054384").await;
    browser.press("Assign containers").await;
    browser.must_say("3 after CSQU305438").await;
    browser.enter("/containers/0/number", "csqu3054383").await;
    browser.enter("/containers/0/seal", "ML-DK 4711").await;
    browser.press("Assign containers").await;
    browser.must_say("travels in CSQU3054383.").await;
    browser.must_say("seal ML-DK 4711").await;
    browser.open("/cargoes?cargo=csqu+305438-3").await;
    browser.must_say("Machine parts").await;

    browser.open(&cargo).await;
    browser.press("Split off some containers").await;
    browser.must_say("has 2 × 22G1 and weighs 12000 kg").await;
    browser.enter("/gross_weight_kg", "12000").await;
    browser.press("Split cargo").await;
    browser.must_say("nothing is left").await;
    browser.enter("/gross_weight_kg", "5000").await;
    browser.press("Split cargo").await;
    browser
        .must_say("which keeps 1 × 22G1: 1 TEU and 7\u{202f}000 kg.")
        .await;
    browser.must_say("Split off").await;
    browser.follow("Show ").await;
    browser.must_say("Split from").await;
    browser.must_say("1 TEU, 5 t").await;
    browser.must_say("PO 4711").await;

    browser.open("/cargoes?cargo=po+4711").await;
    browser.must_say("Machine parts").await;
    browser.open("/voyages/V100").await;
    browser.must_say("TEU 100 %").await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_amended_and_split() {
    a_clerk_amends_and_splits(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_amended_and_split_without_scripts() {
    a_clerk_amends_and_splits(false).await;
}
