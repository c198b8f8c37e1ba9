//! `plimsoll export` and `plimsoll import log`: a log moves from one kind of database to the other and
//! back, with its hashes and feeds, while a server goes on writing.

use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

fn run(arguments: &[&str]) -> Output {
    let output = plimsoll(arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    output
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// What readers see: pages of feeds with their tags, and a list.
async fn seen(client: &Client) -> Vec<(Option<String>, Value)> {
    let mut seen = Vec::new();
    for path in [
        "/feeds/log/pages/1",
        "/feeds/log/pages/2",
        "/feeds/customers/pages/1",
        "/feeds/cargoes",
        "/api/cargoes",
        "/api/customers",
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        seen.push((answer.header("etag").map(str::to_owned), answer.body));
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_moves_to_the_other_kind_of_database_and_back() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    let integrator = issue_token(&url, "integrator", "integrator");
    for _ in 0..25 {
        world.customer().await;
    }
    world.voyage("V100").await;
    let cargoes = world.cargoes(3, 2).await;
    for cargo in &cargoes {
        let book = json!({ "cargo": cargo, "voyage": "V100" });
        world.clerk.accept("book-onto-voyage", book).await;
    }
    let refused = world
        .clerk
        .run("accept-booking", json!({ "cargo": "23456789AB3" }))
        .await;
    assert_eq!(refused.status, 409);

    // A running server is exported, while somebody writes.
    let folder = tempfile::tempdir().expect("a folder");
    let [file, back] = ["a.log.gz", "b.log.gz"].map(|name| folder.path().join(name));
    run(&["export", text(&file), "--database", &url]);
    let again = plimsoll(&["export", text(&file), "--database", &url]);
    assert!(!again.status.success(), "it overwrites no file");
    let before = seen(&Client::new(&world.server.url, &integrator)).await;

    let there = Database::mariadb().url();
    run(&["import", "log", text(&file), "--database", &there]);
    let said = run(&["verify", "--replay", "--database", &there]).stdout;
    let head = |said: &[u8]| {
        let said = String::from_utf8_lossy(said).into_owned();
        let line = said.lines().find(|line| line.starts_with("head "));
        line.expect("a head").to_owned()
    };
    let own = run(&["verify", "--database", &url]).stdout;
    assert_eq!(head(&said), head(&own));
    let server = Server::start(&there, &[]);
    assert_eq!(seen(&Client::new(&server.url, &integrator)).await, before);
    let refusals = Client::new(&server.url, &integrator);
    let refusals = refusals.all("/api/refusals").await;
    assert_eq!(refusals.len(), 1);
    drop(server);

    run(&["export", text(&back), "--database", &there]);
    let third = Database::sqlite();
    run(&["import", "log", text(&back), "--database", &third.url()]);
    let said = run(&["verify", "--replay", "--database", &third.url()]).stdout;
    assert_eq!(head(&said), head(&own));
    // A head that was noted in any of the databases is still good.
    for noted in [&url, &there] {
        let said = run(&["verify", "--database", noted]).stdout;
        let said = String::from_utf8(said).expect("UTF-8");
        let epoch = said.lines().find_map(|line| line.strip_prefix("epoch "));
        let hash = said.lines().find_map(|line| line.strip_prefix("head "));
        let (epoch, anchor) = (epoch.expect("an epoch"), hash.expect("a head"));
        let third = third.url();
        run(&[
            "verify",
            "--anchor",
            anchor,
            "--epoch",
            epoch,
            "--database",
            &third,
        ]);
    }

    // The database has a log of its own now, or the same one.
    run(&["import", "log", text(&file), "--database", &third.url()]);
    let other = World::start(Database::sqlite(), &[]);
    let mixed = plimsoll(&[
        "import",
        "log",
        text(&file),
        "--database",
        &other.database.url(),
    ]);
    let complaint = String::from_utf8_lossy(&mixed.stderr).into_owned();
    assert_eq!(mixed.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("a log of its own"), "{complaint}");
}
