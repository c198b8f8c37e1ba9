//! The list of users: who sees it, and who can change them from it.

use super::World;
use super::visitor::{Browser, furnished};
use axum::http::StatusCode;

#[tokio::test]
async fn only_administrators_change_users_from_the_list() {
    let world = World::new().await;
    let names = furnished(&world).await;
    world
        .token("shipper", "customer", Some(&names.customer))
        .await;
    for (user, links) in [("anna", true), ("clerk", false)] {
        let mut browser = Browser::signed_in(&world, user).await;
        let home = browser.get("/").await.text;
        assert_eq!(home.contains("href=\"/users\""), links, "{home}");
        let page = browser.get("/users").await.text;
        for (part, is_there) in [
            ("planner", true),
            ("shipper", true),
            ("no password", true),
            ("Remove the role customer from shipper", links),
            ("/operations/suspend-user?user=shipper", links),
            ("/operations/assign-role?user=shipper", links),
            ("/operations/set-password?user=shipper", links),
            ("Register a user", links),
        ] {
            assert_eq!(page.contains(part), is_there, "{user}, {part}: {page}");
        }
        let page = browser.get("/users?name=ship").await.text;
        assert!(
            page.contains("shipper") && !page.contains(">agent"),
            "{page}"
        );
        let page = browser.get("/users?name=nobody").await.text;
        assert!(page.contains("No user name contains"), "{page}");
    }
    let mut stranger = Browser::new(&world);
    let answer = stranger.get("/users").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}
