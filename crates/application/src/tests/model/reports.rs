//! The reference's answers about reported departures and arrivals.

use super::ask::moment;
use super::decide::{must_connect, must_not_slip};
use super::reference::{Decided, Event, HOUR, Kind, Movement, Reference, Rule, Time, require};
use serde_json::{Value, json};

/// How far a reporter's clock may be ahead.
pub(super) const TOLERANCE: Time = HOUR / 12;

/// When a ship left or reached a port.
#[derive(Debug, Clone)]
pub(super) struct Report {
    /// The number of the voyage.
    pub(super) voyage: usize,
    pub(super) port: usize,
    /// Which call, from 1.
    pub(super) call: Option<usize>,
    pub(super) at: Time,
    pub(super) by_the_planner: bool,
}

impl Reference {
    pub(super) fn report_departure(&mut self, report: &Report, now: Time) -> Decided {
        let voyage = self.known_to_sail(report.voyage)?;
        let at = report.at;
        require(at <= now + TOLERANCE, "ReportMayNotLieInTheFuture")?;
        let mut movements = self.voyages[voyage].movements.clone();
        let ports = movements.iter().map(|m| m.expected.from);
        let place = the_call(ports.enumerate().collect(), (report.port, report.call))?;
        self.must_call(voyage, place)?;
        if place > 0 {
            let before = &movements[place - 1];
            let follows = before.known().departs < at && before.arrived_at.is_none_or(|t| t <= at);
            require(follows, "ScheduleMustConnect")?;
        }
        movements[place].departed_at = Some(at);
        let movements = derived(movements)?;
        self.retime(voyage, "DepartureReported", movements, now)
    }

    pub(super) fn report_arrival(&mut self, report: &Report, now: Time) -> Decided {
        let voyage = self.voyage(report.voyage)?;
        let at = report.at;
        require(at <= now + TOLERANCE, "ReportMayNotLieInTheFuture")?;
        let mut movements = self.voyages[voyage].movements.clone();
        let ports = movements.iter().map(|m| m.expected.to);
        let call = the_call((1..).zip(ports).collect(), (report.port, report.call))?;
        self.must_call(voyage, call)?;
        let place = call - 1;
        let state = &self.voyages[voyage];
        let sails = !state.is_cancelled
            || (state.has_departed(place, now) && !state.movements[place].cancelled);
        require(sails, "CancelledVoyageTakesNothing")?;
        let follows = movements[place].known().departs < at;
        require(follows, "ScheduleMustConnect")?;
        movements[place].arrived_at = Some(at);
        let movements = derived(movements)?;
        self.retime(voyage, "ArrivalReported", movements, now)
    }
}

/// The times that follow from the planner's estimates and the reports. The ship leaves no port before it
/// arrives there. If it leaves after it was to arrive, the sea time stays. It has arrived when it has
/// left again.
pub(super) fn derived(mut movements: Vec<Movement>) -> Result<Vec<Movement>, Rule> {
    let mut arrived = Time::MIN;
    for place in 0..movements.len() {
        let left_again = movements.get(place + 1).and_then(|next| next.departed_at);
        let movement = &mut movements[place];
        let estimated = &movement.estimated;
        movement.expected.departs = estimated.departs.max(arrived);
        let left = movement.departed_at.unwrap_or(movement.expected.departs);
        let mut arrives = estimated.arrives;
        if arrives <= left {
            arrives = left + estimated.arrives - estimated.departs;
        }
        if let Some(left_again) = left_again.filter(|again| *again > left) {
            arrives = arrives.min(left_again);
        }
        movement.expected.arrives = arrives;
        arrived = movement.known().arrives;
    }
    let known: Vec<_> = movements.iter().map(Movement::known).collect();
    must_connect(&known)?;
    must_not_slip(&known)?;
    Ok(movements)
}

/// The place of the call that somebody means by its port and its number, among these calls with
/// their ports.
pub(super) fn the_call(
    calls: Vec<(usize, usize)>,
    (at, number): (usize, Option<usize>),
) -> Result<usize, Rule> {
    let mut meant = calls
        .into_iter()
        .filter(|(place, port)| *port == at && number.is_none_or(|number| number == place + 1));
    match (meant.next(), meant.next()) {
        (Some((place, _)), None) => Ok(place),
        _ => Err("CallMustBeKnown"),
    }
}

impl Reference {
    /// How a report contradicts the timetable as it is known now. The call nearest in time counts.
    pub(super) fn doubt(&self, event: &Event) -> Option<(&'static str, Option<Time>)> {
        let voyage = &self.voyages[self.voyage(event.voyage?).ok()?];
        let loads = event.kind == Kind::Load;
        let mut nearest: Option<(Time, &Movement)> = None;
        for (place, movement) in voyage.movements.iter().enumerate() {
            let known = movement.known();
            let (call, port, time) = match loads {
                true => (place, known.from, known.departs),
                false => (place + 1, known.to, known.arrives),
            };
            let away = |time: Time| (time - event.completed).abs();
            let meant = port == event.port && !voyage.omits(call);
            if meant && nearest.is_none_or(|(other, _)| away(time) < away(other)) {
                nearest = Some((time, movement));
            }
        }
        let Some((time, movement)) = nearest else {
            return Some(("NoSuchCall", None));
        };
        if movement.cancelled {
            return Some(("VoyageCancelled", None));
        }
        let has_left = movement
            .departed_at
            .is_some_and(|left| left < event.completed);
        let is_early = time - event.completed > 48 * HOUR;
        match (loads, has_left) {
            (false, _) if event.completed < time => Some(("UnloadedBeforeArrival", Some(time))),
            (true, true) => Some(("LoadedAfterDeparture", Some(time))),
            (true, false) if is_early => Some(("LoadedEarly", Some(time))),
            _ => None,
        }
    }
}

pub(super) fn doubts_view((doubt, time): (&str, Option<Time>)) -> Value {
    let mut view = json!({ "doubt": doubt });
    if let Some(time) = time {
        view["time"] = json!(moment(time));
    }
    json!([view])
}
