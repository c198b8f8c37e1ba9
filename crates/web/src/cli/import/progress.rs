//! How far a long command is: a bar on a terminal, plain lines elsewhere, always on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Between two plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// The progress of one command.
pub(in crate::cli) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    said: Instant,
}

impl Progress {
    /// Of so many of these.
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

    /// So many of so many are done.
    pub(in crate::cli) fn at(&mut self, done: u64, all: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
        } else if self.said.elapsed() >= LINE_INTERVAL {
            self.said = Instant::now();
            eprintln!("{done} of {all} {}", self.what);
        }
    }

    /// Takes the bar away.
    pub(in crate::cli) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
