//! [`Checkpointed`]: a named follower that keeps its place in the database.

use super::backoff::Backoff;
use super::{
    CHUNK, Committed, FollowError, Follower, FollowerMeter, Stopped, panic_message, pause,
};
use async_trait::async_trait;
use domain::causes::WithCauses;
use domain::log::Bookmark;
use domain::log::reader::Reader;
use domain::log::store::{CommitError, Store, StoreError, StoreFault, Transaction};
use domain::ports::Timer;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Handles the entries of a follower in two steps: one that may take long and holds no lock, and
/// one that only writes.
#[async_trait]
pub trait Handler: Send {
    /// What handling makes and the transaction writes.
    type Work: Send;

    /// Handles entries, in order, without a lock or a snapshot. If its work does not commit, the
    /// same entries come again, so what it does outside the database must be harmless twice.
    ///
    /// # Errors
    ///
    /// If the store fails.
    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError>;

    /// Writes the work in the transaction that moves the checkpoint. All writers wait meanwhile, so
    /// it must do nothing else.
    ///
    /// # Errors
    ///
    /// If the store fails.
    async fn write(
        &mut self,
        work: Self::Work,
        transaction: &mut dyn Transaction,
    ) -> Result<(), StoreError>;
}

/// Where a follower without a checkpoint starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// After this position; 0 for the first entry.
    After(u64),
    /// After the last entry of the log.
    Head,
}

/// A named follower with a checkpoint.
pub struct Checkpointed<H> {
    name: &'static str,
    start: Start,
    store: Arc<dyn Store>,
    reader: Arc<dyn Reader>,
    meter: Arc<dyn FollowerMeter>,
    handler: H,
    /// `None` if the checkpoint must be read first.
    follower: Option<Follower>,
    /// The last position that is known to be handled.
    position: u64,
}

impl<H: Handler> Checkpointed<H> {
    /// A follower with this name. If several processes run one, each entry is handled by one of
    /// them.
    #[must_use]
    pub fn new(
        name: &'static str,
        start: Start,
        store: Arc<dyn Store>,
        reader: Arc<dyn Reader>,
        meter: Arc<dyn FollowerMeter>,
        handler: H,
    ) -> Self {
        Self {
            name,
            start,
            store,
            reader,
            meter,
            handler,
            follower: None,
            position: 0,
        }
    }

    /// Handles entries until it is time to stop, and finishes the step it is in. It reads entries
    /// only after it has handled the ones before, so a slow handler does not fill the memory. If the
    /// store fails or the handler panics, it tries again from its checkpoint after a pause.
    ///
    /// # Errors
    ///
    /// If the log was cut or forked, or has a gap.
    pub async fn run(
        mut self,
        timer: Arc<dyn Timer>,
        mut stopped: Stopped,
    ) -> Result<(), FollowError> {
        let mut backoff = Backoff::default();
        while !stopped.is_now() {
            match AssertUnwindSafe(self.step()).catch_unwind().await {
                Ok(Ok(handled)) => {
                    backoff.succeeded();
                    if handled > 0 {
                        continue;
                    }
                }
                Ok(Err(FollowError::Store(error))) => {
                    let (follower, position) = (self.name, self.position);
                    let error = WithCauses(&error);
                    tracing::warn!(follower, position, %error, "a follower of the log failed; retrying");
                    backoff.failed();
                }
                Ok(Err(error)) => {
                    let (follower, position) = (self.name, self.position);
                    tracing::error!(follower, position, %error, "a follower of the log has stopped");
                    return Err(error);
                }
                Err(panic) => {
                    let (follower, position) = (self.name, self.position);
                    let panic = panic_message(panic.as_ref());
                    tracing::error!(follower, position, panic, "a follower of the log panicked");
                    self.meter.panicked(follower);
                    backoff.failed();
                }
            }
            pause(timer.as_ref(), &mut stopped, backoff.pause()).await;
        }
        Ok(())
    }

    /// Handles the next entries in one transaction, and returns their number.
    ///
    /// # Errors
    ///
    /// If the log was cut or forked, has a gap, or the store fails. Nothing was handled then, unless
    /// only the answer to the commit was lost. The next step finds out.
    pub async fn step(&mut self) -> Result<usize, FollowError> {
        // Taken, so that the checkpoint is read again after a failure.
        let mut follower = match self.follower.take() {
            Some(follower) => follower,
            None => Follower::new(self.checkpoint().await?),
        };
        let from = follower.at();
        self.position = from.position;
        let mut snapshot = self.reader.snapshot().await?;
        let lag = snapshot.head().position.saturating_sub(from.position);
        self.meter.lag(self.name, lag);
        let committed = follower.read(snapshot.as_mut(), CHUNK).await?;
        drop(snapshot);
        if !committed.is_empty() {
            let work = self.handler.handle(&committed).await?;
            if !self.write(work, from, follower.at()).await? {
                return Ok(0);
            }
        }
        self.follower = Some(follower);
        Ok(committed.len())
    }

    /// Reads the checkpoint, or makes the first one.
    async fn checkpoint(&self) -> Result<Bookmark, FollowError> {
        let start = match self.start {
            Start::Head => None,
            Start::After(position) => {
                let mut snapshot = self.reader.snapshot().await?;
                Some(Follower::after(position, snapshot.as_mut()).await?.at())
            }
        };
        let mut transaction = self.store.begin().await?;
        if let Some(found) = transaction.checkpoint(self.name).await? {
            transaction.rollback().await;
            return Ok(found);
        }
        let start = start.unwrap_or_else(|| transaction.head().into());
        transaction.move_checkpoint(self.name, None, start).await?;
        transaction.commit().await.map_err(broken)?;
        Ok(start)
    }

    /// Whether this wrote the work. If not, another process was faster.
    async fn write(
        &mut self,
        work: H::Work,
        from: Bookmark,
        to: Bookmark,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let written = async {
            if transaction.checkpoint(self.name).await? != Some(from) {
                return Ok(false);
            }
            self.handler.write(work, transaction.as_mut()).await?;
            let moved = transaction.move_checkpoint(self.name, Some(from), to);
            moved.await.map(|()| true)
        };
        match written.await {
            Ok(true) => transaction.commit().await.map_err(broken).map(|()| true),
            other => {
                transaction.rollback().await;
                other
            }
        }
    }
}

/// The error of a commit. If its outcome is unknown, the checkpoint will show it.
fn broken(error: CommitError) -> StoreError {
    match error {
        CommitError::Failed(error) => error,
        unknown @ CommitError::Unknown { .. } => {
            let fault = StoreFault::new("a checkpoint may not have moved");
            StoreError::Unavailable(fault.because(unknown))
        }
    }
}
