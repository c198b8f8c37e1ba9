//! Log, history and refusals.

use super::samples::{at, changed, customer, entry, id, key, new, refusal, user};
use super::{Place, on_every_database};
use domain::log::reader::LogFilter;
use domain::log::store::{Appended, Remembered, StoreError};
use domain::log::{Actor, Cause, Hash, Refusal};
use domain::{Kind, Lookup};

on_every_database! {
    entries_are_read_as_they_were_written
    head_and_sequences_move_together
    history_is_read
    keys_are_compared_byte_for_byte
    refusals_are_listed
    a_position_is_written_once
    a_cause_has_one_entry
}

fn cause(reactor: &str, ordinal: u32) -> Cause {
    Cause {
        position: 1,
        reactor: reactor.to_owned(),
        ordinal,
    }
}

fn filter(operation: Option<&str>, actor: Option<&str>, target: Option<&str>) -> LogFilter {
    LogFilter {
        operation: operation.map(str::to_owned),
        actor: actor.map(str::to_owned),
        target: target.map(str::to_owned),
    }
}

async fn entries_are_read_as_they_were_written(place: &Place) {
    let mut written = Vec::new();
    let mut transaction = place.begin().await;
    let mut head = transaction.head().clone();
    for n in 0..4 {
        let mut next = entry(&head);
        next.operation = ["book", "create"][n % 2].to_owned();
        next.target = [None, Some("voyage:V1".to_owned())][n / 2].clone();
        next.actor = ["user:anna", "system:command-line"][n / 2]
            .parse()
            .expect("an actor");
        if n == 3 {
            next.key = Some(key("Key 🔑"));
            next.cause = Some(cause("invoicing", u32::MAX));
            next.trace_id = Some("00-4bf92f".to_owned());
            next.input = format!("{{\"text\":\"{}\"}}", "ü".repeat(70_000));
            next.target_version = None;
        }
        head.position = next.position;
        written.push(next);
    }
    let appended = Appended {
        entries: written.clone(),
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
    transaction.commit().await.expect("commit");

    let mut snapshot = place.snapshot().await;
    for (filter, from, limit, expected) in [
        (filter(None, None, None), 0, 100, &[1, 2, 3, 4][..]),
        (filter(None, None, None), 2, 2, &[2, 3]),
        (filter(Some("book"), None, None), 1, 9, &[1, 3]),
        (filter(None, Some("user:anna"), None), 2, 9, &[2]),
        (filter(None, None, Some("voyage:V1")), 1, 9, &[3, 4]),
        (
            filter(
                Some("create"),
                Some("system:command-line"),
                Some("voyage:V1"),
            ),
            1,
            9,
            &[4],
        ),
        (filter(None, None, None), u64::MAX, 9, &[]),
    ] {
        let read = snapshot
            .entries(&filter, from, limit)
            .await
            .expect("entries");
        let positions: Vec<_> = read.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, expected, "{filter:?} from {from}");
        for read in read {
            assert_eq!(read, written[read.position as usize - 1]);
        }
    }
    for (filter, before, limit, expected) in [
        (filter(None, None, None), u64::MAX, 9, &[4, 3, 2, 1][..]),
        (filter(None, None, None), 4, 2, &[3, 2]),
        (filter(Some("book"), None, None), u64::MAX, 9, &[3, 1]),
        (filter(None, Some("user:anna"), None), 2, 9, &[1]),
        (filter(None, None, None), 1, 9, &[]),
    ] {
        let read = snapshot.entries_before(&filter, before, limit).await;
        let read = read.expect("entries");
        let positions: Vec<_> = read.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, expected, "{filter:?} before {before}");
    }
    for (asked, expected) in [(&[3, 1, 9][..], &[1, 3][..]), (&[], &[])] {
        let read = snapshot.entries_at(asked).await.expect("entries");
        let positions: Vec<_> = read.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, expected);
    }
    for (time, expected) in [
        (at(9), 0),
        (at(10), 1),
        (at(39), 3),
        (at(40), 4),
        (at(1_000_000), 4),
    ] {
        assert_eq!(
            snapshot.position_at(time).await.ok(),
            Some(expected),
            "{time}"
        );
    }
}

async fn head_and_sequences_move_together(place: &Place) {
    let before = place.snapshot().await.head().clone();
    assert_eq!(
        (before.position, before.hash, before.epoch),
        (0, Hash::ZERO, id(7))
    );
    let first = place
        .commit(&[
            new(user(1, "a")),
            new(user(2, "b")),
            new(customer(3, "C", "ACTIVE")),
        ])
        .await;
    let mut transaction = place.begin().await;
    assert_eq!(transaction.head().position, 1);
    assert_eq!(transaction.head().hash, first.hash);
    assert_eq!(transaction.head().recorded_at, first.recorded_at);
    assert_eq!(transaction.sequences().get(&Kind::User), Some(&2));
    // Refusals alone leave the head unchanged.
    let refusals = vec![refusal(50, "user:a", None)];
    let appended = Appended {
        refusals,
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
    transaction.commit().await.expect("commit");
    // Another process is seen, and sees this one.
    let other = place.again().await;
    let mut theirs = other.store().begin().await.expect("begin");
    assert_eq!(theirs.sequences().get(&Kind::Customer), Some(&1));
    super::put(theirs.as_mut(), &[new(user(4, "d"))])
        .await
        .expect("write");
    theirs.commit().await.expect("commit");
    let ours = place.begin().await;
    assert_eq!(ours.head().position, 2);
    assert_eq!(ours.sequences().get(&Kind::User), Some(&3));
    ours.rollback().await;
    let mut snapshot = place.snapshot().await;
    let sequences = snapshot.sequences().await.expect("sequences");
    assert_eq!(sequences.len(), Kind::ALL.len());
    assert_eq!(sequences[&Kind::User], 3);
    assert_eq!(sequences[&Kind::Cargo], 0);
}

async fn history_is_read(place: &Place) {
    place.commit(&[new(user(2, "b")), new(user(1, "a"))]).await;
    place.commit(&[new(customer(3, "One", "ACTIVE"))]).await;
    place
        .commit(&[
            changed(1, customer(3, "Two", "ACTIVE")),
            changed(1, user(1, "a")),
        ])
        .await;
    place
        .commit(&[changed(2, customer(3, "Three", "ACTIVE"))])
        .await;
    let mut snapshot = place.snapshot().await;
    let rows = snapshot.history(1, 3).await.expect("history");
    let names: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.position,
                row.kind,
                row.id.as_u128(),
                row.version,
                row.sequence,
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            (1, Kind::User, 1, 1, 1),
            (1, Kind::User, 2, 1, 2),
            (2, Kind::Customer, 3, 1, 1),
            (3, Kind::Customer, 3, 2, 2),
            (3, Kind::User, 1, 2, 3),
        ]
    );
    let by_id = Lookup::id(Kind::Customer, id(3));
    for (position, expected) in [
        (0, None),
        (1, None),
        (2, Some(1)),
        (3, Some(2)),
        (4, Some(3)),
        (u64::MAX, Some(3)),
    ] {
        let row = snapshot.state_at(&by_id, position).await.expect("state_at");
        assert_eq!(
            row.as_ref().map(|row| row.version),
            expected,
            "at {position}"
        );
        if let Some(row) = row {
            let name = ["One", "Two", "Three"][row.version as usize - 1];
            assert_eq!(row.state, customer(3, name, "ACTIVE").json());
        }
    }
    let by_key = |key: &str| Lookup::key(Kind::User, key);
    let row = snapshot.state_at(&by_key("a"), 2).await.expect("state_at");
    assert_eq!(row.map(|row| (row.id, row.version)), Some((id(1), 1)));
    assert_eq!(
        snapshot
            .state_at(&by_key("nobody"), 9)
            .await
            .expect("state_at"),
        None
    );
    for (after, limit, expected) in [(0, 9, &[1, 2, 3][..]), (1, 1, &[2]), (3, 9, &[])] {
        let rows = snapshot
            .history_of(Kind::Customer, id(3), after, limit)
            .await;
        let versions: Vec<_> = rows
            .expect("history")
            .iter()
            .map(|row| row.version)
            .collect();
        assert_eq!(versions, expected);
    }
}

async fn keys_are_compared_byte_for_byte(place: &Place) {
    let anna: Actor = "user:anna".parse().expect("an actor");
    let bert: Actor = "user:bert".parse().expect("an actor");
    let mut transaction = place.begin().await;
    let mut entry = entry(transaction.head());
    entry.key = Some(key("Key-1"));
    let refusals = vec![
        refusal(11, "user:anna", Some("Key-1")),
        refusal(12, "user:anna", Some("key-2 ")),
        refusal(13, "user:bert", Some("Key-3")),
        refusal(14, "user:anna", None),
    ];
    let appended = Appended {
        entries: vec![entry.clone()],
        refusals: refusals.clone(),
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
    transaction.commit().await.expect("commit");

    let accepted = || Remembered::Accepted(Box::new(entry.clone()));
    let refused = |n: usize| Remembered::Refused(Box::new(refusals[n].clone()));
    let mut transaction = place.begin().await;
    for (asked, since, expected) in [
        (&[][..], at(0), vec![]),
        (&[(&anna, "Key-1")], at(0), vec![accepted(), refused(0)]),
        (&[(&anna, "Key-1")], at(12), vec![accepted()]),
        (
            &[(&anna, "Key-1"), (&anna, "Key-1")],
            at(12),
            vec![accepted()],
        ),
        (
            &[
                (&anna, "key-1"),
                (&anna, "Key-1 "),
                (&anna, "Key-1\0"),
                (&anna, "Kéy-1"),
            ],
            at(0),
            vec![],
        ),
        (&[(&bert, "Key-1")], at(0), vec![]),
        (&[(&anna, "key-2"), (&anna, "")], at(0), vec![]),
        (&[(&anna, "key-2 ")], at(0), vec![refused(1)]),
        (
            &[(&bert, "Key-3"), (&anna, "key-2 "), (&anna, "Key-1")],
            at(0),
            vec![accepted(), refused(2), refused(1), refused(0)],
        ),
    ] {
        let asked: Vec<_> = asked
            .iter()
            .map(|(actor, key)| ((*actor).clone(), (*key).to_owned()))
            .collect();
        let found = transaction
            .remembered(&asked, since)
            .await
            .expect("remembered");
        assert_eq!(found, expected, "{asked:?}");
    }
    let many: Vec<_> = (0..700)
        .map(|n| (anna.clone(), format!("Key-{n}")))
        .collect();
    let found = transaction
        .remembered(&many, at(0))
        .await
        .expect("remembered");
    assert_eq!(found, [accepted(), refused(0)]);
    // Keys that differ in case or in trailing spaces are different. Equal keys are the same.
    let head = transaction.head().clone();
    transaction.rollback().await;
    for (text, is_new) in [("key-1", true), ("Key-1 ", true), ("Key-1", false)] {
        let mut transaction = place.begin().await;
        let mut next = super::samples::entry(&head);
        next.key = Some(key(text));
        let appended = Appended {
            entries: vec![next],
            ..Appended::default()
        };
        let written = transaction.append(&appended).await;
        assert_eq!(written.is_ok(), is_new, "{text}: {written:?}");
        assert!(!matches!(
            written,
            Err(StoreError::Retry(_) | StoreError::Unavailable(_))
        ));
        transaction.rollback().await;
    }
}

async fn refusals_are_listed(place: &Place) {
    let refusals: Vec<_> = (1..=5)
        .map(|n| Refusal {
            judged_at: n,
            operation: if n < 3 { "create" } else { "book" }.to_owned(),
            target: (n == 5).then(|| "voyage:V1".to_owned()),
            ..refusal(
                n.into(),
                if n % 2 == 0 { "user:anna" } else { "user:bert" },
                None,
            )
        })
        .collect();
    let mut transaction = place.begin().await;
    let appended = Appended {
        refusals: refusals.clone(),
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
    transaction.commit().await.expect("commit");
    let mut snapshot = place.snapshot().await;
    let all = 0..=u64::MAX;
    let by = |actor: &str| filter(None, Some(actor), None);
    for (filter, judged_at, before, limit, expected) in [
        (
            LogFilter::default(),
            all.clone(),
            None,
            9,
            &[5, 4, 3, 2, 1][..],
        ),
        (LogFilter::default(), all.clone(), Some(4), 2, &[3, 2]),
        (LogFilter::default(), 2..=4, None, 9, &[4, 3, 2]),
        (LogFilter::default(), 6..=u64::MAX, None, 9, &[]),
        (by("user:anna"), all.clone(), None, 9, &[4, 2]),
        (by("user:bert"), all.clone(), Some(3), 9, &[1]),
        (by("user:bert"), 2..=9, None, 9, &[5, 3]),
        (by("user:carl"), all.clone(), None, 9, &[]),
        (
            filter(Some("create"), None, None),
            all.clone(),
            None,
            9,
            &[2, 1],
        ),
        (filter(None, None, Some("voyage:V1")), all, None, 9, &[5]),
    ] {
        let read = snapshot
            .refusals(&filter, judged_at.clone(), before.map(id), limit)
            .await
            .expect("refusals");
        let numbers: Vec<_> = read.iter().map(|refusal| refusal.id.as_u128()).collect();
        assert_eq!(
            numbers, expected,
            "{filter:?} {judged_at:?} before {before:?}"
        );
        for read in read {
            assert_eq!(read, refusals[read.id.as_u128() as usize - 1]);
        }
    }
}

async fn a_position_is_written_once(place: &Place) {
    place.commit(&[]).await;
    let mut head = place.snapshot().await.head().clone();
    head.position = 0;
    let mut transaction = place.begin().await;
    let appended = Appended {
        entries: vec![entry(&head)],
        ..Appended::default()
    };
    let written = transaction.append(&appended).await;
    assert!(matches!(written, Err(StoreError::Data(_))), "{written:?}");
    transaction.rollback().await;
}

async fn a_cause_has_one_entry(place: &Place) {
    let append = async |cause: Option<Cause>| {
        let mut transaction = place.begin().await;
        let mut next = entry(transaction.head());
        next.cause = cause;
        let appended = Appended {
            entries: vec![next],
            ..Appended::default()
        };
        match transaction.append(&appended).await {
            Ok(()) => {
                transaction.commit().await.expect("commit");
                Ok(())
            }
            Err(error) => {
                transaction.rollback().await;
                Err(error)
            }
        }
    };
    // Entries without a cause do not exclude one another.
    for next in [
        None,
        None,
        Some(cause("mailer", 0)),
        Some(cause("mailer", 1)),
        Some(cause("invoicing", 0)),
    ] {
        append(next).await.expect("a cause of its own");
    }
    let again = append(Some(cause("mailer", 1))).await;
    assert!(matches!(again, Err(StoreError::Data(_))), "{again:?}");

    let mut transaction = place.begin().await;
    let asked = [
        cause("mailer", 1),
        cause("mailer", 2),
        cause("invoicing", 0),
    ];
    let found = transaction.reactions(&asked).await.expect("entries");
    let mut found: Vec<_> = found.iter().map(|entry| entry.position).collect();
    found.sort_unstable();
    assert_eq!(found, [4, 5]);
    assert!(transaction.reactions(&[]).await.expect("none").is_empty());
    transaction.rollback().await;
}
