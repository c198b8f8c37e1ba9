//! What an operation works on: a unit of work over a set of states. Independent of when and in
//! which order operations run.

mod judgement;
mod unit_of_work;
pub mod working_set;

pub(crate) use judgement::{Applied, NotApplied, Question};
pub use unit_of_work::UnitOfWork;
