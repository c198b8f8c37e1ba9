//! The input of a report, from the form that people fill in at the quay.

use crate::booking::suggest::Cargoes;
use crate::locations::suggest::location;
use crate::pages::form::Entered;
use crate::pages::pickers::Search;
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use crate::voyages::suggest::Voyages;
use domain::Moment;
use domain::booking::{ContainerNumber, TrackingId};
use domain::handling::HandlingType;
use domain::locations::UnLocode;
use serde_json::{Value, json};

/// The reason in the log for a report that was undone right after it was made.
pub(super) const UNDONE: &str = "Reported by mistake at the quay";

/// The operation's input, if every field can be read. Faults are recorded beside their fields.
pub(super) async fn input(visit: &mut Visit, entered: &mut Entered) -> Result<Option<Value>, Away> {
    let text = |entered: &Entered, pointer| {
        let text: &str = entered.value(pointer).unwrap_or_default();
        text.trim().to_owned()
    };
    let mut input = json!({});
    if let Some(cargo) = meant(visit, entered, "/cargo", &Cargoes).await? {
        match (TrackingId::typed(&cargo), ContainerNumber::typed(&cargo)) {
            (Err(_), Ok(container)) => {
                entered.set("/cargo", container.to_string());
                input["container"] = json!(container);
            }
            (Ok(cargo), _) => {
                entered.set("/cargo", cargo.to_string());
                input["cargo"] = json!(cargo);
            }
            (Err(complaint), Err(_)) => entered.wrong_field("/cargo", complaint),
        }
    }
    let kind = text(entered, "/type");
    let kind = HandlingType::ALL.iter().find(|own| own.word() == kind);
    match kind {
        Some(kind) => input["type"] = json!(kind),
        None => entered.wrong_field("/type", "is required: choose a handling type".to_owned()),
    }
    // For the other types the page hides the field, and its remembered value does not apply.
    if !text(entered, "/voyage").is_empty()
        && kind.is_some_and(|kind| kind.has_voyage())
        && let Some(voyage) = meant(visit, entered, "/voyage", &Voyages).await?
    {
        let voyage = voyage.to_uppercase();
        entered.set("/voyage", voyage.clone());
        input["voyage"] = json!(voyage);
    }
    let place = text(entered, "/location");
    if place.is_empty() {
        entered.wrong_field("/location", "is required".to_owned());
        return Ok(None);
    }
    match location(&mut visit.reading, &place).await? {
        Err(unclear) => entered.unclear("/location", unclear),
        Ok(code) => {
            entered.set("/location", code.to_string());
            entered.tell_clock(code.to_string());
            input["location"] = json!(code);
            match entered_time(visit, entered, "/completed_at", &code).await? {
                Ok(time) => input["completed_at"] = json!(time),
                Err(complaint) => entered.wrong_field("/completed_at", complaint),
            }
        }
    }
    Ok(Some(input).filter(|_| !entered.has_errors()))
}

/// The name of the entered thing, or nothing if it is ambiguous, which is recorded.
async fn meant(
    visit: &mut Visit,
    entered: &mut Entered,
    pointer: &str,
    search: &dyn Search,
) -> Result<Option<String>, Away> {
    let text = entered.value(pointer).unwrap_or_default().to_owned();
    match search.meant(&mut visit.reading, &text).await? {
        Ok(name) => Ok(Some(name)),
        Err(unclear) => {
            entered.unclear(pointer, unclear);
            Ok(None)
        }
    }
}

/// When it was done: the local time of the port, as a person at the quay reads it. If nothing was
/// entered, now, to the minute.
pub(super) async fn entered_time(
    visit: &mut Visit,
    entered: &mut Entered,
    pointer: &str,
    location: &UnLocode,
) -> Result<Result<Moment, String>, Away> {
    const MINUTE: i64 = 60_000_000;
    let places = Places::load(&mut visit.reading, [location]).await?;
    let Some(place) = places.get(location) else {
        return Ok(Err("cannot be told: the port is not known".to_owned()));
    };
    let text = entered.value(pointer).unwrap_or_default().trim();
    if !text.is_empty() {
        return Ok(place.time_zone.when(text));
    }
    let minute = Moment::from_micros(visit.now.micros() / MINUTE * MINUTE);
    // When it is sent again after a refusal, it keeps the time of the first try.
    let shown = place.time_zone.shows(minute).format("%Y-%m-%dT%H:%M");
    entered.set(pointer, shown.to_string());
    Ok(Ok(minute))
}
