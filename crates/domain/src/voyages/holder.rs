//! What cargoes hold on a voyage.

use super::DangerousGoodsClasses;
use super::movement::Stretch;
use crate::booking::TrackingId;
use crate::space::Space;

/// What one cargo holds on a voyage.
#[derive(Debug, Clone)]
pub struct Holder {
    pub cargo: TrackingId,
    /// What it takes.
    pub size: Space,
    /// The classes of its dangerous goods.
    pub classes: DangerousGoodsClasses,
    /// The stretches. A movement that several of them cross is held once.
    pub stretches: Vec<Stretch>,
}

/// The total that these hold on a movement.
pub(super) fn load_of(movement: usize, holders: &[Holder]) -> Space {
    let crosses = |holder: &&Holder| holder.stretches.iter().any(|s| s.0.contains(&movement));
    let crossing = holders.iter().filter(crosses);
    crossing.fold(Space::default(), |load, holder| load + holder.size)
}
