//! How every change reaches the log: queue, batch, lock, load, judge, flush, commit, answer.

mod batch;
mod limits;
mod queue;
mod refusals;
mod sealing;
mod sequencer;

pub use limits::Limits;
pub(crate) use refusals::abridged;
pub use sequencer::{Pipeline, Sequencer};
