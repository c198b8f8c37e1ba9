//! [`Database`], the entry point of this crate.

use crate::connection::{Endpoint, Server, mysql};
use crate::durability::{self, DurabilityError};
use crate::log::epochs;
use crate::log::slot::Slot;
use crate::log::{DatabaseReader, DatabaseRetention, DatabaseStore, keep_alive};
use crate::migrations;
use crate::options::{ConnectError, Options};
use domain::Moment;
use domain::log::PastEpoch;
use domain::log::reader::Reader;
use domain::log::retention::Retention;
use domain::log::store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long closing waits for readers.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A database with log, history and current states. Clones share its connections.
#[derive(Clone)]
pub struct Database {
    place: Arc<Endpoint>,
    slot: Arc<Mutex<Slot>>,
    packet_bytes_max: Option<u64>,
}

impl Database {
    /// Connects to `sqlite:path`, creating the file if it is missing, or to
    /// `mysql://user:password@host:port/database` (MariaDB 10.6 or MySQL 8.0 and later).
    ///
    /// Opens the write connection at once, so that an unusable database is detected here.
    ///
    /// # Errors
    ///
    /// The URL is invalid, or the database does not answer.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, ConnectError> {
        let place = Arc::new(Endpoint::new(url, options)?);
        let session = place.open_writer().await?;
        let packet_bytes_max = match place.server() {
            Server::MySql(server) => Some(durability::packet_bytes_max(server).await?),
            Server::Sqlite(_) => None,
        };
        let slot = Arc::new(Mutex::new(Slot {
            session: Some(session),
            ..Slot::default()
        }));
        if let Server::MySql(_) = place.server() {
            tokio::spawn(keep_alive(Arc::downgrade(&slot), mysql::PING_INTERVAL));
        }
        Ok(Self {
            place,
            slot,
            packet_bytes_max,
        })
    }

    /// What keeps and counts refusals.
    #[must_use]
    pub fn retention(&self) -> Arc<dyn Retention> {
        Arc::new(DatabaseRetention::new(Arc::clone(&self.place)))
    }

    /// Migrates the schema. Repeating this changes nothing. If several processes migrate at once,
    /// one does and the others wait. `epoch` becomes the name of the log if it has none yet; pass a
    /// random value.
    ///
    /// # Errors
    ///
    /// The database fails, or another process migrates for too long.
    pub async fn migrate(&self, epoch: Uuid) -> Result<(), StoreError> {
        migrations::migrate(self.place.server(), epoch).await
    }

    /// Gives the log a new name, because a backup was put back. Keeps the old one on record, and
    /// returns it.
    ///
    /// # Errors
    ///
    /// The database fails. Then the log keeps its name, unless the answer to the commit was lost.
    pub async fn begin_epoch(&self, epoch: Uuid, now: Moment) -> Result<PastEpoch, StoreError> {
        epochs::begin(&self.place, epoch, now).await
    }

    /// Checks whether a commit to this database survives a crash. Dangerous settings are an error.
    /// Unusual ones are returned as warnings.
    ///
    /// # Errors
    ///
    /// The settings can lose commits, or cannot be read.
    pub async fn check_durability(&self) -> Result<Vec<String>, DurabilityError> {
        match self.place.server() {
            Server::MySql(server) => durability::mysql(server).await,
            Server::Sqlite(server) => durability::sqlite(server).await,
        }
    }

    /// The store that operations write to.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        let (place, slot) = (Arc::clone(&self.place), Arc::clone(&self.slot));
        Arc::new(DatabaseStore::new(place, slot))
    }

    /// The reader that queries use.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn Reader> {
        Arc::new(DatabaseReader::new(Arc::clone(&self.place)))
    }

    /// The server's maximum packet size in bytes, or `None` on SQLite, which has no packets.
    #[must_use]
    pub fn packet_bytes_max(&self) -> Option<u64> {
        self.packet_bytes_max
    }

    /// Checks that the database answers and has its tables, by reading the head.
    ///
    /// # Errors
    ///
    /// The database does not answer or has no tables.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().snapshot().await.map(drop)
    }

    /// Closes all connections, including those of clones. An SQLite file then needs no side files,
    /// unless another process has it open. Does not wait longer than a few seconds for readers.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSE_TIMEOUT, self.place.close_readers())
            .await
            .is_err()
        {
            tracing::debug!("closed while some connections were still reading");
        }
        if let Some(session) = self.slot.lock().await.session.take() {
            session.close().await;
        }
    }

    /// The number of statements that the write connections of this process have sent since it
    /// started, including begin, commit and rollback.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.place.statements()
    }
}
