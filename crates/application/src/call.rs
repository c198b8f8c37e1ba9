//! A call of an operation on its way to the log, and its reply.

use crate::caller::Caller;
use crate::catalogue::{Definition, PreparedOperation, Runnable};
use crate::lanes::Lane;
use domain::log::{Actor, Cause, Entry, Hash, Key, Refusal, RefusalKind};
use domain::{Event, Lookup, Moment, Rejection};
use uuid::Uuid;

/// One call of an operation.
pub struct Call {
    pub(crate) id: Uuid,
    pub(crate) definition: &'static Definition,
    pub(crate) operation: Box<dyn Runnable>,
    pub(crate) input: String,
    /// The input without personal fields, if it has any.
    pub(crate) impersonal: Option<String>,
    /// Secret random bytes, for the keys that become necessary.
    pub(crate) random: [u8; 32],
    pub(crate) prepared: String,
    pub(crate) prepared_at: Moment,
    pub(crate) once: Option<serde_json::Value>,
    pub(crate) caller: Caller,
    pub(crate) lane: Lane,
    pub(crate) key: Option<Key>,
    /// The fingerprint that earlier releases gave the same request: it covers personal fields.
    pub(crate) former_fingerprint: Option<Hash>,
    pub(crate) if_match: Option<IfMatch>,
    pub(crate) trace_id: Option<String>,
    pub(crate) cause: Option<Cause>,
}

/// What comes with a call besides its input.
#[derive(Debug, Default, Clone)]
pub struct Headers {
    /// The idempotency key.
    pub key: Option<String>,
    /// The version that the target must have.
    pub if_match: Option<IfMatch>,
    /// The caller's trace id.
    pub trace_id: Option<String>,
}

/// The versions that the target may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Any version, as long as the target exists.
    Any,
    /// One of these. They may include texts that are not versions at all.
    OneOf(Vec<u64>),
}

/// For the fingerprints of keys, which are stored: the text must stay as it is.
impl std::fmt::Display for IfMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::OneOf(versions) if versions.is_empty() => f.write_str("what If-Match names"),
            Self::OneOf(versions) => {
                let texts: Vec<_> = versions.iter().map(|v| format!("\"{v}\"")).collect();
                f.write_str(&texts.join(", "))
            }
        }
    }
}

impl IfMatch {
    /// The versions that it names; none if any version will do.
    #[must_use]
    pub fn versions(&self) -> &[u64] {
        match self {
            Self::Any => &[],
            Self::OneOf(versions) => versions,
        }
    }
}

impl Call {
    /// Creates a call with this id.
    #[must_use]
    pub fn new(
        id: Uuid,
        definition: &'static Definition,
        ready: PreparedOperation,
        caller: Caller,
        headers: Headers,
    ) -> Self {
        let if_match = headers.if_match.as_ref().map(ToString::to_string);
        // A secret that was not hashed equals no other one.
        let unhashed = || ready.has_secret().then(|| Hash::of(id.as_bytes()));
        let secret = ready.secret_hash.or_else(unhashed);
        let fingerprint =
            |input: &str| definition.fingerprint(input, if_match.as_deref(), secret.as_ref());
        let former_fingerprint = headers.key.as_ref().map(|_| fingerprint(&ready.input));
        let key = headers.key.map(|text| Key {
            // The fingerprint is stored. It must not let anyone check a guess about a person.
            fingerprint: fingerprint(ready.impersonal.as_ref().unwrap_or(&ready.input)),
            text,
        });
        Self {
            id,
            definition,
            operation: ready.operation,
            input: ready.input,
            impersonal: ready.impersonal,
            random: ready.random,
            prepared: ready.prepared,
            prepared_at: ready.prepared_at,
            once: ready.once,
            lane: Lane::from(&caller),
            caller,
            key,
            former_fingerprint,
            if_match: headers.if_match,
            trace_id: headers.trace_id,
            cause: None,
        }
    }

    /// A call of a reactor, which runs as a part of the system: operation number `ordinal`, from 0,
    /// of those it runs because of the entry at `position`. The pipeline applies it once, even if
    /// the reactor calls again. Calls from outside have no cause.
    #[must_use]
    pub fn reaction(
        id: Uuid,
        definition: &'static Definition,
        ready: PreparedOperation,
        reactor: &'static str,
        position: u64,
        ordinal: u32,
    ) -> Self {
        let caller = Caller::System(reactor);
        Self {
            cause: Some(Cause {
                position,
                reactor: reactor.to_owned(),
                ordinal,
            }),
            ..Self::new(id, definition, ready, caller, Headers::default())
        }
    }

    /// The same call in another lane of the queue than that of its token.
    #[must_use]
    pub fn in_lane(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }

    /// The input as refusals keep it: without personal fields, since nothing would erase them.
    pub(crate) fn refused_input(&self) -> String {
        self.impersonal.as_ref().unwrap_or(&self.input).clone()
    }

    /// The approximate number of bytes that this call will write.
    pub(crate) fn weight(&self) -> usize {
        1_000 + self.input.len() + self.prepared.len()
    }
}

/// A target in the form `kind:name`, as in the log and in refusals.
pub(crate) fn target_text(target: &Lookup) -> String {
    format!("{}:{}", target.kind, target.name)
}

/// The reply to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The operation was applied.
    Accepted(Box<Accepted>),
    /// The operation was refused. Nothing changed.
    Refused(Box<Refused>),
    /// The call could not be decided. Nothing changed unless it says otherwise.
    Failed(Failed),
}

/// An operation that was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    pub operation: String,
    /// The position in the one order.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// The user or the part of the system that ran it.
    pub actor: Actor,
    /// The outcome as JSON.
    pub outcome: String,
    /// What is returned only in the first answer, such as a secret.
    pub once: Option<serde_json::Value>,
    /// The events as a JSON list.
    pub events: String,
    /// The target as `kind:name`.
    pub target: Option<String>,
    /// The target's version after the operation.
    pub target_version: Option<u64>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

/// An operation that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// The rule and its facts. The rule is `Policy` if the caller may not run the operation.
    pub rejection: Rejection,
    /// The position of the last entry at the time of the decision.
    pub judged_at: u64,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

/// Why a call was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The caller is not authentic or not active.
    #[error("the token is unknown or revoked, or its user is suspended")]
    Unauthenticated,
    /// The key was used for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Too many calls are waiting.
    #[error("too many operations are waiting")]
    Overloaded,
    /// The database is unavailable. Nothing was applied.
    #[error("the database is not available; nothing was applied")]
    Unavailable,
    /// It is unknown whether the database committed the operation.
    #[error("the outcome is unknown; retry with the same idempotency key")]
    OutcomeUnknown,
    /// The log is too far ahead of this server's clock. Nothing was applied.
    #[error("the clock is behind the log; nothing was applied")]
    ClockBehind,
    /// The program failed on this call. Nothing was applied.
    #[error("the operation failed unexpectedly; nothing was applied")]
    Broken,
}

impl Accepted {
    /// Whether it was recorded without changing anything.
    #[must_use]
    pub fn changed_nothing(&self) -> bool {
        self.events == "[]"
    }

    /// The events. Empty, and logged, if the log has an event that this release does not know.
    #[must_use]
    pub fn happened(&self) -> Vec<Event> {
        Event::list_from_json(&self.events).unwrap_or_else(|error| {
            let position = self.position;
            tracing::warn!(position, %error, "the events of an entry cannot be read");
            Vec::new()
        })
    }
}

impl From<&Entry> for Accepted {
    fn from(entry: &Entry) -> Self {
        Self {
            operation: entry.operation.clone(),
            position: entry.position,
            recorded_at: entry.recorded_at,
            actor: entry.actor.clone(),
            outcome: entry.outcome.clone(),
            once: None,
            events: entry.events.clone(),
            target: entry.target.clone(),
            target_version: entry.target_version,
            replayed: false,
        }
    }
}

impl Refused {
    /// The name of the broken rule.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rejection.rule
    }
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self {
            kind: refusal.kind,
            rejection: refusal.rejection.clone(),
            judged_at: refusal.judged_at,
            replayed: false,
        }
    }
}

impl Reply {
    /// The same answer, marked as a repetition.
    #[must_use]
    pub(crate) fn again(&self) -> Self {
        let mut reply = self.clone();
        match &mut reply {
            Self::Accepted(accepted) => {
                accepted.replayed = true;
                accepted.once = None;
            }
            Self::Refused(refused) => refused.replayed = true,
            Self::Failed(_) => {}
        }
        reply
    }
}
