//! The table `personal_keys`: the keys under which log and history keep personal fields.

use super::rows::broken;
use crate::bulk;
use crate::columns::{Unreadable, at_most};
use crate::errors::orm_error;
use crate::session::Session;
use domain::Kind;
use domain::log::store::StoreError;
use domain::log::{KeyChanges, SEAL_KEY_BYTES, SealKey};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    seal_key: Vec<u8>,
}

/// Shows nothing of the key.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the key of {} {}", self.kind, self.id)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

fn key(row: Model) -> Result<(Uuid, SealKey), StoreError> {
    let key: Result<[u8; SEAL_KEY_BYTES], _> = row.seal_key.try_into();
    let wrong = |_| Unreadable(format!("seal_key: must have {SEAL_KEY_BYTES} bytes"));
    let key = key
        .map_err(wrong)
        .map_err(broken("personal_keys", row.id))?;
    Ok((row.id, SealKey(key)))
}

/// The keys of these things.
pub(super) async fn keys(
    session: &Session,
    kind: Kind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
    let mut found = Vec::new();
    for ids in ids.chunks(bulk::ROWS_MAX) {
        let rows = Entity::find()
            .filter(Column::Kind.eq(kind.word()))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .all(session)
            .await;
        let rows = rows.map_err(|error| orm_error(&error))?.into_iter();
        found.extend(rows.map(key).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// Keys of a kind by id: at most `limit`, after the id `after`.
pub(super) async fn keys_after(
    session: &Session,
    kind: Kind,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Kind.eq(kind.word()))
        .filter(Column::Id.gt(after.unwrap_or(Uuid::nil())))
        .order_by_asc(Column::Id)
        .limit(at_most(limit))
        .all(session)
        .await;
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(key).collect()
}

/// Stores new keys and deletes the destroyed ones. Each of these must be there.
pub(super) async fn change(session: &Session, changes: &KeyChanges) -> Result<(), StoreError> {
    let rows = changes.new.iter().map(|(kind, id, SealKey(key))| Model {
        kind: kind.word().to_owned(),
        id: *id,
        seal_key: key.to_vec(),
    });
    bulk::insert::<Entity>(session, rows.collect::<Vec<_>>()).await?;
    for (kind, id) in &changes.destroyed {
        let deleted = Entity::delete_many()
            .filter(Column::Kind.eq(kind.word()))
            .filter(Column::Id.eq(*id))
            .exec(session)
            .await;
        let deleted = deleted.map_err(|error| orm_error(&error))?.rows_affected;
        if deleted != 1 {
            return Err(StoreError::data(format!("{kind} {id} has no key")));
        }
    }
    Ok(())
}
