//! The cost of a subdomain outside its own modules: the shared source files that name it. The
//! figures may only shrink.

use super::{SUBDOMAINS, root, rust_files};
use std::collections::BTreeMap;
use std::path::Path;

/// The number of shared files, in all crates, that name each subdomain's modules.
const SHARED_FILES: &[(&str, usize)] = &[
    ("locations", 14),
    ("customers", 12),
    ("voyages", 7),
    ("booking", 8),
    ("handling", 6),
    ("access", 30),
];

/// Whether a file belongs to a subdomain, by its own name or that of its folder.
fn is_own(path: &Path, subdomain: &str) -> bool {
    path.iter().any(|part| {
        let part = part.to_string_lossy();
        let part = part.strip_suffix(".rs").unwrap_or(&part);
        part == subdomain || part.starts_with(&format!("{subdomain}_"))
    })
}

/// Whether a text names a module of a subdomain, `handling::` or `mod handling;`, or its file of
/// messages, `handling.ftl`.
fn names(text: &str, subdomain: &str) -> bool {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let is_word_before = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.into_iter().any(|line| {
        let path = format!("{subdomain}::");
        let mut found = line.match_indices(&path);
        found.any(|(at, _)| !is_word_before(&line[..at]))
            || line.contains(&format!("mod {subdomain};"))
            || line.contains(&format!("/{subdomain}.ftl"))
    })
}

#[test]
fn subdomains_are_named_in_no_more_shared_files() {
    let crates = root().join("crates");
    let mut files = Vec::new();
    rust_files(&crates, &mut files);
    let is_test = |path: &Path| {
        path.iter()
            .any(|part| part == "tests" || part == "tests.rs")
    };
    let mut shared: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| !is_test(file)) {
        let path = file.strip_prefix(&crates).expect("a file of a crate");
        let text = std::fs::read_to_string(file).expect("text");
        let of_another = |subdomain: &&str| is_own(path, subdomain);
        if SUBDOMAINS.iter().any(of_another) {
            continue;
        }
        for subdomain in SUBDOMAINS
            .iter()
            .filter(|subdomain| names(&text, subdomain))
        {
            let shared = shared.entry(subdomain).or_default();
            shared.push(path.display().to_string());
        }
    }
    let found: Vec<_> = SUBDOMAINS
        .iter()
        .map(|subdomain| (*subdomain, shared.get(subdomain).map_or(0, Vec::len)))
        .collect();
    assert_eq!(found, SHARED_FILES, "a figure may only shrink: {shared:#?}");
}

#[test]
fn a_name_differs_from_a_part_of_one() {
    for (text, named) in [
        ("use domain::handling::HandlingType;", true),
        ("mod handling;", true),
        (r#"include_str!("../messages/en/handling.ftl"),"#, true),
        ("use crate::mishandling::X;", false),
        ("// handling::HandlingType", false),
        ("let handling = 1;", false),
    ] {
        assert_eq!(names(text, "handling"), named, "{text}");
    }
}
