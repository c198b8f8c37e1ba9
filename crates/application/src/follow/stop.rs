//! Stops followers of the log.

use tokio::sync::watch;

/// Stops the followers that hold its [`Stopped`]. Dropping it stops them too.
pub struct Stop(watch::Sender<bool>);

/// The follower's end of a [`Stop`].
#[derive(Clone)]
pub struct Stopped(watch::Receiver<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// Returns the end to give to a follower.
    #[must_use]
    pub fn stopped(&self) -> Stopped {
        Stopped(self.0.subscribe())
    }

    /// Stops the followers.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stopped {
    pub(super) fn is_now(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Completes when it is time to stop.
    pub(super) async fn wait(&mut self) {
        // An error means that the `Stop` was dropped.
        drop(self.0.wait_for(|is_stopped| *is_stopped).await);
    }
}
