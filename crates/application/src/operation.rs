//! The trait of operations.

pub use crate::about::{About, Who};
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::personal::PersonalFields;
use domain::ports::Chance;
use domain::repository::Failure;
use domain::{Lookup, Moment};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use validator::Validate;

/// A named intention. Its type is the input. Its file says what it means, what it changes and who
/// may run it.
///
/// The input, the prepared values, the state before and the time determine the outcome and the new
/// state. An operation reads no clock and uses no random numbers while it runs.
pub trait Operation:
    DeserializeOwned + Serialize + Validate + ToSchema + Send + Sync + 'static
{
    /// Describes the operation and who may run it.
    const ABOUT: About;
    /// Random or slow values, made before the lock is taken and logged beside the input.
    type Prepared: PreparedFor<Self>;
    /// The result for the caller.
    type Outcome: Serialize + ToSchema;

    /// Whether preparation takes so long (milliseconds) that it needs its own thread.
    const IS_SLOW: bool = false;

    /// The secret in the input, which is not logged. Under an idempotency key, an input with another
    /// secret is another request.
    fn secret(&self) -> Option<&str> {
        None
    }

    /// The fields about a person. They are logged sealed, under the key of the target, which must be
    /// named by its id.
    fn personal(&mut self) -> PersonalFields<'_> {
        PersonalFields::new()
    }

    /// The target: `If-Match` refers to it, the answer carries its version, and the log can be
    /// searched by it.
    fn target(&self, prepared: &Self::Prepared) -> Option<Lookup>;

    /// Names what else will be read, so that it is loaded in bulk. Called again after each wave of
    /// loading until it names nothing new. Anything not named here is loaded one by one, which is
    /// correct but slow.
    fn reads(&self, _prepared: &Self::Prepared, _known: &Known<'_>, _reads: &mut Reads) {}

    /// Decides and changes.
    fn run(
        &self,
        prepared: &Self::Prepared,
        uow: &mut UnitOfWork<'_>,
    ) -> impl Future<Output = Result<Self::Outcome, Failure>> + Send;
}

/// What operations of type `O` prepare before they run. Most prepare nothing.
pub trait PreparedFor<O>: Serialize + DeserializeOwned + Send + Sync + Sized {
    /// Makes the random or slow values.
    fn prepare(operation: &O, now: Moment, chance: &mut dyn Chance) -> Preparation<Self>;
}

impl<O> PreparedFor<O> for () {
    fn prepare(_: &O, _: Moment, _: &mut dyn Chance) -> Preparation<Self> {
        ().into()
    }
}

/// The values prepared for an operation.
#[derive(Debug)]
pub struct Preparation<P> {
    /// The part that is logged.
    pub prepared: P,
    /// The part that the caller gets once, in the first answer. It is not stored.
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
