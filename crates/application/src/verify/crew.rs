//! Runs the parts of a check beside each other, and takes their results in order.

use super::Trouble;
use domain::log::store::StoreError;
use futures::future::{BoxFuture, Either, join, join_all, select};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot::{Receiver, channel};

/// How many parts, for each of the crew, are begun before the first of them is joined. Their results
/// are kept in memory.
const AHEAD: usize = 4;

/// Who does the work.
#[derive(Debug, Clone, Copy)]
pub struct Crew {
    /// How many parts are checked at once. Each uses a read connection, and the check itself
    /// [`BESIDE`](Self::BESIDE) more.
    pub size: usize,
    /// The number of entries, or of rows, in a part. Memory does not depend on the length of the
    /// log, but on this and on the size of the crew.
    pub part: u64,
    /// Starts a task that runs beside the caller. Without it, the caller's task does all work.
    pub spawn: Option<fn(BoxFuture<'static, ()>)>,
}

impl Crew {
    /// The read connections that a check uses beside those of its crew.
    pub const BESIDE: usize = 5;
}

impl Default for Crew {
    /// One part after the other. In tests, parts are short, so that there are many.
    fn default() -> Self {
        Self {
            size: 1,
            part: if cfg!(test) { 7 } else { 2_000 },
            spawn: None,
        }
    }
}

/// Runs work beside the caller, or at once if the crew cannot. It ends when nobody waits for it any
/// more.
pub(super) async fn beside<T: Send + 'static>(
    crew: Crew,
    work: impl Future<Output = T> + Send + 'static,
) -> Receiver<T> {
    let (mut sender, receiver) = channel();
    let work = async move {
        let result = match select(Box::pin(work), pin!(sender.closed())).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => return,
        };
        // The caller may have left meanwhile.
        drop(sender.send(result));
    };
    match crew.spawn {
        Some(spawn) => spawn(Box::pin(work)),
        None => work.await,
    }
    receiver
}

/// The work on one part, by its number.
type Work<T> = dyn Fn(usize) -> BoxFuture<'static, Result<T, Trouble>> + Send + Sync;

struct Queue<T> {
    work: Box<Work<T>>,
    next: AtomicUsize,
    count: usize,
    /// Room for results that wait to be joined.
    room: Semaphore,
}

/// Works on the parts `0..count`. Passes each result to `arrived` as soon as it is there, and to
/// `join` in the order of the parts.
///
/// # Errors
///
/// The first error in the order of the parts.
pub(super) async fn each<T: Send + 'static>(
    crew: Crew,
    count: usize,
    work: impl Fn(usize) -> BoxFuture<'static, Result<T, Trouble>> + Send + Sync + 'static,
    mut arrived: impl FnMut(&T),
    mut join_next: impl FnMut(T) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let size = crew.size.clamp(1, count.max(1));
    let queue = Arc::new(Queue {
        work: Box::new(work),
        next: AtomicUsize::new(0),
        count,
        room: Semaphore::new(size * AHEAD),
    });
    let (sender, mut results) = unbounded_channel();
    let mut own = Vec::new();
    for _ in 0..size {
        let worker = Box::pin(worker(Arc::clone(&queue), sender.clone()));
        match crew.spawn {
            Some(spawn) => spawn(worker),
            None => own.push(worker),
        }
    }
    drop(sender);
    let collect = async move {
        let room = Room(&queue.room);
        let (mut waiting, mut next) = (BTreeMap::new(), 0);
        while let Some((number, result)) = results.recv().await {
            if let Ok(result) = &result {
                arrived(result);
            }
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&next) {
                join_next(result?)?;
                next += 1;
                room.0.add_permits(1);
            }
        }
        match next == count {
            true => Ok(()),
            false => Err(StoreError::unavailable("a part of the check did not end").into()),
        }
    };
    join(join_all(own), collect).await.1
}

/// Room for further parts. When this is dropped, there will be none, because the results are no longer
/// joined or a part panicked, and workers stop waiting for it.
struct Room<'a>(&'a Semaphore);

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Works on parts until there are none left, or nobody waits for the results any more.
async fn worker<T: Send + 'static>(
    queue: Arc<Queue<T>>,
    results: UnboundedSender<(usize, Result<T, Trouble>)>,
) {
    loop {
        // A part has its place before its number, so the parts before it have theirs.
        match queue.room.acquire().await {
            Ok(place) => place.forget(),
            Err(_) => return,
        }
        let number = queue.next.fetch_add(1, Ordering::Relaxed);
        if number >= queue.count {
            return;
        }
        let room = Room(&queue.room);
        let result = (queue.work)(number).await;
        std::mem::forget(room);
        if results.send((number, result)).is_err() {
            return;
        }
    }
}
