//! Keys: applied once, answered again.

use super::world::{World, cargo, keyed};
use crate::call::{Failed, Headers, IfMatch, Reply};
use domain::log::RefusalKind;
use serde_json::json;

fn positions(replies: &[Reply]) -> Vec<Option<(u64, bool)>> {
    replies
        .iter()
        .map(|reply| match reply {
            Reply::Accepted(accepted) => Some((accepted.position, accepted.replayed)),
            _ => None,
        })
        .collect()
}

#[test]
fn the_same_key_is_applied_once_in_one_batch_and_in_later_ones() {
    let world = World::new();
    let customer = world.customer();
    let create = || ("create-cargo", cargo(&customer, 1), "clerk", keyed("k"));
    let first = world.batch(vec![create(), create(), create()]);
    let later = world.batch(vec![create()]);
    let place = positions(&first)[0].expect("accepted").0;
    assert_eq!(
        positions(&first)[1..],
        [Some((place, true)), Some((place, true))]
    );
    assert_eq!(positions(&later), [Some((place, true))]);
    let answers: Vec<_> = first
        .iter()
        .chain(&later)
        .map(|reply| match reply {
            Reply::Accepted(a) => (&a.outcome, &a.events, a.recorded_at, a.target_version),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_key_identifies_one_exact_request_of_one_caller() {
    let world = World::new();
    let customer = world.customer();
    let with = |key: &str| ("create-cargo", cargo(&customer, 1), "clerk", keyed(key));
    world.batch(vec![with("Key-1")]);
    let mut if_match = keyed("Key-1");
    if_match.if_match = Some(IfMatch::Any);
    for (asked, expected) in [
        (with("Key-1"), "again"),
        (with("key-1"), "new"),
        (with("Key-1 "), "new"),
        (
            ("create-cargo", cargo(&customer, 1), "admin", keyed("Key-1")),
            "new",
        ),
        (
            ("create-cargo", cargo(&customer, 2), "clerk", keyed("Key-1")),
            "reused",
        ),
        (
            ("create-cargo", cargo(&customer, 1), "clerk", if_match),
            "reused",
        ),
        (
            (
                "new-customer",
                json!({ "name": "A", "email": "a@example.com", "country": "NL" }),
                "clerk",
                keyed("Key-1"),
            ),
            "reused",
        ),
    ] {
        let described = format!("{asked:?}");
        let got = match world.batch(vec![asked]).remove(0) {
            Reply::Accepted(accepted) if accepted.replayed => "again",
            Reply::Accepted(_) => "new",
            Reply::Failed(Failed::KeyReused) => "reused",
            other => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "{described}");
    }
}

#[test]
fn a_rejection_is_kept_for_a_day_and_a_denial_is_not() {
    let world = World::new();
    let cargo = world.cargo(&world.customer(), 1);
    let book = || {
        let input = json!({ "cargo": cargo, "voyage": "V100" });
        ("book-onto-voyage", input, "clerk", keyed("k"))
    };
    let denied = || {
        (
            "schedule-voyage",
            super::world::voyage("V9"),
            "clerk",
            keyed("d"),
        )
    };
    let refused = |reply: Reply| match reply {
        Reply::Refused(refused) => (refused.rule().to_owned(), refused.replayed),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(world.batch(vec![book()]).remove(0)),
        ("VoyageMustBeKnown".to_owned(), false)
    );
    assert_eq!(
        refused(world.batch(vec![denied()]).remove(0)),
        ("Policy".to_owned(), false)
    );
    world.voyage("V100");
    world.at("02-20T23:59:00");
    assert_eq!(
        refused(world.batch(vec![book()]).remove(0)),
        ("VoyageMustBeKnown".to_owned(), true)
    );
    world.accept(
        "assign-role",
        json!({ "user": "clerk", "role": "planner" }),
        "admin",
    );
    assert!(matches!(
        world.batch(vec![denied()]).remove(0),
        Reply::Accepted(_)
    ));
    world.at("02-21T00:01:00");
    assert!(matches!(
        world.batch(vec![book()]).remove(0),
        Reply::Accepted(_)
    ));
}

#[test]
fn a_secret_is_returned_once() {
    let world = World::new();
    let issue = || {
        (
            "issue-token",
            json!({ "user": "clerk" }),
            "admin",
            keyed("t"),
        )
    };
    let replies = world.batch(vec![issue(), issue()]);
    let once: Vec<_> = replies
        .iter()
        .map(|reply| match reply {
            Reply::Accepted(accepted) => accepted.once.is_some(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(once, [true, false]);
}

#[test]
fn if_match_is_checked_against_the_state_at_its_own_position() {
    let world = World::new();
    world.voyage("V100");
    let change = |teu: u32, version: u64| {
        let input = json!({ "voyage": "V100", "capacity": { "teu": teu, "tonnes": 1 }, "overbooking_percent": 0 });
        let headers = Headers {
            if_match: Some(IfMatch::OneOf(vec![version])),
            ..Headers::default()
        };
        ("change-voyage-capacity", input, "planner", headers)
    };
    let replies = world.batch(vec![change(1, 1), change(2, 1), change(3, 2)]);
    let stale = |reply: &Reply| matches!(reply, Reply::Refused(r) if r.kind == RefusalKind::Stale && r.rule() == "StaleVersion");
    assert!(matches!(&replies[0], Reply::Accepted(a) if a.target_version == Some(2)));
    assert!(stale(&replies[1]), "{:?}", replies[1]);
    assert!(matches!(&replies[2], Reply::Accepted(a) if a.target_version == Some(3)));
    let mut unknown = change(1, 1);
    unknown.1["voyage"] = json!("V9");
    assert!(stale(&world.batch(vec![unknown])[0]));
}
