//! `assign-containers`

use super::known::{CargoOutcome, known_cargo, reads_voyages_of};
use super::space::hold;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, ContainerMayNotBeOverweight,
    ContainerMayNotTravelTwice, ContainersMustFitEquipment, StatusMustAllow,
};
use domain::booking::{
    Cargo, CargoArrived, CargoCompleted, CargoFilter, CargoMisdirected, ContainerNumber,
    ContainersAssigned, GivenContainer, TrackingId,
};
use domain::limits::{CONTAINERS_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `assign-containers`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignContainers {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    /// All containers of the cargo whose numbers are known.
    #[schema(schema_with = schema::containers)]
    #[validate(length(min = 1, max = CONTAINERS_MAX))]
    pub(super) containers: Vec<GivenContainer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for AssignContainers {
    const ABOUT: About = About {
        name: "assign-containers",
        version: 1,
        subdomain: "booking",
        meaning: "Says which containers a cargo travels in: their numbers, seals and verified gross masses. Another assignment replaces the list.",
        changes: "The containers of the cargo.",
        effects: "The cargo can be found by its container numbers. A container is on one unfinished cargo at a time.",
        who: Who::roles(&[Role::Clerk, Role::PortAgent]),
        events: &[
            ContainersAssigned::NAME,
            CargoMisdirected::NAME,
            CargoArrived::NAME,
            CargoCompleted::NAME,
        ],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            ContainersMustFitEquipment,
            ContainerMayNotBeOverweight,
            ContainerMayNotTravelTwice,
        ],
    };
    type Prepared = ();
    type Outcome = CargoOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        reads_voyages_of(&self.cargo, known, reads);
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let numbers = self.containers.iter().map(|given| given.number.clone());
        let others = others_in(uow, &state, numbers.collect()).await?;
        let held = state.held();
        let (state, assigned, milestones) =
            state.assign_containers(self.containers.clone(), &others)?;
        if let Some(assigned) = assigned {
            uow.record(assigned);
            uow.record_all(milestones.into_events());
            // Without the report of its loading, it holds no space up to its first leg.
            hold(uow, state.space(), &held, &state.held()).await?;
            uow.update(Versioned { version, state }).await?;
        }
        let cargo = self.cargo.clone();
        Ok(CargoOutcome { cargo })
    }
}

/// The other unfinished cargoes in these containers.
async fn others_in(
    uow: &mut UnitOfWork<'_>,
    cargo: &Cargo,
    containers: Vec<ContainerNumber>,
) -> Result<Vec<Cargo>, Failure> {
    if containers.is_empty() {
        return Ok(Vec::new());
    }
    let filter = CargoFilter {
        containers: Some(containers),
        unfinished: true,
        ..CargoFilter::default()
    };
    let found = uow.all(&filter).await?.into_iter().map(|found| found.state);
    Ok(found.filter(|other| other.id != cargo.id).collect())
}

/// The other unfinished cargoes in the containers of a cargo.
pub(crate) async fn others_with_its_containers(
    uow: &mut UnitOfWork<'_>,
    cargo: &Cargo,
) -> Result<Vec<Cargo>, Failure> {
    let containers = cargo.particulars.containers.iter();
    let numbers = containers.map(|own| own.number.clone()).collect();
    others_in(uow, cargo, numbers).await
}
