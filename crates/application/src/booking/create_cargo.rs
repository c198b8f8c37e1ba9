//! `create-cargo`

use crate::customers::known_customer;
use crate::locations::must_be_known;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::booking::rules::{
    ContainerMayNotBeOverweight, DeadlineMustLieAhead, OriginAndDestinationMustDiffer,
    ReadyDateMustPrecedeDeadline, SetPointNeedsReefer,
};
use domain::booking::{
    Cargo, CargoCreated, CargoId, CargoOrder, DangerousGoods, EquipmentLine, RouteSpecification,
    SetPoint, TrackingId,
};
use domain::customers::CustomerId;
use domain::customers::rules::{
    CustomerMustBeActive, CustomerMustBeKnown, CustomerMustNotBeErased,
};
use domain::limits::{
    COMMODITY_CHARS_MAX, DANGEROUS_GOODS_MAX, EQUIPMENT_LINES_MAX, GROSS_WEIGHT_KG_MAX,
    REFERENCE_CHARS_MAX,
};
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::space::Teu;
use domain::text::Text;
use domain::{Lookup, Moment, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `create-cargo`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCargo {
    #[schema(schema_with = schema::uuid)]
    customer: CustomerId,
    #[schema(schema_with = schema::un_locode)]
    origin: UnLocode,
    #[schema(schema_with = schema::un_locode)]
    destination: UnLocode,
    #[schema(schema_with = schema::moment)]
    arrival_deadline: Moment,
    #[schema(schema_with = schema::equipment)]
    #[validate(length(min = 1, max = EQUIPMENT_LINES_MAX))]
    equipment: Vec<EquipmentLine>,
    /// Gross weight of goods and containers, in kilograms. At most 36 000 per container.
    #[schema(minimum = 1, maximum = 1_000_000_000, examples(10_000))]
    #[validate(range(min = 1, max = GROSS_WEIGHT_KG_MAX))]
    gross_weight_kg: u64,
    #[schema(schema_with = schema::commodity)]
    commodity: Text<COMMODITY_CHARS_MAX>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_reference, required = false)]
    reference: Option<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature of its reefer containers in degrees Celsius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_set_point, required = false)]
    set_point_celsius: Option<SetPoint>,
    /// Its dangerous goods. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_dangerous_goods, required = false)]
    #[validate(length(max = DANGEROUS_GOODS_MAX))]
    dangerous_goods: Option<Vec<DangerousGoods>>,
    /// The ready date: the cargo cannot be loaded before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_moment, required = false)]
    ready_from: Option<Moment>,
}

/// Values made before the lock is taken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Prepared {
    id: CargoId,
    cargo: TrackingId,
}

/// Outcome of `create-cargo`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreateCargoOutcome {
    /// The public identifier of the cargo.
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    /// The internal id.
    #[schema(schema_with = schema::uuid)]
    id: CargoId,
    #[schema(schema_with = schema::size)]
    size_teu: Teu,
}

impl PreparedFor<CreateCargo> for Prepared {
    fn prepare(_: &CreateCargo, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        let id = CargoId(chance.id(now));
        let cargo = TrackingId::random(chance);
        Prepared { id, cargo }.into()
    }
}

impl Operation for CreateCargo {
    const ABOUT: About = About {
        name: "create-cargo",
        version: 1,
        subdomain: "booking",
        meaning: "Creates a booking request: what a customer wants shipped, from where to where, by when and, if that is known, from when on it is ready.",
        changes: "Adds a cargo in status REQUESTED.",
        effects: "No space is booked yet.",
        who: Who::roles(&[Role::Clerk, Role::Customer]),
        events: &[CargoCreated::NAME],
        rules: &[
            CustomerMustBeKnown,
            CustomerMustBeActive,
            CustomerMustNotBeErased,
            LocationMustBeKnown,
            OriginAndDestinationMustDiffer,
            DeadlineMustLieAhead,
            ReadyDateMustPrecedeDeadline,
            ContainerMayNotBeOverweight,
            SetPointNeedsReefer,
        ],
    };
    type Prepared = Prepared;
    type Outcome = CreateCargoOutcome;

    fn target(&self, prepared: &Prepared) -> Option<Lookup> {
        Some(prepared.cargo.lookup())
    }

    fn reads(&self, _: &Prepared, _: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.customer);
        reads.add(&self.origin);
        reads.add(&self.destination);
    }

    async fn run(
        &self,
        prepared: &Prepared,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<CreateCargoOutcome, Failure> {
        let customer = known_customer(uow, self.customer).await?.state;
        must_be_known(uow, &self.origin).await?;
        must_be_known(uow, &self.destination).await?;
        let (origin, destination) = (self.origin.clone(), self.destination.clone());
        let order = CargoOrder {
            equipment: self.equipment.clone(),
            gross_weight_kg: self.gross_weight_kg,
            commodity: self.commodity.clone(),
            reference: self.reference.clone(),
            set_point: self.set_point_celsius,
            dangerous_goods: self.dangerous_goods.clone().unwrap_or_default(),
            route_specification: RouteSpecification::new(
                origin,
                destination,
                self.arrival_deadline,
                self.ready_from,
                uow.now(),
            )?,
        };
        let (cargo, created) =
            Cargo::create(prepared.id, prepared.cargo.clone(), &customer, order)?;
        uow.record(created);
        let outcome = CreateCargoOutcome {
            cargo: cargo.tracking_id.clone(),
            id: cargo.id,
            size_teu: cargo.size.teu(),
        };
        uow.add(cargo).await?;
        Ok(outcome)
    }
}
