//! Lines of the log: entries, and between them the refusals where they fell.

use super::places::Places;
use super::words;
use application::queries::{EntryView, QueryError, Reading, RefusalView};
use domain::booking::{Cargo, TrackingId};
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use serde_json::Value;
use std::collections::HashSet;

/// One line: an entry or a refusal.
pub(crate) struct Line {
    /// The entry's position; none for a refusal.
    pub(crate) position: Option<u64>,
    /// The position it is sorted by, and whether it is a refusal judged there.
    order: (u64, bool, Moment),
    /// The operation's name.
    pub(crate) operation: String,
    /// The operation in plain words.
    pub(crate) title: String,
    /// What it was aimed at, in words.
    pub(crate) target: String,
    /// Where the page of that is, if it has one.
    pub(crate) href: Option<String>,
    /// Who ran it.
    pub(crate) actor: String,
    /// When, for people.
    pub(crate) time: String,
    /// When, for machines.
    pub(crate) machine: String,
    /// How long ago.
    pub(crate) ago: String,
    /// The rule that refused it.
    pub(crate) rule: Option<String>,
    /// What was asked and what stood against it; for an entry what happened.
    pub(crate) detail: String,
}

/// A target as it reads, and the address of its page.
pub(crate) fn target(text: Option<&str>) -> (String, Option<String>) {
    let Some((kind, name)) = text.and_then(|text| text.split_once(':')) else {
        return (String::new(), None);
    };
    let folder = match kind {
        "cargo" => "cargoes",
        "voyage" => "voyages",
        "customer" => "customers",
        _ => "",
    };
    let shown = if name.len() == 36 && kind != "customer" {
        format!("{kind} {}…", &name[..8])
    } else if kind == "customer" {
        "a customer".to_owned()
    } else {
        format!("{kind} {name}")
    };
    let href = match kind {
        "location" => Some(format!("/locations?name={name}")),
        _ => (!folder.is_empty()).then(|| format!("/{folder}/{name}")),
    };
    (shown, href)
}

impl Line {
    fn entry(entry: &EntryView, places: &Places, now: Moment) -> Self {
        let told = events(entry.events.get(), entry.target.as_deref());
        let (target, href) = target(entry.target.as_deref());
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
            detail: words::brief(&told, places),
        }
    }

    fn refusal(
        refusal: &RefusalView,
        there: &HashSet<String>,
        places: &Places,
        now: Moment,
    ) -> Self {
        let asked = refusal.target.as_deref();
        let (target, href) = target(asked);
        let kind = asked.and_then(|asked| asked.split(':').next());
        let is_there = !matches!(kind, Some("cargo" | "voyage"))
            || asked.is_some_and(|asked| there.contains(asked));
        let href = href.filter(|_| is_there);
        // The tracking id that it would have got says nothing to anybody.
        let target = match kind {
            Some("cargo") if !is_there => String::new(),
            _ => target,
        };
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
            rule: Some(refusal.rule.clone()),
            detail: words::brief(&refusal.detail, places),
        }
    }
}

/// An actor as people call it.
pub(crate) fn actor(text: &str) -> String {
    text.strip_prefix("user:").unwrap_or(text).to_owned()
}

/// What some events say, in a line: their names, and of the first what it tells.
fn events(json: &str, target: Option<&str>) -> String {
    let events: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    let mut counted: Vec<(String, usize)> = Vec::new();
    for event in &events {
        let name = event["type"].as_str().unwrap_or_default();
        match counted.iter_mut().find(|(own, _)| own == name) {
            Some((_, count)) => *count += 1,
            None => counted.push((name.to_owned(), 1)),
        }
    }
    let texts = counted.into_iter().map(|(name, count)| match count {
        1 => name,
        count => format!("{name} × {count}"),
    });
    let names = texts.collect::<Vec<_>>().join(", ");
    let first = events.first().filter(|first| {
        let same = events.iter().filter(|event| event["type"] == first["type"]);
        same.count() == 1
    });
    let own = target.and_then(|target| target.split_once(':'));
    let told = first.map(|first| told(first, own.map_or("", |(_, name)| name)));
    match told.filter(|told| !told.is_empty()) {
        Some(told) => format!("{names}: {told}"),
        None => names,
    }
}

/// What an event tells besides what its entry was aimed at.
fn told(event: &Value, target: &str) -> String {
    let mut parts = Vec::new();
    for leg in event["legs"].as_array().into_iter().flatten() {
        let text = |field: &str| leg[field].as_str().unwrap_or_default();
        let (from, to) = (text("load_at"), text("unload_at"));
        parts.push(format!("{} {from} → {to}", text("voyage")));
    }
    if let Some(handling) = event["handling"].as_object() {
        let words = ["type", "voyage", "location"].map(|field| handling.get(field));
        let words = words.into_iter().flatten().filter_map(Value::as_str);
        parts.push(words.collect::<Vec<_>>().join(" "));
    }
    for (name, value) in event.as_object().into_iter().flatten() {
        if let Some(text) = value.as_str()
            && name != "type"
            && text != target
            && text.len() != 36
        {
            parts.push(text.to_owned());
        }
    }
    parts.join(", ")
}

/// The targets of refusals that are there: what was refused to be made is not.
async fn there(
    reading: &mut Reading,
    refusals: &[RefusalView],
) -> Result<HashSet<String>, QueryError> {
    let targets = || {
        refusals
            .iter()
            .filter_map(|refusal| refusal.target.as_deref())
    };
    let cargoes = targets().filter_map(|target| target.strip_prefix("cargo:")?.parse().ok());
    let cargoes: Vec<TrackingId> = cargoes.collect();
    let cargoes = reading.some::<Cargo>(cargoes.iter().map(Names::lookup));
    let cargoes = cargoes.await?;
    let voyages = targets().filter_map(|target| target.strip_prefix("voyage:")?.parse().ok());
    let voyages: Vec<VoyageNumber> = voyages.collect();
    let voyages = reading.some::<Voyage>(voyages.iter().map(Names::lookup));
    let voyages = voyages.await?;
    let cargoes = cargoes.iter().map(|cargo| format!("cargo:{}", cargo.cargo));
    let voyages = voyages
        .iter()
        .map(|voyage| format!("voyage:{}", voyage.voyage));
    Ok(cargoes.chain(voyages).collect())
}

/// Entries and refusals as lines, the newest first.
pub(crate) async fn lines(
    reading: &mut Reading,
    entries: Vec<EntryView>,
    refusals: Vec<RefusalView>,
    now: Moment,
) -> Result<Vec<Line>, QueryError> {
    let told = entries
        .iter()
        .map(|entry| events(entry.events.get(), entry.target.as_deref()));
    let texts: Vec<String> = told
        .chain(refusals.iter().map(|refusal| refusal.detail.clone()))
        .collect();
    let codes: Vec<_> = texts
        .iter()
        .flat_map(|text| words::codes_in(text))
        .collect();
    let places = Places::load(reading, &codes).await?;
    let there = there(reading, &refusals).await?;
    let entries = entries.iter().map(|entry| Line::entry(entry, &places, now));
    let refusals = refusals
        .iter()
        .map(|refusal| Line::refusal(refusal, &there, &places, now));
    let mut lines: Vec<_> = entries.chain(refusals).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.order));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_lead_to_their_pages() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (text, shown, href) in [
            (
                Some("cargo:23456789AB3"),
                "cargo 23456789AB3",
                Some("/cargoes/23456789AB3"),
            ),
            (Some("voyage:V1"), "voyage V1", Some("/voyages/V1")),
            (Some("user:anna"), "user anna", None),
            (None, "", None),
        ] {
            assert_eq!(target(text), (shown.to_owned(), href.map(str::to_owned)));
        }
        assert_eq!(target(Some(&format!("token:{id}"))).0, "token 01890a5d…");
        let customer = target(Some(&format!("customer:{id}")));
        assert_eq!(customer.1, Some(format!("/customers/{id}")));
    }

    #[test]
    fn events_are_told_in_a_line() {
        for (json, target, expected) in [
            (
                r#"[{"type":"A"},{"type":"B"},{"type":"A"}]"#,
                None,
                "A × 2, B",
            ),
            ("[]", None, ""),
            (
                r#"[{"type":"CargoCancelled","cargo":"X","reason":"Late","legs":[]}]"#,
                Some("cargo:X"),
                "CargoCancelled: Late",
            ),
            (
                r#"[{"type":"CargoBooked","cargo":"X","legs":[{"voyage":"V1","load_at":"NLRTM","unload_at":"DEHAM"}]}]"#,
                Some("cargo:X"),
                "CargoBooked: V1 NLRTM → DEHAM",
            ),
            (
                r#"[{"type":"HandlingEventRegistered","cargo":"X","handling":{"type":"LOAD","location":"NLRTM","voyage":"V1"}},{"type":"CargoMisdirected","cargo":"X"}]"#,
                Some("cargo:X"),
                "HandlingEventRegistered, CargoMisdirected: LOAD V1 NLRTM",
            ),
        ] {
            assert_eq!(events(json, target), expected);
        }
    }
}
