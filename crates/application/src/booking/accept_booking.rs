//! `accept-booking`

use super::known::{CargoOutcome, known_cargo};
use crate::customers::known_customer;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, ItineraryMustConnect,
    ItineraryMustSatisfySpecification, StatusMustAllow,
};
use domain::booking::{Cargo, CargoAccepted, TrackingId};
use domain::customers::rules::{CustomerMustBeActive, CustomerMustNotBeErased};
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

/// Input of `accept-booking`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBooking {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for AcceptBooking {
    const ABOUT: About = About {
        name: "accept-booking",
        version: 1,
        subdomain: "booking",
        meaning: "Accepts a booking: the carrier commits to carrying the cargo.",
        changes: "The cargo is ACCEPTED.",
        effects: "None.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CargoAccepted::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            CancelledVoyageTakesNothing,
            OmittedCallTakesNothing,
            ItineraryMustConnect,
            ItineraryMustSatisfySpecification,
            BookingClosesAtCutOff,
            CustomerMustBeActive,
            CustomerMustNotBeErased,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        if let Some(cargo) = known.get::<Cargo>(&self.cargo) {
            reads.add(&cargo.customer);
        }
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let customer = known_customer(uow, state.customer).await?;
        let (state, accepted) = state.accept(&customer.state, uow.now())?;
        uow.record(accepted);
        uow.update(Versioned { version, state }).await?;
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}
