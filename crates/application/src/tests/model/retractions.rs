//! Reports of ships that are taken back: what the reference answers, and which ones chance asks for.

use super::ask::Ask;
use super::choices::{port, voyage};
use super::reference::{Decided, Reference, require};
use super::reports::{Report, derived, the_call};
use super::steps::Step;

impl Reference {
    /// Everything is as if it had not been reported.
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
            let taken_back = movements[place].arrived_at.take();
            require(taken_back.is_some(), "ReportMustBeKnown")?;
            "ArrivalRetracted"
        } else {
            let taken_back = movements[place].departed_at.take();
            require(taken_back.is_some(), "ReportMustBeKnown")?;
            "DepartureRetracted"
        };
        let movements = derived(movements)?;
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
