//! The cost of a subdomain outside its own modules: the shared source files that name it. The list
//! may only shrink.

use super::{SUBDOMAINS, root, rust_files};
use std::collections::BTreeMap;
use std::path::Path;

/// The shared files, in all crates, that name modules of subdomains, with the reason. A file that
/// could loop over the list of rooms does not belong here.
const SHARED: &[(&str, &[&str], &str)] = &[
    (
        "application/src/about.rs",
        &["access"],
        "the roles that may run an operation",
    ),
    (
        "application/src/caller.rs",
        &["access"],
        "the token of a caller",
    ),
    (
        "application/src/input/strict.rs",
        &["voyages", "booking"],
        "codes that are read without small letters",
    ),
    (
        "application/src/lanes.rs",
        &["access"],
        "all tokens of a user share",
    ),
    ("application/src/lib.rs", SUBDOMAINS, "the list of rooms"),
    (
        "application/src/pipeline/batch.rs",
        &["access"],
        "who calls",
    ),
    (
        "application/src/pipeline/sequencer.rs",
        &["access"],
        "how far the clock may be ahead",
    ),
    (
        "application/src/queries.rs",
        &["booking", "access"],
        "who reads, and the timetable that all route searches share",
    ),
    ("application/src/queries/log.rs", &["access"], "who reads"),
    (
        "application/src/queries/permits.rs",
        &["access"],
        "who reads",
    ),
    (
        "application/src/queries/viewed.rs",
        &["customers", "access"],
        "who reads, and a customer sees only its own data",
    ),
    (
        "application/src/room.rs",
        &["customers"],
        "a customer sees only its own data",
    ),
    (
        "application/src/schema.rs",
        &["handling", "access"],
        "the words of roles and handling types in schemas",
    ),
    (
        "application/src/schema/special.rs",
        &["voyages"],
        "the words of classes of dangerous goods in schemas",
    ),
    ("application/src/verify/past.rs", &["access"], "who called"),
    (
        "application/src/verify/replay.rs",
        &["access"],
        "the version of the policy",
    ),
    (
        "application/src/work/judgement.rs",
        &["access"],
        "who calls",
    ),
    (
        "application/src/work/unit_of_work.rs",
        &["access"],
        "who calls",
    ),
    (
        "domain/src/fact.rs",
        &["locations"],
        "a location in a refusal is shown by name",
    ),
    (
        "domain/src/lib.rs",
        SUBDOMAINS,
        "the list of kinds, events and rules",
    ),
    ("domain/src/log/entry.rs", &["access"], "who called"),
    ("infrastructure/src/lib.rs", SUBDOMAINS, "the list of rooms"),
    (
        "infrastructure/src/migrations/add_handling.rs",
        &["voyages", "handling"],
        "a migration of an earlier release",
    ),
    (
        "infrastructure/src/migrations/add_sessions.rs",
        &["voyages"],
        "a migration of an earlier release",
    ),
    (
        "infrastructure/src/migrations/create_tables.rs",
        &["locations", "customers", "voyages"],
        "a migration of an earlier release",
    ),
    (
        "infrastructure/src/migrations/fold_searches.rs",
        &["locations", "customers"],
        "a migration of an earlier release",
    ),
    (
        "infrastructure/src/migrations/spell_saints.rs",
        &["voyages"],
        "a migration of an earlier release",
    ),
    (
        "web/src/api/catalogue.rs",
        &["access"],
        "the roles that may run an operation",
    ),
    (
        "web/src/api/operations.rs",
        &["access"],
        "customers learn no position of others",
    ),
    (
        "web/src/cli/import.rs",
        &["locations", "handling"],
        "the commands that import locations and handling events",
    ),
    (
        "web/src/cli/operations.rs",
        &["access"],
        "the roles that may run an operation",
    ),
    (
        "web/src/cli/token.rs",
        &["access"],
        "the command that issues a token",
    ),
    (
        "web/src/demo.rs",
        &["customers"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/containers.rs",
        &["booking"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/people.rs",
        &["access"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/story.rs",
        &["customers"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/traffic.rs",
        &["customers"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/traffic/clerks.rs",
        &["customers"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/traffic/looking_after.rs",
        &["handling"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/traffic/quay.rs",
        &["handling"],
        "the sample world plays all of them",
    ),
    (
        "web/src/demo/world.rs",
        &["customers"],
        "the sample world plays all of them",
    ),
    ("web/src/headers.rs", &["access"], "the token of a caller"),
    ("web/src/lib.rs", SUBDOMAINS, "the list of rooms"),
    (
        "web/src/messages.rs",
        &["locations"],
        "a location in a sentence is shown by name",
    ),
    (
        "web/src/openapi/operations.rs",
        &["access"],
        "the roles that may run an operation",
    ),
    (
        "web/src/pages/changes.rs",
        &["locations"],
        "a location in a change is shown by name",
    ),
    (
        "web/src/pages/gate.rs",
        &["access"],
        "sessions and passwords",
    ),
    (
        "web/src/pages/log_target.rs",
        &["booking"],
        "the search for a cargo",
    ),
    (
        "web/src/pages/map.rs",
        &["locations"],
        "the map draws locations",
    ),
    (
        "web/src/pages/operations.rs",
        &["access"],
        "the roles that may run an operation",
    ),
    (
        "web/src/pages/overview.rs",
        &["voyages", "booking"],
        "the first page shows what needs attention in booking and on voyages",
    ),
    (
        "web/src/pages/places.rs",
        &["locations"],
        "the names of locations on pages",
    ),
    ("web/src/pages/visit.rs", &["access"], "who visits"),
    (
        "web/src/reference.rs",
        &["locations"],
        "the packaged locations",
    ),
];

/// Whether a file belongs to a subdomain, by its own name or that of its folder.
fn is_own(path: &Path, subdomain: &str) -> bool {
    path.iter().any(|part| {
        let part = part.to_string_lossy();
        let part = part.strip_suffix(".rs").unwrap_or(&part);
        part == subdomain || part.starts_with(&format!("{subdomain}_"))
    })
}

/// Whether a text names a module of a subdomain, `handling::` or `mod handling;`, its file of
/// messages, `handling.ftl`, or the subdomain or its pages in quotes, `"handling"` or `"/handling`.
/// Tests inside the file do not count.
fn names(text: &str, subdomain: &str) -> bool {
    let text = text.split("#[cfg(test)]\nmod tests {").next();
    let code = text.unwrap_or_default().lines();
    let code = code.filter(|line| !line.trim_start().starts_with("//"));
    let is_word_before = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_word_after =
        |after: &str| after.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c));
    code.into_iter().any(|line| {
        let path = format!("{subdomain}::");
        let mut found = line.match_indices(&path);
        let mut quoted = [format!("\"{subdomain}"), format!("\"/{subdomain}")]
            .into_iter()
            .flat_map(|start| {
                line.match_indices(&start)
                    .map(|(at, own)| at + own.len())
                    .collect::<Vec<_>>()
            });
        found.any(|(at, _)| !is_word_before(&line[..at]))
            || quoted.any(|end| !is_word_after(&line[end..]))
            || line.contains(&format!("mod {subdomain};"))
            || line.contains(&format!("/{subdomain}.ftl"))
    })
}

#[test]
fn subdomains_are_named_only_where_it_is_listed() {
    let crates = root().join("crates");
    let mut files = Vec::new();
    rust_files(&crates, &mut files);
    let is_test = |path: &Path| {
        path.iter()
            .any(|part| part == "tests" || part == "tests.rs")
    };
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| !is_test(file)) {
        let path = file.strip_prefix(&crates).expect("a file of a crate");
        let text = std::fs::read_to_string(file).expect("text");
        if SUBDOMAINS.iter().any(|subdomain| is_own(path, subdomain)) {
            continue;
        }
        let named = SUBDOMAINS
            .iter()
            .filter(|subdomain| names(&text, subdomain));
        let named: Vec<_> = named.copied().collect();
        if !named.is_empty() {
            found.insert(path.display().to_string(), named);
        }
    }
    let listed = SHARED.iter().map(|(file, named, reason)| {
        assert!(!reason.is_empty(), "{file} needs a reason");
        ((*file).to_owned(), named.to_vec())
    });
    let listed: BTreeMap<_, _> = listed.collect();
    let new: Vec<_> = found
        .iter()
        .filter(|(file, named)| listed.get(*file) != Some(*named))
        .collect();
    let gone: Vec<_> = listed
        .keys()
        .filter(|file| !found.contains_key(*file))
        .collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "not listed like this: {new:#?}\nno longer named: {gone:#?}"
    );
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
        (r#"if subdomain == "handling" {"#, true),
        (r#"href.starts_with("/handling?")"#, true),
        (r#""handling-import""#, false),
        (r#""mishandling""#, false),
    ] {
        assert_eq!(names(text, "handling"), named, "{text}");
    }
}
