//! The way of every change into the log: queue, batch, lock, load, judge, flush, commit, answer.

mod batch;
mod sequencer;
mod unit_of_work;
pub mod working_set;

pub use sequencer::{Limits, Pipeline, Sequencer};
pub use unit_of_work::UnitOfWork;
