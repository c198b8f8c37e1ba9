//! A batch of CloudEvents 1.0 in JSON, in the order in which they happened. Links are in the header
//! `Link`, because a batch has no place for them.

use super::items::{Content, Page};
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: String,
    /// The extension "sequence": the number in the feed.
    sequence: String,
    sequencetype: &'static str,
    position: String,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<&'static str>,
    /// The extension "dataref": where the data is, if it is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    dataref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

/// Writes a page, oldest item first.
pub(super) fn write(page: &Page) -> Vec<u8> {
    let events: Vec<_> = page
        .items
        .iter()
        .map(|item| {
            let (data, dataref) = match &item.content {
                Content::None => (None, None),
                Content::Json(json) => (Some(&**json), None),
                Content::AtHref => (None, Some(item.href.as_str())),
            };
            CloudEvent {
                specversion: "1.0",
                id: item.id.to_string(),
                source: format!("/feeds/{}", page.place.feed),
                kind: format!("plimsoll.{}", item.operation),
                subject: item.subject.as_deref(),
                time: item.recorded_at.to_string(),
                sequence: item.number.to_string(),
                sequencetype: "Integer",
                position: item.position.to_string(),
                actor: &item.actor,
                datacontenttype: data.map(|_| "application/json"),
                dataref,
                data,
            }
        })
        .collect();
    serde_json::to_vec(&events).expect("a page can be written")
}
