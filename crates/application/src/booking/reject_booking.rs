//! `reject-booking`

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
use domain::booking::{CargoRejected, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reject-booking`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBooking {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::reason)]
    pub(super) reason: Text<REASON_CHARS_MAX>,
}

impl Operation for RejectBooking {
    const ABOUT: About = About {
        name: "reject-booking",
        version: 1,
        subdomain: "booking",
        meaning: "Rejects a booking.",
        changes: "The cargo is REJECTED. The load of every movement ahead of it falls by its size.",
        effects: "Others can book the space at once. The cargo cannot be changed any more.",
        who: Who::roles_and_system(&[Role::Clerk]),
        events: &[CargoRejected::NAME],
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
        let (state, rejected) = state.reject(self.reason.clone())?;
        space::hold(uow, state.space(), &rejected.legs, &[]).await?;
        uow.record(rejected);
        uow.update(Versioned { version, state }).await?;
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
