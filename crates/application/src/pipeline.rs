//! How every change reaches the log: queue, batch, lock, load, judge, flush, commit, answer.

mod batch;
mod queue;
mod sequencer;

pub use sequencer::{Limits, Pipeline, Sequencer};
