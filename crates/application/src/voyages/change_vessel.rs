//! `change-vessel`

use super::booked::holders_for;
use super::known::{VoyageOutcome, known_voyage};
use super::ships::{must_not_be_in_two_places, reads_ship, registered_on_the_way};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::limits::{DANGEROUS_GOODS_CLASSES_MAX, OVERBOOKING_PERCENT_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::space::Capacity;
use domain::text::Text;
use domain::voyages::rules::{
    CancelledVoyageTakesNothing, LimitMayNotFallBelowLoad, VesselMayNotBeInTwoPlaces,
    VoyageMustBeKnown, VoyageMustTakeDangerousGoods,
};
use domain::voyages::{
    CapacityChange, DangerousGoodsClass, Vessel, VesselRegistered, VoyageNumber,
    VoyageVesselChanged,
};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `change-vessel`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeVessel {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    #[schema(schema_with = schema::vessel)]
    vessel: Vessel,
    #[schema(schema_with = schema::capacity)]
    capacity: Capacity,
    /// How far bookings may exceed the capacity, in percent. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_overbooking_percent, required = false)]
    #[validate(range(max = OVERBOOKING_PERCENT_MAX))]
    overbooking_percent: Option<u8>,
    /// The classes of dangerous goods that the voyage takes. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_dangerous_goods_classes, required = false)]
    #[validate(length(max = DANGEROUS_GOODS_CLASSES_MAX))]
    dangerous_goods_classes: Option<Vec<DangerousGoodsClass>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_sailing_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ChangeVessel {
    const ABOUT: About = About {
        name: "change-vessel",
        version: 1,
        subdomain: "voyages",
        meaning: "Gives a voyage to another ship.",
        changes: "The vessel and the capacity of the voyage and, if given, its overbooking allowance and the classes of dangerous goods that it takes. Reefer plugs that are not given stay as they were. Times, calls and bookings stay.",
        effects: "The limit line follows the capacity of the new ship. A vessel that is not registered yet is registered with that capacity.",
        who: Who::roles(&[Role::Planner]),
        events: &[VoyageVesselChanged::NAME, VesselRegistered::NAME],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            LimitMayNotFallBelowLoad,
            VoyageMustTakeDangerousGoods,
            VesselMayNotBeInTwoPlaces,
        ],
    };
    type Prepared = ();
    type Outcome = VoyageOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    fn reads(&self, (): &(), _: &Known<'_>, reads: &mut Reads) {
        reads_ship(&self.vessel, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<VoyageOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let percent = self
            .overbooking_percent
            .unwrap_or(state.overbooking_percent);
        let (vessel, reason) = (self.vessel.clone(), self.reason.as_ref());
        let classes = self.dangerous_goods_classes.as_ref();
        let change = CapacityChange {
            capacity: self.capacity.into(),
            overbooking_percent: percent,
            dangerous_goods_classes: classes.map(|own| own.iter().copied().collect()),
        };
        let before = state.clone();
        let holders = holders_for(uow, &state, &change).await?;
        let (state, changed) = state.change_vessel(vessel, change, &holders, reason)?;
        uow.record(changed);
        registered_on_the_way(uow, &state, self.capacity.into()).await?;
        must_not_be_in_two_places(uow, &state, Some(&before)).await?;
        uow.update(Versioned { version, state }).await?;
        let voyage = self.voyage.clone();
        Ok(VoyageOutcome { voyage })
    }
}
