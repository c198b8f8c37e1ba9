//! `split-cargo`

use super::known::known_cargo;
use crate::handling::known_handling_event;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    CargoMustBeKnown, ClaimedCargoIsFinished, ContainerMayNotBeOverweight,
    ContainersMustFitEquipment, SplitMustLeaveBoth, StatusMustAllow,
};
use domain::booking::{
    Cargo, CargoArrived, CargoCompleted, CargoId, CargoMisdirected, CargoSplit, ContainerNumber,
    DepartsBeforeReady, EquipmentLine, Part, Split, TrackingId,
};
use domain::handling::{HandlingEventId, HandlingEventRegistered};
use domain::limits::{CONTAINERS_MAX, EQUIPMENT_LINES_MAX, GROSS_WEIGHT_KG_MAX, REASON_CHARS_MAX};
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::space::Teu;
use domain::text::Text;
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `split-cargo`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
    /// The containers that become a cargo of their own.
    #[schema(schema_with = schema::equipment)]
    #[validate(length(min = 1, max = EQUIPMENT_LINES_MAX))]
    pub(super) equipment: Vec<EquipmentLine>,
    /// Their gross weight, in kilograms. The rest stays with the cargo.
    #[schema(minimum = 1, maximum = 1_000_000_000, examples(5_000))]
    #[validate(range(min = 1, max = GROSS_WEIGHT_KG_MAX))]
    pub(super) gross_weight_kg: u64,
    /// The numbers of containers that go with it. Without any, those that the rest has no place for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_container_numbers, required = false)]
    #[validate(length(max = CONTAINERS_MAX))]
    pub(super) containers: Option<Vec<ContainerNumber>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reason, required = false)]
    pub(super) reason: Option<Text<REASON_CHARS_MAX>>,
}

/// Values made before the lock is taken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Prepared {
    id: CargoId,
    cargo: TrackingId,
    /// The id of the first report about the new cargo. The others count on from it.
    first_report: HandlingEventId,
}

impl Prepared {
    fn reports(&self) -> impl Iterator<Item = HandlingEventId> {
        let first = self.first_report.0.as_u128();
        (first..).map(|id| HandlingEventId(uuid::Uuid::from_u128(id)))
    }
}

/// Outcome of `split-cargo`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SplitCargoOutcome {
    /// The cargo that was split.
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    #[schema(schema_with = schema::size)]
    size_teu: Teu,
    /// The new cargo.
    #[schema(schema_with = schema::tracking_id)]
    child: TrackingId,
    /// The internal id of the new cargo.
    #[schema(schema_with = schema::uuid)]
    child_id: CargoId,
    #[schema(schema_with = schema::size)]
    child_size_teu: Teu,
}

impl PreparedFor<SplitCargo> for Prepared {
    fn prepare(_: &SplitCargo, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        Prepared {
            id: CargoId(chance.id(now)),
            cargo: TrackingId::random(chance),
            first_report: HandlingEventId(chance.id(now)),
        }
        .into()
    }
}

impl Operation for SplitCargo {
    const ABOUT: About = About {
        name: "split-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Makes some of a cargo's containers and weight a cargo of their own, for example to roll them alone. A cargo can be split until all of it is loaded onto a ship: containers that were left behind can be split off.",
        changes: "Adds a cargo with the same customer, goods, route, booking status, itinerary and reports up to now. Each of the two names the other. The load of no movement changes. Both keep the dangerous goods, and each keeps the temperature set point if it has a reefer container.",
        effects: "From now on, both are booked, rolled, handled and cancelled separately.",
        who: Who::roles(&[Role::Clerk]),
        events: &[
            CargoSplit::NAME,
            CargoMisdirected::NAME,
            CargoArrived::NAME,
            CargoCompleted::NAME,
            DepartsBeforeReady::NAME,
            HandlingEventRegistered::NAME,
        ],
        rules: &[
            CargoMustBeKnown,
            ClaimedCargoIsFinished,
            StatusMustAllow,
            SplitMustLeaveBoth,
            ContainerMayNotBeOverweight,
            ContainersMustFitEquipment,
        ],
    };
    type Prepared = Prepared;
    type Outcome = SplitCargoOutcome;

    fn target(&self, _: &Prepared) -> Option<Lookup> {
        Some(self.cargo.lookup())
    }

    fn reads(&self, _: &Prepared, known: &Known<'_>, reads: &mut Reads) {
        let cargo = known.get::<Cargo>(&self.cargo);
        for handled in cargo.iter().flat_map(|cargo| &cargo.handling) {
            reads.add(&handled.event);
        }
    }

    async fn run(
        &self,
        prepared: &Prepared,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<SplitCargoOutcome, Failure> {
        let Versioned { version, state } = known_cargo(uow, &self.cargo).await?;
        let reports: Vec<_> = state.handling.iter().map(|handled| handled.event).collect();
        let part = Part {
            equipment: self.equipment.clone(),
            gross_weight_kg: self.gross_weight_kg,
            containers: self.containers.clone().unwrap_or_default(),
        };
        let names = (prepared.id, prepared.cargo.clone());
        let Split {
            parent,
            child,
            event,
            milestones,
            child_milestones,
        } = state.split(part, names, prepared.reports())?;
        uow.record(event);
        uow.record_all(milestones.into_events());
        for (report, id) in reports.into_iter().zip(prepared.reports()) {
            let report = known_handling_event(uow, report).await?.state;
            let (copy, registered) = report.about(child.tracking_id.clone(), id);
            uow.record(registered);
            uow.add(copy).await?;
        }
        uow.record_all(child_milestones.into_events());
        let outcome = SplitCargoOutcome {
            cargo: parent.tracking_id.clone(),
            size_teu: parent.size.teu(),
            child: child.tracking_id.clone(),
            child_id: child.id,
            child_size_teu: child.size.teu(),
        };
        uow.add(child).await?;
        uow.update(Versioned {
            version,
            state: parent,
        })
        .await?;
        Ok(outcome)
    }
}
