//! The tables of the log: `log_head`, `operations`, `history`, `list_changes`, `counters`, `refusals`.

use crate::columns::{Unreadable, parsed, signed, unsigned};
use domain::Moment;
use domain::log::store::StoreError;
use domain::log::{Cause, Entry, Hash, Head, HistoryRow, Key, Refusal, RefusalKind};

pub(super) fn hash(column: &str, bytes: &[u8]) -> Result<Hash, Unreadable> {
    let bytes = bytes.try_into();
    Ok(Hash(bytes.map_err(|_| {
        Unreadable(format!("{column} must have 32 bytes"))
    })?))
}

/// Reads key and fingerprint from their columns.
fn key(text: Option<Vec<u8>>, fingerprint: Option<Vec<u8>>) -> Result<Option<Key>, Unreadable> {
    let (text, fingerprint) = match (text, fingerprint) {
        (Some(text), Some(fingerprint)) => (text, fingerprint),
        (None, None) => return Ok(None),
        _ => {
            return Err(Unreadable(
                "only one of key_text and fingerprint is set".to_owned(),
            ));
        }
    };
    Ok(Some(Key {
        text: String::from_utf8(text)
            .map_err(|_| Unreadable("key_text must be UTF-8".to_owned()))?,
        fingerprint: hash("fingerprint", &fingerprint)?,
    }))
}

fn key_columns(key: Option<&Key>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let text = key.map(|key| key.text.as_bytes().to_vec());
    (text, key.map(|key| key.fingerprint.0.to_vec()))
}

pub(super) fn broken(
    table: &str,
    row: impl std::fmt::Display,
) -> impl Fn(Unreadable) -> StoreError {
    let row = row.to_string();
    move |Unreadable(reason)| {
        StoreError::data(format!("row {row} of {table} cannot be read: {reason}"))
    }
}

/// The table `log_head`. Every writer first locks its only row.
pub(crate) mod log_head {
    use super::{Head, Moment, StoreError, Unreadable, broken, unsigned};
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_head")]
    pub(crate) struct Model {
        /// Always 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: i64,
        pub(crate) epoch: Uuid,
        pub(crate) position: i64,
        pub(crate) recorded_at: DateTime<Utc>,
        pub(crate) hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<Model> for Head {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let read = |row: Model| -> Result<Head, Unreadable> {
                Ok(Head {
                    epoch: row.epoch,
                    position: unsigned("position", row.position)?,
                    recorded_at: Moment::from(row.recorded_at),
                    hash: super::hash("hash", &row.hash)?,
                })
            };
            read(row).map_err(broken("log_head", 1))
        }
    }
}

/// The table `operations`: the log.
pub(crate) mod operations {
    use super::{
        Cause, Entry, Moment, StoreError, Unreadable, broken, key, key_columns, parsed, signed,
        unsigned,
    };
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "operations")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) position: i64,
        pub(crate) id: Uuid,
        pub(crate) operation: String,
        pub(crate) version: i64,
        pub(crate) subdomain: String,
        pub(crate) target: Option<String>,
        pub(crate) target_version: Option<i64>,
        pub(crate) actor: String,
        pub(crate) key_text: Option<Vec<u8>>,
        pub(crate) fingerprint: Option<Vec<u8>>,
        pub(crate) caused_by: Option<i64>,
        pub(crate) reactor: Option<String>,
        pub(crate) reactor_step: Option<i64>,
        pub(crate) input: String,
        pub(crate) prepared: String,
        pub(crate) events: String,
        pub(crate) outcome: String,
        pub(crate) recorded_at: DateTime<Utc>,
        pub(crate) program: String,
        pub(crate) rules_version: i64,
        pub(crate) policy_version: i64,
        pub(crate) trace_id: Option<String>,
        pub(crate) hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Converts an entry to a row.
    pub(crate) fn row(entry: &Entry) -> Result<Model, StoreError> {
        let (key_text, fingerprint) = key_columns(entry.key.as_ref());
        let cause = entry.cause.as_ref();
        Ok(Model {
            position: signed(entry.position)?,
            id: entry.id,
            operation: entry.operation.clone(),
            version: entry.version.into(),
            subdomain: entry.subdomain.clone(),
            target: entry.target.clone(),
            target_version: entry.target_version.map(signed).transpose()?,
            actor: entry.actor.to_string(),
            key_text,
            fingerprint,
            caused_by: cause.map(|cause| signed(cause.position)).transpose()?,
            reactor: cause.map(|cause| cause.reactor.clone()),
            reactor_step: cause.map(|cause| cause.ordinal.into()),
            input: entry.input.clone(),
            prepared: entry.prepared.clone(),
            events: entry.events.clone(),
            outcome: entry.outcome.clone(),
            recorded_at: entry.recorded_at.to_chrono(),
            program: entry.program.clone(),
            rules_version: entry.rules_version.into(),
            policy_version: entry.policy_version.into(),
            trace_id: entry.trace_id.clone(),
            hash: entry.hash.0.to_vec(),
        })
    }

    impl TryFrom<Model> for Entry {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let position = row.position;
            read(row).map_err(broken("operations", position))
        }
    }

    fn cause(
        caused_by: Option<i64>,
        reactor: Option<String>,
        step: Option<i64>,
    ) -> Result<Option<Cause>, Unreadable> {
        match (caused_by, reactor, step) {
            (None, None, None) => Ok(None),
            (Some(caused_by), Some(reactor), Some(step)) => Ok(Some(Cause {
                position: unsigned("caused_by", caused_by)?,
                reactor,
                ordinal: unsigned("reactor_step", step)?,
            })),
            _ => Err(Unreadable(
                "caused_by, reactor and reactor_step go together".to_owned(),
            )),
        }
    }

    fn read(row: Model) -> Result<Entry, Unreadable> {
        let maybe = |column, number: Option<i64>| number.map(|n| unsigned(column, n)).transpose();
        Ok(Entry {
            position: unsigned("position", row.position)?,
            id: row.id,
            operation: row.operation,
            version: unsigned("version", row.version)?,
            subdomain: row.subdomain,
            target: row.target,
            target_version: maybe("target_version", row.target_version)?,
            actor: parsed("actor", &row.actor)?,
            key: key(row.key_text, row.fingerprint)?,
            cause: cause(row.caused_by, row.reactor, row.reactor_step)?,
            input: row.input,
            prepared: row.prepared,
            events: row.events,
            outcome: row.outcome,
            recorded_at: Moment::from(row.recorded_at),
            program: row.program,
            rules_version: unsigned("rules_version", row.rules_version)?,
            policy_version: unsigned("policy_version", row.policy_version)?,
            trace_id: row.trace_id,
            hash: super::hash("hash", &row.hash)?,
        })
    }
}

/// The table `history`: every past state.
pub(crate) mod history {
    use super::{HistoryRow, Moment, StoreError, Unreadable, broken, parsed, signed, unsigned};
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "history")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) sequence: i64,
        pub(crate) id: Uuid,
        pub(crate) version: i64,
        pub(crate) position: i64,
        pub(crate) recorded_at: DateTime<Utc>,
        pub(crate) state: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Converts a history row of the domain to a row.
    pub(crate) fn row(history: &HistoryRow) -> Result<Model, StoreError> {
        Ok(Model {
            kind: history.kind.word().to_owned(),
            sequence: signed(history.sequence)?,
            id: history.id,
            version: signed(history.version)?,
            position: signed(history.position)?,
            recorded_at: history.recorded_at.to_chrono(),
            state: history.state.clone(),
        })
    }

    impl TryFrom<Model> for HistoryRow {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let name = format!("{} {}", row.kind, row.sequence);
            let read = |row: Model| -> Result<HistoryRow, Unreadable> {
                Ok(HistoryRow {
                    kind: parsed("kind", &row.kind)?,
                    sequence: unsigned("sequence", row.sequence)?,
                    id: row.id,
                    version: unsigned("version", row.version)?,
                    position: unsigned("position", row.position)?,
                    recorded_at: Moment::from(row.recorded_at),
                    state: row.state,
                })
            };
            read(row).map_err(broken("history", name))
        }
    }
}

/// The table `list_changes`: what got or lost which facet of a list.
pub(crate) mod list_changes {
    use super::{StoreError, signed};
    use domain::log::ListChange;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "list_changes")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) facet: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) place: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) position: i64,
        pub(crate) id: Uuid,
        pub(crate) joins: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Converts a change to a row.
    pub(crate) fn row(change: &ListChange) -> Result<Model, StoreError> {
        Ok(Model {
            kind: change.kind.word().to_owned(),
            facet: change.facet.clone(),
            place: change.place.clone(),
            position: signed(change.position)?,
            id: change.id,
            joins: change.joins,
        })
    }
}

/// The table `counters`: the last sequence of each kind.
pub(crate) mod counters {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "counters")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) kind: String,
        pub(crate) last_sequence: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The table `refusals`.
pub(crate) mod refusals {
    use super::{
        Moment, Refusal, RefusalKind, StoreError, Unreadable, broken, key, key_columns, parsed,
        signed, unsigned,
    };
    use crate::columns::json;
    use chrono::{DateTime, Utc};
    use domain::Rejection;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "refusals")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) judged_at: i64,
        pub(crate) recorded_at: DateTime<Utc>,
        pub(crate) operation: String,
        pub(crate) target: Option<String>,
        pub(crate) actor: String,
        pub(crate) status: i64,
        pub(crate) rule: String,
        /// The sentence of refusals from before the column `facts`. Empty since then.
        pub(crate) detail: String,
        pub(crate) input: String,
        pub(crate) key_text: Option<Vec<u8>>,
        pub(crate) fingerprint: Option<Vec<u8>>,
        pub(crate) trace_id: Option<String>,
        /// The rejection as JSON.
        pub(crate) facts: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// The column `status` uses the numbers of the corresponding HTTP statuses.
    fn status_of(kind: RefusalKind) -> i64 {
        match kind {
            RefusalKind::Forbidden => 403,
            RefusalKind::Rule => 409,
            RefusalKind::Stale => 412,
        }
    }

    fn kind_of(status: i64) -> Result<RefusalKind, Unreadable> {
        let all = [
            RefusalKind::Forbidden,
            RefusalKind::Rule,
            RefusalKind::Stale,
        ];
        let kind = all.into_iter().find(|kind| status_of(*kind) == status);
        kind.ok_or_else(|| Unreadable(format!("status is {status}")))
    }

    /// Converts a refusal to a row.
    pub(crate) fn row(refusal: &Refusal) -> Result<Model, StoreError> {
        let (key_text, fingerprint) = key_columns(refusal.key.as_ref());
        Ok(Model {
            id: refusal.id,
            judged_at: signed(refusal.judged_at)?,
            recorded_at: refusal.recorded_at.to_chrono(),
            operation: refusal.operation.clone(),
            target: refusal.target.clone(),
            actor: refusal.actor.to_string(),
            status: status_of(refusal.kind),
            rule: refusal.rejection.rule.clone().into_owned(),
            detail: String::new(),
            input: refusal.input.clone(),
            key_text,
            fingerprint,
            trace_id: refusal.trace_id.clone(),
            facts: Some(refusal.rejection.to_json()),
        })
    }

    impl TryFrom<Model> for Refusal {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let id = row.id;
            let read = |row: Model| -> Result<Refusal, Unreadable> {
                Ok(Refusal {
                    id: row.id,
                    judged_at: unsigned("judged_at", row.judged_at)?,
                    recorded_at: Moment::from(row.recorded_at),
                    operation: row.operation,
                    target: row.target,
                    actor: parsed("actor", &row.actor)?,
                    kind: kind_of(row.status)?,
                    rejection: match row.facts {
                        Some(facts) => json("facts", &facts)?,
                        None => Rejection::as_told(row.rule, row.detail),
                    },
                    input: row.input,
                    key: key(row.key_text, row.fingerprint)?,
                    trace_id: row.trace_id,
                })
            };
            read(row).map_err(broken("refusals", id))
        }
    }
}
