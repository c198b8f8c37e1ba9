//! Splits: a part of a cargo becomes a cargo of its own.

use super::container::count_of;
use super::events::CargoSplit;
use super::rules::{SplitMustLeaveBoth, container_may_not_be_overweight};
use super::statuses::BookingStep;
use super::{
    Cargo, CargoId, ContainerNumber, EquipmentLine, Handled, Milestones, Particulars, TrackingId,
    has_reefer, size_of,
};
use crate::handling::HandlingEventId;
use crate::limits::SPLITS_MAX;
use crate::rejection::{Rejection, require};

/// What becomes a cargo of its own.
#[derive(Debug, Clone)]
pub struct Part {
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// Their gross weight, in kilograms.
    pub gross_weight_kg: u64,
    /// The numbers of containers that go with it. Without any, those that the rest has no place for.
    pub containers: Vec<ContainerNumber>,
}

/// A cargo that was split.
#[derive(Debug)]
pub struct Split {
    /// What is left of it.
    pub parent: Cargo,
    /// The new cargo.
    pub child: Cargo,
    /// The split.
    pub event: CargoSplit,
    /// What has happened to all that is left of it, for example where only the other part was
    /// missing aboard.
    pub milestones: Milestones,
    /// What has happened to all of the new cargo.
    pub child_milestones: Milestones,
}

impl Cargo {
    /// Checks whether it can be split at all: until all of it is loaded onto a ship. What was left
    /// behind can be split off.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow` or `SplitMustLeaveBoth`.
    pub fn may_be_split(&self) -> Result<(), Rejection> {
        self.must_not_be_finished()?;
        self.must_be(!self.is_given_up(), BookingStep::Split)?;
        let at_sea = |handled: &&Handled| handled.activity.handling_type.has_voyage();
        if self.moves().into_iter().any(|handled| at_sea(&handled)) {
            self.must_not_have_been_loaded(BookingStep::Split)?;
        }
        let containers = self.equipment.iter().map(|line| u64::from(line.count));
        let containers = containers.sum();
        require(containers > 1, || SplitMustLeaveBoth::NoContainerLeft {
            cargo: self.tracking_id.clone(),
            containers,
        })?;
        let has_room = self.particulars.split_into.len() < SPLITS_MAX;
        require(has_room, || SplitMustLeaveBoth::TooOften {
            cargo: self.tracking_id.clone(),
            splits_max: SPLITS_MAX,
        })
    }

    /// Makes a part of it a cargo of its own, with the same booking and itinerary, and therefore
    /// with its share of the space: the load of no movement changes. Reports up to now are about
    /// both; the new cargo has them under the ids that `copies` gives them, in their order. Both keep
    /// the dangerous goods. Each keeps the set point if it has a reefer container.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `SplitMustLeaveBoth` or
    /// `ContainerMayNotBeOverweight`.
    pub fn split(
        mut self,
        part: Part,
        (id, tracking_id): (CargoId, TrackingId),
        copies: impl Iterator<Item = HandlingEventId>,
    ) -> Result<Split, Rejection> {
        self.may_be_split()?;
        let before = self.delivery();
        let asked = part.gross_weight_kg;
        let equipment = part.equipment;
        self.equipment = self.without(&equipment)?;
        let kept_kg = self.size.kg.saturating_sub(asked);
        require(asked > 0 && kept_kg > 0, || {
            SplitMustLeaveBoth::NoWeightLeft {
                cargo: self.tracking_id.clone(),
                weight_kg: self.size.kg,
                asked_kg: asked,
            }
        })?;
        container_may_not_be_overweight(&self.equipment, kept_kg)?;
        container_may_not_be_overweight(&equipment, asked)?;
        self.size = size_of(&self.equipment, kept_kg);
        let containers = self.part_containers(&part.containers)?;
        let set_point = self.particulars.set_point;
        self.particulars.set_point = set_point.filter(|_| has_reefer(&self.equipment));
        let copied = self.handling.iter().zip(copies);
        let mut child = Self {
            id,
            tracking_id: tracking_id.clone(),
            size: size_of(&equipment, asked),
            equipment: equipment.clone(),
            handling: copied
                .map(|(handled, event)| Handled {
                    event,
                    ..handled.clone()
                })
                .collect(),
            particulars: Particulars {
                split_from: Some(self.tracking_id.clone()),
                split_into: Vec::new(),
                containers,
                set_point: set_point.filter(|_| has_reefer(&equipment)),
                ..self.particulars.clone()
            },
            ..self.clone()
        };
        self.particulars.split_into.push(tracking_id);
        child.containers_must_fit()?;
        let event = CargoSplit {
            cargo: self.tracking_id.clone(),
            child: child.tracking_id.clone(),
            equipment,
            gross_weight_kg: asked,
        };
        let milestones = self.settle(&before);
        let child_milestones = child.settle(&before);
        Ok(Split {
            parent: self,
            child,
            event,
            milestones,
            child_milestones,
        })
    }

    /// What is left without these containers. Checks `SplitMustLeaveBoth`.
    fn without(&self, part: &[EquipmentLine]) -> Result<Vec<EquipmentLine>, Rejection> {
        let mut kept = self.equipment.clone();
        for EquipmentLine { size_type, .. } in part {
            let (has, asked) = (
                count_of(&self.equipment, size_type),
                count_of(part, size_type),
            );
            require(asked <= has, || SplitMustLeaveBoth::NotThatMany {
                cargo: self.tracking_id.clone(),
                size_type: size_type.clone(),
                has,
                asked,
            })?;
        }
        for line in part {
            let mut left = line.count;
            let own = |own: &&mut EquipmentLine| own.size_type == line.size_type;
            for own in kept.iter_mut().filter(own) {
                let taken = left.min(own.count);
                own.count -= taken;
                left -= taken;
            }
        }
        kept.retain(|line| line.count > 0);
        require(!kept.is_empty(), || SplitMustLeaveBoth::NoContainerLeft {
            cargo: self.tracking_id.clone(),
            containers: part.iter().map(|line| u64::from(line.count)).sum(),
        })?;
        Ok(kept)
    }
}
