//! JSON Feed 1.1 (<https://jsonfeed.org/version/1.1>). Addresses are relative to the page.

use super::items::{Content, Item, Page, urn};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: String,
    feed_url: &'a str,
    /// The older page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    items: Vec<JsonItem<'a>>,
    _plimsoll: Extension<'a>,
}

/// What Atom says with RFC 5005.
#[derive(Serialize)]
struct Extension<'a> {
    about: &'static str,
    id: String,
    page: u64,
    archive: bool,
    links: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: String,
    url: &'a str,
    title: String,
    content_text: String,
    date_published: String,
    authors: [Author<'a>; 1],
    tags: Vec<&'a str>,
    _plimsoll: Details<'a>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Details<'a> {
    number: u64,
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    /// Where the data is, if it is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    dataref: Option<&'a str>,
}

/// The meaning of our own members.
const ABOUT: &str = "docs/API.md";

/// Writes a page, newest item first.
pub(super) fn write(page: &Page) -> Vec<u8> {
    let links = page.links();
    let links: BTreeMap<_, _> = links
        .iter()
        .map(|(rel, href)| (*rel, href.as_str()))
        .collect();
    let feed = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: page.title(),
        feed_url: links["self"],
        next_url: links.get("next").copied(),
        items: page.items.iter().rev().map(item).collect(),
        _plimsoll: Extension {
            about: ABOUT,
            id: urn(page.feed_id()),
            page: page.number,
            archive: page.is_full(),
            links: links.clone(),
        },
    };
    serde_json::to_vec(&feed).expect("a page can be written")
}

fn item(item: &Item) -> JsonItem<'_> {
    let subject = item.subject.as_deref();
    let (data, dataref) = match &item.content {
        Content::None => (None, None),
        Content::Json(json) => (Some(&**json), None),
        Content::AtHref => (None, Some(item.href.as_str())),
    };
    JsonItem {
        id: urn(item.id),
        url: &item.href,
        title: item.title(),
        content_text: format!("Position {}", item.position),
        date_published: item.recorded_at.to_string(),
        authors: [Author { name: &item.actor }],
        tags: item.tags().collect(),
        _plimsoll: Details {
            number: item.number,
            position: item.position,
            subject,
            data,
            dataref,
        },
    }
}
