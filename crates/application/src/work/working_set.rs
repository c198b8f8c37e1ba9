//! The states a batch works on: loaded in bulk, changed in memory, kept for the next batch.

use domain::aggregate::Name;
use domain::log::store::{Change, Loader, StoreError};
use domain::{Aggregate, AnyAggregate, Kind, Lookup, Names, Versioned};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// An aggregate in the working set.
#[derive(Debug, Clone)]
struct Slot {
    now: Versioned<AnyAggregate>,
    /// The last batch that used it.
    used: u64,
}

/// The maximum number of states kept from one batch for the next. In tests it is small enough to be
/// exceeded often.
const KEPT_MAX: usize = if cfg!(test) { 6 } else { 8_192 };

/// The states that the operations of one batch have read and changed, in order.
#[derive(Debug, Default)]
pub struct WorkingSet {
    slots: BTreeMap<(Kind, Uuid), Slot>,
    /// The id of each natural key.
    keys: HashMap<Lookup, Uuid>,
    /// Names that are known not to exist.
    absent: HashSet<Lookup>,
    /// Changed states with their state in the database, or `None` for new ones.
    changed: BTreeMap<(Kind, Uuid), Option<Versioned<AnyAggregate>>>,
    /// The number of batches that the set has served.
    batch: u64,
}

/// Lookups that need loading.
#[derive(Debug, Default)]
pub struct Reads {
    wanted: BTreeSet<Lookup>,
}

impl Reads {
    /// Adds an aggregate that will be read.
    pub fn add<A: Aggregate>(&mut self, name: &impl Names<A>) {
        self.lookup(name.lookup());
    }

    /// Adds a lookup.
    pub fn lookup(&mut self, lookup: Lookup) {
        self.wanted.insert(lookup);
    }
}

/// What is loaded so far. Operations use it to name further reads.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a>(&'a WorkingSet);

impl<'a> Known<'a> {
    /// The state under this name, if it is loaded and exists.
    pub fn get<A: Aggregate>(&self, name: &impl Names<A>) -> Option<&'a A> {
        let found = self.0.get(&name.lookup())??;
        A::from_any(&found.state)
    }
}

impl WorkingSet {
    /// What has been loaded so far.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known(self)
    }

    /// The state under this name. The outer `None` means that it has not been looked up yet; the
    /// inner one, that it does not exist.
    #[must_use]
    pub fn get(&self, lookup: &Lookup) -> Option<Option<&Versioned<AnyAggregate>>> {
        if let Some(slot) = self.place(lookup).and_then(|place| self.slots.get(&place)) {
            return Some(Some(&slot.now));
        }
        self.absent.contains(lookup).then_some(None)
    }

    fn place(&self, lookup: &Lookup) -> Option<(Kind, Uuid)> {
        let id = match &lookup.name {
            Name::Id(id) => *id,
            Name::Key(_) => *self.keys.get(lookup)?,
        };
        Some((lookup.kind, id))
    }

    /// Loads what is wanted and missing, with one bulk read per kind. Returns whether anything was
    /// loaded.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn load<L>(&mut self, reads: Reads, loader: &mut L) -> Result<bool, StoreError>
    where
        L: Loader + ?Sized,
    {
        let mut missing: BTreeMap<Kind, (Vec<Uuid>, Vec<String>)> = BTreeMap::new();
        let mut lookups = Vec::new();
        for lookup in reads.wanted {
            if self.is_here(&lookup) {
                continue;
            }
            let (ids, keys) = missing.entry(lookup.kind).or_default();
            match &lookup.name {
                Name::Id(id) => ids.push(*id),
                Name::Key(key) => keys.push(key.clone()),
            }
            lookups.push(lookup);
        }
        for (kind, (ids, keys)) in missing {
            for found in loader.load(kind, &ids, &keys).await? {
                self.insert_loaded(found);
            }
        }
        let any = !lookups.is_empty();
        for lookup in lookups {
            if self.get(&lookup).is_none() {
                self.absent.insert(lookup);
            }
        }
        Ok(any)
    }

    /// Whether this has been looked up. Marks a found state as used.
    fn is_here(&mut self, lookup: &Lookup) -> bool {
        let place = self.place(lookup);
        match place.and_then(|place| self.slots.get_mut(&place)) {
            Some(slot) => {
                slot.used = self.batch;
                true
            }
            None => self.absent.contains(lookup),
        }
    }

    fn insert_loaded(&mut self, found: Versioned<AnyAggregate>) {
        let (kind, id) = (found.state.kind(), found.state.id());
        if let Some(key) = found.state.natural_key() {
            self.keys.insert(Lookup::key(kind, key), id);
        }
        // The batch may have changed a state that is already here. The database has the older one.
        self.slots.entry((kind, id)).or_insert(Slot {
            now: found,
            used: self.batch,
        });
    }

    /// Takes over the changes of an accepted operation.
    pub fn apply(&mut self, changed: Overlay) {
        for ((kind, id), now) in changed.0 {
            self.absent.remove(&Lookup::id(kind, id));
            if let Some(key) = now.state.natural_key() {
                let key = Lookup::key(kind, key);
                self.absent.remove(&key);
                self.keys.insert(key, id);
            }
            let used = self.batch;
            let before = self.slots.insert((kind, id), Slot { now, used });
            let before = before.map(|slot| slot.now);
            self.changed.entry((kind, id)).or_insert(before);
        }
    }

    /// The ids of the changed aggregates of a kind.
    pub fn changed(&self, kind: Kind) -> impl Iterator<Item = Uuid> {
        let places = self.changed.keys();
        places.filter_map(move |(of, id)| (*of == kind).then_some(*id))
    }

    /// The changed states.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let changed = self.changed.iter();
        changed
            .map(|(place, loaded)| Change {
                loaded: loaded.clone(),
                new: self.slots[place].now.clone(),
            })
            .collect()
    }

    /// The same states for the next batch, now that the database has them. Absent names are
    /// dropped, because anyone can ask for any number of names. If there are too many states, only
    /// those used by this batch are kept.
    #[must_use]
    pub fn committed(mut self) -> Self {
        self.changed.clear();
        if self.slots.len() > KEPT_MAX {
            self.slots.retain(|_, slot| slot.used == self.batch);
            self.keys
                .retain(|key, id| self.slots.contains_key(&(key.kind, *id)));
        }
        self.absent.clear();
        self.batch += 1;
        self
    }
}

/// The changes of one operation so far, by kind and id. Dropped if the operation is refused.
#[derive(Debug, Default)]
pub struct Overlay(pub(crate) BTreeMap<(Kind, Uuid), Versioned<AnyAggregate>>);

impl Overlay {
    /// The ids of the changed aggregates of a kind.
    pub fn ids(&self, kind: Kind) -> impl Iterator<Item = Uuid> {
        let places = self.0.keys();
        places.filter_map(move |(of, id)| (*of == kind).then_some(*id))
    }

    /// The changed state under this name.
    #[must_use]
    pub fn get(&self, lookup: &Lookup) -> Option<&Versioned<AnyAggregate>> {
        match &lookup.name {
            Name::Id(id) => self.0.get(&(lookup.kind, *id)),
            Name::Key(key) => self.0.iter().find_map(|((kind, _), changed)| {
                (*kind == lookup.kind && changed.state.natural_key() == Some(key))
                    .then_some(changed)
            }),
        }
    }
}
