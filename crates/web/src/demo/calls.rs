//! Ships that leave and arrive: port agents report them.

use super::story::Story;
use crate::cli::local::Trouble;
use domain::Moment;
use serde_json::{Value, json};

/// Ships leave this many minutes after the expected time, at least and at most.
pub(super) const LEAVES_LATE: (i64, i64) = (5, 95);
/// The share of departures that nobody reports, in percent.
const FORGOTTEN_PERCENT: usize = 6;
/// How long a report takes, in minutes.
const REPORT_TAKES: (i64, i64) = (5, 40);

/// A ship leaves a port or reaches one.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShipCall {
    pub(super) voyage: usize,
    pub(super) movement: usize,
    pub(super) arrives: bool,
    /// By how many minutes.
    late: i64,
}

/// The operation and input of a report.
pub(super) fn report(
    voyage: &str,
    port: &str,
    (movement, arrives): (usize, bool),
    at: Moment,
) -> (&'static str, Value) {
    let (operation, call) = match arrives {
        true => ("report-arrival", movement + 2),
        false => ("report-departure", movement + 1),
    };
    let input = json!({ "voyage": voyage, "location": port, "call": call, "at": at });
    (operation, input)
}

impl Story<'_> {
    /// Plans the reports of all ships: of the first departure, from which the others follow.
    pub(super) fn watch_ships(&mut self) {
        for voyage in 0..self.sailings.len() {
            self.expect_call(ShipCall {
                voyage,
                movement: 0,
                arrives: false,
                late: 0,
            });
        }
    }

    fn expected(&self, call: ShipCall) -> Moment {
        let movement = &self.sailings[call.voyage].movements[call.movement];
        match call.arrives {
            true => movement.arrives,
            false => movement.departs,
        }
    }

    fn expect_call(&mut self, call: ShipCall) {
        let late = self.chances.time(LEAVES_LATE.0, LEAVES_LATE.1);
        let told = late + self.chances.time(REPORT_TAKES.0, REPORT_TAKES.1);
        let moment = self.expected(call).plus_minutes(told);
        self.plan_call(moment, ShipCall { late, ..call });
    }

    /// Reports a call, unless the ship is expected later by now, and expects the next one.
    pub(super) async fn call(&mut self, call: ShipCall) -> Result<(), Trouble> {
        let sailing = &self.sailings[call.voyage];
        if sailing.cancelled && !call.arrives {
            return Ok(());
        }
        let at = self.expected(call).plus_minutes(call.late);
        if at > self.time() {
            self.expect_call(call);
            return Ok(());
        }
        let movement = &sailing.movements[call.movement];
        let port = if call.arrives {
            &movement.to
        } else {
            &movement.from
        };
        let place = (call.movement, call.arrives);
        let (operation, input) = report(&sailing.number, port, place, at);
        let is_forgotten = !call.arrives && self.chances.percent(FORGOTTEN_PERCENT);
        if !is_forgotten && self.office.agent(operation, &input).await?.is_some() {
            let movement = &mut self.sailings[call.voyage].movements[call.movement];
            match call.arrives {
                true => movement.arrives = at,
                false => movement.departs = at,
            }
        }
        let movement = call.movement + usize::from(call.arrives);
        if movement < self.sailings[call.voyage].movements.len() {
            self.expect_call(ShipCall {
                voyage: call.voyage,
                movement,
                arrives: !call.arrives,
                late: 0,
            });
        }
        Ok(())
    }
}
