//! The list of locations, with links to correct them.

use crate::limits::CURSOR_CHARS_MAX;
use crate::pages::PageRoute;
use crate::pages::filters::next_page;
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Visit};
use crate::state::Shared;
use application::Operation;
use application::locations::{AddLocations, CorrectLocation, LocationView};
use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{Location, LocationFilter};

/// The list.
pub(crate) const LIST: &str = "/locations";

/// The pages and their forms.
pub(crate) const ROUTES: &[PageRoute] = &[PageRoute {
    path: LIST,
    methods: || get(list),
}];

/// The number of locations on a page.
const SHOWN: u64 = 50;
/// The maximum number of other names shown for each.
const NAMES: usize = 4;

#[derive(Template)]
#[template(path = "locations/locations.html")]
struct LocationsPage {
    shell: Shell,
    rows: Vec<LocationRow>,
    name: String,
    next: Option<String>,
    may_add: bool,
    may_correct: bool,
}

/// A location in the list.
struct LocationRow {
    code: String,
    name: String,
    /// Some of its other names, and the number of further ones.
    others: String,
    country: String,
    /// In parts, between which a narrow screen may break the line.
    time_zone: Vec<String>,
}

impl LocationRow {
    fn of(location: &LocationView) -> Self {
        let names = location.aliases.iter().take(NAMES);
        let mut others: Vec<_> = names.map(ToString::to_string).collect();
        let more = location.aliases.len().saturating_sub(NAMES);
        if more > 0 {
            others.push(format!("{more} more"));
        }
        Self {
            code: location.location.to_string(),
            name: location.name.to_string(),
            others: others.join(", "),
            country: location.country.to_string(),
            time_zone: {
                let zone = location.time_zone.as_str();
                let parts = zone.split_inclusive(['/', '_']);
                parts.map(str::to_owned).collect()
            },
        }
    }
}

/// The list.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let shell = visit.shell("Locations");
    let name = visit.parameters.line("name", NAME_CHARS_MAX);
    let name = name.unwrap_or_default();
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let filter = LocationFilter {
        country: None,
        name: Some(name.clone()).filter(|name| !name.is_empty()),
    };
    let found = visit
        .reading
        .list::<Location>(filter, cursor.as_deref(), SHOWN);
    let found = found.await?;
    let template = LocationsPage {
        next: next_page(&parts, found.next.as_deref()),
        rows: found.items.iter().map(LocationRow::of).collect(),
        name,
        may_add: visit.may_run(&AddLocations::ABOUT),
        may_correct: visit.may_run(&CorrectLocation::ABOUT),
        shell,
    };
    visit.answer(&template)
}
