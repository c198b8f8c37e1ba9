//! Randomness for the sample world.

use crate::clock::SystemChance;
use domain::ports::Chance;

/// Dice that fall the same way again when they begin with the same seed: SplitMix64 (Steele, Lea,
/// Flood: *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014).
pub(super) struct Dice(u64);

impl Dice {
    /// Dice with a seed.
    pub(super) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Unpredictable dice.
    pub(super) fn unforeseen() -> Self {
        let mut bytes = [0; 8];
        SystemChance.fill(&mut bytes);
        Self(u64::from_le_bytes(bytes))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below a bound, which must not be zero.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
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
