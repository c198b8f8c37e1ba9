//! Proofs of entries, signed heads, and the epoch after a backup was put back.
//!
//! The test checks proofs as RFC 9162 says, with nothing but SHA-256: it shares no code with the
//! server.

use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World};
use domain::log::Hash;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Exit code and everything that a command said.
fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = plimsoll(arguments);
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    (output.status.code(), said.concat())
}

fn hash(value: &Value) -> Hash {
    value.as_str().expect("text").parse().expect("a hash")
}

fn join(left: Hash, right: Hash) -> Hash {
    Hash::of(&[&[1], &left.0[..], &right.0[..]].concat())
}

/// RFC 9162, section 2.1.3.2.
fn root_of(proof: &Value) -> Hash {
    let mut own = Hash::of(&[&[0], &hash(&proof["hash"]).0[..]].concat());
    let mut first = proof["position"].as_u64().expect("a position") - 1;
    let mut last = proof["head"]["position"].as_u64().expect("a position") - 1;
    for other in proof["path"].as_array().expect("a path") {
        assert_ne!(last, 0, "the path is too long");
        if first % 2 == 1 || first == last {
            own = join(hash(other), own);
            while first.is_multiple_of(2) {
                (first, last) = (first / 2, last / 2);
            }
        } else {
            own = join(own, hash(other));
        }
        (first, last) = (first / 2, last / 2);
    }
    assert_eq!(last, 0, "the path is too short");
    own
}

/// The roots of the earlier and the later head: RFC 9162, section 2.1.4.2.
fn roots_of(proof: &Value) -> (Hash, Hash) {
    let since = &proof["since"];
    let number = |value: &Value| value.as_u64().expect("a position");
    let (first, second) = (
        number(&since["position"]),
        number(&proof["head"]["position"]),
    );
    let path = since["path"].as_array().expect("a path");
    let mut path: Vec<Hash> = path.iter().map(hash).collect();
    if first.is_power_of_two() {
        path.insert(0, hash(&since["root"]));
    }
    let (mut own, mut last) = (first - 1, second - 1);
    while own % 2 == 1 {
        (own, last) = (own / 2, last / 2);
    }
    let mut roots = (path[0], path[0]);
    for other in &path[1..] {
        if own % 2 == 1 || own == last {
            roots = (join(*other, roots.0), join(*other, roots.1));
            while own % 2 == 0 && own != 0 {
                (own, last) = (own / 2, last / 2);
            }
        } else {
            roots.1 = join(roots.1, *other);
        }
        (own, last) = (own / 2, last / 2);
    }
    roots
}

/// The fields of the content: each after its length in 8 bytes, or absent.
fn fields(content: &str) -> Vec<Option<Vec<u8>>> {
    let bytes = bytes(content);
    let (mut fields, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, after)) = rest.split_first_chunk::<8>() {
        rest = after;
        fields.push(match u64::from_be_bytes(*length) {
            u64::MAX => None,
            length => {
                let (field, after) = rest.split_at(usize::try_from(length).expect("short"));
                rest = after;
                Some(field.to_vec())
            }
        });
    }
    fields
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).expect("ASCII"), 16);
    digits.map(|two| byte(two).expect("hexadecimal")).collect()
}

async fn entries_are_proven(database: Database) {
    let world = World::start(database, &[]);
    world.voyage("V100").await;
    let cargoes = world.cargoes(530, 1).await;
    let book = json!({ "cargo": cargoes[0], "voyage": "V100" });
    world.clerk.accept("book-onto-voyage", book).await;
    let auditor = issue_token(&world.database.url(), "auditor", "auditor");
    let auditor = Client::new(&world.server.url, &auditor);
    let head = auditor.get("/api/log/head").await.body;
    let end = head["position"].as_u64().expect("a position");
    assert!(end > 512, "the stored part of the tree is read");

    let newest = auditor
        .get(&format!("/api/proof?position={end}"))
        .await
        .body;
    let root = hash(&newest["head"]["root"]);
    assert_eq!(newest["head"]["hash"], head["hash"]);
    assert_eq!(newest["head"]["epoch"], head["epoch"]);
    let length = newest["path"].as_array().map_or(0, Vec::len);
    assert!(length <= 10, "{length}");
    for position in [1, 2, 255, 256, 257, 511, 512, 513, end - 1, end] {
        let proof = auditor
            .get(&format!("/api/proof?position={position}"))
            .await;
        assert_eq!(proof.status, 200, "{}", proof.body);
        assert_eq!(root_of(&proof.body), root, "{position}");
        let entry = auditor.get(&format!("/api/log/{position}")).await.body;
        assert_eq!(proof.body["hash"], entry["hash"]);
        if let Some(content) = proof.body["content"].as_str() {
            assert_eq!(Hash::of(&bytes(content)), hash(&entry["hash"]));
            let operation = fields(content)[3].clone();
            let operation = operation.map(|name| String::from_utf8(name).expect("UTF-8"));
            assert_eq!(operation.as_deref(), entry["operation"].as_str());
        }
        let mut altered = proof.body;
        altered["hash"] = newest["head"]["root"].clone();
        assert_ne!(root_of(&altered), root);
    }
    let booked = auditor
        .get("/api/log?operation=book-onto-voyage")
        .await
        .body;
    let booked = &booked["items"][0]["position"];
    let booked = auditor
        .get(&format!("/api/proof?position={booked}"))
        .await
        .body;
    assert!(!booked["content"].is_null(), "a booking is shown");
    for since in [1, 2, 3, 255, 256, 300, 512, 520, end - 1] {
        let earlier = auditor
            .get(&format!("/api/proof?position=1&head={since}"))
            .await
            .body;
        let path = format!("/api/proof?position=1&since={since}");
        let proof = auditor.get(&path).await.body;
        assert_eq!(proof["since"]["root"], earlier["head"]["root"]);
        let roots = roots_of(&proof);
        assert_eq!(roots, (hash(&earlier["head"]["root"]), root), "{since}");
    }
    let tokens = auditor.get("/api/log?operation=issue-token").await.body;
    let token = &tokens["items"][0]["position"];
    let secret = auditor
        .get(&format!("/api/proof?position={token}"))
        .await
        .body;
    assert_eq!(
        secret["content"],
        Value::Null,
        "hashes of secrets stay hidden"
    );
    assert_eq!(root_of(&secret), root);

    // What integrators read in no feed is shown to those who read the log.
    let name = json!({ "name": "billing", "from": 0 });
    world.admin.accept("register-consumer", name).await;
    let reset = json!({ "consumer": "billing", "position": 1, "reason": "New copy" });
    world.admin.accept("reset-consumer", reset).await;
    let newest = auditor.get("/api/log/head").await.body["position"].clone();
    let reset = auditor
        .get(&format!("/api/proof?position={newest}"))
        .await
        .body;
    let content = reset["content"].as_str().expect("it is shown");
    assert_eq!(fields(content)[3].as_deref(), Some(&b"reset-consumer"[..]));
    let far = json!({ "consumer": "billing", "position": u64::MAX, "reason": "x" });
    let far = world.admin.run("reset-consumer", far).await;
    assert_eq!(far.status, 422, "{}", far.body);

    let end = newest.as_u64().expect("a position");
    let largest = i64::MAX as u64;
    for (path, words) in [
        (
            format!("/api/proof?position={largest}"),
            format!("no entry at position {largest}. Its entries have the positions 1 to {end}."),
        ),
        (
            format!("/api/proof?position={}", largest + 1),
            format!("position must be a whole number, 0 to {largest}."),
        ),
        (
            "/api/proof?position=300&head=299".to_owned(),
            "Position 300 comes after the head at position 299".to_owned(),
        ),
    ] {
        let detail = auditor.get(&path).await.body["detail"].clone();
        let detail = detail.as_str().expect("text").to_owned();
        assert!(detail.contains(&words), "{path}: {detail}");
    }
    let beyond = end + 1;
    for (path, status) in [
        ("/api/proof".to_owned(), 400),
        ("/api/proof?position=x".to_owned(), 400),
        ("/api/proof?position=0".to_owned(), 404),
        (format!("/api/proof?position={beyond}"), 404),
        (format!("/api/proof?position=1&head={beyond}"), 404),
        ("/api/proof?position=300&head=299".to_owned(), 404),
        ("/api/proof?position=1&head=299&since=300".to_owned(), 404),
    ] {
        let answer = auditor.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    let customer = world.customer().await;
    let url = world.database.url();
    let id = customer.as_str().expect("an id");
    let issued = plimsoll(&[
        "token",
        "issue",
        "--user",
        "shipper",
        "--role",
        "customer",
        "--customer",
        id,
        "--database",
        &url,
    ]);
    let token = String::from_utf8(issued.stdout).expect("UTF-8");
    let shipper = Client::new(&world.server.url, token.trim());
    assert_eq!(shipper.get("/api/proof?position=1").await.status, 403);

    let (code, all) = said(&["verify", "--replay", "--database", &url]);
    assert_eq!(code, Some(0), "{all}");
    let raw = sea_orm::Database::connect(&url)
        .await
        .expect("the database");
    // A database of an earlier release gets its tree when it is migrated.
    for sql in [
        "DROP TABLE log_tree",
        "DELETE FROM seaql_migrations WHERE version = '0030_add_log_tree'",
    ] {
        raw.execute_unprepared(sql).await.expect("as it was");
    }
    let (code, all) = said(&["migrate", "--database", &url]);
    assert_eq!(code, Some(0), "{all}");
    let (code, all) = said(&["verify", "--database", &url]);
    assert_eq!(code, Some(0), "{all}");
    for (level, number) in [(0, 0), (1, 7), (2, 0)] {
        let row = format!("level = {level} AND number = {number}");
        let add = format!(
            "INSERT INTO log_tree SELECT {level}, {number}, hash FROM log_tree \
             WHERE level = 1 AND number = 1"
        );
        raw.execute_unprepared(&add).await.expect("added");
        let (code, all) = said(&["verify", "--database", &url]);
        assert_eq!(code, Some(1));
        let words = format!("log_tree has a row with level {level} and number {number}");
        assert!(all.contains(&words), "{all}");
        let remove = format!("DELETE FROM log_tree WHERE {row}");
        raw.execute_unprepared(&remove).await.expect("removed");
    }
    let alter = "UPDATE log_tree SET number = number + 7 WHERE level = 1 AND number = 1";
    raw.execute_unprepared(alter).await.expect("altered");
    let (code, all) = said(&["verify", "--database", &url]);
    assert_eq!(code, Some(1));
    assert!(
        all.contains("bad at position 512: the tree over the log"),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_proven_on_sqlite() {
    entries_are_proven(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_proven_on_mariadb() {
    entries_are_proven(Database::mariadb()).await;
}

/// A private and a public key, as OpenSSL writes them.
fn keys(folder: &Path, name: &str) -> [String; 2] {
    let [private, public] =
        ["key", "pub"].map(|kind| text(&folder.join(format!("{name}.{kind}.pem"))).to_owned());
    for arguments in [
        &["genpkey", "-algorithm", "ed25519", "-out", &private][..],
        &["pkey", "-in", &private, "-pubout", "-out", &public],
    ] {
        let done = Command::new("openssl").args(arguments).output();
        assert!(done.expect("openssl runs").status.success());
    }
    [private, public]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_head_is_checked_and_a_restored_backup_is_noticed() {
    let world = World::start(Database::sqlite(), &[]);
    world.customer().await;
    let url = world.database.url();
    let folder = tempfile::tempdir().expect("a folder");
    let [private, public] = keys(folder.path(), "own");
    let [_, other] = keys(folder.path(), "other");
    let note = |name: &str, database: &str| {
        let signed = plimsoll(&["head", "--sign", &private, "--database", database]);
        assert!(signed.status.success(), "{signed:?}");
        let file = folder.path().join(name);
        std::fs::write(&file, signed.stdout).expect("written");
        text(&file).to_owned()
    };
    let head = note("head", &url);
    let verify = |database: &str, file: &str, key: &str| {
        said(&[
            "verify",
            "--anchor",
            file,
            "--key",
            key,
            "--database",
            database,
        ])
    };
    let expect = |found: (Option<i32>, String), code: i32, words: &str| {
        assert_eq!(found.0, Some(code), "{}", found.1);
        assert!(found.1.contains(words), "{words}: {}", found.1);
    };
    // Others can check it without Plimsoll.
    let lines = std::fs::read_to_string(&head).expect("a statement");
    let (signed, signature) = lines.split_once("signature ").expect("a signature");
    let [message, encoded, raw] =
        ["message", "encoded", "raw"].map(|name| folder.path().join(name));
    std::fs::write(&message, signed).expect("written");
    std::fs::write(&encoded, signature).expect("written");
    for arguments in [
        &[
            "base64",
            "-d",
            "-A",
            "-in",
            text(&encoded),
            "-out",
            text(&raw),
        ][..],
        &[
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            &public,
            "-rawin",
            "-in",
            text(&message),
            "-sigfile",
            text(&raw),
        ],
    ] {
        let done = Command::new("openssl")
            .args(arguments)
            .output()
            .expect("openssl runs");
        assert!(done.status.success(), "{done:?}");
    }
    expect(verify(&url, &head, &public), 0, "no problems found");
    expect(verify(&url, &head, &other), 1, "signed with another key");
    let altered = folder.path().join("altered");
    std::fs::write(&altered, lines.replace("position ", "position 1")).expect("written");
    expect(
        verify(&url, text(&altered), &public),
        1,
        "the statement was altered",
    );
    std::fs::write(&altered, signed).expect("written");
    expect(verify(&url, text(&altered), &public), 1, "it is not signed");
    let time = lines.lines().nth(3).expect("a time");
    let later = signed.replace(time, "recorded_at 2199-01-01T00:00:00.000000Z");
    std::fs::write(&altered, later).expect("written");
    let unsigned = ["verify", "--anchor", text(&altered), "--database", &url];
    expect(
        said(&unsigned),
        1,
        "but at 2199-01-01T00:00:00.000000Z by the anchor",
    );
    let other_epoch = "01020304-0506-0708-0102-030405060708";
    let both = [
        "verify",
        "--anchor",
        &head,
        "--key",
        &public,
        "--epoch",
        other_epoch,
        "--database",
        &url,
    ];
    expect(said(&both), 2, &format!("--epoch names {other_epoch}"));
    std::fs::write(&altered, "plimsoll-head 2\n").expect("written");
    expect(
        verify(&url, text(&altered), &public),
        2,
        "the first line must be",
    );
    expect(verify(&url, &head, &private), 2, "Cannot use the key");

    // A backup is made, operations follow, and the backup is put back.
    let backup = folder.path().join("backup.db");
    let raw = sea_orm::Database::connect(&url)
        .await
        .expect("the database");
    let copy = format!("VACUUM INTO '{}'", backup.display());
    raw.execute_unprepared(&copy).await.expect("a backup");
    world.customer().await;
    world.customer().await;
    let lost = note("lost", &url);
    let restored = format!("sqlite:{}", backup.display());
    expect(
        verify(&restored, &lost, &public),
        1,
        "the log ends before the anchor",
    );
    let epoch = |database: &str| {
        let head = plimsoll(&["head", "--database", database]).stdout;
        let head = String::from_utf8(head).expect("UTF-8");
        let line = head.lines().find_map(|line| line.strip_prefix("epoch "));
        line.expect("an epoch").to_owned()
    };
    let before = epoch(&restored);
    expect(said(&["restored", "--database", &restored]), 0, &before);
    assert_ne!(epoch(&restored), before);
    assert_eq!(epoch(&url), before);
    expect(verify(&restored, &head, &public), 0, "no problems found");
    expect(
        verify(&restored, &lost, &public),
        1,
        "a backup that ends at position",
    );
    let noted = said(&["verify", "--epoch", &before, "--database", &restored]);
    expect(noted, 1, "was put back");
    // Another log entirely.
    let third = World::start(Database::sqlite(), &[]);
    let third = third.database.url();
    expect(verify(&third, &head, &public), 1, "the epoch of the log is");

    let server = Server::start(&restored, &[]);
    let admin = issue_token(&restored, "admin", "admin");
    let admin = Client::new(&server.url, &admin);
    let seen = admin.get("/api/log/head").await.body;
    assert_eq!(seen["epoch"], json!(epoch(&restored)));
    let noted = std::fs::read_to_string(&head).expect("a statement");
    let noted = noted
        .lines()
        .find_map(|line| line.strip_prefix("position "));
    let noted: u64 = noted.expect("a position").parse().expect("a number");
    let ended = &seen["past_epochs"];
    assert_eq!(ended[0]["epoch"], json!(before));
    assert!(ended[0]["position"].as_u64() >= Some(noted), "{ended}");
    assert_eq!(ended.as_array().map(Vec::len), Some(1));
    drop(server);

    // The log is moved: what was noted before still holds.
    let file = folder.path().join("log.gz");
    let moved = Database::sqlite();
    for arguments in [
        &["export", text(&file), "--database", &restored][..],
        &["import", "log", text(&file), "--database", &moved.url()],
    ] {
        expect(said(arguments), 0, "");
    }
    let restored_head = note("restored", &restored);
    for noted in [&head, &restored_head] {
        expect(verify(&moved.url(), noted, &public), 0, "no problems found");
    }
    expect(
        verify(&moved.url(), &lost, &public),
        1,
        "a backup that ends at position",
    );
}
