//! The command line, as a user runs it.

use crate::support::server::{Client, PATIENCE, Server, binary, issue_token, plimsoll};
use crate::support::world::{Database, World, voyage};
use std::process::Command;

/// Runs the program on a database. Returns exit code, standard output and standard error.
fn run(database: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut all = arguments.to_vec();
    all.extend(["--database", database]);
    let output = plimsoll(&all);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.code().expect("an exit"),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn locations_are_imported_once_and_bad_rows_reported() {
    let database = Database::sqlite();
    let url = database.url();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("more.csv");
    let csv = "un_locode,name,country,latitude,longitude,time_zone\n\
               NLAAA,Ergens,NL,52.1,4.2,Europe/Amsterdam\n\
               NLAA1,Nergens,NL,52.1,4.2,Europe/Amsterdam\n\
               NLAAB,\"Een, twee\",NL,52.1,4.2,Europe/Amsterdam\n\
               NLAAC,Te ver,NL,152.1,4.2,Europe/Amsterdam\n\
               NLAAD,Geen tijd,NL,52.1,4.2,Europe/Nergens\n\
               NLAAA,Nog eens,NL,52.1,4.2,Europe/Amsterdam\n\
               NLAAE,Kort,NL\n";
    std::fs::write(&file, csv).expect("written");
    let file = file.to_str().expect("a path");
    let import = ["import", "locations", file];
    let (status, said, _) = run(&url, &[&import[..], &["--dry-run"]].concat());
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("2 would be added, 0 already known, 5 bad"),
        "{said}"
    );
    let (_, said, _) = run(&url, &import);
    assert!(said.contains("2 added, 0 already known, 5 bad"), "{said}");
    for line in [3, 5, 6, 7, 8] {
        assert!(said.contains(&format!("line {line}: ")), "{line}: {said}");
    }
    let (_, said, _) = run(&url, &import);
    assert!(said.contains("0 added, 2 already known, 5 bad"), "{said}");
    let (status, said, _) = run(&url, &["verify", "--replay"]);
    assert_eq!(status, 0, "{said}");
}

#[cfg(unix)]
#[test]
fn a_new_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new.db");
    let (status, _, said) = run(&format!("sqlite:{}", path.display()), &["migrate"]);
    assert_eq!(status, 0, "{said}");
    let mode = path.metadata().expect("the database").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn rows_that_differ_are_reported_and_corrected() {
    let database = Database::sqlite();
    let url = database.url();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ports.csv");
    let file = path.to_str().expect("a path");
    let write = |rows: &str| std::fs::write(&path, rows).expect("written");
    write(
        "un_locode,name,country,latitude,longitude,time_zone,aliases\n\
         NLAAA,Ergens,NL,52.1,4.2,Europe/Amsterdam,Somewhere\n\
         NLAAB,Elders,NL,52.1,4.2,Europe/Amsterdam,\n",
    );
    let import = ["import", "locations", file];
    let (status, said, _) = run(&url, &import);
    assert_eq!(status, 0, "{said}");
    // As a spreadsheet saves it, without the other names.
    write(
        "\u{feff}UN_LOCODE;name;country;latitude;longitude;time_zone\r\n\
         NLAAA;Nergens;NL;52,5;4,2;Europe/Amsterdam\r\n\
         NLAAB;Elders;NL;52,1;4,2;Europe/Amsterdam\r\n;;;;;\r\n",
    );
    let told = "NLAAA: name Nergens, known as Ergens; latitude 52.5, known as 52.1";
    let (status, said, _) = run(&url, &import);
    assert_eq!(status, 1, "{said}");
    assert!(said.contains(told), "{said}");
    assert!(
        said.contains("0 added, 1 already known, 1 different, 0 bad"),
        "{said}"
    );
    for (options, expected) in [
        (&["--update", "--dry-run"][..], "1 would be corrected"),
        (&["--update"], "1 corrected"),
        (&[], "2 already known, 0 bad"),
    ] {
        let (status, said, _) = run(&url, &[&import[..], options].concat());
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(expected), "{options:?}: {said}");
    }
    // An empty cell leaves other names unchanged. A lone `|` removes them.
    for (cell, expected) in [
        ("", "2 already known, 0 bad"),
        ("Anywhere|Somewhere|anywhere", "1 corrected, 0 bad"),
        ("Anywhere|Somewhere|anywhere", "2 already known, 0 bad"),
        ("", "2 already known, 0 bad"),
        ("|", "1 corrected, 0 bad"),
        ("", "2 already known, 0 bad"),
    ] {
        write(&format!(
            "un_locode,name,country,latitude,longitude,time_zone,aliases\n\
             NLAAA,Nergens,NL,52.5,4.2,Europe/Amsterdam,{cell}\n\
             NLAAB,Elders,NL,52.1,4.2,Europe/Amsterdam,\n"
        ));
        let (status, said, _) = run(&url, &[&import[..], &["--update"]].concat());
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(expected), "{cell}: {said}");
    }
    let (status, said, _) = run(&url, &["import", "locations", "--packaged", "--dry-run"]);
    assert_eq!(status, 0, "{said}");
    let (status, said, _) = run(&url, &["verify", "--replay"]);
    assert_eq!(status, 0, "{said}");
}

#[tokio::test]
async fn the_reference_data_are_there_after_the_first_start() {
    let world = World::start(Database::sqlite(), &[]);
    let rotterdam = world.clerk.get("/api/locations/NLRTM").await.body;
    assert_eq!(rotterdam["time_zone"], "Europe/Amsterdam");
    assert!((rotterdam["latitude"].as_f64().expect("a number") - 51.9).abs() < 0.2);
    let known = world.clerk.all("/api/locations").await.len();
    assert!(known >= 1_500, "{known}");
    let url = world.database.url();
    drop(world.server);
    let again = Server::start(&url, &[]);
    let clerk = world.clerk.to(&again.url);
    assert_eq!(clerk.all("/api/locations").await.len(), known);
}

#[test]
fn mistakes_are_explained_and_nothing_is_done() {
    let database = Database::sqlite();
    for (arguments, status, hint) in [
        (
            &["token", "issue", "--user", "anna", "--role", "captain"][..],
            2,
            "planner",
        ),
        (
            &["token", "issue", "--user", "Anna!", "--role", "clerk"],
            2,
            "user name",
        ),
        (
            &["token", "issue", "--user", "anna", "--role", "customer"],
            1,
            "CustomerRoleNeedsCustomer",
        ),
        (
            &["import", "locations", "/nowhere/at-all.csv"],
            2,
            "cannot be read",
        ),
        (&["verify", "--anchor", "7"], 2, "colon"),
        (&["sail"], 2, "sail"),
    ] {
        let (code, _, said) = run(&database.url(), arguments);
        assert_eq!(code, status, "{arguments:?}: {said}");
        assert!(said.contains(hint), "{arguments:?}: {said}");
    }
    for url in [
        "postgres://localhost/x",
        "sqlite:/nowhere/at/all.db",
        "mysql://127.0.0.1:1/x",
    ] {
        let (code, _, said) = run(url, &["migrate"]);
        assert_eq!(code, 2, "{url}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn options_without_a_command_are_those_of_serve() {
    for (arguments, said) in [
        (&["--listen", "nonsense"][..], "nonsense"),
        (&["serve", "--listen", "nonsense"], "nonsense"),
        (
            &["--no-such-option"],
            "unexpected argument '--no-such-option'",
        ),
        (
            &["migrate", "--listen", "x"],
            "unexpected argument '--listen'",
        ),
    ] {
        let output = Command::new(binary()).args(arguments).output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn help_explains_every_command() {
    for command in [
        &["--help"][..],
        &["serve", "--help"],
        &["migrate", "--help"],
        &["verify", "--help"],
        &["import", "locations", "--help"],
        &["token", "issue", "--help"],
        &["operations", "--help"],
    ] {
        let output = Command::new(binary())
            .args(command)
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{command:?}");
        assert!(output.stdout.len() > 100, "{command:?}");
    }
    let (status, said, _) = run(&Database::sqlite().url(), &["operations"]);
    assert_eq!(status, 0);
    assert!(said.contains("book-onto-voyage"), "{said}");
}

/// The server finishes what it was doing when the signal came, and then stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_in_good_order() {
    for database in [Database::sqlite(), Database::mariadb()] {
        let World {
            database,
            server,
            planner,
            admin,
            ..
        } = World::start(database, &[]);
        let schedule = (0..60).map(|number| {
            let planner = planner.clone();
            async move {
                let input = voyage(&format!("V{number}"));
                let answer = planner.try_run("schedule-voyage", &input, &[]).await;
                answer.is_ok_and(|answer| answer.status == 200)
            }
        });
        let answers = tokio::spawn(futures::future::join_all(schedule.collect::<Vec<_>>()));
        let stopped = tokio::task::spawn_blocking(move || server.stop());
        let answers = answers.await.expect("no panic");
        assert!(stopped.await.expect("no panic").success());
        if let Some(file) = database.url().strip_prefix("sqlite:") {
            let beside = std::path::Path::new(&format!("{file}-wal")).exists();
            assert!(!beside, "the file is whole by itself");
        }
        let again = Server::start(&database.url(), &[]);
        let admin = admin.to(&again.url);
        let accepted = answers.iter().filter(|accepted| **accepted).count();
        let known = admin.all("/api/voyages").await.len();
        assert!(
            known >= accepted,
            "{accepted} were accepted, {known} are there"
        );
    }
}

#[tokio::test]
async fn the_sample_world_has_traffic() {
    let server = Server::run("demo", &["--pause", "0.02"]);
    let committed = || async {
        let metrics = reqwest::get(format!("{}/metrics", server.url)).await;
        let text = metrics.expect("an answer").text().await.expect("text");
        let counter = "plimsoll_batches_total{result=\"committed\"} ";
        let count = text.lines().find_map(|line| line.strip_prefix(counter));
        count
            .expect("it is counted")
            .parse::<u64>()
            .expect("a number")
    };
    let lives = async {
        while committed().await < 20 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let lives = tokio::time::timeout(PATIENCE, lives).await;
    lives.expect("there is traffic");
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    assert!(stopped.await.expect("no panic").success());
}

#[test]
fn a_check_creates_no_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mistyped.db");
    let rows = folder.path().join("rows.csv");
    let head = "cargo,type,location,completed_at\n";
    std::fs::write(&rows, head).expect("a file");
    let url = format!("sqlite:{}", file.display());
    let rows = rows.display().to_string();
    for arguments in [
        &["verify"][..],
        &["import", "handling", &rows, "--dry-run"],
        &["import", "handling", &rows],
    ] {
        let (code, _, said) = run(&url, arguments);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("There is no database"), "{said}");
        assert!(!file.exists(), "{arguments:?}");
    }
}

/// A token of a customer's user, and one for an unknown customer.
#[tokio::test]
async fn a_customer_gets_a_token() {
    let world = World::start(Database::sqlite(), &[]);
    let customer = world.customer().await;
    let customer = customer.as_str().expect("an id");
    let url = world.database.url();
    let arguments = [
        "token",
        "issue",
        "--user",
        "shipper",
        "--role",
        "customer",
        "--customer",
    ];
    let (status, token, said) = run(&url, &[&arguments[..], &[customer]].concat());
    assert_eq!(status, 0, "{said}");
    let shipper = Client::new(&world.server.url, token.trim());
    assert_eq!(shipper.all("/api/customers").await.len(), 1);
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let (status, _, said) = run(&url, &[&arguments[..], &[unknown]].concat());
    assert_eq!(status, 1);
    assert!(said.contains("CustomerMustBeKnown"), "{said}");
    let other = issue_token(&url, "clerk", "clerk");
    assert_ne!(token.trim(), other);
}

#[tokio::test]
async fn a_suspended_user_gets_no_token() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    issue_token(&url, "ben", "clerk");
    let suspend = serde_json::json!({ "user": "ben", "reason": "Left" });
    world.admin.accept("suspend-user", suspend).await;
    let issue = ["token", "issue", "--user", "ben", "--role", "clerk"];
    let (status, token, said) = run(&url, &issue);
    assert_eq!((status, token.as_str()), (1, ""), "{said}");
    assert!(said.contains("No token was issued"), "{said}");
    assert!(
        said.contains("suspended") && said.contains("reinstate-user"),
        "{said}"
    );
    let reinstate = serde_json::json!({ "user": "ben" });
    world.admin.accept("reinstate-user", reinstate).await;
    assert_eq!(run(&url, &issue).0, 0);
}

/// Only one hash is valid before the first entry.
#[test]
fn an_anchor_at_position_zero_is_checked_too() {
    let database = Database::sqlite();
    assert_eq!(run(&database.url(), &["migrate"]).0, 0);
    for (digit, status) in [("0", 0), ("a", 1)] {
        let anchor = format!("0:{}", digit.repeat(64));
        let (code, said, _) = run(&database.url(), &["verify", "--anchor", &anchor]);
        assert_eq!(code, status, "{said}");
    }
}
