//! `schedule-voyage`

use super::known::VoyageOutcome;
use super::ships::{must_not_be_in_two_places, reads_ship, registered_on_the_way};
use crate::locations::must_be_known;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::limits::{
    CUT_OFF_HOURS_MAX, DANGEROUS_GOODS_CLASSES_MAX, MOVEMENTS_MAX, OVERBOOKING_PERCENT_MAX,
};
use domain::locations::rules::LocationMustBeKnown;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::space::Capacity;
use domain::voyages::rules::{
    ScheduleMustConnect, VesselMayNotBeInTwoPlaces, VoyageMustLieAhead, VoyageNumberMustBeUnique,
};
use domain::voyages::{
    DangerousGoodsClass, Plan, PlannedMovement, Vessel, VesselRegistered, Voyage, VoyageId,
    VoyageNumber, VoyageScheduled,
};
use domain::{Lookup, Moment, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `schedule-voyage`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleVoyage {
    #[schema(schema_with = schema::voyage_number)]
    number: VoyageNumber,
    #[schema(schema_with = schema::vessel)]
    vessel: Vessel,
    #[schema(schema_with = schema::capacity)]
    capacity: Capacity,
    /// How far bookings may exceed the capacity, in percent.
    #[schema(maximum = 100, examples(10))]
    #[validate(range(max = OVERBOOKING_PERCENT_MAX))]
    overbooking_percent: u8,
    /// How long before a departure its booking closes, in hours.
    #[schema(maximum = 720, examples(24))]
    #[validate(range(max = CUT_OFF_HOURS_MAX))]
    cut_off_hours: u16,
    /// The classes of dangerous goods that the voyage takes. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_dangerous_goods_classes, required = false)]
    #[validate(length(max = DANGEROUS_GOODS_CLASSES_MAX))]
    dangerous_goods_classes: Option<Vec<DangerousGoodsClass>>,
    #[schema(schema_with = schema::movements)]
    #[validate(length(min = 1, max = MOVEMENTS_MAX))]
    movements: Vec<PlannedMovement>,
}

impl PreparedFor<ScheduleVoyage> for VoyageId {
    fn prepare(_: &ScheduleVoyage, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        VoyageId(chance.id(now)).into()
    }
}

impl Operation for ScheduleVoyage {
    const ABOUT: About = About {
        name: "schedule-voyage",
        version: 1,
        subdomain: "voyages",
        meaning: "Opens a voyage for booking.",
        changes: "Adds a voyage without bookings.",
        effects: "A vessel that is not registered yet is registered with the capacity of the voyage.",
        who: Who::roles(&[Role::Planner]),
        events: &[VoyageScheduled::NAME, VesselRegistered::NAME],
        rules: &[
            LocationMustBeKnown,
            ScheduleMustConnect,
            VoyageMustLieAhead,
            VoyageNumberMustBeUnique,
            VesselMayNotBeInTwoPlaces,
        ],
    };
    type Prepared = VoyageId;
    type Outcome = VoyageOutcome;

    fn target(&self, _: &VoyageId) -> Option<Lookup> {
        Some(self.number.lookup())
    }

    fn reads(&self, _: &VoyageId, _: &Known<'_>, reads: &mut Reads) {
        reads_ship(&self.vessel, reads);
        for movement in &self.movements {
            reads.add(&movement.from);
            reads.add(&movement.to);
        }
    }

    async fn run(&self, id: &VoyageId, uow: &mut UnitOfWork<'_>) -> Result<VoyageOutcome, Failure> {
        for movement in &self.movements {
            must_be_known(uow, &movement.from).await?;
            must_be_known(uow, &movement.to).await?;
        }
        let plan = Plan {
            number: self.number.clone(),
            vessel: self.vessel.clone(),
            capacity: self.capacity.into(),
            overbooking_percent: self.overbooking_percent,
            cut_off_hours: self.cut_off_hours,
            dangerous_goods_classes: (self.dangerous_goods_classes.iter().flatten())
                .copied()
                .collect(),
            movements: self.movements.clone(),
        };
        let (voyage, scheduled) = Voyage::schedule(*id, plan)?;
        voyage.must_lie_ahead(uow.now())?;
        uow.record(scheduled);
        uow.add(voyage.clone()).await?;
        registered_on_the_way(uow, &voyage, voyage.capacity).await?;
        must_not_be_in_two_places(uow, &voyage, None).await?;
        let voyage = self.number.clone();
        Ok(VoyageOutcome { voyage })
    }
}
