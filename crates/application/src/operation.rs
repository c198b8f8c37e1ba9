//! What an operation is.

pub use crate::about::{About, Who};
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::ports::Chance;
use domain::repository::Failure;
use domain::{Lookup, Moment};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use validator::Validate;

/// A named intention. Its type is the input; the file it stands in says what it means, what it
/// changes and who may run it.
///
/// Given the input, what was prepared, the state before and the time, outcome and new state
/// follow: an operation reads no clock and rolls no dice while it runs.
pub trait Operation:
    DeserializeOwned + Serialize + Validate + ToSchema + Send + Sync + 'static
{
    /// What it means and who may run it.
    const ABOUT: About;
    /// What is random or slow and therefore made before the lock is taken; logged beside the input.
    type Prepared: PreparedFor<Self>;
    /// What the caller is told.
    type Outcome: Serialize + ToSchema;

    /// Whether preparing takes so long (milliseconds of work) that it may hold up nobody else.
    const IS_SLOW: bool = false;

    /// What the operation is aimed at: what `If-Match` speaks of, whose version the answer
    /// carries, and what the log is searched by.
    fn target(&self, prepared: &Self::Prepared) -> Option<Lookup>;

    /// Names what else will be read, so that it is loaded in bulk. Asked again after each wave of
    /// loading, until it names nothing new. What is not named here is loaded one by one: right,
    /// but slow.
    fn reads(&self, _prepared: &Self::Prepared, _known: &Known<'_>, _reads: &mut Reads) {}

    /// Decides and changes.
    fn run(
        &self,
        prepared: &Self::Prepared,
        uow: &mut UnitOfWork<'_>,
    ) -> impl Future<Output = Result<Self::Outcome, Failure>> + Send;
}

/// What operations of type `O` need made before they run; nothing for most.
pub trait PreparedFor<O>: Serialize + DeserializeOwned + Send + Sync + Sized {
    /// Makes what is random or slow.
    fn prepare(operation: &O, now: Moment, chance: &mut dyn Chance) -> Preparation<Self>;
}

impl<O> PreparedFor<O> for () {
    fn prepare(_: &O, _: Moment, _: &mut dyn Chance) -> Preparation<Self> {
        ().into()
    }
}

/// What was prepared for an operation.
#[derive(Debug)]
pub struct Preparation<P> {
    /// The part that is logged.
    pub prepared: P,
    /// The part that is told to the caller once, in the first answer, and kept nowhere.
    pub once: Option<serde_json::Value>,
}

impl<P> From<P> for Preparation<P> {
    fn from(prepared: P) -> Self {
        Self {
            prepared,
            once: None,
        }
    }
}
