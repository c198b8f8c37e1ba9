//! `assign-itinerary`

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
use domain::limits::{LEGS_MAX, REASON_CHARS_MAX};
use domain::repository::Failure;
use domain::text::Text;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, LoadMayNotPassTheLine,
    OmittedCallTakesNothing, VoyageMustBeKnown, VoyageMustCallInOrder,
    VoyageMustTakeDangerousGoods,
};
use domain::{Lookup, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `assign-itinerary`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignItinerary {
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    #[schema(schema_with = schema::legs)]
    #[validate(length(min = 1, max = LEGS_MAX))]
    legs: Vec<WantedLeg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for AssignItinerary {
    const ABOUT: About = About {
        name: "assign-itinerary",
        version: 1,
        subdomain: "booking",
        meaning: "Books a cargo on every voyage of an itinerary, all or nothing.",
        changes: "The cargo is BOOKED with the legs, which are checked against the timetable. The load of every movement it uses that has not departed grows by its size. A misrouted or misdirected cargo gets a new itinerary: its status stays, and the space on old legs that have not sailed is freed. A cargo aboard a voyage also gets space on that voyage up to the first leg.",
        effects: "Later handling events are checked against the new itinerary.",
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
        for leg in &self.legs {
            reads.add(&leg.voyage);
        }
        reads_customer_and_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<BookedOutcome, Failure> {
        let cargo = known_cargo(uow, &self.cargo).await?;
        space::assign(uow, cargo, &self.legs).await
    }
}
