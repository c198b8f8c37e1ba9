//! Locations by name: for whoever types one, and for forms in which one was typed.

use super::form::Entered;
use super::visit::{Away, Visit};
use crate::api::resources::json;
use crate::state::Shared;
use application::locations::LocationView;
use application::queries::{QueryError, Reading};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{Location, UnLocode};
use domain::log::reader::{Filter, VoyageFilter};
use domain::text::{Text, folded};
use domain::voyages::Voyage;
use serde::Serialize;
use serde_json::Value;

/// Where suggestions come from.
pub(crate) const LOCATIONS: &str = "/suggest/locations";

/// Most suggestions.
const SUGGESTIONS: u64 = 12;

/// Items looked at, by page and pages.
const PAGE: u64 = 200;
const PAGES_MAX: usize = 5;

/// Why a text does not mean one thing.
#[derive(Debug)]
pub(crate) struct Unclear {
    /// What is wrong with it, after the name of the field.
    pub(crate) complaint: String,
    /// What it may mean: values and labels.
    pub(crate) offered: Vec<(String, String)>,
}

/// A suggestion.
#[derive(Serialize)]
struct Suggestion {
    value: String,
    label: String,
}

/// Locations whose name or code contains a text.
pub(crate) async fn locations(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let text = visit
        .parameters
        .line("text", NAME_CHARS_MAX)
        .unwrap_or_default();
    visit.parameters.finish()?;
    let found = search(&mut visit.reading, &text).await?;
    let suggestions: Vec<_> = found
        .into_iter()
        .map(|place| Suggestion {
            value: place.location.to_string(),
            label: label(&place, &text),
        })
        .collect();
    let mut response = json(&suggestions);
    let kept = HeaderValue::from_static("private, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}

/// A location in words, with the other name by which it was found. Browsers hide suggestions that
/// do not contain what was typed.
fn label(place: &LocationView, text: &str) -> String {
    let text = folded(text.trim());
    let found = best(place, &text).filter(|own| *own != place.name.as_str());
    match found {
        Some(alias) => format!("{}, {} · {alias}", place.name, place.country),
        None => format!("{}, {}", place.name, place.country),
    }
}

/// The name of a location that a folded text fits best.
fn best<'a>(place: &'a LocationView, text: &str) -> Option<&'a str> {
    let aliases = place.aliases.iter().map(Text::as_str);
    let names = std::iter::once(place.name.as_str()).chain(aliases);
    let fitting = names.filter(|name| folded(name).contains(text));
    fitting.min_by_key(|name| {
        let name = folded(name);
        (name != text, !name.starts_with(text))
    })
}

/// Locations of which a name or the code contains a text, those first whose name is or begins as
/// the text, then those of which another name is or does.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<LocationView>, QueryError> {
    let text = folded(text.trim());
    if text.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let filter = Filter::Locations {
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
    let calling = Filter::Voyages(VoyageFilter {
        port: Some(location.to_string()),
        ..VoyageFilter::default()
    });
    Ok(!reading
        .list::<Voyage>(calling, None, 1)
        .await?
        .items
        .is_empty())
}

/// The location a text means: by its code, or by a name that only one has, or only one at which
/// voyages call. The error says which it could be.
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
    let is_named = |place: &&LocationView| folded(place.name.as_str()) == sought;
    let is_known_as =
        |place: &&LocationView| best(place, &sought).map(folded) == Some(sought.clone());
    let mut exact: Vec<_> = found.iter().filter(is_named).collect();
    if exact.is_empty() {
        exact = found.iter().filter(is_known_as).collect();
    }
    let meant = match (exact.as_slice(), found.as_slice()) {
        ([one], _) => Some(*one),
        ([], [one]) => Some(one),
        _ => None,
    };
    if let Some(place) = meant {
        return Ok(Ok(place.location.clone()));
    }
    let mut called = Vec::new();
    for place in &exact {
        if is_called_at(reading, &place.location).await? {
            called.push(place.location.clone());
        }
    }
    if let [one] = called.as_slice() {
        return Ok(Ok(one.clone()));
    }
    let candidates = if exact.is_empty() {
        found.iter().collect()
    } else {
        exact
    };
    let candidates: Vec<&LocationView> = candidates;
    let offered = candidates.iter().map(|place| {
        let code = place.location.to_string();
        let label = format!("{code} · {}", label(place, text));
        (code, label)
    });
    let offered: Vec<_> = offered.collect();
    let complaint = if offered.is_empty() {
        format!("is no known port: “{text}”; enter its UN/LOCODE, for example NLRTM, or its name")
    } else {
        let named = candidates.iter().take(5);
        let named =
            named.map(|place| format!("{} ({}, {})", place.location, place.name, place.country));
        let named = named.collect::<Vec<_>>().join(", ");
        format!("“{text}” could be {named}; choose one, or enter the code")
    };
    Ok(Err(Unclear { complaint, offered }))
}

/// Puts codes in place of the names of locations that were entered.
pub(crate) async fn resolve(
    reading: &mut Reading,
    schema: &Value,
    entered: &mut Entered,
) -> Result<(), QueryError> {
    for pointer in locations_in(schema, "", entered) {
        let text = entered.value(&pointer).unwrap_or_default().to_owned();
        if text.trim().is_empty() {
            continue;
        }
        match location(reading, &text).await? {
            Ok(code) => entered.set(&pointer, code.to_string()),
            Err(Unclear { complaint, offered }) => {
                entered.wrong_field(&pointer, complaint);
                if !offered.is_empty() {
                    entered.offer(&pointer, offered);
                }
            }
        }
    }
    Ok(())
}

/// The fields that ask for a location, list items as many as were entered.
fn locations_in(schema: &Value, pointer: &str, entered: &Entered) -> Vec<String> {
    if let Some(properties) = schema["properties"].as_object() {
        let fields = properties.iter();
        return fields
            .flat_map(|(name, schema)| locations_in(schema, &format!("{pointer}/{name}"), entered))
            .collect();
    }
    if schema["type"] == "array" {
        return (0..entered.items(pointer))
            .flat_map(|item| locations_in(&schema["items"], &format!("{pointer}/{item}"), entered))
            .collect();
    }
    // New locations are named by codes that nobody knows yet.
    let asks = schema["format"] == "un-locode" && !pointer.ends_with("/un_locode");
    asks.then(|| pointer.to_owned()).into_iter().collect()
}
