//! All carrier movements in order of departure.

use super::super::Leg;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::{Space, SpaceLimit};
use crate::voyages::{
    DangerousGoodsClasses, Voyage, VoyageId, VoyageNumber, VoyageStatus, cut_off,
};
use std::collections::{BTreeSet, HashMap};

/// All voyages in the form that a route search needs, in memory. The owner keeps it up to date.
///
/// Put voyages as they change, and settle the order after a batch of changes:
///
/// 1. [`put`](Self::put) what has changed,
/// 2. [`settle`](Self::settle),
/// 3. ask for [`routes`](Self::routes), many readers at once if need be.
///
/// Voyages are never removed. Sailed ones come before the part that a search reads, so they cost
/// nothing.
#[derive(Debug, Default)]
pub struct Timetable {
    /// The code of each location, by index.
    pub(super) locations: Vec<UnLocode>,
    location_indices: HashMap<UnLocode, usize>,
    /// The data of each voyage, by index.
    pub(super) voyages: Vec<Entry>,
    voyage_indices: HashMap<VoyageId, usize>,
    /// All departures, earliest first. Of those at the same time, the one with the last voyage
    /// number comes first, so that reading backwards meets the first number first.
    pub(super) departures: Vec<Departure>,
    /// The voyages whose departures are missing from the order, or are in it with earlier times.
    unsettled: BTreeSet<usize>,
}

/// The data of one voyage.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: VoyageNumber,
    pub(super) cut_off_hours: u16,
    pub(super) departures: Vec<Departure>,
    /// The space left within the limit line, by movement. `None` if nothing may be booked: the
    /// voyage is cancelled, or the load already exceeds the line.
    pub(super) left: Vec<Option<SpaceLimit>>,
    /// The classes of dangerous goods that it takes.
    pub(super) classes: DangerousGoodsClasses,
}

/// One carrier movement, without its load, which changes far more often than its times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Departure {
    pub(super) departs: Moment,
    pub(super) arrives: Moment,
    /// The port of departure, by index.
    pub(super) from: usize,
    /// The port of arrival, by index.
    pub(super) to: usize,
    /// The voyage, by index.
    pub(super) voyage: usize,
    /// The index of the movement in its voyage.
    pub(super) movement: usize,
    /// Whether the ship omits the call of departure.
    pub(super) from_omitted: bool,
    /// Whether the ship omits the call of arrival.
    pub(super) to_omitted: bool,
}

impl Timetable {
    /// Adds or replaces a voyage. If its times have not changed, nothing else is needed. Otherwise
    /// the order must be [settled](Self::settle) before the next search.
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
            classes: voyage.dangerous_goods_classes.clone(),
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

    /// Restores the order of departures after voyages were added or rescheduled. Does nothing after
    /// other changes. New departures are merged into the sorted ones in linear time.
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
        // These are two sorted runs, which this sort finds and merges.
        self.departures.sort_by(order);
    }

    /// Whether there is nothing to settle.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unsettled.is_empty()
    }

    /// The number of carrier movements, including past and cancelled ones.
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
                // Nothing is loaded on a ship that was reported gone, whatever the clock says.
                from_omitted: known.from_omitted || known.departed_at.is_some(),
                to_omitted: known.to_omitted,
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

    /// The leg from a departure to the arrival of the same or a later movement of the same voyage.
    pub(super) fn leg(&self, load: &Departure, unload: &Departure) -> Leg {
        let entry = &self.voyages[load.voyage];
        Leg {
            voyage: entry.number.clone(),
            load_at: self.locations[load.from].clone(),
            load_time: load.departs,
            unload_at: self.locations[unload.to].clone(),
            unload_time: unload.arrives,
            cut_off: Some(cut_off(load.departs, entry.cut_off_hours)),
            departed: false,
            voyage_cancelled: false,
            load_omitted: false,
            unload_omitted: false,
        }
    }
}
