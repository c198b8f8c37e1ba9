//! `change-arrival-deadline`

use super::known::{self, CargoOutcome, known_cargo};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, DeadlineMustLieAhead, ReadyDateMustPrecedeDeadline,
    StatusMustAllow,
};
use domain::booking::{DeadlineAtRisk, SpecificationChanged, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::Failure;
use domain::text::Text;
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `change-arrival-deadline`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeArrivalDeadline {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::moment)]
    pub(super) arrival_deadline: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ChangeArrivalDeadline {
    const ABOUT: About = About {
        name: "change-arrival-deadline",
        version: 1,
        subdomain: "booking",
        meaning: "Changes the arrival deadline of a cargo.",
        changes: "The arrival deadline in its route specification.",
        effects: "A booked cargo may become at risk, or stop being at risk.",
        who: Who::roles(&[Role::Clerk]),
        events: &[SpecificationChanged::NAME, DeadlineAtRisk::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            DeadlineMustLieAhead,
            ReadyDateMustPrecedeDeadline,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let specified = state.change_arrival_deadline(self.arrival_deadline, uow.now())?;
        known::specified(uow, version, specified).await
    }
}
