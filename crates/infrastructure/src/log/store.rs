//! The store: begins the one write transaction, and settles commits whose answer was lost.

use super::reading;
use super::rows::{operations, refusals};
use super::slot::Slot;
use super::transaction::WriteTransaction;
use crate::connection::Endpoint;
use crate::errors::{orm_error, store_error};
use crate::session::Session;
use async_trait::async_trait;
use domain::causes::WithCauses;
use domain::log::Head;
use domain::log::store::{CommitMarker, Store, StoreError, Transaction};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;

/// How many times to try for the head lock while settling a commit. Each try waits as long as
/// usual.
const SETTLE_TRIES: u32 = 8;

/// The store on a database.
pub(crate) struct DatabaseStore {
    place: Arc<Endpoint>,
    slot: Arc<Mutex<Slot>>,
}

impl DatabaseStore {
    /// Creates a store that writes through the connection in `slot`.
    pub(crate) fn new(place: Arc<Endpoint>, slot: Arc<Mutex<Slot>>) -> Self {
        Self { place, slot }
    }
}

/// Takes the head lock and reads the head.
async fn lock(session: &Session) -> Result<Head, StoreError> {
    if session.is_sqlite() {
        let begun = session.command("BEGIN IMMEDIATE").await;
        begun.map_err(|error| store_error(&error))?;
    }
    reading::head(session, true).await
}

/// Ends any open transaction, so that the connection can be used again. Returns `None` if that
/// fails. The connection is then closed, which ends the transaction too.
async fn recovered(session: Session) -> Option<Session> {
    let is_of_use = !session.is_broken() && session.command("ROLLBACK").await.is_ok();
    is_of_use.then_some(session)
}

#[async_trait]
impl Store for DatabaseStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let mut slot = Arc::clone(&self.slot).lock_owned().await;
        loop {
            let (session, is_used) = match slot.session.take() {
                Some(session) => (session, true),
                None => (self.place.open_writer().await?, false),
            };
            self.place.before_writing(&session).await;
            slot.remove_remains(&self.place, &session).await;
            let locked = match lock(&session).await {
                Ok(head) => match &slot.last {
                    Some((hash, sequences)) if *hash == head.hash => Ok((head, sequences.clone())),
                    _ => reading::sequences(&session).await.map(|read| (head, read)),
                },
                Err(error) => Err(error),
            };
            match locked {
                Ok((head, sequences)) => {
                    let transaction = WriteTransaction::new(
                        session,
                        slot,
                        Arc::clone(&self.place),
                        head,
                        sequences,
                    );
                    return Ok(Box::new(transaction));
                }
                // The connection died while it was idle. A new one may work.
                Err(_) if is_used && session.is_broken() => {}
                Err(error) => {
                    slot.session = recovered(session).await;
                    return Err(error);
                }
            }
        }
    }

    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError> {
        let session = self.place.open_writer().await?;
        if let Some(connection) = connection
            && !session.is_sqlite()
        {
            end(&session, connection).await?;
        }
        let mut tries = 1;
        loop {
            match lock(&session).await {
                Ok(_) => break,
                Err(StoreError::Retry(_)) if tries < SETTLE_TRIES && !session.is_broken() => {
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
        let found = match written {
            CommitMarker::Operation(id) => {
                let by_id = operations::Column::Id.eq(id);
                operations::Entity::find()
                    .filter(by_id)
                    .count(&session)
                    .await
            }
            CommitMarker::Refusal(id) => {
                let by_id = refusals::Column::Id.eq(id);
                refusals::Entity::find().filter(by_id).count(&session).await
            }
        };
        let found = found.map_err(|error| orm_error(&error))?;
        // Whether or not this works, closing the connection frees the lock.
        let _ = session.command("ROLLBACK").await;
        session.close().await;
        Ok(found == 1)
    }
}

/// Ends another connection of the same database user. A connection that is already gone is fine.
async fn end(session: &Session, connection: u64) -> Result<(), StoreError> {
    if session.connection_id == Some(connection) {
        // The server has restarted and numbers its connections from the beginning.
        return Ok(());
    }
    let Err(error) = session.command(&format!("KILL {connection}")).await else {
        return Ok(());
    };
    let number = match &error {
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .map(sqlx::mysql::MySqlDatabaseError::number),
        _ => None,
    };
    match number {
        // No such connection, or it belongs to another user and is not the one we meant.
        Some(1094 | 1095) => Ok(()),
        _ => Err(store_error(&error)),
    }
}

/// Pings the write connection while no transaction is open. The server closes silent write
/// connections quickly, so this makes it close only frozen ones. Returns when the database is
/// dropped.
pub(crate) async fn keep_alive(slot: Weak<Mutex<Slot>>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        let Some(slot) = slot.upgrade() else {
            return;
        };
        let Ok(mut slot) = slot.try_lock() else {
            continue;
        };
        if let Some(session) = slot.session.take() {
            match session.ping().await {
                Ok(()) => slot.session = Some(session),
                Err(error) => {
                    let error = WithCauses(&error);
                    tracing::info!(%error, "lost the idle write connection");
                }
            }
        }
    }
}
