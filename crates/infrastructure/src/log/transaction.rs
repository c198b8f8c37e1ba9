//! The one write transaction.

use super::remembered::{reactions, remembered};
use super::rows::{history, list_changes, operations, refusals};
use super::slot::Slot;
use super::{epochs, keys, tree};
use crate::aggregates;
use crate::bulk::{self, Shape};
use crate::columns::signed;
use crate::connection::Endpoint;
use crate::errors::{Meaning, meaning, store_error};
use crate::session::Session;
use async_trait::async_trait;
use domain::list::AnyFilter;
use domain::log::store::{
    Appended, Change, CommitError, Loader, Remembered, StoreError, Transaction,
};
use domain::log::{Actor, Cause, Entry, Hash, Head, SealKey};
use domain::{AnyAggregate, Kind, Moment, Versioned};
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// A write transaction that holds the head lock and owns its connection. An explicit end gives the
/// connection back. If it is dropped without one, the connection is closed and the server rolls
/// back.
pub(super) struct WriteTransaction {
    session: Session,
    slot: OwnedMutexGuard<Slot>,
    place: Arc<Endpoint>,
    head: Head,
    sequences: BTreeMap<Kind, u64>,
    /// The head's hash after the commit, if entries were appended.
    new_hash: Option<Hash>,
    /// Whether it destroys keys.
    destroys: bool,
}

impl WriteTransaction {
    /// Wraps a session that has just taken the lock.
    pub(super) fn new(
        session: Session,
        slot: OwnedMutexGuard<Slot>,
        place: Arc<Endpoint>,
        head: Head,
        sequences: BTreeMap<Kind, u64>,
    ) -> Self {
        Self {
            session,
            slot,
            place,
            head,
            sequences,
            new_hash: None,
            destroys: false,
        }
    }

    /// The connection of this transaction.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Moves the head from its known position to the last entry. Nobody else can have moved it, but
    /// we still check that exactly one row matches.
    async fn move_head(&self, last: &Entry) -> Result<(), StoreError> {
        let text = self
            .session
            .texts
            .get(Shape::Special("move"), "log_head", 1, || {
                "UPDATE `log_head` SET `position` = ?, `recorded_at` = ?, `hash` = ? \
                 WHERE `id` = 1 AND `position` = ?"
                    .to_owned()
            });
        let values = vec![
            signed(last.position)?.into(),
            last.recorded_at.to_chrono().into(),
            last.hash.0.to_vec().into(),
            signed(self.head.position)?.into(),
        ];
        match self.session.execute(text, values).await? {
            1 => Ok(()),
            found => Err(StoreError::data(format!(
                "updated {found} heads instead of one, from position {}",
                self.head.position
            ))),
        }
    }

    /// Sets the last sequences of all kinds in one statement.
    async fn move_counters(&self, sequences: &BTreeMap<Kind, u64>) -> Result<(), StoreError> {
        let kinds = sequences.len();
        if kinds == 0 {
            return Ok(());
        }
        let text = self
            .session
            .texts
            .get(Shape::Special("move"), "counters", kinds, || {
                format!(
                    "UPDATE `counters` SET `last_sequence` = CASE `kind` {}END \
                     WHERE `kind` IN ({})",
                    "WHEN ? THEN ? ".repeat(kinds),
                    bulk::marks(kinds)
                )
            });
        let mut values: Vec<Value> = Vec::with_capacity(kinds * 3);
        for (kind, sequence) in sequences {
            values.push(kind.word().into());
            values.push(signed(*sequence)?.into());
        }
        values.extend(sequences.keys().map(|kind| Value::from(kind.word())));
        match self.session.execute(text, values).await? {
            found if found == kinds as u64 => Ok(()),
            found => Err(StoreError::data(format!(
                "updated {found} counters instead of {kinds}"
            ))),
        }
    }
}

#[async_trait]
impl Loader for WriteTransaction {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        aggregates::load(&self.session, kind, ids, keys).await
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        aggregates::ids(&self.session, filter).await
    }
}

#[async_trait]
impl Transaction for WriteTransaction {
    fn head(&self) -> &Head {
        &self.head
    }

    fn sequences(&self) -> &BTreeMap<Kind, u64> {
        &self.sequences
    }

    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        rejections_since: Moment,
    ) -> Result<Vec<Remembered>, StoreError> {
        remembered(&self.session, keys, rejections_since).await
    }

    async fn reactions(&mut self, causes: &[Cause]) -> Result<Vec<Entry>, StoreError> {
        reactions(&self.session, causes).await
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        keys::keys(&self.session, kind, ids).await
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        aggregates::write(&self.session, changes).await
    }

    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError> {
        if !batch.keys.is_empty() {
            keys::change(&self.session, &batch.keys).await?;
            self.destroys |= !batch.keys.destroyed.is_empty();
        }
        epochs::write(&self.session, &batch.past_epochs).await?;
        let rows: Result<Vec<_>, _> = batch.refusals.iter().map(refusals::row).collect();
        bulk::insert::<refusals::Entity>(&self.session, rows?).await?;
        let Some(last) = batch.entries.last() else {
            return Ok(());
        };
        let rows: Result<Vec<_>, _> = batch.entries.iter().map(operations::row).collect();
        bulk::insert::<operations::Entity>(&self.session, rows?).await?;
        let rows: Result<Vec<_>, _> = batch.history.iter().map(history::row).collect();
        bulk::insert::<history::Entity>(&self.session, rows?).await?;
        let rows: Result<Vec<_>, _> = batch.list_changes.iter().map(list_changes::row).collect();
        bulk::insert::<list_changes::Entity>(&self.session, rows?).await?;
        tree::extend(&self.session, &batch.entries).await?;
        self.move_counters(&batch.sequences).await?;
        self.move_head(last).await?;
        self.sequences
            .extend(batch.sequences.iter().map(|(kind, last)| (*kind, *last)));
        self.new_hash = Some(last.hash);
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<(), CommitError> {
        // Also if it stays unknown whether this commits.
        if self.destroys {
            self.slot.has_remains = true;
            self.slot.removal_failed_at = None;
        }
        let Err(error) = self.session.command("COMMIT").await else {
            if let Some(hash) = self.new_hash {
                self.slot.last = Some((hash, self.sequences));
            }
            if self.destroys {
                // Tried again before later transactions if readers prevent it now.
                self.slot.remove_remains(&self.place, &self.session).await;
            }
            self.slot.session = Some(self.session);
            return Ok(());
        };
        // Only errors that are known to leave nothing behind count as failures. Everything else,
        // including a server that stops in the middle of the commit, is settled by looking.
        if meaning(&error) == Meaning::Retry || meaning(&error) == Meaning::Data {
            let failed = store_error(&error);
            self.rollback().await;
            return Err(CommitError::Failed(failed));
        }
        Err(CommitError::Unknown {
            connection: self.session.connection_id,
            source: store_error(&error),
        })
    }

    async fn rollback(mut self: Box<Self>) {
        if !self.session.is_broken() && self.session.command("ROLLBACK").await.is_ok() {
            self.slot.session = Some(self.session);
        }
    }
}
