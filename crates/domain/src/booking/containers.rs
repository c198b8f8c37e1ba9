//! The containers of a cargo.

use super::container::count_of;
use super::events::ContainersAssigned;
use super::rules::{
    ContainerMayNotTravelTwice, ContainersMustFitEquipment, container_may_not_be_overweight,
};
use super::statuses::BookingStep;
use super::{Cargo, Container, ContainerNumber, EquipmentLine, Milestones, SizeType};
use crate::handling::HandlingType;
use crate::limits::SEAL_CHARS_MAX;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A container as people enter it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenContainer {
    pub number: ContainerNumber,
    /// Its size and type. Needed only where the cargo has several.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub size_type: Option<SizeType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Text<SEAL_CHARS_MAX>>,
    /// Its verified gross mass, in kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vgm_kg: Option<u64>,
}

/// A container is on one unfinished cargo at a time.
fn must_not_travel_twice(number: &ContainerNumber, others: &[Cargo]) -> Result<(), Rejection> {
    let other = others.iter().find(|other| other.has_container(number));
    other.map_or(Ok(()), |other| {
        Err(ContainerMayNotTravelTwice::OnAnotherCargo {
            container: number.clone(),
            cargo: other.tracking_id.clone(),
        }
        .into())
    })
}

impl Cargo {
    /// Checks `ContainerMayNotTravelTwice` for a cargo that is unfinished again. `others` are
    /// unfinished cargoes.
    ///
    /// # Errors
    ///
    /// `ContainerMayNotTravelTwice`.
    pub fn containers_must_travel_once(&self, others: &[Self]) -> Result<(), Rejection> {
        let mut numbers = self.particulars.containers.iter().map(|own| &own.number);
        numbers.try_for_each(|number| must_not_travel_twice(number, others))
    }

    /// Checks whether its containers can be assigned at all.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished` or `StatusMustAllow`.
    pub fn may_be_given_containers(&self) -> Result<(), Rejection> {
        self.must_not_be_finished()?;
        self.must_be(!self.is_given_up(), BookingStep::Changed)
    }

    /// Replaces its containers. A container that is added to others that were reported one by one has
    /// not been reported, and so neither has the cargo. `others` are the unfinished cargoes that have one of them. Returns no
    /// event if nothing changes.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `ContainersMustFitEquipment`,
    /// `ContainerMayNotBeOverweight` or `ContainerMayNotTravelTwice`.
    pub fn assign_containers(
        mut self,
        given: Vec<GivenContainer>,
        others: &[Self],
    ) -> Result<(Self, Option<ContainersAssigned>, Milestones), Rejection> {
        self.may_be_given_containers()?;
        let typed = given.into_iter().map(|given| self.typed(given));
        let containers = typed.collect::<Result<Vec<_>, _>>()?;
        let mut seen = BTreeSet::new();
        for container in &containers {
            let number = &container.number;
            require(seen.insert(number), || {
                ContainerMayNotTravelTwice::NamedTwice {
                    container: number.clone(),
                }
            })?;
            let one = EquipmentLine {
                size_type: container.size_type.clone(),
                count: 1,
            };
            container_may_not_be_overweight(&[one], container.vgm_kg.unwrap_or(0))?;
            must_not_travel_twice(number, others)?;
        }
        if containers == self.particulars.containers {
            return Ok((self, None, Milestones::default()));
        }
        let before = self.delivery();
        self.reported_containers_must_stay(&containers)?;
        self.particulars.containers = containers;
        self.containers_must_fit()?;
        self.keep_approach_only_if_loaded();
        let milestones = self.settle(&before);
        let assigned = ContainersAssigned {
            cargo: self.tracking_id.clone(),
            containers: self.particulars.containers.clone(),
        };
        Ok((self, Some(assigned), milestones))
    }

    /// Checks `ContainersMustFitEquipment`: a container that reports name stays.
    fn reported_containers_must_stay(&self, containers: &[Container]) -> Result<(), Rejection> {
        let reported = self.own_reports().filter_map(|own| own.container.as_ref());
        for number in reported {
            let stays = containers.iter().any(|own| own.number == *number);
            require(stays, || ContainersMustFitEquipment::Reported {
                cargo: self.tracking_id.clone(),
                container: number.clone(),
            })?;
        }
        Ok(())
    }

    /// A container with its size and type, which is clear where the cargo has only one.
    fn typed(&self, given: GivenContainer) -> Result<Container, Rejection> {
        let mut types = self.equipment.iter().map(|line| &line.size_type);
        let first = types.next().filter(|first| types.all(|own| own == *first));
        let size_type = given.size_type.or(first.cloned());
        let size_type = size_type.ok_or_else(|| ContainersMustFitEquipment::TypeNeeded {
            cargo: self.tracking_id.clone(),
            container: given.number.clone(),
        })?;
        Ok(Container {
            number: given.number,
            size_type,
            seal: given.seal,
            vgm_kg: given.vgm_kg,
        })
    }

    /// Whether a container is one of its own.
    #[must_use]
    pub fn has_container(&self, number: &ContainerNumber) -> bool {
        let mut containers = self.particulars.containers.iter();
        containers.any(|own| own.number == *number)
    }

    /// The cargo as if it had only this container: its delivery is that of the container.
    #[must_use]
    pub fn only(mut self, number: &ContainerNumber) -> Self {
        let containers = &mut self.particulars.containers;
        containers.retain(|own| own.number == *number);
        self
    }

    /// Checks `ContainersMustFitEquipment`: a container is one of its own.
    ///
    /// # Errors
    ///
    /// `ContainersMustFitEquipment`.
    pub fn must_have_container(&self, number: &ContainerNumber) -> Result<(), Rejection> {
        require(self.has_container(number), || {
            ContainersMustFitEquipment::NotOnCargo {
                cargo: self.tracking_id.clone(),
                container: number.clone(),
            }
        })
    }

    /// Checks `ContainersMustFitEquipment`: there are no more containers of a size and type than the
    /// equipment says.
    pub(super) fn containers_must_fit(&self) -> Result<(), Rejection> {
        let containers = &self.particulars.containers;
        for Container { size_type, .. } in containers {
            let same = containers.iter().filter(|own| own.size_type == *size_type);
            let numbered = u64::try_from(same.count()).unwrap_or(u64::MAX);
            let has = count_of(&self.equipment, size_type);
            require(numbered <= has, || ContainersMustFitEquipment::TooMany {
                cargo: self.tracking_id.clone(),
                size_type: size_type.clone(),
                has,
                numbered,
            })?;
        }
        Ok(())
    }

    /// Takes out the containers that go with a part: those that are named or, if none is, the last of
    /// each size and type that no longer fit, first those that have not been loaded.
    pub(super) fn part_containers(
        &mut self,
        named: &[ContainerNumber],
    ) -> Result<Vec<Container>, Rejection> {
        for number in named {
            self.must_have_container(number)?;
        }
        let aboard: BTreeSet<_> = self
            .own_reports()
            .filter(|handled| handled.activity.handling_type == HandlingType::Load)
            .filter_map(|handled| handled.container.clone())
            .collect();
        let mut all = std::mem::take(&mut self.particulars.containers);
        all.sort_by_key(|container| !aboard.contains(&container.number));
        let mut parted = Vec::new();
        for container in all {
            let kept = &mut self.particulars.containers;
            let same = kept
                .iter()
                .filter(|own| own.size_type == container.size_type);
            let same = u64::try_from(same.count()).unwrap_or(u64::MAX);
            let is_full = same >= count_of(&self.equipment, &container.size_type);
            let goes = named.contains(&container.number) || (named.is_empty() && is_full);
            match goes {
                true => parted.push(container),
                false => kept.push(container),
            }
        }
        self.containers_must_fit()?;
        Ok(parted)
    }
}
