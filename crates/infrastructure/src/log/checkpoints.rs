//! The table `checkpoints`: the last entry that each follower of the log has handled.

use super::rows::{broken, hash};
use super::transaction::WriteTransaction;
use crate::columns::{Unreadable, bound, signed, unsigned};
use crate::errors::orm_error;
use async_trait::async_trait;
use domain::log::Bookmark;
use domain::log::store::{Checkpoints, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checkpoints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    follower: String,
    position: i64,
    hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Bookmark {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = |row: &Model| -> Result<Self, Unreadable> {
            Ok(Self {
                position: unsigned("position", row.position)?,
                hash: hash("hash", &row.hash)?,
            })
        };
        read(&row).map_err(broken("checkpoints", &row.follower))
    }
}

#[async_trait]
impl Checkpoints for WriteTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        let found = Entity::find_by_id(follower).one(self.session()).await;
        let found = found.map_err(|error| orm_error(&error))?;
        found.map(Bookmark::try_from).transpose()
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        let Some(from) = from else {
            let first = ActiveModel {
                follower: Set(follower.to_owned()),
                position: Set(signed(to.position)?),
                hash: Set(to.hash.0.to_vec()),
            };
            let inserted = Entity::insert(first).exec_without_returning(self.session());
            return inserted.await.map(drop).map_err(|error| orm_error(&error));
        };
        let moved = Entity::update_many()
            .col_expr(Column::Position, Expr::value(signed(to.position)?))
            .col_expr(Column::Hash, Expr::value(to.hash.0.to_vec()))
            .filter(Column::Follower.eq(follower))
            .filter(Column::Position.eq(bound(from.position)))
            .filter(Column::Hash.eq(from.hash.0.to_vec()))
            .exec(self.session())
            .await;
        match moved.map_err(|error| orm_error(&error))?.rows_affected {
            1 => Ok(()),
            _ => Err(StoreError::data(format!(
                "the checkpoint of {follower} is not at position {}",
                from.position
            ))),
        }
    }
}
