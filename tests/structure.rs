//! Checks the structure: layers, dependencies, file sizes, names of subdomains.

mod comments;
mod cost;
mod extending;
mod imports;
mod size;

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// The dependencies that each crate may have. Give the reason for a new one in the commit.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "plimsoll-domain",
        &[
            "aes-siv",
            "async-trait",
            "celes",
            "chrono",
            "chrono-tz",
            "hex",
            "rust_decimal",
            "serde",
            "serde_json",
            "sha2",
            "strum",
            "thiserror",
            "unicode-normalization",
            "unicode-properties",
            "uuid",
        ],
    ),
    (
        "plimsoll-application",
        &[
            "plimsoll-domain",
            "argon2",
            "async-trait",
            "futures",
            "hex",
            "serde",
            "serde_json",
            "serde_json_canonicalizer",
            "serde_path_to_error",
            "thiserror",
            "tokio",
            "tracing",
            "unicode-normalization",
            "utoipa",
            "uuid",
            "validator",
            "zxcvbn",
        ],
    ),
    (
        "plimsoll-infrastructure",
        &[
            "plimsoll-domain",
            "async-trait",
            "chrono",
            "futures",
            "hex",
            "sea-orm",
            "sea-orm-migration",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "thiserror",
            "tokio",
            "tracing",
            "uuid",
        ],
    ),
];

#[test]
fn each_crate_depends_only_on_what_it_may() {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .expect("cargo metadata");
    for (name, allowed) in DEPENDENCIES {
        let package = metadata.packages.iter().find(|p| p.name.as_str() == *name);
        let own: BTreeSet<_> = package
            .unwrap_or_else(|| panic!("{name} is missing"))
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .collect();
        let allowed: BTreeSet<_> = allowed.iter().copied().collect();
        let gained: Vec<_> = own.difference(&allowed).collect();
        assert!(gained.is_empty(), "{name} gained {gained:?}");
    }
}

#[test]
fn application_has_only_channels_of_tokio() {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let application = metadata
        .packages
        .iter()
        .find(|p| p.name.as_str() == "plimsoll-application");
    let tokio = application
        .expect("the crate")
        .dependencies
        .iter()
        .find(|dependency| dependency.name == "tokio" && dependency.kind == DependencyKind::Normal)
        .expect("channels");
    assert_eq!(
        tokio.features,
        ["sync"],
        "no runtime, no timers, no input or output"
    );
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Subdomains, and modules that serve all of them.
const SUBDOMAINS: &[&str] = &[
    "locations",
    "customers",
    "voyages",
    "booking",
    "handling",
    "access",
    "consumers",
];

#[test]
fn subdomains_have_the_same_name_everywhere() {
    for layer in ["domain", "application", "infrastructure"] {
        for subdomain in SUBDOMAINS {
            let file = root().join(format!("crates/{layer}/src/{subdomain}.rs"));
            assert!(file.exists(), "{} is missing", file.display());
        }
    }
}

#[test]
fn every_operation_has_a_file_of_its_name() {
    for definition in application::catalogue() {
        let about = definition.about;
        assert!(SUBDOMAINS.contains(&about.subdomain), "{}", about.subdomain);
        let file = root().join(format!(
            "crates/application/src/{}/{}.rs",
            about.subdomain,
            about.name.replace('-', "_")
        ));
        assert!(file.exists(), "{} is missing", file.display());
    }
}
