//! Finds things by name: suggestions while typing, and lookups when a form is sent.

use super::form::Entered;
use super::pickers::{Picker, ShownInField};
use super::visit::{Away, Visit};
use crate::ROOMS;
use crate::api::resources::json;
use crate::state::Shared;
use application::queries::{QueryError, Reading};
use application::schema::type_of;
use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use domain::limits::NAME_CHARS_MAX;
use serde_json::Value;

/// Suggestions for each kind of thing that is picked by name.
pub(crate) fn routes() -> (Router<Shared>, Vec<&'static str>) {
    let pickers = || ROOMS.iter().flat_map(|room| room.pickers);
    let router = pickers().fold(Router::new(), |router, picker| {
        let suggest = |State(site): State<Shared>, parts: Parts| suggest(site, parts, picker);
        router.route(picker.path, get(suggest))
    });
    (router, pickers().map(|picker| picker.path).collect())
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
    let found = picker.search.suggestions(reading, &text).await?;
    let mut response = json(&found);
    let kept = HeaderValue::from_static(picker.cache_control);
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
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
        match picker.search.meant(reading, &text).await? {
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
        if entered.offered(&pointer).is_some() {
            continue;
        }
        match picker.search.shown(reading, &id).await? {
            Some(ShownInField::Name(name)) => entered.set(&pointer, name),
            Some(ShownInField::Among(choices)) => entered.offer(&pointer, choices),
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
    if type_of(schema) == Some("array") {
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
