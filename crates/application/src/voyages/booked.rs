//! The cargoes booked on a voyage, which follow its times.

use crate::work::UnitOfWork;
use domain::Versioned;
use domain::booking::{Cargo, CargoFilter, Delivery, Flag, TrackingId};
use domain::repository::{Failure, Repository};
use domain::voyages::{CapacityChange, Holder, Voyage};

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

    /// Gives their legs the times and calls that the voyage has now.
    pub(super) async fn follow(
        self,
        uow: &mut UnitOfWork<'_>,
        now: &Voyage,
    ) -> Result<Followed, Failure> {
        let mut followed_by = Followed::default();
        for cargo in self.cargoes {
            let Some((followed, later, consequences)) = cargo.state.follow(&self.before, now)
            else {
                continue;
            };
            uow.record_all(consequences.into_events());
            let (known, delivery) = (cargo.state.delivery(), followed.delivery());
            let is_under_way = !followed.is_completed() && !delivery.unloaded_at_destination;
            if later && is_under_way {
                followed_by.delayed.push(followed.tracking_id.clone());
            }
            if count(&known, Flag::CallOmitted) < count(&delivery, Flag::CallOmitted) {
                followed_by.lost_a_call.push(followed.tracking_id.clone());
            }
            uow.update(cargo.with(|_| followed)).await?;
        }
        Ok(followed_by)
    }
}

/// What cargoes hold on a voyage, if a change needs to know it.
pub(super) async fn holders_for(
    uow: &mut UnitOfWork<'_>,
    voyage: &Voyage,
    change: &CapacityChange,
) -> Result<Vec<Holder>, Failure> {
    if !voyage.needs_holders(change) {
        return Ok(Vec::new());
    }
    let booked = BookedCargoes::of(uow, voyage).await?;
    Ok(booked.holders)
}

/// What became of the cargoes.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// The unclaimed ones that arrive later than before.
    pub(super) delayed: Vec<TrackingId>,
    /// Those to be loaded or unloaded at a call that the ship now omits.
    pub(super) lost_a_call: Vec<TrackingId>,
}

/// How many legs ahead are broken for a reason.
fn count(delivery: &Delivery, flag: Flag) -> usize {
    let broken = delivery.broken_legs.iter();
    broken.filter(|broken| broken.flag == flag).count()
}
