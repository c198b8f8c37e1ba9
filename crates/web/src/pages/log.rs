//! The log: entries and refusals in order, and one entry in full.

use super::done::{self, Recorded};
use super::export::log_as;
use super::filters::{FilterFaults, wanted};
use super::history;
use super::log_target::about;
use super::shell::Shell;
use super::stream::{CommonNames, LogLine, actor, happened, lines, target};
use super::thing::kind_on_pages;
use super::visit::{Away, Visit};
use super::words;
use crate::state::Shared;
use application::policy::Read;
use application::queries::{EntryView, Period, RefusalView};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::Moment;
use domain::log::reader::LogFilter;
use domain::log::retention::{RefusalSort, day};
use serde_json::Value;
use std::ops::RangeInclusive;

/// The log.
pub(crate) const LIST: &str = "/log";
/// One entry.
pub(crate) const ONE: &str = "/log/{position}";

/// The number of entries on a page.
const SHOWN: u64 = 40;
/// The maximum number of refusals between them.
const REFUSALS_MAX: u64 = 200;
/// What the log can be limited to.
const ALL: &str = "all";
const ENTRIES: &str = "entries";
const REFUSALS: &str = "refusals";
const TEXT_CHARS_MAX: usize = 200;
/// The maximum number of changed things on the page of an entry.
const CHANGED_MAX: usize = 200;

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    shell: Shell,
    lines: Vec<LogLine>,
    head: String,
    operations: Vec<&'static str>,
    operation: String,
    actor: String,
    target: String,
    /// The first and the last day, as they were typed.
    from: String,
    until: String,
    faults: FilterFaults,
    /// The page of the thing that the log is filtered by.
    about_page: Option<String>,
    only: &'static str,
    /// The files with the same contents: entries, refusals.
    files: [String; 2],
    is_filtered: bool,
    /// The same filters further back and further on, and at the newest entries.
    older: Option<String>,
    newer: Option<String>,
    newest: Option<String>,
    more_refusals: bool,
    /// How many refusals of today were only counted, in words.
    counted: Option<String>,
}

/// The filters of the log, as people typed them.
struct FilterForm {
    operation: Option<String>,
    actor: Option<String>,
    target: Option<String>,
    only: &'static str,
    /// The first and the last day, as they were typed.
    days: [String; 2],
    period: Period,
    place: Place,
}

/// The part of the log that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Newest,
    /// The newest entries below a position.
    Before(u64),
    /// The oldest entries above a position.
    After(u64),
}

impl FilterForm {
    fn read(visit: &mut Visit, faults: &mut FilterFaults) -> Self {
        let mut line = |name| {
            let text = visit.parameters.line(name, TEXT_CHARS_MAX);
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let [operation, actor, target] = ["operation", "actor", "target"].map(&mut line);
        let days = ["from", "until"]
            .map(&mut line)
            .map(Option::unwrap_or_default);
        let read = |day: &str| format!("{day}T00:00:00Z").parse::<Moment>().ok();
        let complaint = |label| format!("“{label}” is not a date. Enter it as 2027-03-31.");
        let from = wanted(&days[0], read, &complaint("From"), faults);
        let until = wanted(&days[1], read, &complaint("Until"), faults);
        if from > until && until.is_some() {
            faults.add("“From” is later than “Until”. Enter the first day, then the last.");
        }
        let only = visit.parameters.one_of("only", &[ALL, ENTRIES, REFUSALS]);
        Self {
            operation,
            actor,
            target,
            only: match only.as_deref() {
                Some(ENTRIES) => ENTRIES,
                Some(REFUSALS) => REFUSALS,
                _ => ALL,
            },
            days,
            period: Period {
                from,
                until: until.map(|day| day.plus_hours(24)),
            },
            place: match ["before", "after"].map(|name| visit.parameters.position(name)) {
                [Some(before), _] => Place::Before(before),
                [None, Some(after)] => Place::After(after),
                [None, None] => Place::Newest,
            },
        }
    }

    async fn filter(
        &self,
        visit: &mut Visit,
        faults: &mut FilterFaults,
    ) -> Result<LogFilter, Away> {
        Ok(LogFilter {
            operation: self.operation.clone(),
            actor: self.actor.as_deref().map(|who| match who.contains(':') {
                true => who.to_owned(),
                false => format!("user:{who}"),
            }),
            target: match &self.target {
                Some(text) => Some(about(visit, text, faults).await?),
                None => None,
            },
        })
    }

    fn is_any(&self) -> bool {
        let typed = [&self.operation, &self.actor, &self.target];
        let has_days = self.days.iter().any(|day| !day.is_empty());
        typed.into_iter().any(Option::is_some) || has_days || self.only != ALL
    }
}

/// The log, newest first.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    visit.reading.permit(Read::Log)?;
    let mut shell = visit.shell("Log");
    let mut faults = FilterFaults::of(&parts);
    let asked = FilterForm::read(&mut visit, &mut faults);
    if asked.place == Place::Newest {
        shell.live = visit.live("");
    }
    let filter = asked.filter(&mut visit, &mut faults).await?;
    let found = match faults.is_empty() {
        true => found(&mut visit, &asked, &filter).await?,
        false => Listed::default(),
    };
    let Listed {
        entries,
        refusals,
        more,
        is_newest,
        more_refusals,
        counted,
    } = found;
    let is_known = !entries.is_empty();
    let oldest = entries.last().map_or(0, |entry| entry.position);
    let newest = entries.first().map(|entry| entry.position);
    let [from, until] = asked.days.clone();
    let template = LogPage {
        lines: lines(&mut visit.reading, entries, refusals, visit.now).await?,
        head: words::count(visit.reading.position()),
        operations: application::catalogue()
            .map(|definition| definition.about.name)
            .collect(),
        is_filtered: asked.is_any(),
        files: ["log", "refusals"].map(|list| log_as(list, &filter, asked.period)),
        about_page: target(filter.target.as_deref()).1.filter(|_| is_known),
        newer: newest
            .filter(|_| !is_newest)
            .map(|newest| placed(&parts, Place::After(newest))),
        newest: (!is_newest).then(|| placed(&parts, Place::Newest)),
        from,
        until,
        faults,
        operation: asked.operation.unwrap_or_default(),
        actor: asked.actor.unwrap_or_default(),
        target: asked.target.unwrap_or_default(),
        only: asked.only,
        older: more.then(|| placed(&parts, Place::Before(oldest))),
        more_refusals,
        counted: (counted > 0).then(|| words::count(counted)),
        shell,
    };
    visit.answer(&template)
}

/// What the log shows.
#[derive(Default)]
struct Listed {
    entries: Vec<EntryView>,
    refusals: Vec<RefusalView>,
    more: bool,
    /// Whether nothing newer passes the filters.
    is_newest: bool,
    more_refusals: bool,
    /// How many refusals of today were only counted.
    counted: u64,
}

/// The position below which the entries of a place are the newest, or `None` if that is the head.
async fn end(
    visit: &mut Visit,
    place: Place,
    filter: &LogFilter,
    within: &RangeInclusive<u64>,
) -> Result<Option<u64>, Away> {
    let after = match place {
        Place::Newest => return Ok(None),
        Place::Before(before) => return Ok(Some(before)),
        Place::After(after) => after,
    };
    let positions = (after + 1).max(*within.start())..=*within.end();
    let following = visit.reading.log(filter, positions, SHOWN + 1).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    Ok(following.items.get(shown).map(|entry| entry.position))
}

async fn found(visit: &mut Visit, asked: &FilterForm, filter: &LogFilter) -> Result<Listed, Away> {
    let within = visit.reading.positions_in(asked.period).await?;
    let end = end(visit, asked.place, filter, &within).await?;
    let before = end.map(|end| end.saturating_sub(1));
    let last = before.unwrap_or(u64::MAX).min(*within.end());
    let positions = *within.start()..=last;
    let newest = visit.reading.newest(filter, positions, SHOWN);
    let (mut entries, mut more) = newest.await?;
    if asked.only == REFUSALS {
        entries.clear();
        more = false;
    }
    let mut found = Listed {
        more,
        is_newest: end.is_none(),
        ..Listed::default()
    };
    if asked.only != ENTRIES {
        let oldest = entries.last().map(|entry| entry.position);
        let first = within.start().saturating_sub(1);
        let first = oldest.filter(|_| more).unwrap_or(first);
        let read = visit
            .reading
            .refusals(filter, first..=last, None, REFUSALS_MAX);
        let read = read.await?;
        found.refusals = read.items;
        let is_in = |own: &RefusalView| asked.period.contains(own.recorded_at);
        found.refusals.retain(is_in);
        found.more_refusals = read.next.is_some();
        if end.is_none() && filter.target.is_none() && asked.period == Period::default() {
            let today = visit.reading.refusal_counts(&day(visit.now)).await?;
            let asked_for = today.iter().filter(|(sort, _)| counts(filter, sort));
            found.counted = asked_for.map(|(_, count)| count).sum();
        }
    }
    found.entries = entries;
    Ok(found)
}

/// Whether a filter without a target admits refusals of this sort.
fn counts(filter: &LogFilter, sort: &RefusalSort) -> bool {
    let is_operation = |name: &String| *name == sort.operation;
    let is_actor = |actor: &String| *actor == sort.actor.to_string();
    filter.operation.as_ref().is_none_or(is_operation) && filter.actor.as_ref().is_none_or(is_actor)
}

/// The same filters at another place of the log.
fn placed(parts: &Parts, place: Place) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let kept = query.split('&').filter(|part| {
        let name = part.split('=').next().unwrap_or_default();
        !matches!(name, "" | "before" | "after" | "done")
    });
    let place = match place {
        Place::Newest => None,
        Place::Before(position) => Some(format!("before={position}")),
        Place::After(position) => Some(format!("after={position}")),
    };
    let kept: Vec<_> = kept.map(str::to_owned).chain(place).collect();
    match kept.is_empty() {
        true => LIST.to_owned(),
        false => format!("{LIST}?{}", kept.join("&")),
    }
}

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    shell: Shell,
    entry: EntryView,
    title: String,
    meaning: &'static str,
    actor: String,
    target: String,
    href: Option<String>,
    time: String,
    ago: String,
    /// The events, each with its details.
    happened: Vec<(String, String)>,
    /// What changed besides, as sentences.
    changes: Vec<String>,
    input: String,
    events: String,
    outcome: String,
    changed: Vec<Changed>,
    previous: Option<u64>,
    next: Option<u64>,
}

/// A state that an entry created.
struct Changed {
    name: String,
    version: u64,
    href: Option<String>,
    /// The page that says what it changed.
    history: Option<String>,
}

/// One entry in full.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(position): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    visit.reading.permit(Read::Log)?;
    let shell = visit.shell(&format!("Entry {position}"));
    let number = crate::api::log::number(&position)?;
    let entry = visit.reading.entry(number).await?;
    let changes = visit.reading.changes_at(number).await?;
    let changed = changes.into_iter().flat_map(|change| change.changed);
    let changed: Vec<_> = changed.take(CHANGED_MAX).collect();
    let named = changed
        .iter()
        .map(|own| format!("{}:{}", own.kind, own.name));
    let named: Vec<_> = named.chain(entry.target.clone()).collect();
    let names = CommonNames::of(&mut visit.reading, named.iter().map(String::as_str)).await?;
    let (shown, href) = names.target(entry.target.as_deref());
    let recorded = Recorded::of(entry);
    let told = done::changes(&mut visit, &recorded).await?;
    let entry = recorded.entry;
    let happened = happened(&mut visit.reading, &entry).await?;
    let definition = application::find(&entry.operation);
    let template = EntryPage {
        title: words::label(&entry.operation),
        meaning: definition.map_or("", |definition| definition.about.meaning),
        actor: actor(&entry.actor),
        target: shown,
        href,
        time: words::utc_seconds(entry.recorded_at),
        ago: words::distance(entry.recorded_at, visit.now),
        happened,
        changes: told,
        input: pretty(entry.input.get()),
        events: pretty(entry.events.get()),
        outcome: pretty(entry.outcome.get()),
        changed: changed
            .into_iter()
            .map(|changed| {
                let named = format!("{}:{}", changed.kind, changed.name);
                let (name, href) = names.target(Some(&named));
                Changed {
                    href: kind_on_pages(changed.kind.word())
                        .and_then(|own| own.page_at(&changed.name, number))
                        .or(href),
                    name,
                    version: changed.version,
                    history: history::address(&named, Some(changed.version)),
                }
            })
            .collect(),
        previous: number.checked_sub(1).filter(|position| *position > 0),
        next: (number < visit.reading.position()).then_some(number + 1),
        entry,
        shell,
    };
    visit.answer(&template)
}

/// JSON on several lines, for reading.
pub(crate) fn pretty(json: &str) -> String {
    let value: Result<Value, _> = serde_json::from_str(json);
    value
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| json.to_owned())
}
