//! Amendments: corrections of what a cargo contains.

use super::events::CargoAmended;
use super::rules::{
    StatusMustAllow, container_may_not_be_overweight, ready_date_must_precede_deadline,
    set_point_needs_reefer,
};
use super::statuses::BookingStep;
use super::{
    BookingStatus, Cargo, Contents, DangerousGoods, EquipmentLine, FieldChange, SetPoint,
    has_reefer, size_of,
};
use crate::customers::Customer;
use crate::limits::{COMMODITY_CHARS_MAX, REFERENCE_CHARS_MAX};
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::text::Text;

/// What changes. Whatever is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Amendment {
    /// The containers.
    pub equipment: Option<Vec<EquipmentLine>>,
    /// Gross weight of goods and containers, in kilograms.
    pub gross_weight_kg: Option<u64>,
    /// The goods in the containers.
    pub commodity: Option<Text<COMMODITY_CHARS_MAX>>,
    /// The customer's own reference.
    pub reference: FieldChange<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature at which its reefer containers are kept.
    pub set_point: FieldChange<SetPoint>,
    /// All its dangerous goods.
    pub dangerous_goods: Option<Vec<DangerousGoods>>,
    /// The ready date.
    pub ready_from: FieldChange<Moment>,
}

impl Amendment {
    /// The contents with these changes. The former set point goes with the last reefer container.
    fn of(self, before: &Contents) -> Contents {
        let before = before.clone();
        let equipment = self.equipment.unwrap_or(before.equipment);
        let former = before.set_point.filter(|_| has_reefer(&equipment));
        Contents {
            set_point: self.set_point.apply(former),
            dangerous_goods: self.dangerous_goods.unwrap_or(before.dangerous_goods),
            equipment,
            gross_weight_kg: self.gross_weight_kg.unwrap_or(before.gross_weight_kg),
            commodity: self.commodity.unwrap_or(before.commodity),
            reference: self.reference.apply(before.reference),
            ready_from: self.ready_from.apply(before.ready_from),
        }
    }
}

impl Cargo {
    /// What an amendment can change.
    #[must_use]
    pub fn contents(&self) -> Contents {
        Contents {
            equipment: self.equipment.clone(),
            gross_weight_kg: self.size.kg,
            commodity: self.commodity.clone(),
            reference: self.particulars.reference.clone(),
            set_point: self.particulars.set_point,
            dangerous_goods: self.particulars.dangerous_goods.clone(),
            ready_from: self.route_specification.ready_from,
        }
    }

    /// Checks whether it can be amended at all. Its customer can amend it until it is accepted.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished` or `StatusMustAllow`.
    pub fn may_be_amended(&self, by_its_customer: bool) -> Result<(), Rejection> {
        let action = BookingStep::Amended;
        self.must_not_be_finished()?;
        self.must_be(!self.is_given_up(), action)?;
        let status = self.booking.status();
        let is_open = matches!(status, BookingStatus::Requested | BookingStatus::Booked);
        require(is_open || !by_its_customer, || {
            StatusMustAllow::OnlyByTheCarrier {
                cargo: self.tracking_id.clone(),
                status,
                action,
            }
        })
    }

    /// Amends it. Containers, weight and dangerous goods stay as they are once it has been loaded. Its
    /// voyages exchange its former size for the new one. Its ready date may not be after the loading
    /// that it is booked for, unless it has been handled. Returns no event if nothing changes.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `ContainerMayNotBeOverweight`,
    /// `SetPointNeedsReefer`, `ContainersMustFitEquipment`, `ReadyDateMustPrecedeDeadline`,
    /// `ItineraryMustSatisfySpecification`, or `CustomerMustBeActive` if it becomes larger.
    pub fn amend(
        mut self,
        amendment: Amendment,
        customer: &Customer,
        by_its_customer: bool,
    ) -> Result<(Self, Option<CargoAmended>), Rejection> {
        self.may_be_amended(by_its_customer)?;
        let before = self.contents();
        let now = amendment.of(&before);
        if now == before {
            return Ok((self, None));
        }
        set_point_needs_reefer(now.set_point, &now.equipment)?;
        if !now.loads_the_same(&before) {
            self.must_not_have_been_loaded(BookingStep::Amended)?;
            container_may_not_be_overweight(&now.equipment, now.gross_weight_kg)?;
        }
        if now.ready_from != before.ready_from {
            self.set_ready_from(now.ready_from)?;
        }
        let size = size_of(&now.equipment, now.gross_weight_kg);
        if size.quarter_teu > self.size.quarter_teu {
            customer.must_be_active()?;
        }
        self.size = size;
        self.equipment.clone_from(&now.equipment);
        self.containers_must_fit()?;
        self.commodity = now.commodity.clone();
        self.particulars.reference.clone_from(&now.reference);
        self.particulars.set_point = now.set_point;
        let goods = &mut self.particulars.dangerous_goods;
        goods.clone_from(&now.dangerous_goods);
        let cargo = self.tracking_id.clone();
        Ok((self, Some(CargoAmended { cargo, before, now })))
    }

    /// Checks `ReadyDateMustPrecedeDeadline`, and that its booking still loads late enough.
    fn set_ready_from(&mut self, ready_from: Option<Moment>) -> Result<(), Rejection> {
        let deadline = self.route_specification.arrival_deadline;
        ready_date_must_precede_deadline(ready_from, deadline)?;
        self.route_specification.ready_from = ready_from;
        match self.legs().first() {
            Some(first) => self.must_be_ready_for(first),
            None => Ok(()),
        }
    }
}
