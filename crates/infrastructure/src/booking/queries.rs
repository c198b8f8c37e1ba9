//! The list of cargoes.

use super::containers;
use super::rows::{Column, Entity, cargo_legs};
use crate::columns::{begins, contains, equals};
use crate::table::{ListOrder, ListedTable};
use domain::Moment;
use domain::booking::{BookingStatus, CargoFilter, ContainerNumber, TransportStatus};
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;
use sea_orm::sea_query::{Query, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Newest;

    fn select(filter: &CargoFilter) -> Select<Self> {
        let origin = filter.origin.as_ref().map(UnLocode::as_str);
        let destination = filter.destination.as_ref().map(UnLocode::as_str);
        let status = filter.status.map(BookingStatus::word);
        let transport_status = filter.transport_status.map(TransportStatus::word);
        Self::find()
            .apply_if(filter.tracking_id.as_deref(), |select, text| {
                select.filter(begins(Column::TrackingId, text.to_uppercase()))
            })
            .apply_if(filter.reference.as_deref(), |select, part| {
                select.filter(Column::Searched.like(contains(part)))
            })
            .apply_if(filter.containers.as_deref(), |select, numbers| {
                select.filter(with_container(numbers))
            })
            .apply_if(filter.unfinished.then_some(()), |select, ()| {
                select
                    .filter(Column::Status.is_not_in(BookingStatus::OVER.map(BookingStatus::word)))
            })
            .apply_if(filter.customer, |select, customer| {
                select.filter(Column::CustomerId.eq(customer.0))
            })
            .apply_if(equals(Column::Status, status), Select::filter)
            .apply_if(equals(Column::Origin, origin), Select::filter)
            .apply_if(equals(Column::Destination, destination), Select::filter)
            .apply_if(
                equals(Column::TransportStatus, transport_status),
                Select::filter,
            )
            .apply_if(filter.misdirected, |select, misdirected| {
                select.filter(Column::Misdirected.eq(misdirected))
            })
            .apply_if(filter.reefer, |select, reefer| {
                select.filter(Column::Reefer.eq(reefer))
            })
            .apply_if(filter.dangerous, |select, dangerous| {
                select.filter(Column::Dangerous.eq(dangerous))
            })
            .apply_if(filter.at_risk, |select, is| {
                select.filter(at_risk(is, filter.now))
            })
            .apply_if(
                equals(
                    Column::NextLocation,
                    filter.next_at.as_ref().map(UnLocode::as_str),
                ),
                Select::filter,
            )
            .apply_if(filter.next_from, |select, from| {
                select.filter(Column::NextTime.gte(from.to_chrono()))
            })
            .apply_if(filter.next_until, |select, until| {
                select.filter(Column::NextTime.lt(until.to_chrono()))
            })
            .apply_if(filter.port.as_ref(), |select, port| {
                select.filter(touching(port))
            })
            .apply_if(filter.voyage.as_ref(), |select, voyage| {
                select.filter(aboard(voyage))
            })
    }
}

/// Cargoes that need attention at a time, or those that do not.
fn at_risk(is: bool, now: Option<Moment>) -> Condition {
    let at_rest = Column::AtRisk.eq(is);
    let Some(now) = now.map(Moment::to_chrono) else {
        return Condition::all().add(at_rest);
    };
    if is {
        return Condition::all().add(either(at_rest, Column::OverdueAt.lte(now)));
    }
    let nothing_is_overdue = Condition::any()
        .add(Column::OverdueAt.is_null())
        .add(Column::OverdueAt.gt(now));
    Condition::all().add(at_rest).add(nothing_is_overdue)
}

/// Cargoes that meet one of two conditions, each found by its own index. With a plain OR, SQLite
/// reads the whole table, and a union within IN makes MariaDB do so.
fn either(one: SimpleExpr, other: SimpleExpr) -> SimpleExpr {
    let ids = |holds| {
        let cargoes = Entity::find().select_only().column(Column::Id);
        cargoes.filter(holds).into_query()
    };
    let both = ids(one).union(UnionType::All, ids(other)).take();
    let found = Query::select()
        .column(Column::Id)
        .from_subquery(both, "found")
        .take();
    Column::Id.in_subquery(found)
}

/// Cargoes that start, end, load or unload in a port, or were last handled there.
fn touching(port: &UnLocode) -> Condition {
    let port = port.as_str();
    let calls = Condition::any()
        .add(cargo_legs::Column::LoadAt.eq(port))
        .add(cargo_legs::Column::UnloadAt.eq(port));
    Condition::any()
        .add(Column::Origin.eq(port))
        .add(Column::Destination.eq(port))
        .add(Column::LastKnownLocation.eq(port))
        .add(by_leg(calls))
}

/// Cargoes with one of these containers.
fn with_container(numbers: &[ContainerNumber]) -> SimpleExpr {
    let numbers = numbers.iter().map(ContainerNumber::as_str);
    let found = containers::Entity::find().filter(containers::Column::Container.is_in(numbers));
    let cargoes = found.select_only().column(containers::Column::CargoId);
    Column::Id.in_subquery(cargoes.into_query())
}

/// Cargoes with a leg on a voyage.
fn aboard(voyage: &VoyageNumber) -> SimpleExpr {
    by_leg(Condition::all().add(cargo_legs::Column::VoyageNumber.eq(voyage.as_str())))
}

fn by_leg(holds: Condition) -> SimpleExpr {
    let legs = cargo_legs::Entity::find();
    let cargoes = legs.select_only().column(cargo_legs::Column::CargoId);
    Column::Id.in_subquery(cargoes.filter(holds).into_query())
}
