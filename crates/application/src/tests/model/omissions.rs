//! The reference's answers about calls that a ship omits.

use super::ask::Ask;
use super::choices::port;
use super::delivery::Delivery;
use super::reference::{Decided, Reference, Rule, Touched, require};
use super::reports::the_call;
use super::steps::Step;
use super::timetables::held_on;
use serde_json::json;

/// A call that a ship omits, or makes after all.
#[derive(Debug, Clone)]
pub(super) struct Omission {
    /// The number of the voyage.
    pub(super) voyage: usize,
    pub(super) port: usize,
    /// Which call, from 1.
    pub(super) call: Option<usize>,
    pub(super) restores: bool,
}

impl Reference {
    /// Nothing moves, and nothing changes its space. The legs that need the call are broken.
    pub(super) fn omit_call(&mut self, omission: &Omission) -> Decided {
        let voyage = self.known_to_sail(omission.voyage)?;
        let state = &self.voyages[voyage];
        let calls = state.calls().into_iter().enumerate().collect();
        let call = the_call(calls, (omission.port, omission.call))?;
        let is_omitted = state.omits(call);
        require(is_omitted == omission.restores, "OmittedCallTakesNothing")?;
        let was_reported = (call > 0 && state.movements[call - 1].arrived_at.is_some())
            || (call < state.movements.len() && state.movements[call].departed_at.is_some());
        let makes = state.calls().len() - state.omitted.len();
        let may = omission.restores || (!was_reported && makes > 2);
        require(may, "OmittedCallTakesNothing")?;
        let cargoes = self.by_id(|_| true);
        let before: Vec<_> = cargoes
            .iter()
            .map(|cargo| (self.held(*cargo), self.delivery(*cargo)))
            .collect();
        let event = if omission.restores {
            self.voyages[voyage].omitted.retain(|own| *own != call);
            "CallRestored"
        } else {
            self.voyages[voyage].omitted.push(call);
            "CallOmitted"
        };
        let mut answer = self.about_voyage(voyage, event);
        let mut affected = Vec::new();
        for (cargo, (held, delivery)) in cargoes.into_iter().zip(before) {
            if self.held(cargo) == held {
                continue;
            }
            self.touched.push(Touched::Cargo(cargo));
            answer.events.extend(self.consequences(cargo, &delivery));
            if omitted(&self.delivery(cargo)) > omitted(&delivery) {
                affected.push(&self.cargoes[cargo].tracking);
            }
        }
        answer.outcome["affected_cargoes"] = json!(affected);
        Ok(answer)
    }

    pub(super) fn must_call(&self, voyage: usize, call: usize) -> Result<(), Rule> {
        require(!self.voyages[voyage].omits(call), "OmittedCallTakesNothing")
    }
}

fn omitted(delivery: &Delivery) -> usize {
    let broken = delivery.broken.iter();
    broken.filter(|own| own.flag == "CallOmitted").count()
}

impl Step {
    /// Usually a call that a cargo needs, or an omitted one that is made after all.
    pub(super) fn omit_call(&self, reference: &Reference) -> Ask {
        let Self::OmitCall {
            voyage: of,
            call,
            wrong,
        } = self
        else {
            panic!("{self:?} omits no call");
        };
        let choice = usize::from(*call);
        let number = held_on(reference, *of, *call);
        let omits = reference.voyages.iter().find(|v| !v.omitted.is_empty());
        let restores = *wrong < 4 && (omits.is_some() || *wrong == 0);
        let meant = match omits.filter(|_| restores) {
            Some(state) => Some((state, state.omitted[choice % state.omitted.len()])),
            None => reference.voyage(number).ok().map(|place| {
                let state = &reference.voyages[place];
                (state, choice % state.calls().len())
            }),
        };
        let Some((state, call)) = meant else {
            return Ask::OmitCall(Omission {
                voyage: number,
                port: port(*call),
                call: None,
                restores,
            });
        };
        let at = state.calls()[call];
        let twice = state.calls().iter().filter(|port| **port == at).count() > 1;
        Ask::OmitCall(Omission {
            voyage: state.number,
            port: if *wrong == 15 { port(*of) } else { at },
            call: match wrong {
                14 => None,
                13 => Some(call + 2),
                _ => twice.then_some(call + 1),
            },
            restores,
        })
    }
}
