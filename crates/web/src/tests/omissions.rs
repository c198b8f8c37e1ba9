//! Calls that a ship omits, as a planner chooses them on a form.

use super::World;
use super::ships::{in_hours, sailing, told};
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
    let (arrives, departs) = (told(in_hours(30)), told(in_hours(40)));
    for choice in [
        format!(
            "<option value=\"SGSIN\">Singapore (SGSIN): arrives {arrives}, departs {departs}</option>"
        ),
        "<option value=\"NLRTM\">Rotterdam (NLRTM): 2 calls, choose one below</option>".to_owned(),
        format!(
            "<option value=\"1\">Rotterdam, call 1: departs {}</option>",
            told(in_hours(-5))
        ),
        format!(
            "<option value=\"3\">Rotterdam, call 3: arrives {}</option>",
            told(in_hours(90))
        ),
    ] {
        assert!(form.contains(&choice), "{choice} is not in {form}");
    }
    assert!(!form.contains("<option value=\"2\">"), "{form}");

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

#[tokio::test]
async fn what_affects_cargoes_is_confirmed_first() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let before = world.get("/api/voyages/V100").await.json();
    let path = "/operations/cancel-voyage";
    browser.get(&format!("{path}?voyage=V100")).await;
    let mut fields = vec![("/voyage", "V100"), ("/reason", "Engine trouble")];
    let asked = browser.post(path, &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    for said in [
        "1 cargo is affected",
        "Nothing has changed yet.",
        "<td data-label=\"Now\">on track</td><td data-label=\"Then\">voyage cancelled</td>",
        "value=\"Engine trouble\"",
        "<button>Cancel voyage</button>",
    ] {
        assert!(asked.text.contains(said), "{said}: {}", asked.text);
    }
    let now = world.get("/api/voyages/V100").await.json();
    assert_eq!(now["version"], before["version"]);

    // Something else is not confirmed by it.
    fields.push(("confirmed", "other"));
    let again = browser.post(path, &fields).await;
    assert!(again.text.contains("1 cargo is affected"), "{}", again.text);
    let confirmed = asked.text.split("name=\"confirmed\" value=\"").nth(1);
    let confirmed = confirmed.and_then(|rest| rest.split('"').next()).unwrap();
    fields.pop();
    fields.push(("confirmed", confirmed));
    let answer = browser.post(path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(answer.header("location").unwrap()).await.text;
    assert!(page.contains("Voyage V100 is cancelled."), "{page}");
}
