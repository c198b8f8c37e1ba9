//! Locations by code and name.

use crate::pages::pickers::{OFFERED, Picker, Search, Suggestion, Unclear, findable, is_name};
use application::locations::LocationView;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::locations::{Location, LocationFilter, UnLocode};
use domain::text::{Text, folded};
use domain::voyages::{Voyage, VoyageFilter};
use std::collections::BTreeSet;

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/locations",
    search: &Locations,
    cache_control: "private, max-age=300",
    hint_of_schema_first: false,
    hint: "Location name or UN/LOCODE.",
    example: "NLRTM",
    // A new location has a code that nobody knows yet.
    asks: |pointer, format| format == "un-locode" && !pointer.ends_with("/un_locode"),
};

/// The search for locations.
pub(crate) struct Locations;

#[async_trait]
impl Search for Locations {
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        locations(reading, text).await
    }

    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError> {
        let meant = location(reading, text).await?;
        Ok(meant.map(|code| code.to_string()))
    }
}

/// The maximum number of suggestions.
const SUGGESTIONS: u64 = 12;
/// The number of items searched, as page size and number of pages.
const PAGE: u64 = 200;
const PAGES_MAX: usize = 5;

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
