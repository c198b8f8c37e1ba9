//! Operations and the pipeline on the store in memory, without a runtime.

mod faults;
mod idempotency;
mod operations;
mod pipeline;
mod verification;
mod world;
