//! `change-voyage-capacity`

use super::booked::holders_for;
use super::known::{VoyageOutcome, known_voyage};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::limits::{DANGEROUS_GOODS_CLASSES_MAX, OVERBOOKING_PERCENT_MAX};
use domain::repository::{Failure, Repository};
use domain::space::Capacity;
use domain::voyages::rules::{
    CancelledVoyageTakesNothing, LimitMayNotFallBelowLoad, VoyageMustBeKnown,
    VoyageMustTakeDangerousGoods,
};
use domain::voyages::{CapacityChange, DangerousGoodsClass, VoyageCapacityChanged, VoyageNumber};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `change-voyage-capacity`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeVoyageCapacity {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    #[schema(schema_with = schema::capacity)]
    capacity: Capacity,
    /// How far bookings may exceed the capacity, in percent.
    #[schema(maximum = 100, examples(10))]
    #[validate(range(max = OVERBOOKING_PERCENT_MAX))]
    overbooking_percent: u8,
    /// The classes of dangerous goods that the voyage takes. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_dangerous_goods_classes, required = false)]
    #[validate(length(max = DANGEROUS_GOODS_CLASSES_MAX))]
    dangerous_goods_classes: Option<Vec<DangerousGoodsClass>>,
}

impl Operation for ChangeVoyageCapacity {
    const ABOUT: About = About {
        name: "change-voyage-capacity",
        version: 1,
        subdomain: "voyages",
        meaning: "Changes the capacity or the overbooking allowance of a voyage, and so its limit line, or the dangerous goods that it takes.",
        changes: "The capacity and allowance of the voyage and, if given, the classes of dangerous goods that it takes. Reefer plugs that are stated for the first time are measured from then on, with what is booked.",
        effects: "Existing bookings stay.",
        who: Who::roles(&[Role::Planner]),
        events: &[VoyageCapacityChanged::NAME],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            LimitMayNotFallBelowLoad,
            VoyageMustTakeDangerousGoods,
        ],
    };
    type Prepared = ();
    type Outcome = VoyageOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<VoyageOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let classes = self.dangerous_goods_classes.as_ref();
        let change = CapacityChange {
            capacity: self.capacity.into(),
            overbooking_percent: self.overbooking_percent,
            dangerous_goods_classes: classes.map(|own| own.iter().copied().collect()),
        };
        let holders = holders_for(uow, &state, &change).await?;
        let (state, changed) = state.change_capacity(change, &holders)?;
        uow.record(changed);
        uow.update(Versioned { version, state }).await?;
        let voyage = self.voyage.clone();
        Ok(VoyageOutcome { voyage })
    }
}
