//! The result of a report or retraction: what it did to the cargo, and what is expected next.

use super::words::{self, Ahead, Outcome};
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use application::booking::CargoView;
use application::handling::HandlingEventView;
use application::queries::{At, QueryError};
use domain::booking::{BookingStatus, Cargo, TrackingId};
use domain::handling::{HandlingEvent, HandlingEventId};

/// The result of the last report or retraction.
pub(super) struct ReportResult {
    /// The style: `done`, or `note` if the cargo needs attention.
    pub(super) class: &'static str,
    pub(super) title: String,
    pub(super) detail: String,
    /// How the report contradicts the timetable.
    pub(super) doubts: Vec<String>,
    pub(super) cargo: String,
    /// Whether the report has been retracted.
    pub(super) is_retracted: bool,
}

/// A cargo as it was at a position, if it is known.
pub(super) async fn cargo_at(
    visit: &mut Visit,
    cargo: &TrackingId,
    position: Option<u64>,
) -> Result<Option<CargoView>, Away> {
    let when = position.map(At::Position).into();
    match visit.reading.one::<Cargo>(cargo, when).await {
        Ok(found) => Ok(Some(found.view)),
        Err(QueryError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The result of a report or retraction, from the states before and after it. Reloading the page
/// therefore shows the same.
pub(super) async fn result_of(
    visit: &mut Visit,
    position: u64,
    event: HandlingEventId,
) -> Result<Option<ReportResult>, Away> {
    let when = Some(At::Position(position)).into();
    let found = match visit.reading.one::<HandlingEvent>(&event, when).await {
        Ok(found) => found.view,
        Err(QueryError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let before = cargo_at(visit, &found.cargo, Some(position.saturating_sub(1))).await?;
    let after = cargo_at(visit, &found.cargo, Some(position)).await?;
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(None);
    };
    let steps = [&before, &after].map(|cargo| cargo.delivery.next_expected.as_ref());
    let places = steps.into_iter().flatten().map(|next| &next.location);
    let places = Places::load(&mut visit.reading, places.chain([&found.location])).await?;
    let known = before.handling.iter().any(|own| own.event == event);
    Ok(Some(outcome(&found, known, &before, &after, &places)))
}

fn outcome(
    event: &HandlingEventView,
    known: bool,
    before: &CargoView,
    after: &CargoView,
    places: &Places,
) -> ReportResult {
    let report = super::reported(event);
    let next = |cargo: &CargoView| {
        let next = cargo.delivery.next_expected.as_ref();
        next.map(|next| words::step(next, places))
    };
    let ahead = match next(after) {
        Some(next) => Ahead::Step(next),
        None if after.status == BookingStatus::Completed => Ahead::Complete,
        None if after.itinerary.is_empty() => Ahead::NoItinerary,
        None => Ahead::Nothing,
    };
    let outcome = if event.is_retracted() {
        Outcome::Retracted
    } else if known {
        Outcome::Known
    } else if event.container.is_some() && !after.moved_since(before) {
        Outcome::Partial
    } else if after.is_misdirected_after(event.handling_type) {
        Outcome::Misdirected {
            expected: next(before),
        }
    } else {
        Outcome::Registered
    };
    let doubts = match outcome {
        Outcome::Retracted => Vec::new(),
        _ => words::doubts(&report, &event.doubts, places),
    };
    let class = match outcome {
        Outcome::Misdirected { .. } => "note",
        _ if !doubts.is_empty() => "note",
        _ => "done",
    };
    let (title, detail) = words::result(outcome, words::report(&report, places), ahead);
    ReportResult {
        class,
        title,
        detail,
        doubts,
        cargo: event.cargo.to_string(),
        is_retracted: event.is_retracted(),
    }
}
