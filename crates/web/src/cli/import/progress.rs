//! The progress of a long command, on standard error: a bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// The time between two plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// The progress of one command.
pub(in crate::cli) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    said: Instant,
}

impl Progress {
    /// Starts a display that counts `what`, for example rows.
    pub(in crate::cli) fn new(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg} {eta}");
            let style = style.expect("the template is well formed");
            ProgressBar::new(0).with_style(style).with_message(what)
        });
        Self {
            what,
            bar,
            said: Instant::now(),
        }
    }

    /// Shows that `done` of `all` are finished.
    pub(in crate::cli) fn at(&mut self, done: u64, all: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
        } else if self.said.elapsed() >= LINE_INTERVAL {
            self.said = Instant::now();
            eprintln!("{done} of {all} {}", self.what);
        }
    }

    /// Removes the bar.
    pub(in crate::cli) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
