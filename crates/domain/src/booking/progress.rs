//! How far a cargo has come along its itinerary.

use super::handled::Handled;
use super::{Itinerary, Leg};
use crate::handling::{Activity, HandlingEventId, HandlingType};
use crate::limits::{CLAIMING_HOURS, PRESUMED_GONE_HOURS, UNLOADING_HOURS};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;

/// A step that an itinerary expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The expected handling.
    pub activity: Activity,
    /// The index of its leg, from 0.
    pub(super) leg: usize,
    /// The best known time of departure or arrival. `None` for steps ashore.
    pub scheduled_at: Option<Moment>,
    /// The time by which it is due.
    pub due_at: Moment,
    /// The time from which it is overdue, if it has not been reported.
    pub(super) overdue_at: Moment,
    /// Whether the step is optional.
    optional: bool,
    /// The report that it has happened.
    pub done: Option<HandlingEventId>,
}

/// The handling events, matched against the steps of an itinerary.
#[derive(Debug)]
pub(super) struct Progress<'a> {
    itinerary: &'a Itinerary,
    /// All expected steps, in order.
    steps: Vec<Step>,
    /// The last matched step.
    reached: Option<usize>,
    /// Whether the last event matches no step at or after the point reached.
    pub(super) strayed: bool,
    /// Whether the cargo is on board, on its approach.
    approaches: bool,
}

impl<'a> Progress<'a> {
    /// Matches the events, by completion time and without customs, against the itinerary.
    pub(super) fn of(itinerary: &'a Itinerary, moves: &[&Handled]) -> Self {
        let before = itinerary.counts_from().map_or(0, |from| {
            moves.partition_point(|handled| handled.completed_at <= from)
        });
        let (led_here, counting) = moves.split_at(before);
        let led_here = led_here.last().copied();
        let aboard = led_here.and_then(Handled::aboard);
        let approach = itinerary.approach().filter(|approach| {
            aboard != Some(&approach.voyage)
                || counting
                    .iter()
                    .any(|handled| handled.activity == boarding(approach).activity)
        });
        let is_aboard = approach.is_none_or(|approach| aboard == Some(&approach.voyage));
        let boarding = approach.map(boarding);
        let mut progress = Self {
            itinerary,
            steps: expected(itinerary, led_here, boarding.as_ref(), is_aboard),
            reached: None,
            strayed: false,
            approaches: false,
        };
        for handled in counting {
            let place = progress.step_ahead(&handled.activity);
            progress.strayed = place.is_none();
            if let Some(step) = place {
                progress.reached = Some(step);
                progress.steps[step].done = Some(handled.event);
                progress.may_be_claimed_from(step, handled.completed_at);
            }
        }
        progress.must_come_aboard_again();
        progress.approaches = match (&boarding, itinerary.approach()) {
            (Some(boarding), _) => progress.is_at(boarding) && !progress.strayed,
            (None, Some(approach)) => counting.is_empty() && aboard == Some(&approach.voyage),
            (None, None) => false,
        };
        progress
    }

    /// A cargo that came off late may be claimed for as long as any other.
    fn may_be_claimed_from(&mut self, step: usize, came_off: Moment) {
        let last = self.steps.len() - 1;
        if step + 1 == last {
            let claim = &mut self.steps[last];
            let due_at = came_off.plus_hours(CLAIMING_HOURS).max(claim.due_at);
            (claim.due_at, claim.overdue_at) = (due_at, due_at);
        }
    }

    /// The step that another activity would match.
    pub(super) fn step_ahead(&self, activity: &Activity) -> Option<usize> {
        let from = self.reached.unwrap_or(0);
        let is_expected = |place: &usize| self.steps[*place].activity == *activity;
        (from..self.steps.len()).find(is_expected)
    }

    /// Whether the last matched step is this one, at the beginning.
    fn is_at(&self, boarding: &Step) -> bool {
        let reached = self.reached.filter(|step| *step <= 1);
        reached.is_some_and(|step| self.steps[step].activity == boarding.activity)
    }

    /// A cargo that came off although it could have stayed on board is loaded again.
    fn must_come_aboard_again(&mut self) {
        for index in 0..self.steps.len() {
            let step = &self.steps[index];
            let came_off = step.done.is_some()
                && matches!(
                    step.activity.handling_type,
                    HandlingType::Unload | HandlingType::Receive
                );
            let mut onwards = self.steps[index + 1..].iter_mut();
            if came_off
                && let Some(next) =
                    onwards.find(|step| step.activity.handling_type == HandlingType::Load)
            {
                next.optional = false;
            }
        }
    }

    /// The expected steps, with those that have happened. Optional steps are left out until they
    /// happen.
    pub(super) fn plan(self) -> Vec<Step> {
        let mut steps = self.steps;
        steps.retain(|step| !step.optional || step.done.is_some());
        steps
    }

    /// The step after the last matched one.
    pub(super) fn next(&self) -> Option<&Step> {
        self.ahead().find(|step| !step.optional)
    }

    /// The loadings ahead.
    pub(super) fn loads_ahead(&self) -> impl Iterator<Item = &Step> {
        let loads = |step: &&Step| step.activity.handling_type == HandlingType::Load;
        self.ahead().filter(loads).filter(|step| !step.optional)
    }

    /// The remaining legs: from the leg that the cargo is on, or will be loaded for next.
    pub(super) fn legs_ahead(&self) -> &'a [Leg] {
        let legs = self.itinerary.legs();
        let first = self
            .ahead()
            .find(|step| step.activity.handling_type.has_voyage())
            .map_or(legs.len(), |step| step.leg);
        &legs[first..]
    }

    /// The port where the cargo is still to be loaded for a leg, or unloaded, although the ship omits
    /// the call. Cargo that stays on board does not need the call.
    pub(super) fn omitted_call(&self, leg: &'a Leg) -> Option<&'a UnLocode> {
        let expects = |handling_type, location: &UnLocode, time| {
            let mut needed = self.ahead().filter(|step| !step.optional);
            needed.any(|step| {
                step.activity.handling_type == handling_type
                    && step.activity.voyage.as_ref() == Some(&leg.voyage)
                    && step.activity.location == *location
                    && step.scheduled_at == Some(time)
            })
        };
        if leg.load_omitted && expects(HandlingType::Load, &leg.load_at, leg.load_time) {
            return Some(&leg.load_at);
        }
        let unloads = || expects(HandlingType::Unload, &leg.unload_at, leg.unload_time);
        (leg.unload_omitted && unloads()).then_some(&leg.unload_at)
    }

    /// The number of legs behind it.
    pub(super) fn legs_behind(&self) -> usize {
        self.itinerary.legs().len() - self.legs_ahead().len()
    }

    /// Whether the approach still leads to the first leg: the report that the cargo was loaded for
    /// it stands.
    pub(super) fn approach_stands(itinerary: &Itinerary, moves: &[&Handled]) -> bool {
        let Some(approach) = itinerary.approach() else {
            return false;
        };
        let boards = boarding(approach).activity;
        let led_here = |handled: &&&Handled| {
            let from = itinerary.counts_from();
            from.is_some_and(|from| handled.completed_at <= from)
        };
        let aboard = moves.iter().rfind(led_here).and_then(|last| last.aboard());
        let anew = |handled: &&Handled| !led_here(&handled) && handled.activity == boards;
        aboard == Some(&approach.voyage) || moves.iter().any(anew)
    }

    /// The approach, while the cargo is on it.
    pub(super) fn approach(&self) -> Option<&'a Leg> {
        self.itinerary.approach().filter(|_| self.approaches)
    }

    fn ahead(&self) -> impl Iterator<Item = &Step> {
        let next = self.reached.map_or(0, |reached| reached + 1);
        self.steps[next..].iter()
    }
}

/// The steps: RECEIVE at the first load location, LOAD and UNLOAD for each leg, CLAIM at the end.
/// If the cargo was handled before the itinerary was assigned, the first steps follow from where it
/// was. The LOAD for its approach may be reported again with a later time, or may have been a
/// mistake. It is then still ahead, with RECEIVE before it: `boarding`.
fn expected(
    itinerary: &Itinerary,
    led_here: Option<&Handled>,
    boarding: Option<&Step>,
    is_aboard: bool,
) -> Vec<Step> {
    let own = boarding.and_then(|step| step.activity.voyage.as_ref());
    let aboard = own.or_else(|| led_here.and_then(Handled::aboard));
    let mut steps = Vec::new();
    if let Some(boarding) = boarding {
        if !is_aboard {
            steps.push(receiving(approach_or_first(itinerary), led_here));
        }
        steps.push(boarding.clone());
    }
    steps.push(beginning(itinerary, led_here, aboard));
    if aboard.is_some() {
        // The port may report that it has the cargo and leave out the UNLOAD.
        steps.push(Step {
            optional: true,
            ..receiving(itinerary.first(), led_here)
        });
    }
    let legs = itinerary.legs();
    for (index, leg) in legs.iter().enumerate() {
        let voyage = Some(&leg.voyage);
        let came_with = match index.checked_sub(1) {
            Some(before) => Some(&legs[before].voyage),
            None => aboard,
        };
        steps.push(Step {
            optional: came_with == voyage,
            ..loading(leg, index)
        });
        let goes_with = legs.get(index + 1).map(|next| &next.voyage);
        steps.push(Step {
            optional: goes_with == voyage,
            ..unloading(leg, index)
        });
    }
    let last = itinerary.last();
    let claimed_by = last.unload_time.plus_hours(CLAIMING_HOURS);
    let place = legs.len() - 1;
    steps.push(step(
        HandlingType::Claim,
        &last.unload_at,
        claimed_by,
        place,
    ));
    steps
}

/// The steps before the first loading.
fn beginning(
    itinerary: &Itinerary,
    led_here: Option<&Handled>,
    aboard: Option<&VoyageNumber>,
) -> Step {
    let first = itinerary.first();
    let Some(voyage) = aboard else {
        return receiving(first, led_here);
    };
    // The cargo comes off where the itinerary begins, unless the itinerary continues on the same
    // ship.
    let approach = itinerary.approach().filter(|leg| leg.voyage == *voyage);
    let arrives = approach.map(|leg| leg.unload_time);
    let due_at = arrives.map_or(first.load_time, |time| time.plus_hours(UNLOADING_HOURS));
    let unloading = step(HandlingType::Unload, &first.load_at, due_at, 0);
    Step {
        optional: *voyage == first.voyage,
        scheduled_at: arrives,
        ..unloading.aboard(voyage, due_at)
    }
}

/// The first thing that the cargo is loaded for.
fn approach_or_first(itinerary: &Itinerary) -> &Leg {
    itinerary.approach().unwrap_or(itinerary.first())
}

/// RECEIVE for a leg, due at its cut-off, and optional if the cargo is already in port.
fn receiving(leg: &Leg, led_here: Option<&Handled>) -> Step {
    let is_here = |handled: &Handled| handled.activity.location == leg.load_at;
    let due_at = leg.cut_off.unwrap_or(leg.load_time);
    Step {
        optional: led_here.is_some_and(is_here),
        ..step(HandlingType::Receive, &leg.load_at, due_at, 0)
    }
}

/// LOAD for a leg. The ship has gone when its departure was reported, or some hours after its
/// expected departure.
fn loading(leg: &Leg, index: usize) -> Step {
    let loading = step(HandlingType::Load, &leg.load_at, leg.load_time, index);
    let presumed = leg.load_time.plus_hours(PRESUMED_GONE_HOURS);
    Step {
        overdue_at: if leg.departed {
            leg.load_time
        } else {
            presumed
        },
        ..loading.aboard(&leg.voyage, leg.load_time)
    }
}

/// UNLOAD at the end of a leg.
fn unloading(leg: &Leg, index: usize) -> Step {
    let due_at = leg.unload_time.plus_hours(UNLOADING_HOURS);
    let unloading = step(HandlingType::Unload, &leg.unload_at, due_at, index);
    unloading.aboard(&leg.voyage, leg.unload_time)
}

/// The LOAD for an approach.
fn boarding(approach: &Leg) -> Step {
    loading(approach, 0)
}

impl Step {
    /// The step on a voyage, with the time of its departure or arrival.
    fn aboard(mut self, voyage: &VoyageNumber, scheduled_at: Moment) -> Self {
        self.activity.voyage = Some(voyage.clone());
        self.scheduled_at = Some(scheduled_at);
        self
    }
}

fn step(handling_type: HandlingType, location: &UnLocode, due_at: Moment, leg: usize) -> Step {
    Step {
        activity: Activity {
            handling_type,
            location: location.clone(),
            voyage: None,
        },
        leg,
        scheduled_at: None,
        due_at,
        overdue_at: due_at,
        optional: false,
        done: None,
    }
}
