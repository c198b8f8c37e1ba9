//! `amend-cargo`

use super::known::{CargoOutcome, known_cargo, reads_customer_and_voyages_of};
use super::space;
use crate::customers::known_customer;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, ContainerMayNotBeOverweight,
    ContainersMustFitEquipment, ItineraryMustSatisfySpecification, ReadyDateMustPrecedeDeadline,
    SetPointNeedsReefer, StatusMustAllow,
};
use domain::booking::{
    Amendment, CargoAmended, DangerousGoods, EquipmentLine, FieldChange, SetPoint, TrackingId,
};
use domain::customers::rules::{CustomerMustBeActive, CustomerMustNotBeErased};
use domain::limits::{
    COMMODITY_CHARS_MAX, DANGEROUS_GOODS_MAX, EQUIPMENT_LINES_MAX, GROSS_WEIGHT_KG_MAX,
    REASON_CHARS_MAX, REFERENCE_CHARS_MAX,
};
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, LoadMayNotPassTheLine,
    OmittedCallTakesNothing, VoyageMustTakeDangerousGoods, in_customer_steps,
};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `amend-cargo`. Whatever is not given stays. `null` clears the reference, the temperature or
/// the ready date.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_equipment, required = false)]
    #[validate(length(min = 1, max = EQUIPMENT_LINES_MAX))]
    pub(super) equipment: Option<Vec<EquipmentLine>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_gross_weight_kg, required = false)]
    #[validate(range(min = 1, max = GROSS_WEIGHT_KG_MAX))]
    pub(super) gross_weight_kg: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_commodity, required = false)]
    pub(super) commodity: Option<Text<COMMODITY_CHARS_MAX>>,
    #[serde(default, skip_serializing_if = "FieldChange::is_unchanged")]
    #[schema(schema_with = schema::maybe_reference, required = false)]
    pub(super) reference: FieldChange<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature of its reefer containers in degrees Celsius. The former one goes with the last
    /// reefer container. Null clears it.
    #[serde(default, skip_serializing_if = "FieldChange::is_unchanged")]
    #[schema(schema_with = schema::maybe_set_point, required = false)]
    pub(super) set_point_celsius: FieldChange<SetPoint>,
    /// All its dangerous goods. An empty list says that it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_dangerous_goods, required = false)]
    #[validate(length(max = DANGEROUS_GOODS_MAX))]
    pub(super) dangerous_goods: Option<Vec<DangerousGoods>>,
    /// The ready date: the cargo cannot be loaded before. Null clears it.
    #[serde(default, skip_serializing_if = "FieldChange::is_unchanged")]
    #[schema(schema_with = schema::maybe_moment, required = false)]
    pub(super) ready_from: FieldChange<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for AmendCargo {
    const ABOUT: About = About {
        name: "amend-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Corrects what a cargo contains: its containers, its weight, its goods, its temperature, its dangerous goods or the customer's reference, or its ready date. Whatever is not given stays. A reference, a temperature or a ready date that is null is cleared. Containers, weight and dangerous goods can be amended until the cargo is loaded, and by its customer until it is accepted. A booked cargo becomes ready no later than it is loaded, unless it has been received.",
        changes: "The contents of the cargo. The load of every movement ahead of it changes by the difference in size, or nothing changes.",
        effects: "Space that the cargo no longer needs can be booked at once.",
        who: Who::roles(&[Role::Clerk, Role::Customer]),
        events: &[CargoAmended::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            ContainerMayNotBeOverweight,
            ContainersMustFitEquipment,
            SetPointNeedsReefer,
            ReadyDateMustPrecedeDeadline,
            ItineraryMustSatisfySpecification,
            CustomerMustBeActive,
            CustomerMustNotBeErased,
            CancelledVoyageTakesNothing,
            OmittedCallTakesNothing,
            BookingClosesAtCutOff,
            VoyageMustTakeDangerousGoods,
            LoadMayNotPassTheLine,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads_customer_and_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let customer = known_customer(uow, state.customer).await?.state;
        let amendment = Amendment {
            equipment: self.equipment.clone(),
            gross_weight_kg: self.gross_weight_kg,
            commodity: self.commodity.clone(),
            reference: self.reference.clone(),
            set_point: self.set_point_celsius,
            dangerous_goods: self.dangerous_goods.clone(),
            ready_from: self.ready_from,
        };
        let (size, classes) = (state.space(), state.classes());
        let by_its_customer = uow.is_by_a_customer();
        let (state, amended) = state.amend(amendment, &customer, by_its_customer)?;
        if let Some(amended) = amended {
            uow.record(amended);
            match space::resize(uow, &state, size).await {
                Err(Failure::Rejected(refusal)) if by_its_customer => {
                    return Err(in_customer_steps(refusal).into());
                }
                resized => resized?,
            }
            if !state.classes().is_subset(&classes) {
                space::must_be_taken(uow, &state).await?;
            }
            uow.update(Versioned { version, state }).await?;
        }
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
