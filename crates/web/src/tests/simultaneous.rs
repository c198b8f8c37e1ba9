//! More requests at once than there are read connections. Every test of this crate has one.

use super::World;
use super::visitor::{Browser, furnished, in_days};
use axum::http::StatusCode;

#[tokio::test]
async fn forms_that_are_sent_at_once_all_get_their_answer() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browsers = Vec::new();
    for user in ["clerk", "clerk", "agent", "anna"] {
        let mut browser = Browser::signed_in(&world, user).await;
        browser.get("/account").await;
        browsers.push(browser);
    }
    let [booker, adder, reporter, registrar] = &mut browsers[..] else {
        unreachable!("four browsers");
    };
    let (past, future) = (in_days(-9), in_days(9));
    let cargo = [
        ("/customer", names.customer.as_str()),
        ("/origin", "NLRTM"),
        ("/destination", "SGSIN"),
        ("/arrival_deadline", past.as_str()),
        ("/equipment/0/type", "22G1"),
        ("/equipment/0/count", "1"),
        ("/gross_weight_kg", "2000"),
        ("/commodity", "Tea"),
    ];
    let customer = [
        ("/name", "Red Anchor"),
        ("/email", "desk@example.com"),
        ("/country", "NL"),
    ];
    let report = [
        ("/cargo", names.cargo.as_str()),
        ("/type", "RECEIVE"),
        ("/location", "NLRTM"),
        ("/completed_at", future.as_str()),
    ];
    let user = [("/name", "clerk")];
    let answers = tokio::join!(
        booker.post("/cargoes/new", &cargo),
        adder.post("/operations/new-customer", &customer),
        reporter.post("/handling", &report),
        registrar.post("/operations/register-user", &user),
    );
    assert_eq!(
        answers.1.status,
        StatusCode::SEE_OTHER,
        "{}",
        answers.1.text
    );
    // A refusal is explained from a second snapshot.
    for refused in [&answers.0, &answers.2, &answers.3] {
        assert!(
            refused.status.is_client_error(),
            "{} {}",
            refused.status,
            refused.text
        );
    }
}
