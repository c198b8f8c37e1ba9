//! `docs/nginx.conf` with a real nginx: full pages reach the server once, and nobody reads a page from
//! the cache who may not read it.

use crate::support::nginx::Nginx;
use crate::support::server::{Client, issue_token};
use crate::support::world::{Database, World};

/// How often the server was asked for a page of a feed.
async fn pages_served(world: &World) -> u64 {
    let metrics = world.admin.get("/metrics").await.body;
    let lines = metrics.as_str().expect("text").lines();
    let own = lines.filter(|line| {
        line.starts_with("plimsoll_http_requests_total")
            && line.contains("/feeds/{feed}/pages/{page}")
    });
    let counts = own.map(|line| line.rsplit(' ').next().expect("a value").parse::<u64>());
    counts.map(|count| count.expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_reads_reach_the_server_once_per_page() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    for _ in 0..100 {
        world.customer().await;
    }
    let nginx = Nginx::start(&world.server);
    let tokens: Vec<_> = (0..10)
        .map(|reader| issue_token(&url, &format!("reader-{reader}"), "integrator"))
        .collect();
    assert_eq!(pages_served(&world).await, 0);

    let readers = tokens.iter().map(|token| {
        let client = Client::new(&nginx.url, token);
        async move {
            for read in 0..100 {
                let path = format!("/feeds/customers/pages/{}", read % 5 + 1);
                let page = client.get(&path).await;
                assert_eq!(page.status, 200, "{}", page.body);
                assert!(
                    page.body
                        .as_str()
                        .is_some_and(|text| text.contains("<fh:archive"))
                );
            }
        }
    });
    futures::future::join_all(readers).await;
    assert_eq!(pages_served(&world).await, 5);

    // The cache gives nothing to those whom the server does not let in.
    let agent = issue_token(&url, "agent", "port-agent");
    let path = "/feeds/customers/pages/1";
    let page = Client::new(&nginx.url, "nobody").get(path).await;
    assert_eq!(page.status, 401);
    let challenge = page.header("www-authenticate");
    assert!(
        challenge.is_some_and(|text| text.starts_with("Bearer")),
        "{challenge:?}"
    );
    let log = "/feeds/log/pages/1";
    assert_eq!(
        Client::new(&nginx.url, &tokens[0]).get(log).await.status,
        200
    );
    assert_eq!(Client::new(&nginx.url, &agent).get(log).await.status, 403);
    assert_eq!(pages_served(&world).await, 6);
}
