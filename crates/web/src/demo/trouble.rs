//! The troubles of the sample world: delays, a cancelled voyage, a customer that does not pay.

use super::fate::{Fate, Step};
use super::sailing::Sailing;
use super::story::{Cargo, Story};
use crate::cli::local::Trouble;
use domain::Moment;
use serde_json::json;

/// Something that affects many cargoes at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Incident {
    /// A voyage is so late that a cargo misses its next one.
    ConnectionLost,
    /// A voyage is so late that a cargo arrives after its deadline.
    DeadlineLost,
    /// A voyage is cancelled. Some of its cargoes are rolled, the others wait for it.
    VoyageCancelled,
    /// A voyage omits a call at which cargoes are loaded or unloaded.
    CallOmitted,
    /// A planner changes the line of a voyage, and is refused where it would be below the load.
    LineMoved,
    /// A customer is suspended.
    Suspended,
    /// Another customer is suspended for a while.
    SuspendedForAWhile,
    /// That customer is reinstated.
    Reinstated,
}

/// The times of the troubles, in hours before now.
pub(super) const INCIDENTS: &[(i64, Incident)] = &[
    (480, Incident::SuspendedForAWhile),
    (384, Incident::Reinstated),
    (300, Incident::ConnectionLost),
    (240, Incident::LineMoved),
    (150, Incident::ConnectionLost),
    (120, Incident::Suspended),
    (70, Incident::DeadlineLost),
    (44, Incident::ConnectionLost),
    (52, Incident::CallOmitted),
    (34, Incident::VoyageCancelled),
    (26, Incident::ConnectionLost),
    (20, Incident::DeadlineLost),
];

/// The customer that stays suspended, and the one that is reinstated, by index.
const SUSPENDED: usize = 13;
const REINSTATED: usize = 21;
/// The maximum delay of a ship in the sample world, in hours.
const DELAY_HOURS_MAX: i64 = 100;

impl Story<'_> {
    pub(super) async fn happen(&mut self, incident: Incident) -> Result<(), Trouble> {
        match incident {
            Incident::ConnectionLost => {
                let late = self.connection_to_lose();
                self.delay(late).await
            }
            Incident::DeadlineLost => {
                let late = self.deadline_to_lose();
                self.delay(late).await
            }
            Incident::VoyageCancelled => self.cancel_voyage().await,
            Incident::CallOmitted => self.omit_call().await,
            Incident::LineMoved => self.move_line().await,
            Incident::Suspended => self.suspend(SUSPENDED).await,
            Incident::SuspendedForAWhile => self.suspend(REINSTATED).await,
            Incident::Reinstated => self.reinstate(REINSTATED).await,
        }
    }

    async fn suspend(&mut self, place: usize) -> Result<(), Trouble> {
        let input = json!({
            "customer": self.customers[place].id,
            "reason": "Invoices unpaid for ninety days",
        });
        let suspended = self.office.clerk("suspend-customer", &input);
        suspended.await.map(drop)
    }

    async fn reinstate(&mut self, place: usize) -> Result<(), Trouble> {
        let input = json!({ "customer": self.customers[place].id });
        let reinstated = self.office.clerk("reinstate-customer", &input);
        reinstated.await.map(drop)
    }

    /// The voyage, and the delay in hours, with which a cargo just misses its next voyage: the
    /// tightest connection ahead.
    fn connection_to_lose(&self) -> Option<(usize, i64)> {
        let connections = self.on_track().flat_map(|cargo| cargo.route.windows(2));
        let hours = connections.filter_map(|legs| {
            let arrives = legs[0].arrives(&self.sailings);
            let wait = hours(arrives, legs[1].departs(&self.sailings));
            (wait > 6 && self.may_be_late(legs[0].voyage, legs[0].unload))
                .then_some((legs[0].voyage, wait + 2))
        });
        hours.min_by_key(|(_, hours)| *hours)
    }

    /// The voyage, and the delay in hours, with which a cargo just misses its deadline.
    fn deadline_to_lose(&self) -> Option<(usize, i64)> {
        let hours = self.on_track().filter_map(|cargo| {
            let last = &cargo.route[cargo.route.len() - 1];
            let left = hours(last.arrives(&self.sailings), cargo.deadline);
            (left > 0 && self.may_be_late(last.voyage, last.unload))
                .then_some((last.voyage, left + 3))
        });
        hours.min_by_key(|(_, hours)| *hours)
    }

    /// Cargoes that are on track as far as anyone knows.
    fn on_track(&self) -> impl Iterator<Item = &Cargo> {
        let cargoes = self.cargoes.iter();
        cargoes.filter(|cargo| cargo.is_booked && cargo.fate == Fate::Carried)
    }

    /// Whether an arrival can still be delayed, because its movement has not departed.
    fn may_be_late(&self, voyage: usize, movement: usize) -> bool {
        let sailing = &self.sailings[voyage];
        !sailing.cancelled && sailing.movements[movement].departs > self.time()
    }

    async fn delay(&mut self, late: Option<(usize, i64)>) -> Result<(), Trouble> {
        let Some((voyage, hours)) = late else {
            return Ok(());
        };
        let hours = hours.clamp(8, DELAY_HOURS_MAX);
        let Some(late) = self.sailings[voyage].late(hours, self.time()) else {
            return Ok(());
        };
        let input = late.reschedule();
        let rescheduled = self.office.planner("reschedule-voyage", &input).await?;
        if rescheduled.is_some() {
            self.sailings[voyage] = late;
        }
        Ok(())
    }

    async fn cancel_voyage(&mut self) -> Result<(), Trouble> {
        // Not one of those that are booked up to their lines.
        let soon = self.office.now.plus_hours(135);
        let later = self.office.now.plus_hours(480);
        let is_ahead = |own: &Sailing| own.departs() > soon && own.departs() < later;
        let ahead = (0..self.sailings.len()).filter(|voyage| is_ahead(&self.sailings[*voyage]));
        let Some(voyage) = ahead.max_by_key(|voyage| self.aboard(*voyage).len()) else {
            return Ok(());
        };
        let input = json!({
            "voyage": self.sailings[voyage].number,
            "reason": "The ship has engine damage and goes to the yard",
        });
        if self
            .office
            .planner("cancel-voyage", &input)
            .await?
            .is_none()
        {
            return Ok(());
        }
        self.sailings[voyage].cancelled = true;
        let rolled = self.aboard(voyage).into_iter().step_by(3);
        for (cargo, leg) in rolled.collect::<Vec<_>>() {
            self.then(cargo, Step::Roll(leg), (3, 30));
        }
        Ok(())
    }

    /// The busiest call in the middle of a voyage is omitted.
    async fn omit_call(&mut self) -> Result<(), Trouble> {
        let soon = self.office.now.plus_hours(24);
        let later = self.office.now.plus_hours(240);
        let mut busiest = None;
        for (voyage, sailing) in self.sailings.iter().enumerate() {
            for call in 1..sailing.movements.len() {
                let arrives = sailing.movements[call - 1].arrives;
                if !sailing.cancelled && arrives > soon && arrives < later {
                    busiest = busiest.max(Some((self.handled_at(voyage, call), voyage, call)));
                }
            }
        }
        let Some((_, voyage, call)) = busiest else {
            return Ok(());
        };
        let sailing = &self.sailings[voyage];
        let input = json!({
            "voyage": sailing.number,
            "location": sailing.movements[call].from,
            "call": call + 1,
            "reason": "The port is closed by a storm",
        });
        if self.office.planner("omit-call", &input).await?.is_some() {
            self.sailings[voyage].omitted.push(call);
        }
        Ok(())
    }

    /// How many cargoes are loaded or unloaded at a call.
    fn handled_at(&self, voyage: usize, call: usize) -> usize {
        let aboard = self.aboard(voyage).into_iter();
        let handled = aboard.filter(|(cargo, leg)| {
            let leg = &self.cargoes[*cargo].route[*leg];
            leg.load == call || leg.unload + 1 == call
        });
        handled.count()
    }

    /// The cargoes booked on a voyage, each with its leg.
    fn aboard(&self, voyage: usize) -> Vec<(usize, usize)> {
        let booked = self.cargoes.iter().enumerate();
        let booked = booked.filter(|(_, cargo)| cargo.is_booked);
        booked
            .filter_map(|(place, cargo)| {
                let leg = cargo.route.iter().position(|leg| leg.voyage == voyage)?;
                Some((place, leg))
            })
            .collect()
    }

    async fn move_line(&mut self) -> Result<(), Trouble> {
        let ahead = self.sailings.iter().enumerate();
        let ahead = ahead.filter(|(_, own)| own.departs() > self.time());
        let fullest = ahead.max_by_key(|(voyage, _)| self.aboard(*voyage).len());
        let Some((_, sailing)) = fullest else {
            return Ok(());
        };
        let mut input = json!({
            "voyage": sailing.number,
            "capacity": sailing.capacity,
            "overbooking_percent": 8,
        });
        self.office
            .planner("change-voyage-capacity", &input)
            .await?;
        input["capacity"] = json!({ "teu": 1, "tonnes": 10 });
        let refused = self.office.planner("change-voyage-capacity", &input);
        refused.await.map(drop)
    }
}

fn hours(from: Moment, until: Moment) -> i64 {
    (until.micros() - from.micros()) / 3_600_000_000
}
