//! Calls that a ship omits, as a planner chooses them on a form.

use super::World;
use super::ships::sailing;
use super::visitor::{Browser, furnished};
use axum::http::StatusCode;

#[tokio::test]
async fn a_planner_omits_a_call_and_restores_it() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let page = browser.get("/voyages/ROUND").await.text;
    let form = "/operations/omit-call?voyage=ROUND";
    assert!(page.contains(form), "{page}");
    let form = browser.get(form).await.text;
    let port = "<option value=\"SGSIN\">Singapore</option>";
    assert!(form.contains(port), "{form}");

    let mut fields = vec![
        ("/voyage", "ROUND"),
        ("/location", "SGSIN"),
        ("/reason", "Strike"),
    ];
    let answer = browser.post("/operations/omit-call", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(answer.header("location").unwrap()).await.text;
    let said = "ROUND will not call at Singapore (SGSIN). No cargo was to be loaded or unloaded";
    assert!(page.contains(said), "{page}");
    assert_eq!(page.matches("does not call").count(), 2, "{page}");
    let restore = "omit-call?voyage=ROUND&#38;location=SGSIN&#38;call=2&#38;change=RESTORE";
    assert!(page.contains(restore), "{page}");

    fields.push(("/change", "RESTORE"));
    let answer = browser.post("/operations/omit-call", &fields).await;
    let page = browser.get(answer.header("location").unwrap()).await.text;
    assert!(
        page.contains("ROUND calls at Singapore (SGSIN) after all."),
        "{page}"
    );
    assert!(!page.contains("does not call"), "{page}");
}
