//! Consumers: tables of cases.

use super::*;
use crate::access::UserName;
use crate::log::{Bookmark, Hash, Progress};
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::text::Text;
use uuid::Uuid;

const EPOCH: Uuid = Uuid::from_u128(7);
const HEAD: u64 = 10;

fn user(name: &str) -> UserName {
    name.parse().expect("a user name")
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    text.parse().expect("a text")
}

fn registered(start: u64) -> Result<Consumer, Rejection> {
    let name = "billing".parse().expect("a name");
    let id = ConsumerId(Uuid::from_u128(1));
    let registered = Consumer::register(id, name, user("anna"), None, start, HEAD);
    registered.map(|(consumer, _)| consumer)
}

fn hash(position: u64) -> Hash {
    Hash::of(&position.to_be_bytes())
}

fn now(micros: i64) -> Moment {
    Moment::from_micros(micros)
}

/// A log of ten entries.
fn log() -> LogAround {
    LogAround {
        epoch: EPOCH,
        head: HEAD,
        hashes: (1..=HEAD)
            .map(|position| (position, hash(position)))
            .collect(),
    }
}

fn at(position: u64, generation: u64) -> Progress {
    Progress {
        generation,
        at: Bookmark {
            position,
            hash: log().hash(position).expect("an entry"),
        },
        epoch: EPOCH,
        seen_at: now(1),
        error: None,
        refused: None,
    }
}

fn confirms(position: u64) -> Confirmation {
    Confirmation {
        position,
        hash: log().hash(position).unwrap_or(Hash::ZERO),
        error: None,
    }
}

/// The rule that refuses a confirmation, with its case.
fn broken(confirmed: &Result<Progress, Rejection>) -> Option<String> {
    let rejection = confirmed.as_ref().err()?;
    let case = rejection.case.as_ref();
    Some(match case {
        Some(case) => format!("{}/{case}", rejection.rule),
        None => rejection.rule.to_string(),
    })
}

#[test]
fn names_are_checked() {
    for (name, is_valid) in [
        ("billing", true),
        ("billing-2.eu_west", true),
        ("2", true),
        ("", false),
        ("Billing", false),
        ("-billing", false),
        ("billing team", false),
        ("billing/2", false),
        (&"b".repeat(64), true),
        (&"b".repeat(65), false),
    ] {
        assert_eq!(name.parse::<ConsumerName>().is_ok(), is_valid, "{name}");
    }
}

#[test]
fn a_consumer_starts_within_the_log() {
    for (start, is_within) in [(0, true), (1, true), (HEAD, true), (HEAD + 1, false)] {
        assert_eq!(registered(start).is_ok(), is_within, "{start}");
    }
}

#[test]
fn consumers_are_few() {
    let of = |owner: &str, number: u64| -> Vec<Consumer> {
        let own = |_| Consumer {
            owner: user(owner),
            ..registered(0).expect("a consumer")
        };
        (0..number).map(own).collect()
    };
    let many: Vec<_> = (0..10)
        .flat_map(|number| of(&format!("u{number}"), 19))
        .collect();
    for (registered, refused) in [
        (of("anna", 19), None),
        (of("anna", 20), Some("OfOneUser")),
        (of("ben", 20), None),
        ([many.clone(), of("ben", 9)].concat(), None),
        ([many, of("ben", 10)].concat(), Some("OfAllUsers")),
    ] {
        let few = Consumer::must_be_few(&registered, &user("anna"));
        let case = few.err().and_then(|rejection| rejection.case);
        assert_eq!(case.as_deref(), refused, "{}", registered.len());
    }
}

#[test]
fn a_consumer_confirms_only_forwards() {
    let consumer = registered(3).expect("a consumer");
    for (reported, position, refused) in [
        (None, 3, None),
        (None, 4, None),
        (None, HEAD, None),
        (None, 2, Some("ConsumerMayNotGoBack")),
        (None, HEAD + 1, Some("HistoryForked/AheadOfTheLog")),
        (Some(at(5, 1)), 5, None),
        (Some(at(5, 1)), 6, None),
        (Some(at(5, 1)), 4, Some("ConsumerMayNotGoBack")),
        // Of an earlier generation.
        (Some(at(5, 0)), 3, None),
        (Some(at(5, 0)), 2, Some("ConsumerMayNotGoBack")),
    ] {
        let confirmed = consumer.confirm(reported.as_ref(), &confirms(position), &log(), now(2));
        assert_eq!(broken(&confirmed).as_deref(), refused, "{position}");
        if let Ok(progress) = confirmed {
            let expected = Progress {
                seen_at: now(2),
                ..at(position, 1)
            };
            assert_eq!(progress, expected);
            assert_eq!(consumer.position(Some(&progress)), position);
        }
    }
}

#[test]
fn a_fork_is_noticed() {
    let consumer = registered(0).expect("a consumer");
    let forked = |position: u64| Progress {
        at: Bookmark {
            position,
            hash: Hash::of(b"another entry"),
        },
        ..at(position, 1)
    };
    // The log was restored or moved, and is the same up to there.
    let moved = Progress {
        epoch: Uuid::from_u128(8),
        ..at(5, 1)
    };
    let of = |hash: Hash| Confirmation {
        hash,
        ..confirms(6)
    };
    let (right, wrong) = (hash(6), hash(7));
    for (reported, confirmation, refused) in [
        (at(5, 1), of(right), None),
        (at(5, 1), of(wrong), Some("AnotherEntry")),
        (at(5, 1), of(Hash::ZERO), Some("AnotherEntry")),
        (moved, of(right), None),
        // What the server has noted no longer matches the log.
        (forked(5), of(right), Some("AnotherEntry")),
    ] {
        let confirmed = consumer.confirm(Some(&reported), &confirmation, &log(), now(2));
        let refused = refused.map(|case| format!("HistoryForked/{case}"));
        assert_eq!(broken(&confirmed), refused, "{confirmation:?}");
    }
    assert!(consumer.is_forked(Some(&forked(5)), &log()));
    assert!(!consumer.is_forked(Some(&at(5, 1)), &log()));
    assert!(!consumer.is_forked(None, &log()));
    // After a reset, what was noted before no longer counts.
    let (reset, _) = consumer
        .reset(2, HEAD, text("Restored"))
        .expect("within the log");
    let confirmed = reset.confirm(Some(&forked(5)), &confirms(3), &log(), now(2));
    assert_eq!(broken(&confirmed), None);
}

#[test]
fn a_paused_or_removed_consumer_confirms_nothing() {
    let consumer = registered(0).expect("a consumer");
    let (paused, _) = consumer.clone().pause(None).expect("active");
    let (removed, _) = consumer.clone().remove(None).expect("registered");
    let (resumed, _) = paused.clone().resume().expect("paused");
    for (consumer, refused) in [
        (&consumer, None),
        (&paused, Some("ConsumerMustNotBePaused")),
        (&removed, Some("ConsumerMustBeKnown")),
        (&resumed, None),
    ] {
        let confirmed = consumer.confirm(None, &confirms(1), &log(), now(2));
        assert_eq!(broken(&confirmed).as_deref(), refused);
    }
    assert!(paused.pause(None).is_none());
    assert!(removed.remove(None).is_none());
    assert!(resumed.resume().is_none());
}

#[test]
fn a_reset_goes_back_and_a_skip_only_forward() {
    let consumer = registered(3).expect("a consumer");
    let reported = at(5, 1);
    let skipped = |position| {
        let skipped = consumer.clone().skip(position, HEAD, text("Known"));
        skipped.map(|skipped| {
            skipped.map(|(consumer, event)| (consumer.position(Some(&reported)), event.position))
        })
    };
    assert_eq!(skipped(8).expect("within the log"), Some((8, 8)));
    assert_eq!(skipped(4).expect("within the log"), Some((5, 4)));
    assert_eq!(skipped(3).expect("within the log"), None);
    assert!(skipped(HEAD + 1).is_err());

    for position in [0, 5, HEAD] {
        let skipped = consumer.clone().skip(8, HEAD, text("Known"));
        let (skipped, _) = skipped.expect("within the log").expect("a change");
        let (reset, _) = skipped
            .reset(position, HEAD, text("Rebuilt"))
            .expect("within the log");
        assert_eq!(reset.position(Some(&reported)), position);
    }
    let reset = consumer.clone().reset(HEAD + 1, HEAD, text("Rebuilt"));
    assert!(reset.is_err());
}

#[test]
fn a_name_can_be_registered_anew() {
    let consumer = registered(3).expect("a consumer");
    let (removed, _) = consumer.remove(None).expect("registered");
    let anew = registered(7).expect("a consumer").replacing(&removed);
    assert!(anew.is_registered());
    assert_eq!(anew.id, removed.id);
    assert_eq!(
        anew.position(Some(&at(9, 1))),
        7,
        "not what the old one read"
    );
}

#[test]
fn an_error_lasts_until_the_next_progress() {
    let consumer = registered(0).expect("a consumer");
    let failing = Confirmation {
        error: Some(text("The table is locked")),
        ..confirms(5)
    };
    let step = |reported: &Progress, confirmation: &Confirmation, micros: i64| {
        let confirmed = consumer.confirm(Some(reported), confirmation, &log(), now(micros));
        confirmed.expect("a confirmation")
    };
    let failed = step(&at(5, 1), &failing, 2);
    let told = |progress: &Progress| progress.error.as_ref().map(|error| error.at);
    assert_eq!(told(&failed), Some(now(2)));
    let again = step(&failed, &confirms(5), 3);
    assert_eq!((told(&again), again.seen_at), (Some(now(2)), now(3)));
    assert_eq!(told(&step(&again, &confirms(6), 4)), None);
}

#[test]
fn a_refused_confirmation_is_noted_until_one_is_taken() {
    let consumer = registered(3).expect("a consumer");
    let refuse = |reported: Option<&Progress>, consumer: &Consumer| {
        let rejection = consumer.confirm(reported, &confirms(2), &log(), now(2));
        let rejection = rejection.expect_err("it goes back");
        consumer.refused(reported, &rejection, &log(), now(2))
    };
    let reported = at(5, 1);
    let noted = refuse(Some(&reported), &consumer).expect("a note");
    let rule = noted
        .refused
        .as_ref()
        .map(|own| (&*own.rejection.rule, own.at));
    assert_eq!(rule, Some(("ConsumerMayNotGoBack", now(2))));
    let other = Progress {
        seen_at: now(2),
        refused: noted.refused.clone(),
        ..reported
    };
    assert_eq!(noted, other);
    // Before its first report, and after a reset.
    for reported in [None, Some(at(5, 0))] {
        let noted = refuse(reported.as_ref(), &consumer).expect("a note");
        assert_eq!((noted.at.position, noted.generation), (3, 1));
        assert_eq!(consumer.position(Some(&noted)), 3);
        assert!(!consumer.is_forked(Some(&noted), &log()));
    }
    let taken = consumer.confirm(Some(&noted), &confirms(6), &log(), now(3));
    assert_eq!(taken.expect("it goes on").refused, None);
    let removed = consumer.remove(None).expect("a change").0;
    assert_eq!(refuse(Some(&noted), &removed), None);
}
