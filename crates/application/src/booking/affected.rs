//! The cargoes that an operation would affect.

use super::DeliveryView;
use crate::queries::{Changed, Rehearsed, Viewed};
use crate::room::Affects;
use crate::schema;
use domain::booking::{BookingStatus, Cargo, Flag, TrackingId};
use domain::{Aggregate, AnyAggregate, Moment, Versioned};
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

/// A cargo that an operation would change, before and after it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AffectedCargo {
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// The booking status after the operation.
    #[schema(value_type = String)]
    pub status: BookingStatus,
    /// The estimated arrival now. Null if there is none.
    #[schema(value_type = Option<String>)]
    pub eta_before: Option<Moment>,
    /// The estimated arrival after the operation.
    #[schema(value_type = Option<String>)]
    pub eta: Option<Moment>,
    /// The problems of the itinerary now.
    #[schema(value_type = Vec<String>)]
    pub flags_before: Vec<Flag>,
    /// The problems of the itinerary after the operation.
    #[schema(value_type = Vec<String>)]
    pub flags: Vec<Flag>,
    /// Whether the cargo needs attention now.
    pub at_risk_before: bool,
    /// Whether it needs attention after the operation.
    pub at_risk: bool,
}

/// The list of a rehearsal.
pub(super) const CARGOES: Affects = Affects {
    name: "cargoes",
    item: "AffectedCargo",
    of: |changed| serde_json::to_value(AffectedCargo::of(changed)?).ok(),
    schema: AffectedCargo::schema,
};

impl AffectedCargo {
    /// The cargoes that a rehearsed operation would change.
    #[must_use]
    pub fn all(rehearsed: &Rehearsed) -> Vec<Self> {
        rehearsed.changes.iter().filter_map(Self::of).collect()
    }

    fn of(changed: &Changed) -> Option<Self> {
        let cargo = Cargo::from_any(&changed.after.state)?;
        let (cargo, status) = (cargo.tracking_id.clone(), cargo.booking.status());
        let delivery = |found| delivery(found, changed.now);
        let after = delivery(&changed.after)?;
        let before = changed.before.as_ref().and_then(delivery);
        Some(Self {
            cargo,
            status,
            eta_before: before.as_ref().and_then(|before| before.eta),
            eta: after.eta,
            at_risk_before: before.as_ref().is_some_and(|before| before.at_risk),
            flags_before: before.map_or_else(Vec::new, |before| before.flags),
            at_risk: after.at_risk,
            flags: after.flags,
        })
    }
}

fn delivery(found: &Versioned<AnyAggregate>, now: Moment) -> Option<DeliveryView> {
    let state = Cargo::from_any(&found.state)?.clone();
    let version = found.version;
    Some(Cargo::view(Versioned { version, state }, now).delivery)
}
