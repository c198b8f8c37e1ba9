//! The only way to follow the log.
//!
//! A [`Follower`] remembers the last entry it has read by position and hash, and reads on from
//! there: every entry that any process commits, once, in order, without a gap. The hash shows when
//! the log was cut or forked behind its back.
//!
//! - A [`Tail`] shares one follower among many readers of a process, while anyone reads.
//! - A [`Checkpointed`] follower has a name, and a checkpoint in the database that moves in the
//!   transaction of the rows it writes.
//!
//! A follower that fails or panics starts again from its place, after a pause that grows with each
//! failure in a row.
//!
//! A [reaction](crate::Call::reaction) that is accepted is remembered by its cause and never applied
//! twice. A reaction that is refused leaves no trace, so a reactor that starts again tries it again
//! and may then be accepted. Reactors will park their refused reactions themselves, in the
//! transaction of their checkpoint.

mod backoff;
mod checkpointed;
mod follower;
mod stop;
mod tail;

pub use backoff::PAUSE_MAX;
pub use checkpointed::{Checkpointed, Handler, Start};
pub use follower::{CHUNK, Committed, FollowError, Follower, Standing};
pub use stop::{Stop, Stopped};
pub use tail::{Subscription, TAIL_KEPT, Tail, TailReader};

use domain::ports::Timer;
use std::any::Any;
use std::time::Duration;

/// How long a follower waits before it looks for new entries again.
pub const PAUSE: Duration = Duration::from_millis(100);

/// Receives reports about followers.
pub trait FollowerMeter: Send + Sync {
    /// Reports how many entries a follower was behind the head when it looked; 0 when it rests.
    fn lag(&self, follower: &'static str, entries: u64);

    /// Reports that a follower panicked and will start again.
    fn panicked(&self, follower: &'static str);
}

/// Discards reports.
pub struct Unmeasured;

impl FollowerMeter for Unmeasured {
    fn lag(&self, _: &'static str, _: u64) {}

    fn panicked(&self, _: &'static str) {}
}

/// Waits for this long or a stop.
async fn pause(timer: &dyn Timer, stopped: &mut Stopped, duration: Duration) {
    futures::future::select(timer.sleep(duration), std::pin::pin!(stopped.wait())).await;
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}
