//! `book-onto-voyage`

use super::known::known_cargo;
use super::views::LegView;
use crate::customers::known_customer;
use crate::operation::{About, Made, Operation, Who};
use crate::pipeline::UnitOfWork;
use crate::pipeline::working_set::{Known, Reads};
use crate::schema;
use crate::voyages::known_voyage;
use domain::access::Role;
use domain::booking::rules::{
    CargoMayNotBeBookedTwice, CargoMustBeKnown, ItineraryMustSatisfySpecification, StatusMustAllow,
};
use domain::booking::{Cargo, Leg, TrackingId};
use domain::customers::rules::CustomerMustBeActive;
use domain::locations::UnLocode;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::voyages::VoyageNumber;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, LoadMayNotPassTheLine, VoyageMustBeKnown,
    VoyageMustCallInOrder,
};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `book-onto-voyage`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookOntoVoyage {
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// Where it is loaded: by default the origin of its specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    load_at: Option<UnLocode>,
    /// Where it is unloaded: by default the destination of its specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    unload_at: Option<UnLocode>,
}

/// Outcome of `book-onto-voyage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookOntoVoyageOutcome {
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    legs: Vec<LegView>,
}

impl Operation for BookOntoVoyage {
    const ABOUT: About = About {
        name: "book-onto-voyage",
        version: 1,
        subdomain: "booking",
        meaning: "Gives a cargo space on one voyage, all the way it goes with it.",
        changes: "The cargo is BOOKED with a one-leg itinerary; the load of every movement it crosses grows by its size.",
        effects: "None.",
        who: Who::roles(&[Role::Clerk]),
        events: &["CargoBooked"],
        rules: &[
            CargoMustBeKnown,
            VoyageMustBeKnown,
            CargoMayNotBeBookedTwice,
            StatusMustAllow,
            CustomerMustBeActive,
            VoyageMustCallInOrder,
            ItineraryMustSatisfySpecification,
            CancelledVoyageTakesNothing,
            BookingClosesAtCutOff,
            LoadMayNotPassTheLine,
        ],
    };
    type Prepared = ();
    type Outcome = BookOntoVoyageOutcome;

    fn prepare(&self, _: Moment, _: &mut dyn Chance) -> Made<()> {
        ().into()
    }

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.voyage);
        if let Some(cargo) = known.get::<Cargo>(&self.cargo) {
            reads.add(&cargo.customer);
        }
    }

    async fn run(
        &self,
        (): &(),
        uow: &mut UnitOfWork<'_>,
    ) -> Result<BookOntoVoyageOutcome, Failure> {
        let cargo = known_cargo(uow, &self.cargo).await?;
        let mut voyage = known_voyage(uow, &self.voyage).await?;
        let customer = known_customer(uow, cargo.state.customer).await?.state;

        cargo.state.may_be_booked(&customer)?;
        let specification = &cargo.state.route_specification;
        let stretch = voyage.state.stretch(
            (self.load_at.as_ref().unwrap_or(&specification.origin), None),
            (
                self.unload_at
                    .as_ref()
                    .unwrap_or(&specification.destination),
                None,
            ),
        )?;
        let legs = vec![Leg::over(&voyage.state, &stretch)];
        let size = cargo.state.size;
        let (state, booked) = cargo.state.book(&customer, legs)?;
        voyage.state.book(&stretch, size, uow.now())?;

        uow.record("CargoBooked", &booked);
        let version = cargo.version;
        uow.update(Versioned { version, state }).await?;
        uow.update(voyage).await?;
        Ok(BookOntoVoyageOutcome {
            cargo: booked.cargo,
            legs: booked.legs.iter().map(LegView::from).collect(),
        })
    }
}
