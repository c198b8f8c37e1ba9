//! Randomness for the sample world.

use crate::clock::SystemChance;
use domain::ports::Chance;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Dice that repeat themselves when they start from the same seed.
pub(super) struct Dice(SmallRng);

impl Dice {
    /// Dice with a seed.
    pub(super) fn seeded(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }

    /// Unpredictable dice.
    pub(super) fn unforeseen() -> Self {
        let mut bytes = [0; 8];
        SystemChance.fill(&mut bytes);
        Self::seeded(u64::from_le_bytes(bytes))
    }

    /// A whole number below a bound, which must not be zero.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound.max(1))
    }

    /// A whole number within bounds, both included.
    pub(super) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// A number of hours or minutes within bounds, both included.
    pub(super) fn time(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most - least).unwrap_or(0);
        least + i64::try_from(self.below(span + 1)).unwrap_or(0)
    }

    /// True in this many of a hundred cases.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
