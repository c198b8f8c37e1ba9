//! `omit-call`

use super::booked::BookedCargoes;
use super::known::known_voyage;
use super::report::call_at;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::{DeadlineAtRisk, TrackingId};
use domain::limits::{CALLS_MAX, REASON_CHARS_MAX};
use domain::locations::UnLocode;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    CallMustBeKnown, CancelledVoyageTakesNothing, OmittedCallTakesNothing, VoyageMustBeKnown,
};
use domain::voyages::{CallOmitted, CallRestored, VoyageNumber};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `omit-call`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OmitCall {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The port at which the ship will not call.
    #[schema(schema_with = schema::un_locode)]
    location: UnLocode,
    /// The number of the call, from 1 at the first port. Needed only where the voyage calls at the
    /// port more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_call, required = false)]
    #[validate(range(min = 1, max = CALLS_MAX))]
    call: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_sailing_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_call_change, required = false)]
    change: Option<CallChange>,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CallChange {
    /// The ship omits it.
    Omit,
    /// The ship makes it after all.
    Restore,
}

/// Outcome of `omit-call`.
#[derive(Debug, Serialize, ToSchema)]
pub struct OmitCallOutcome {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The unclaimed cargoes that are to be loaded or unloaded at the call.
    #[schema(schema_with = schema::tracking_ids)]
    affected_cargoes: Vec<TrackingId>,
}

impl Operation for OmitCall {
    const ABOUT: About = About {
        name: "omit-call",
        version: 1,
        subdomain: "voyages",
        meaning: "Takes a call out of a voyage: the ship passes the port.",
        changes: "The call is omitted. Every cargo to be loaded or unloaded there is marked CallOmitted and stays booked, and its space stays taken. Times and loads of the movements stay. Cargo that stays on board goes on. To restore a call means that the ship makes an omitted call after all.",
        effects: "No cargo can be booked to or from the call any more, and routes do not use it. The cargoes marked need to be rolled or released. If the ship gains time, reschedule the voyage.",
        who: Who::roles(&[Role::Planner]),
        events: &[CallOmitted::NAME, CallRestored::NAME, DeadlineAtRisk::NAME],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            CallMustBeKnown,
            OmittedCallTakesNothing,
        ],
    };
    type Prepared = ();
    type Outcome = OmitCallOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<OmitCallOutcome, Failure> {
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let booked = BookedCargoes::of(uow, &state).await?;
        let (call, reason) = (call_at(&self.location, self.call), self.reason.as_ref());
        let state = if self.change == Some(CallChange::Restore) {
            let (state, restored) = state.restore_call(&call, reason)?;
            uow.record(restored);
            state
        } else {
            let (state, omitted) = state.omit_call(&call, reason)?;
            uow.record(omitted);
            state
        };
        let affected_cargoes = booked.follow(uow, &state).await?.lost_a_call;
        uow.update(Versioned { version, state }).await?;
        Ok(OmitCallOutcome {
            voyage: self.voyage.clone(),
            affected_cargoes,
        })
    }
}
