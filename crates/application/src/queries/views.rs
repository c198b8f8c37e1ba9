use crate::follow::Committed;
use crate::pipeline::abridged;
use crate::schema;
use crate::upcasters;
use domain::limits::REFUSED_INPUT_BYTES_MAX;
use domain::log::{Entry, HistoryRow, PastEpoch, Refusal, RefusalKind};
use domain::{Kind, Moment, Rejection};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// The end of the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeadView {
    /// The id of the log.
    #[schema(schema_with = schema::uuid)]
    pub epoch: Uuid,
    /// The position of the last entry, or 0 if there is none.
    pub position: u64,
    /// When the last entry was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// The hash of the last entry, in hexadecimal.
    pub hash: String,
    /// The ids that the log had before it was restored from a backup or moved to this database, oldest
    /// first.
    pub past_epochs: Vec<PastEpochView>,
}

/// An id that the log had before.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PastEpochView {
    #[schema(schema_with = schema::uuid)]
    pub epoch: Uuid,
    /// The position of the last entry that the log here shares with that epoch.
    pub position: u64,
    /// When the log was restored or moved.
    #[schema(schema_with = schema::moment)]
    pub ended_at: Moment,
}

impl From<PastEpoch> for PastEpochView {
    fn from(ended: PastEpoch) -> Self {
        Self {
            epoch: ended.epoch,
            position: ended.position,
            ended_at: ended.ended_at,
        }
    }
}

/// A log entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// The position in the log.
    pub position: u64,
    /// The id.
    #[schema(schema_with = schema::uuid)]
    pub id: Uuid,
    /// The operation.
    pub operation: String,
    /// The version of the operation's input and meaning.
    pub version: u32,
    /// The subdomain of the operation.
    pub subdomain: String,
    /// The target, as `kind:name`.
    pub target: Option<String>,
    /// The user or the part of the system that ran it.
    pub actor: String,
    /// The position of the entry whose events caused it.
    pub caused_by: Option<u64>,
    /// The reactor that ran it because of that entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactor: Option<String>,
    /// Its index among the operations of that reactor for that entry, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactor_ordinal: Option<u32>,
    /// The input, without secret fields.
    #[schema(value_type = Object)]
    pub input: Box<RawValue>,
    /// The events.
    #[schema(value_type = Vec<Object>)]
    pub events: Box<RawValue>,
    /// The outcome that the caller got.
    #[schema(value_type = Object)]
    pub outcome: Box<RawValue>,
    /// When it was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// Release, commit and rules version of the program that ran it.
    pub program: String,
    /// The hash of this entry and all before it, in hexadecimal.
    pub hash: String,
}

impl EntryView {
    /// The input in the version of the operation that this release runs.
    #[must_use]
    pub fn current_input(&self) -> Value {
        upcasters::input(&self.operation, self.version, self.input.get())
    }

    /// The reason that its input gives.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        upcasters::reason(&self.operation, self.version, self.input.get())
    }
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let cause = entry.cause;
        Self {
            position: entry.position,
            id: entry.id,
            operation: entry.operation,
            version: entry.version,
            subdomain: entry.subdomain,
            target: entry.target,
            actor: entry.actor.to_string(),
            caused_by: cause.as_ref().map(|cause| cause.position),
            reactor_ordinal: cause.as_ref().map(|cause| cause.ordinal),
            reactor: cause.map(|cause| cause.reactor),
            input: raw(entry.input),
            events: raw(entry.events),
            outcome: raw(entry.outcome),
            recorded_at: entry.recorded_at,
            program: format!("{} rules {}", entry.program, entry.rules_version),
            hash: entry.hash.to_string(),
        }
    }
}

/// The changes of an entry, as followers of the log get them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeView {
    /// The entry's position.
    pub position: u64,
    /// The operation.
    pub operation: String,
    /// The subdomain of the operation.
    pub subdomain: String,
    /// The target, as `kind:name`.
    pub target: Option<String>,
    /// The user or the part of the system that ran it.
    pub actor: String,
    /// The position of the entry whose events caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<u64>,
    /// The reactor that ran it because of that entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactor: Option<String>,
    /// Its index among the operations of that reactor for that entry, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactor_ordinal: Option<u32>,
    /// When it was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// The events.
    #[schema(value_type = Vec<Object>)]
    pub events: Box<RawValue>,
    /// The aggregates it changed.
    pub changed: Vec<ChangedView>,
    /// The hash of the entry, in hexadecimal, with which a consumer confirms its position.
    pub hash: String,
}

/// An aggregate that an entry changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedView {
    /// The kind of aggregate.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The natural key if the kind has one, otherwise the id.
    pub name: String,
    /// The version after the entry.
    pub version: u64,
}

impl From<Committed> for ChangeView {
    fn from(Committed { entry, history }: Committed) -> Self {
        let cause = entry.cause;
        Self {
            position: entry.position,
            operation: entry.operation,
            subdomain: entry.subdomain,
            target: entry.target,
            actor: entry.actor.to_string(),
            caused_by: cause.as_ref().map(|cause| cause.position),
            reactor_ordinal: cause.as_ref().map(|cause| cause.ordinal),
            reactor: cause.map(|cause| cause.reactor),
            recorded_at: entry.recorded_at,
            events: raw(entry.events),
            changed: history.iter().map(ChangedView::from).collect(),
            hash: entry.hash.to_string(),
        }
    }
}

impl From<&HistoryRow> for ChangedView {
    fn from(row: &HistoryRow) -> Self {
        let state = row.aggregate().ok();
        let key = state.as_ref().and_then(|state| state.natural_key());
        Self {
            kind: row.kind,
            name: match key.filter(|_| !row.kind.has_secret_key()) {
                Some(key) => key.to_owned(),
                None => row.id.to_string(),
            },
            version: row.version,
        }
    }
}

/// A refusal.
#[derive(Debug)]
pub struct RefusalView {
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
    pub actor: String,
    /// The kind of refusal.
    pub kind: RefusalKind,
    /// The rule that refused it and its facts. The rule is `Policy` if the caller may not run the
    /// operation.
    pub rejection: Rejection,
    /// The input, without secret fields. Of a large one, `abridged`: its size, digest and beginning.
    pub input: Box<RawValue>,
}

impl From<Refusal> for RefusalView {
    fn from(refusal: Refusal) -> Self {
        Self {
            id: refusal.id,
            judged_at: refusal.judged_at,
            recorded_at: refusal.recorded_at,
            operation: refusal.operation,
            target: refusal.target,
            actor: refusal.actor.to_string(),
            kind: refusal.kind,
            rejection: refusal.rejection,
            // Earlier releases kept inputs of any size.
            input: raw(abridged(refusal.input, REFUSED_INPUT_BYTES_MAX)),
        }
    }
}

/// JSON text as it was written, or `null` if it has been tampered with and is no longer JSON.
/// `verify` reports such an entry.
fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
