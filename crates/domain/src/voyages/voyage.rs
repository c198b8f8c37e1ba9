//! The voyage aggregate, which guards the limit line.

use super::events::{VoyageCancelled, VoyageRescheduled, VoyageScheduled};
use super::holder::{Holder, load_of};
use super::movement::{CarrierMovement, PlannedMovement, Stretch, Times};
use super::rules::{
    CancelledVoyageTakesNothing, DepartedMovementMayNotMove, VoyageMustCallInOrder,
    VoyageMustLieAhead, booking_closes_at_cut_off, departure_may_not_move_far_into_the_past,
    larger_load_may_not_pass_the_line, load_may_not_pass_the_line, no_date_may_be_a_slip,
    reported_times_may_not_move, reschedule_must_keep_ports, resumed_load_may_not_pass_the_line,
    schedule_must_connect, voyage_must_take_dangerous_goods,
};
use super::{DangerousGoodsClasses, Vessel, VoyageNumber};
use crate::identifier::{id_of, natural_key, uuid_id};
use crate::limits::REASON_CHARS_MAX;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::space::{Space, SpaceLimit};
use crate::text::{Text, folded};
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The id of a voyage.
    VoyageId
}

id_of!(VoyageId of Voyage);
natural_key!(VoyageNumber of Voyage);

/// A vessel's numbered journey. The load never passes the limit line on any movement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voyage {
    /// The internal id.
    pub id: VoyageId,
    /// The public identifier.
    pub number: VoyageNumber,
    /// The ship.
    pub vessel: Vessel,
    /// What the ship can carry.
    pub capacity: SpaceLimit,
    /// How far bookings may exceed the capacity, in percent.
    pub overbooking_percent: u8,
    /// How long before a departure its booking closes, in hours.
    pub cut_off_hours: u16,
    /// The classes of dangerous goods that it takes.
    #[serde(default, skip_serializing_if = "DangerousGoodsClasses::is_empty")]
    pub dangerous_goods_classes: DangerousGoodsClasses,
    /// Whether it sails.
    pub status: VoyageStatus,
    /// The carrier movements, in order.
    pub movements: Vec<CarrierMovement>,
}

/// Whether a voyage sails.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum VoyageStatus {
    /// It sails.
    Scheduled,
    /// It is cancelled.
    Cancelled,
}

impl VoyageStatus {
    /// The words for all statuses.
    pub const WORDS: &[&str] = <Self as strum::VariantNames>::VARIANTS;

    /// The word for this status in JSON and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A planner's input for a new voyage.
#[derive(Debug, Clone)]
pub struct Plan {
    pub number: VoyageNumber,
    /// The ship.
    pub vessel: Vessel,
    /// What the ship can carry.
    pub capacity: SpaceLimit,
    /// How far bookings may exceed the capacity, in percent.
    pub overbooking_percent: u8,
    /// How long before a departure its booking closes, in hours.
    pub cut_off_hours: u16,
    /// The classes of dangerous goods that it takes.
    pub dangerous_goods_classes: DangerousGoodsClasses,
    /// The carrier movements, in order.
    pub movements: Vec<PlannedMovement>,
}

impl Voyage {
    /// Creates a voyage without bookings.
    ///
    /// # Errors
    ///
    /// `ScheduleMustConnect`.
    pub fn schedule(id: VoyageId, plan: Plan) -> Result<(Self, VoyageScheduled), Rejection> {
        schedule_must_connect(&plan.movements)?;
        no_date_may_be_a_slip(&plan.movements)?;
        let voyage = Self {
            id,
            number: plan.number,
            vessel: plan.vessel,
            capacity: plan.capacity,
            overbooking_percent: plan.overbooking_percent,
            cut_off_hours: plan.cut_off_hours,
            dangerous_goods_classes: plan.dangerous_goods_classes,
            status: VoyageStatus::Scheduled,
            movements: plan.movements.into_iter().map(Into::into).collect(),
        };
        let event = VoyageScheduled {
            voyage: voyage.number.clone(),
        };
        Ok((voyage, event))
    }

    /// Checks `VoyageMustLieAhead`: a voyage that has ended carries nothing.
    ///
    /// # Errors
    ///
    /// `VoyageMustLieAhead`.
    pub fn must_lie_ahead(&self, now: Moment) -> Result<(), Rejection> {
        let last = &self.movements[self.movements.len() - 1];
        require(last.arrives > now, || VoyageMustLieAhead {
            voyage: self.number.clone(),
            port: last.to.clone(),
            arrives: last.arrives,
            now,
        })
    }

    /// Changes the times. Ports and order stay. If a movement was presumed to have departed and is
    /// ahead again, its load is set to the total of its holders. While it counted as departed, its
    /// load did not change with bookings. `holders` are all cargoes that hold space on it.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `ScheduleMustConnect`, `RescheduleMustKeepPorts`,
    /// `DepartedMovementMayNotMove` or `LoadMayNotPassTheLine`.
    pub fn reschedule(
        mut self,
        movements: Vec<PlannedMovement>,
        reason: Option<&Text<REASON_CHARS_MAX>>,
        holders: &[Holder],
        now: Moment,
    ) -> Result<(Self, VoyageRescheduled), Rejection> {
        self.must_sail()?;
        schedule_must_connect(&movements)?;
        reschedule_must_keep_ports(&self.movements, &movements)?;
        for (movement, planned) in self.movements.iter().zip(&movements) {
            reported_times_may_not_move(movement, planned)?;
            departure_may_not_move_far_into_the_past(movement, planned, now)?;
        }
        no_date_may_be_a_slip(&movements)?;
        let before = self.movements.clone();
        for (movement, planned) in self.movements.iter_mut().zip(movements) {
            movement.estimate(Times {
                departs: planned.departs,
                arrives: planned.arrives,
            });
        }
        self.derive_times()?;
        self.resume(&before, holders, now)?;
        let event = VoyageRescheduled {
            voyage: self.number.clone(),
            reason: reason.map(Text::to_string),
        };
        Ok((self, event))
    }

    /// Sets the load of every movement that had departed `before` and is ahead again.
    pub(super) fn resume(
        &mut self,
        before: &[CarrierMovement],
        holders: &[Holder],
        now: Moment,
    ) -> Result<(), Rejection> {
        let limit = self.limit();
        let pairs = before.iter().zip(&mut self.movements);
        for (index, (before, movement)) in pairs.enumerate() {
            if before.has_departed(now) && !movement.has_departed(now) {
                movement.load = limit.counted(load_of(index, holders));
                resumed_load_may_not_pass_the_line(&self.number, movement, limit)?;
            }
        }
        Ok(())
    }

    /// Changes the cut-off.
    #[must_use]
    pub fn with_cut_off(mut self, hours: u16) -> Self {
        self.cut_off_hours = hours;
        self
    }

    /// Cancels the voyage, or what is left of it.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing` or `DepartedMovementMayNotMove`.
    pub fn cancel(
        mut self,
        reason: &Text<REASON_CHARS_MAX>,
        now: Moment,
    ) -> Result<(Self, VoyageCancelled), Rejection> {
        self.must_sail()?;
        let last = &self.movements[self.movements.len() - 1];
        require(!last.has_departed(now), || {
            DepartedMovementMayNotMove::LeftForLastCall {
                voyage: self.number.clone(),
                port: last.to.clone(),
                departed: last.departs,
            }
        })?;
        let event = VoyageCancelled {
            voyage: self.number.clone(),
            reason: reason.to_string(),
        };
        self.status = VoyageStatus::Cancelled;
        for movement in &mut self.movements {
            movement.cancelled = !movement.has_departed(now);
        }
        Ok((self, event))
    }

    /// Checks `CancelledVoyageTakesNothing`.
    pub(super) fn must_sail(&self) -> Result<(), Rejection> {
        require(self.status == VoyageStatus::Scheduled, || {
            CancelledVoyageTakesNothing::Cancelled {
                voyage: self.number.clone(),
            }
        })
    }

    /// The limit line of every movement: capacity × (100 + allowance) / 100, rounded down to a
    /// quarter-TEU and to a kilogram. Plugs have no allowance.
    #[must_use]
    pub fn limit(&self) -> SpaceLimit {
        let raised = |amount: u64| amount * (100 + u64::from(self.overbooking_percent)) / 100;
        SpaceLimit {
            quarter_teu: raised(self.capacity.quarter_teu),
            kg: raised(self.capacity.kg),
            plugs: self.capacity.plugs,
        }
    }

    /// The most space left within the limit line on any movement, in quarters of a TEU. Zero on a
    /// cancelled voyage.
    #[must_use]
    pub fn quarter_teu_left(&self) -> u64 {
        let limit = self.limit();
        let movements = self.movements.iter();
        let most = movements
            .map(|movement| movement.load.left_to(limit).quarter_teu)
            .max();
        most.filter(|_| self.status == VoyageStatus::Scheduled)
            .unwrap_or(0)
    }

    /// The texts that searches look at: its number and its vessel's name, folded.
    #[must_use]
    pub fn searched(&self) -> String {
        searched(self.number.as_str(), self.vessel.name.as_str())
    }

    /// The stretch between a load call and a later unload call. If the voyage calls at a port more
    /// than once, the times say which calls are meant. Without them, it is the first calls that
    /// connect.
    ///
    /// # Errors
    ///
    /// `VoyageMustCallInOrder`.
    pub fn stretch(
        &self,
        load: (&UnLocode, Option<Moment>),
        unload: (&UnLocode, Option<Moment>),
    ) -> Result<Stretch, Rejection> {
        self.stretch_from(load, unload, None).ok_or_else(|| {
            let (voyage, load_at, unload_at) =
                (self.number.clone(), load.0.clone(), unload.0.clone());
            match load.1.or(unload.1) {
                Some(_) => VoyageMustCallInOrder::NoSuchCallsThen {
                    voyage,
                    load_at,
                    unload_at,
                },
                None => VoyageMustCallInOrder::NoSuchCalls {
                    voyage,
                    load_at,
                    unload_at,
                },
            }
            .into()
        })
    }

    /// The same, departing no earlier than a time.
    #[must_use]
    pub fn stretch_from(
        &self,
        load: (&UnLocode, Option<Moment>),
        unload: (&UnLocode, Option<Moment>),
        earliest: Option<Moment>,
    ) -> Option<Stretch> {
        let found = |passes: bool| self.stretch_over(load, unload, earliest, passes);
        // Calls that the ship omits come last: what was booked for them before is still found.
        found(false).or_else(|| found(true))
    }

    fn stretch_over(
        &self,
        load: (&UnLocode, Option<Moment>),
        unload: (&UnLocode, Option<Moment>),
        earliest: Option<Moment>,
        passes: bool,
    ) -> Option<Stretch> {
        let is_load = |m: &CarrierMovement| {
            m.from == *load.0
                && (passes || !m.from_omitted)
                && load.1.is_none_or(|time| time == m.departs)
                && earliest.is_none_or(|earliest| m.departs >= earliest)
        };
        let is_unload = |m: &CarrierMovement| {
            m.to == *unload.0
                && (passes || !m.to_omitted)
                && unload.1.is_none_or(|time| time == m.arrives)
        };
        let movements = self.movements.iter().enumerate();
        movements
            .filter(|(_, movement)| is_load(movement))
            .find_map(|(first, _)| {
                let crossed = self.movements[first..].iter().position(is_unload)?;
                Some(Stretch(first..first + crossed + 1))
            })
    }

    /// The movements of a stretch.
    #[must_use]
    pub fn crossed(&self, stretch: &Stretch) -> &[CarrierMovement] {
        &self.movements[stretch.0.clone()]
    }

    /// Whether cargo can be booked to be loaded where a stretch begins.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `OmittedCallTakesNothing` or `BookingClosesAtCutOff`.
    pub fn may_be_boarded(&self, stretch: &Stretch, now: Moment) -> Result<(), Rejection> {
        self.must_sail()?;
        self.must_call(stretch.0.start)?;
        self.must_call_at_end(stretch)?;
        booking_closes_at_cut_off(&self.movements[stretch.0.start], self.cut_off_hours, now)
    }

    /// Whether cargo with dangerous goods of these classes can be booked.
    ///
    /// # Errors
    ///
    /// `VoyageMustTakeDangerousGoods`.
    pub fn must_take(&self, goods: &DangerousGoodsClasses) -> Result<(), Rejection> {
        voyage_must_take_dangerous_goods(&self.number, &self.dangerous_goods_classes, goods)
    }

    /// Whether a stretch has fully departed.
    #[must_use]
    pub fn has_departed_over(&self, stretch: &Stretch, now: Moment) -> bool {
        let mut crossed = self.crossed(stretch).iter();
        crossed.all(|movement| movement.has_departed(now))
    }

    /// Whether cargo on board can continue over a stretch: what has departed arrives.
    ///
    /// # Errors
    ///
    /// `OmittedCallTakesNothing`, or `CancelledVoyageTakesNothing` if part of the stretch has not
    /// departed.
    pub fn may_be_gone_on(&self, stretch: &Stretch, now: Moment) -> Result<(), Rejection> {
        self.must_call_at_end(stretch)?;
        match self.has_departed_over(stretch, now) {
            true => Ok(()),
            false => self.must_sail(),
        }
    }

    /// The first movement ahead whose load is not the total of these holders, with that total.
    #[must_use]
    pub fn wrong_load(&self, holders: &[Holder], now: Moment) -> Option<(&CarrierMovement, Space)> {
        let movements = self.movements.iter().enumerate();
        let ahead = movements.filter(|(_, movement)| !movement.has_departed(now));
        let counted = |index| self.capacity.counted(load_of(index, holders));
        let mut held = ahead.map(|(index, movement)| (movement, counted(index)));
        held.find(|(movement, held)| movement.load != *held)
    }

    /// Moves the space that a cargo holds from some stretches to others, each movement once however
    /// many of them cross it. Departed movements do not change. Returns whether any load has
    /// changed.
    ///
    /// # Errors
    ///
    /// `LoadMayNotPassTheLine`. Nothing is changed then.
    pub fn hold(
        &mut self,
        size: Space,
        before: &[Stretch],
        after: &[Stretch],
        now: Moment,
    ) -> Result<bool, Rejection> {
        let crosses = |stretches: &[Stretch], index| stretches.iter().any(|s| s.0.contains(&index));
        let limit = self.limit();
        let size = limit.counted(size);
        let (mut taken, mut given) = (Vec::new(), Vec::new());
        let movements = self.movements.iter().enumerate();
        for (index, movement) in movements.filter(|(_, movement)| !movement.has_departed(now)) {
            match (crosses(before, index), crosses(after, index)) {
                (false, true) => {
                    load_may_not_pass_the_line(&self.number, movement, size, limit)?;
                    taken.push(index);
                }
                (true, false) => given.push(index),
                _ => {}
            }
        }
        for index in &taken {
            let load = &mut self.movements[*index].load;
            *load = *load + size;
        }
        for index in &given {
            let load = &mut self.movements[*index].load;
            *load = *load - size;
        }
        Ok(!(taken.is_empty() && given.is_empty()))
    }

    /// Exchanges the size of a cargo on every movement that it holds. Departed movements do not
    /// change. Returns whether any load has changed.
    ///
    /// # Errors
    ///
    /// `LoadMayNotPassTheLine`. Nothing is changed then.
    pub fn resize(
        &mut self,
        (before, after): (Space, Space),
        held: &[Stretch],
        now: Moment,
    ) -> Result<bool, Rejection> {
        let limit = self.limit();
        let (before, after) = (limit.counted(before), limit.counted(after));
        let mut movements = self.movements.clone();
        let crosses = |index| held.iter().any(|stretch| stretch.0.contains(&index));
        let ahead = movements.iter_mut().enumerate();
        let ahead =
            ahead.filter(|(index, movement)| crosses(*index) && !movement.has_departed(now));
        for (_, movement) in ahead {
            larger_load_may_not_pass_the_line(&self.number, movement, (before, after), limit)?;
            movement.load = movement.load + after - before;
        }
        let has_changed = movements != self.movements;
        self.movements = movements;
        Ok(has_changed)
    }

    /// Books a stretch for a cargo that holds nothing.
    #[cfg(test)]
    pub(crate) fn book(
        &mut self,
        stretch: &Stretch,
        size: Space,
        now: Moment,
    ) -> Result<(), Rejection> {
        self.may_be_boarded(stretch, now)?;
        self.hold(size, &[], std::slice::from_ref(stretch), now)?;
        Ok(())
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.number.as_str())
    }
}

/// The folded texts that searches look at, one per line.
#[must_use]
pub fn searched(number: &str, vessel: &str) -> String {
    [number, vessel].map(folded).join("\n")
}
