//! `reroute-cargo`

use super::known::{self, CargoOutcome, known_cargo};
use crate::locations::must_be_known;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::voyages::known_voyage;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, DeadlineMustLieAhead, OriginAndDestinationMustDiffer,
    RerouteMustStartWhereCargoIs, StatusMustAllow,
};
use domain::booking::{Cargo, CargoMisrouted, DeadlineAtRisk, SpecificationChanged, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::repository::Failure;
use domain::text::Text;
use domain::voyages::rules::{CancelledVoyageTakesNothing, OmittedCallTakesNothing};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reroute-cargo`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RerouteCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::un_locode)]
    pub(super) origin: UnLocode,
    /// The destination. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    pub(super) destination: Option<UnLocode>,
    /// The arrival deadline. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_moment, required = false)]
    pub(super) arrival_deadline: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for RerouteCargo {
    const ABOUT: About = About {
        name: "reroute-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Reroutes a cargo from its present location.",
        changes: "The route specification. The new origin is the port where the cargo was last handled or, if it is aboard, a later call of its voyage. Destination and deadline stay the same unless given.",
        effects: "A booked cargo is MISROUTED until it gets an itinerary from the new origin.",
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
            RerouteMustStartWhereCargoIs,
            CancelledVoyageTakesNothing,
            OmittedCallTakesNothing,
            DeadlineMustLieAhead,
            OriginAndDestinationMustDiffer,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.origin);
        if let Some(destination) = &self.destination {
            reads.add(destination);
        }
        let cargo = known.get::<Cargo>(&self.cargo);
        if let Some(voyage) = cargo.and_then(|cargo| cargo.delivery().current_voyage) {
            reads.add(&voyage);
        }
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        must_be_known(uow, &self.origin).await?;
        if let Some(destination) = &self.destination {
            must_be_known(uow, destination).await?;
        }
        let current = match state.delivery().current_voyage {
            Some(voyage) => Some(known_voyage(uow, &voyage).await?.state),
            None => None,
        };
        let specified = state.reroute(
            self.origin.clone(),
            self.destination.clone(),
            self.arrival_deadline,
            current.as_ref(),
            uow.now(),
        )?;
        known::specified(uow, version, specified).await
    }
}
