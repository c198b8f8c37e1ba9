//! The warning in the form of `cancel-voyage`: the number of cargoes affected.

use crate::clock::SystemChance;
use crate::pages::form::Entered;
use crate::pages::visit::{Away, Visit};
use crate::problem::Problem;
use application::Operation;
use application::queries::Rehearsal;
use application::voyages::CancelVoyage;
use application::{Failed, find};
use serde_json::{Value, json};

/// The operation with this warning.
pub(crate) const CANCEL_VOYAGE: &str = CancelVoyage::ABOUT.name;

/// The number of cargoes that lose a voyage when it is cancelled.
pub(crate) struct Hit {
    pub(crate) voyage: String,
    pub(crate) cargoes: usize,
}

/// The cargoes that cancelling the entered voyage would affect, or nothing if it cannot be
/// cancelled.
pub(crate) async fn hit(visit: &mut Visit, entered: &Entered) -> Result<Option<Hit>, Away> {
    let voyage = entered.value("/voyage").unwrap_or_default();
    let voyage = voyage.trim().to_uppercase();
    let cancel = find(CANCEL_VOYAGE).expect("an operation");
    let input = json!({ "voyage": voyage, "reason": "A rehearsal" });
    let input = serde_json::to_vec(&input).expect("JSON can be written");
    let Ok(ready) = cancel.read(&input, visit.now, &mut SystemChance) else {
        return Ok(None);
    };
    let (asked, reading) = ([(cancel, ready)], &mut visit.reading);
    let answers = reading.rehearse(&asked, Rehearsal::Alone, visit.now);
    let Some(Ok(cancelled)) = answers.await?.pop() else {
        return Ok(None);
    };
    let outcome: Value =
        serde_json::from_str(&cancelled.outcome).map_err(|_| Problem::from(Failed::Broken))?;
    let cargoes = outcome["affected_cargoes"].as_array().map_or(0, Vec::len);
    Ok(Some(Hit { voyage, cargoes }))
}
