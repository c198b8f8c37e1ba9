//! `release-cargo`

use super::known::{CargoOutcome, known_cargo, reads_voyages_of};
use super::space;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, LoadedCargoMayNotBeReleased, StatusMustAllow,
};
use domain::booking::{CargoReleased, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `release-cargo`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ReleaseCargo {
    const ABOUT: About = About {
        name: "release-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Releases the space of a booked cargo. The cargo can then be booked again.",
        changes: "The cargo is REQUESTED, without an itinerary. The load of every movement ahead of it falls by its size.",
        effects: "Others can book the space at once. An accepted or confirmed cargo can be released only while a leg ahead of it is broken: its voyage is cancelled, its call is omitted, or its connection is missed.",
        who: Who::roles_and_system(&[Role::Clerk]),
        events: &[CargoReleased::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            LoadedCargoMayNotBeReleased,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let (state, released) = state.release(uow.now())?;
        space::hold(uow, state.space(), &released.legs, &[]).await?;
        uow.record(released);
        uow.update(Versioned { version, state }).await?;
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
