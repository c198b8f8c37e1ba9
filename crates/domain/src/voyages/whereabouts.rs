//! Where a ship is when: its voyages do not overlap in time.

use super::Vessel;
use super::movement::CarrierMovement;
use super::rules::VesselMayNotBeInTwoPlaces;
use super::voyage::{Voyage, VoyageStatus};
use crate::moment::Moment;
use crate::rejection::Rejection;

impl Voyage {
    /// From the first departure to the last arrival, as best known. A call that the ship omits
    /// keeps its times, and counts: it may be restored.
    #[must_use]
    pub fn occupies(&self) -> (Moment, Moment) {
        let (first, last) = self.ends();
        (first.departs, last.arrives)
    }

    fn ends(&self) -> (&CarrierMovement, &CarrierMovement) {
        let movements = &self.movements;
        (&movements[0], &movements[movements.len() - 1])
    }

    /// Whether the ship has left its first port, as reported or presumed.
    #[must_use]
    pub fn has_started(&self, now: Moment) -> bool {
        self.ends().0.has_departed(now)
    }

    /// How long the ship would be on both voyages at once, in microseconds.
    fn overlap(&self, other: &Self) -> i64 {
        let both_sail = [self, other]
            .iter()
            .all(|own| own.status == VoyageStatus::Scheduled);
        if self.vessel.imo != other.vessel.imo || !both_sail {
            return 0;
        }
        let (departs, arrives) = self.occupies();
        let (other_departs, other_arrives) = other.occupies();
        let overlap = arrives.min(other_arrives).micros() - departs.max(other_departs).micros();
        overlap.max(0)
    }

    /// Checks `VesselMayNotBeInTwoPlaces` against the `others` of its ship. What overlapped
    /// `before` may go on doing so, but no longer.
    ///
    /// # Errors
    ///
    /// `VesselMayNotBeInTwoPlaces`, with the first voyage that it would overlap.
    pub fn must_leave_time_for<'v>(
        &self,
        others: impl IntoIterator<Item = &'v Self>,
        before: Option<&Self>,
    ) -> Result<(), Rejection> {
        let allowed = |other: &Self| before.map_or(0, |before| before.overlap(other));
        let others = others.into_iter().filter(|other| other.id != self.id);
        let overlaps = others.filter(|other| self.overlap(other) > allowed(other));
        match overlaps.min_by_key(|other| (other.occupies(), other.number.to_string())) {
            Some(other) => Err(self.in_two_places(other).into()),
            None => Ok(()),
        }
    }

    fn in_two_places(&self, other: &Self) -> VesselMayNotBeInTwoPlaces {
        let (first, last) = other.ends();
        VesselMayNotBeInTwoPlaces::OnAnotherVoyage {
            vessel: self.vessel.name.to_string(),
            voyage: self.number.clone(),
            other: other.number.clone(),
            from: first.from.clone(),
            departs: first.departs,
            to: last.to.clone(),
            arrives: last.arrives,
        }
    }

    /// The voyage under its ship's present name. `None` if it has it already.
    #[must_use]
    pub fn renamed(&self, vessel: &Vessel) -> Option<Self> {
        let is_renamed = self.vessel.imo == vessel.imo && self.vessel.name != vessel.name;
        is_renamed.then(|| Self {
            vessel: vessel.clone(),
            ..self.clone()
        })
    }
}

/// The vessels that have sailed a voyage: the groups of voyages that depend on each other.
pub(crate) fn vessels_sailing(voyage: &Voyage) -> Vec<String> {
    vec![voyage.vessel.imo.to_string()]
}
