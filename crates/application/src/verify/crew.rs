//! Runs the parts of a check beside each other, and takes their results in order.

use super::Trouble;
use domain::log::store::StoreError;
use futures::future::{BoxFuture, join, join_all};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot::{Receiver, channel};

/// Who does the work.
#[derive(Debug, Clone, Copy)]
pub struct Crew {
    /// How many parts are checked at once. Each uses a read connection.
    pub size: usize,
    /// The number of entries, or of rows, in a part. Memory does not depend on the length of the
    /// log, but on this and on the size of the crew.
    pub part: u64,
    /// Starts a task that runs beside the caller. Without it, the caller's task does all work.
    pub spawn: Option<fn(BoxFuture<'static, ()>)>,
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

/// Runs work beside the caller, or at once if the crew cannot.
pub(super) async fn beside<T: Send + 'static>(
    crew: Crew,
    work: impl Future<Output = T> + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = channel();
    let work = async move {
        // Nobody waits for it any more.
        let _ = sender.send(work.await);
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
    let queue = Arc::new(Queue {
        work: Box::new(work),
        next: AtomicUsize::new(0),
        count,
    });
    let (sender, mut results) = unbounded_channel();
    let mut own = Vec::new();
    for _ in 0..crew.size.clamp(1, count.max(1)) {
        let worker = Box::pin(worker(Arc::clone(&queue), sender.clone()));
        match crew.spawn {
            Some(spawn) => spawn(worker),
            None => own.push(worker),
        }
    }
    drop(sender);
    let collect = async move {
        let (mut waiting, mut next) = (BTreeMap::new(), 0);
        while let Some((number, result)) = results.recv().await {
            if let Ok(result) = &result {
                arrived(result);
            }
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&next) {
                join_next(result?)?;
                next += 1;
            }
        }
        match next == count {
            true => Ok(()),
            false => Err(StoreError::unavailable("a part of the check did not end").into()),
        }
    };
    join(join_all(own), collect).await.1
}

/// Works on parts until there are none left, or nobody waits for the results any more.
async fn worker<T: Send + 'static>(
    queue: Arc<Queue<T>>,
    results: UnboundedSender<(usize, Result<T, Trouble>)>,
) {
    loop {
        let number = queue.next.fetch_add(1, Ordering::Relaxed);
        if number >= queue.count {
            return;
        }
        let result = (queue.work)(number).await;
        if results.send((number, result)).is_err() {
            return;
        }
    }
}
