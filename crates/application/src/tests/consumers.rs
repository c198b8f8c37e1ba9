//! Consumers: who may do what with them, and what they confirm.

use super::faulty::{Fault, Faulty};
use super::world::{World, outcome};
use crate::call::Reply;
use crate::consumers::{Confirmations, ConsumerView, NotConfirmed};
use crate::pipeline::Pipeline;
use crate::queries::{Queries, QueryError};
use crate::verify::{Options, verify};
use domain::access::policy;
use domain::consumers::{Confirmation, ConsumerName, ConsumerStatus};
use domain::log::reader::Reader;
use domain::log::{Hash, RefusalKind};
use domain::ports::Clock;
use futures::executor::block_on;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use std::sync::Arc;

/// A world with two integrators and the consumer `billing` of the first, at position 3.
fn world() -> World {
    let world = World::new();
    for user in ["ivy", "otto"] {
        world.enrol(user, json!({ "user": user, "role": "integrator" }));
    }
    let billing = json!({ "name": "billing", "from": 3 });
    world.accept("register-consumer", billing, "ivy");
    world
}

fn name(name: &str) -> ConsumerName {
    name.parse().expect("a name")
}

fn queries(world: &World) -> Queries {
    let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
    Queries::new(Arc::new(world.store.clone()), clock)
}

/// Stands for the hash that the log has at the position.
const AS_DELIVERED: Hash = Hash([1; 32]);

fn confirms(position: u64) -> Confirmation {
    Confirmation {
        position,
        hash: AS_DELIVERED,
        error: None,
    }
}

async fn delivered(world: &World, mut confirmation: Confirmation) -> Confirmation {
    if confirmation.hash == AS_DELIVERED {
        let mut snapshot = world.store.snapshot().await.expect("a snapshot");
        let entries = snapshot.entries_at(&[confirmation.position]).await;
        let entries = entries.expect("entries");
        confirmation.hash = entries.first().map_or(Hash::ZERO, |entry| entry.hash);
    }
    confirmation
}

/// Confirms positions that wait together, in this order, each with its result: the position, or the
/// rule that refused it.
fn confirm_all(
    world: &World,
    asked: &[(&str, &str, Confirmation)],
) -> Vec<Result<u64, NotConfirmed>> {
    let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
    let limits = world.limits;
    let through = Arc::clone(&world.through);
    let (pipeline, _) = Pipeline::new(through, Arc::clone(&clock), limits, "test".to_owned());
    let (confirmations, confirmer) = Confirmations::new(&pipeline, clock);
    let queries = queries(world);
    let all = async move {
        let mut prepared = Vec::new();
        for (who, consumer, confirmation) in asked {
            let mut reading = queries.visit(&world.caller(who)).await.expect("a caller");
            let consumer = name(consumer);
            let confirmation = delivered(world, confirmation.clone()).await;
            let asked = reading.confirmation(&consumer, confirmation);
            prepared.push(asked.await.expect("may confirm"));
        }
        let confirmed = prepared
            .into_iter()
            .map(|asked| confirmations.confirm(asked));
        let confirmed = join_all(confirmed.collect::<Vec<_>>()).await;
        let positions = confirmed
            .into_iter()
            .map(|own| own.map(|view| view.position));
        positions.collect::<Vec<_>>()
    };
    block_on(join(all, confirmer.run())).0
}

fn confirm(world: &World, confirmation: Confirmation) -> Result<u64, String> {
    let confirmed = confirm_all(world, &[("ivy", "billing", confirmation)]).remove(0);
    confirmed.map_err(|not| match not {
        NotConfirmed::Refused(rejection, _) => rejection.rule.into_owned(),
        NotConfirmed::Failed(failed) => format!("{failed:?}"),
    })
}

fn billing(world: &World) -> ConsumerView {
    let queries = queries(world);
    let view = async {
        let mut reading = queries.visit(&world.caller("auditor")).await?;
        reading.consumer(&name("billing")).await
    };
    block_on(view).expect("a consumer")
}

fn head(world: &World) -> (u64, Hash) {
    let queries = queries(world);
    let head = async {
        let mut reading = queries
            .visit(&world.caller("admin"))
            .await
            .expect("a caller");
        let head = reading.head().await.expect("memory");
        (head.position, head.hash.parse().expect("a hash"))
    };
    block_on(head)
}

#[test]
fn a_consumer_belongs_to_its_owner() {
    let world = world();
    let reset = json!({ "consumer": "billing", "position": 1, "reason": "Rebuilt" });
    let refused = world.refuse("reset-consumer", reset.clone(), "otto");
    assert_eq!(
        (refused.kind, refused.rejection.case.as_deref()),
        (RefusalKind::Forbidden, Some("OwnerOnly"))
    );
    let queries = queries(&world);
    let by = |who: &'static str| {
        let asked = async {
            let mut reading = queries.visit(&world.caller(who)).await?;
            let asked = reading.confirmation(&name("billing"), confirms(4)).await;
            asked.map(drop)
        };
        block_on(asked)
    };
    for (who, may) in [
        ("ivy", true),
        ("admin", true),
        ("otto", false),
        ("auditor", false),
        ("clerk", false),
    ] {
        match by(who) {
            Ok(()) => assert!(may, "{who}"),
            Err(QueryError::Forbidden(rejection)) => {
                assert!(!may && rejection.breaks(&policy::Policy), "{who}");
            }
            Err(other) => panic!("{who}: {other:?}"),
        }
    }
    for who in ["ivy", "admin"] {
        world.accept("reset-consumer", reset.clone(), who);
    }
}

#[test]
fn a_consumer_is_registered_at_the_end_of_the_log() {
    let world = world();
    let before = head(&world).0;
    let registered = world.accept("register-consumer", json!({ "name": "search" }), "otto");
    let expected = json!({ "consumer": "search", "position": before });
    assert_eq!(outcome(&registered), expected);
    let again = world.refuse("register-consumer", json!({ "name": "search" }), "ivy");
    assert_eq!(again.rule(), "ConsumerNameMustBeUnique");
    let beyond = json!({ "name": "far", "from": head(&world).0 + 1 });
    let beyond = world.refuse("register-consumer", beyond, "ivy");
    assert_eq!(beyond.rule(), "PositionMustBeInTheLog");
}

#[test]
fn a_removed_name_is_free_and_starts_anew() {
    let world = world();
    assert_eq!(confirm(&world, confirms(9)), Ok(9));
    world.accept("remove-consumer", json!({ "consumer": "billing" }), "ivy");
    assert_eq!(billing(&world).status, ConsumerStatus::Removed);
    assert_eq!(
        world
            .refuse("pause-consumer", json!({ "consumer": "billing" }), "ivy")
            .rule(),
        "ConsumerMustBeKnown"
    );
    assert_eq!(
        confirm(&world, confirms(10)),
        Err("ConsumerMustBeKnown".to_owned())
    );
    world.accept(
        "register-consumer",
        json!({ "name": "billing", "from": 2 }),
        "otto",
    );
    let anew = billing(&world);
    assert_eq!((anew.position, anew.seen_at), (2, None));
    assert_eq!(anew.owner.as_str(), "otto");
}

#[test]
fn a_user_has_at_most_twenty_consumers() {
    let world = world();
    let register = |number: u32| json!({ "name": format!("c{number}") });
    for number in 0..19 {
        world.accept("register-consumer", register(number), "ivy");
    }
    let refused = world.refuse("register-consumer", register(20), "ivy");
    assert_eq!(refused.rule(), "ConsumersMustBeFew");
    world.accept("register-consumer", register(20), "otto");
    world.accept("remove-consumer", json!({ "consumer": "c0" }), "ivy");
    world.accept("register-consumer", register(21), "ivy");
}

#[test]
fn a_confirmed_position_is_shown_with_its_lag() {
    let world = world();
    let (end, hash) = head(&world);
    world.at("02-21");
    assert_eq!(confirm(&world, confirms(end - 2)), Ok(end - 2));
    let own = billing(&world);
    assert_eq!((own.position, own.lag_entries), (end - 2, 2));
    // Entries of the same time are recorded a microsecond apart.
    assert_eq!(own.lag_seconds, 24 * 3_600 - 1);
    assert!(own.seen_at.is_some() && !own.is_forked);
    let with_hash = Confirmation {
        hash,
        ..confirms(end)
    };
    assert_eq!(confirm(&world, with_hash), Ok(end));
    let own = billing(&world);
    assert_eq!((own.lag_entries, own.lag_seconds, own.hash), (0, 0, hash));
    assert_eq!(
        confirm(&world, confirms(end - 1)),
        Err("ConsumerMayNotGoBack".to_owned())
    );
    assert_eq!(
        confirm(&world, confirms(end + 1)),
        Err("HistoryForked".to_owned())
    );
    let forged = Confirmation {
        hash: Hash::of(b"another log"),
        ..confirms(end)
    };
    assert_eq!(confirm(&world, forged), Err("HistoryForked".to_owned()));
}

#[test]
fn operations_move_what_was_confirmed() {
    let world = world();
    let (end, _) = head(&world);
    let to = |position: u64| json!({ "consumer": "billing", "position": position, "reason": "x" });
    let pause = || json!({ "consumer": "billing" });
    assert_eq!(confirm(&world, confirms(7)), Ok(7));
    world.accept("pause-consumer", pause(), "ivy");
    assert_eq!(
        confirm(&world, confirms(8)),
        Err("ConsumerMustNotBePaused".to_owned())
    );
    world.accept("resume-consumer", pause(), "ivy");
    assert_eq!(billing(&world).position, 7);
    world.accept("skip-consumer", to(9), "ivy");
    assert_eq!(billing(&world).position, 9);
    assert_eq!(
        confirm(&world, confirms(8)),
        Err("ConsumerMayNotGoBack".to_owned())
    );
    assert!(
        world
            .accept("skip-consumer", to(9), "ivy")
            .changed_nothing()
    );
    world.accept("reset-consumer", to(1), "ivy");
    assert_eq!(billing(&world).position, 1);
    assert_eq!(confirm(&world, confirms(2)), Ok(2));
    for operation in ["reset-consumer", "skip-consumer"] {
        let refused = world.refuse(operation, to(end + 10), "ivy");
        assert_eq!(refused.rule(), "PositionMustBeInTheLog", "{operation}");
    }
}

#[test]
fn what_waits_together_is_judged_in_turn() {
    let world = world();
    world.accept(
        "register-consumer",
        json!({ "name": "search", "from": 0 }),
        "otto",
    );
    let asked: Vec<_> = [
        ("ivy", "billing", 5),
        ("otto", "search", 1),
        ("ivy", "billing", 4),
        ("admin", "billing", 8),
        ("ivy", "billing", 8),
        ("otto", "search", 2),
    ]
    .into_iter()
    .map(|(who, consumer, position)| (who, consumer, confirms(position)))
    .collect();
    let confirmed = confirm_all(&world, &asked);
    let positions: Vec<_> = confirmed.into_iter().map(Result::ok).collect();
    let expected = [Some(5), Some(1), None, Some(8), Some(8), Some(2)];
    assert_eq!(positions, expected);
    assert_eq!(billing(&world).position, 8);
}

/// Whatever happens to the commit, a confirmation that was answered is kept.
#[test]
fn a_confirmation_survives_a_database_in_trouble() {
    for (faults, expected) in [
        (vec![Fault::LostAfter], Ok(5)),
        (vec![Fault::LostBefore], Ok(5)),
        (vec![Fault::LockTimeout, Fault::LostAfter], Ok(5)),
        (vec![Fault::LockTimeout; 3], Err("Unavailable")),
        (vec![Fault::Down], Err("Unavailable")),
    ] {
        let mut world = world();
        world.through = Arc::new(Faulty::new(world.store.clone(), faults.clone(), []));
        let confirmed = confirm(&world, confirms(5));
        assert_eq!(confirmed, expected.map_err(str::to_owned), "{faults:?}");
        let kept = billing(&world).position;
        assert_eq!(kept, confirmed.unwrap_or(3), "{faults:?}");
    }
}

#[test]
fn operations_on_consumers_replay() {
    let world = world();
    let to = |position: u64| json!({ "consumer": "billing", "position": position, "reason": "x" });
    let own: Value = json!({ "consumer": "billing" });
    for (operation, input) in [
        ("skip-consumer", to(5)),
        ("reset-consumer", to(2)),
        ("pause-consumer", own.clone()),
        ("resume-consumer", own.clone()),
        ("remove-consumer", own),
        ("register-consumer", json!({ "name": "billing" })),
    ] {
        let reply = world.run(operation, input, "ivy");
        assert!(
            matches!(reply, Reply::Accepted(_)),
            "{operation}: {reply:?}"
        );
    }
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let checked = block_on(verify(Arc::new(world.store), options, |_, _| {}));
    checked.expect("the log replays");
}
