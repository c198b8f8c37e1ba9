use crate::schema;
use domain::log::{Entry, Head, HistoryRow, Refusal, RefusalKind};
use domain::{Kind, Moment};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the log ends, as read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeadView {
    /// Which log this is.
    #[schema(schema_with = schema::uuid)]
    pub epoch: Uuid,
    /// The position of the last entry; 0 before the first.
    pub position: u64,
    /// When it was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

impl From<&Head> for HeadView {
    fn from(head: &Head) -> Self {
        Self {
            epoch: head.epoch,
            position: head.position,
            recorded_at: head.recorded_at,
            hash: head.hash.to_string(),
        }
    }
}

/// A log entry, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Its place in the one order.
    pub position: u64,
    /// Its id.
    #[schema(schema_with = schema::uuid)]
    pub id: Uuid,
    /// The operation.
    pub operation: String,
    /// The version of the operation's input and meaning.
    pub version: u32,
    /// The subdomain it belongs to.
    pub subdomain: String,
    /// What it was aimed at, as `kind:name`.
    pub target: Option<String>,
    /// Who ran it.
    pub actor: String,
    /// The position of the entry whose event caused it.
    pub caused_by: Option<u64>,
    /// The input, secret fields left out.
    #[schema(value_type = Object)]
    pub input: Box<RawValue>,
    /// What happened.
    #[schema(value_type = Vec<Object>)]
    pub events: Box<RawValue>,
    /// What the caller was told.
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

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            position: entry.position,
            id: entry.id,
            operation: entry.operation,
            version: entry.version,
            subdomain: entry.subdomain,
            target: entry.target,
            actor: entry.actor.to_string(),
            caused_by: entry.caused_by,
            input: raw(entry.input),
            events: raw(entry.events),
            outcome: raw(entry.outcome),
            recorded_at: entry.recorded_at,
            program: format!("{} rules {}", entry.program, entry.rules_version),
            hash: entry.hash.to_string(),
        }
    }
}

/// What an entry changed, as those who follow the log are told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeView {
    /// The entry's position.
    pub position: u64,
    /// The operation.
    pub operation: String,
    /// The subdomain it belongs to.
    pub subdomain: String,
    /// What it was aimed at, as `kind:name`.
    pub target: Option<String>,
    /// Who ran it.
    pub actor: String,
    /// When it was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// What happened.
    #[schema(value_type = Vec<Object>)]
    pub events: Box<RawValue>,
    /// The aggregates it changed.
    pub changed: Vec<ChangedView>,
}

/// An aggregate that an entry changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedView {
    /// Its kind.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Its name: the natural key where it has one, else the id.
    pub name: String,
    /// Its version after the entry.
    pub version: u64,
}

impl ChangeView {
    pub(super) fn new<'h>(entry: Entry, history: impl Iterator<Item = &'h HistoryRow>) -> Self {
        Self {
            position: entry.position,
            operation: entry.operation,
            subdomain: entry.subdomain,
            target: entry.target,
            actor: entry.actor.to_string(),
            recorded_at: entry.recorded_at,
            events: raw(entry.events),
            changed: history.map(ChangedView::from).collect(),
        }
    }
}

impl From<&HistoryRow> for ChangedView {
    fn from(row: &HistoryRow) -> Self {
        let state = row.kind.state_from_json(&row.state).ok();
        let key = state.as_ref().and_then(|state| state.natural_key());
        Self {
            kind: row.kind,
            // A token's key is the hash of its secret, which is nobody's business.
            name: match key.filter(|_| row.kind != Kind::Token) {
                Some(key) => key.to_owned(),
                None => row.id.to_string(),
            },
            version: row.version,
        }
    }
}

/// A refusal, as read.
#[derive(Debug)]
pub struct RefusalView {
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
    pub actor: String,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// The rule that refused it; `Policy` where the caller may not run the operation.
    pub rule: String,
    /// What was asked and what stood against it.
    pub detail: String,
    /// The input, secret fields left out.
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
            rule: refusal.rule,
            detail: refusal.detail,
            input: raw(refusal.input),
        }
    }
}

/// JSON text as it was written; `null` where it was tampered with and is JSON no more (`verify`
/// names such an entry).
fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
