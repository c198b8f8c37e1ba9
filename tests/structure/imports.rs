//! No import loops between the files of a crate, except those listed here with a reason. The list
//! may only shrink: an entry that is no longer a loop fails the test too.

use super::{root, rust_files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Item, ItemMod, UseTree, Visibility};

/// A module's path within its crate.
type Module = Vec<String>;

/// Files with one line for each of many other files, which name them in turn. Their imports do not
/// count.
const LISTS: &[(&str, &str, &str)] = &[(
    "web",
    "rooms",
    "what a subdomain provides: each part has its type where it is used",
)];

/// The remaining loops, by their files.
const LOOPS: &[(&str, &[&str], &str)] = &[
    (
        "application",
        &["booking::find_routes", "queries"],
        "finding routes is a query of booking, which all queries offer",
    ),
    (
        "infrastructure",
        &["bulk", "session"],
        "a session runs statements, and bulk statements run in sessions",
    ),
    (
        "application",
        &["verify::past", "verify::replay"],
        "a replay decides on past states, and keeps those that it reads",
    ),
    (
        "web",
        &["headers", "problem"],
        "a header that cannot be read is a problem, and problems have headers",
    ),
    (
        "web",
        &["outside", "pages::gate", "state"],
        "the gate stands in the state of the server",
    ),
    (
        "web",
        &[
            "access::pages::sign_in",
            "pages::changes",
            "pages::done",
            "pages::form::entered",
            "pages::saved_form",
            "pages::visit",
        ],
        "a visit reads what was sent, and shows what was done and what has changed",
    ),
    (
        "web",
        &[
            "demo::calls",
            "demo::containers",
            "demo::story",
            "demo::trouble",
            "demo::world",
        ],
        "parts of one story",
    ),
];

/// The imports of a file, as written.
#[derive(Default)]
struct Imports {
    used: Vec<Module>,
    exported: Vec<Module>,
}

impl Imports {
    fn tree(&mut self, tree: &UseTree, before: &Module, is_export: bool) {
        let with = |name: &syn::Ident| [before.clone(), vec![name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident), is_export),
            UseTree::Group(group) => {
                let each = group.items.iter();
                each.for_each(|tree| self.tree(tree, before, is_export));
            }
            UseTree::Name(name) => self.add(with(&name.ident), is_export),
            UseTree::Rename(name) => self.add(with(&name.ident), is_export),
            UseTree::Glob(_) => self.add(before.clone(), is_export),
        }
    }

    fn add(&mut self, path: Module, is_export: bool) {
        match is_export {
            true => self.exported.push(path),
            false => self.used.push(path),
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        let is_test = |attribute: &syn::Attribute| attribute.path().is_ident("cfg");
        match item {
            Item::Use(import) => {
                let is_export = !matches!(import.vis, Visibility::Inherited);
                self.tree(&import.tree, &Vec::new(), is_export);
            }
            Item::Mod(ItemMod { attrs, .. }) if attrs.iter().any(is_test) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        let names: Module = names.collect();
        if names.len() > 1 && ["crate", "super"].contains(&names[0].as_str()) {
            self.used.push(names);
        }
        visit::visit_path(self, path);
    }
}

/// A path from the root of the crate, or `None` if it leads out of the crate.
fn absolute(path: &[String], of: &[String]) -> Option<Module> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([of, &path[1..]].concat()),
        "super" => Some([&of[..of.len().checked_sub(ups)?], &path[ups..]].concat()),
        _ => None,
    }
}

struct Crate {
    imports: BTreeMap<Module, Imports>,
    /// The names that a module re-exports, and their origins.
    exports: BTreeMap<Module, Module>,
}

impl Crate {
    fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        rust_files(folder, &mut files);
        let mut imports = BTreeMap::new();
        for file in files {
            let path = file.strip_prefix(folder).expect("a file of the crate");
            let path = path.with_extension("");
            let mut module: Module = path
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            if module.iter().any(|part| part == "tests") {
                continue;
            }
            if module == ["lib"] || module == ["main"] {
                module.clear();
            }
            let text = std::fs::read_to_string(&file).expect("text");
            let parsed = syn::parse_file(&text).expect("Rust");
            let mut found = Imports::default();
            found.visit_file(&parsed);
            imports.insert(module, found);
        }
        let mut exports = BTreeMap::new();
        for (module, found) in &imports {
            for path in &found.exported {
                let from = absolute(path, module)
                    .unwrap_or_else(|| [module.as_slice(), path.as_slice()].concat());
                if let Some(name) = path.last() {
                    exports.insert([module.clone(), vec![name.clone()]].concat(), from);
                }
            }
        }
        Self { imports, exports }
    }

    /// The file that a path leads to.
    fn file(&self, mut path: Module, steps: usize) -> Module {
        let is_export = |len: &usize| {
            let front = &path[..*len];
            !self.imports.contains_key(front) && self.exports.contains_key(front)
        };
        let export = (1..=path.len()).rev().find(is_export);
        if let Some(len) = export.filter(|_| steps > 0) {
            let from = self.exports[&path[..len]].clone();
            return self.file([from, path[len..].to_vec()].concat(), steps - 1);
        }
        while !self.imports.contains_key(&path) {
            path.pop();
        }
        path
    }

    /// Which file imports which. Imports from the modules above and below a file follow from how
    /// modules are divided and do not count.
    fn edges(&self, lists: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut edges = BTreeMap::new();
        for (module, found) in &self.imports {
            let name = module.join("::");
            let to: &mut BTreeSet<String> = edges.entry(name.clone()).or_default();
            if lists.contains(&name.as_str()) {
                continue;
            }
            for path in &found.used {
                let Some(path) = absolute(path, module) else {
                    continue;
                };
                let file = self.file(path, 5);
                if !module.starts_with(&file) && !file.starts_with(module) {
                    to.insert(file.join("::"));
                }
            }
        }
        edges
    }
}

/// The files that reach each file and that it reaches.
fn loops(edges: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<BTreeSet<String>> {
    let reached = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(file) = next.pop() {
            let to = edges[file].iter();
            next.extend(to.filter(|to| seen.insert((*to).clone())));
        }
        seen
    };
    let reached: BTreeMap<_, _> = edges.keys().map(|file| (file, reached(file))).collect();
    let in_loops = edges.keys().filter(|file| reached[file].contains(*file));
    in_loops
        .map(|file| {
            let both = |other: &&String| reached[other].contains(file);
            reached[file].iter().filter(both).cloned().collect()
        })
        .collect()
}

#[test]
fn files_import_each_other_in_no_loop_that_is_not_listed() {
    for name in ["domain", "application", "infrastructure", "web"] {
        let parsed = Crate::read(&root().join(format!("crates/{name}/src")));
        let lists = LISTS.iter().filter(|(of, ..)| *of == name);
        let lists: Vec<_> = lists.map(|(_, file, _)| *file).collect();
        let found = loops(&parsed.edges(&lists));
        let listed: BTreeSet<BTreeSet<String>> = LOOPS
            .iter()
            .filter(|(of, ..)| *of == name)
            .map(|(_, files, _)| files.iter().map(|file| (*file).to_owned()).collect())
            .collect();
        let new: Vec<_> = found.difference(&listed).collect();
        let gone: Vec<_> = listed.difference(&found).collect();
        assert!(
            new.is_empty() && gone.is_empty(),
            "{name}: new {new:#?}, gone {gone:#?}"
        );
    }
}

#[test]
fn a_loop_is_found() {
    let edge = |from: &str, to: &[&str]| {
        (
            from.to_owned(),
            to.iter().map(|to| (*to).to_owned()).collect(),
        )
    };
    let edges = BTreeMap::from([
        edge("a", &["b"]),
        edge("b", &["c"]),
        edge("c", &["b", "d"]),
        edge("d", &[]),
    ]);
    let expected = ["b", "c"].map(str::to_owned);
    assert_eq!(loops(&edges), BTreeSet::from([BTreeSet::from(expected)]));
}
