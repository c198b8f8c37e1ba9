//! Functions and files have a ceiling. Functions above it are listed, and the list may only shrink.
//! Tests are not counted: a table of cases is as long as its cases.

use super::{root, rust_files};
use proc_macro2::Span;
use std::collections::BTreeMap;
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ItemMod, Signature, TraitItemFn};

/// The most lines of a function, from its name to its last brace.
const FUNCTION_LINES_MAX: usize = 70;
/// The most lines of a source file.
const FILE_LINES_MAX: usize = 600;

/// The functions above the ceiling, with their lines.
const LONG_FUNCTIONS: &[(&str, usize)] = &[];

/// The line where a token stands.
fn line(token: Span) -> usize {
    token.start().line
}

/// The functions of a file above the ceiling.
struct Long<'f> {
    file: &'f str,
    found: BTreeMap<String, usize>,
}

impl Long<'_> {
    fn note(&mut self, name: &Signature, body: &Block) {
        let last = line(body.brace_token.span.close());
        let lines = last + 1 - line(name.fn_token.span);
        if lines > FUNCTION_LINES_MAX {
            let name = format!("{}: {}", self.file, name.ident);
            self.found.insert(name, lines);
        }
    }
}

impl<'ast> Visit<'ast> for Long<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"))
        {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.note(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// The functions above the ceiling in a source text.
fn long(file: &str, text: &str) -> BTreeMap<String, usize> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut long = Long {
        file,
        found: BTreeMap::new(),
    };
    long.visit_file(&parsed);
    long.found
}

/// All source files below some folders, with their paths in the repository.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in folders {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50);
    let read = |file: &Path| {
        let path = file.strip_prefix(root()).expect("a file of the repository");
        let text = std::fs::read_to_string(file).expect("text");
        (path.display().to_string(), text)
    };
    files.iter().map(|file| read(file)).collect()
}

#[test]
fn no_function_is_above_the_ceiling() {
    let is_test = |file: &str| file.contains("/tests/") || file.ends_with("/tests.rs");
    let mut found = BTreeMap::new();
    for (file, text) in sources(&["crates"]) {
        if !is_test(&file) {
            found.extend(long(&file, &text));
        }
    }
    let listed = LONG_FUNCTIONS
        .iter()
        .map(|(name, lines)| ((*name).to_owned(), *lines));
    assert_eq!(
        found,
        listed.collect(),
        "split what is new; take out of the list what was split"
    );
}

#[test]
fn no_source_file_is_above_the_ceiling() {
    for (file, text) in sources(&["crates", "tests"]) {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{file} has {lines} lines");
    }
}

#[test]
fn lines_are_counted_from_the_name_to_the_brace() {
    let body = "    step();\n";
    for (lines, is_long) in [(68, false), (69, true)] {
        for (before, after) in [
            ("", ""),
            ("impl Ship {\n", "}\n"),
            ("trait Floats {\n", "}\n"),
            ("mod ship {\n", "}\n"),
        ] {
            let of_trait = before.starts_with("trait") || before.starts_with("impl");
            let receiver = if of_trait { "&self" } else { "" };
            let text = format!(
                "{before}/// Sails.\nfn sail({receiver}) {{\n{}}}\n{after}",
                body.repeat(lines)
            );
            assert_eq!(
                !long("ship.rs", &text).is_empty(),
                is_long,
                "{before}{lines}"
            );
        }
    }
}

#[test]
fn tests_are_not_counted() {
    let text = format!(
        "#[cfg(test)]\nmod tests {{ fn cases() {{\n{}}} }}",
        "step();\n".repeat(90)
    );
    assert!(long("ship.rs", &text).is_empty());
}
