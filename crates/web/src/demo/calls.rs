//! Port agents report departures and arrivals.

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

/// A departure or an arrival of a ship.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShipMove {
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
            self.expect_ship_move(ShipMove {
                voyage,
                movement: 0,
                arrives: false,
                late: 0,
            });
        }
    }

    fn expected(&self, ship: ShipMove) -> Moment {
        let movement = &self.sailings[ship.voyage].movements[ship.movement];
        match ship.arrives {
            true => movement.arrives,
            false => movement.departs,
        }
    }

    fn expect_ship_move(&mut self, ship: ShipMove) {
        let late = self.ship_dice.time(LEAVES_LATE.0, LEAVES_LATE.1);
        let reported_after = late + self.ship_dice.time(REPORT_TAKES.0, REPORT_TAKES.1);
        let moment = self.expected(ship).plus_minutes(reported_after);
        self.plan_ship_move(moment, ShipMove { late, ..ship });
    }

    /// Reports a call, unless the ship is expected later by now, and expects the next one.
    pub(super) async fn move_ship(&mut self, ship: ShipMove) -> Result<(), Trouble> {
        let sailing = &self.sailings[ship.voyage];
        if sailing.cancelled && !ship.arrives {
            return Ok(());
        }
        let at = self.expected(ship).plus_minutes(ship.late);
        if at > self.time() {
            self.expect_ship_move(ship);
            return Ok(());
        }
        let movement = &sailing.movements[ship.movement];
        let port = if ship.arrives {
            &movement.to
        } else {
            &movement.from
        };
        let place = (ship.movement, ship.arrives);
        let (operation, input) = report(&sailing.number, port, place, at);
        let call = ship.movement + usize::from(ship.arrives);
        let is_omitted = sailing.omitted.contains(&call);
        let is_forgotten = is_omitted || !ship.arrives && self.ship_dice.percent(FORGOTTEN_PERCENT);
        if !is_forgotten && self.office.agent(operation, &input).await?.is_some() {
            let movement = &mut self.sailings[ship.voyage].movements[ship.movement];
            match ship.arrives {
                true => movement.arrives = at,
                false => movement.departs = at,
            }
        }
        let movement = ship.movement + usize::from(ship.arrives);
        if movement < self.sailings[ship.voyage].movements.len() {
            self.expect_ship_move(ShipMove {
                voyage: ship.voyage,
                movement,
                arrives: !ship.arrives,
                late: 0,
            });
        }
        Ok(())
    }
}
