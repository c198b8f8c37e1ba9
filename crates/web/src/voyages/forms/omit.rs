//! The form of an omitted call, with the calls of the voyage to choose from.

use super::{affected_cargoes, planned};
use crate::pages::form::Entered;
use crate::pages::places::Places;
use crate::pages::special_form::{FormParts, SpecialForm};
use crate::pages::visit::{Away, Visit};
use crate::voyages::pages::calls;
use application::voyages::{OmitCall, VoyageView};
use application::{About, Operation};
use async_trait::async_trait;
use domain::locations::UnLocode;
use serde_json::Value;

pub(super) struct Omit;

/// A call to choose.
struct Call {
    /// From 1.
    number: usize,
    port: UnLocode,
    /// `arrives 3 Mar 2027, 16:00 UTC+8, departs 4 Mar 2027, 06:00 UTC+8`.
    times: String,
}

#[async_trait]
impl SpecialForm for Omit {
    fn operation(&self) -> &'static About {
        &OmitCall::ABOUT
    }

    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        affected_cargoes(visit, self.operation(), input).await
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let Some(voyage) = planned(visit, entered).await? else {
            return Ok(FormParts::default());
        };
        let places = Places::load(&mut visit.reading, calls(&voyage)).await?;
        let calls = calls_of(&voyage, &places);
        let changes = [
            ("OMIT", "Omit the call"),
            ("RESTORE", "Call there after all"),
        ];
        let changes = changes.map(|(word, label)| (word.to_owned(), label.to_owned()));
        let repeated = repeated(&calls, &places);
        let hidden = match repeated.is_empty() {
            true => vec!["/call".to_owned()],
            false => Vec::new(),
        };
        Ok(FormParts {
            choices: vec![
                ("/location", ports(&calls, &places)),
                ("/call", repeated),
                ("/change", changes.to_vec()),
            ],
            hints: vec![
                ("/location", "Times are by the clock of the port."),
                (
                    "/call",
                    "Only for a port that the ship calls at more than once.",
                ),
            ],
            hidden,
            ..FormParts::default()
        })
    }
}

/// The calls of a voyage, with their times by the clock of the port.
fn calls_of(voyage: &VoyageView, places: &Places) -> Vec<Call> {
    let movements = &voyage.movements;
    let ports = calls(voyage).enumerate();
    ports
        .map(|(index, port)| {
            let before = index.checked_sub(1).map(|before| &movements[before]);
            let next = movements.get(index);
            let arrives = before.map(|own| ("arrives", own.arrives));
            let departs = next.map(|own| ("departs", own.departs));
            let times = arrives.into_iter().chain(departs);
            let times =
                times.map(|(word, time)| format!("{word} {}", places.dated(time, Some(port))));
            let is_omitted = next.map_or_else(
                || before.is_some_and(|own| own.to_omitted),
                |own| own.from_omitted,
            );
            let omitted = is_omitted.then(|| "now omitted".to_owned());
            Call {
                number: index + 1,
                port: port.clone(),
                times: times.chain(omitted).collect::<Vec<_>>().join(", "),
            }
        })
        .collect()
}

/// The ports, each once. A port with one call has its times.
fn ports(calls: &[Call], places: &Places) -> Vec<(String, String)> {
    let mut ports: Vec<(String, String)> = Vec::new();
    for call in calls {
        let port = &call.port;
        let own: Vec<_> = calls.iter().filter(|own| own.port == *port).collect();
        let name = places.with_code(port);
        let label = match own.as_slice() {
            [only] => format!("{name}: {}", only.times),
            several => format!("{name}: {} calls, choose one below", several.len()),
        };
        let choice = (port.to_string(), label);
        if !ports.contains(&choice) {
            ports.push(choice);
        }
    }
    ports
}

/// The calls at ports that the voyage calls at more than once.
fn repeated(calls: &[Call], places: &Places) -> Vec<(String, String)> {
    let again = |call: &&Call| calls.iter().filter(|own| own.port == call.port).count() > 1;
    let label = |call: &Call| {
        let (number, port) = (call.number, places.named(&call.port));
        (
            number.to_string(),
            format!("{port}, call {number}: {}", call.times),
        )
    };
    calls.iter().filter(again).map(label).collect()
}
