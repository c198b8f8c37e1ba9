//! The pages of the log: their order, their filters and what they are about.

use super::World;
use super::new_customer;
use super::visitor::{Browser, with_passwords};
use serde_json::json;

/// The positions of the entries on a page, in its order.
fn positions(page: &str) -> Vec<u64> {
    let links = page.split("class=\"position\" href=\"/log/").skip(1);
    let positions = links.map(|rest| rest.split('"').next().unwrap().parse().unwrap());
    positions.collect()
}

/// The address of the link with this text.
fn link(page: &str, text: &str) -> Option<String> {
    let before = page.split(&format!(">{text}</a>")).next()?;
    let is_there = before.len() < page.len();
    let href = before.rsplit("<a href=\"").next()?.split('"').next()?;
    is_there.then(|| href.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test]
async fn a_filter_stays_from_page_to_page_in_both_directions() {
    let world = World::new().await;
    with_passwords(&world).await;
    for _ in 0..90 {
        world.customer().await;
    }
    world.voyage("V100").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut path = "/log?operation=new-customer&actor=anna".to_owned();
    let (mut pages, mut newer) = (Vec::new(), Vec::new());
    loop {
        let page = browser.get(&path).await.text;
        pages.push(positions(&page));
        newer.push(link(&page, "Newer"));
        let newest = link(&page, "Newest");
        assert_eq!(newest.is_some(), pages.len() > 1, "{page}");
        if let Some(newest) = newest {
            assert_eq!(newest, "/log?operation=new-customer&actor=anna");
        }
        let Some(older) = link(&page, "Older") else {
            break;
        };
        path = older;
    }
    let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [40, 40, 10]);
    assert_eq!(newer[0], None);
    for (index, address) in newer.iter().enumerate().skip(1) {
        let page = browser.get(address.as_ref().unwrap()).await.text;
        assert_eq!(positions(&page), pages[index - 1], "{address:?}");
    }
}

#[tokio::test]
async fn days_in_the_wrong_order_are_noticed() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get("/log?from=2027-03-02&until=2027-03-01").await;
    assert!(
        page.text.contains("“From” is later than “Until”"),
        "{}",
        page.text
    );
    let page = browser.get("/log?from=2027-03-01&until=2027-03-01").await;
    assert!(!page.text.contains("is later than"), "{}", page.text);
    let page = browser.get("/log?from=2027-03-01").await;
    assert!(!page.text.contains("is later than"), "{}", page.text);
}

#[tokio::test]
async fn customers_are_found_and_shown_by_name() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut ids = Vec::new();
    for name in ["Quillfeather", "Blue Whale", "Blue Whale", "V100 Shipping"] {
        let added = world.run("new-customer", &new_customer(name)).await;
        let id = added.accepted()["outcome"]["customer"].clone();
        ids.push(id.as_str().unwrap().to_owned());
    }
    let suspend = json!({ "customer": ids[0], "reason": "Unpaid invoices" });
    world.run("suspend-customer", &suspend).await.accepted();
    world.voyage("V100").await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut get = async |about: &str| {
        let query: String = form_urlencoded::byte_serialize(about.as_bytes()).collect();
        browser.get(&format!("/log?target={query}")).await.text
    };
    for about in [
        "quillfeather",
        "customer Quillfeather",
        &format!("customer:{}", ids[0]),
    ] {
        let page = get(about).await;
        assert_eq!(positions(&page).len(), 2, "{about}: {page}");
        assert!(page.contains(">Quillfeather</a>"), "{page}");
        assert!(page.contains("Suspend customer"), "{page}");
    }
    let page = get("Blue Whale").await;
    assert!(page.contains("matches 2 customers"), "{page}");
    let offered = format!("target=customer%3A{}", ids[1]);
    assert!(page.contains(&offered), "{page}");
    let page = get("v100").await;
    assert!(
        page.contains("voyage V100") && !page.contains("V100 Shipping"),
        "{page}"
    );
    let page = get("Nobody at all").await;
    assert!(page.contains("Nothing matches."), "{page}");
}
