//! `book-onto-voyage`

use super::known::{known_cargo, reads_customer_and_voyages_of};
use super::space::{self, BookedOutcome};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMayNotBeBookedTwice, CargoMustBeKnown, ClaimedCargoIsFinished, ItineraryMustConnect,
    ItineraryMustSatisfySpecification, StatusMustAllow,
};
use domain::booking::{CargoBooked, ItineraryReplaced, TrackingId, WantedLeg};
use domain::customers::rules::{CustomerMustBeActive, CustomerMustNotBeErased};
use domain::limits::REASON_CHARS_MAX;
use domain::locations::UnLocode;
use domain::repository::Failure;
use domain::text::Text;
use domain::voyages::VoyageNumber;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, LoadMayNotPassTheLine,
    OmittedCallTakesNothing, VoyageMustBeKnown, VoyageMustCallInOrder,
    VoyageMustTakeDangerousGoods,
};
use domain::{Lookup, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `book-onto-voyage`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookOntoVoyage {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::voyage_number)]
    pub(super) voyage: VoyageNumber,
    /// The port of loading. Default: the origin of the cargo's route specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    pub(super) load_at: Option<UnLocode>,
    /// The port of discharge. Default: the destination of the cargo's route specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    pub(super) unload_at: Option<UnLocode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for BookOntoVoyage {
    const ABOUT: About = About {
        name: "book-onto-voyage",
        version: 1,
        subdomain: "booking",
        meaning: "Books a cargo on one voyage from origin to destination.",
        changes: "The cargo is BOOKED with a one-leg itinerary. The load of every movement it uses that has not departed grows by its size. This is the single-voyage case of assign-itinerary.",
        effects: "None.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CargoBooked::NAME, ItineraryReplaced::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            CargoMayNotBeBookedTwice,
            CustomerMustBeActive,
            CustomerMustNotBeErased,
            VoyageMustBeKnown,
            VoyageMustCallInOrder,
            ItineraryMustConnect,
            ItineraryMustSatisfySpecification,
            CancelledVoyageTakesNothing,
            OmittedCallTakesNothing,
            BookingClosesAtCutOff,
            VoyageMustTakeDangerousGoods,
            LoadMayNotPassTheLine,
        ],
    };
    type Prepared = ();
    type Outcome = BookedOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.voyage);
        reads_customer_and_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<BookedOutcome, Failure> {
        let cargo = known_cargo(uow, &self.cargo).await?;
        let specification = &cargo.state.route_specification;
        let leg = WantedLeg {
            voyage: self.voyage.clone(),
            load_at: self
                .load_at
                .as_ref()
                .unwrap_or(&specification.origin)
                .clone(),
            unload_at: self
                .unload_at
                .as_ref()
                .unwrap_or(&specification.destination)
                .clone(),
            load_time: None,
            unload_time: None,
        };
        space::assign(uow, cargo, &[leg]).await
    }
}
