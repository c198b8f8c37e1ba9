//! `reschedule-voyage`

use super::booked::BookedCargoes;
use super::known::known_voyage;
use super::ships::must_not_be_in_two_places;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::{ConnectionMissed, DeadlineAtRisk, DepartsBeforeReady, TrackingId};
use domain::limits::{CUT_OFF_HOURS_MAX, MOVEMENTS_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    CancelledVoyageTakesNothing, DepartedMovementMayNotMove, LoadMayNotPassTheLine,
    RescheduleMustKeepPorts, ScheduleMustConnect, VesselMayNotBeInTwoPlaces, VoyageMustBeKnown,
};
use domain::voyages::{PlannedMovement, VoyageNumber, VoyageRescheduled};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reschedule-voyage`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleVoyage {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    #[schema(schema_with = schema::movements)]
    #[validate(length(min = 1, max = MOVEMENTS_MAX))]
    movements: Vec<PlannedMovement>,
    /// How long before a departure its booking closes, in hours. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_cut_off_hours, required = false)]
    #[validate(range(max = CUT_OFF_HOURS_MAX))]
    cut_off_hours: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_sailing_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

/// Outcome of `reschedule-voyage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RescheduleVoyageOutcome {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The unclaimed cargoes with a leg on this voyage that arrives later than before.
    #[schema(schema_with = schema::tracking_ids)]
    delayed_cargoes: Vec<TrackingId>,
}

impl Operation for RescheduleVoyage {
    const ABOUT: About = About {
        name: "reschedule-voyage",
        version: 1,
        subdomain: "voyages",
        meaning: "Changes the times of a voyage.",
        changes: "The expected times of its movements and, if given, its cut-off. Ports and their order stay the same, and so do reported times. The legs of every booked cargo get the new times. A departure that has passed but was not reported can be corrected. If a movement lies ahead again, its load is the sum of all bookings on it.",
        effects: "The ship may be expected later than its next voyage departs once it is under way; before that, such times are refused. Cargoes may miss a connection, be left behind because they are not ready yet, or arrive after their deadline. The events list them.",
        who: Who::roles(&[Role::Planner]),
        events: &[
            VoyageRescheduled::NAME,
            ConnectionMissed::NAME,
            DepartsBeforeReady::NAME,
            DeadlineAtRisk::NAME,
        ],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            ScheduleMustConnect,
            RescheduleMustKeepPorts,
            DepartedMovementMayNotMove,
            LoadMayNotPassTheLine,
            VesselMayNotBeInTwoPlaces,
        ],
    };
    type Prepared = ();
    type Outcome = RescheduleVoyageOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(
        &self,
        (): &(),
        uow: &mut UnitOfWork<'_>,
    ) -> Result<RescheduleVoyageOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let booked = BookedCargoes::of(uow, &state).await?;
        let before = state.clone();
        let cut_off_hours = self.cut_off_hours.unwrap_or(state.cut_off_hours);
        let state = state.with_cut_off(cut_off_hours);
        let (reason, now) = (self.reason.as_ref(), uow.now());
        let rescheduled = state.reschedule(self.movements.clone(), reason, &booked.holders, now);
        let (state, rescheduled) = rescheduled?;
        // What is expected of a ship under way is taken as it comes.
        if !state.has_started(now) {
            must_not_be_in_two_places(uow, &state, Some(&before)).await?;
        }
        uow.record(rescheduled);
        let delayed_cargoes = booked.follow(uow, &state).await?.delayed;
        uow.update(Versioned { version, state }).await?;
        Ok(RescheduleVoyageOutcome {
            voyage: self.voyage.clone(),
            delayed_cargoes,
        })
    }
}
