//! The changes of lists, by which past lists find their items, derived from the history.

use super::table::Holds::{Flag, Number, Uuid, Word};
use super::table::Table;
use domain::log::list_changes;
use domain::{AnyAggregate, Kind};
use sea_orm::{ConnectionTrait, Statement, Value};
use sea_orm_migration::prelude::*;

const LIST_CHANGES: Table = Table {
    name: "list_changes",
    columns: &[
        ("kind", Word(20)),
        ("facet", Word(64)),
        ("place", Word(64)),
        ("position", Number),
        ("id", Uuid),
        ("joins", Flag),
    ],
    optional: &[],
    // What has a facet, in the order of the list.
    key: &["kind", "facet", "place", "position"],
    unique: &[],
    indexes: &[],
};

/// The number of history rows read at once, and the number of rows written at once.
const CHUNK: u64 = 500;
const WRITTEN_MAX: usize = 200;

/// The history of a kind, each row with the state before it.
const HISTORY: &str = "SELECT `own`.`sequence`, `own`.`id`, `own`.`position`, `own`.`state`, \
    `earlier`.`state` AS `before` FROM `history` AS `own` LEFT JOIN `history` AS `earlier` \
    ON `earlier`.`kind` = `own`.`kind` AND `earlier`.`id` = `own`.`id` \
    AND `earlier`.`version` = `own`.`version` - 1 \
    WHERE `own`.`kind` = ? AND `own`.`sequence` > ? ORDER BY `own`.`sequence` LIMIT ?";

/// Creates the table and derives its rows.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0025_add_list_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        LIST_CHANGES.create_by_key(manager).await?;
        // MariaDB and MySQL keep what was written before a crash.
        let database = manager.get_connection();
        database
            .execute_unprepared("DELETE FROM `list_changes`")
            .await?;
        for kind in Kind::ALL {
            derive(manager, *kind).await?;
        }
        Ok(())
    }
}

/// Derives the rows of a kind.
async fn derive(manager: &SchemaManager<'_>, kind: Kind) -> Result<(), DbErr> {
    let (database, backend) = (manager.get_connection(), manager.get_database_backend());
    let mut after: i64 = 0;
    loop {
        let from: [Value; 3] = [kind.word().into(), after.into(), CHUNK.into()];
        let rows = Statement::from_sql_and_values(backend, HISTORY, from);
        let rows = database.query_all_raw(rows).await?;
        let mut values: Vec<[Value; 6]> = Vec::new();
        for row in &rows {
            after = row.try_get("", "sequence")?;
            let before: Option<String> = row.try_get("", "before")?;
            let before = before.map(|text| state(kind, after, &text)).transpose()?;
            let state = state(kind, after, &row.try_get::<String>("", "state")?)?;
            let position: i64 = row.try_get("", "position")?;
            for change in list_changes(before.as_ref(), &state, position.unsigned_abs()) {
                values.push([
                    kind.word().into(),
                    change.facet.into(),
                    change.place.into(),
                    position.into(),
                    change.id.into(),
                    change.joins.into(),
                ]);
            }
        }
        for part in values.chunks(WRITTEN_MAX) {
            let marks = vec!["(?, ?, ?, ?, ?, ?)"; part.len()].join(", ");
            let insert = format!(
                "INSERT INTO `list_changes` \
                 (`kind`, `facet`, `place`, `position`, `id`, `joins`) VALUES {marks}"
            );
            let values = part.iter().flatten().cloned();
            let insert = Statement::from_sql_and_values(backend, insert, values);
            database.execute_raw(insert).await?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

fn state(kind: Kind, sequence: i64, text: &str) -> Result<AnyAggregate, DbErr> {
    let state = kind.state_from_json(text);
    state.map_err(|error| DbErr::Custom(format!("history of {kind} {sequence}: {error}")))
}
