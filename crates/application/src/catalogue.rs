//! The list of all operations. A new one is one line in the list of its subdomain.

use crate::input::{self, InputError};
use crate::operation::{About, Operation, PreparedFor};
use crate::secret_hash::secret_hash;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::log::Hash;
use domain::personal::PersonalFields;
use domain::ports::Chance;
use domain::repository::Failure;
use domain::{Lookup, Moment};
use futures::future::BoxFuture;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

/// An operation, without its type.
pub struct Definition {
    /// How the operation describes itself.
    pub about: &'static About,
    /// Whether reading an input takes so long that it needs its own thread.
    pub is_slow: bool,
    read: fn(&[u8], Moment, &mut dyn Chance) -> Result<PreparedOperation, InputError>,
    check: fn(&[u8]) -> Result<(), InputError>,
    replay: fn(&str, &str) -> Replayed,
    rewrite: fn(&str, &mut Rewrite<'_>) -> Result<String, serde_json::Error>,
    pub input_schema: fn() -> RefOr<Schema>,
    pub outcome_schema: fn() -> RefOr<Schema>,
    /// Adds the schemas that the input and the outcome refer to, by name.
    pub schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
}

type Replayed = Result<Box<dyn Runnable>, serde_json::Error>;
/// A change of the personal fields of an input.
type Rewrite<'a> = dyn FnMut(PersonalFields<'_>) + 'a;

/// Lists the definitions of operation types.
macro_rules! operations {
    ($($operation:ty),+ $(,)?) => {
        const OPERATIONS: &[crate::catalogue::Definition] =
            &[$(crate::catalogue::Definition::of::<$operation>()),+];
    };
}
pub(crate) use operations;

/// Every operation, by subdomain.
pub fn catalogue() -> impl Iterator<Item = &'static Definition> {
    crate::ROOMS.iter().flat_map(|room| room.operations)
}

/// The operation with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Definition> {
    catalogue().find(|definition| definition.about.name == name)
}

/// An operation that has been read and prepared.
pub struct PreparedOperation {
    pub(crate) operation: Box<dyn Runnable>,
    /// The input as canonical JSON (RFC 8785), without secret fields.
    pub(crate) input: String,
    /// The same without personal fields, if it has any.
    pub(crate) impersonal: Option<String>,
    pub(crate) prepared: String,
    /// When it was prepared. It is not recorded earlier, so that no id is newer than its entry.
    pub(crate) prepared_at: Moment,
    pub(crate) once: Option<serde_json::Value>,
    /// Secret random bytes, for the keys that become necessary.
    pub(crate) random: [u8; 32],
    /// What stands for the secret of the input in the fingerprint of its key.
    pub(crate) secret_hash: Option<Hash>,
}

impl PreparedOperation {
    /// Whether the input has a secret, which a call with a key needs hashed.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.operation.secret().is_some()
    }

    /// Hashes the secret of the input for the fingerprint of this key. It deliberately takes as long
    /// as hashing a password, because the fingerprint is stored.
    #[must_use]
    pub fn with_secret_hashed(mut self, key: &str, epoch: Uuid) -> Self {
        let secret = self.operation.secret();
        self.secret_hash = secret.map(|secret| secret_hash(secret, key, epoch));
        self
    }

    /// The target of the operation.
    #[must_use]
    pub fn target(&self) -> Option<Lookup> {
        self.operation.target()
    }
}

impl Definition {
    /// The definition of an operation type.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self {
            about: &O::ABOUT,
            is_slow: O::IS_SLOW,
            read: read::<O>,
            check: |json| input::read::<O>(json).map(drop),
            replay: replay::<O>,
            rewrite: rewrite::<O>,
            input_schema: O::schema,
            outcome_schema: <O::Outcome as utoipa::PartialSchema>::schema,
            schemas: |schemas| {
                <O as utoipa::ToSchema>::schemas(schemas);
                <O::Outcome as utoipa::ToSchema>::schemas(schemas);
            },
        }
    }

    /// Reads an input and prepares the operation.
    ///
    /// # Errors
    ///
    /// The input is not JSON or does not match the schema.
    pub fn read(
        &self,
        json: &[u8],
        now: Moment,
        chance: &mut dyn Chance,
    ) -> Result<PreparedOperation, InputError> {
        (self.read)(json, now, chance)
    }

    /// Checks whether an input can be read. Prepares nothing, so it is never slow.
    ///
    /// # Errors
    ///
    /// The input is not JSON or does not match the schema.
    pub fn check(&self, json: &[u8]) -> Result<(), InputError> {
        (self.check)(json)
    }

    /// Reads an operation as it was recorded.
    pub(crate) fn replay(&self, input: &str, prepared: &str) -> Replayed {
        (self.replay)(input, prepared)
    }

    /// Changes the personal fields of a recorded input.
    pub(crate) fn rewrite(
        &self,
        input: &str,
        change: &mut Rewrite<'_>,
    ) -> Result<String, serde_json::Error> {
        (self.rewrite)(input, change)
    }

    /// What an idempotency key stands for: this operation, this input with its secret, and this
    /// `If-Match`.
    pub(crate) fn fingerprint(
        &self,
        input: &str,
        if_match: Option<&str>,
        secret: Option<&Hash>,
    ) -> Hash {
        let parts = [self.about.name, input, if_match.unwrap_or("")];
        let mut bytes = Vec::with_capacity(input.len() + 64);
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        if let Some(Hash(secret)) = secret {
            bytes.extend_from_slice(secret);
        }
        Hash::of(&bytes)
    }
}

fn read<O: Operation>(
    json: &[u8],
    now: Moment,
    chance: &mut dyn Chance,
) -> Result<PreparedOperation, InputError> {
    let mut operation: O = input::read(json)?;
    let preparation = O::Prepared::prepare(&operation, now, chance);
    let input = canonical(&operation);
    let is_personal = !operation.personal().is_empty();
    let impersonal = is_personal.then(|| {
        let forget = &mut |fields: PersonalFields<'_>| {
            fields.into_iter().for_each(|(_, field)| field.erase());
        };
        rewrite::<O>(&input, forget).expect("what was written can be read")
    });
    let prepared = serde_json::to_string(&preparation.prepared);
    let mut random = [0; 32];
    chance.fill(&mut random);
    Ok(PreparedOperation {
        input,
        impersonal,
        random,
        prepared: prepared.expect("what is prepared can be written"),
        prepared_at: now,
        once: preparation.once,
        secret_hash: None,
        operation: Box::new(Typed {
            operation,
            prepared: preparation.prepared,
        }),
    })
}

fn canonical<O: Operation>(operation: &O) -> String {
    let written = serde_json_canonicalizer::to_string(operation);
    written.expect("what was read from JSON can be written")
}

fn rewrite<O: Operation>(
    input: &str,
    change: &mut Rewrite<'_>,
) -> Result<String, serde_json::Error> {
    let mut operation: O = serde_json::from_str(input)?;
    change(operation.personal());
    Ok(canonical(&operation))
}

fn replay<O: Operation>(input: &str, prepared: &str) -> Replayed {
    Ok(Box::new(Typed::<O> {
        operation: serde_json::from_str(input)?,
        prepared: serde_json::from_str(prepared)?,
    }))
}

struct Typed<O: Operation> {
    operation: O,
    prepared: O::Prepared,
}

/// An operation that prepares nothing, ready to be judged.
pub(crate) fn ready<O: Operation<Prepared = ()>>(operation: O) -> Box<dyn Runnable> {
    Box::new(Typed {
        operation,
        prepared: (),
    })
}

/// An operation that is ready to run, without its type.
pub(crate) trait Runnable: Send + Sync {
    fn secret(&self) -> Option<&str>;
    fn target(&self) -> Option<Lookup>;
    fn reads(&self, known: &Known<'_>, reads: &mut Reads);
    /// Runs the operation. Returns the outcome as JSON.
    fn run<'a>(&'a self, uow: &'a mut UnitOfWork<'_>) -> BoxFuture<'a, Result<String, Failure>>;
}

impl<O: Operation> Runnable for Typed<O> {
    fn secret(&self) -> Option<&str> {
        self.operation.secret()
    }

    fn target(&self) -> Option<Lookup> {
        self.operation.target(&self.prepared)
    }

    fn reads(&self, known: &Known<'_>, reads: &mut Reads) {
        if let Some(target) = self.target() {
            reads.lookup(target);
        }
        self.operation.reads(&self.prepared, known, reads);
    }

    fn run<'a>(&'a self, uow: &'a mut UnitOfWork<'_>) -> BoxFuture<'a, Result<String, Failure>> {
        Box::pin(async move {
            let outcome = self.operation.run(&self.prepared, uow).await?;
            Ok(serde_json::to_string(&outcome).expect("an outcome can be written"))
        })
    }
}
