//! The reference's answers about ships.

use super::ask::imo;
use super::reference::{Reference, Rule, Time, Voyage, require};

/// How long one ship would be on both voyages at once.
fn overlap(one: &Voyage, other: &Voyage) -> Time {
    let times = |voyage: &Voyage| {
        let sailings = voyage.sailings();
        let first = sailings.first().map(|own| own.departs);
        let last = sailings.last().map(|own| own.arrives);
        (first.unwrap_or(0), last.unwrap_or(0))
    };
    let ((departs, arrives), (other_departs, other_arrives)) = (times(one), times(other));
    match one.ship == other.ship && !one.is_cancelled && !other.is_cancelled {
        true => (arrives.min(other_arrives) - departs.max(other_departs)).max(0),
        false => 0,
    }
}

impl Reference {
    /// Registers the ship of a voyage unless it is known.
    pub(super) fn know_ship(&mut self, voyage: usize) -> Option<String> {
        let ship = self.voyages[voyage].ship;
        let is_new = self.ships.insert(ship);
        is_new.then(|| format!("VesselRegistered {}", imo(ship)))
    }

    /// Checks `VesselMayNotBeInTwoPlaces`. An overlap that was there before may stay.
    pub(super) fn must_be_in_one_place(
        &self,
        voyage: usize,
        before: Option<&Voyage>,
    ) -> Result<(), Rule> {
        let own = &self.voyages[voyage];
        let others = self
            .voyages
            .iter()
            .filter(|other| other.number != own.number);
        for other in others {
            let allowed = before.map_or(0, |before| overlap(before, other));
            require(overlap(own, other) <= allowed, "VesselMayNotBeInTwoPlaces")?;
        }
        Ok(())
    }
}
