//! `cancel-cargo`

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
use domain::booking::{CargoCancelled, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `cancel-cargo`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::reason)]
    pub(super) reason: Text<REASON_CHARS_MAX>,
}

impl Operation for CancelCargo {
    const ABOUT: About = About {
        name: "cancel-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Cancels a cargo before it is claimed. A cargo aboard a voyage cannot be cancelled.",
        changes: "The cargo is CANCELLED. The load of every movement ahead of it falls by its size.",
        effects: "Others can book the space at once. The cargo cannot be changed any more.",
        who: Who::roles(&[Role::Clerk, Role::Customer]),
        events: &[CargoCancelled::NAME],
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
        let (state, cancelled) = state.cancel(self.reason.clone())?;
        space::hold(uow, state.space(), &cancelled.legs, &[]).await?;
        uow.record(cancelled);
        uow.update(Versioned { version, state }).await?;
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
