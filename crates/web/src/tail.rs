//! The tail of the log: one task reads what any process has committed and tells all who follow.

use crate::limits::{TAIL_CHUNK, TAIL_KEPT, TAIL_PAUSE};
use application::queries::{ChangeView, Queries};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

/// The tail of the log of one process. Its task runs while anybody follows.
pub struct Tail {
    queries: Queries,
    task: Arc<Mutex<Task>>,
}

enum Task {
    Idle,
    Running(JoinHandle<()>, Told),
    Stopped,
}

/// What the task tells those who follow.
#[derive(Clone)]
struct Told {
    changes: broadcast::Sender<Arc<ChangeView>>,
    /// Whether all that is committed from now on will be among them.
    has_begun: watch::Sender<bool>,
}

impl Tail {
    /// A tail that nobody follows yet.
    #[must_use]
    pub fn new(queries: Queries) -> Self {
        Self {
            queries,
            task: Arc::new(Mutex::new(Task::Idle)),
        }
    }

    /// Follows the log from a position on; `None` when the server is stopping.
    #[must_use]
    pub fn follow(&self, next: u64) -> Option<Follower> {
        let mut task = self.task.lock().expect("no holder of this lock panics");
        let (receiver, has_begun) = match &*task {
            Task::Stopped => return None,
            Task::Running(running, told) if !running.is_finished() => {
                (told.changes.subscribe(), told.has_begun.subscribe())
            }
            Task::Running(..) | Task::Idle => {
                let (changes, receiver) = broadcast::channel(TAIL_KEPT);
                let (has_begun, begun) = watch::channel(false);
                let told = Told { changes, has_begun };
                let reading = read(self.queries.clone(), told.clone(), Arc::clone(&self.task));
                *task = Task::Running(tokio::spawn(reading), told);
                (receiver, begun)
            }
        };
        Some(Follower {
            queries: self.queries.clone(),
            receiver,
            has_begun,
            next,
            read: VecDeque::new(),
            is_behind: true,
        })
    }

    /// Ends all following, so that connections can close.
    pub fn stop(&self) {
        let mut task = self.task.lock().expect("no holder of this lock panics");
        if let Task::Running(reading, _) = std::mem::replace(&mut *task, Task::Stopped) {
            reading.abort();
        }
    }
}

/// Reads what is new, again and again, until nobody follows any more.
async fn read(queries: Queries, told: Told, task: Arc<Mutex<Task>>) {
    let mut next = None;
    loop {
        match news(&queries, next).await {
            Ok((position, changes)) => {
                next = Some(position);
                told.has_begun.send_replace(true);
                for change in changes {
                    // With nobody there it is not sent, and the end is near.
                    drop(told.changes.send(Arc::new(change)));
                }
            }
            Err(error) => tracing::warn!(%error, "failed to read the log; retrying"),
        }
        tokio::time::sleep(TAIL_PAUSE).await;
        // Nobody begins to follow while the lock is held.
        let mut task = task.lock().expect("no holder of this lock panics");
        if told.changes.receiver_count() == 0 {
            if let Task::Running(..) = &*task {
                *task = Task::Idle;
            }
            return;
        }
    }
}

/// The next position to read, and what came before it. The first time there is only the
/// position: followers read for themselves what they missed.
async fn news(
    queries: &Queries,
    next: Option<u64>,
) -> Result<(u64, Vec<ChangeView>), domain::log::store::StoreError> {
    let Some(next) = next else {
        return Ok((queries.position().await? + 1, Vec::new()));
    };
    let changes = queries.changes(next, TAIL_CHUNK).await?;
    let last = changes.last().map_or(next, |change| change.position + 1);
    Ok((last, changes))
}

/// One who follows. Sees every entry once, in order, without a gap.
pub struct Follower {
    queries: Queries,
    receiver: broadcast::Receiver<Arc<ChangeView>>,
    has_begun: watch::Receiver<bool>,
    next: u64,
    read: VecDeque<Arc<ChangeView>>,
    /// Whether there may be entries that were committed before following began.
    is_behind: bool,
}

impl Follower {
    /// The next entry; `None` when this follower was too slow, the database fails, or the server
    /// stops. It may come again with the last position it saw.
    pub async fn next(&mut self) -> Option<Arc<ChangeView>> {
        loop {
            if let Some(change) = self.read.pop_front() {
                self.next = change.position + 1;
                return Some(change);
            }
            if self.is_behind {
                // What is committed before that is read here, what comes later is told.
                self.has_begun.wait_for(|has_begun| *has_begun).await.ok()?;
                let missed = self.queries.changes(self.next, TAIL_CHUNK).await.ok()?;
                self.is_behind = !missed.is_empty();
                self.read.extend(missed.into_iter().map(Arc::new));
                continue;
            }
            match self.receiver.recv().await {
                Ok(change) if change.position < self.next => {}
                Ok(change) if change.position == self.next => self.read.push_back(change),
                Ok(_) => self.is_behind = true,
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            }
        }
    }
}
