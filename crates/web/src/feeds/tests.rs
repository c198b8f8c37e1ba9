//! The bytes of full pages. The files in `golden` are never written again: caches keep such pages for
//! ever, and they must be the same in every release.

use super::accept::Profile;
use super::items::{Page, Place};
use super::{atom, cloud_events, json_feed};
use application::queries::{EntryView, FeedChange, FeedPage};
use domain::log::HistoryRow;
use domain::{Kind, Moment};
use serde_json::value::RawValue;
use std::path::Path;
use uuid::Uuid;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).expect("JSON")
}

fn entry(position: u64) -> EntryView {
    let recorded_at: Moment = "2027-03-01T12:00:00.000001Z".parse().expect("a time");
    EntryView {
        position,
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(position)),
        operation: "correct-location".to_owned(),
        version: 1,
        subdomain: "locations".to_owned(),
        target: (position != 3).then(|| "location:NLRTM".to_owned()),
        actor: "user:anna".to_owned(),
        caused_by: (position == 5).then_some(4),
        reactor: (position == 5).then(|| "a-reactor".to_owned()),
        reactor_ordinal: (position == 5).then_some(0),
        input: raw(r#"{"name":"Rotterdam <\"&\">"}"#),
        events: raw(r#"[{"type":"LocationCorrected","location":"NLRTM"}]"#),
        outcome: raw("{}"),
        recorded_at: recorded_at.plus_minutes(position.cast_signed()),
        program: "plimsoll 0.1.0 (0123456)".to_owned(),
        hash: "ab".repeat(32),
    }
}

/// A change of a location. Number 7 is too large to be on the page.
fn change(number: u64) -> FeedChange {
    let entry = entry(number * 2);
    let note = match number {
        7 => "x".repeat(70_000),
        _ => "A port\u{ffff} & more".to_owned(),
    };
    FeedChange {
        name: "NLRTM".to_owned(),
        row: HistoryRow {
            kind: Kind::Location,
            sequence: number,
            id: Uuid::from_u128(7),
            version: number,
            position: entry.position,
            recorded_at: entry.recorded_at,
            state: format!(r#"{{"note":"{note}"}}"#),
        },
        entry,
    }
}

fn place(feed: &'static str) -> Place {
    Place {
        feed,
        origin: Uuid::from_u128(1),
        is_numbered: true,
    }
}

fn changes(numbers: std::ops::RangeInclusive<u64>, page: u64) -> FeedPage<FeedChange> {
    FeedPage {
        number: page,
        items: numbers.map(change).collect(),
        before: None,
    }
}

#[track_caller]
fn check(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/feeds/golden");
    let golden = std::fs::read(path.join(name)).unwrap_or_default();
    let first = bytes
        .iter()
        .zip(&golden)
        .position(|(own, kept)| own != kept);
    let first = first.unwrap_or_else(|| bytes.len().min(golden.len()));
    assert!(bytes == golden, "{name} differs from byte {first} on");
}

#[test]
fn full_pages_are_the_same_in_every_release() {
    for profile in [Profile::Id, Profile::Snapshot, Profile::Change] {
        let page = changes(21..=40, 2);
        let page = Page::of_changes(page, place("locations"), "/api/locations/{code}", profile);
        let word = profile.word();
        check(&format!("locations-{word}.xml"), &atom::write(&page));
        check(
            &format!("locations-{word}.feed.json"),
            &json_feed::write(&page),
        );
        check(
            &format!("locations-{word}.events.json"),
            &cloud_events::write(&page),
        );
    }
    let entries = FeedPage {
        number: 1,
        items: (1..=20).map(entry).collect(),
        before: None,
    };
    let page = Page::of_log(entries, place("log"), Profile::Snapshot);
    check("log.xml", &atom::write(&page));
    check("log.feed.json", &json_feed::write(&page));
    check("log.events.json", &cloud_events::write(&page));
}

#[test]
fn a_large_state_goes_by_reference() {
    let page = changes(7..=7, 1);
    let page = Page::of_changes(
        page,
        place("locations"),
        "/api/locations/{code}",
        Profile::Snapshot,
    );
    let there = "../../../api/locations/NLRTM?at=14";
    for text in [
        atom::write(&page),
        json_feed::write(&page),
        cloud_events::write(&page),
    ] {
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(text.contains(there) && text.len() < 4_000, "{text}");
    }
}

#[test]
fn a_page_links_to_its_neighbours() {
    let links = |numbers, page, is_numbered| {
        let own = Place {
            is_numbered,
            ..place("locations")
        };
        let page = Page::of_changes(
            changes(numbers, page),
            own,
            "/api/locations/{code}",
            Profile::Id,
        );
        let links = page.links().into_iter();
        let links: Vec<_> = links.map(|(rel, href)| format!("{rel} {href}")).collect();
        links.join(", ")
    };
    let newest = "current ../../../feeds/locations";
    assert_eq!(
        links(1..=20, 1, true),
        format!("self 1, {newest}, next-archive 2, previous 2")
    );
    assert_eq!(
        links(21..=40, 2, true),
        format!("self 2, {newest}, prev-archive 1, next 1, next-archive 3, previous 3")
    );
    assert_eq!(
        links(41..=42, 3, true),
        format!("self 3, {newest}, prev-archive 2, next 2")
    );
    assert_eq!(
        links(41..=42, 3, false),
        "self ../feeds/locations, current ../feeds/locations, prev-archive locations/pages/2, \
         next locations/pages/2"
    );
}
