//! The keys that one batch uses, makes and destroys.

use crate::call::Call;
use crate::upcasters::upcast;
use domain::AnyAggregate;
use domain::log::seal::{self, Subject, subject_named, subject_of};
use domain::log::store::{StoreError, Transaction};
use domain::log::{Entry, KeyChanges, SealKey};
use std::collections::HashMap;

/// The keys of one batch.
#[derive(Default)]
pub(super) struct Sealing(HashMap<Subject, Slot>);

/// A key before and after the batch, if there is one.
struct Slot {
    stored: Option<SealKey>,
    now: Option<SealKey>,
}

impl Sealing {
    /// The thing that the personal fields of a call belong to.
    fn subject(call: &Call) -> Option<Subject> {
        subject_named(call.operation.target().as_ref())
    }

    /// Loads the keys of what the calls are about.
    pub(super) async fn load_calls(
        &mut self,
        calls: &[&Call],
        tx: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        let subjects = calls.iter().filter_map(|call| Self::subject(call));
        self.load(subjects, tx).await
    }

    /// Loads keys that are not loaded yet, with one read per kind.
    pub(super) async fn load(
        &mut self,
        subjects: impl IntoIterator<Item = Subject>,
        tx: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        let subjects = subjects.into_iter();
        let missing = seal::by_kind(subjects.filter(|own| !self.0.contains_key(own)));
        for (kind, ids) in missing {
            let keys = tx.keys(kind, &ids).await?.into_iter();
            let mut keys: HashMap<_, _> = keys.collect();
            for id in ids {
                let stored = keys.remove(&id);
                let now = stored.clone();
                self.0.insert((kind, id), Slot { stored, now });
            }
        }
        Ok(())
    }

    /// The key of a thing, which gets one if it has none.
    fn key(&mut self, subject: Subject, random: &[u8; 32]) -> &SealKey {
        let slot = self.0.get_mut(&subject);
        let slot = slot.expect("the keys of all that is written are loaded");
        slot.now
            .get_or_insert_with(|| SealKey::derived(random, subject.0, subject.1))
    }

    /// A state as history keeps it. The key of a state that was erased is destroyed.
    pub(super) fn sealed_state(&mut self, state: &AnyAggregate, call: &Call) -> AnyAggregate {
        let mut state = state.clone();
        let subject = (state.kind(), state.id());
        if !state.kind().is_personal() {
            return state;
        }
        if state.is_erased() {
            if let Some(slot) = self.0.get_mut(&subject) {
                slot.now = None;
            }
            return state;
        }
        let key = self.key(subject, &call.random);
        seal::seal(key, subject, state.personal());
        state
    }

    /// The input of a call as the log keeps it.
    pub(super) fn sealed_input(&mut self, call: &Call) -> String {
        if call.impersonal.is_none() {
            return call.input.clone();
        }
        let subject = Self::subject(call);
        let subject = subject.expect("an operation with personal fields names its target by id");
        let key = self.key(subject, &call.random);
        let sealed = call.definition.rewrite(&call.input, &mut |fields| {
            seal::seal(key, subject, fields);
        });
        sealed.expect("the input was read before")
    }

    /// A recorded input with its personal fields, if these can be read.
    pub(super) fn opened_input(&self, entry: &Entry) -> Option<String> {
        let subject = subject_of(entry.target.as_deref())?;
        let key = self.0.get(&subject)?.stored.as_ref()?;
        let read = upcast(entry).ok()?;
        let mut opens = true;
        let opened = read.definition.rewrite(&read.input, &mut |fields| {
            opens = seal::open(key, subject, fields).is_ok();
        });
        opened.ok().filter(|_| opens)
    }

    /// What to do with keys when the batch commits. What it made and destroyed is never stored.
    pub(super) fn changes(&self) -> KeyChanges {
        let mut changes = KeyChanges::default();
        for ((kind, id), slot) in &self.0 {
            match (&slot.stored, &slot.now) {
                (None, Some(key)) => changes.new.push((*kind, *id, key.clone())),
                (Some(_), None) => changes.destroyed.push((*kind, *id)),
                _ => {}
            }
        }
        changes
    }
}
