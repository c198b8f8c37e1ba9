//! Checks whether commits survive a crash.

use crate::connection::mysql::MySql;
use crate::connection::sqlite::Sqlite;
use crate::errors::store_error;
use domain::log::store::StoreError;
use sqlx::{Connection, Row};
use std::collections::HashMap;

/// Why a database cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum DurabilityError {
    /// Its settings can lose commits, or commit in different orders.
    #[error("the database settings can lose commits: {}", .0.join("; "))]
    Unsafe(Vec<String>),
    /// Its settings could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The server's `max_allowed_packet` in bytes.
pub(crate) async fn packet_bytes_max(server: &MySql) -> Result<u64, StoreError> {
    let bytes = sqlx::query_scalar("SELECT @@max_allowed_packet")
        .fetch_one(server.readers())
        .await;
    bytes.map_err(|error| store_error(&error))
}

/// The settings of MariaDB and MySQL. A server omits those it does not know.
pub(crate) async fn mysql(server: &MySql) -> Result<Vec<String>, DurabilityError> {
    let mut settings = HashMap::new();
    for question in [
        "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', \
         'log_bin', 'sync_binlog', 'binlog_format', 'innodb_doublewrite', 'innodb_flush_method', \
         'group_replication_single_primary_mode', 'max_allowed_packet')",
        "SHOW GLOBAL STATUS WHERE Variable_name = 'wsrep_cluster_size'",
    ] {
        let rows = sqlx::query(question).fetch_all(server.readers()).await;
        for row in rows.map_err(|error| store_error(&error))? {
            let read = |index| row.try_get::<String, usize>(index);
            let (name, value) = (read(0), read(1));
            let name = name.map_err(|error| store_error(&error))?;
            settings.insert(name, value.map_err(|error| store_error(&error))?);
        }
    }
    judge_mysql(&settings)
}

/// Refuses settings that lose commits or let two servers commit in different orders.
fn judge_mysql(settings: &HashMap<String, String>) -> Result<Vec<String>, DurabilityError> {
    let setting = |name: &str| settings.get(name).map_or("", String::as_str);
    let (mut refused, mut warnings) = (Vec::new(), Vec::new());
    let mut refuse = |name: &str, wanted: &str| {
        refused.push(format!("{name} is {} but must be {wanted}", setting(name)));
    };
    if setting("innodb_flush_log_at_trx_commit") != "1" {
        refuse("innodb_flush_log_at_trx_commit", "1");
    }
    if setting("innodb_flush_method").eq_ignore_ascii_case("nosync") {
        refuse("innodb_flush_method", "a method that syncs");
    }
    if setting("log_bin").eq_ignore_ascii_case("ON") {
        if setting("sync_binlog") != "1" {
            refuse("sync_binlog", "1 while the binary log is on");
        }
        if setting("binlog_format").eq_ignore_ascii_case("STATEMENT") {
            refuse(
                "binlog_format",
                "ROW or MIXED, which READ COMMITTED requires",
            );
        }
    }
    if setting("wsrep_cluster_size")
        .parse()
        .is_ok_and(|size: u32| size > 1)
    {
        refuse(
            "wsrep_cluster_size",
            "1, because locks do not reach other nodes",
        );
    }
    if setting("group_replication_single_primary_mode").eq_ignore_ascii_case("OFF") {
        refuse("group_replication_single_primary_mode", "ON");
    }
    if setting("innodb_doublewrite").eq_ignore_ascii_case("OFF") {
        warnings.push(
            "innodb_doublewrite is OFF: a crash can damage pages on a file system without atomic \
             writes"
                .to_owned(),
        );
    }
    let packet = setting("max_allowed_packet");
    if packet.parse().is_ok_and(|bytes: u64| bytes < 16 << 20) {
        warnings.push(format!(
            "max_allowed_packet is {packet}: large operations will be refused; 16777216 is enough"
        ));
    }
    if refused.is_empty() {
        Ok(warnings)
    } else {
        Err(DurabilityError::Unsafe(refused))
    }
}

/// The settings of a write connection to SQLite.
pub(crate) async fn sqlite(server: &Sqlite) -> Result<Vec<String>, DurabilityError> {
    let ask = async {
        let mut connection = server.open_writer().await?;
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&mut connection)
            .await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>((journal, synchronous))
    };
    let (journal, synchronous) = ask.await.map_err(|error| store_error(&error))?;
    let mut refused = Vec::new();
    if journal != "wal" {
        refused.push(format!("journal_mode is {journal} but must be wal"));
    }
    // 2 is FULL, 3 is EXTRA.
    if synchronous < 2 {
        refused.push(format!("synchronous is {synchronous} but must be 2 (FULL)"));
    }
    if refused.is_empty() {
        Ok(Vec::new())
    } else {
        Err(DurabilityError::Unsafe(refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_lose_commits_are_refused() {
        for (changed, is_safe, warnings) in [
            (&[][..], true, 0),
            (&[("innodb_flush_log_at_trx_commit", "2")], false, 0),
            (&[("innodb_flush_log_at_trx_commit", "0")], false, 0),
            (&[("innodb_flush_method", "nosync")], false, 0),
            (&[("sync_binlog", "0")], true, 0),
            (&[("sync_binlog", "0"), ("log_bin", "ON")], false, 0),
            (&[("sync_binlog", "1"), ("log_bin", "ON")], true, 0),
            (&[("wsrep_cluster_size", "1")], true, 0),
            (&[("wsrep_cluster_size", "3")], false, 0),
            (
                &[("group_replication_single_primary_mode", "OFF")],
                false,
                0,
            ),
            (&[("innodb_doublewrite", "OFF")], true, 1),
            (&[("max_allowed_packet", "1048576")], true, 1),
        ] {
            let mut settings =
                HashMap::from([("innodb_flush_log_at_trx_commit".to_owned(), "1".to_owned())]);
            for (name, value) in changed {
                settings.insert((*name).to_owned(), (*value).to_owned());
            }
            let judged = judge_mysql(&settings);
            assert_eq!(judged.is_ok(), is_safe, "{changed:?}");
            assert_eq!(judged.map_or(0, |list| list.len()), warnings, "{changed:?}");
        }
    }
}
