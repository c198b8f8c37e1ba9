//! The log: entries and refusals in order, and one entry in full.

use super::done::{self, Recorded};
use super::export::log_as;
use super::filters::{FilterFaults, wanted};
use super::history;
use super::shell::Shell;
use super::stream::{LogLine, actor, happened, lines, target};
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
use domain::booking::TrackingId;
use domain::log::reader::LogFilter;
use domain::log::retention::{RefusalSort, day};
use serde_json::Value;

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
    older: Option<String>,
    more_refusals: bool,
    /// How many refusals of today were only counted, in words.
    counted: Option<String>,
    is_newest: bool,
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
    before: Option<u64>,
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
            before: visit.parameters.position("before"),
        }
    }

    fn filter(&self) -> LogFilter {
        LogFilter {
            operation: self.operation.clone(),
            actor: self.actor.as_deref().map(|who| match who.contains(':') {
                true => who.to_owned(),
                false => format!("user:{who}"),
            }),
            target: self.target.as_deref().map(about),
        }
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
    if asked.before.is_none() {
        shell.live = visit.live("");
    }
    let filter = asked.filter();
    let found = match faults.is_empty() {
        true => found(&mut visit, &asked, &filter).await?,
        false => Listed::default(),
    };
    let Listed {
        entries,
        refusals,
        more,
        more_refusals,
        counted,
    } = found;
    let is_known = !entries.is_empty();
    let oldest = entries.last().map_or(0, |entry| entry.position);
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
        is_newest: asked.before.is_none(),
        from,
        until,
        faults,
        operation: asked.operation.unwrap_or_default(),
        actor: asked.actor.unwrap_or_default(),
        target: asked.target.unwrap_or_default(),
        only: asked.only,
        older: more.then(|| with_before(&parts, oldest)),
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
    more_refusals: bool,
    /// How many refusals of today were only counted.
    counted: u64,
}

async fn found(visit: &mut Visit, asked: &FilterForm, filter: &LogFilter) -> Result<Listed, Away> {
    let within = visit.reading.positions_in(asked.period).await?;
    let before = asked.before.map(|before| before.saturating_sub(1));
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
        if asked.before.is_none() && filter.target.is_none() && asked.period == Period::default() {
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

/// Parses the target of operations: a kind and name as in the log's lines or the API, or only the
/// name of a cargo or a voyage.
fn about(text: &str) -> String {
    if let Some((kind, name)) = text.split_once([':', ' ']) {
        let kind = kind.to_lowercase();
        return match kind.as_str() {
            "cargo" | "voyage" => format!("{kind}:{}", name.trim().to_uppercase()),
            _ => format!("{kind}:{}", name.trim()),
        };
    }
    let name = text.to_uppercase();
    let kind = match name.parse::<TrackingId>() {
        Ok(_) => "cargo",
        Err(_) => "voyage",
    };
    format!("{kind}:{name}")
}

/// The same address, further back.
fn with_before(parts: &Parts, before: u64) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let kept = query.split('&').filter(|part| {
        let name = part.split('=').next().unwrap_or_default();
        !matches!(name, "" | "before" | "done")
    });
    let before = format!("before={before}");
    let parts: Vec<_> = kept.chain([before.as_str()]).collect();
    format!("{LIST}?{}", parts.join("&"))
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
    let (shown, href) = target(entry.target.as_deref());
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
            .take(200)
            .map(|changed| {
                let named = format!("{}:{}", changed.kind, changed.name);
                let (name, href) = target(Some(&named));
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

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn typed_targets_are_understood() {
        for (text, target) in [
            ("V100", "voyage:V100"),
            ("v100", "voyage:V100"),
            ("23456789ab3", "cargo:23456789AB3"),
            ("cargo 23456789AB3", "cargo:23456789AB3"),
            ("Voyage: v100", "voyage:V100"),
            ("user:anna", "user:anna"),
        ] {
            assert_eq!(about(text), target);
        }
    }
}
