//! The contents of the log.

use super::Hash;
use super::store_error::StoreError;
use crate::access::UserName;
use crate::aggregate::{AnyAggregate, Kind};
use crate::moment::Moment;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The end of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The id of the log: created with the database, changed when it is restored from a backup.
    pub epoch: Uuid,
    /// The position of the last entry, or 0 if there is none.
    pub position: u64,
    /// When the last entry was recorded.
    pub recorded_at: Moment,
    /// The hash of the last entry, or zeros if there is none.
    pub hash: Hash,
}

/// A name that the log had until a backup was put back, or where it was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastEpoch {
    pub epoch: Uuid,
    /// Where the log ended in the backup or the export: the entries up to here are in both epochs.
    pub position: u64,
    /// When the backup was put back, or the export read.
    pub ended_at: Moment,
}

/// On whose behalf an operation runs: `user:anna` or `system:command-line`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    User(UserName),
    /// A part of the system itself.
    System(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::System(part) => write!(f, "system:{part}"),
        }
    }
}

impl FromStr for Actor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("user", name)) => name.parse().map(Self::User),
            Some(("system", part)) => Ok(Self::System(part.to_owned())),
            _ => Err("must be user:… or system:…".to_owned()),
        }
    }
}

impl TryFrom<String> for Actor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}

/// An idempotency key, with a hash of its first use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The key as the caller sent it, compared byte for byte.
    pub text: String,
    /// The hash of operation name, canonical input and `If-Match`.
    pub fingerprint: Hash,
}

/// Why a reactor ran an operation. The log has at most one entry for each cause.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// The position of the entry whose events it reacted to.
    pub position: u64,
    /// The name of the reactor.
    pub reactor: String,
    /// The index of the operation among those of this reactor for that entry, from 0.
    pub ordinal: u32,
}

/// An accepted operation as the log keeps it. The JSON texts are kept exactly as written, because
/// the chain covers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The position in the one order, from 1, without gaps.
    pub position: u64,
    /// The id, known before the commit.
    pub id: Uuid,
    /// The operation's name.
    pub operation: String,
    /// The version of the operation's input and meaning.
    pub version: u32,
    /// The subdomain it belongs to.
    pub subdomain: String,
    /// The target, as `kind:name`.
    pub target: Option<String>,
    /// The target's version afterwards, which is the ETag of the answer.
    pub target_version: Option<u64>,
    /// The user or the part of the system that ran it.
    pub actor: Actor,
    /// The idempotency key, if there was one.
    pub key: Option<Key>,
    /// The cause, if a reactor ran it.
    pub cause: Option<Cause>,
    /// The input as canonical JSON (RFC 8785), without secret fields.
    pub input: String,
    /// The random or slow values made beforehand, as JSON.
    pub prepared: String,
    /// The events, as a JSON list.
    pub events: String,
    /// The outcome as JSON, without what is shown only once.
    pub outcome: String,
    /// When it was recorded. Strictly later than the previous entry.
    pub recorded_at: Moment,
    /// The release and commit of the program that ran it.
    pub program: String,
    /// The version of the rules that decided it.
    pub rules_version: u32,
    /// The version of the policy that permitted it.
    pub policy_version: u32,
    /// The caller's trace (W3C trace context), if there was one.
    pub trace_id: Option<String>,
    /// The hash of this entry and all before it.
    pub hash: Hash,
}

/// The state of one aggregate after one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The kind of aggregate.
    pub kind: Kind,
    /// The sequence among the rows of this kind, from 1, without gaps.
    pub sequence: u64,
    /// The aggregate.
    pub id: Uuid,
    /// The version, from 1.
    pub version: u64,
    /// The position of the entry that created this state.
    pub position: u64,
    /// When that was recorded.
    pub recorded_at: Moment,
    /// The full state as JSON.
    pub state: String,
}

impl HistoryRow {
    /// Reads the state, with personal fields as they are stored.
    ///
    /// # Errors
    ///
    /// `Data` if it is not a state of this kind.
    pub fn aggregate(&self) -> Result<AnyAggregate, StoreError> {
        let state = self.kind.state_from_json(&self.state);
        state.map_err(|error| StoreError::data(format!("history of {}: {error}", self.id)))
    }
}

/// Why an operation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusalKind {
    /// The caller may not run it.
    Forbidden,
    /// The caller expected another version of the target than the latest.
    Stale,
    /// A rule of the domain refused it.
    Rule,
}

/// A refused operation. It is not a log entry, because nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub id: Uuid,
    /// The position of the last entry at the time of the decision.
    pub judged_at: u64,
    /// When it was decided.
    pub recorded_at: Moment,
    /// The operation asked for.
    pub operation: String,
    /// The target, as `kind:name`.
    pub target: Option<String>,
    /// The user or the part of the system that asked.
    pub actor: Actor,
    /// The kind of refusal.
    pub kind: RefusalKind,
    /// The rule that refused it and its facts; the rule is `Policy` where the caller may not run
    /// the operation.
    pub rejection: Rejection,
    /// The input: canonical JSON, secret fields left out. If it is large, its size, digest and
    /// beginning instead.
    pub input: String,
    /// The idempotency key, if there was one and the answer is kept under it.
    pub key: Option<Key>,
    /// The caller's trace, if there was one.
    pub trace_id: Option<String>,
}
