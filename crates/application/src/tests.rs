//! Tests of operations and the pipeline on the in-memory store, without a runtime.

mod actions;
mod consumers;
mod corpus;
mod erasure;
mod examples;
mod fairness;
mod faults;
mod faulty;
mod follow;
mod idempotency;
mod inputs;
mod logged;
mod model;
mod operations;
mod pipeline;
mod reactions;
mod reasons;
mod refusals;
mod simulation;
mod verification;
pub(crate) mod world;
