//! `cancel-voyage`

use super::known::known_voyage;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::booking::{CargoFilter, TrackingId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::rules::{
    CancelledVoyageTakesNothing, DepartedMovementMayNotMove, VoyageMustBeKnown,
};
use domain::voyages::{VoyageCancelled, VoyageNumber};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `cancel-voyage`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelVoyage {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    #[schema(schema_with = schema::sailing_reason)]
    reason: Text<REASON_CHARS_MAX>,
}

/// Outcome of `cancel-voyage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancelVoyageOutcome {
    #[schema(schema_with = schema::voyage_number)]
    voyage: VoyageNumber,
    /// The unclaimed cargoes with a leg on this voyage that has not fully departed.
    #[schema(schema_with = schema::tracking_ids)]
    affected_cargoes: Vec<TrackingId>,
}

impl Operation for CancelVoyage {
    const ABOUT: About = About {
        name: "cancel-voyage",
        version: 1,
        subdomain: "voyages",
        meaning: "Cancels a voyage, or what is left of it.",
        changes: "The voyage is CANCELLED. Every cargo with an unfinished leg on it is marked VoyageCancelled and stays booked.",
        effects: "No cargo can be booked on it any more. Its cargoes need to be rolled or released.",
        who: Who::roles(&[Role::Planner]),
        events: &[VoyageCancelled::NAME],
        rules: &[
            VoyageMustBeKnown,
            CancelledVoyageTakesNothing,
            DepartedMovementMayNotMove,
        ],
    };
    type Prepared = ();
    type Outcome = CancelVoyageOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.voyage.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CancelVoyageOutcome, Failure> {
        let now = uow.now();
        let Versioned { version, state } = known_voyage(uow, &self.voyage).await?;
        let (state, cancelled) = state.cancel(&self.reason, now)?;
        uow.record(cancelled);
        let mut affected_cargoes = Vec::new();
        for cargo in uow.all(&CargoFilter::aboard(&self.voyage)).await? {
            if let Some(lost) = cargo.state.lose(&state, now) {
                if !lost.is_completed() && !lost.delivery().unloaded_at_destination {
                    affected_cargoes.push(lost.tracking_id.clone());
                }
                uow.update(cargo.with(|_| lost)).await?;
            }
        }
        uow.update(Versioned { version, state }).await?;
        Ok(CancelVoyageOutcome {
            voyage: self.voyage.clone(),
            affected_cargoes,
        })
    }
}
