//! Trials: one round of a load while something is killed, frozen or cut off, judged at the end. The
//! seed determines what happens and when, but not how the machine schedules it.

use super::load::{Load, Verdict};
use super::mariadb::MariaDb;
use super::proxy::Proxy;
use super::server::Server;
use super::world::{Database, World};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;
use tokio::time::sleep;

/// The number of clients of every load.
const CLIENTS: usize = 12;

fn some(chance: &mut StdRng, millis: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(chance.random_range(millis))
}

async fn started(url: &str) -> Server {
    let url = url.to_owned();
    let starting = tokio::task::spawn_blocking(move || Server::start(&url, &[]));
    starting.await.expect("it starts")
}

/// The server is killed under load and restarted, twice.
pub async fn killed_server(database: Database, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let load = Load::start(&world, &[], CLIENTS, seed).await;
    let World {
        database,
        mut server,
        admin,
        ..
    } = world;
    let url = database.url();
    for _ in 0..2 {
        sleep(some(&mut chance, 50..600)).await;
        server.kill();
        server = started(&url).await;
        load.moved(0, &server.url);
    }
    sleep(some(&mut chance, 50..300)).await;
    load.judge(&admin.to(&server.url), &url).await
}

/// MariaDB is killed under load and restarted.
pub async fn killed_database(database: &mut MariaDb, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let url = database.fresh_database();
    let world = World::start(Database::MariaDb(url.clone()), &[]);
    let load = Load::start(&world, &[], CLIENTS, seed).await;
    sleep(some(&mut chance, 100..900)).await;
    database.kill9();
    // Sometimes it is down long enough to be noticed, sometimes hardly.
    sleep(some(&mut chance, 0..1_500)).await;
    tokio::task::block_in_place(|| database.restart());
    sleep(some(&mut chance, 100..500)).await;
    let verdict = load.judge(&world.admin, &url).await;
    verdict.map_err(|reason| {
        format!(
            "{reason}\nthe server said:\n{}\nMariaDB said:\n{}",
            world.server.said(),
            database.said()
        )
    })
}

/// One of two servers on a database is frozen for a while, usually while it holds the head lock.
/// The other continues.
pub async fn frozen_server(database: Database, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let url = world.database.url();
    let other = started(&url).await;
    let load = Load::start(&world, &[&other.url], CLIENTS, seed).await;
    sleep(some(&mut chance, 100..700)).await;
    world.server.freeze();
    // MariaDB disconnects a silent writer after ten seconds.
    sleep(some(&mut chance, 500..13_000)).await;
    world.server.thaw();
    sleep(some(&mut chance, 100..500)).await;
    load.judge(&world.admin, &url).await
}

/// Three servers on one database, each in turn left alone, frozen and thawed, or killed and
/// restarted.
pub async fn several_servers(database: Database, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let url = world.database.url();
    let mut others = vec![started(&url).await, started(&url).await];
    let urls: Vec<_> = others.iter().map(|server| server.url.clone()).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let load = Load::start(&world, &urls, CLIENTS, seed).await;
    for _ in 0..4 {
        sleep(some(&mut chance, 50..400)).await;
        let which = chance.random_range(0..others.len());
        match chance.random_range(0..3) {
            0 => {
                others.remove(which).kill();
                others.insert(which, started(&url).await);
                load.moved(which + 1, &others[which].url);
            }
            1 => {
                others[which].freeze();
                sleep(some(&mut chance, 50..1_000)).await;
                others[which].thaw();
            }
            _ => {}
        }
    }
    load.judge(&world.admin, &url).await
}

/// Connections between server and database are slow and break, also around a commit.
pub async fn bad_connections(seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let direct = MariaDb::shared().fresh_database();
    let (head, name) = direct.rsplit_once('/').expect("a URL");
    let (head, port) = head.rsplit_once(':').expect("a port");
    let proxy = Proxy::start(port.parse().expect("a number")).await;
    let through = format!("{head}:{}/{name}", proxy.port);
    let world = World::start(Database::MariaDb(through), &[]);
    let load = Load::start(&world, &[], CLIENTS, seed).await;
    for _ in 0..4 {
        let (cuts, slowness) = (chance.random_range(0..40), some(&mut chance, 0..30));
        proxy.weather(chance.random(), cuts, slowness);
        sleep(some(&mut chance, 200..800)).await;
        proxy.weather(0, 0, Duration::ZERO);
        sleep(some(&mut chance, 50..200)).await;
    }
    load.judge(&world.admin, &direct).await
}
