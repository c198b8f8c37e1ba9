//! The way of every change into the log: queue, batch, lock, load, judge, flush, commit, answer.

mod batch;
mod sequencer;

pub use sequencer::{Limits, Pipeline, Sequencer};
