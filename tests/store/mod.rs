//! The contract of store and reader, tested on every database with the same code.

mod awaited;
mod checkpoints;
mod corpus;
mod epochs;
mod follow;
mod keys;
mod lists;
mod logs;
mod past_lists;
mod progress;
mod retention;
mod samples;
mod searches;
mod setup;
mod special_cargo;
mod states;
mod transactions;
mod vessels;

use crate::support::mariadb::{MariaDb, other_server};
use application::memory::MemoryStore;
use domain::Kind;
use domain::log::reader::{Reader, Snapshot};
use domain::log::retention::Retention;
use domain::log::store::{Appended, Change, Store, StoreError, Transaction};
use domain::log::{Entry, HistoryRow, list_changes};
use infrastructure::{Database, Options};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Makes a test of `async fn name(place: &Place)` for each database.
macro_rules! on_every_database {
    ($($name:ident)+) => {
        $(mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(&$crate::store::Place::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mariadb() {
                for place in $crate::store::Place::servers().await {
                    super::$name(&place).await;
                }
            }
        })+
    };
}
use on_every_database;

/// Makes a test of `async fn name(kept: &Kept)` for each database and for the store in memory.
macro_rules! on_every_store {
    ($($name:ident)+) => {
        $(mod $name {
            use $crate::store::{Kept, Place};

            #[tokio::test]
            async fn memory() {
                super::$name(&Kept::in_memory()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(&Place::sqlite().await.kept()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mariadb() {
                for place in Place::servers().await {
                    super::$name(&place.kept()).await;
                }
            }
        })+
    };
}
use on_every_store;

/// An empty store of any kind.
pub struct Kept {
    store: Arc<dyn Store>,
    reader: Arc<dyn Reader>,
    retention: Arc<dyn Retention>,
}

impl Kept {
    fn in_memory() -> Self {
        let store = MemoryStore::default();
        Self {
            reader: Arc::new(store.clone()),
            retention: Arc::new(store.clone()),
            store: Arc::new(store),
        }
    }

    async fn snapshot(&self) -> Box<dyn Snapshot> {
        self.reader.snapshot().await.expect("a snapshot")
    }

    /// Commits the changes as one operation. Returns its entry.
    async fn commit(&self, changes: &[Change]) -> Entry {
        let mut transaction = self.store.begin().await.expect("begin");
        let entry = put(transaction.as_mut(), changes).await.expect("write");
        transaction.commit().await.expect("commit");
        entry
    }
}

/// An empty, migrated database.
pub struct Place {
    pub database: Database,
    pub url: String,
    is_sqlite: bool,
    _folder: Option<TempDir>,
}

/// A lock wait as short as MariaDB allows.
fn options() -> Options {
    Options {
        lock_wait: Some(Duration::from_secs(1)),
        ..Options::default()
    }
}

impl Place {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("plimsoll.db").display());
        Self::at(url, Some(folder)).await
    }

    async fn servers() -> Vec<Self> {
        let mut places = Vec::new();
        let url = tokio::task::spawn_blocking(|| MariaDb::shared().fresh_database());
        places.push(Self::at(url.await.expect("a database"), None).await);
        if let Some(url) = other_server() {
            places.push(Self::at(url, None).await);
        }
        places
    }

    async fn at(url: String, folder: Option<TempDir>) -> Self {
        let database = Database::connect(&url, &options()).await.expect("connect");
        let epoch = Uuid::from_u128(7);
        database.migrate(epoch).await.expect("migrate");
        Self {
            database,
            is_sqlite: folder.is_some(),
            url,
            _folder: folder,
        }
    }

    /// Another process on the same database.
    async fn again(&self) -> Database {
        Database::connect(&self.url, &options())
            .await
            .expect("connect")
    }

    fn kept(&self) -> Kept {
        Kept {
            store: self.database.store(),
            reader: self.database.reader(),
            retention: self.database.retention(),
        }
    }

    async fn begin(&self) -> Box<dyn Transaction> {
        self.database.store().begin().await.expect("begin")
    }

    async fn snapshot(&self) -> Box<dyn Snapshot> {
        self.kept().snapshot().await
    }

    /// Commits the changes as one operation. Returns its entry.
    async fn commit(&self, changes: &[Change]) -> Entry {
        self.kept().commit(changes).await
    }
}

/// Writes and appends the changes as one operation.
async fn put(transaction: &mut dyn Transaction, changes: &[Change]) -> Result<Entry, StoreError> {
    transaction.write(changes).await?;
    let entry = samples::entry(transaction.head());
    let appended = append_of(transaction, &entry, changes);
    transaction.append(&appended).await?;
    Ok(entry)
}

/// The rows to append for an entry with these changes.
fn append_of(transaction: &dyn Transaction, entry: &Entry, changes: &[Change]) -> Appended {
    let mut appended = Appended {
        entries: vec![entry.clone()],
        ..Appended::default()
    };
    for kind in Kind::ALL {
        let mut of_kind: Vec<_> = changes
            .iter()
            .filter(|change| change.new.state.kind() == *kind)
            .collect();
        of_kind.sort_by_key(|change| change.new.state.id());
        for change in &of_kind {
            let old = change.loaded.as_ref().map(|loaded| &loaded.state);
            let of_lists = list_changes(old, &change.new.state, entry.position);
            appended.list_changes.extend(of_lists);
        }
        let before = transaction.sequences().get(kind).copied().unwrap_or(0);
        for (change, sequence) in of_kind.iter().zip(before + 1..) {
            appended.sequences.insert(*kind, sequence);
            appended.history.push(HistoryRow {
                kind: *kind,
                sequence,
                id: change.new.state.id(),
                version: change.new.version,
                position: entry.position,
                recorded_at: entry.recorded_at,
                state: change.new.state.json(),
            });
        }
    }
    appended
}
