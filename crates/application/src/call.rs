//! A call of an operation, on its way to the log, and what comes back.

use crate::catalogue::{Definition, PreparedOperation, Runnable};
use domain::access::TokenHash;
use domain::log::{Actor, Entry, Key, Refusal, RefusalKind};
use domain::{Event, Lookup, Moment};
use uuid::Uuid;

/// Who calls, before it is known whether that is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Whoever holds this token.
    Token(TokenHash),
    /// A part of the system itself, for example the command line.
    System(&'static str),
}

/// One call.
pub struct Call {
    pub(crate) id: Uuid,
    pub(crate) definition: &'static Definition,
    pub(crate) operation: Box<dyn Runnable>,
    pub(crate) input: String,
    pub(crate) prepared: String,
    pub(crate) once: Option<serde_json::Value>,
    pub(crate) caller: Caller,
    pub(crate) key: Option<Key>,
    pub(crate) if_match: Option<IfMatch>,
    pub(crate) trace_id: Option<String>,
}

/// What came with a call besides its input.
#[derive(Debug, Default, Clone)]
pub struct Headers {
    /// The idempotency key.
    pub key: Option<String>,
    /// The version the target must have.
    pub if_match: Option<IfMatch>,
    /// The caller's trace.
    pub trace_id: Option<String>,
}

/// The versions a target may have for an operation to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Any, as long as it exists.
    Any,
    /// One of these; none of them may be a version at all.
    OneOf(Vec<u64>),
}

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

impl Call {
    /// A call with this id.
    #[must_use]
    pub fn new(
        id: Uuid,
        definition: &'static Definition,
        ready: PreparedOperation,
        caller: Caller,
        headers: Headers,
    ) -> Self {
        let if_match = headers.if_match.as_ref().map(ToString::to_string);
        let key = headers.key.map(|text| Key {
            fingerprint: definition.fingerprint(&ready.input, if_match.as_deref()),
            text,
        });
        Self {
            id,
            definition,
            operation: ready.operation,
            input: ready.input,
            prepared: ready.prepared,
            once: ready.once,
            caller,
            key,
            if_match: headers.if_match,
            trace_id: headers.trace_id,
        }
    }

    /// About how many bytes this call will write.
    pub(crate) fn weight(&self) -> usize {
        1_000 + self.input.len() + self.prepared.len()
    }
}

/// `kind:name`, as log and refusals keep a target.
pub(crate) fn target_text(target: &Lookup) -> String {
    match &target.name {
        domain::aggregate::Name::Id(id) => format!("{}:{id}", target.kind),
        domain::aggregate::Name::Key(key) => format!("{}:{key}", target.kind),
    }
}

/// What comes back of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// It was applied.
    Accepted(Box<Accepted>),
    /// It was refused; nothing changed.
    Refused(Box<Refused>),
    /// It could not be decided; nothing changed, unless it says so.
    Failed(Failed),
}

/// An operation that was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The operation.
    pub operation: String,
    /// Its place in the one order.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Who ran it.
    pub actor: Actor,
    /// The outcome: JSON.
    pub outcome: String,
    /// What is told only this once.
    pub once: Option<serde_json::Value>,
    /// The events: a JSON list.
    pub events: String,
    /// What it was aimed at, as `kind:name`.
    pub target: Option<String>,
    /// The target's version after it.
    pub target_version: Option<u64>,
    /// Whether this is an earlier answer given again.
    pub replayed: bool,
}

/// An operation that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// The rule; `Policy` where the caller may not run the operation.
    pub rule: String,
    /// What was asked and what stood against it.
    pub detail: String,
    /// The position of the newest entry when it was judged.
    pub judged_at: u64,
    /// Whether this is an earlier answer given again.
    pub replayed: bool,
}

/// Why a call was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The caller is not who it says, or may do nothing any more.
    #[error("the token is unknown or revoked, or its user is suspended")]
    Unauthenticated,
    /// The key was used for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Too many calls are waiting.
    #[error("too many operations are waiting")]
    Overloaded,
    /// The database does not work; nothing was applied.
    #[error("the database is not available; nothing was applied")]
    Unavailable,
    /// The database did not say whether it was applied.
    #[error("the outcome is unknown; retry with the same idempotency key")]
    OutcomeUnknown,
    /// The log's clock is too far ahead of ours.
    #[error("the clock is behind the log; nothing was applied")]
    ClockBehind,
    /// The program broke on this call; nothing was applied.
    #[error("something broke; nothing was applied")]
    Broken,
}

impl Accepted {
    /// What happened. Nothing where an older log has an event that this release does not know.
    #[must_use]
    pub fn happened(&self) -> Vec<Event> {
        Event::list_from_json(&self.events).unwrap_or_default()
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

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self {
            kind: refusal.kind,
            rule: refusal.rule.clone(),
            detail: refusal.detail.clone(),
            judged_at: refusal.judged_at,
            replayed: false,
        }
    }
}

impl Reply {
    /// The same answer, given again.
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
