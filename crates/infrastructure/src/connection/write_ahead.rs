//! Keeps the write-ahead log of SQLite short. SQLite begins it anew only in a moment in which nobody
//! reads from it. Reads that always overlap leave no such moment, and it would grow for ever.

use crate::session::Session;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A log of this size is begun anew, even if writers must wait a little. Larger than SQLite's
/// `journal_size_limit`, to which it shrinks then.
const BYTES_MAX: u64 = 96 << 20;
/// How long writers wait for the readers at each of two steps. Reads that take longer let it fail.
const WAIT: Duration = Duration::from_millis(100);

/// The write-ahead log of a database file.
pub(super) struct WriteAhead {
    file: PathBuf,
    bytes_max: u64,
    /// The size at which it is tried next.
    next: AtomicU64,
}

impl WriteAhead {
    /// The log of this database file.
    pub(super) fn of(database: &Path) -> Self {
        Self::with_limit(database, BYTES_MAX)
    }

    fn with_limit(database: &Path, bytes_max: u64) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self {
            file: file.into(),
            bytes_max,
            next: AtomicU64::new(bytes_max),
        }
    }

    /// Begins the log anew if it is long. If readers prevent that, it is tried again once the log
    /// has grown by a third more, so that writers seldom wait in vain. The session must be outside a
    /// transaction, and waits for locks as long as `lock_wait` afterwards.
    pub(super) async fn shorten(&self, session: &Session, lock_wait: Duration) {
        if !self.is_due() {
            return;
        }
        self.checkpoint("RESTART", session, lock_wait).await;
    }

    /// Empties the log, which has every page as it was before and after each change. Returns whether
    /// that worked; readers prevent it. The session must be outside a transaction, and waits for
    /// locks as long as `lock_wait` afterwards.
    pub(super) async fn empty(&self, session: &Session, lock_wait: Duration) -> bool {
        self.checkpoint("TRUNCATE", session, lock_wait).await;
        self.size() == 0
    }

    async fn checkpoint(&self, mode: &str, session: &Session, lock_wait: Duration) {
        let wait = |time: Duration| format!("PRAGMA busy_timeout = {}", time.as_millis());
        let shorten = format!("{}; PRAGMA wal_checkpoint({mode})", wait(WAIT));
        let shortened = session.command(&shorten).await;
        // Also after a failure, or the connection would give up locks too early from then on.
        let restored = session.command(&wait(lock_wait)).await;
        if let Err(error) = shortened.and(restored) {
            tracing::warn!(%error, "failed to shorten the write-ahead log; trying later");
        }
    }

    fn size(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |file| file.len())
    }

    fn is_due(&self) -> bool {
        let size = self.size();
        if size < self.bytes_max {
            self.next.store(self.bytes_max, Ordering::Relaxed);
            return false;
        }
        let is_due = size >= self.next.load(Ordering::Relaxed);
        if is_due {
            self.next
                .store(size + self.bytes_max / 3, Ordering::Relaxed);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Endpoint;
    use crate::options::Options;

    /// Together they are 12 MiB.
    const WRITES: usize = 400;

    #[tokio::test]
    async fn reads_that_overlap_do_not_let_the_log_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let url = format!("sqlite:{}", file.display());
        let place = Endpoint::new(&url, &Options::default()).unwrap();
        let log = WriteAhead::with_limit(&file, 1 << 20);
        let writer = place.open_writer().await.unwrap();
        let run = async |session: &Session, sql: &str| session.command(sql).await.unwrap();
        run(&writer, "PRAGMA journal_size_limit = 524288").await;
        run(&writer, "PRAGMA wal_autocheckpoint = 10").await;
        run(&writer, "CREATE TABLE a (b BLOB)").await;
        let open = async |place: &Endpoint| {
            let opened = place.open_reader().await;
            let reader = opened.map_err(|(error, _)| error).unwrap();
            run(&reader, "SELECT count(*) FROM a").await;
            reader
        };
        // Each snapshot ends only after the next has begun.
        let reads = async {
            let mut reader = open(&place).await;
            loop {
                let next = open(&place).await;
                drop(std::mem::replace(&mut reader, next));
            }
        };
        let mut largest = 0;
        let writes = async {
            for _ in 0..WRITES {
                log.shorten(&writer, Duration::from_secs(1)).await;
                run(&writer, "INSERT INTO a VALUES (zeroblob(32768))").await;
                largest = largest.max(std::fs::metadata(&log.file).unwrap().len());
            }
        };
        tokio::select! {
            () = writes => {}
            () = reads => unreachable!("it reads for ever"),
        }
        assert!(largest < 5 << 20, "{largest} bytes");
    }
}
