//! The list of consumers, and one consumer with what can be done about it.

use super::api::named;
use crate::limits::CURSOR_CHARS_MAX;
use crate::messages::refusal;
use crate::pages::PageRoute;
use crate::pages::filters::next_page;
use crate::pages::places::{People, Places};
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Visit};
use crate::pages::words::{count, distance};
use crate::state::Shared;
use application::consumers::{
    ConsumerView, PauseConsumer, RegisterConsumer, RemoveConsumer, ResetConsumer, ResumeConsumer,
    SkipConsumer,
};
use application::{About, Operation};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::Moment;
use domain::consumers::ConsumerStatus;
use domain::consumers::rules::ConsumerMustNotBePaused;

/// The list.
pub(crate) const LIST: &str = "/consumers";
/// One consumer.
const ONE: &str = "/consumers/{consumer}";

/// The pages.
pub(crate) const ROUTES: &[PageRoute] = &[
    PageRoute {
        path: LIST,
        methods: || get(list),
    },
    PageRoute {
        path: ONE,
        methods: || get(show),
    },
];

/// The number of consumers on a page.
const SHOWN: u64 = 50;

#[derive(Template)]
#[template(path = "consumers/consumers.html")]
struct ConsumersPage {
    shell: Shell,
    consumers: Vec<ConsumerRow>,
    head: String,
    next: Option<String>,
    may_register: bool,
}

/// A consumer in words.
struct ConsumerRow {
    name: String,
    owner: String,
    description: String,
    status: &'static str,
    is_forked: bool,
    position: u64,
    /// The position for people.
    shown: String,
    hash: String,
    /// How many entries it has not confirmed, and for how long the oldest has waited.
    behind: String,
    is_behind: bool,
    seen: String,
    /// What it reported, and when.
    error: Option<(String, String)>,
    /// Why its last confirmation was refused: the rule, the sentence, and when.
    refused: Option<(String, String, String)>,
}

impl ConsumerRow {
    fn new(own: &ConsumerView, now: Moment) -> Self {
        let description = own.description.as_ref();
        let entries = match own.lag_entries {
            0 => "up to date".to_owned(),
            1 => "1 entry".to_owned(),
            entries => format!("{} entries", count(entries)),
        };
        let waiting = match own.lag_entries {
            0 => None,
            _ => Some(waiting(own.lag_seconds)),
        };
        let seen = own.seen_at.map(|seen| distance(seen, now));
        let error = own.error.as_ref();
        // It was paused then and no longer is.
        let refused = own.refused.as_ref().filter(|refused| {
            own.status == ConsumerStatus::Paused
                || !refused.rejection.breaks(&ConsumerMustNotBePaused)
        });
        Self {
            name: own.consumer.to_string(),
            owner: own.owner.to_string(),
            description: description.map(ToString::to_string).unwrap_or_default(),
            status: own.status.word(),
            is_forked: own.is_forked,
            position: own.position,
            shown: count(own.position),
            hash: own.hash.to_string(),
            behind: match waiting {
                Some(waiting) => format!("{entries}, {waiting}"),
                None => entries,
            },
            is_behind: own.lag_entries > 0,
            seen: seen.unwrap_or_else(|| "never".to_owned()),
            error: error.map(|error| (error.text.to_string(), distance(error.at, now))),
            refused: refused.map(|refused| {
                let rejection = &refused.rejection;
                let said = refusal(rejection, &People(&Places::default()));
                (rejection.rule.to_string(), said, distance(refused.at, now))
            }),
        }
    }
}

/// For how long an entry has waited.
fn waiting(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The list.
async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell("Consumers");
    shell.live = visit.live("");
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let found = visit.reading.consumers(cursor.as_deref(), SHOWN).await?;
    let now = visit.now;
    let rows = found.items.iter();
    let template = ConsumersPage {
        next: next_page(&parts, found.next.as_deref()),
        consumers: rows.map(|own| ConsumerRow::new(own, now)).collect(),
        head: count(found.position),
        may_register: visit.may_run(&RegisterConsumer::ABOUT),
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "consumers/consumer.html")]
struct ConsumerPage {
    shell: Shell,
    consumer: ConsumerRow,
    head: String,
    /// The forms of what the reader may do: address and label.
    acts: Vec<(String, &'static str)>,
    is_removed: bool,
    may_register: bool,
}

/// The acts on a consumer, by its status.
fn acts(status: ConsumerStatus) -> &'static [(&'static About, &'static str)] {
    match status {
        ConsumerStatus::Active => &[
            (&PauseConsumer::ABOUT, "Pause"),
            (&ResetConsumer::ABOUT, "Reset"),
            (&SkipConsumer::ABOUT, "Skip entries"),
            (&RemoveConsumer::ABOUT, "Remove"),
        ],
        ConsumerStatus::Paused => &[
            (&ResumeConsumer::ABOUT, "Resume"),
            (&ResetConsumer::ABOUT, "Reset"),
            (&SkipConsumer::ABOUT, "Skip entries"),
            (&RemoveConsumer::ABOUT, "Remove"),
        ],
        ConsumerStatus::Removed => &[],
    }
}

/// One consumer.
async fn show(
    State(site): State<Shared>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let view = visit.reading.consumer(&named(&name)?).await?;
    let mut shell = visit.shell(view.consumer.as_str());
    shell.live = visit.live("");
    let may_manage = visit.reading.may_manage_consumer(&view.consumer).await?;
    let acts = acts(view.status).iter().filter(|_| may_manage);
    let template = ConsumerPage {
        acts: acts
            .map(|(about, label)| {
                let form = format!("/operations/{}?consumer={}", about.name, view.consumer);
                (form, *label)
            })
            .collect(),
        head: count(visit.reading.position()),
        consumer: ConsumerRow::new(&view, visit.now),
        is_removed: view.status == ConsumerStatus::Removed,
        may_register: visit.may_run(&RegisterConsumer::ABOUT),
        shell,
    };
    visit.answer(&template)
}
