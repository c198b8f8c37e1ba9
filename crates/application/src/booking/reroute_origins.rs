//! Where a cargo can be rerouted from. The operation is rehearsed with each port.

use super::{CargoView, RerouteCargo};
use crate::catalogue::{Runnable, ready};
use crate::operation::Operation;
use crate::queries::{QueryError, Reading, Rehearsal};
use crate::voyages::VoyageView;
use domain::Moment;
use domain::Names;
use domain::locations::UnLocode;
use domain::voyages::Voyage;

/// A port from which a cargo can be rerouted.
#[derive(Debug, PartialEq, Eq)]
pub struct RerouteOrigin {
    pub location: UnLocode,
    /// When the ship that the cargo is aboard arrives there. `None` if the cargo is there.
    pub arrives: Option<Moment>,
}

impl Reading {
    /// The ports from which a cargo can be rerouted now: the one that it is in or, if it is aboard, the
    /// later calls of its voyage.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn reroute_origins(
        &mut self,
        cargo: &CargoView,
    ) -> Result<Vec<RerouteOrigin>, QueryError> {
        let mut ports = match &cargo.delivery.current_voyage {
            None => here(cargo),
            Some(number) => {
                let aboard = self.some::<Voyage>([number.lookup()]).await?;
                aboard.first().map(later_calls).unwrap_or_default()
            }
        };
        let rehearsed: Vec<Box<dyn Runnable>> = ports
            .iter()
            .map(|port| {
                ready(RerouteCargo {
                    cargo: cargo.cargo.clone(),
                    origin: port.location.clone(),
                    destination: None,
                    arrival_deadline: None,
                    reason: None,
                })
            })
            .collect();
        let asked = rehearsed
            .iter()
            .map(|own| (&RerouteCargo::ABOUT, own.as_ref(), None));
        let asked: Vec<_> = asked.collect();
        let now = self.now();
        let answers = self.judge_each(&asked, Rehearsal::Alone, now).await?;
        let mut answers = answers.into_iter();
        ports.retain(|_| answers.next().is_some_and(|answer| answer.is_ok()));
        Ok(ports)
    }
}

fn here(cargo: &CargoView) -> Vec<RerouteOrigin> {
    let location = cargo.delivery.last_known_location.clone();
    let here = location.map(|location| RerouteOrigin {
        location,
        arrives: None,
    });
    here.into_iter().collect()
}

/// The calls that a ship has not been reported to have made, each port once.
fn later_calls(voyage: &VoyageView) -> Vec<RerouteOrigin> {
    let mut calls: Vec<RerouteOrigin> = Vec::new();
    let movements = voyage.movements.iter();
    for movement in movements.filter(|own| own.arrived_at.is_none() && !own.to_omitted) {
        if calls.iter().all(|own| own.location != movement.to) {
            calls.push(RerouteOrigin {
                location: movement.to.clone(),
                arrives: Some(movement.arrives),
            });
        }
    }
    calls
}
