//! All carrier movements in the order of departure.

use super::super::Leg;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use crate::voyages::{Voyage, VoyageId, VoyageNumber, VoyageStatus};
use std::collections::{BTreeSet, HashMap};

/// All voyages, as a search for routes needs them: in memory, kept current by its owner.
///
/// Voyages are put as they change, and the order is settled after a batch of them:
///
/// 1. [`put`](Self::put) what has changed,
/// 2. [`settle`](Self::settle),
/// 3. ask for [`routes`](Self::routes), many readers at once if need be.
///
/// Voyages are never taken out: what has sailed lies before the part that a search reads, and
/// costs it nothing.
#[derive(Debug, Default)]
pub struct Timetable {
    /// By index: the location's name.
    pub(super) locations: Vec<UnLocode>,
    location_indices: HashMap<UnLocode, usize>,
    /// By index: what is held of a voyage.
    pub(super) voyages: Vec<Entry>,
    voyage_indices: HashMap<VoyageId, usize>,
    /// All departures, the earliest first. Of those at the same time the one with the last voyage
    /// number comes first, so that reading backwards meets the first number first.
    pub(super) departures: Vec<Departure>,
    /// The voyages whose departures are not in the order, or are there with former times.
    unsettled: BTreeSet<usize>,
}

/// What is held of one voyage.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: VoyageNumber,
    pub(super) cut_off_hours: u16,
    pub(super) departures: Vec<Departure>,
    /// What is left beneath the limit line, by movement. `None` where nothing may be booked at
    /// all: the voyage is cancelled, or the load is above the line already.
    pub(super) left: Vec<Option<Space>>,
}

/// One carrier movement, less its load, which changes far more often than its times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Departure {
    pub(super) departs: Moment,
    pub(super) arrives: Moment,
    /// Where it departs, by index of location.
    pub(super) from: usize,
    /// Where it arrives.
    pub(super) to: usize,
    /// By index of voyage.
    pub(super) voyage: usize,
    /// Which movement of the voyage it is.
    pub(super) movement: usize,
}

impl Timetable {
    /// Adds a voyage, or replaces what was known of it. Where its times are as before, that is
    /// all. Otherwise the order has to be [settled](Self::settle) before the next search.
    pub fn put(&mut self, voyage: &Voyage) {
        let new = self.voyages.len();
        let index = *self.voyage_indices.entry(voyage.id).or_insert(new);
        let limit = (voyage.status == VoyageStatus::Scheduled).then(|| voyage.limit());
        let left = |load: Space| {
            let limit = limit.filter(|limit| load.fits(*limit))?;
            Some(load.left_to(limit))
        };
        let movements = voyage.movements.iter();
        let entry = Entry {
            number: voyage.number.clone(),
            cut_off_hours: voyage.cut_off_hours,
            departures: self.departures_of(voyage, index),
            left: movements.map(|movement| left(movement.load)).collect(),
        };
        match self.voyages.get_mut(index) {
            Some(known) => {
                if known.departures != entry.departures {
                    self.unsettled.insert(index);
                }
                *known = entry;
            }
            None => {
                self.unsettled.insert(index);
                self.voyages.push(entry);
            }
        }
    }

    /// Restores the order of departures after voyages were added or rescheduled; nothing to do
    /// after other changes. What is new is merged into what is sorted already, in linear time.
    pub fn settle(&mut self) {
        if self.is_settled() {
            return;
        }
        let unsettled = std::mem::take(&mut self.unsettled);
        self.departures
            .retain(|departure| !unsettled.contains(&departure.voyage));
        let voyages = &self.voyages;
        let mut new: Vec<Departure> = unsettled
            .iter()
            .flat_map(|index| &voyages[*index].departures)
            .copied()
            .collect();
        let order = |a: &Departure, b: &Departure| {
            let numbers = || voyages[b.voyage].number.cmp(&voyages[a.voyage].number);
            a.departs.cmp(&b.departs).then_with(numbers)
        };
        new.sort_by(order);
        self.departures.append(&mut new);
        // Two sorted runs, which this sort finds and merges.
        self.departures.sort_by(order);
    }

    /// Whether there is nothing to settle.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unsettled.is_empty()
    }

    /// How many carrier movements it holds, the past and the cancelled included.
    #[must_use]
    pub fn movements(&self) -> usize {
        self.voyages.iter().map(|entry| entry.left.len()).sum()
    }

    fn departures_of(&mut self, voyage: &Voyage, index: usize) -> Vec<Departure> {
        let movements = voyage.movements.iter().enumerate();
        movements
            .map(|(movement, known)| Departure {
                departs: known.departs,
                arrives: known.arrives,
                from: self.index_of(&known.from),
                to: self.index_of(&known.to),
                voyage: index,
                movement,
            })
            .collect()
    }

    fn index_of(&mut self, location: &UnLocode) -> usize {
        if let Some(index) = self.location(location) {
            return index;
        }
        let index = self.locations.len();
        self.locations.push(location.clone());
        self.location_indices.insert(location.clone(), index);
        index
    }

    /// The index of a location, if any voyage calls there.
    pub(super) fn location(&self, location: &UnLocode) -> Option<usize> {
        self.location_indices.get(location).copied()
    }

    /// The leg between a departure and the arrival of a later one of the same voyage, or of the
    /// same one.
    pub(super) fn leg(&self, load: &Departure, unload: &Departure) -> Leg {
        Leg {
            voyage: self.voyages[load.voyage].number.clone(),
            load_at: self.locations[load.from].clone(),
            load_time: load.departs,
            unload_at: self.locations[unload.to].clone(),
            unload_time: unload.arrives,
            voyage_cancelled: false,
        }
    }
}
