//! `roll-cargo`

use super::known::{known_cargo, reads_voyages_of};
use super::space::{self, BookedOutcome};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::voyages::known_voyage;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, CargoMustBeOnVoyage, ClaimedCargoIsFinished, ItineraryMustConnect,
    ItineraryMustSatisfySpecification, LoadedCargoMayNotBeReleased, StatusMustAllow,
};
use domain::booking::{CargoRolled, TrackingId, WantedLeg};
use domain::limits::{LEGS_MAX, REASON_CHARS_MAX};
use domain::locations::UnLocode;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::VoyageNumber;
use domain::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, LoadMayNotPassTheLine,
    OmittedCallTakesNothing, VoyageMustBeKnown, VoyageMustCallInOrder,
    VoyageMustTakeDangerousGoods,
};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `roll-cargo`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    #[schema(schema_with = schema::voyage_number)]
    pub(super) from_voyage: VoyageNumber,
    #[schema(schema_with = schema::voyage_number)]
    pub(super) to_voyage: VoyageNumber,
    /// The best known departure time. Tells two calls at the same port apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_moment, required = false)]
    pub(super) load_time: Option<Moment>,
    /// The best known arrival time. Tells two calls at the same port apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_moment, required = false)]
    pub(super) unload_time: Option<Moment>,
    /// The port of discharge on the new voyage. By default that of the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_un_locode, required = false)]
    pub(super) unload_at: Option<UnLocode>,
    /// The legs after that, instead of the present ones: none if the new voyage leads to the
    /// destination. By default the present ones stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_onward_legs, required = false)]
    #[validate(length(max = LEGS_MAX))]
    pub(super) onward: Option<Vec<WantedLeg>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for RollCargo {
    const ABOUT: About = About {
        name: "roll-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Rolls a cargo from one voyage onto another in one step.",
        changes: "A leg on the new voyage between the same ports replaces the next stay aboard the old one. If onward legs are given, they replace the rest of the itinerary. Either the space on the old voyage is freed and space on the new one taken, or nothing changes.",
        effects: "The booking status and the handling history stay the same.",
        who: Who::roles_and_system(&[Role::Clerk]),
        events: &[CargoRolled::NAME],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            CargoMustBeOnVoyage,
            LoadedCargoMayNotBeReleased,
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
        reads.add(&self.from_voyage);
        reads.add(&self.to_voyage);
        for leg in self.onward.iter().flatten() {
            reads.add(&leg.voyage);
        }
        reads_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<BookedOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        known_voyage(uow, &self.from_voyage).await?;
        let onto = known_voyage(uow, &self.to_voyage).await?;
        let (stay, from) = state.legs_to_roll(&self.from_voyage)?;
        let (begins, ends) = (&state.legs()[stay.start], &state.legs()[stay.end - 1]);
        let unload_at = self.unload_at.as_ref();
        let mut wanted = vec![WantedLeg {
            voyage: self.to_voyage.clone(),
            load_at: begins.load_at.clone(),
            unload_at: unload_at.unwrap_or(&ends.unload_at).clone(),
            load_time: self.load_time,
            unload_time: self.unload_time,
        }];
        wanted.extend(self.onward.iter().flatten().cloned());
        let new = space::timed(uow, &wanted, from).await?;
        let held = state.held();
        let placed = stay.start..stay.start + new.len();
        let replaced = match self.onward {
            Some(_) => stay.start..state.legs().len(),
            None => stay,
        };
        let (state, moved) = state.roll(replaced, new, &onto.state)?;
        uow.record(moved);
        for leg in &state.legs()[placed] {
            space::may_be_booked(uow, &state, leg, false).await?;
        }
        space::hold(uow, state.space(), &held, &state.held()).await?;
        let outcome = BookedOutcome::new(state.tracking_id.clone(), state.legs());
        uow.update(Versioned { version, state }).await?;
        Ok(outcome)
    }
}
