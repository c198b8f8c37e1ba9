//! `register-handling-event`

use super::views::DoubtView;
use crate::booking::{cargo_in, known_cargo};
use crate::locations::must_be_known;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::voyages::known_voyage;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoHistoryMustHaveRoom, CargoMustBeKnown, ClaimedCargoIsFinished, ContainerMustBeKnown,
    ContainersMustFitEquipment, StatusMustAllow,
};
use domain::booking::{
    Cargo, CargoArrived, CargoCompleted, CargoMisdirected, ContainerNumber, TrackingId,
};
use domain::handling::rules::{EventMayNotLieInTheFuture, VoyageProhibited, VoyageRequired};
use domain::handling::{
    Activity, Doubt, HandlingEvent, HandlingEventId, HandlingEventRegistered, HandlingType,
};
use domain::limits::REASON_CHARS_MAX;
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::voyages::VoyageNumber;
use domain::voyages::rules::VoyageMustBeKnown;
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// Input of `register-handling-event`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = names_a_cargo_or_a_container))]
pub struct RegisterHandlingEvent {
    /// The cargo. Needed unless the report names a container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_tracking_id, required = false)]
    cargo: Option<TrackingId>,
    /// A container of the cargo, if the report is about it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_container_number, required = false)]
    container: Option<ContainerNumber>,
    #[serde(rename = "type")]
    #[schema(schema_with = schema::handling_type)]
    handling_type: HandlingType,
    #[schema(schema_with = schema::un_locode)]
    location: UnLocode,
    /// Only for LOAD and UNLOAD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_voyage_number, required = false)]
    voyage: Option<VoyageNumber>,
    #[schema(schema_with = schema::moment)]
    completed_at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

/// Outcome of `register-handling-event`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterHandlingEventOutcome {
    /// The id of the handling event. Use it to retract the event.
    #[schema(schema_with = schema::uuid)]
    event: HandlingEventId,
    /// The cargo, also where the report named a container.
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    /// Whether the event was already known. If so, nothing changed.
    already_known: bool,
    /// How the report contradicts the timetable. It counts all the same. Absent if it does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    doubts: Vec<DoubtView>,
}

fn names_a_cargo_or_a_container(input: &RegisterHandlingEvent) -> Result<(), ValidationError> {
    if input.cargo.is_some() || input.container.is_some() {
        return Ok(());
    }
    let says = "must name a cargo, or a container of it";
    Err(ValidationError::new("cargo").with_message(says.into()))
}

impl RegisterHandlingEvent {
    /// The cargo that the report is about.
    async fn known_cargo(&self, uow: &mut UnitOfWork<'_>) -> Result<Versioned<Cargo>, Failure> {
        match (&self.cargo, &self.container) {
            (Some(cargo), None) => known_cargo(uow, cargo).await,
            (Some(cargo), Some(container)) => {
                let found = known_cargo(uow, cargo).await?;
                found.state.must_have_container(container)?;
                Ok(found)
            }
            (None, Some(container)) => cargo_in(uow, container).await,
            (None, None) => unreachable!("the input was validated"),
        }
    }
}

impl PreparedFor<RegisterHandlingEvent> for HandlingEventId {
    fn prepare(
        _: &RegisterHandlingEvent,
        now: Moment,
        chance: &mut dyn Chance,
    ) -> Preparation<Self> {
        HandlingEventId(chance.id(now)).into()
    }
}

impl Operation for RegisterHandlingEvent {
    const ABOUT: About = About {
        name: "register-handling-event",
        version: 1,
        subdomain: "handling",
        meaning: "Reports a handling event of a cargo.",
        changes: "Adds a handling event to the history of the cargo. Where reports name containers, a step counts when it is reported of all containers that have a number. A CLAIM makes the cargo COMPLETED.",
        effects: "The delivery status is derived again. Reporting the same event twice is accepted and changes nothing. A report that contradicts the timetable is accepted, too, and the outcome names the doubts.",
        who: Who::roles_and_system(&[Role::PortAgent]),
        events: &[
            HandlingEventRegistered::NAME,
            CargoMisdirected::NAME,
            CargoArrived::NAME,
            CargoCompleted::NAME,
        ],
        rules: &[
            VoyageRequired,
            VoyageProhibited,
            CargoMustBeKnown,
            ContainerMustBeKnown,
            ContainersMustFitEquipment,
            LocationMustBeKnown,
            VoyageMustBeKnown,
            EventMayNotLieInTheFuture,
            StatusMustAllow,
            ClaimedCargoIsFinished,
            CargoHistoryMustHaveRoom,
        ],
    };
    type Prepared = HandlingEventId;
    type Outcome = RegisterHandlingEventOutcome;

    fn target(&self, _: &HandlingEventId) -> Option<Lookup> {
        self.cargo.as_ref().map(Names::lookup)
    }

    fn reads(&self, _: &HandlingEventId, _: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.location);
        if let Some(voyage) = &self.voyage {
            reads.add(voyage);
        }
    }

    async fn run(
        &self,
        id: &HandlingEventId,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<RegisterHandlingEventOutcome, Failure> {
        let activity = Activity::new(
            self.handling_type,
            self.location.clone(),
            self.voyage.clone(),
        )?;
        let Versioned { version, state } = self.known_cargo(uow).await?;
        must_be_known(uow, &self.location).await?;
        let doubt = match &self.voyage {
            None => None,
            Some(voyage) => {
                let voyage = known_voyage(uow, voyage).await?;
                Doubt::about(&activity, self.completed_at, &voyage.state)
            }
        };
        if let Some(event) =
            state.handled_already(&activity, self.container.as_ref(), self.completed_at)
        {
            return Ok(RegisterHandlingEventOutcome {
                event,
                cargo: state.tracking_id,
                already_known: true,
                doubts: Vec::new(),
            });
        }
        let cargo = state.tracking_id.clone();
        let doubts: Vec<Doubt> = doubt.into_iter().collect();
        let outcome = RegisterHandlingEventOutcome {
            event: *id,
            cargo: cargo.clone(),
            already_known: false,
            doubts: doubts.iter().map(DoubtView::from).collect(),
        };
        let (event, registered) = HandlingEvent::register(
            *id,
            cargo,
            self.container.clone(),
            activity,
            self.completed_at,
            doubts,
            uow.now(),
        )?;
        let (state, milestones) = state.handle(&event)?;
        uow.record(registered);
        uow.record_all(milestones.into_events());
        uow.add(event).await?;
        uow.update(Versioned { version, state }).await?;
        Ok(outcome)
    }
}
