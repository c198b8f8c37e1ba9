//! Lines of the log: entries, with the refusals between them.

use super::places::{Glance, People, Places};
use super::thing::{in_line, kind_on_pages};
use super::words;
use crate::ROOMS;
use crate::messages::{self, Mentioned, Reader};
use application::queries::{EntryView, QueryError, Reading, RefusalView};
use domain::log::Actor;
use domain::{Event, EventName, Moment};
use std::collections::{BTreeMap, HashSet};

/// One line: an entry or a refusal.
pub(crate) struct LogLine {
    /// The position of the entry. None for a refusal.
    pub(crate) position: Option<u64>,
    /// The position for sorting, and whether it is a refusal judged there.
    order: (u64, bool, Moment),
    /// The operation's name.
    pub(crate) operation: String,
    /// The operation in plain words.
    pub(crate) title: String,
    /// The target in words.
    pub(crate) target: String,
    /// The page of the target, if it has one.
    pub(crate) href: Option<String>,
    /// The user or the part of the system that ran it.
    pub(crate) actor: String,
    /// The time, for people.
    pub(crate) time: String,
    /// The time, for machines.
    pub(crate) machine: String,
    /// How long ago.
    pub(crate) ago: String,
    /// The rule that refused it.
    pub(crate) rule: Option<String>,
    /// What was asked for and what prevented it or, for an entry, what happened.
    pub(crate) detail: String,
    /// The reason that was given, unless it stands in what happened.
    pub(crate) reason: Option<String>,
}

/// A target in words, and the address of its page.
pub(crate) fn target(text: Option<&str>) -> (String, Option<String>) {
    shown(text, true)
}

/// The same, of a target that may not exist.
fn shown(text: Option<&str>, exists: bool) -> (String, Option<String>) {
    let Some((kind, name)) = text.and_then(|text| text.split_once(':')) else {
        return (String::new(), None);
    };
    match kind_on_pages(kind) {
        Some(own) => {
            let page = own.page(name).filter(|_| exists);
            (own.in_line(name, exists), page)
        }
        None => (in_line(kind, name), None),
    }
}

/// What people call the targets whose own names are ids.
pub(crate) struct CommonNames(BTreeMap<String, String>);

impl CommonNames {
    /// Those of some targets, as far as the reader may know them.
    pub(crate) async fn of<'t>(
        reading: &mut Reading,
        targets: impl Iterator<Item = &'t str>,
    ) -> Result<Self, QueryError> {
        let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (kind, name) in targets.filter_map(|target| target.split_once(':')) {
            names.entry(kind).or_default().push(name.to_owned());
        }
        let mut all = BTreeMap::new();
        for (kind, mut names) in names {
            names.sort_unstable();
            names.dedup();
            if let Some(own) = kind_on_pages(kind) {
                let found = own.common_names(reading, names).await?;
                all.extend(
                    found
                        .into_iter()
                        .map(|(id, name)| (format!("{kind}:{id}"), name)),
                );
            }
        }
        Ok(Self(all))
    }

    /// A target in words, and the address of its page.
    pub(crate) fn target(&self, text: Option<&str>) -> (String, Option<String>) {
        self.shown(text, true)
    }

    fn shown(&self, text: Option<&str>, exists: bool) -> (String, Option<String>) {
        let (shown, href) = shown(text, exists);
        let name = text.and_then(|text| self.0.get(text));
        (name.cloned().unwrap_or(shown), href)
    }
}

impl LogLine {
    fn entry(entry: &EntryView, places: &Places, names: &CommonNames, now: Moment) -> Self {
        let told = events(entry.events.get(), entry.target.as_deref(), &Glance(places));
        let (target, href) = names.target(entry.target.as_deref());
        Self {
            position: Some(entry.position),
            order: (entry.position, false, entry.recorded_at),
            title: words::label(&entry.operation),
            operation: entry.operation.clone(),
            target,
            href,
            actor: actor(&entry.actor),
            time: words::utc_seconds(entry.recorded_at),
            machine: entry.recorded_at.to_string(),
            ago: words::distance(entry.recorded_at, now),
            rule: None,
            reason: entry.reason().filter(|reason| !told.contains(reason)),
            detail: told,
        }
    }

    fn refusal(
        refusal: &RefusalView,
        there: &HashSet<String>,
        places: &Places,
        names: &CommonNames,
        now: Moment,
    ) -> Self {
        let asked = refusal.target.as_deref();
        let exists = asked.is_some_and(|asked| there.contains(asked));
        let (target, href) = names.shown(asked, exists);
        Self {
            position: None,
            order: (refusal.judged_at, true, refusal.recorded_at),
            title: words::label(&refusal.operation),
            operation: refusal.operation.clone(),
            target,
            href,
            actor: actor(&refusal.actor),
            time: words::utc_seconds(refusal.recorded_at),
            machine: refusal.recorded_at.to_string(),
            ago: words::distance(refusal.recorded_at, now),
            rule: Some(refusal.rejection.rule.to_string()),
            detail: messages::refusal(&refusal.rejection, &Glance(places)),
            reason: None,
        }
    }
}

/// An actor in words.
pub(crate) fn actor(text: &str) -> String {
    match text.parse() {
        Ok(Actor::User(name)) => name.to_string(),
        _ => text.to_owned(),
    }
}

/// Events in one line: their names, and the details of the first.
fn events(json: &str, target: Option<&str>, reader: &dyn Reader) -> String {
    let Ok(events) = Event::list_from_json(json) else {
        return "Events of another release".to_owned();
    };
    let mut counted: Vec<(EventName, usize)> = Vec::new();
    for event in &events {
        match counted.iter_mut().find(|(own, _)| *own == event.name()) {
            Some((_, count)) => *count += 1,
            None => counted.push((event.name(), 1)),
        }
    }
    let texts = counted.iter().map(|(name, count)| match count {
        1 => name.to_string(),
        count => format!("{name} × {count}"),
    });
    let names = texts.collect::<Vec<_>>().join(", ");
    let is_single = counted.first().is_some_and(|(_, count)| *count == 1);
    let first = events.first().filter(|_| is_single);
    let own = target.and_then(|target| target.split_once(':'));
    let own = own.map_or("", |(_, name)| name);
    let mut told = first.map_or_else(Vec::new, |event| details(event, reader));
    told.retain(|part| part != own);
    match told.is_empty() {
        true => names,
        false => format!("{names}: {}", told.join(", ")),
    }
}

/// The events of an entry one by one: their names, and their details for people, by the clocks of
/// the places that they name.
pub(crate) async fn happened(
    reading: &mut Reading,
    entry: &EntryView,
) -> Result<Vec<(String, String)>, QueryError> {
    let Ok(events) = Event::list_from_json(entry.events.get()) else {
        return Ok(Vec::new());
    };
    let mentioned = Mentioned::default();
    for event in &events {
        details(event, &mentioned);
    }
    let places = Places::load(reading, &mentioned.locations()).await?;
    let told = |event: &Event| {
        let told = details(event, &People(&places)).join(", ");
        (event.name().to_string(), told)
    };
    Ok(events.iter().take(EVENTS_MAX).map(told).collect())
}

/// The maximum number of events that the page of an entry tells one by one.
const EVENTS_MAX: usize = 200;

/// The details of an event, one by one. The entry's line already names the target.
fn details(event: &Event, reader: &dyn Reader) -> Vec<String> {
    let rooms = ROOMS.iter();
    let details = rooms.filter_map(|room| room.sentences.event(event, reader));
    details.flatten().collect()
}

/// The existing targets of refusals. A refused creation has none.
async fn there(
    reading: &mut Reading,
    refusals: &[RefusalView],
) -> Result<HashSet<String>, QueryError> {
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for refusal in refusals {
        let target = refusal.target.as_deref();
        if let Some((kind, name)) = target.and_then(|target| target.split_once(':')) {
            names.entry(kind).or_default().push(name.to_owned());
        }
    }
    let mut there = HashSet::new();
    for (kind, names) in names {
        let found = match kind_on_pages(kind) {
            Some(own) => own.existing(reading, names).await?,
            None => names,
        };
        there.extend(found.iter().map(|name| format!("{kind}:{name}")));
    }
    Ok(there)
}

/// Entries and refusals as lines, latest first.
pub(crate) async fn lines(
    reading: &mut Reading,
    entries: Vec<EntryView>,
    refusals: Vec<RefusalView>,
    now: Moment,
) -> Result<Vec<LogLine>, QueryError> {
    let mentioned = Mentioned::default();
    for entry in &entries {
        events(entry.events.get(), entry.target.as_deref(), &mentioned);
    }
    let mut codes = mentioned.locations();
    for refusal in &refusals {
        codes.extend(messages::locations(&refusal.rejection).cloned());
    }
    let places = Places::load(reading, &codes).await?;
    let there = there(reading, &refusals).await?;
    let targets = entries.iter().filter_map(|entry| entry.target.as_deref());
    let refused = refusals
        .iter()
        .filter_map(|refusal| refusal.target.as_deref());
    let names = CommonNames::of(reading, targets.chain(refused)).await?;
    let entries = entries
        .iter()
        .map(|entry| LogLine::entry(entry, &places, &names, now));
    let refusals = refusals
        .iter()
        .map(|refusal| LogLine::refusal(refusal, &there, &places, &names, now));
    let mut lines: Vec<_> = entries.chain(refusals).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.order));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_link_to_their_pages() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (text, shown, href) in [
            (
                Some("cargo:23456789AB3"),
                "cargo 23456789AB3",
                Some("/cargoes/23456789AB3"),
            ),
            (Some("voyage:V1"), "voyage V1", Some("/voyages/V1")),
            (Some("user:anna"), "user anna", Some("/users?name=anna")),
            (None, "", None),
        ] {
            assert_eq!(target(text), (shown.to_owned(), href.map(str::to_owned)));
        }
        assert_eq!(target(Some(&format!("token:{id}"))).0, "token 01890a5d…");
        let customer = target(Some(&format!("customer:{id}")));
        assert_eq!(customer.1, Some(format!("/customers/{id}")));
    }

    #[test]
    fn events_are_shown_in_one_line() {
        for (json, target, expected) in [
            (
                r#"[{"type":"CargoMisrouted","cargo":"23456789AB3"},{"type":"CargoCompleted","cargo":"23456789AB3"},{"type":"CargoMisrouted","cargo":"23456789AB3"}]"#,
                None,
                "CargoMisrouted × 2, CargoCompleted",
            ),
            ("[]", None, ""),
            (
                r#"[{"type":"CargoCancelled","cargo":"23456789AB3","reason":"Late","legs":[]}]"#,
                Some("cargo:23456789AB3"),
                "CargoCancelled: Late",
            ),
            (
                r#"[{"type":"CargoBooked","cargo":"23456789AB3","legs":[{"voyage":"V1","load_at":"NLRTM","load_time":"2027-03-01T00:00:00Z","unload_at":"DEHAM","unload_time":"2027-03-02T00:00:00Z"}]}]"#,
                Some("cargo:23456789AB3"),
                "CargoBooked: V1 NLRTM → DEHAM",
            ),
            (
                r#"[{"type":"CargoFolded","cargo":"23456789AB3"}]"#,
                None,
                "Events of another release",
            ),
        ] {
            assert_eq!(events(json, target, &messages::Exact), expected);
        }
    }
}
