//! `plimsoll operations`

use super::{Stopped, say};
use crate::api::catalogue::roles;
use application::{About, catalogue};
use domain::access::Role;
use std::fmt::Write;

/// Options of `operations`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the document docs/OPERATIONS.md.
    #[arg(long)]
    markdown: bool,
}

/// Lists all operations.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let text = if arguments.markdown {
        markdown()
    } else {
        text()
    };
    say(text.trim_end());
    Ok(())
}

/// The roles that may run an operation, as text.
fn who(about: &About) -> String {
    let words: Vec<_> = roles(about).into_iter().map(Role::word).collect();
    let people = words.join(", ");
    match (about.who.system, about.who.owner_only) {
        (true, _) => format!("{people}; the system itself"),
        (false, true) => format!("{people}; of these only the owner, and admins"),
        (false, false) => people,
    }
}

fn text() -> String {
    let mut text = String::new();
    for definition in catalogue() {
        let about = definition.about;
        let (name, meaning, who) = (about.name, about.meaning, who(about));
        write!(text, "{name}\n    {meaning}\n    who: {who}\n").expect("a string takes all text");
    }
    text
}

/// The document docs/OPERATIONS.md.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Operations\n\n<!-- Written by `plimsoll operations --markdown`; a test compares. -->\n\n\
         Every change is an operation with a name that is unique in the system: `POST \
         /api/operations/{name}` with its input as JSON. Input and outcome in detail: `GET \
         /api/operations/{name}`, or the API description at `/api/docs`.\n",
    );
    let mut subdomain = "";
    for definition in catalogue() {
        let about = definition.about;
        if about.subdomain != subdomain {
            subdomain = about.subdomain;
            let mut chars = subdomain.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase()).into_iter();
            let heading: String = first.chain(chars).collect();
            write!(text, "\n## {heading}\n").expect("a string takes all text");
        }
        operation(&mut text, about);
    }
    text
}

fn operation(text: &mut String, about: &About) {
    let events: Vec<_> = about
        .events
        .iter()
        .map(|event| format!("`{event}`"))
        .collect();
    write!(
        text,
        "\n### `{}`\n\n{}\n\n- **Changes:** {}\n- **Effects:** {}\n- **Who:** {}\n- **Events:** {}\n",
        about.name,
        about.meaning,
        about.changes,
        about.effects,
        who(about),
        events.join(", "),
    )
    .expect("a string takes all text");
    if !about.rules.is_empty() {
        text.push_str("- **Refused by:**\n");
    }
    for rule in about.rules {
        writeln!(text, "  - `{}`: {}", rule.name, rule.meaning.trim())
            .expect("a string takes all text");
    }
}
