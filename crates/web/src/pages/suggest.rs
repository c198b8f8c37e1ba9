//! Finds things by name: suggestions while typing, and lookups when a form is sent.

mod cargoes;
mod customers;
mod users;
mod voyages;

use super::form::Entered;
use super::pickers::{PICKERS, Picked, Picker, Suggestion, Unclear, findable, is_name};
use super::visit::{Away, Visit};
use crate::api::resources::json;
use crate::state::Shared;
use application::locations::LocationView;
use application::queries::{QueryError, Reading};
use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use customers::Shown;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{Location, LocationFilter, UnLocode};
use domain::text::{Text, folded};
use domain::voyages::{Voyage, VoyageFilter};
use serde_json::Value;
use std::collections::BTreeSet;

/// The maximum number of suggestions.
const SUGGESTIONS: u64 = 12;

/// The number of items searched, as page size and number of pages.
const PAGE: u64 = 200;
const PAGES_MAX: usize = 5;

/// Suggestions for each kind of thing that is picked by name.
pub(crate) fn routes() -> (Router<Shared>, Vec<&'static str>) {
    let router = PICKERS.iter().fold(Router::new(), |router, picker| {
        let suggest = |State(site): State<Shared>, parts: Parts| suggest(site, parts, picker);
        router.route(picker.path, get(suggest))
    });
    (router, PICKERS.iter().map(|picker| picker.path).collect())
}

/// Things whose name or code contains a text, if the person may see them.
async fn suggest(site: Shared, parts: Parts, picker: &Picker) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let text = visit
        .parameters
        .line("text", NAME_CHARS_MAX)
        .unwrap_or_default();
    visit.parameters.finish()?;
    let reading = &mut visit.reading;
    let (found, kept) = match picker.picked {
        Picked::Location => {
            let found = locations(reading, &text).await?;
            (found, "private, max-age=300")
        }
        Picked::Customer => (customers::suggestions(reading, &text).await?, "no-store"),
        Picked::Voyage => (
            shown(voyages::search(reading, &text).await?, &text),
            "no-store",
        ),
        Picked::Cargo => (
            shown(cargoes::search(reading, &text).await?, &text),
            "no-store",
        ),
        Picked::User => (
            shown(users::search(reading, &text).await?, &text),
            "no-store",
        ),
    };
    let mut response = json(&found);
    let kept = HeaderValue::from_static(kept);
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}

/// The maximum number of things offered for one text.
const OFFERED: usize = 12;
/// The number of things searched for: one more, to know whether there are more.
const SOUGHT: u64 = 13;

/// Suggestions as browsers show them.
fn shown(mut found: Vec<Suggestion>, text: &str) -> Vec<Suggestion> {
    found.truncate(OFFERED);
    for Suggestion { value, label } in &mut found {
        *label = findable(value, std::mem::take(label), &[], text);
    }
    found
}

/// Says that a text matches no name exactly and may mean one of those found.
fn unclear(text: &str, found: Vec<Suggestion>, things: &str) -> Unclear {
    let complaint = match found.len() {
        1 => format!("“{text}” matches one of the {things}. Choose it if you mean it"),
        count @ ..=OFFERED => format!("“{text}” matches {count} {things}. Choose one"),
        _ => format!(
            "“{text}” matches more than {OFFERED} {things}. Choose one, or enter more of it"
        ),
    };
    let offered = found.into_iter().take(OFFERED);
    let offered = offered.map(|Suggestion { value, label }| {
        let label = format!("{value} · {label}");
        (value, label)
    });
    Unclear {
        complaint,
        offered: offered.collect(),
    }
}

/// Locations whose name or code contains a text.
async fn locations(reading: &mut Reading, text: &str) -> Result<Vec<Suggestion>, QueryError> {
    let found = search(reading, text).await?;
    let suggested = found.into_iter().take(OFFERED).map(|place| {
        let value = place.location.to_string();
        let name = best(&place, &folded(text.trim())).unwrap_or(place.name.as_str());
        let label = findable(&value, label(&place, text), &[name], text);
        Suggestion { value, label }
    });
    Ok(suggested.collect())
}

/// A location in words, with the other name by which it was found.
fn label(place: &LocationView, text: &str) -> String {
    let text = folded(text.trim());
    let found = best(place, &text).filter(|own| *own != place.name.as_str());
    match found {
        Some(alias) => format!("{}, {} · {alias}", place.name, place.country),
        None => format!("{}, {}", place.name, place.country),
    }
}

/// The name of a location that matches a folded text best.
fn best<'a>(place: &'a LocationView, text: &str) -> Option<&'a str> {
    let aliases = place.aliases.iter().map(Text::as_str);
    let names = std::iter::once(place.name.as_str()).chain(aliases);
    let fitting = names.filter(|name| folded(name).contains(text));
    fitting.min_by_key(|name| {
        let name = folded(name);
        (name != text, !name.starts_with(text))
    })
}

/// Locations whose name or code contains a text. First those whose name equals or starts with the
/// text, then those with another name that does.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<LocationView>, QueryError> {
    let text = folded(text.trim());
    if text.chars().count() < 2 || !is_name(&text) {
        return Ok(Vec::new());
    }
    let filter = LocationFilter {
        country: None,
        name: Some(text.clone()),
    };
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..PAGES_MAX {
        let page = reading.list::<Location>(filter.clone(), cursor.as_deref(), PAGE);
        let page = page.await?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    found.sort_by_cached_key(|place: &LocationView| {
        let name = folded(place.name.as_str());
        let best = folded(best(place, &text).unwrap_or_default());
        (
            best != text,
            name != text,
            !best.starts_with(&text),
            !name.starts_with(&text),
            name,
        )
    });
    found.truncate(usize::try_from(SUGGESTIONS).unwrap_or(usize::MAX));
    Ok(found)
}

/// Whether any voyage calls there.
async fn is_called_at(reading: &mut Reading, location: &UnLocode) -> Result<bool, QueryError> {
    let calling = VoyageFilter {
        port: Some(location.clone()),
        ..VoyageFilter::default()
    };
    Ok(!reading
        .list::<Voyage>(calling, None, 1)
        .await?
        .items
        .is_empty())
}

/// The location that a text means: by its code, or by a name that only one has. The error lists the
/// candidates, those with voyages first.
pub(crate) async fn location(
    reading: &mut Reading,
    text: &str,
) -> Result<Result<UnLocode, Unclear>, QueryError> {
    let text = text.trim();
    if let Ok(code) = text.to_uppercase().parse::<UnLocode>() {
        let lookup = domain::Names::<Location>::lookup(&code);
        if !reading.some::<Location>([lookup]).await?.is_empty() {
            return Ok(Ok(code));
        }
    }
    let found = search(reading, text).await?;
    let sought = folded(text);
    let is_so_called =
        |place: &&LocationView| best(place, &sought).map(folded) == Some(sought.clone());
    let mut candidates: Vec<_> = found.iter().filter(is_so_called).collect();
    if candidates.is_empty() {
        candidates = found.iter().collect();
    }
    if let [one] = candidates.as_slice() {
        return Ok(Ok(one.location.clone()));
    }
    let mut called = BTreeSet::new();
    for place in &candidates {
        if is_called_at(reading, &place.location).await? {
            called.insert(&place.location);
        }
    }
    candidates.sort_by_key(|place| !called.contains(&place.location));
    let offered = candidates.iter().map(|place| {
        let code = place.location.to_string();
        let label = format!("{code} · {}", label(place, text));
        (code, label)
    });
    let offered: Vec<_> = offered.collect();
    let complaint = if offered.is_empty() {
        format!(
            "is not a known port: “{text}”. Enter its UN/LOCODE, for example NLRTM, or its name"
        )
    } else {
        let named = candidates.iter().take(5);
        let named =
            named.map(|place| format!("{} ({}, {})", place.location, place.name, place.country));
        let named = named.collect::<Vec<_>>().join(", ");
        format!("“{text}” matches {named}. Choose one, or enter the code")
    };
    Ok(Err(Unclear { complaint, offered }))
}

/// The value that a text means in a field for such a thing.
pub(crate) async fn meant(
    reading: &mut Reading,
    picked: Picked,
    text: &str,
) -> Result<Result<String, Unclear>, QueryError> {
    Ok(match picked {
        Picked::Location => {
            let meant = location(reading, text).await?;
            meant.map(|code| code.to_string())
        }
        Picked::Customer => {
            let meant = customers::meant(reading, text).await?;
            meant.map(|id| id.to_string())
        }
        Picked::Voyage => voyages::meant(reading, text).await?,
        Picked::Cargo => cargoes::meant(reading, text).await?,
        Picked::User => users::meant(reading, text).await?,
    })
}

/// Replaces entered names by ids and codes.
pub(crate) async fn resolve(
    reading: &mut Reading,
    schema: &Value,
    entered: &mut Entered,
) -> Result<(), QueryError> {
    for (pointer, picker) in picked_in(schema, "", entered) {
        let text = entered.value(&pointer).unwrap_or_default().to_owned();
        if text.trim().is_empty() {
            continue;
        }
        match meant(reading, picker.picked, &text).await? {
            Ok(name) => entered.set(&pointer, name),
            Err(unclear) => entered.unclear(&pointer, unclear),
        }
    }
    Ok(())
}

/// Replaces ids by names in a form that is shown.
pub(crate) async fn name(
    reading: &mut Reading,
    schema: &Value,
    entered: &mut Entered,
) -> Result<(), QueryError> {
    for (pointer, picker) in picked_in(schema, "", entered) {
        let id = entered.value(&pointer).unwrap_or_default().to_owned();
        if picker.picked != Picked::Customer || entered.offered(&pointer).is_some() {
            continue;
        }
        match customers::shown(reading, &id).await? {
            Some(Shown::Name(name)) => entered.set(&pointer, name),
            Some(Shown::Among(choices)) => entered.offer(&pointer, choices),
            None => {}
        }
    }
    Ok(())
}

/// The fields that ask for a thing by name, including those of all entered list items.
fn picked_in(schema: &Value, pointer: &str, entered: &Entered) -> Vec<(String, &'static Picker)> {
    if let Some(properties) = schema["properties"].as_object() {
        let fields = properties.iter();
        return fields
            .flat_map(|(name, schema)| picked_in(schema, &format!("{pointer}/{name}"), entered))
            .collect();
    }
    if schema["type"] == "array" {
        return (0..entered.items(pointer))
            .flat_map(|item| picked_in(&schema["items"], &format!("{pointer}/{item}"), entered))
            .collect();
    }
    let picker = Picker::of(pointer, schema);
    picker
        .map(|own| (pointer.to_owned(), own))
        .into_iter()
        .collect()
}
