//! What is not in the log: the schema, the refusals, the epoch, the checkpoints, the tree.

use super::Target;
use serde_json::json;
use uuid::Uuid;

pub(super) async fn aside(target: &Target) {
    let noted = target.world.admin.get("/api/log/head").await.body["epoch"].clone();
    let noted: Uuid = noted.as_str().expect("text").parse().expect("a UUID");
    let refused = json!({ "cargo": target.cargo, "voyage": "V999" });
    let refused = target.world.clerk.run("book-onto-voyage", refused).await;
    assert_eq!(refused.status, 409);
    assert_eq!(target.aside(Some(noted)).await, None);

    let trigger = "CREATE TRIGGER spy AFTER INSERT ON operations";
    let (trigger, drop_index) = if target.sqlite {
        (
            format!("{trigger} BEGIN DELETE FROM checkpoints; END"),
            "DROP INDEX voyages_by_last_arrival",
        )
    } else {
        (
            format!("{trigger} FOR EACH ROW DELETE FROM checkpoints"),
            "DROP INDEX voyages_by_last_arrival ON voyages",
        )
    };
    let create_index = "CREATE INDEX voyages_by_last_arrival ON voyages (last_arrival)";
    let applied = "INSERT INTO seaql_migrations (version, applied_at) VALUES";
    let epoch = "SELECT epoch FROM log_head";
    let zeros = "0".repeat(64);
    let cases: &[(&[&str], &[&str], &str)] = &[
        (
            &[drop_index],
            &[create_index],
            "the index of voyages on last_arrival is missing",
        ),
        (
            &[trigger.as_str()],
            &["DROP TRIGGER spy"],
            "operations has a trigger, spy",
        ),
        (
            &["ALTER TABLE refusals RENAME COLUMN trace_id TO trace"],
            &["ALTER TABLE refusals RENAME COLUMN trace TO trace_id"],
            "the column trace_id of refusals is missing",
        ),
        (
            &["DELETE FROM seaql_migrations WHERE version = '0012_count_refusals'"],
            &[&format!("{applied} ('0012_count_refusals', 0)")],
            "the migration 0012_count_refusals has not run",
        ),
        (
            &[&format!("{applied} ('9999_later', 0)")],
            &["DELETE FROM seaql_migrations WHERE version = '9999_later'"],
            "the migration 9999_later is not known to this release",
        ),
        (
            &["UPDATE refusals SET judged_at = judged_at + 1000"],
            &["UPDATE refusals SET judged_at = judged_at - 1000"],
            "after the end of the log",
        ),
        (
            &["UPDATE refusals SET facts = CONCAT('x', facts)"],
            &["UPDATE refusals SET facts = SUBSTR(facts, 2)"],
            "of refusals cannot be read",
        ),
        (
            &["UPDATE refusals SET input = CONCAT('x', input)"],
            &["UPDATE refusals SET input = SUBSTR(input, 2)"],
            "is not JSON",
        ),
        (
            &[
                "INSERT INTO refusal_counts (day, actor, operation, rule, refused) \
                VALUES ('yesterday', 'user:clerk', 'new-customer', 'Policy', 1)",
            ],
            &["DELETE FROM refusal_counts WHERE day = 'yesterday'"],
            "refusal_counts has a row for the day \"yesterday\"",
        ),
        (
            &[&format!(
                "INSERT INTO checkpoints (follower, position, hash) VALUES ('astray', 1, X'{zeros}')"
            )],
            &["DELETE FROM checkpoints WHERE follower = 'astray'"],
            "the checkpoint of astray does not match",
        ),
        (
            &[
                &format!("CREATE TABLE kept_epoch AS {epoch}"),
                "UPDATE log_head SET epoch = X'01020304050607080102030405060708'",
            ],
            &[
                "UPDATE log_head SET epoch = (SELECT epoch FROM kept_epoch)",
                "DROP TABLE kept_epoch",
            ],
            "the epoch of the log is 01020304-0506-0708-0102-030405060708",
        ),
        (
            &[
                "INSERT INTO checkpoints (follower, position, hash, generation, epoch, seen_at) \
                SELECT 'consumer:nobody', position, hash, 1, epoch, recorded_at FROM log_head",
            ],
            &["DELETE FROM checkpoints"],
            "the checkpoint of consumer:nobody belongs to no consumer",
        ),
        (
            &[
                "INSERT INTO checkpoints (follower, position, hash, generation, epoch, seen_at) \
                SELECT 'nobody', position, hash, 1, epoch, recorded_at FROM log_head",
            ],
            &["DELETE FROM checkpoints"],
            "the checkpoint of nobody belongs to no consumer",
        ),
        (
            &[
                "INSERT INTO checkpoints (follower, position, hash, generation, epoch, seen_at) \
                SELECT 'consumer:billing', position, hash, 2, epoch, recorded_at FROM log_head",
            ],
            &["DELETE FROM checkpoints"],
            "the checkpoint of consumer:billing has generation 2, but the consumer has had only 1",
        ),
        (
            &["INSERT INTO checkpoints (follower, position, hash) \
                SELECT 'consumer:billing', position, hash FROM log_head"],
            &["DELETE FROM checkpoints"],
            "the checkpoint of consumer:billing has no generation",
        ),
        (
            &[&format!(
                "INSERT INTO log_tree (level, number, hash) VALUES (0, 0, X'{zeros}')"
            )],
            &["DELETE FROM log_tree"],
            "log_tree has a row with level 0 and number 0",
        ),
        (
            &["INSERT INTO past_epochs (epoch, position, ended_at) \
                SELECT epoch, position, recorded_at FROM log_head"],
            &["DELETE FROM past_epochs"],
            "does not fit the head of the log",
        ),
    ];
    for (alter, restore, expected) in cases {
        for sql in *alter {
            target.execute(sql).await;
        }
        let found = target.aside(Some(noted)).await.unwrap_or_default();
        for sql in *restore {
            target.execute(sql).await;
        }
        assert!(found.contains(expected), "{alter:?}: {found}");
        assert_eq!(target.aside(Some(noted)).await, None, "{restore:?}");
    }
}
