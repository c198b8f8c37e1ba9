//! The states a batch works on: loaded in bulk, changed in memory.

use domain::aggregate::Name;
use domain::log::store::{Change, Loader, StoreError};
use domain::{Aggregate, AnyAggregate, Kind, Lookup, Names, Versioned};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// An aggregate in the working set.
#[derive(Debug, Clone)]
struct Slot {
    /// The version in the database; `None` for one that the batch added.
    loaded: Option<u64>,
    now: Versioned<AnyAggregate>,
}

/// The states that the operations of one batch have read and changed, in order.
#[derive(Debug, Default)]
pub struct WorkingSet {
    slots: BTreeMap<(Kind, Uuid), Slot>,
    /// Natural keys, with `None` for what is known not to exist.
    keys: HashMap<(Kind, String), Option<Uuid>>,
    /// Ids known not to exist.
    absent: BTreeSet<(Kind, Uuid)>,
}

/// What lookups need loading.
#[derive(Debug, Default)]
pub struct Reads {
    wanted: BTreeSet<Lookup>,
}

impl Reads {
    /// Names an aggregate that will be read.
    pub fn add<A: Aggregate>(&mut self, name: &impl Names<A>) {
        self.lookup(name.lookup());
    }

    /// The same, without the type.
    pub fn lookup(&mut self, lookup: Lookup) {
        self.wanted.insert(lookup);
    }
}

/// What has been loaded so far, for operations to name what follows from it.
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

    /// The state under this name: outer `None` when it has not been looked for yet, inner when
    /// it does not exist.
    #[must_use]
    pub fn get(&self, lookup: &Lookup) -> Option<Option<&Versioned<AnyAggregate>>> {
        let id = match &lookup.name {
            Name::Id(id) => *id,
            Name::Key(key) => match self.keys.get(&(lookup.kind, key.clone()))? {
                Some(id) => *id,
                None => return Some(None),
            },
        };
        match self.slots.get(&(lookup.kind, id)) {
            Some(slot) => Some(Some(&slot.now)),
            None if self.absent.contains(&(lookup.kind, id)) => Some(None),
            None => None,
        }
    }

    /// Loads what is wanted and not there yet, in one bulk read per kind. Answers whether there
    /// was anything to load.
    pub async fn load<L>(&mut self, reads: Reads, loader: &mut L) -> Result<bool, StoreError>
    where
        L: Loader + ?Sized,
    {
        let mut missing: BTreeMap<Kind, (Vec<Uuid>, Vec<String>)> = BTreeMap::new();
        for lookup in reads.wanted {
            if self.get(&lookup).is_none() {
                let (ids, keys) = missing.entry(lookup.kind).or_default();
                match lookup.name {
                    Name::Id(id) => ids.push(id),
                    Name::Key(key) => keys.push(key),
                }
            }
        }
        let any = !missing.is_empty();
        for (kind, (ids, keys)) in missing {
            for found in loader.load(kind, &ids, &keys).await? {
                self.insert_loaded(found);
            }
            for id in ids {
                if !self.slots.contains_key(&(kind, id)) {
                    self.absent.insert((kind, id));
                }
            }
            for key in keys {
                self.keys.entry((kind, key)).or_insert(None);
            }
        }
        Ok(any)
    }

    fn insert_loaded(&mut self, found: Versioned<AnyAggregate>) {
        let (kind, id) = (found.state.kind(), found.state.id());
        if let Some(key) = found.state.natural_key() {
            self.keys.insert((kind, key.to_owned()), Some(id));
        }
        // What is here already may have been changed by the batch; the database has the older one.
        self.slots.entry((kind, id)).or_insert(Slot {
            loaded: Some(found.version),
            now: found,
        });
    }

    /// Takes over what an accepted operation changed.
    pub fn apply(&mut self, changed: Overlay) {
        for ((kind, id), now) in changed.0 {
            if let Some(key) = now.state.natural_key() {
                self.keys.insert((kind, key.to_owned()), Some(id));
            }
            self.absent.remove(&(kind, id));
            self.slots
                .entry((kind, id))
                .and_modify(|slot| slot.now = now.clone())
                .or_insert(Slot { loaded: None, now });
        }
    }

    /// What differs from the database.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.slots
            .values()
            .filter(|slot| slot.loaded != Some(slot.now.version))
            .map(|slot| Change {
                loaded: slot.loaded,
                new: slot.now.clone(),
            })
            .collect()
    }
}

/// What one operation has changed so far, by kind and id: dropped when it is refused.
#[derive(Debug, Default)]
pub struct Overlay(pub(crate) BTreeMap<(Kind, Uuid), Versioned<AnyAggregate>>);

impl Overlay {
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
