//! What the log is made of.

use super::Hash;
use crate::access::UserName;
use crate::aggregate::Kind;
use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Where the log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which log this is: made with the database, changed when it is restored from a backup.
    pub epoch: Uuid,
    /// The position of the last entry; 0 before the first.
    pub position: u64,
    /// When the last entry was recorded.
    pub recorded_at: Moment,
    /// The hash of the last entry; zeros before the first.
    pub hash: Hash,
}

/// On whose behalf an operation runs: `user:anna` or `system:command-line`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// A user.
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

/// An idempotency key, with what it was first used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key as the caller sent it, compared byte for byte.
    pub text: String,
    /// Hash of operation name, canonical input and `If-Match`.
    pub fingerprint: Hash,
}

/// An accepted operation, as it stands in the log. The JSON texts are kept exactly as written,
/// because the chain covers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the one order, from 1, without gaps.
    pub position: u64,
    /// Its id, known before the commit.
    pub id: Uuid,
    /// The operation's name.
    pub operation: String,
    /// The version of the operation's input and meaning.
    pub version: u32,
    /// The subdomain it belongs to.
    pub subdomain: String,
    /// What it was aimed at, as `kind:name`.
    pub target: Option<String>,
    /// The target's version after it, which is the ETag of the answer.
    pub target_version: Option<u64>,
    /// Who ran it.
    pub actor: Actor,
    /// The idempotency key, where one came along.
    pub key: Option<Key>,
    /// The position of the entry whose event caused it.
    pub caused_by: Option<u64>,
    /// The reactor that followed from that event.
    pub reactor: Option<String>,
    /// Which of the reactor's operations for that event.
    pub reactor_step: Option<u32>,
    /// The input: canonical JSON (RFC 8785), secret fields left out.
    pub input: String,
    /// What was random or slow and made beforehand: JSON.
    pub prepared: String,
    /// The events: a JSON list.
    pub events: String,
    /// The outcome: JSON, without what is shown only once.
    pub outcome: String,
    /// When it was recorded: strictly later than the entry before.
    pub recorded_at: Moment,
    /// Release and commit of the program that ran it.
    pub program: String,
    /// The rules it was decided by.
    pub rules_version: u32,
    /// The policy it was permitted by.
    pub policy_version: u32,
    /// The caller's trace (W3C trace context), where one came along.
    pub trace_id: Option<String>,
    /// The hash of this entry and all before it.
    pub hash: Hash,
}

/// The state of one aggregate after one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The kind of aggregate.
    pub kind: Kind,
    /// Its place among the rows of this kind, from 1, without gaps.
    pub sequence: u64,
    /// The aggregate.
    pub id: Uuid,
    /// Its version, from 1.
    pub version: u64,
    /// The entry that made this state.
    pub position: u64,
    /// When that was recorded.
    pub recorded_at: Moment,
    /// The full state: JSON.
    pub state: String,
}

/// What an operation was refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The caller may not run it.
    Forbidden,
    /// The caller asked for another version of the target than the newest.
    Stale,
    /// A rule of the domain.
    Rule,
}

/// An operation that was refused. Not a log entry: nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its id.
    pub id: Uuid,
    /// The position of the newest entry when it was judged.
    pub judged_at: u64,
    /// When it was judged.
    pub recorded_at: Moment,
    /// The operation asked for.
    pub operation: String,
    /// What it was aimed at, as `kind:name`.
    pub target: Option<String>,
    /// Who asked.
    pub actor: Actor,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// The rule that refused it; `Policy` where the caller may not run the operation.
    pub rule: String,
    /// What was asked and what stood against it.
    pub detail: String,
    /// The input: canonical JSON, secret fields left out.
    pub input: String,
    /// The idempotency key, where one came along and the answer is remembered under it.
    pub key: Option<Key>,
    /// The caller's trace, where one came along.
    pub trace_id: Option<String>,
}
