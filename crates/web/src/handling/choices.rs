//! Choices for fields that ask for the id of a handling event.

use crate::pages::known::{CHOICES, IdField, LabelledValue};
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use application::handling::HandlingEventView;
use application::queries::Viewed;
use domain::handling::{HandlingEvent, HandlingFilter, HandlingStatusWord};
use futures::FutureExt;

/// The fields.
pub(crate) const ID_FIELDS: &[IdField] = &[IdField {
    pointer: "/event",
    choices: |visit| events(visit).boxed(),
}];

/// The latest handling events that have not been retracted.
async fn events(visit: &mut Visit) -> Result<Vec<LabelledValue>, Away> {
    if !visit.may_read(HandlingEvent::READ) {
        return Ok(Vec::new());
    }
    let filter = HandlingFilter {
        status: Some(HandlingStatusWord::Registered),
        ..HandlingFilter::default()
    };
    let found = visit.reading.list::<HandlingEvent>(filter, None, CHOICES);
    let found = found.await?.items;
    let places = found.iter().map(|event| &event.location);
    let places = Places::load(&mut visit.reading, places).await?;
    let label = |event: HandlingEventView| {
        let voyage = event.voyage.map(|own| format!(" {own}"));
        let words = format!(
            "{} · {}{} in {} · {}",
            event.cargo,
            event.handling_type.word(),
            voyage.unwrap_or_default(),
            event.location,
            places.dated(event.completed_at, Some(&event.location))
        );
        (event.event.to_string(), words)
    };
    Ok(found.into_iter().map(label).collect())
}
