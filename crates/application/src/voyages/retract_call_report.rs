//! `retract-call-report`

use super::booked::BookedCargoes;
use super::known::known_voyage;
use super::report::{ReportOutcome, call_at};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::{ConnectionMissed, DeadlineAtRisk, DepartsBeforeReady};
use domain::limits::{CALLS_MAX, REASON_CHARS_MAX};
use domain::locations::UnLocode;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    CallMustBeKnown, CancelledVoyageTakesNothing, LoadMayNotPassTheLine, ReportMustBeKnown,
    ScheduleMustConnect, VoyageMustBeKnown,
};
use domain::voyages::{ArrivalRetracted, DepartureRetracted, VoyageNumber};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `retract-call-report`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetractCallReport {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The port of the report.
    #[schema(schema_with = schema::un_locode)]
    location: UnLocode,
    #[schema(schema_with = schema::call_event)]
    reported: CallEvent,
    /// The number of the call, from 1 at the first port. Needed only where the voyage calls at the
    /// port more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_call, required = false)]
    #[validate(range(min = 1, max = CALLS_MAX))]
    call: Option<u16>,
    #[schema(schema_with = schema::sailing_reason)]
    reason: Text<REASON_CHARS_MAX>,
}

/// What was reported of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CallEvent {
    Departure,
    Arrival,
}

impl Operation for RetractCallReport {
    const ABOUT: About = About {
        name: "retract-call-report",
        version: 1,
        subdomain: "voyages",
        meaning: "Retracts the report of a departure or an arrival that did not happen.",
        changes: "The time that was expected before the report is expected again, and the legs of every booked cargo get it. A ship leaves no port before it arrives there: times that contradict this move. A movement that is ahead again takes bookings again until its cut-off.",
        effects: "If the expected time has passed, the ship is presumed to have left or arrived then: reschedule the voyage if it has not. Handling reports stay. Cargoes may miss a connection or arrive after their deadline. The events list them.",
        who: Who::roles(&[Role::Planner, Role::PortAgent]),
        events: &[
            DepartureRetracted::NAME,
            ArrivalRetracted::NAME,
            ConnectionMissed::NAME,
            DepartsBeforeReady::NAME,
            DeadlineAtRisk::NAME,
        ],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            CallMustBeKnown,
            ReportMustBeKnown,
            ScheduleMustConnect,
            LoadMayNotPassTheLine,
        ],
    };
    type Prepared = ();
    type Outcome = ReportOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<ReportOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let booked = BookedCargoes::of(uow, &state).await?;
        let (call, now) = (call_at(&self.location, self.call), uow.now());
        let (holders, reason) = (&booked.holders, &self.reason);
        let state = match self.reported {
            CallEvent::Departure => {
                let (state, retracted) = state.retract_departure(&call, reason, holders, now)?;
                uow.record(retracted);
                state
            }
            CallEvent::Arrival => {
                let (state, retracted) = state.retract_arrival(&call, reason, holders, now)?;
                uow.record(retracted);
                state
            }
        };
        let delayed_cargoes = booked.follow(uow, &state).await?.delayed;
        uow.update(Versioned { version, state }).await?;
        Ok(ReportOutcome {
            voyage: self.voyage.clone(),
            delayed_cargoes,
        })
    }
}
