//! The handling event aggregate: a report that stands until it is retracted.

use super::events::{HandlingEventRegistered, HandlingEventRetracted};
use super::rules::{HandlingEventMustStand, event_may_not_lie_in_the_future};
use super::{Activity, Doubt, HandlingEventId};
use crate::booking::{ContainerNumber, TrackingId};
use crate::identifier::id_of;
use crate::limits::REASON_CHARS_MAX;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};

id_of!(HandlingEventId of HandlingEvent);

/// A report of something that happened to a cargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandlingEvent {
    pub id: HandlingEventId,
    /// The tracking id of the cargo.
    pub cargo: TrackingId,
    /// The handling type and location.
    #[serde(flatten)]
    pub activity: Activity,
    /// The completion time.
    pub completed_at: Moment,
    /// The registration time.
    pub registered_at: Moment,
    /// The container that the report named, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerNumber>,
    /// How it contradicted the timetable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// Whether it stands.
    #[serde(flatten)]
    pub status: HandlingStatus,
}

/// Whether a report stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::EnumDiscriminants)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
#[strum_discriminants(
    name(HandlingStatusWord),
    doc = "Whether a report stands, without what the status carries.",
    derive(strum::EnumString, strum::IntoStaticStr, strum::VariantNames),
    strum(serialize_all = "SCREAMING_SNAKE_CASE")
)]
pub enum HandlingStatus {
    /// It stands.
    Registered,
    /// It was a mistake.
    Retracted { reason: Text<REASON_CHARS_MAX> },
}

impl HandlingStatus {
    /// The words of all statuses.
    pub const WORDS: &[&str] = <HandlingStatusWord as strum::VariantNames>::VARIANTS;

    /// The word for this status in JSON and in the database.
    #[must_use]
    pub fn word(&self) -> &'static str {
        HandlingStatusWord::from(self).into()
    }
}

impl HandlingEvent {
    /// Creates a report of something that has already happened.
    ///
    /// # Errors
    ///
    /// `EventMayNotLieInTheFuture`.
    pub fn register(
        id: HandlingEventId,
        cargo: TrackingId,
        container: Option<ContainerNumber>,
        activity: Activity,
        completed_at: Moment,
        doubts: Vec<Doubt>,
        now: Moment,
    ) -> Result<(Self, HandlingEventRegistered), Rejection> {
        event_may_not_lie_in_the_future(completed_at, now)?;
        let registered = HandlingEventRegistered {
            event: id,
            cargo: cargo.clone(),
            handling: activity.clone(),
            completed_at,
            container: container.clone(),
            doubts: doubts.clone(),
        };
        let event = Self {
            id,
            cargo,
            activity,
            completed_at,
            registered_at: now,
            container,
            doubts,
            status: HandlingStatus::Registered,
        };
        Ok((event, registered))
    }

    /// The same report about a cargo that was split from its cargo.
    #[must_use]
    pub fn about(self, cargo: TrackingId, id: HandlingEventId) -> (Self, HandlingEventRegistered) {
        let registered = HandlingEventRegistered {
            event: id,
            cargo: cargo.clone(),
            handling: self.activity.clone(),
            completed_at: self.completed_at,
            container: self.container.clone(),
            doubts: self.doubts.clone(),
        };
        (Self { id, cargo, ..self }, registered)
    }

    /// Retracts the report.
    ///
    /// # Errors
    ///
    /// `HandlingEventMustStand`.
    pub fn retract(
        mut self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<(Self, HandlingEventRetracted), Rejection> {
        require(self.status == HandlingStatus::Registered, || {
            HandlingEventMustStand { event: self.id }
        })?;
        let retracted = HandlingEventRetracted {
            event: self.id,
            cargo: self.cargo.clone(),
            reason: reason.to_string(),
        };
        self.status = HandlingStatus::Retracted { reason };
        Ok((self, retracted))
    }

    /// Handling events have no natural key, because a retracted one may be registered again.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        None
    }
}
