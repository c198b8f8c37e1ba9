//! Calls that a ship omits.
//!
//! The movements to and from an omitted call stay, with their times and loads. The ship passes the
//! port, and cargo that stays on board goes on.

use super::events::{CallOmitted, CallRestored};
use super::movement::Stretch;
use super::reports::CallAt;
use super::rules::{CallMustBeKnown, OmittedCallTakesNothing};
use super::voyage::Voyage;
use crate::limits::REASON_CHARS_MAX;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::text::Text;

/// The fewest calls that a voyage keeps.
const CALLS_MIN: usize = 2;

impl Voyage {
    /// Omits a call.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `CallMustBeKnown` or `OmittedCallTakesNothing`.
    pub fn omit_call(
        mut self,
        asked: &CallAt,
        reason: Option<&Text<REASON_CHARS_MAX>>,
    ) -> Result<(Self, CallOmitted), Rejection> {
        let call = self.changed_call(asked)?;
        self.must_call(call)?;
        if let Some(at) = self.reported_at(call) {
            return Err(OmittedCallTakesNothing::Reported {
                voyage: self.number.clone(),
                port: asked.location.clone(),
                at,
            }
            .into());
        }
        let calls = self.ports().enumerate();
        let made = calls.filter(|(call, _)| !self.omits(*call)).count();
        require(made > CALLS_MIN, || OmittedCallTakesNothing::TooFewCalls {
            voyage: self.number.clone(),
            port: asked.location.clone(),
        })?;
        self.mark_call(call, true);
        let event = CallOmitted {
            voyage: self.number.clone(),
            location: asked.location.clone(),
            call: call + 1,
            reason: reason.map(Text::to_string),
        };
        Ok((self, event))
    }

    /// Makes a call again that was to be omitted.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `CallMustBeKnown` or `OmittedCallTakesNothing`.
    pub fn restore_call(
        mut self,
        asked: &CallAt,
        reason: Option<&Text<REASON_CHARS_MAX>>,
    ) -> Result<(Self, CallRestored), Rejection> {
        let call = self.changed_call(asked)?;
        require(self.omits(call), || OmittedCallTakesNothing::NotOmitted {
            voyage: self.number.clone(),
            port: asked.location.clone(),
        })?;
        self.mark_call(call, false);
        let event = CallRestored {
            voyage: self.number.clone(),
            location: asked.location.clone(),
            call: call + 1,
            reason: reason.map(Text::to_string),
        };
        Ok((self, event))
    }

    fn changed_call(&self, asked: &CallAt) -> Result<usize, Rejection> {
        self.must_sail()?;
        let none = || CallMustBeKnown::NoCall {
            voyage: self.number.clone(),
            port: asked.location.clone(),
        };
        self.call(asked, |_| true, none)
    }

    /// The ports of call, in order.
    pub(super) fn ports(&self) -> impl Iterator<Item = &UnLocode> {
        let from = self.movements.iter().map(|movement| &movement.from);
        from.chain(self.movements.last().map(|movement| &movement.to))
    }

    /// Whether the ship omits a call, counted from 0.
    pub(super) fn omits(&self, call: usize) -> bool {
        match self.movements.get(call) {
            Some(departing) => departing.from_omitted,
            None => self.movements[call - 1].to_omitted,
        }
    }

    /// Checks `OmittedCallTakesNothing` for a call, counted from 0.
    pub(super) fn must_call(&self, call: usize) -> Result<(), Rejection> {
        require(!self.omits(call), || OmittedCallTakesNothing::Omitted {
            voyage: self.number.clone(),
            port: match self.movements.get(call) {
                Some(departing) => departing.from.clone(),
                None => self.movements[call - 1].to.clone(),
            },
        })
    }

    /// Checks `OmittedCallTakesNothing` for the call where a stretch ends.
    pub(super) fn must_call_at_end(&self, stretch: &Stretch) -> Result<(), Rejection> {
        self.must_call(stretch.0.end)
    }

    fn reported_at(&self, call: usize) -> Option<Moment> {
        let arriving = call.checked_sub(1).map(|before| &self.movements[before]);
        let arrived = arriving.and_then(|movement| movement.arrived_at);
        let departing = self.movements.get(call);
        arrived.or_else(|| departing?.departed_at)
    }

    fn mark_call(&mut self, call: usize, omitted: bool) {
        if let Some(arriving) = call.checked_sub(1) {
            self.movements[arriving].to_omitted = omitted;
        }
        if let Some(departing) = self.movements.get_mut(call) {
            departing.from_omitted = omitted;
        }
    }
}
