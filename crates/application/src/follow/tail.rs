//! [`Tail`]: new entries of the log for many readers of one process.

use super::backoff::Backoff;
use super::{
    CHUNK, Committed, FollowError, Follower, FollowerMeter, PAUSE, Stop, Stopped, panic_message,
    pause,
};
use domain::causes::WithCauses;
use domain::log::Bookmark;
use domain::log::reader::Reader;
use domain::ports::Timer;
use futures::FutureExt;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, watch};

/// The number of items kept for subscribers. A subscription that falls further behind ends, and its
/// reader subscribes again.
pub const TAIL_KEPT: usize = 4_096;

/// New entries of the log for many subscribers. Each gets a view of every entry.
pub struct Tail<T> {
    shared: Arc<Shared<T>>,
    stop: Stop,
}

/// Reads the log for all subscribers, while there are any.
pub struct TailReader<T> {
    name: &'static str,
    shared: Arc<Shared<T>>,
    timer: Arc<dyn Timer>,
    meter: Arc<dyn FollowerMeter>,
    stopped: Stopped,
    /// The last position read for subscribers.
    position: u64,
}

struct Shared<T> {
    reader: Arc<dyn Reader>,
    view: fn(Committed) -> T,
    /// `None` once stopped.
    channel: Mutex<Option<Channel<T>>>,
    /// Notified of every subscription.
    wanted: Notify,
}

struct Channel<T> {
    items: broadcast::Sender<Item<T>>,
    /// Whether every entry committed from now on will be sent.
    has_begun: watch::Sender<bool>,
}

struct Item<T> {
    at: Bookmark,
    view: Arc<T>,
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Self {
        Self {
            at: self.at,
            view: Arc::clone(&self.view),
        }
    }
}

impl<T> Channel<T> {
    fn open() -> Self {
        Self {
            items: broadcast::Sender::new(TAIL_KEPT),
            has_begun: watch::Sender::new(false),
        }
    }
}

impl<T> Shared<T> {
    fn channel(&self) -> MutexGuard<'_, Option<Channel<T>>> {
        self.channel.lock().expect("no holder of this lock panics")
    }

    fn item(&self, committed: Committed) -> Item<T> {
        Item {
            at: (&committed.entry).into(),
            view: Arc::new((self.view)(committed)),
        }
    }
}

impl<T: Send + Sync + 'static> Tail<T> {
    /// A tail that reports its lag under `name`, and its reader. Run the reader in a task of its
    /// own.
    #[must_use]
    pub fn new(
        name: &'static str,
        reader: Arc<dyn Reader>,
        view: fn(Committed) -> T,
        timer: Arc<dyn Timer>,
        meter: Arc<dyn FollowerMeter>,
    ) -> (Self, TailReader<T>) {
        let stop = Stop::default();
        let shared = Arc::new(Shared {
            reader,
            view,
            channel: Mutex::new(Some(Channel::open())),
            wanted: Notify::new(),
        });
        let tail_reader = TailReader {
            name,
            shared: Arc::clone(&shared),
            timer,
            meter,
            stopped: stop.stopped(),
            position: 0,
        };
        (Self { shared, stop }, tail_reader)
    }

    /// Subscribes to the entries after a position; `None` if the tail is stopped.
    ///
    /// # Errors
    ///
    /// If the log ends before the position, or the store fails.
    pub async fn subscribe(&self, after: u64) -> Result<Option<Subscription<T>>, FollowError> {
        let mut snapshot = self.shared.reader.snapshot().await?;
        let follower = Follower::after(after, snapshot.as_mut()).await?;
        drop(snapshot);
        let subscribed = self.shared.channel().as_ref().map(|channel| Subscription {
            shared: Arc::clone(&self.shared),
            items: channel.items.subscribe(),
            has_begun: channel.has_begun.subscribe(),
            follower,
            read: VecDeque::new(),
            is_behind: true,
        });
        self.shared.wanted.notify_one();
        Ok(subscribed)
    }

    /// Ends all subscriptions and the reader.
    pub fn stop(&self) {
        self.shared.channel().take();
        self.stop.stop();
    }
}

impl<T: Send + Sync + 'static> TailReader<T> {
    /// Reads until the tail is stopped or dropped. It reads nothing while nobody subscribes. After a
    /// panic, subscribers have to subscribe again.
    pub async fn run(mut self) {
        let mut backoff = Backoff::default();
        while !self.stopped.is_now() {
            if !self.is_wanted() {
                let wanted = pin!(self.shared.wanted.notified());
                futures::future::select(wanted, pin!(self.stopped.wait())).await;
                continue;
            }
            let followed = AssertUnwindSafe(self.follow(&mut backoff))
                .catch_unwind()
                .await;
            self.meter.lag(self.name, 0);
            let Err(panic) = followed else {
                continue;
            };
            let (follower, position) = (self.name, self.position);
            let panic = panic_message(panic.as_ref());
            tracing::error!(follower, position, panic, "a follower of the log panicked");
            self.meter.panicked(follower);
            self.start_again();
            backoff.failed();
            pause(self.timer.as_ref(), &mut self.stopped, backoff.pause()).await;
        }
    }

    /// Ends all subscriptions, so that they subscribe again.
    fn start_again(&self) {
        if let Some(channel) = self.shared.channel().as_mut() {
            *channel = Channel::open();
        }
    }

    fn is_wanted(&self) -> bool {
        let channel = self.shared.channel();
        let channel = channel.as_ref();
        channel.is_some_and(|channel| channel.items.receiver_count() > 0)
    }

    /// Sends the entries committed from now on, until the last subscriber leaves.
    async fn follow(&mut self, backoff: &mut Backoff) {
        let mut follower = None;
        loop {
            let may_be_more = match self.news(&mut follower).await {
                Ok(items) => {
                    backoff.succeeded();
                    self.send(items)
                }
                Err(FollowError::Store(error)) => {
                    let (follower, position) = (self.name, self.position);
                    let error = WithCauses(&error);
                    tracing::warn!(follower, position, %error, "reading the log failed; retrying");
                    backoff.failed();
                    false
                }
                Err(error) => {
                    let (follower, position) = (self.name, self.position);
                    tracing::error!(
                        follower,
                        position,
                        %error,
                        "the log was cut or forked; subscriptions ended"
                    );
                    self.start_again();
                    return;
                }
            };
            if !may_be_more {
                let length = backoff.pause().max(PAUSE);
                pause(self.timer.as_ref(), &mut self.stopped, length).await;
            }
            if self.stopped.is_now() || self.rests() {
                return;
            }
        }
    }

    /// The entries since the last call. The first call returns none: subscribers read earlier
    /// entries for themselves.
    async fn news(&mut self, follower: &mut Option<Follower>) -> Result<Vec<Item<T>>, FollowError> {
        let mut snapshot = self.shared.reader.snapshot().await?;
        let head = snapshot.head().into();
        let follower = follower.get_or_insert_with(|| Follower::new(head));
        let lag = head.position.saturating_sub(follower.at().position);
        self.position = follower.at().position;
        self.meter.lag(self.name, lag);
        let committed = follower.read(snapshot.as_mut(), CHUNK).await?;
        Ok(committed
            .into_iter()
            .map(|committed| self.shared.item(committed))
            .collect())
    }

    /// Sends items, and returns whether there may be more already.
    fn send(&self, items: Vec<Item<T>>) -> bool {
        let may_be_more = items.len() as u64 == CHUNK;
        if let Some(channel) = self.shared.channel().as_ref() {
            channel.has_begun.send_replace(true);
            for item in items {
                // This fails if there are no subscribers, who then miss nothing.
                drop(channel.items.send(item));
            }
        }
        may_be_more
    }

    /// Whether the last subscriber has left. The lock keeps new ones out meanwhile.
    fn rests(&self) -> bool {
        let channel = self.shared.channel();
        let Some(channel) = channel.as_ref() else {
            return true;
        };
        let rests = channel.items.receiver_count() == 0;
        if rests {
            channel.has_begun.send_replace(false);
        }
        rests
    }
}

/// A reader of a tail. It sees every entry once, in order, without a gap.
pub struct Subscription<T> {
    shared: Arc<Shared<T>>,
    items: broadcast::Receiver<Item<T>>,
    has_begun: watch::Receiver<bool>,
    follower: Follower,
    read: VecDeque<Arc<T>>,
    /// Whether there may be entries that the tail has not sent to this subscription.
    is_behind: bool,
}

impl<T> Subscription<T> {
    /// The next entry; `None` if the subscription was too slow, the log was cut or forked, the
    /// store fails, or the tail is stopped. The reader may subscribe again after the last position
    /// it saw. Cancelling this future loses nothing.
    pub async fn next(&mut self) -> Option<Arc<T>> {
        loop {
            if let Some(view) = self.read.pop_front() {
                return Some(view);
            }
            if self.is_behind {
                // Reads what was committed before that; the rest will be sent.
                self.has_begun.wait_for(|has_begun| *has_begun).await.ok()?;
                if let Err(error) = self.catch_up().await {
                    let (position, error) = (self.follower.at().position, WithCauses(&error));
                    tracing::warn!(position, %error, "a subscription to the log ends");
                    return None;
                }
                continue;
            }
            let item = match self.items.recv().await {
                Ok(item) => item,
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            };
            let next = self.follower.at().position + 1;
            if item.at.position > next {
                self.is_behind = true;
            } else if item.at.position == next {
                self.follower = Follower::new(item.at);
                return Some(item.view);
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), FollowError> {
        let mut snapshot = self.shared.reader.snapshot().await?;
        let missed = self.follower.read(snapshot.as_mut(), CHUNK).await?;
        self.is_behind = !missed.is_empty();
        let missed = missed
            .into_iter()
            .map(|missed| self.shared.item(missed).view);
        self.read.extend(missed);
        Ok(())
    }
}
