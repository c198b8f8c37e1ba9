//! Measures an attack: what it costs the server, and what a bystander sees.

use super::super::support::mariadb::MariaDb;
use super::super::support::world::{Database, World};
use super::bystander::{Bystander, Probe, Times};
use super::{Attacked, Bounds, RECOVERED_WITHIN, Seen};
use sea_orm::ConnectionTrait;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

/// How long the bystander works undisturbed before.
const QUIET: Duration = Duration::from_secs(5);

/// How often the memory of connections is looked at.
const SAMPLED_EVERY: Duration = Duration::from_millis(100);

/// Measures an attack, from its beginning until its future ends. Sockets stay open as long as the
/// future holds them. It returns further figures and broken bounds.
pub async fn measure(
    world: &World,
    probes: Vec<Probe>,
    bounds: Bounds,
    attack: impl Future<Output = (Vec<String>, Vec<String>)>,
) -> Attacked {
    let url = &world.server.url;
    let quiet = Bystander::start(url, &probes);
    sleep(QUIET).await;
    let quiet = quiet.end().await;
    let process = world.server.pid();
    let memory_before_mb = memory_mb(process, "VmRSS:");
    forget_peak(process);
    empty_write_ahead_log(&world.database).await;
    let disk_before = disk_bytes(&world.database);
    let bystander = Bystander::start(url, &probes);
    let mut system_peak_mb = 0;
    let watch = async {
        loop {
            system_peak_mb = system_peak_mb.max(connections_mb());
            sleep(SAMPLED_EVERY).await;
        }
    };
    let (further, mut broken) = tokio::select! {
        ended = attack => ended,
        () = watch => unreachable!("it watches for ever"),
    };
    let attacked = bystander.end().await;
    let memory_peak_mb = memory_mb(process, "VmHWM:");
    let disk_mb = disk_bytes(&world.database).saturating_sub(disk_before) >> 20;
    for (what, used, allowed) in [
        ("memory of the server", memory_peak_mb, bounds.memory_mb),
        (
            "memory of its connections",
            system_peak_mb,
            bounds.system_mb,
        ),
        ("growth of the database", disk_mb, bounds.disk_mb),
    ] {
        if used > allowed {
            broken.push(format!("{what}: {used} MB, {allowed} are allowed"));
        }
    }
    let mut seen = Vec::new();
    for ((probe, quiet), attacked) in probes.iter().zip(quiet).zip(attacked) {
        broken.extend(disturbances(probe, &attacked));
        seen.push(Seen {
            what: probe.what,
            quiet,
            attacked,
        });
    }
    Attacked {
        name: "",
        bounds,
        memory_before_mb,
        memory_peak_mb,
        system_peak_mb,
        disk_mb,
        seen,
        further,
        broken,
    }
}

/// What the bystander must not see.
fn disturbances(probe: &Probe, attacked: &Times) -> Vec<String> {
    let mut broken = Vec::new();
    if attacked.refused > 0 && !probe.may_be_refused {
        broken.push(format!("{}: {} refused", probe.what, attacked.refused));
    }
    if attacked.disturbed_until > RECOVERED_WITHIN {
        let seconds = attacked.disturbed_until.as_secs();
        broken.push(format!("{}: disturbed for {seconds} s", probe.what));
    }
    if attacked.answered == 0 {
        broken.push(format!("{}: no answer at all", probe.what));
    }
    broken
}

/// Memory of a process, as Linux tells it.
fn memory_mb(process: u32, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.expect("the server runs");
    let line = status.lines().find(|line| line.starts_with(which));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: u64 = kilobytes
        .and_then(|text| text.parse().ok())
        .expect("a number");
    kilobytes >> 10
}

/// The memory that Linux takes for all TCP connections, counted in pages.
fn connections_mb() -> u64 {
    let used = std::fs::read_to_string("/proc/net/sockstat").expect("Linux tells it");
    let line = used.lines().find(|line| line.starts_with("TCP:"));
    let pages = line.and_then(|line| line.split_whitespace().last());
    let pages: u64 = pages.and_then(|text| text.parse().ok()).expect("a number");
    pages >> 8
}

/// Lets the peak of a process's memory begin again.
fn forget_peak(process: u32) {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").expect("Linux forgets the peak");
}

/// Moves what SQLite has written ahead into the database, so that it does not grow by this later.
async fn empty_write_ahead_log(database: &Database) {
    if !matches!(database, Database::Sqlite(_)) {
        return;
    }
    let connection = sea_orm::Database::connect(database.url());
    let connection = connection.await.expect("a connection");
    let moved = connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)");
    moved.await.expect("it is moved");
    connection.close().await.expect("it is closed");
}

fn disk_bytes(database: &Database) -> u64 {
    match database {
        Database::Sqlite(folder) => folder_bytes(folder.path()),
        Database::MariaDb(url) => {
            let name = url.rsplit('/').next().expect("the name of a database");
            folder_bytes(&MariaDb::shared().folder_of(name))
        }
    }
}

fn folder_bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("the folder of a database");
    let sizes = files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len()));
    sizes.sum()
}
