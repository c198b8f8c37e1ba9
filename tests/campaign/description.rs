//! Tests that the API description is accurate. Schemathesis sends requests that the description
//! allows and requests that it forbids, and checks each answer against the description.
//! `description/schemathesis.toml` lists the accepted statuses, and `description/hooks.py` the
//! exceptions with their reasons.

use super::support::load::Verdict;
use super::support::server::{binary, plimsoll};
use super::support::world::{Database, World};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The examples that Schemathesis makes up for each operation.
const EXAMPLES: &str = "20";
/// The longest run as one caller.
const RUN_MAX: Duration = Duration::from_secs(20 * 60);
/// Fewer test cases than this are not a test of the whole description.
const CASES_MIN: usize = 1_000;

/// One round: as an administrator, then as a customer.
pub async fn is_true(seed: u64) -> Result<Verdict, String> {
    let mut verdict = Verdict::default();
    for role in ["admin", "customer"] {
        let world = World::start(Database::sqlite(), &[]);
        let url = world.database.url();
        let customer = world.customer().await;
        world.voyage("V100").await;
        world.cargoes(2, 1).await;
        let customer = customer.as_str().expect("an id");
        let mut arguments = vec!["token", "issue", "--user", "tester", "--role", role];
        if role == "customer" {
            arguments.extend(["--customer", customer]);
        }
        let issued = plimsoll(&[&arguments[..], &["--database", &url]].concat());
        let token = String::from_utf8(issued.stdout).expect("text");
        let log = target().join(format!("description-{role}-{seed}.log"));
        verdict.calls += compare(&world.server.url, token.trim(), seed, &log)
            .map_err(|reason| format!("as {role}: {reason}; see {}", log.display()))?;
        let ready = world.admin.get("/readyz").await.status;
        let verified = plimsoll(&["verify", "--replay", "--database", &url]);
        if ready != 200 || !verified.status.success() {
            return Err(format!("afterwards readyz says {ready}; {verified:?}"));
        }
    }
    Ok(verdict)
}

/// The folder of the build.
fn target() -> PathBuf {
    let target = binary();
    let target = target.ancestors().nth(2).expect("target/PROFILE/plimsoll");
    target.to_owned()
}

/// Runs Schemathesis. Returns the number of its test cases.
fn compare(url: &str, token: &str, seed: u64, log: &Path) -> Result<usize, String> {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaign/description");
    let folder = tempfile::tempdir().expect("a folder");
    let output = File::create(log).expect("a log");
    let mut child = Command::new(target().join("schemathesis/bin/schemathesis"))
        .arg("--config-file")
        .arg(config.join("schemathesis.toml"))
        .args(["--no-color", "run", &format!("{url}/api/openapi.json")])
        .args(["--checks", "all", "--mode", "all"])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--max-examples", EXAMPLES, "--seed", &seed.to_string()])
        .env("PLIMSOLL_TOKEN", token)
        .env("PLIMSOLL_HOOKS", config.join("hooks.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder.path())
        .stdout(output.try_clone().expect("the log"))
        .stderr(output)
        .spawn()
        .map_err(|error| format!("Schemathesis did not start: {error}"))?;
    let began = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("a child of the campaign") {
            break ended;
        }
        if began.elapsed() > RUN_MAX {
            drop(child.kill());
            drop(child.wait());
            return Err(format!("no end within {RUN_MAX:?}"));
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    let said = std::fs::read_to_string(log).expect("the log");
    if !ended.success() {
        let summary = said.rfind("= SUMMARY").unwrap_or_default();
        return Err(said[summary..].to_owned());
    }
    let cases = said.lines().find_map(|line| {
        let (cases, _) = line.split_once(" generated")?;
        cases.trim().parse().ok()
    });
    match cases {
        Some(cases) if cases >= CASES_MIN => Ok(cases),
        cases => Err(format!("only {cases:?} test cases")),
    }
}
