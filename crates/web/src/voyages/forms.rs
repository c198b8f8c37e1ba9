//! The forms of operations on voyages: filled in with what is planned, with a delay for all times
//! ahead, and with the number of cargoes that a cancellation affects.

use super::confirm::affected as affected_cargoes;
use super::vessels::form::{Register, fill_in_picked, picked, picker};
use crate::clock::SystemChance;
use crate::pages::form::{Entered, FixedField};
use crate::pages::places::Places;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm, preset_all};
use crate::pages::visit::{Away, Visit};
use crate::problem::Problem;
use application::queries::Rehearsal;
use application::voyages::{
    CancelVoyage, ChangeVessel, ChangeVoyageCapacity, MovementView, ReportArrival, ReportDeparture,
    RescheduleVoyage, VoyageView,
};
use application::{About, Failed, Operation, find};
use askama::Template;
use async_trait::async_trait;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use serde_json::{Value, json};

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[
    &Register,
    &Schedule,
    &Reschedule,
    &Filled(&ChangeVoyageCapacity::ABOUT),
    &AnotherVessel,
    &Omit,
    &Cancel,
    &Report(&ReportDeparture::ABOUT),
    &Report(&ReportArrival::ABOUT),
];

mod omit;
mod schedule;

use omit::Omit;
use schedule::Schedule;

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

    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        affected_cargoes(visit, self.operation(), input).await
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

    /// Ports and reported times cannot be rescheduled, so they are only shown.
    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let Some(voyage) = planned(visit, entered).await? else {
            return Ok(FormParts::default());
        };
        let delay = Delay {
            operation: RescheduleVoyage::ABOUT.name,
            voyage: voyage.voyage.to_string(),
            hours_max: DELAY_HOURS_MAX,
        };
        let ports = voyage.movements.iter();
        let ports = ports.flat_map(|movement| [&movement.from, &movement.to]);
        let places = Places::load(&mut visit.reading, ports).await?;
        let movements = voyage.movements.iter().enumerate();
        Ok(FormParts {
            above: render(&delay),
            fixed: movements
                .flat_map(|(index, movement)| fixed(index, movement, &places))
                .collect(),
            ..FormParts::default()
        })
    }
}

/// What cannot be rescheduled of a movement.
fn fixed(index: usize, movement: &MovementView, places: &Places) -> Vec<FixedField> {
    let field = |name: &str, value: String, shown: String| FixedField {
        pointer: format!("/movements/{index}/{name}"),
        value,
        shown,
    };
    let port = |name, port: &UnLocode| field(name, port.to_string(), places.with_code(port));
    let reported = |name, time: Option<Moment>, port| {
        let time = time?;
        let shown = format!("{}, as reported", places.time(port, time).local);
        Some(field(name, time.to_string(), shown))
    };
    let (from, to) = (&movement.from, &movement.to);
    let ports = [port("from", from), port("to", to)];
    let times = [
        reported("departs", movement.departed_at, from),
        reported("arrives", movement.arrived_at, to),
    ];
    ports
        .into_iter()
        .chain(times.into_iter().flatten())
        .collect()
}

/// The form of a new capacity, filled in with the present one.
struct Filled(&'static About);

#[async_trait]
impl SpecialForm for Filled {
    fn operation(&self) -> &'static About {
        self.0
    }

    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        affected_cargoes(visit, self.operation(), input).await
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

/// The form that gives a voyage to another ship: one from the register, or the present one with
/// what is to be corrected.
struct AnotherVessel;

#[async_trait]
impl SpecialForm for AnotherVessel {
    fn operation(&self) -> &'static About {
        &ChangeVessel::ABOUT
    }

    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        affected_cargoes(visit, self.operation(), input).await
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let ship = picked(visit);
        fill_in_picked(visit, ship, entered).await?;
        match planned(visit, entered).await? {
            Some(voyage) => Ok(preset_all(entered, schema, &voyage)?),
            None => Ok(()),
        }
    }

    async fn parts(&self, _visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let voyage = entered.value("/voyage").unwrap_or_default();
        Ok(FormParts {
            above: picker(self.operation(), voyage, None),
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

/// The form of a report of a call. It says what was known before, and a correction starts from it.
struct Report(&'static About);

/// A call that a report may mean.
struct Call {
    number: usize,
    /// The best known time.
    time: Moment,
    is_reported: bool,
}

/// What is known of a call before a report.
#[derive(Template)]
#[template(path = "voyages/known_call.html")]
struct KnownCall {
    voyage: String,
    vessel: String,
    port: String,
    /// The code of the port.
    code: String,
    /// The word for what is reported.
    what: &'static str,
    calls: Vec<(usize, String, bool)>,
}

impl Report {
    fn is_arrival(&self) -> bool {
        self.0.name == ReportArrival::ABOUT.name
    }

    /// The entered voyage and port, and its calls there.
    async fn calls(
        &self,
        visit: &mut Visit,
        entered: &Entered,
    ) -> Result<Option<(VoyageView, UnLocode, Vec<Call>)>, Away> {
        let port = entered.value("/location").unwrap_or_default();
        let port = port.trim().to_uppercase().parse::<UnLocode>();
        let (Ok(port), Some(voyage)) = (port, planned(visit, entered).await?) else {
            return Ok(None);
        };
        let movements = voyage.movements.iter().enumerate();
        let calls = movements.filter_map(|(index, movement)| {
            let (own, number, time, reported) = match self.is_arrival() {
                true => (
                    &movement.to,
                    index + 2,
                    movement.arrives,
                    movement.arrived_at,
                ),
                false => (
                    &movement.from,
                    index + 1,
                    movement.departs,
                    movement.departed_at,
                ),
            };
            (*own == port).then_some(Call {
                number,
                time,
                is_reported: reported.is_some(),
            })
        });
        let calls = calls.collect();
        Ok(Some((voyage, port, calls)))
    }
}

#[async_trait]
impl SpecialForm for Report {
    fn operation(&self) -> &'static About {
        self.0
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        _schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let Some((_, _, calls)) = self.calls(visit, entered).await? else {
            return Ok(());
        };
        let number = entered.value("/call").and_then(|call| call.parse().ok());
        let meant = match (number, calls.as_slice()) {
            (None, [only]) => Some(only),
            (number, calls) => calls.iter().find(|call| Some(call.number) == number),
        };
        // A correction starts from what was reported, a first report from now.
        if let Some(call) = meant {
            let at = match call.is_reported {
                true => call.time,
                false => whole_minute(visit.now),
            };
            entered.preset("/at", at.to_string());
        }
        Ok(())
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let Some((voyage, port, calls)) = self.calls(visit, entered).await? else {
            return Ok(FormParts::default());
        };
        let places = Places::load(&mut visit.reading, [&port]).await?;
        let told = |call: &Call| {
            let time = places.dated(call.time, Some(&port));
            (call.number, time, call.is_reported)
        };
        let what = if self.is_arrival() {
            "arrival"
        } else {
            "departure"
        };
        let named = |call: &Call| {
            let time = places.dated(call.time, Some(&port));
            let label = format!(
                "Call {} in {}, {what} {time}",
                call.number,
                places.named(&port)
            );
            (call.number.to_string(), label)
        };
        let choices = match calls.len() {
            0 | 1 => Vec::new(),
            _ => vec![("/call", calls.iter().map(named).collect())],
        };
        let known = KnownCall {
            voyage: voyage.voyage.to_string(),
            vessel: voyage.vessel.name.to_string(),
            port: places.with_code(&port),
            code: port.to_string(),
            what,
            calls: calls.iter().map(told).collect(),
        };
        Ok(FormParts {
            above: if calls.is_empty() {
                String::new()
            } else {
                render(&known)
            },
            choices,
            ..FormParts::default()
        })
    }
}

/// As people enter times.
fn whole_minute(time: Moment) -> Moment {
    const MINUTE_MICROS: i64 = 60_000_000;
    Moment::from_micros(time.micros() / MINUTE_MICROS * MINUTE_MICROS)
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

    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        affected_cargoes(visit, self.operation(), input).await
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
