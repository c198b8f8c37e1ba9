//! The rules of voyages.

use super::dangerous_goods_class::words;
use super::holder::Holder;
use super::movement::{CarrierMovement, PlannedMovement, cut_off};
use super::{DangerousGoodsClasses, ImoNumber, VoyageNumber};
use crate::booking::TrackingId;
use crate::fact::Fact;
use crate::limits::{BACKDATING_HOURS_MAX, CLOCK_TOLERANCE_MINUTES, MOVEMENT_DAYS_MAX};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require, rules};
use crate::space::{CUSTOMER_STEP, Space, SpaceLimit};

rules! {
    /// The voyage must exist.
    VoyageMustBeKnown { voyage: VoyageNumber },
    /// Movements must be in order: each departs from the port where the last one arrived, after it arrived. A movement or a port stay takes at most 366 days.
    ScheduleMustConnect [
        NoMovement {},
        PortsMustDiffer { movement: usize, port: UnLocode },
        ArrivesBeforeItDeparts { movement: usize, departs: Moment, arrives: Moment },
        PortsMustMeet { movement: usize, from: UnLocode, movement_before: usize, to: UnLocode },
        DepartsBeforeItArrives {
            movement: usize,
            port: UnLocode,
            departs: Moment,
            movement_before: usize,
            arrives: Moment,
        },
        MovementTooLong {
            from: UnLocode,
            to: UnLocode,
            departs: Moment,
            arrives: Moment,
            days_max: u64,
        },
        StayTooLong { port: UnLocode, arrives: Moment, departs: Moment, days_max: u64 },
        ReportedTooEarly { port: UnLocode, at: Moment, port_before: UnLocode, departs: Moment },
    ],
    /// What is reported or omitted must be a call of the voyage, named with its number where the voyage calls there more than once.
    CallMustBeKnown [
        NoDeparture { voyage: VoyageNumber, port: UnLocode },
        NoArrival { voyage: VoyageNumber, port: UnLocode },
        NoCall { voyage: VoyageNumber, port: UnLocode },
        OtherCalls {
            voyage: VoyageNumber,
            port: UnLocode,
            call: usize,
            calls: Vec<String>,
            times: Vec<Moment>,
        },
        SeveralCalls {
            voyage: VoyageNumber,
            port: UnLocode,
            calls: Vec<String>,
            times: Vec<Moment>,
        },
    ],
    /// Only what was reported can be retracted.
    ReportMustBeKnown [
        NoDeparture { voyage: VoyageNumber, port: UnLocode },
        NoArrival { voyage: VoyageNumber, port: UnLocode },
    ],
    /// A reported departure or arrival must have happened: its time is at most five minutes ahead of the clock.
    ReportMayNotLieInTheFuture { at: Moment, now: Moment },
    /// A new voyage must arrive at its last port in the future.
    VoyageMustLieAhead { voyage: VoyageNumber, port: UnLocode, arrives: Moment, now: Moment },
    /// A voyage number must be unique.
    VoyageNumberMustBeUnique { key: String },
    /// A vessel's voyages must not overlap in time, and an IMO number has one name at a time.
    VesselMayNotBeInTwoPlaces [
        OnAnotherVoyage {
            vessel: String,
            voyage: VoyageNumber,
            other: VoyageNumber,
            from: UnLocode,
            departs: Moment,
            to: UnLocode,
            arrives: Moment,
        },
        HasAnotherName { imo: ImoNumber, name: String, registered: String },
    ],
    /// A vessel is registered once.
    VesselMustBeUnique { key: String },
    /// A change of capacity, allowance or vessel must leave the limit line at or above the load of every movement.
    LimitMayNotFallBelowLoad [
        SpaceIsBooked { limit: Space, load: Space, from: UnLocode, to: UnLocode },
        PlugsAreBooked { limit: u64, load: u64, from: UnLocode, to: UnLocode },
    ],
    /// A cancelled voyage cannot be booked, confirmed or changed.
    CancelledVoyageTakesNothing [
        Cancelled { voyage: VoyageNumber },
        LegAhead { cargo: TrackingId, voyage: VoyageNumber, port: UnLocode },
    ],
    /// Nothing is loaded, unloaded or reported at a call that the ship omits. A voyage keeps at least two calls, and a call that was reported cannot be omitted.
    OmittedCallTakesNothing [
        Omitted { voyage: VoyageNumber, port: UnLocode },
        NotOmitted { voyage: VoyageNumber, port: UnLocode },
        Reported { voyage: VoyageNumber, port: UnLocode, at: Moment },
        TooFewCalls { voyage: VoyageNumber, port: UnLocode },
        LegAhead { cargo: TrackingId, voyage: VoyageNumber, port: UnLocode },
    ],
    /// A reported departure or arrival stays as reported, another departure can be moved at most one day into the past, and a voyage that has left for its last call cannot be cancelled.
    DepartedMovementMayNotMove [
        DepartureReported { from: UnLocode, departed: Moment, asked: Moment },
        ArrivalReported { to: UnLocode, arrived: Moment, asked: Moment },
        LeftForLastCall { voyage: VoyageNumber, port: UnLocode, departed: Moment },
        TooFarBack {
            from: UnLocode,
            to: UnLocode,
            departs: Moment,
            hours_max: u64,
            reference: Moment,
        },
    ],
    /// A reschedule must keep the ports of a voyage and their order.
    RescheduleMustKeepPorts [
        MovementsDiffer { movements: usize, asked: usize },
        PortsDiffer {
            movement: usize,
            from: UnLocode,
            to: UnLocode,
            asked_from: UnLocode,
            asked_to: UnLocode,
        },
    ],
    /// The voyage must call at the load port and later at the unload port.
    VoyageMustCallInOrder [
        NoSuchCalls { voyage: VoyageNumber, load_at: UnLocode, unload_at: UnLocode },
        NoSuchCallsThen { voyage: VoyageNumber, load_at: UnLocode, unload_at: UnLocode },
        PortsMustDiffer { port: UnLocode },
    ],
    /// On every movement, the load plus the cargo must stay within the limit line, in TEU, in tonnes and in reefer plugs. Plugs have no overbooking allowance, and are measured once a voyage states how many it has.
    LoadMayNotPassTheLine [
        TooLittleLeft {
            left: Space,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            needed: Space,
        },
        TooLittleForMore {
            left: Space,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            more: Space,
        },
        AheadAgain {
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            load: Space,
            limit: Space,
        },
        TooFewPlugs {
            left: u64,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            needed: u64,
        },
        TooFewPlugsForMore {
            left: u64,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            more: u64,
        },
        RoundedForMore {
            left: Space,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            more: Space,
        },
        RoundedPlugsForMore {
            left: u64,
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            more: u64,
        },
        PlugsAheadAgain {
            voyage: VoyageNumber,
            from: UnLocode,
            to: UnLocode,
            load: u64,
            limit: u64,
        },
    ],
    /// A voyage carries only dangerous goods of the classes that it takes, and keeps taking a class while a cargo with it is booked.
    VoyageMustTakeDangerousGoods [
        NotTaken { voyage: VoyageNumber, classes: Vec<String>, takes: Vec<String> },
        TakesNone { voyage: VoyageNumber, classes: Vec<String> },
        Booked { voyage: VoyageNumber, classes: Vec<String>, cargo: TrackingId },
    ],
    /// Booking closes at the cut-off of the port of loading.
    BookingClosesAtCutOff [
        Closed { port: UnLocode, cut_off: Moment, cut_off_hours: u16 },
        ShipHasLeft {
            voyage: VoyageNumber,
            port: UnLocode,
            departed: Moment,
            cargo: TrackingId,
        },
    ],
}

pub(super) fn schedule_must_connect(movements: &[PlannedMovement]) -> Result<(), Rejection> {
    require(!movements.is_empty(), || ScheduleMustConnect::NoMovement {})?;
    for (index, movement) in movements.iter().enumerate() {
        let PlannedMovement {
            from,
            to,
            departs,
            arrives,
        } = movement;
        require(from != to, || ScheduleMustConnect::PortsMustDiffer {
            movement: index + 1,
            port: from.clone(),
        })?;
        require(departs < arrives, || {
            ScheduleMustConnect::ArrivesBeforeItDeparts {
                movement: index + 1,
                departs: *departs,
                arrives: *arrives,
            }
        })?;
    }
    for (index, pair) in movements.windows(2).enumerate() {
        let (last, next) = (&pair[0], &pair[1]);
        require(last.to == next.from, || {
            ScheduleMustConnect::PortsMustMeet {
                movement: index + 2,
                from: next.from.clone(),
                movement_before: index + 1,
                to: last.to.clone(),
            }
        })?;
        require(last.arrives <= next.departs, || {
            ScheduleMustConnect::DepartsBeforeItArrives {
                movement: index + 2,
                port: next.from.clone(),
                departs: next.departs,
                movement_before: index + 1,
                arrives: last.arrives,
            }
        })?;
    }
    Ok(())
}

/// Checks `ScheduleMustConnect`: no ship takes more than a year for a movement or stays that long
/// in port. A longer time is a mistyped year.
pub(super) fn no_date_may_be_a_slip(movements: &[PlannedMovement]) -> Result<(), Rejection> {
    let is_a_slip = |from: Moment, to| from.plus_hours(24 * MOVEMENT_DAYS_MAX) < to;
    for PlannedMovement {
        from,
        to,
        departs,
        arrives,
    } in movements
    {
        require(!is_a_slip(*departs, *arrives), || {
            ScheduleMustConnect::MovementTooLong {
                from: from.clone(),
                to: to.clone(),
                departs: *departs,
                arrives: *arrives,
                days_max: MOVEMENT_DAYS_MAX.unsigned_abs(),
            }
        })?;
    }
    for pair in movements.windows(2) {
        let (last, next) = (&pair[0], &pair[1]);
        require(!is_a_slip(last.arrives, next.departs), || {
            ScheduleMustConnect::StayTooLong {
                port: next.from.clone(),
                arrives: last.arrives,
                departs: next.departs,
                days_max: MOVEMENT_DAYS_MAX.unsigned_abs(),
            }
        })?;
    }
    Ok(())
}

pub(super) fn reschedule_must_keep_ports(
    movements: &[CarrierMovement],
    planned: &[PlannedMovement],
) -> Result<(), Rejection> {
    require(movements.len() == planned.len(), || {
        RescheduleMustKeepPorts::MovementsDiffer {
            movements: movements.len(),
            asked: planned.len(),
        }
    })?;
    for (index, (movement, planned)) in movements.iter().zip(planned).enumerate() {
        let is_same = (&movement.from, &movement.to) == (&planned.from, &planned.to);
        require(is_same, || RescheduleMustKeepPorts::PortsDiffer {
            movement: index + 1,
            from: movement.from.clone(),
            to: movement.to.clone(),
            asked_from: planned.from.clone(),
            asked_to: planned.to.clone(),
        })?;
    }
    Ok(())
}

/// A new schedule keeps what was reported. Another report corrects it.
pub(super) fn reported_times_may_not_move(
    movement: &CarrierMovement,
    planned: &PlannedMovement,
) -> Result<(), Rejection> {
    if let Some(departed) = movement.departed_at {
        require(planned.departs == departed, || {
            DepartedMovementMayNotMove::DepartureReported {
                from: movement.from.clone(),
                departed,
                asked: planned.departs,
            }
        })?;
    }
    if let Some(arrived) = movement.arrived_at {
        require(planned.arrives == arrived, || {
            DepartedMovementMayNotMove::ArrivalReported {
                to: movement.to.clone(),
                arrived,
                asked: planned.arrives,
            }
        })?;
    }
    Ok(())
}

pub(super) fn report_may_not_lie_in_the_future(at: Moment, now: Moment) -> Result<(), Rejection> {
    require(at <= now.plus_minutes(CLOCK_TOLERANCE_MINUTES), || {
        ReportMayNotLieInTheFuture { at, now }
    })
}

/// A departure that was never reported can be corrected, but a ship does not sail unnoticed for
/// days. An earlier time is at most one day before now or, if the former time has already passed,
/// one day before that.
pub(super) fn departure_may_not_move_far_into_the_past(
    movement: &CarrierMovement,
    planned: &PlannedMovement,
    now: Moment,
) -> Result<(), Rejection> {
    let reference = movement.departs.min(now);
    let earliest = reference.plus_hours(-BACKDATING_HOURS_MAX);
    require(planned.departs >= earliest, || {
        DepartedMovementMayNotMove::TooFarBack {
            from: movement.from.clone(),
            to: movement.to.clone(),
            departs: planned.departs,
            hours_max: BACKDATING_HOURS_MAX.unsigned_abs(),
            reference,
        }
    })
}

/// A refusal for a customer: what is left is rounded down to the steps in which customers see it,
/// and its case says that it is.
#[must_use]
pub fn in_customer_steps(mut refusal: Rejection) -> Rejection {
    if refusal.breaks(&LoadMayNotPassTheLine) {
        let rounded = match refusal.case.as_deref() {
            Some("TooLittleForMore") => Some("RoundedForMore"),
            Some("TooFewPlugsForMore") => Some("RoundedPlugsForMore"),
            _ => None,
        };
        refusal.case = rounded.map(Into::into).or(refusal.case);
        let facts = refusal.facts.iter_mut();
        for (_, left) in facts.filter(|(name, _)| name == "left") {
            match left {
                Fact::Space(space) => {
                    space.quarter_teu -= space.quarter_teu % CUSTOMER_STEP.quarter_teu;
                    space.kg -= space.kg % CUSTOMER_STEP.kg;
                }
                Fact::Count(plugs) => *plugs -= *plugs % CUSTOMER_STEP.plugs,
                _ => {}
            }
        }
    }
    refusal
}

/// Checks `LoadMayNotPassTheLine` for a movement that is ahead again.
pub(super) fn resumed_load_may_not_pass_the_line(
    voyage: &VoyageNumber,
    movement: &CarrierMovement,
    limit: SpaceLimit,
) -> Result<(), Rejection> {
    let load = movement.load;
    let (voyage, from, to) = (voyage.clone(), movement.from.clone(), movement.to.clone());
    if !load.fits_but_for_plugs(limit) {
        return Err(LoadMayNotPassTheLine::AheadAgain {
            voyage,
            from,
            to,
            load: load.without_plugs(),
            limit: limit.without_plugs(),
        }
        .into());
    }
    require(load.fits(limit), || {
        LoadMayNotPassTheLine::PlugsAheadAgain {
            voyage,
            from,
            to,
            load: load.plugs,
            limit: limit.plugs.unwrap_or_default(),
        }
    })
}

pub(super) fn limit_may_not_fall_below_load(
    movement: &CarrierMovement,
    limit: SpaceLimit,
) -> Result<(), Rejection> {
    let load = movement.load;
    let (from, to) = (movement.from.clone(), movement.to.clone());
    if !load.fits_but_for_plugs(limit) {
        return Err(LimitMayNotFallBelowLoad::SpaceIsBooked {
            limit: limit.without_plugs(),
            load: load.without_plugs(),
            from,
            to,
        }
        .into());
    }
    require(load.fits(limit), || {
        LimitMayNotFallBelowLoad::PlugsAreBooked {
            limit: limit.plugs.unwrap_or_default(),
            load: load.plugs,
            from,
            to,
        }
    })
}

pub(super) fn load_may_not_pass_the_line(
    voyage: &VoyageNumber,
    movement: &CarrierMovement,
    size: Space,
    limit: SpaceLimit,
) -> Result<(), Rejection> {
    let left = movement.load.left_to(limit);
    let load = movement.load + size;
    let (voyage, from, to) = (voyage.clone(), movement.from.clone(), movement.to.clone());
    if !load.fits_but_for_plugs(limit) {
        return Err(LoadMayNotPassTheLine::TooLittleLeft {
            left: left.without_plugs(),
            voyage,
            from,
            to,
            needed: size.without_plugs(),
        }
        .into());
    }
    require(load.fits(limit), || LoadMayNotPassTheLine::TooFewPlugs {
        left: left.plugs.unwrap_or_default(),
        voyage,
        from,
        to,
        needed: size.plugs,
    })
}

/// Checks `LoadMayNotPassTheLine` for a cargo on the movement that becomes larger. What becomes
/// smaller always fits.
pub(super) fn larger_load_may_not_pass_the_line(
    voyage: &VoyageNumber,
    movement: &CarrierMovement,
    (before, after): (Space, Space),
    limit: SpaceLimit,
) -> Result<(), Rejection> {
    let more = before.more_in(after);
    let left = movement.load.left_to(limit);
    let (voyage, from, to) = (voyage.clone(), movement.from.clone(), movement.to.clone());
    if !more.fits_but_for_plugs(left) {
        return Err(LoadMayNotPassTheLine::TooLittleForMore {
            left: left.without_plugs(),
            voyage,
            from,
            to,
            more: more.without_plugs(),
        }
        .into());
    }
    require(more.fits(left), || {
        LoadMayNotPassTheLine::TooFewPlugsForMore {
            left: left.plugs.unwrap_or_default(),
            voyage,
            from,
            to,
            more: more.plugs,
        }
    })
}

pub(super) fn voyage_must_take_dangerous_goods(
    voyage: &VoyageNumber,
    takes: &DangerousGoodsClasses,
    goods: &DangerousGoodsClasses,
) -> Result<(), Rejection> {
    let refused: Vec<_> = goods.difference(takes).collect();
    require(refused.is_empty(), || {
        let (voyage, classes) = (voyage.clone(), words(refused));
        match takes.is_empty() {
            true => VoyageMustTakeDangerousGoods::TakesNone { voyage, classes },
            false => VoyageMustTakeDangerousGoods::NotTaken {
                voyage,
                classes,
                takes: words(takes),
            },
        }
    })
}

/// Checks `VoyageMustTakeDangerousGoods` for what is booked already. Goods that the voyage never took,
/// for example of a cargo that was loaded by mistake, do not keep it from withdrawing other classes.
pub(super) fn booked_goods_must_still_be_taken(
    voyage: &VoyageNumber,
    withdrawn: &DangerousGoodsClasses,
    holders: &[Holder],
) -> Result<(), Rejection> {
    for holder in holders {
        let refused: Vec<_> = holder.classes.intersection(withdrawn).collect();
        require(refused.is_empty(), || {
            VoyageMustTakeDangerousGoods::Booked {
                voyage: voyage.clone(),
                classes: words(refused),
                cargo: holder.cargo.clone(),
            }
        })?;
    }
    Ok(())
}

pub(super) fn booking_closes_at_cut_off(
    load_call: &CarrierMovement,
    cut_off_hours: u16,
    now: Moment,
) -> Result<(), Rejection> {
    let cut_off = cut_off(load_call.departs, cut_off_hours);
    let is_open = now <= cut_off && load_call.departed_at.is_none();
    require(is_open, || BookingClosesAtCutOff::Closed {
        port: load_call.from.clone(),
        cut_off,
        cut_off_hours,
    })
}
