//! The database schema and its migrations.
//!
//! Released migrations never change. A new one is one file and one line in the room of its
//! subdomain, or in the list below if it concerns several. They run in the order of their names.

mod add_checkpoints;
mod add_handling;
mod add_list_changes;
mod add_log_tree;
mod add_past_epochs;
mod add_personal_keys;
mod add_sessions;
mod count_refusals;
mod create_tables;
mod fold_searches;
mod keep_facts;
pub(crate) mod schema;
mod spell_saints;
pub(crate) mod table;

use crate::connection::Server;
use crate::errors::{orm_error, store_error};
use crate::log::rows::{counters, log_head};
use domain::log::Hash;
use domain::log::store::StoreError;
use domain::{Kind, Moment};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait,
    SqlxMySqlConnector, SqlxSqliteConnector, Statement,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use uuid::Uuid;

/// How long a process waits for another one's migration, in seconds.
const WAIT_SECONDS: u32 = 120;

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(create_tables::Migration),
            Box::new(add_sessions::Migration),
            Box::new(add_handling::Migration),
            Box::new(fold_searches::Migration),
            Box::new(spell_saints::Migration),
            Box::new(keep_facts::Migration),
            Box::new(add_checkpoints::Migration),
            Box::new(count_refusals::Migration),
            Box::new(add_list_changes::Migration),
            Box::new(add_log_tree::Migration),
            Box::new(add_past_epochs::Migration),
            Box::new(add_personal_keys::Migration),
        ];
        let of_rooms = crate::ROOMS.iter().flat_map(|room| room.migrations);
        migrations.extend(of_rooms.map(|migration| migration()));
        migrations.sort_by(|one, other| one.name().cmp(other.name()));
        migrations
    }
}

/// Migrates the schema, one process at a time.
pub(crate) async fn migrate(server: &Server, epoch: Uuid) -> Result<(), StoreError> {
    let migrated = match server {
        Server::MySql(server) => {
            // A single connection, which holds the named lock as long as it lives.
            let pool = MySqlPoolOptions::new()
                .max_connections(1)
                .connect_with(server.options().clone())
                .await
                .map_err(|error| store_error(&error))?;
            let database = SqlxMySqlConnector::from_sqlx_mysql_pool(pool.clone());
            let migrated = locked_by_name(&database, epoch).await;
            pool.close().await;
            migrated
        }
        Server::Sqlite(server) => {
            server
                .create()
                .map_err(|error| store_error(&error.into()))?;
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .connect_with(server.options().clone())
                .await
                .map_err(|error| store_error(&error))?;
            let database = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone());
            let migrated = in_one_transaction(&database, epoch).await;
            pool.close().await;
            migrated
        }
    };
    migrated.map_err(|error| orm_error(&error))
}

/// MariaDB and MySQL commit each schema change separately. A named lock therefore keeps other
/// processes out, and each step can be repeated after a crash.
async fn locked_by_name(database: &DatabaseConnection, epoch: Uuid) -> Result<(), DbErr> {
    let lock =
        format!("SELECT GET_LOCK(CONCAT('plimsoll-', MD5(DATABASE())), {WAIT_SECONDS}) AS locked");
    let statement = Statement::from_string(database.get_database_backend(), lock);
    let row = database.query_one_raw(statement).await?;
    let locked: Option<i64> = match row {
        Some(row) => row.try_get("", "locked")?,
        None => None,
    };
    if locked != Some(1) {
        return Err(DbErr::Custom(
            "another process has been migrating the schema for too long".to_owned(),
        ));
    }
    Migrator::up(database, None).await?;
    first_rows(database, epoch).await
}

/// SQLite changes the schema in transactions.
async fn in_one_transaction(database: &DatabaseConnection, epoch: Uuid) -> Result<(), DbErr> {
    database.execute_unprepared("BEGIN IMMEDIATE").await?;
    Migrator::up(database, None).await?;
    first_rows(database, epoch).await?;
    // An earlier error closes the connection, which rolls back.
    database.execute_unprepared("COMMIT").await?;
    Ok(())
}

/// Inserts the rows that always exist: the head, and the counter of each kind.
async fn first_rows(database: &DatabaseConnection, epoch: Uuid) -> Result<(), DbErr> {
    for kind in Kind::ALL {
        let counter = counters::Entity::find_by_id(kind.word()).count(database);
        if counter.await? == 0 {
            let counter = counters::ActiveModel {
                kind: Set(kind.word().to_owned()),
                last_sequence: Set(0),
            };
            counters::Entity::insert(counter)
                .exec_without_returning(database)
                .await?;
        }
    }
    if log_head::Entity::find().count(database).await? == 0 {
        let zero = Moment::from_micros(0);
        // This does not use SeaORM's binding, which would write a time on SQLite in another
        // notation.
        let time = match database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => zero.to_string().into(),
            _ => zero.to_chrono().into(),
        };
        let insert = Statement::from_sql_and_values(
            database.get_database_backend(),
            "INSERT INTO `log_head` (`id`, `epoch`, `position`, `recorded_at`, `hash`) \
             VALUES (1, ?, 0, ?, ?)",
            [epoch.into(), time, Hash::ZERO.0.to_vec().into()],
        );
        database.execute_raw(insert).await?;
    }
    Ok(())
}
