//! Comments say what names cannot. The lint `missing_docs` would also demand a comment for fields
//! that explain themselves, so these tests take its place.

use super::{root, rust_files};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Visibility};

/// Words that add nothing to a name.
const FILLERS: &[&str] = &["a", "an", "its", "of", "s", "the", "this"];

/// Derives that turn comments into texts for people: the API description and the help.
const SHOWN: &[&str] = &["ToSchema", "Args", "Parser", "Subcommand", "ValueEnum"];

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    let is_test = |path: &Path| {
        path.iter()
            .any(|part| part == "tests" || part == "tests.rs")
    };
    files.retain(|path| !is_test(path));
    files
}

/// Collects public items without a comment.
struct Uncommented(Vec<String>);

impl Uncommented {
    fn check(&mut self, visibility: &Visibility, attributes: &[Attribute], name: &syn::Ident) {
        let is_public = matches!(visibility, Visibility::Public(_));
        let has_comment = attributes.iter().any(|a| a.path().is_ident("doc"));
        if is_public && !has_comment {
            self.0.push(name.to_string());
        }
    }
}

impl<'a> Visit<'a> for Uncommented {
    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.check(&item.vis, &item.attrs, &item.ident);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.check(&item.vis, &item.attrs, &item.ident);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.check(&item.vis, &item.attrs, &item.ident);
        for part in &item.items {
            if let syn::TraitItem::Fn(method) = part {
                self.check(&item.vis, &method.attrs, &method.sig.ident);
            }
        }
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.check(&item.vis, &item.attrs, &item.sig.ident);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.check(&item.vis, &item.attrs, &item.ident);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.check(&item.vis, &item.attrs, &item.ident);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if item.trait_.is_none() {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.check(&item.vis, &item.attrs, &item.sig.ident);
    }
}

#[test]
fn every_public_item_has_a_comment() {
    for layer in ["domain", "application", "infrastructure"] {
        let own = root().join("crates").join(layer);
        for file in sources().into_iter().filter(|file| file.starts_with(&own)) {
            let text = std::fs::read_to_string(&file).expect("text");
            let mut found = Uncommented(Vec::new());
            found.visit_file(&syn::parse_file(&text).expect("Rust"));
            assert!(found.0.is_empty(), "{}: {:?}", file.display(), found.0);
        }
    }
}

/// A word in its singular form, in lowercase.
fn singular(word: &str) -> String {
    let word = word.to_lowercase();
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(&word).to_owned(),
    }
}

/// The words of a name: `arrival_deadline` and `ArrivalDeadline` have two.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(if letter.is_alphanumeric() {
            letter
        } else {
            ' '
        });
    }
    spaced.split_whitespace().map(singular).collect()
}

/// Whether every word of a comment is in the name, apart from fillers.
fn only_repeats(comment: &str, name: &str) -> bool {
    let known = words(name);
    let mut said = comment.split(|c: char| !c.is_alphanumeric());
    said.all(|word| {
        let is_filler = word.is_empty() || FILLERS.contains(&word.to_lowercase().as_str());
        is_filler || known.contains(&singular(word))
    })
}

/// A line without `pub` or `pub(crate)`.
fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else {
        return line;
    };
    let scope = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    scope.map_or(rest, |(_, rest)| rest).trim_start()
}

/// The name of a field or variant that a line declares.
fn declared(line: &str) -> Option<&str> {
    let line = without_visibility(line);
    let end = line.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    let is_declared = rest.starts_with([':', ',', '(']);
    (!name.is_empty() && is_declared).then_some(name)
}

/// Comments in a file that only repeat the name of a field or variant.
fn repetitions(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_comment = |line: usize| lines.get(line).is_some_and(|line| line.starts_with("///"));
    let mut found = Vec::new();
    let mut is_shown = false;
    let mut is_rules = false;
    for (number, line) in lines.iter().enumerate() {
        let keyword = without_visibility(line).split(' ').next();
        if matches!(keyword, Some("struct" | "enum" | "trait" | "impl")) {
            let above = lines[..number].iter().rev();
            let mut above = above.take_while(|line| !line.is_empty() && **line != "}");
            is_shown = above.any(|line| SHOWN.iter().any(|derive| line.contains(derive)));
            is_rules = false;
        }
        is_rules |= line.contains("rules! {");
        let is_alone = !is_comment(number + 1) && (number == 0 || !is_comment(number - 1));
        if is_shown || is_rules || !is_alone {
            continue;
        }
        let Some(comment) = line.strip_prefix("/// ") else {
            continue;
        };
        let mut below = lines[number + 1..].iter();
        let next = below.find(|line| !line.starts_with("#["));
        if let Some(name) = next.and_then(|line| declared(line))
            && only_repeats(comment, name)
        {
            found.push(format!("{}: {comment}", number + 1));
        }
    }
    found
}

#[test]
fn no_comment_only_repeats_the_name_of_a_field() {
    let mut found = Vec::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).expect("text");
        let path = file.strip_prefix(root()).expect("a file of the workspace");
        let path = path.display();
        found.extend(
            repetitions(&text)
                .into_iter()
                .map(|at| format!("{path}:{at}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn repetitions_are_recognised() {
    for (comment, declaration, repeats) in [
        ("The cargo.", "pub cargo: TrackingId,", true),
        (
            "Its arrival deadlines",
            "pub(crate) arrival_deadline: Moment,",
            true,
        ),
        ("Cargoes.", "Cargoes(Filter),", true),
        ("A refused user.", "User,", false),
        ("The cargo's id.", "cargo: Uuid,", false),
    ] {
        let text = format!("struct X {{\n    /// {comment}\n    {declaration}\n}}\n");
        assert_eq!(!repetitions(&text).is_empty(), repeats, "{comment}");
    }
    let shown = "#[derive(ToSchema)]\nstruct X {\n    /// The cargo.\n    cargo: u8,\n}\n";
    assert!(repetitions(shown).is_empty());
}
