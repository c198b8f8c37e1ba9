//! `report-arrival`

use super::booked::BookedCargoes;
use super::known::known_voyage;
use super::report::{ReportOutcome, call_report};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::{ConnectionMissed, DeadlineAtRisk};
use domain::limits::{CALLS_MAX, REASON_CHARS_MAX};
use domain::locations::UnLocode;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    CallMustBeKnown, CancelledVoyageTakesNothing, LoadMayNotPassTheLine, OmittedCallTakesNothing,
    ReportMayNotLieInTheFuture, ScheduleMustConnect, VoyageMustBeKnown,
};
use domain::voyages::{ArrivalReported, VoyageNumber};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `report-arrival`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportArrival {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The port that the ship reached.
    #[schema(schema_with = schema::un_locode)]
    location: UnLocode,
    /// When the ship arrived.
    #[schema(schema_with = schema::moment)]
    at: Moment,
    /// The number of the call, from 1 at the first port. Needed only where the voyage calls at the
    /// port more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_call, required = false)]
    #[validate(range(min = 1, max = CALLS_MAX))]
    call: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_sailing_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for ReportArrival {
    const ABOUT: About = About {
        name: "report-arrival",
        version: 1,
        subdomain: "voyages",
        meaning: "Reports when a ship reached a port.",
        changes: "The arrival time becomes the reported one, and the legs of every booked cargo get the new times. Expected times that the report contradicts move: the ship arrives after it leaves, and leaves no port before it arrives there. All other expected times stay, so reschedule the voyage if the ship will be late. Another report corrects the first.",
        effects: "The arrival no longer moves with the schedule. Cargoes may miss a connection or arrive after their deadline. The events list them.",
        who: Who::roles(&[Role::Planner, Role::PortAgent]),
        events: &[
            ArrivalReported::NAME,
            ConnectionMissed::NAME,
            DeadlineAtRisk::NAME,
        ],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            CallMustBeKnown,
            OmittedCallTakesNothing,
            ReportMayNotLieInTheFuture,
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
        let report = call_report(&self.location, self.call, self.at);
        let (state, reported) = state.report_arrival(&report, &booked.holders, uow.now())?;
        uow.record(reported);
        let delayed_cargoes = booked.follow(uow, &state).await?.delayed;
        uow.update(Versioned { version, state }).await?;
        Ok(ReportOutcome {
            voyage: self.voyage.clone(),
            delayed_cargoes,
        })
    }
}
