//! Passes the commit that is built to the program, if it is known.

use std::process::Command;

fn main() {
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned());
    println!("cargo::rustc-env=PLIMSOLL_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
    let paths = Command::new("git")
        .args([
            "rev-parse",
            "--git-path",
            "HEAD",
            "--git-path",
            "refs/heads",
            "--git-path",
            "packed-refs",
        ])
        .output();
    if let Ok(output) = paths
        && output.status.success()
    {
        for path in String::from_utf8_lossy(&output.stdout).lines() {
            if std::path::Path::new(path).exists() {
                println!("cargo::rerun-if-changed={path}");
            }
        }
    }
}
