//! Imports of handling events from a file, by the command line.

use crate::support::server::{binary, plimsoll};
use crate::support::world::{Database, World};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// The number of rows, and how many of them are unusable.
const ROWS: usize = 10_000;
const BAD: usize = 100;

/// Four reports for each cargo. Every hundredth row is wrong, each in its own way.
fn rows(cargoes: &[String]) -> String {
    let mut file = "cargo,type,location,voyage,completed_at\n".to_owned();
    let mut count = 0;
    for cargo in cargoes {
        for (row, day) in [
            (format!("{cargo},RECEIVE,HKHKG,"), "01"),
            (format!("{cargo},LOAD,HKHKG,V100"), "03"),
            (format!("{cargo},UNLOAD,USNYC,V100"), "09"),
            (format!("{cargo},CLAIM,USNYC,"), "11"),
        ] {
            count += 1;
            let row = match (count % 100, count / 100 % 5) {
                (0, 0) => format!("{cargo},CLAIM,NOZZZ,"),
                (0, 1) => format!("{cargo},CLAIM,USNYC,V100"),
                (0, 2) => "23456789AB3,CLAIM,USNYC,".to_owned(),
                (0, 3) => format!("{cargo}X,CLAIM,USNYC,"),
                (0, _) => format!("{cargo},DROP,USNYC,"),
                _ => row,
            };
            writeln!(file, "{row},2026-01-{day}T12:00:00Z").expect("a string takes all");
        }
    }
    file
}

fn import(world: &World, file: &Path, more: &[&str]) -> (Option<i32>, String) {
    let url = world.database.url();
    let file = file.to_str().expect("text");
    let mut arguments = vec!["import", "handling", file, "--database", &url];
    arguments.extend(more);
    let output = plimsoll(&arguments);
    let said = String::from_utf8(output.stdout).expect("text");
    (output.status.code(), said)
}

fn last(said: &str) -> &str {
    said.lines().last().unwrap_or_default()
}

async fn a_file_is_imported_once(database: Database) {
    let world = World::start(database, &[]);
    world.voyage("V100").await;
    let cargoes = world.cargoes(ROWS / 4, 1).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("handling.csv");
    std::fs::write(&file, rows(&cargoes)).expect("it is written");
    let good = ROWS - BAD;
    let position = async || world.admin.get("/api/log/head").await.body["position"].as_u64();

    let before = position().await;
    let (code, said) = import(&world, &file, &["--dry-run"]);
    assert_eq!(
        last(&said),
        format!("{good} would be registered, 0 already known, {BAD} bad")
    );
    assert_eq!(
        (code, position().await),
        (Some(1), before),
        "nothing is changed"
    );

    // An interrupted import is repeated.
    let all = std::fs::read_to_string(&file).expect("text");
    let part: Vec<_> = all.lines().take(3_001).collect();
    let begun = folder.path().join("begun.csv");
    std::fs::write(&begun, part.join("\n")).expect("it is written");
    let (_, said) = import(&world, &begun, &[]);
    assert_eq!(last(&said), "2970 registered, 0 already known, 30 bad");

    let report = folder.path().join("report.csv");
    let (code, said) = import(&world, &file, &["--report", report.to_str().expect("text")]);
    assert_eq!(
        last(&said),
        format!("{} registered, 2970 already known, {BAD} bad", good - 2_970)
    );
    assert_eq!(code, Some(1));
    let lines: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("line "))
        .collect();
    assert_eq!(lines.len(), BAD);
    for (line, part) in [
        ("line 101: ", "VoyageProhibited"),
        ("line 201: ", "CargoMustBeKnown"),
        ("line 301: ", "cargo must be"),
        (
            "line 401: ",
            "type must be one of RECEIVE, LOAD, UNLOAD, CUSTOMS, CLAIM, not \"DROP\"",
        ),
        ("line 501: ", "LocationMustBeKnown"),
    ] {
        let found = lines.iter().find(|said| said.starts_with(line));
        assert!(
            found.is_some_and(|found| found.contains(part)),
            "{line}: {found:?}"
        );
    }
    let report = std::fs::read_to_string(report).expect("text");
    assert_eq!(report.lines().count(), 1 + ROWS);

    let before = position().await;
    let (code, said) = import(&world, &file, &[]);
    assert_eq!(
        last(&said),
        format!("0 registered, {good} already known, {BAD} bad")
    );
    assert_eq!(
        (code, position().await),
        (Some(1), before),
        "a second run adds nothing"
    );
    let verified = plimsoll(&["verify", "--replay", "--database", &world.database.url()]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once_on_sqlite() {
    a_file_is_imported_once(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once_on_mariadb() {
    a_file_is_imported_once(Database::mariadb()).await;
}

/// Refused rows are tried again when the same file is imported again.
#[tokio::test(flavor = "multi_thread")]
async fn refused_rows_are_tried_again() {
    let world = World::start(Database::sqlite(), &[]);
    let cargo = world.cargoes(1, 1).await.remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("handling.csv");
    let row = format!("{cargo},LOAD,HKHKG,V100,2026-01-03T12:00:00Z");
    std::fs::write(
        &file,
        format!("cargo,type,location,voyage,completed_at\n{row}\n"),
    )
    .expect("it is written");
    let (_, said) = import(&world, &file, &[]);
    assert!(said.starts_with("line 2: VoyageMustBeKnown"), "{said}");
    world.voyage("V100").await;
    let (code, said) = import(&world, &file, &[]);
    assert_eq!(
        (code, last(&said)),
        (Some(0), "1 registered, 0 already known, 0 bad")
    );
    let (code, said) = import(&world, &file, &[]);
    assert_eq!(
        (code, last(&said)),
        (Some(0), "0 registered, 1 already known, 0 bad")
    );
    // Corrections that people have made stay.
    let events = world.admin.all("/api/handling-events").await;
    let retract = json!({ "event": events[0]["event"], "reason": "Another cargo" });
    world.admin.accept("retract-handling-event", retract).await;
    for (asked, expected) in [
        (
            &["--dry-run"][..],
            "0 would be registered, 1 already known, 0 bad",
        ),
        (&[], "0 registered, 1 already known, 0 bad"),
    ] {
        let (code, said) = import(&world, &file, asked);
        assert_eq!((code, last(&said)), (Some(0), expected));
        assert!(
            said.starts_with("line 2: has been retracted since"),
            "{said}"
        );
    }
    let by_hand = json!({ "cargo": cargo, "type": "LOAD", "location": "HKHKG", "voyage": "V100",
        "completed_at": "2026-01-03T12:00:00Z" });
    world.admin.accept("register-handling-event", by_hand).await;
    let (_, said) = import(&world, &file, &["--dry-run"]);
    assert_eq!(last(&said), "0 would be registered, 1 already known, 0 bad");
    assert!(!said.contains("has been retracted since"), "{said}");
}

/// A row that misdirects a cargo is announced before the import and after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_misdirects_a_cargo_is_reported() {
    let world = World::start(Database::sqlite(), &[]);
    for voyage in ["V100", "V101"] {
        world.voyage(voyage).await;
    }
    let cargo = world.cargoes(1, 1).await.remove(0);
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.clerk.accept("book-onto-voyage", book).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("handling.csv");
    let rows = format!(
        "cargo,type,location,voyage,completed_at\n\
         {cargo},RECEIVE,HKHKG,,2026-01-01T00:00:00Z\n\
         {cargo},LOAD,HKHKG,V101,2026-01-02T00:00:00Z\n"
    );
    std::fs::write(&file, rows).expect("it is written");
    for asked in [&["--dry-run"][..], &[]] {
        let (code, said) = import(&world, &file, asked);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.starts_with("line 3: misdirects the cargo"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_is_repeated_on_sqlite() {
    killed_and_run_again(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_is_repeated_on_mariadb() {
    killed_and_run_again(Database::mariadb()).await;
}

/// An import is killed halfway and repeated.
async fn killed_and_run_again(database: Database) {
    let world = World::start(database, &[]);
    world.voyage("V100").await;
    let cargoes = world.cargoes(ROWS / 4, 1).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("handling.csv");
    std::fs::write(&file, rows(&cargoes)).expect("it is written");
    let position = async || world.admin.get("/api/log/head").await.body["position"].as_u64();
    let before = position().await;
    let mut importing = std::process::Command::new(binary())
        .args(["import", "handling", file.to_str().expect("text")])
        .args(["--database", &world.database.url()])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    while position().await < before.map(|before| before + 500) {
        assert!(
            importing.try_wait().expect("a process").is_none(),
            "it ended too soon"
        );
        tokio::task::yield_now().await;
    }
    importing.kill().expect("it runs");
    importing.wait().expect("it ends");
    let begun = world.admin.all("/api/handling-events").await.len();
    let good = ROWS - BAD;
    assert!((500..good).contains(&begun), "{begun}");
    let (_, said) = import(&world, &file, &[]);
    let expected = format!(
        "{} registered, {begun} already known, {BAD} bad",
        good - begun
    );
    assert_eq!(last(&said), expected);
    assert_eq!(world.admin.all("/api/handling-events").await.len(), good);
}
