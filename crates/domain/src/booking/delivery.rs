//! What is known about a cargo, derived.
//!
//! Nothing is handled yet in this system, so transport status and misdirection have one value
//! each; what follows from specification and itinerary alone is derived in full.

use super::{Itinerary, RouteSpecification};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use serde::Serialize;

/// What is known about a cargo now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// Where it is in its transport.
    pub transport_status: TransportStatus,
    /// Whether its itinerary leads where it shall go.
    pub routing_status: RoutingStatus,
    /// Whether it was handled where its itinerary does not lead.
    pub misdirected: bool,
    /// Whether it is routed and arrives by its deadline.
    pub on_track: bool,
    /// Where it was handled last.
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is aboard.
    pub current_voyage: Option<VoyageNumber>,
    /// What should happen to it next.
    pub next_expected: Option<ExpectedStep>,
    /// When it arrives, as now scheduled.
    pub eta: Option<Moment>,
    /// Whether it was unloaded at its destination.
    pub unloaded_at_destination: bool,
}

/// Where a cargo is in its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransportStatus {
    /// Not handled yet.
    NotReceived,
}

/// Whether an itinerary leads from the origin to the destination. Places only: a late cargo is
/// late, not misrouted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoutingStatus {
    /// No itinerary.
    NotRouted,
    /// It does.
    Routed,
    /// It does not.
    Misrouted,
}

/// A handling step that an itinerary expects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectedStep {
    /// What should happen.
    #[serde(rename = "type")]
    pub handling_type: HandlingType,
    /// Where.
    pub location: UnLocode,
    /// On which voyage, for loading and unloading.
    pub voyage: Option<VoyageNumber>,
}

/// What can happen to a cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandlingType {
    /// It came into the port of loading.
    Receive,
}

impl Delivery {
    /// Derives what is known.
    #[must_use]
    pub fn derive(specification: &RouteSpecification, itinerary: Option<&Itinerary>) -> Self {
        let routing_status = match itinerary {
            None => RoutingStatus::NotRouted,
            Some(itinerary)
                if itinerary.first().load_at == specification.origin
                    && itinerary.last().unload_at == specification.destination =>
            {
                RoutingStatus::Routed
            }
            Some(_) => RoutingStatus::Misrouted,
        };
        let routed = itinerary.filter(|_| routing_status == RoutingStatus::Routed);
        let eta = routed.map(|itinerary| itinerary.last().unload_time);
        Self {
            transport_status: TransportStatus::NotReceived,
            routing_status,
            misdirected: false,
            on_track: eta.is_some_and(|eta| eta <= specification.arrival_deadline),
            last_known_location: None,
            current_voyage: None,
            next_expected: routed.map(|itinerary| ExpectedStep {
                handling_type: HandlingType::Receive,
                location: itinerary.first().load_at.clone(),
                voyage: None,
            }),
            eta,
            unloaded_at_destination: false,
        }
    }
}
