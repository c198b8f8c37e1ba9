//! The chain: every field counts.

use super::chain::entry_hash;
use super::*;
use crate::aggregate::Kind;
use crate::moment::Moment;
use uuid::Uuid;

fn entry() -> Entry {
    Entry {
        position: 7,
        id: Uuid::from_u128(1),
        operation: "create-cargo".to_owned(),
        version: 1,
        subdomain: "booking".to_owned(),
        target: Some("cargo:23456789AB3".to_owned()),
        target_version: Some(1),
        actor: Actor::System("test".to_owned()),
        key: Some(Key {
            text: "k".to_owned(),
            fingerprint: Hash::of(b"f"),
        }),
        cause: Some(Cause {
            position: 6,
            reactor: "r".to_owned(),
            ordinal: 0,
        }),
        input: "{}".to_owned(),
        prepared: "null".to_owned(),
        events: "[]".to_owned(),
        outcome: "{}".to_owned(),
        recorded_at: Moment::from_micros(5),
        program: "plimsoll".to_owned(),
        rules_version: 1,
        policy_version: 1,
        trace_id: Some("t".to_owned()),
        hash: Hash::ZERO,
    }
}

fn row() -> HistoryRow {
    HistoryRow {
        kind: Kind::Cargo,
        sequence: 3,
        id: Uuid::from_u128(2),
        version: 1,
        position: 7,
        recorded_at: Moment::from_micros(5),
        state: "{}".to_owned(),
    }
}

#[test]
fn every_field_of_an_entry_is_covered() {
    let changes: [fn(&mut Entry); 28] = [
        |e| e.position += 1,
        |e| e.id = Uuid::nil(),
        |e| e.operation.push('x'),
        |e| e.version += 1,
        |e| e.subdomain.push('x'),
        |e| e.target = None,
        |e| e.target = Some(String::new()),
        |e| e.target_version = None,
        |e| e.target_version = Some(2),
        |e| e.actor = Actor::System("tesT".to_owned()),
        |e| e.key = None,
        |e| e.key.as_mut().expect("set").text.push(' '),
        |e| e.key.as_mut().expect("set").fingerprint = Hash::ZERO,
        |e| e.cause = None,
        |e| e.cause.as_mut().expect("set").position = 5,
        |e| e.cause.as_mut().expect("set").reactor.push('x'),
        |e| e.cause.as_mut().expect("set").ordinal = 1,
        |e| e.input.push(' '),
        |e| e.prepared.push(' '),
        |e| e.events.push(' '),
        |e| e.outcome.push(' '),
        |e| e.recorded_at = e.recorded_at.plus_micros(1),
        |e| e.program.push(' '),
        |e| e.rules_version += 1,
        |e| e.policy_version += 1,
        |e| e.trace_id = None,
        |e| e.trace_id = Some("T".to_owned()),
        // A byte moved from one field to the next.
        |e| (e.input, e.prepared) = ("{".to_owned(), "}null".to_owned()),
    ];
    let rows = [row()];
    let hash = entry_hash(Hash::ZERO, &entry(), &rows);
    for (index, change) in changes.iter().enumerate() {
        let mut changed = entry();
        change(&mut changed);
        assert_ne!(
            entry_hash(Hash::ZERO, &changed, &rows),
            hash,
            "change {index}"
        );
    }
    assert_ne!(
        entry_hash(Hash::of(b"x"), &entry(), &rows),
        hash,
        "the hash before"
    );
}

/// Entries of earlier releases keep their hashes. These were calculated without this program.
#[test]
fn hashes_do_not_change() {
    let without_cause = Entry {
        cause: None,
        ..entry()
    };
    for (entry, hash) in [
        (
            entry(),
            "ab263555596340e03a616c8c427eeb9e6d40becacfacaf3e8bfe7e7d050d4794",
        ),
        (
            without_cause,
            "12f4d4351bbcd4d629d9c8b6ce532151be28f867a6ab78b0b94672a39d068d89",
        ),
    ] {
        assert_eq!(entry_hash(Hash::ZERO, &entry, &[row()]).to_string(), hash);
    }
}

#[test]
fn history_is_covered() {
    let changes: [fn(&mut Vec<HistoryRow>); 8] = [
        |rows| rows[0].kind = Kind::Voyage,
        |rows| rows[0].sequence += 1,
        |rows| rows[0].id = Uuid::nil(),
        |rows| rows[0].version += 1,
        |rows| rows[0].state.push(' '),
        |rows| rows.clear(),
        |rows| rows.push(row()),
        |rows| {
            let sequence = 4;
            rows.insert(0, HistoryRow { sequence, ..row() });
        },
    ];
    let hash = entry_hash(Hash::ZERO, &entry(), &[row()]);
    for (index, change) in changes.iter().enumerate() {
        let mut rows = vec![row()];
        change(&mut rows);
        assert_ne!(
            entry_hash(Hash::ZERO, &entry(), &rows),
            hash,
            "change {index}"
        );
    }
}
