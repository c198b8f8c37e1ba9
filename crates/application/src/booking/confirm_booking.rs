//! `confirm-booking`

use super::known::{CargoOutcome, known_cargo};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, ItineraryMustConnect,
    ItineraryMustSatisfySpecification, StatusMustAllow,
};
use domain::booking::{CargoConfirmed, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, OmittedCallTakesNothing,
};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `confirm-booking`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBooking {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ConfirmBooking {
    const ABOUT: About = About {
        name: "confirm-booking",
        version: 1,
        subdomain: "booking",
        meaning: "Confirms an accepted booking: everything is arranged.",
        changes: "The cargo is CONFIRMED.",
        effects: "None.",
        who: Who::roles_and_system(&[Role::Clerk]),
        events: &[CargoConfirmed::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            CancelledVoyageTakesNothing,
            OmittedCallTakesNothing,
            ItineraryMustConnect,
            ItineraryMustSatisfySpecification,
            BookingClosesAtCutOff,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let (state, confirmed) = state.confirm(uow.now())?;
        uow.record(confirmed);
        uow.update(Versioned { version, state }).await?;
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
