//! Corrections by people: retracted reports stay retracted when a file that contains them is
//! imported again. Otherwise each import would undo the corrections.

use super::Row;
use application::handling::HandlingEventView;
use application::queries::{PAGE_ITEMS_MAX, QueryError, Reading};
use domain::Moment;
use domain::handling::{HandlingEvent, HandlingFilter, HandlingStatusWord};
use serde_json::Value;
use std::collections::HashSet;

/// Reports that were retracted and have not been registered again.
pub(super) struct Corrections(HashSet<Report>);

/// Container or cargo, type, location, voyage and completion time.
type Report = [String; 5];

impl Corrections {
    /// Reads those for the cargoes in the rows.
    pub(super) async fn load(reading: &mut Reading, rows: &[Row]) -> Result<Self, QueryError> {
        let named = rows.iter().filter_map(|row| row.input.as_ref().ok());
        let named: HashSet<&str> = named.flat_map(names).collect();
        if named.is_empty() {
            return Ok(Self(HashSet::new()));
        }
        let retracted = HandlingFilter {
            status: Some(HandlingStatusWord::Retracted),
            ..HandlingFilter::default()
        };
        let is_named = |own: &HandlingEventView| {
            let container = own.container.as_ref();
            named.contains(own.cargo.as_str())
                || container.is_some_and(|container| named.contains(container.as_str()))
        };
        let retracted = all(reading, retracted, is_named).await?;
        let cargoes: HashSet<_> = retracted.iter().map(|own| own.cargo.clone()).collect();
        let mut reports: HashSet<Report> = retracted.iter().map(report).collect();
        for cargo in cargoes {
            let standing = HandlingFilter {
                cargo: Some(cargo),
                status: Some(HandlingStatusWord::Registered),
                ..HandlingFilter::default()
            };
            for own in all(reading, standing, |_| true).await? {
                reports.remove(&report(&own));
            }
        }
        Ok(Self(reports))
    }

    /// Whether the report in an input was retracted.
    pub(super) fn has(&self, input: &Value) -> bool {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let Ok(completed_at) = text("completed_at").parse::<Moment>() else {
            return false;
        };
        self.0.contains(&[
            names(input).next().unwrap_or_default().to_owned(),
            text("type"),
            text("location"),
            text("voyage"),
            completed_at.to_string(),
        ])
    }
}

/// What an input names: a container, or a cargo.
fn names(input: &Value) -> impl Iterator<Item = &str> {
    ["container", "cargo"]
        .into_iter()
        .filter_map(|name| input[name].as_str())
}

async fn all(
    reading: &mut Reading,
    filter: HandlingFilter,
    is_wanted: impl Fn(&HandlingEventView) -> bool,
) -> Result<Vec<HandlingEventView>, QueryError> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let filter = filter.clone();
        let page = reading.list::<HandlingEvent>(filter, cursor.as_deref(), PAGE_ITEMS_MAX);
        let page = page.await?;
        all.extend(page.items.into_iter().filter(&is_wanted));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

fn report(event: &HandlingEventView) -> Report {
    let voyage = event.voyage.as_ref().map(ToString::to_string);
    let container = event.container.as_ref().map(ToString::to_string);
    [
        container.unwrap_or_else(|| event.cargo.to_string()),
        event.handling_type.word().to_owned(),
        event.location.to_string(),
        voyage.unwrap_or_default(),
        event.completed_at.to_string(),
    ]
}
