//! The only way to follow the log.
//!
//! A [`Follower`] remembers the last entry it has read by position and hash, and reads on from
//! there: every entry that any process commits, once, in order, without a gap. The hash shows when
//! the log was cut or forked behind its back.
//!
//! - A [`Tail`] shares one follower among many readers of a process, while anyone reads.
//! - A [`Checkpointed`] follower has a name, and a checkpoint in the database that moves in the
//!   transaction of the rows it writes.

mod checkpointed;
mod follower;
mod stop;
mod tail;

pub use checkpointed::{Checkpointed, Handler, Start};
pub use follower::{CHUNK, Committed, FollowError, Follower, Standing};
pub use stop::{Stop, Stopped};
pub use tail::{Subscription, TAIL_KEPT, Tail, TailReader};

use domain::ports::Timer;
use std::time::Duration;

/// How long a follower waits before it looks for new entries again.
pub const PAUSE: Duration = Duration::from_millis(100);

/// Receives the lag of followers.
pub trait LagMeter: Send + Sync {
    /// Reports how many entries a follower was behind the head when it looked.
    fn lag(&self, follower: &'static str, entries: u64);
}

/// Discards reports.
pub struct Unmeasured;

impl LagMeter for Unmeasured {
    fn lag(&self, _: &'static str, _: u64) {}
}

/// Waits for [`PAUSE`] or a stop.
async fn pause(timer: &dyn Timer, stopped: &mut Stopped) {
    futures::future::select(timer.sleep(PAUSE), std::pin::pin!(stopped.wait())).await;
}
