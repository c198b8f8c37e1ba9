//! `change-destination`

use super::known::{self, CargoOutcome, known_cargo};
use crate::locations::must_be_known;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, OriginAndDestinationMustDiffer, StatusMustAllow,
};
use domain::booking::{CargoMisrouted, DeadlineAtRisk, SpecificationChanged, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::repository::Failure;
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `change-destination`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeDestination {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::un_locode)]
    pub(super) destination: UnLocode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ChangeDestination {
    const ABOUT: About = About {
        name: "change-destination",
        version: 1,
        subdomain: "booking",
        meaning: "Changes the destination of a cargo.",
        changes: "The destination in its route specification.",
        effects: "A booked cargo is MISROUTED until it gets an itinerary to the new destination.",
        who: Who::roles(&[Role::Clerk]),
        events: &[
            SpecificationChanged::NAME,
            CargoMisrouted::NAME,
            DeadlineAtRisk::NAME,
        ],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            LocationMustBeKnown,
            OriginAndDestinationMustDiffer,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), _: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.destination);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        must_be_known(uow, &self.destination).await?;
        let specified = state.change_destination(self.destination.clone())?;
        known::specified(uow, version, specified).await
    }
}
