//! `change-voyage-capacity`

use super::known::{VoyageOutcome, known_voyage};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::limits::OVERBOOKING_PERCENT_MAX;
use domain::repository::{Failure, Repository};
use domain::space::Capacity;
use domain::voyages::rules::{
    CancelledVoyageTakesNothing, LimitMayNotFallBelowLoad, VoyageMustBeKnown,
};
use domain::voyages::{VoyageCapacityChanged, VoyageNumber};
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
}

impl Operation for ChangeVoyageCapacity {
    const ABOUT: About = About {
        name: "change-voyage-capacity",
        version: 1,
        subdomain: "voyages",
        meaning: "Changes the capacity or the overbooking allowance of a voyage, and so its limit line.",
        changes: "The capacity and allowance of the voyage.",
        effects: "Existing bookings stay.",
        who: Who::roles(&[Role::Planner]),
        events: &[VoyageCapacityChanged::NAME],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            LimitMayNotFallBelowLoad,
        ],
    };
    type Prepared = ();
    type Outcome = VoyageOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<VoyageOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let (state, changed) =
            state.change_capacity(self.capacity.into(), self.overbooking_percent)?;
        uow.record(changed);
        uow.update(Versioned { version, state }).await?;
        let voyage = self.voyage.clone();
        Ok(VoyageOutcome { voyage })
    }
}
