//! Atom (RFC 4287), with archives and paged feeds (RFC 5005).

use super::items::{Content, Item, Page, urn};
use atom_syndication as atom;
use std::collections::BTreeMap;

/// The namespace of RFC 5005.
const HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// Writes a page, newest item first.
pub(super) fn write(page: &Page) -> Vec<u8> {
    let links = page.links().into_iter();
    let mut feed = atom::Feed {
        title: page.title().into(),
        id: urn(page.feed_id()),
        updated: page
            .updated
            .map_or_else(Default::default, |at| at.to_chrono().into()),
        links: links.map(|(rel, href)| link(rel, href)).collect(),
        entries: page.items.iter().rev().map(entry).collect(),
        ..atom::Feed::default()
    };
    if page.is_full() {
        let archive = atom::extension::Extension {
            name: "fh:archive".to_owned(),
            ..Default::default()
        };
        let elements = BTreeMap::from([("archive".to_owned(), vec![archive])]);
        feed.namespaces.insert("fh".to_owned(), HISTORY.to_owned());
        feed.extensions.insert("fh".to_owned(), elements);
    }
    feed.write_to(Vec::new()).expect("memory can be written to")
}

fn entry(item: &Item) -> atom::Entry {
    let at = item.recorded_at.to_chrono().into();
    let content = match &item.content {
        Content::None => None,
        // Other media types than text would have to be written in Base64.
        Content::Json(json) => Some(atom::Content {
            value: Some(printable(json.get())),
            content_type: Some("text".to_owned()),
            ..atom::Content::default()
        }),
        Content::AtHref => Some(atom::Content {
            src: Some(item.href.clone()),
            content_type: Some("application/json".to_owned()),
            ..atom::Content::default()
        }),
    };
    atom::Entry {
        id: urn(item.id),
        title: printable(&item.title()).into(),
        updated: at,
        published: Some(at),
        authors: vec![atom::Person {
            name: printable(&item.actor),
            ..atom::Person::default()
        }],
        categories: item
            .tags()
            .map(|term| atom::Category {
                term: term.to_owned(),
                ..atom::Category::default()
            })
            .collect(),
        links: vec![link("alternate", item.href.clone())],
        summary: Some(format!("Position {}", item.position).into()),
        content,
        ..atom::Entry::default()
    }
}

fn link(rel: &str, href: String) -> atom::Link {
    let mime_type = match rel {
        "alternate" => "application/json",
        _ => "application/atom+xml",
    };
    atom::Link {
        href,
        rel: rel.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        ..atom::Link::default()
    }
}

/// Writes the characters that XML cannot contain as JSON escapes: in JSON they are the same text.
fn printable(text: &str) -> String {
    let is_forbidden = |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match is_forbidden(c) {
            true => written.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_forbids_are_escaped() {
        assert_eq!(printable("a\tb\n<é>"), "a\tb\n<é>");
        assert_eq!(printable("\u{1}\u{ffff}"), "\\u0001\\uffff");
    }
}
