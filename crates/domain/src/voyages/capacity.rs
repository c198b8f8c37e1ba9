//! How the limit line of a voyage changes, and what it takes.

use super::events::{VoyageCapacityChanged, VoyageVesselChanged};
use super::holder::{Holder, load_of};
use super::rules::{booked_goods_must_still_be_taken, limit_may_not_fall_below_load};
use super::voyage::Voyage;
use super::{DangerousGoodsClasses, Vessel};
use crate::limits::REASON_CHARS_MAX;
use crate::rejection::Rejection;
use crate::space::SpaceLimit;
use crate::text::Text;

/// A new capacity, and what goes with it.
#[derive(Debug, Clone)]
pub struct CapacityChange {
    /// What the ship can carry. Without plugs, those that were stated stay.
    pub capacity: SpaceLimit,
    /// How far bookings may exceed the capacity, in percent.
    pub overbooking_percent: u8,
    /// The classes of dangerous goods that the voyage takes. Default: unchanged.
    pub dangerous_goods_classes: Option<DangerousGoodsClasses>,
}

impl Voyage {
    /// Whether a change needs to know what every cargo holds: it states plugs for the first time, or
    /// the voyage no longer takes a class of dangerous goods.
    #[must_use]
    pub fn needs_holders(&self, change: &CapacityChange) -> bool {
        let classes = change.dangerous_goods_classes.as_ref();
        let keeps =
            classes.is_none_or(|classes| classes.is_superset(&self.dangerous_goods_classes));
        self.begins_to_count_plugs(change) || !keeps
    }

    fn begins_to_count_plugs(&self, change: &CapacityChange) -> bool {
        self.capacity.plugs.is_none() && change.capacity.plugs.is_some()
    }

    /// Changes the limit line. `holders` are all cargoes that hold space on the voyage, if the change
    /// [needs](Self::needs_holders) them.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `LimitMayNotFallBelowLoad` or `VoyageMustTakeDangerousGoods`.
    pub fn change_capacity(
        mut self,
        change: CapacityChange,
        holders: &[Holder],
    ) -> Result<(Self, VoyageCapacityChanged), Rejection> {
        self.must_sail()?;
        let limit_before = self.limit();
        if self.begins_to_count_plugs(&change) {
            for (index, movement) in self.movements.iter_mut().enumerate() {
                movement.load.plugs = load_of(index, holders).plugs;
            }
        }
        self.capacity = SpaceLimit {
            plugs: change.capacity.plugs.or(self.capacity.plugs),
            ..change.capacity
        };
        self.overbooking_percent = change.overbooking_percent;
        let limit = self.limit();
        for movement in &self.movements {
            limit_may_not_fall_below_load(movement, limit)?;
        }
        let classes = change.dangerous_goods_classes;
        let changed = classes.filter(|classes| *classes != self.dangerous_goods_classes);
        if let Some(classes) = &changed {
            let withdrawn = self.dangerous_goods_classes.difference(classes);
            let withdrawn = withdrawn.copied().collect();
            booked_goods_must_still_be_taken(&self.number, &withdrawn, holders)?;
            self.dangerous_goods_classes.clone_from(classes);
        }
        let event = VoyageCapacityChanged {
            voyage: self.number.clone(),
            limit_before,
            limit,
            dangerous_goods_classes: changed,
        };
        Ok((self, event))
    }

    /// Gives the voyage to another ship, with its capacity.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `LimitMayNotFallBelowLoad` or `VoyageMustTakeDangerousGoods`.
    pub fn change_vessel(
        self,
        vessel: Vessel,
        change: CapacityChange,
        holders: &[Holder],
        reason: Option<&Text<REASON_CHARS_MAX>>,
    ) -> Result<(Self, VoyageVesselChanged), Rejection> {
        let (mut voyage, changed) = self.change_capacity(change, holders)?;
        let before = std::mem::replace(&mut voyage.vessel, vessel.clone());
        let event = VoyageVesselChanged {
            voyage: changed.voyage,
            before,
            vessel,
            limit_before: changed.limit_before,
            limit: changed.limit,
            dangerous_goods_classes: changed.dangerous_goods_classes,
            reason: reason.map(Text::to_string),
        };
        Ok((voyage, event))
    }
}
