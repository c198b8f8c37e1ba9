//! A page and its items, before they are written in a format.

use super::accept::Profile;
use application::queries::{EntryView, FEED_PAGE_ITEMS, FeedChange, FeedPage};
use domain::Moment;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// Larger content goes by reference (bytes).
const CONTENT_BYTES_MAX: usize = 64 << 10;

/// Where a page is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The name of the feed.
    pub(super) feed: &'static str,
    /// The id of the first entry of the log.
    pub(super) origin: Uuid,
    /// Whether the page was asked for by its number, and not as the newest.
    pub(super) is_numbered: bool,
}

/// A page of any feed.
pub(super) struct Page {
    pub(super) place: Place,
    pub(super) number: u64,
    /// Oldest first.
    pub(super) items: Vec<Item>,
    /// When the last item on it or before it was recorded.
    pub(super) updated: Option<Moment>,
}

/// One item.
pub(super) struct Item {
    pub(super) id: Uuid,
    /// Its number in the feed, from 1, without gaps.
    pub(super) number: u64,
    /// The position of its log entry.
    pub(super) position: u64,
    pub(super) recorded_at: Moment,
    pub(super) operation: String,
    pub(super) actor: String,
    /// The thing that changed, as `kind:name`.
    pub(super) subject: Option<String>,
    /// The address of its content, relative to the page.
    pub(super) href: String,
    pub(super) content: Content,
}

/// What an item says.
pub(super) enum Content {
    /// Nothing, as asked.
    None,
    Json(Box<RawValue>),
    /// It is too large and stands at `href`.
    AtHref,
}

/// The state of a thing after a change.
#[derive(Serialize)]
struct Snapshot<'a> {
    kind: &'static str,
    id: Uuid,
    name: &'a str,
    version: u64,
    position: u64,
    recorded_at: Moment,
    operation: &'a str,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a RawValue>,
    state: &'a RawValue,
}

/// A log entry. Its form is frozen, unlike that of the same entry in the API.
#[derive(Serialize)]
struct LogEntry<'a> {
    position: u64,
    id: Uuid,
    operation: &'a str,
    version: u32,
    subdomain: &'a str,
    target: Option<&'a str>,
    actor: &'a str,
    caused_by: Option<u64>,
    input: &'a RawValue,
    events: &'a RawValue,
    outcome: &'a RawValue,
    recorded_at: Moment,
    program: &'a str,
    hash: &'a str,
}

impl Content {
    fn of(profile: Profile, json: impl FnOnce() -> Box<RawValue>) -> Self {
        if profile == Profile::Id {
            return Self::None;
        }
        let json = json();
        match json.get().len() <= CONTENT_BYTES_MAX {
            true => Self::Json(json),
            false => Self::AtHref,
        }
    }
}

fn json(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("an item can be written")
}

impl Page {
    /// A page of the log.
    pub(super) fn of_log(page: FeedPage<EntryView>, place: Place, profile: Profile) -> Self {
        let item = |entry: EntryView| {
            let content = Content::of(profile, || {
                json(&LogEntry {
                    position: entry.position,
                    id: entry.id,
                    operation: &entry.operation,
                    version: entry.version,
                    subdomain: &entry.subdomain,
                    target: entry.target.as_deref(),
                    actor: &entry.actor,
                    caused_by: entry.caused_by,
                    input: &entry.input,
                    events: &entry.events,
                    outcome: &entry.outcome,
                    recorded_at: entry.recorded_at,
                    program: &entry.program,
                    hash: &entry.hash,
                })
            });
            Item {
                id: entry.id,
                number: entry.position,
                position: entry.position,
                recorded_at: entry.recorded_at,
                href: place.within(&format!("/api/log/{}", entry.position)),
                operation: entry.operation,
                actor: entry.actor,
                subject: entry.target,
                content,
            }
        };
        Self::of(page, place, item)
    }

    /// A page of the changes of a kind. `thing` is the address of one thing: `/api/cargoes/{id}`.
    pub(super) fn of_changes(
        page: FeedPage<FeedChange>,
        place: Place,
        thing: &str,
        profile: Profile,
    ) -> Self {
        let list = thing.split('{').next().unwrap_or(thing);
        let item = |FeedChange { name, row, entry }: FeedChange| {
            let kind = row.kind.word();
            let own = format!("{kind}:{}", row.id);
            let content = Content::of(profile, || {
                let told = (profile == Profile::Change).then_some(&entry);
                let state = RawValue::from_string(row.state).expect("a state is JSON");
                json(&Snapshot {
                    kind,
                    id: row.id,
                    name: &name,
                    version: row.version,
                    position: row.position,
                    recorded_at: row.recorded_at,
                    operation: &entry.operation,
                    actor: &entry.actor,
                    caused_by: entry.caused_by,
                    input: told.map(|entry| &*entry.input),
                    events: told.map(|entry| &*entry.events),
                    outcome: told.map(|entry| &*entry.outcome),
                    state: &state,
                })
            });
            Item {
                id: Uuid::new_v5(&entry.id, own.as_bytes()),
                number: row.sequence,
                position: row.position,
                recorded_at: row.recorded_at,
                href: place.within(&format!("{list}{name}?at={}", row.position)),
                operation: entry.operation,
                actor: entry.actor,
                subject: Some(format!("{kind}:{name}")),
                content,
            }
        };
        Self::of(page, place, item)
    }

    fn of<T>(page: FeedPage<T>, place: Place, item: impl Fn(T) -> Item) -> Self {
        let items: Vec<_> = page.items.into_iter().map(item).collect();
        let newest = items.last().map(|item| item.recorded_at);
        Self {
            place,
            number: page.number,
            updated: newest.or(page.before),
            items,
        }
    }

    /// Whether it is complete and never changes.
    pub(super) fn is_full(&self) -> bool {
        self.items.len() as u64 == FEED_PAGE_ITEMS
    }

    /// The id of the whole feed.
    pub(super) fn feed_id(&self) -> Uuid {
        Uuid::new_v5(&self.place.origin, self.place.feed.as_bytes())
    }

    pub(super) fn title(&self) -> String {
        format!("Plimsoll: {}", self.place.feed)
    }

    /// Its links, relative to it (RFC 5005). A full page always links to the page after it, which may
    /// still be empty: a reader who walks from page to page needs no other link.
    pub(super) fn links(&self) -> Vec<(&'static str, String)> {
        let place = &self.place;
        let (older, newer) = (self.number.checked_sub(1), self.number.saturating_add(1));
        let older = older.filter(|number| *number > 0);
        let itself = match place.is_numbered {
            true => place.page(self.number),
            false => place.newest(),
        };
        let mut links = vec![("self", itself), ("current", place.newest())];
        if let Some(older) = older {
            links.push(("prev-archive", place.page(older)));
            links.push(("next", place.page(older)));
        }
        if self.is_full() {
            links.push(("next-archive", place.page(newer)));
            links.push(("previous", place.page(newer)));
        }
        links
    }
}

impl Place {
    /// The way from the page to an address of this server, which may have a path prefix.
    fn within(&self, path: &str) -> String {
        let up = match self.is_numbered {
            true => "../../..",
            false => "..",
        };
        format!("{up}{path}")
    }

    fn newest(&self) -> String {
        self.within(&format!("/feeds/{}", self.feed))
    }

    fn page(&self, number: u64) -> String {
        match self.is_numbered {
            true => number.to_string(),
            false => format!("{}/pages/{number}", self.feed),
        }
    }
}

/// An id as an IRI.
pub(super) fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

impl Item {
    /// What it can be found by: the operation and the kind.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        let subject = self.subject.as_deref();
        let kind = subject.and_then(|subject| subject.split(':').next());
        [Some(self.operation.as_str()), kind].into_iter().flatten()
    }

    pub(super) fn title(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{}: {}", self.operation, subject.replacen(':', " ", 1)),
            None => self.operation.clone(),
        }
    }
}
