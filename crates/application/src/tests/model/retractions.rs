//! Reports of ships that are taken back: what the reference answers, and which ones chance asks for.

use super::ask::Ask;
use super::choices::{port, voyage};
use super::reference::{Decided, Reference, require};
use super::reports::{Report, the_call};
use super::steps::Step;

impl Reference {
    /// The estimate from before the report counts again, but the ship leaves no port before it
    /// arrives there.
    pub(super) fn retract_report(&mut self, report: &Report, arrival: bool, now: i64) -> Decided {
        let voyage = match arrival {
            true => self.voyage(report.voyage)?,
            false => self.known_to_sail(report.voyage)?,
        };
        let mut movements = self.voyages[voyage].movements.clone();
        let ports = movements.iter().map(|m| match arrival {
            true => m.expected.to,
            false => m.expected.from,
        });
        let calls = ports.enumerate();
        let calls = calls.map(|(place, port)| (place + usize::from(arrival), port));
        let call = the_call(calls.collect(), (report.port, report.call))?;
        let place = call - usize::from(arrival);
        let event = if arrival {
            let left = movements.get(place + 1).and_then(|next| next.departed_at);
            let movement = &mut movements[place];
            require(movement.arrived_at.take().is_some(), "ReportMustBeKnown")?;
            let expected = &mut movement.expected.arrives;
            *expected = left.map_or(*expected, |left| left.min(*expected));
            "ArrivalRetracted"
        } else {
            let arrives = place
                .checked_sub(1)
                .map(|before| movements[before].known().arrives);
            let movement = &mut movements[place];
            require(movement.departed_at.take().is_some(), "ReportMustBeKnown")?;
            let expected = &mut movement.expected.departs;
            *expected = arrives.map_or(*expected, |arrives| arrives.max(*expected));
            "DepartureRetracted"
        };
        let movements = self.move_on(voyage, movements, place)?;
        self.retime(voyage, event, movements, now)
    }
}

impl Step {
    /// Usually a report that stands.
    pub(super) fn retract_report(&self, reference: &Reference) -> Ask {
        let Self::RetractReport {
            which,
            wrong,
            by_the_planner,
        } = self
        else {
            panic!("{self:?} retracts no report");
        };
        let voyages = reference.voyages.iter();
        let reports = voyages.flat_map(|voyage| {
            let movements = voyage.movements.iter().enumerate();
            movements.flat_map(|(place, movement)| {
                let departure = movement
                    .departed_at
                    .map(|_| (movement.expected.from, place + 1));
                let arrival = movement
                    .arrived_at
                    .map(|_| (movement.expected.to, place + 2));
                let departure = departure.map(|(port, call)| (voyage.number, port, call, false));
                let arrival = arrival.map(|(port, call)| (voyage.number, port, call, true));
                [departure, arrival].into_iter().flatten()
            })
        });
        let reports: Vec<_> = reports.collect();
        let meant = usize::from(*which).checked_rem(reports.len());
        let meant = meant.filter(|_| wrong % 8 > 0).map(|place| reports[place]);
        let (number, at, call, arrival) = meant.unwrap_or_else(|| {
            let call = usize::from(wrong / 8 % 4) + 1;
            (
                voyage(reference, *which),
                port(*wrong),
                call,
                wrong % 2 == 0,
            )
        });
        let report = Report {
            voyage: number,
            port: at,
            call: (wrong % 8 != 1).then_some(call),
            at: 0,
            by_the_planner: *by_the_planner,
        };
        Ask::RetractReport { report, arrival }
    }
}
