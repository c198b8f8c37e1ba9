//! How a thing came to be: its versions, latest first, with what each of them changed, who did it and
//! why.

use super::changes::{in_words, locations};
use super::places::{People, PeopleByName, Places};
use super::shell::Shell;
use super::stream::{actor, target};
use super::thing::{KindOnPages, VersionOnPages, kind_on_pages};
use super::visit::{Away, Visit};
use super::words;
use crate::ROOMS;
use crate::api::resources::impossible;
use crate::messages::Reader;
use crate::state::Shared;
use application::policy::Read;
use application::queries::MakerView;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::{Fact, Moment};
use std::collections::{BTreeMap, BTreeSet};

/// The history of one thing.
pub(crate) const ONE: &str = "/history/{kind}/{name}";

/// The number of versions on a page.
const SHOWN: u64 = 20;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    shell: Shell,
    title: String,
    /// The page of the thing itself.
    page: Option<String>,
    versions: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
    here: String,
    file: String,
}

/// A version in words.
pub(super) struct Row {
    pub(super) version: u64,
    /// The entry that made it, for readers of the log.
    pub(super) entry: Option<u64>,
    pub(super) title: String,
    /// The thing that the operation was about, with its page, if it is another.
    pub(super) about: Option<(String, Option<String>)>,
    pub(super) actor: Option<String>,
    pub(super) reason: Option<String>,
    /// The entry that a reactor reacted to, and the reactor.
    pub(super) cause: Option<(u64, String)>,
    pub(super) program: Option<String>,
    pub(super) time: String,
    machine: String,
    ago: String,
    pub(super) changes: Vec<Change>,
    then: Option<String>,
}

/// A fact before and after.
pub(super) struct Change {
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// The label of a fact that repeats the reason of the operation.
const REASON: &str = "Reason";

/// The address of the history of a `kind:name`, from a version back, for kinds that have one.
pub(crate) fn address(thing: &str, version: Option<u64>) -> Option<String> {
    let (kind, name) = thing.split_once(':')?;
    let known = kind_on_pages(kind).filter(|own| own.has_versions())?;
    let from = version.map(|version| format!("?before={}", version + 1));
    let word = known.kind().word();
    Some(format!(
        "/history/{word}/{name}{}",
        from.unwrap_or_default()
    ))
}

/// The history of one thing.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path((kind, name)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let before = visit.parameters.position("before");
    let Some(own) = kind_on_pages(&kind) else {
        return Err(impossible("kind", &kind, "is not one of those with a history").into());
    };
    let found = own.versions(&mut visit.reading, &name, before, SHOWN);
    let Some((versions, more)) = found.await? else {
        return Err(impossible(&kind, &name, "has no history").into());
    };
    let thing = format!("{kind}:{name}");
    let mut shell = visit.shell(&format!("History of {kind} {name}"));
    if before.is_none() {
        shell.live = visit.live(&thing);
    }
    let page = own.page(&name);
    let here = format!("/history/{kind}/{name}");
    let oldest = versions.last().map_or(0, |own| own.version);
    let newest = versions.first().map_or(0, |own| own.version);
    let mut rows = rows(&mut visit, versions, own, &name).await?;
    leave_out_repeated_programs(&mut rows);
    let template = HistoryPage {
        title: words::capitalized(&own.in_sentence(&mut visit.reading, &name).await?),
        versions: rows,
        newer: before.map(|_| format!("{here}?before={}", newest + SHOWN + 1)),
        older: more.then(|| format!("{here}?before={oldest}")),
        file: format!("/export/history.csv?kind={kind}&name={name}"),
        here,
        page,
        shell,
    };
    visit.answer(&template)
}

/// Tells the program only where it is another than before.
fn leave_out_repeated_programs(rows: &mut [Row]) {
    for index in 1..rows.len() {
        let (newer, older) = rows.split_at_mut(index);
        if let (Some(newer), Some(older)) = (newer.last_mut(), older.first())
            && newer.program == older.program
        {
            newer.program = None;
        }
    }
}

/// What people call the things whose ids are among these facts.
async fn names(
    visit: &mut Visit,
    versions: &[VersionOnPages],
) -> Result<BTreeMap<String, String>, Away> {
    let changed = versions.iter().flat_map(|own| &own.changed);
    let facts = changed.flat_map(|(before, now)| before.value.iter().chain(&now.value));
    let ids = facts.filter_map(|fact| match fact {
        Fact::Id(id) => Some(id.to_string()),
        _ => None,
    });
    let ids: BTreeSet<_> = ids.collect();
    let mut names = BTreeMap::new();
    for own in ROOMS.iter().flat_map(|room| room.things) {
        let ids = ids.iter().cloned().collect();
        names.extend(own.common_names(&mut visit.reading, ids).await?);
    }
    Ok(names)
}

/// Versions in words.
pub(super) async fn rows(
    visit: &mut Visit,
    versions: Vec<VersionOnPages>,
    kind: &dyn KindOnPages,
    name: &str,
) -> Result<Vec<Row>, Away> {
    let codes: Vec<_> = versions
        .iter()
        .flat_map(|own| locations(&own.changed))
        .collect();
    let places = Places::load(&mut visit.reading, &codes).await?;
    let names = names(visit, &versions).await?;
    let reader = PeopleByName {
        people: People(&places),
        names: &names,
    };
    let reads_log = visit.may_read(Read::Log);
    let now = visit.now;
    let thing = format!("{}:{name}", kind.kind());
    let rows = versions.into_iter().map(|own| {
        let changes = changes(&own, &reader);
        Row {
            then: kind.page_at(name, own.position),
            entry: reads_log.then_some(own.position),
            ..row(own, changes, &thing, now)
        }
    });
    Ok(rows.collect())
}

fn row(own: VersionOnPages, mut changes: Vec<Change>, thing: &str, now: Moment) -> Row {
    let (title, maker) = match own.made_by {
        Some(maker) => (words::label(&maker.operation), Some(maker)),
        None => ("Changed".to_owned(), None),
    };
    let reason = maker.as_ref().and_then(|maker| maker.reason.clone());
    changes.retain(|own| own.name != REASON || Some(&own.after) != reason.as_ref());
    let other = |maker: &MakerView| maker.target.clone().filter(|target| target != thing);
    Row {
        version: own.version,
        entry: None,
        title,
        about: maker
            .as_ref()
            .and_then(other)
            .map(|text| target(Some(&text))),
        actor: maker
            .as_ref()
            .and_then(|maker| maker.actor.as_deref().map(actor)),
        reason,
        cause: maker
            .as_ref()
            .and_then(|maker| maker.cause.clone())
            .map(|cause| (cause.position, cause.reactor)),
        program: maker.and_then(|maker| maker.program),
        time: words::utc_seconds(own.recorded_at),
        machine: own.recorded_at.to_string(),
        ago: words::distance(own.recorded_at, now),
        changes,
        then: None,
    }
}

fn changes(own: &VersionOnPages, reader: &dyn Reader) -> Vec<Change> {
    let told = own.changed.iter().map(|(before, now)| {
        let clock = now.clock.as_ref();
        Change {
            name: in_words(&now.name, None, reader),
            before: in_words(&before.value, clock, reader),
            after: in_words(&now.value, clock, reader),
        }
    });
    told.collect()
}
