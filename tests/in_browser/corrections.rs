//! Typing errors in a browser are refused with a reason, or corrected where they were entered.

use super::browser::{FirstDay, schedule};

const FORM: &str = "/operations/reschedule-voyage?voyage=V100";

/// A planner mistypes a year and is told which date to check. The planner then mistypes a month,
/// which is possible, and corrects it with the same form.
async fn a_planner_mistypes(scripts: bool) {
    let day = FirstDay::begin(scripts).await;
    let browser = &day.browser;
    schedule(browser).await;

    browser.open(FORM).await;
    browser.enter_time("/movements/0/departs", "05012003").await;
    browser.press("Reschedule voyage").await;
    browser
        .must_say("Rotterdam (NLRTM) → New York (USNYC) would have departed on 1 May 2003, 06:00 UTC+2, more than 24 hours before")
        .await;
    browser
        .must_say("Check the date, or report the departure.")
        .await;
    let typed = browser.value("/movements/0/departs").await;
    assert_eq!(typed, "2003-05-01T06:00", "the form keeps what was typed");

    for (month_day_year, said) in [
        (
            "04012090",
            "V100 now leaves Rotterdam (NLRTM) on 1 Apr 2090, 06:00 UTC+2",
        ),
        (
            "05012090",
            "V100 now leaves Rotterdam (NLRTM) on 1 May 2090, 06:00 UTC+2",
        ),
    ] {
        browser.open(FORM).await;
        browser
            .enter_time("/movements/0/departs", month_day_year)
            .await;
        browser.press("Reschedule voyage").await;
        browser.must_say(said).await;
    }
    browser.follow("entry ").await;
    browser.must_say("What happened").await;
    browser
        .must_say(
            "Departure from Rotterdam (NLRTM): 1 Apr 2090, 06:00 UTC+2 → 1 May 2090, 06:00 UTC+2",
        )
        .await;
    browser.must_be_clean().await;
    day.browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_year_is_refused_and_a_wrong_day_corrected() {
    a_planner_mistypes(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_year_is_refused_and_a_wrong_day_corrected_without_scripts() {
    a_planner_mistypes(false).await;
}
