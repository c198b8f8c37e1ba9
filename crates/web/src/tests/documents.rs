//! Documents for people: pages and files.

use super::World;
use crate::problem::kinds;

#[tokio::test]
async fn every_kind_of_problem_has_a_page() {
    let world = World::new().await;
    let index = world.get("/problems/").await.text;
    let kinds = kinds::all().map(|kind| kind.name);
    let rules = domain::rules().map(|rule| rule.name);
    for name in kinds.chain(rules) {
        let page = world.get(&format!("/problems/{name}")).await;
        assert_eq!(page.status, 200, "{name}");
        assert!(
            page.header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
        assert!(page.text.contains("What to do"), "{name}");
        assert!(index.contains(&format!("\"/problems/{name}\"")), "{name}");
    }
}

#[test]
fn operations_md_matches_the_catalogue() {
    let committed = include_str!("../../../../docs/OPERATIONS.md");
    assert!(
        committed == crate::cli::markdown(),
        "write it anew: plimsoll operations --markdown > docs/OPERATIONS.md"
    );
}

/// No page of ours makes a browser contact another site.
#[tokio::test]
async fn no_page_links_to_another_site() {
    let world = World::new().await;
    for path in [
        "/sign-in",
        "/track",
        "/problems/",
        "/problems/Policy",
        "/api/docs/",
    ] {
        let text = world.get(path).await.text;
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{path}: {text}"
        );
    }
}
