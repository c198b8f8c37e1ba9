//! The cargoes that need attention, the most urgent first.

use super::CargoView;
use crate::queries::{QueryError, Reading};
use domain::booking::{Cargo, CargoFilter, Flag, RoutingStatus};

/// The maximum number of cargoes that are put in order: the newest.
pub const AT_RISK_MAX: u64 = 500;

/// Cargoes that need attention.
#[derive(Debug)]
pub struct AtRisk {
    /// By deadline.
    pub cargoes: Vec<CargoView>,
    /// Whether there are more, which are older.
    pub has_more: bool,
}

impl Reading {
    /// The cargoes that a filter admits, by deadline. The filter asks for cargoes at risk or
    /// misdirected, of which there are few.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn by_deadline(&mut self, filter: CargoFilter) -> Result<AtRisk, QueryError> {
        let found = self.list::<Cargo>(filter, None, AT_RISK_MAX).await?;
        let has_more = found.next.is_some();
        let mut cargoes = found.items;
        cargoes.sort_by(|one: &CargoView, other: &CargoView| {
            let place = |own: &CargoView| {
                let deadline = own.route_specification.arrival_deadline;
                (deadline, own.cargo.clone())
            };
            place(one).cmp(&place(other))
        });
        Ok(AtRisk { cargoes, has_more })
    }

    /// Those of the cargoes at risk that a filter admits that have a problem, by deadline.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn flagged(&mut self, flag: Flag, filter: CargoFilter) -> Result<AtRisk, QueryError> {
        self.at_risk(filter, |own| own.delivery.flags.contains(&flag))
            .await
    }

    /// Those that a filter admits whose itinerary does not lead to their destination, by deadline.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn misrouted(&mut self, filter: CargoFilter) -> Result<AtRisk, QueryError> {
        let is_misrouted =
            |own: &CargoView| own.delivery.routing_status == RoutingStatus::Misrouted;
        self.at_risk(filter, is_misrouted).await
    }

    async fn at_risk(
        &mut self,
        filter: CargoFilter,
        is_asked: impl Fn(&CargoView) -> bool,
    ) -> Result<AtRisk, QueryError> {
        let filter = CargoFilter {
            at_risk: Some(true),
            ..filter
        };
        let mut found = self.by_deadline(filter).await?;
        found.cargoes.retain(is_asked);
        Ok(found)
    }
}
