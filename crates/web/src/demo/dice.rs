//! Chance for the sample world.

use crate::clock::SystemChance;
use domain::ports::Chance;

/// Dice.
pub(super) struct Dice;

impl Dice {
    /// A whole number below a bound, which is not zero.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        SystemChance.fill(&mut bytes);
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(u64::from_le_bytes(bytes) % bound).unwrap_or(0)
    }

    /// A whole number within bounds, both included.
    pub(super) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True so many times of a hundred.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of some.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
