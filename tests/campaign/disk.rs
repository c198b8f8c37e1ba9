//! A disk that fills up and later has space again.

use super::support::load::{Load, Verdict};
use super::support::mariadb::MariaDb;
use super::support::server::Client;
use super::support::world::{Database, World};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::fs::{File, remove_file};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long the server may take to report the problem, and to recover.
const NOTICED_WITHIN: Duration = Duration::from_secs(60);

/// A small file system in memory. Mounting it needs root.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn new(megabytes: u32) -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Self { folder }),
            _ => Err("a file system cannot be mounted here; run it as root".to_owned()),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes until the disk is full.
    fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).expect("a file");
        for length in [1 << 20, 1 << 12, 1] {
            while ballast.write_all(&vec![0; length]).is_ok() {}
        }
    }

    fn make_room(&self) {
        remove_file(self.path().join("ballast")).expect("the ballast is there");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "umount");
    }
}

/// The file of SQLite, or of MariaDB, is on a disk that fills up under load. Operations get a clear
/// 503, `/readyz` says so, and everything continues without a restart when there is space again.
pub async fn full_disk(on_sqlite: bool, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let disk = Disk::new(if on_sqlite { 64 } else { 256 })?;
    let mut mariadb = None;
    let database = if on_sqlite {
        Database::Sqlite(tempfile::tempdir_in(disk.path()).expect("a folder"))
    } else {
        let server = MariaDb::start_in(disk.path(), &[]);
        let url = mariadb.insert(server).fresh_database();
        Database::MariaDb(url)
    };
    let world = World::start(database, &[]);
    let url = world.database.url();
    let load = Load::start(&world, &[], 12, seed).await;
    sleep(Duration::from_millis(chance.random_range(100..800))).await;
    disk.fill();
    let (clerk, began) = (&world.clerk, Instant::now());
    loop {
        let (answer, ready) = (ask(clerk).await, clerk.get("/readyz").await.status);
        if answer.0 == 503 && answer.1 && ready == 503 {
            break;
        }
        if !matches!(answer.0, 200 | 503) || began.elapsed() > NOTICED_WITHIN {
            return Err(format!(
                "full disk: answers are {answer:?}, readyz says {ready}"
            ));
        }
    }
    // MariaDB may block readers of a table that it cannot write.
    let reads: &[u16] = if on_sqlite { &[200] } else { &[200, 503] };
    for (path, expected) in [("/livez", &[200][..]), ("/api/cargoes", reads)] {
        let answer = clerk.get(path).await;
        if !expected.contains(&answer.status) {
            return Err(format!("full disk: {path} answers {}", answer.body));
        }
    }
    sleep(Duration::from_millis(chance.random_range(100..2_000))).await;
    disk.make_room();
    if let Some(mariadb) = mariadb.as_mut().filter(|mariadb| !mariadb.answers()) {
        // InnoDB gave up. An operator restarts MariaDB. Nobody touches our server.
        println!("MariaDB ended by itself on the full disk");
        tokio::task::block_in_place(|| mariadb.restart());
    }
    let began = Instant::now();
    while ask(clerk).await.0 != 200 || clerk.get("/readyz").await.status != 200 {
        if began.elapsed() > NOTICED_WITHIN {
            return Err("room again, but nothing is accepted".to_owned());
        }
        sleep(Duration::from_millis(50)).await;
    }
    load.judge(&world.admin, &url).await
}

/// The status of an operation, and whether the answer says when to retry.
async fn ask(clerk: &Client) -> (u16, bool) {
    let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let answer = clerk.run("new-customer", input).await;
    (answer.status, answer.header("retry-after").is_some())
}
