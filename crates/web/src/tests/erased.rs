//! A customer that was erased, as pages show it.

use super::visitor::{Browser, furnished};
use super::{World, new_customer};
use serde_json::json;

/// The id of a customer that was erased.
async fn erased(world: &World, name: &str) -> String {
    let added = world.run("new-customer", &new_customer(name)).await;
    let id = added.accepted()["outcome"]["customer"].clone();
    let id = id.as_str().unwrap().to_owned();
    let erase = json!({ "customer": id, "reason": "Asked to be forgotten" });
    world.run("erase-customer", &erase).await.accepted();
    id
}

#[tokio::test]
async fn erased_customers_are_told_apart_and_say_when_they_were_erased() {
    let world = World::new().await;
    furnished(&world).await;
    let ids = [
        erased(&world, "Quill").await,
        erased(&world, "Feather").await,
    ];
    let shown = ids
        .each_ref()
        .map(|id| format!("Erased customer {}", &id[30..]));
    let mut browser = Browser::signed_in(&world, "anna").await;
    let list = browser.get("/customers").await.text;
    let log = browser.get("/log").await.text;
    for (id, shown) in ids.iter().zip(&shown) {
        assert!(
            list.contains(&format!("href=\"/customers/{id}\">{shown}</a>")),
            "{list}"
        );
        assert!(log.contains(&format!(">{shown}</a>")), "{log}");
        let page = browser.get(&format!("/customers/{id}")).await.text;
        for told in [
            format!("<h1>{shown}</h1>"),
            "Erased on <time".to_owned(),
            " by anna (<a href=\"/log/".to_owned(),
        ] {
            assert!(page.contains(&told), "{told}: {page}");
        }
        for hidden in [
            "E-mail",
            "change-customer?",
            "erase-customer?",
            "/cargoes/new?",
        ] {
            assert!(!page.contains(hidden), "{hidden}: {page}");
        }
    }
    assert_ne!(shown[0], shown[1]);
}

#[tokio::test]
async fn forms_for_an_erased_customer_say_why_there_is_none() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let id = erased(&world, "Quill").await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    for form in [
        "/operations/change-customer",
        "/operations/suspend-customer",
        "/operations/reinstate-customer",
        "/operations/erase-customer",
        "/operations/create-cargo",
        "/cargoes/new",
    ] {
        let page = browser.get(&format!("{form}?customer={id}")).await.text;
        assert!(
            page.contains("was erased and cannot be changed"),
            "{form}: {page}"
        );
        assert!(
            !page.contains(&format!("action=\"{form}\"")),
            "{form}: {page}"
        );
        let page = browser
            .get(&format!("{form}?customer={}", names.customer))
            .await
            .text;
        assert!(!page.contains("was erased"), "{form}: {page}");
        assert!(
            page.contains(&format!("action=\"{form}\"")),
            "{form}: {page}"
        );
    }
}

#[tokio::test]
async fn the_form_of_an_erasure_names_the_cargoes_in_the_way() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    let form = format!("/operations/erase-customer?customer={}", names.customer);
    let page = browser.get(&form).await.text;
    let link = format!("<a href=\"/cargoes/{0}\">{0}</a>", names.cargo);
    assert!(page.contains(&link), "{page}");
    let erase = json!({ "customer": names.customer, "reason": "Asked to be forgotten" });
    let refused = world.run("erase-customer", &erase).await;
    let refused = refused.problem(409, "CustomerMustHaveNoUnfinishedCargo");
    assert_eq!(refused["facts"]["cargoes"], 2);
    let named = refused["facts"]["cargo"].as_str().unwrap();
    assert!(
        refused["detail"].as_str().unwrap().contains(named),
        "{refused}"
    );
    assert!(
        page.contains(&format!("href=\"/cargoes/{named}\"")),
        "{page}"
    );
}

#[tokio::test]
async fn the_question_warns_and_offers_a_way_back() {
    let world = World::new().await;
    furnished(&world).await;
    let added = world.run("new-customer", &new_customer("Quill")).await;
    let id = added.accepted()["outcome"]["customer"].clone();
    let id = id.as_str().unwrap();
    let mut browser = Browser::signed_in(&world, "anna").await;
    let form = format!("/operations/erase-customer?customer={id}");
    let page = browser.get(&form).await.text;
    assert!(
        page.contains("placeholder=\"Asked to be forgotten\""),
        "{page}"
    );
    assert!(!page.contains("class=\"danger\""), "{page}");
    let fields = [("/customer", id), ("/reason", "Asked to be forgotten")];
    let page = browser
        .post("/operations/erase-customer", &fields)
        .await
        .text;
    for told in [
        "<section id=\"confirm\" tabindex=\"-1\" autofocus class=\"note\" role=\"alert\">",
        "<button class=\"danger\">Erase customer</button>",
        &format!("href=\"/customers/{id}\">Cancel</a>"),
        "Users who are linked",
        "Backups and exports",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}
