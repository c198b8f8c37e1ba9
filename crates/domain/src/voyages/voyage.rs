//! The voyage aggregate: the guard of the limit line.

use super::events::{VoyageCapacityChanged, VoyageScheduled};
use super::movement::{CarrierMovement, PlannedMovement, Stretch};
use super::rules::{
    CancelledVoyageTakesNothing, VoyageMustCallInOrder, booking_closes_at_cut_off,
    limit_may_not_fall_below_load, load_may_not_pass_the_line, schedule_must_connect,
};
use super::{Vessel, VoyageNumber};
use crate::identifier::uuid_id;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::space::Space;
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The id of a voyage.
    VoyageId of Voyage
}

/// A vessel's numbered journey. On no movement does the load pass the limit line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voyage {
    /// The internal id.
    pub id: VoyageId,
    /// The name in the world.
    pub number: VoyageNumber,
    /// The ship.
    pub vessel: Vessel,
    /// What the ship carries.
    pub capacity: Space,
    /// How much more than the capacity may be booked, in percent of it.
    pub overbooking_percent: u8,
    /// How long before a departure booking for it closes, in hours.
    pub cut_off_hours: u16,
    /// Whether it sails.
    pub status: VoyageStatus,
    /// The journey, in order.
    pub movements: Vec<CarrierMovement>,
}

/// Whether a voyage sails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VoyageStatus {
    /// It does.
    Scheduled,
    /// It does not.
    Cancelled,
}

impl VoyageStatus {
    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// What a planner decides about a new voyage.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The number it shall have.
    pub number: VoyageNumber,
    /// The ship.
    pub vessel: Vessel,
    /// What the ship carries.
    pub capacity: Space,
    /// How much more may be booked, in percent.
    pub overbooking_percent: u8,
    /// How long before a departure booking for it closes, in hours.
    pub cut_off_hours: u16,
    /// The journey, in order.
    pub movements: Vec<PlannedMovement>,
}

impl Voyage {
    /// A new voyage with nothing booked.
    pub fn schedule(id: VoyageId, plan: Plan) -> Result<(Self, VoyageScheduled), Rejection> {
        schedule_must_connect(&plan.movements)?;
        let voyage = Self {
            id,
            number: plan.number,
            vessel: plan.vessel,
            capacity: plan.capacity,
            overbooking_percent: plan.overbooking_percent,
            cut_off_hours: plan.cut_off_hours,
            status: VoyageStatus::Scheduled,
            movements: plan.movements.into_iter().map(Into::into).collect(),
        };
        let event = VoyageScheduled {
            voyage: voyage.number.clone(),
        };
        Ok((voyage, event))
    }

    /// Moves the limit line.
    pub fn change_capacity(
        mut self,
        capacity: Space,
        overbooking_percent: u8,
    ) -> Result<(Self, VoyageCapacityChanged), Rejection> {
        let limit_before = self.limit();
        self.capacity = capacity;
        self.overbooking_percent = overbooking_percent;
        let limit = self.limit();
        for movement in &self.movements {
            limit_may_not_fall_below_load(movement, limit)?;
        }
        let event = VoyageCapacityChanged {
            voyage: self.number.clone(),
            limit_before,
            limit,
        };
        Ok((self, event))
    }

    /// The limit line of every movement: capacity × (100 + allowance) / 100, rounded down to a
    /// quarter-TEU and to a kilogram.
    #[must_use]
    pub fn limit(&self) -> Space {
        let raised = |amount: u64| amount * (100 + u64::from(self.overbooking_percent)) / 100;
        Space {
            quarter_teu: raised(self.capacity.quarter_teu),
            kg: raised(self.capacity.kg),
        }
    }

    /// The stretch between a call where cargo is loaded and a later one where it is unloaded.
    /// Where the voyage calls there more than once, times say which calls are meant; without
    /// them it is the first calls that connect.
    pub fn stretch(
        &self,
        load: (&UnLocode, Option<Moment>),
        unload: (&UnLocode, Option<Moment>),
    ) -> Result<Stretch, Rejection> {
        let is_load =
            |m: &CarrierMovement| m.from == *load.0 && load.1.is_none_or(|t| t == m.departs);
        let is_unload =
            |m: &CarrierMovement| m.to == *unload.0 && unload.1.is_none_or(|t| t == m.arrives);
        self.movements
            .iter()
            .enumerate()
            .filter(|(_, movement)| is_load(movement))
            .find_map(|(first, _)| {
                let crossed = self.movements[first..].iter().position(is_unload)?;
                Some(Stretch(first..first + crossed + 1))
            })
            .ok_or_else(|| {
                VoyageMustCallInOrder.broken(format!(
                    "Voyage {} does not call at {} and later at {}{}.",
                    self.number,
                    load.0,
                    unload.0,
                    if load.1.or(unload.1).is_some() {
                        " at these times"
                    } else {
                        ""
                    }
                ))
            })
    }

    /// The movements of a stretch.
    #[must_use]
    pub fn crossed(&self, stretch: &Stretch) -> &[CarrierMovement] {
        &self.movements[stretch.0.clone()]
    }

    /// Takes `size` aboard on every movement of the stretch.
    pub fn book(&mut self, stretch: &Stretch, size: Space, now: Moment) -> Result<(), Rejection> {
        CancelledVoyageTakesNothing.require(self.status == VoyageStatus::Scheduled, || {
            format!("Voyage {} is cancelled.", self.number)
        })?;
        booking_closes_at_cut_off(&self.movements[stretch.0.start], self.cut_off_hours, now)?;
        let limit = self.limit();
        for movement in self.crossed(stretch) {
            load_may_not_pass_the_line(movement, size, limit)?;
        }
        for movement in &mut self.movements[stretch.0.clone()] {
            movement.load = movement.load + size;
        }
        Ok(())
    }

    /// Gives `size` back on every movement of the stretch, which was booked before.
    pub fn free(&mut self, stretch: &Stretch, size: Space) {
        for movement in &mut self.movements[stretch.0.clone()] {
            movement.load = movement.load - size;
        }
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.number.as_str())
    }
}
