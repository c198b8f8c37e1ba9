//! [`Database`]: the way in.

use crate::connection::{Endpoint, Server, mysql};
use crate::durability::{self, DurabilityError};
use crate::log::store::Slot;
use crate::log::{DatabaseReader, DatabaseStore, keep_alive};
use crate::migrations;
use domain::log::reader::Reader;
use domain::log::store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long readers are waited for when all is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How a database is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a writer waits for the lock another one holds before it is told to try again.
    /// Without a value 5 s on MariaDB and MySQL (which know whole seconds only), 30 s on SQLite.
    pub lock_wait: Option<Duration>,
    /// How long one statement may take on MariaDB and MySQL before the connection is given up,
    /// so that a server that is gone without a word is noticed. Longer than `lock_wait`.
    pub statement_timeout: Duration,
    /// Most connections to read on, of which each snapshot takes one.
    pub read_connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_wait: None,
            statement_timeout: Duration::from_secs(30),
            read_connections: 8,
        }
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL names no database this program knows.
    #[error("invalid database URL: {0}")]
    Url(String),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A database with log, history and current states. Clones share its connections.
#[derive(Clone)]
pub struct Database {
    place: Arc<Endpoint>,
    slot: Arc<Mutex<Slot>>,
    packet_bytes_max: Option<u64>,
}

impl Database {
    /// Connects to `sqlite:path`, a file that is created when there is none, or to
    /// `mysql://user:password@host:port/database` (MariaDB 10.6 or MySQL 8.0 and later).
    ///
    /// Opens the write connection, so that a database that cannot be used shows now.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, ConnectError> {
        let place = Arc::new(Endpoint::new(url, options)?);
        let session = place.open_writer().await?;
        let packet_bytes_max = match place.server() {
            Server::MySql(server) => Some(durability::packet_bytes_max(server).await?),
            Server::Sqlite(_) => None,
        };
        let slot = Arc::new(Mutex::new(Slot {
            session: Some(session),
            last: None,
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

    /// Brings the tables up to date. Doing it again changes nothing; of several processes that
    /// do it at once, one does and the others wait. `epoch` becomes the name of the log if there
    /// is none yet; it should be random.
    pub async fn migrate(&self, epoch: Uuid) -> Result<(), StoreError> {
        migrations::migrate(self.place.server(), epoch).await
    }

    /// Looks whether a commit of this database survives a crash. What endangers it is an error;
    /// what is merely unusual comes back as sentences to warn with.
    pub async fn check_durability(&self) -> Result<Vec<String>, DurabilityError> {
        match self.place.server() {
            Server::MySql(server) => durability::mysql(server).await,
            Server::Sqlite(server) => durability::sqlite(server).await,
        }
    }

    /// Where operations write.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        let (place, slot) = (Arc::clone(&self.place), Arc::clone(&self.slot));
        Arc::new(DatabaseStore::new(place, slot))
    }

    /// Where queries read.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn Reader> {
        Arc::new(DatabaseReader::new(Arc::clone(&self.place)))
    }

    /// The most bytes the server takes in one packet; `None` on SQLite, which has no packets.
    #[must_use]
    pub fn packet_bytes_max(&self) -> Option<u64> {
        self.packet_bytes_max
    }

    /// Whether the database answers and has its tables: reads the head on a read connection.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().snapshot().await.map(drop)
    }

    /// Closes all connections, those of clones too: an SQLite file is whole by itself then, if no
    /// other process has it open. What reads for longer than a few seconds is not waited for.
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

    /// How many statements the write connections of this process have sent since the start;
    /// begin, commit and rollback count too.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.place.statements()
    }
}
