//! The forms of operations on voyages: filled in with what is planned, with a delay for all times
//! ahead, and with the number of cargoes that a cancellation affects.

use super::pages::calls;
use crate::clock::SystemChance;
use crate::pages::form::Entered;
use crate::pages::places::Places;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm, preset_all};
use crate::pages::visit::{Away, Visit};
use crate::problem::Problem;
use application::queries::Rehearsal;
use application::voyages::{
    CancelVoyage, ChangeVoyageCapacity, OmitCall, RescheduleVoyage, VoyageView,
};
use application::{About, Failed, Operation, find};
use askama::Template;
use async_trait::async_trait;
use domain::Names;
use domain::voyages::{Voyage, VoyageNumber};
use serde_json::{Value, json};

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[&Reschedule, &ChangeCapacity, &Omit, &Cancel];

/// The longest delay that can be applied: a year.
const DELAY_HOURS_MAX: u64 = 24 * 365;

/// The form of a new schedule, filled in with the present one. A delay can be applied to all times
/// ahead: `?voyage=V100&delay_hours=12`.
struct Reschedule;

#[derive(Template)]
#[template(path = "voyages/delay.html")]
struct Delay {
    operation: &'static str,
    voyage: String,
    hours_max: u64,
}

#[async_trait]
impl SpecialForm for Reschedule {
    fn operation(&self) -> &'static About {
        &RescheduleVoyage::ABOUT
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let delay = visit.parameters.number("delay_hours", 0, DELAY_HOURS_MAX);
        let delay = delay.and_then(|hours| i64::try_from(hours).ok());
        let Some(mut voyage) = planned(visit, entered).await? else {
            return Ok(());
        };
        if let Some(hours) = delay {
            for movement in &mut voyage.movements {
                movement.delay(hours, visit.now);
            }
        }
        Ok(preset_all(entered, schema, &voyage)?)
    }

    async fn parts(&self, _visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let voyage = entered.value("/voyage").unwrap_or_default().to_uppercase();
        let delay = (!voyage.is_empty()).then_some(Delay {
            operation: RescheduleVoyage::ABOUT.name,
            voyage,
            hours_max: DELAY_HOURS_MAX,
        });
        Ok(FormParts {
            above: delay.as_ref().map(render).unwrap_or_default(),
            ..FormParts::default()
        })
    }
}

/// The form of a new capacity, filled in with the present one.
struct ChangeCapacity;

#[async_trait]
impl SpecialForm for ChangeCapacity {
    fn operation(&self) -> &'static About {
        &ChangeVoyageCapacity::ABOUT
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        match planned(visit, entered).await? {
            Some(voyage) => Ok(preset_all(entered, schema, &voyage)?),
            None => Ok(()),
        }
    }
}

/// The form of an omitted call, with the calls of the voyage to choose from.
struct Omit;

#[async_trait]
impl SpecialForm for Omit {
    fn operation(&self) -> &'static About {
        &OmitCall::ABOUT
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let Some(voyage) = planned(visit, entered).await? else {
            return Ok(FormParts::default());
        };
        let places = Places::load(&mut visit.reading, calls(&voyage)).await?;
        let mut ports: Vec<(String, String)> = Vec::new();
        for port in calls(&voyage) {
            let choice = (port.to_string(), places.named(port).to_owned());
            if !ports.contains(&choice) {
                ports.push(choice);
            }
        }
        let changes = [
            ("OMIT", "Omit the call"),
            ("RESTORE", "Call there after all"),
        ];
        let changes = changes.map(|(word, label)| (word.to_owned(), label.to_owned()));
        Ok(FormParts {
            choices: vec![("/location", ports), ("/change", changes.to_vec())],
            ..FormParts::default()
        })
    }
}

/// The entered voyage, if it is known.
async fn planned(visit: &mut Visit, entered: &Entered) -> Result<Option<VoyageView>, Away> {
    let number = entered.value("/voyage").map(str::to_uppercase);
    let Some(number) = number.and_then(|number| number.parse::<VoyageNumber>().ok()) else {
        return Ok(None);
    };
    let known = visit.reading.some::<Voyage>([number.lookup()]);
    Ok(known.await?.pop())
}

/// The form of a cancellation, with the number of cargoes affected.
struct Cancel;

/// The number of cargoes that lose a voyage when it is cancelled.
#[derive(Template)]
#[template(path = "voyages/affected.html")]
struct Affected {
    voyage: String,
    cargoes: usize,
}

#[async_trait]
impl SpecialForm for Cancel {
    fn operation(&self) -> &'static About {
        &CancelVoyage::ABOUT
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let affected = affected(visit, entered).await?;
        Ok(FormParts {
            above: affected.as_ref().map(render).unwrap_or_default(),
            ..FormParts::default()
        })
    }
}

/// The cargoes that cancelling the entered voyage would affect, or nothing if it cannot be
/// cancelled.
async fn affected(visit: &mut Visit, entered: &Entered) -> Result<Option<Affected>, Away> {
    let voyage = entered.value("/voyage").unwrap_or_default();
    let voyage = voyage.trim().to_uppercase();
    let cancel = find(CancelVoyage::ABOUT.name).expect("an operation");
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
    Ok(Some(Affected { voyage, cargoes }))
}
