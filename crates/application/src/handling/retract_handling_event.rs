//! `retract-handling-event`

use super::known::known_handling_event;
use crate::booking::{hold, known_cargo, others_with_its_containers, reads_voyages_of};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{ContainerMayNotTravelTwice, StatusMustAllow};
use domain::booking::{CargoArrived, CargoMisdirected, CargoReopened, DepartsBeforeReady};
use domain::handling::rules::{HandlingEventMustBeKnown, HandlingEventMustStand};
use domain::handling::{HandlingEvent, HandlingEventId, HandlingEventRetracted};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `retract-handling-event`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetractHandlingEvent {
    #[schema(schema_with = schema::uuid)]
    event: HandlingEventId,
    #[schema(schema_with = schema::reason)]
    reason: Text<REASON_CHARS_MAX>,
}

/// Outcome of `retract-handling-event`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetractHandlingEventOutcome {
    #[schema(schema_with = schema::uuid)]
    event: HandlingEventId,
}

impl Operation for RetractHandlingEvent {
    const ABOUT: About = About {
        name: "retract-handling-event",
        version: 1,
        subdomain: "handling",
        meaning: "Retracts a handling event that was reported by mistake.",
        changes: "The handling event is RETRACTED and no longer in the history of the cargo. If it was the CLAIM, the cargo returns to its former status.",
        effects: "The delivery status is derived again. If it was the LOAD that brought the cargo aboard, the space up to the start of its itinerary is freed.",
        who: Who::roles(&[Role::PortAgent]),
        events: &[
            HandlingEventRetracted::NAME,
            CargoMisdirected::NAME,
            CargoArrived::NAME,
            CargoReopened::NAME,
            DepartsBeforeReady::NAME,
        ],
        rules: &[
            HandlingEventMustBeKnown,
            HandlingEventMustStand,
            StatusMustAllow,
            ContainerMayNotTravelTwice,
        ],
    };
    type Prepared = ();
    type Outcome = RetractHandlingEventOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.event.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        if let Some(event) = known.get::<HandlingEvent>(&self.event) {
            reads.add(&event.cargo);
            reads_voyages_of(&event.cargo, known, reads);
        }
    }

    async fn run(
        &self,
        (): &(),
        uow: &mut UnitOfWork<'_>,
    ) -> Result<RetractHandlingEventOutcome, Failure> {
        let Versioned { version, state } = known_handling_event(uow, self.event).await?;
        let cargo = known_cargo(uow, &state.cargo).await?;
        let (state, retracted) = state.retract(self.reason.clone())?;
        uow.record(retracted);
        uow.update(Versioned { version, state }).await?;
        let version = cargo.version;
        let held = cargo.state.held();
        let was_over = cargo.state.booking.status().is_over();
        let (state, milestones) = cargo.state.unhandle(self.event)?;
        uow.record_all(milestones.into_events());
        if was_over && !state.booking.status().is_over() {
            let others = others_with_its_containers(uow, &state).await?;
            state.containers_must_travel_once(&others)?;
        }
        // Without the report of its loading, it holds no space up to its first leg.
        hold(uow, state.space(), &held, &state.held()).await?;
        uow.update(Versioned { version, state }).await?;
        let event = self.event;
        Ok(RetractHandlingEventOutcome { event })
    }
}
