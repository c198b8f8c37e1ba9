//! The port to the store, as readers see it: consistent snapshots.

use super::store::{Loader, StoreError};
use super::{Entry, Head, HistoryRow, Refusal};
use crate::aggregate::{AnyAggregate, Kind, Lookup, Versioned};
use crate::customers::CustomerId;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Opens snapshots.
#[async_trait]
pub trait Reader: Send + Sync {
    /// A consistent, read-only view of everything as of one position.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;
}

/// Everything as of the position of [`Snapshot::head`]. Ends when dropped.
#[async_trait]
pub trait Snapshot: Loader {
    /// The head this snapshot is true at.
    fn head(&self) -> &Head;

    /// The last sequence of each kind.
    async fn sequences(&mut self) -> Result<BTreeMap<Kind, u64>, StoreError>;

    /// The current states that pass the filter, in the order of their natural key where the
    /// kind has one and of their id (which is the order they were made in) elsewhere, except
    /// cargoes and handling events, those newest first, and voyages, those by departure (see [`departure_order`]). At
    /// most `limit`, after `after`.
    async fn list(
        &mut self,
        filter: &Filter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>;

    /// The state an aggregate had after the entry at `position`, with the history row it is from.
    async fn state_at(
        &mut self,
        lookup: &Lookup,
        position: u64,
    ) -> Result<Option<HistoryRow>, StoreError>;

    /// History rows of one aggregate with a version above `after`, oldest first.
    async fn history_of(
        &mut self,
        kind: Kind,
        id: Uuid,
        after: u64,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError>;

    /// The ids of the aggregates of a kind that changed after this sequence of the kind, each
    /// once, in any order.
    async fn changed_since(&mut self, kind: Kind, sequence: u64) -> Result<Vec<Uuid>, StoreError>;

    /// History rows of the entries at positions `from..=to`, by position, the word of the kind, and id.
    async fn history(&mut self, from: u64, to: u64) -> Result<Vec<HistoryRow>, StoreError>;

    /// Log entries from a position on, in order.
    async fn entries(
        &mut self,
        filter: &LogFilter,
        from: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Log entries below a position, newest first.
    async fn entries_before(
        &mut self,
        filter: &LogFilter,
        before: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The log entries at these positions, in order.
    async fn entries_at(&mut self, positions: &[u64]) -> Result<Vec<Entry>, StoreError>;

    /// Refusals judged at one of some positions and with an id below `before`, newest first.
    async fn refusals(
        &mut self,
        filter: &LogFilter,
        judged_at: RangeInclusive<u64>,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Refusal>, StoreError>;

    /// The position of the newest entry recorded at or before a time; 0 when there is none.
    async fn position_at(&mut self, time: Moment) -> Result<u64, StoreError>;

    /// How many rows log and history have, whatever their positions.
    async fn totals(&mut self) -> Result<(u64, u64), StoreError>;

    /// The first row of log or history whose bytes are not as they were written though they read
    /// the same, or whose position is no position: its position, and what is wrong.
    async fn ill_formed(&mut self) -> Result<Option<(u64, String)>, StoreError>;

    /// How many rows the table of a kind has, for `verify`.
    async fn count(&mut self, kind: Kind) -> Result<u64, StoreError>;
}

/// Which current states to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Cargoes.
    Cargoes(CargoFilter),
    /// Voyages.
    Voyages(VoyageFilter),
    /// Handling events.
    HandlingEvents(HandlingFilter),
    /// Customers.
    Customers {
        /// One customer only.
        id: Option<CustomerId>,
        /// Only customers whose name contains this text, ignoring case.
        name: Option<String>,
    },
    /// Locations.
    Locations {
        /// Only locations in this country.
        country: Option<String>,
        /// Only locations whose name or UN/LOCODE contains this text, ignoring case.
        name: Option<String>,
    },
    /// Users by name.
    Users {
        /// Only customers whose name contains this text, ignoring case.
        name: Option<String>,
    },
    /// All states of a kind, in the order of their ids, for `verify`: a row, or what is kept for
    /// searching, that does not follow from its state is a `Data` error.
    All(Kind),
}

/// Which cargoes to list; each that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CargoFilter {
    /// Whose tracking id begins with this text, whatever the case.
    pub tracking_id: Option<String>,
    /// Only cargoes of this customer.
    pub customer: Option<CustomerId>,
    /// In one booking status, by its word.
    pub status: Option<String>,
    /// From one UN/LOCODE.
    pub origin: Option<String>,
    /// To one UN/LOCODE.
    pub destination: Option<String>,
    /// With a leg aboard one voyage, by its number.
    pub voyage: Option<String>,
    /// That start, end, are loaded or unloaded at one UN/LOCODE, or were handled there last.
    pub port: Option<String>,
    /// In one transport status, by its word.
    pub transport_status: Option<String>,
    /// Only cargoes that were handled off their itinerary, or that were not.
    pub misdirected: Option<bool>,
    /// That somebody has to look after, or not.
    pub at_risk: Option<bool>,
}

/// Which voyages to list; each that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoyageFilter {
    /// Whose number begins with this text, whatever the case.
    pub number: Option<String>,
    /// Whose number or vessel's name contains this text, whatever case and diacritics.
    pub name: Option<String>,
    /// Calling at one UN/LOCODE.
    pub port: Option<String>,
    /// Only voyages whose first departure is at or after this time.
    pub departs_from: Option<Moment>,
    /// Only voyages whose first departure is before this time.
    pub departs_until: Option<Moment>,
    /// Only voyages whose last arrival is at or after this time.
    pub arrives_from: Option<Moment>,
    /// In one status, by its word.
    pub status: Option<String>,
    /// With so much room left, in quarters of a TEU, on the movement that has most.
    pub quarter_teu_left: Option<u64>,
}

/// Which handling events to list, the newest first; each that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandlingFilter {
    /// Of one cargo, by its tracking id.
    pub cargo: Option<String>,
    /// At one UN/LOCODE.
    pub location: Option<String>,
    /// With one voyage, by its number.
    pub voyage: Option<String>,
    /// In one status, by its word.
    pub status: Option<String>,
}

/// What stands for a voyage's place in the order of departure: the time of its first departure,
/// then its number. These texts sort as the voyages do.
#[must_use]
pub fn departure_order(departs: Moment, number: &VoyageNumber) -> String {
    format!("{departs} {number}")
}

/// The departure and the number that [`departure_order`] wrote; `None` of any other text.
#[must_use]
pub fn departure_place(text: &str) -> Option<(Moment, VoyageNumber)> {
    let (departs, number) = text.split_once(' ')?;
    Some((departs.parse().ok()?, number.parse().ok()?))
}

/// Which log entries, or refusals, to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only entries of this operation.
    pub operation: Option<String>,
    /// By one actor.
    pub actor: Option<String>,
    /// Aimed at one target, as `kind:name`.
    pub target: Option<String>,
}
