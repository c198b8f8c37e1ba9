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
use domain::voyages::Voyage;
use serde::Serialize;
use serde_json::Value;

/// Where suggestions come from.
pub(crate) const LOCATIONS: &str = "/suggest/locations";

/// Most suggestions.
const SUGGESTIONS: u64 = 12;

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
            label: format!("{}, {}", place.name, place.country),
        })
        .collect();
    let mut response = json(&suggestions);
    let kept = HeaderValue::from_static("private, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}

/// Locations whose name or code contains a text, those that begin with it first.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<LocationView>, QueryError> {
    let text = text.trim().to_lowercase();
    if text.len() < 2 {
        return Ok(Vec::new());
    }
    let filter = Filter::Locations {
        country: None,
        name: Some(text.clone()),
    };
    let mut found = reading.list::<Location>(filter, None, 200).await?.items;
    found.sort_by_cached_key(|place| {
        let name = place.name.as_str().to_lowercase();
        (name != text, !name.starts_with(&text), name)
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
) -> Result<Result<UnLocode, String>, QueryError> {
    let text = text.trim();
    if let Ok(code) = text.to_uppercase().parse::<UnLocode>() {
        let lookup = domain::Names::<Location>::lookup(&code);
        if !reading.some::<Location>([lookup]).await?.is_empty() {
            return Ok(Ok(code));
        }
    }
    let found = search(reading, text).await?;
    let is_exact =
        |place: &&LocationView| place.name.as_str().to_lowercase() == text.to_lowercase();
    let exact: Vec<_> = found.iter().filter(is_exact).collect();
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
    let candidates: Vec<_> = candidates
        .iter()
        .take(5)
        .map(|place| format!("{} ({}, {})", place.location, place.name, place.country))
        .collect();
    Ok(Err(if candidates.is_empty() {
        format!("is no known port: “{text}”; enter its UN/LOCODE, for example NLRTM, or its name")
    } else {
        format!("could be {}; enter the code", candidates.join(", "))
    }))
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
            Err(complaint) => entered.wrong_field(&pointer, complaint),
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
