//! The cargoes booked on a voyage, which follow its times.

use crate::work::UnitOfWork;
use domain::Versioned;
use domain::booking::{Cargo, CargoFilter, TrackingId};
use domain::repository::{Failure, Repository};
use domain::voyages::{Holder, Voyage};

/// The cargoes with a leg on a voyage.
pub(super) struct BookedCargoes {
    before: Voyage,
    cargoes: Vec<Versioned<Cargo>>,
    /// What they hold on it.
    pub(super) holders: Vec<Holder>,
}

impl BookedCargoes {
    /// Finds them. `voyage` is the voyage before the operation.
    pub(super) async fn of(uow: &mut UnitOfWork<'_>, voyage: &Voyage) -> Result<Self, Failure> {
        let cargoes = uow.all(&CargoFilter::aboard(&voyage.number)).await?;
        let holders = cargoes.iter().map(|cargo| cargo.state.holds_on(voyage));
        Ok(Self {
            holders: holders.collect::<Result<_, _>>()?,
            before: voyage.clone(),
            cargoes,
        })
    }

    /// Gives their legs the times that the voyage has now. Returns the unclaimed ones that arrive
    /// later than before.
    pub(super) async fn follow(
        self,
        uow: &mut UnitOfWork<'_>,
        now: &Voyage,
    ) -> Result<Vec<TrackingId>, Failure> {
        let mut delayed = Vec::new();
        for cargo in self.cargoes {
            let Some((followed, later, consequences)) = cargo.state.follow(&self.before, now)
            else {
                continue;
            };
            uow.record_all(consequences.into_events());
            let has_arrived = followed.delivery().unloaded_at_destination;
            if later && !followed.is_completed() && !has_arrived {
                delayed.push(followed.tracking_id.clone());
            }
            uow.update(cargo.with(|_| followed)).await?;
        }
        Ok(delayed)
    }
}
