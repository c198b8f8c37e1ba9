//! What was erased cannot be read any more, and everything else stays as it was.

use super::world::{IMPORTED_AT, World, cargo, keyed, outcome, voyage};
use crate::call::{Failed, Headers, Reply};
use crate::memory::MemoryStore;
use crate::queries::{At, Queries, Rehearsal, When};
use crate::transfer::{export, import};
use crate::verify::{Options, Trouble, verify};
use domain::customers::{Customer, CustomerId};
use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Reader};
use domain::log::store::{Appended, Change, Store};
use domain::log::{Entry, Hash, HistoryRow, KeyChanges, SealKey, list_changes};
use domain::{Aggregate, Kind, RULES_VERSION, Versioned};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

const NAME: &str = "Blue Anchor";
const EMAIL: &str = "desk@example.com";

fn changed(customer: &Value, name: &str) -> Value {
    json!({ "customer": customer, "name": name, "email": EMAIL, "country": "NL" })
}

fn erase(customer: &Value) -> Value {
    json!({ "customer": customer, "reason": "Asked for it" })
}

fn id(customer: &Value) -> CustomerId {
    let id = customer.as_str().expect("an id");
    CustomerId(Uuid::parse_str(id).expect("an id"))
}

/// Everything that is stored for ever or for a time, as text.
fn stored(world: &World) -> String {
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let all = LogFilter::default();
    let entries = block_on(snapshot.entries(&all, 0, u64::MAX)).expect("memory");
    let history = block_on(snapshot.history(0, u64::MAX)).expect("memory");
    let refusals = block_on(snapshot.refusals(&all, 0..=u64::MAX, None, u64::MAX));
    format!("{entries:?} {history:?} {:?}", refusals.expect("memory"))
}

/// Name and address of each version, and of the state at a position.
fn read(world: &World, customer: &Value, at: u64) -> (Vec<Value>, Value) {
    let clock = Arc::clone(&world.clock) as _;
    let queries = Queries::new(Arc::new(world.store.clone()), clock);
    let mut reading = block_on(queries.visit(&world.caller("clerk"))).expect("a clerk");
    let versions = block_on(reading.history::<Customer>(&id(customer), None, 200));
    let shown = |state| {
        let state = serde_json::to_value(state).expect("JSON");
        json!([state["name"], state["email"]])
    };
    let versions = versions.expect("the history").items.into_iter();
    let versions = versions.map(|version| shown(version.state)).collect();
    let at = When::from(Some(At::Position(at)));
    let then = block_on(reading.one::<Customer>(&id(customer), at)).expect("a customer");
    (versions, shown(then.view))
}

/// Verifies, deciding again. Returns how many entries there are and how many were decided again.
fn verified(store: &MemoryStore) -> Result<(u64, u64), Trouble> {
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let report = block_on(verify(Arc::new(store.clone()), options, |_, _| {}))?;
    Ok((report.entries, report.replayed))
}

fn must_be_sound(store: &MemoryStore) {
    let (entries, replayed) = verified(store).expect("sound");
    assert_eq!(entries, replayed);
}

#[test]
fn the_past_shows_what_is_not_erased_and_nothing_else() {
    let world = World::new();
    let customer = world.customer();
    let other = world.customer();
    let renamed = world.accept("change-customer", changed(&customer, "Red Buoy"), "clerk");
    let suspend = json!({ "customer": customer, "reason": "Unpaid" });
    world.accept("suspend-customer", suspend, "clerk");
    let unknown = changed(&json!(Uuid::nil()), NAME);
    world.refuse("change-customer", unknown, "clerk");
    for text in [NAME, "Red Buoy", EMAIL] {
        assert!(
            !stored(&world).contains(text),
            "{text} is stored in plain text"
        );
    }
    let (before, after) = (json!([NAME, EMAIL]), json!(["Red Buoy", EMAIL]));
    let versions = vec![before.clone(), after.clone(), after];
    assert_eq!(
        read(&world, &customer, renamed.position - 1),
        (versions, before.clone())
    );
    must_be_sound(&world.store);

    let hashes = |world: &World| {
        let mut snapshot = block_on(world.store.snapshot()).expect("memory");
        let entries = block_on(snapshot.entries(&LogFilter::default(), 0, renamed.position + 1));
        let entries = entries.expect("memory").into_iter();
        entries.map(|entry| entry.hash).take(20).collect::<Vec<_>>()
    };
    let earlier = hashes(&world);
    world.accept("erase-customer", erase(&customer), "admin");
    let nothing = json!([null, null]);
    let (versions, then) = read(&world, &customer, renamed.position - 1);
    assert_eq!(versions, vec![nothing.clone(); 4]);
    assert_eq!(then, nothing);
    assert_eq!(read(&world, &other, renamed.position).0, [before]);
    assert_eq!(hashes(&world), earlier);
    must_be_sound(&world.store);
    let rows = block_on(world.store.snapshot()).and_then(|mut snapshot| {
        let mut at = block_on(snapshot.states_at(Kind::Customer, u64::MAX, None, 10))?;
        at.retain(|row| row.id == id(&customer).0);
        Ok(at)
    });
    let tombstone: Value = serde_json::from_str(&rows.expect("memory")[0].state).expect("JSON");
    assert_eq!(
        tombstone,
        json!({ "id": customer, "name": null, "email": null, "country": "NL", "status": "ERASED" })
    );
}

#[test]
fn an_erased_customer_stays_erased() {
    let world = World::new();
    world.voyage("V100");
    let customer = world.customer();
    let booked = world.cargo(&customer, 1);
    let refused = world.refuse("erase-customer", erase(&customer), "admin");
    assert_eq!(refused.rule(), "CustomerMustHaveNoUnfinishedCargo");
    let cancel = json!({ "cargo": booked, "reason": "Asked for it" });
    world.accept("cancel-cargo", cancel, "clerk");
    for who in ["clerk", "planner", "auditor"] {
        let refused = world.refuse("erase-customer", erase(&customer), who);
        assert_eq!(refused.rule(), "Policy", "{who}");
    }
    world.accept("erase-customer", erase(&customer), "admin");
    let again = world.accept("erase-customer", erase(&customer), "admin");
    assert!(again.changed_nothing());
    let role = json!({ "user": "clerk", "role": "customer", "customer": customer });
    for (operation, input, who) in [
        ("change-customer", changed(&customer, "Red Buoy"), "clerk"),
        ("suspend-customer", erase(&customer), "clerk"),
        (
            "reinstate-customer",
            json!({ "customer": customer }),
            "clerk",
        ),
        ("create-cargo", cargo(&customer, 1), "clerk"),
        ("assign-role", role, "admin"),
    ] {
        let refused = world.refuse(operation, input, who);
        assert_eq!(refused.rule(), "CustomerMustNotBeErased", "{operation}");
    }
    assert!(!stored(&world).contains("Red Buoy"));
    must_be_sound(&world.store);
}

#[test]
fn operations_of_one_batch_see_the_erasure() {
    let world = World::new();
    let customer = world.customer();
    let asked = |name, input, who| (name, input, who, Headers::default());
    let replies = world.batch(vec![
        asked("change-customer", changed(&customer, "Red Buoy"), "clerk"),
        asked("erase-customer", erase(&customer), "admin"),
        asked("change-customer", changed(&customer, "Green Can"), "clerk"),
        asked("create-cargo", cargo(&customer, 1), "clerk"),
    ]);
    // The calls of different users may be taken in another order, but each sees those before it.
    let mut accepted = Vec::new();
    for reply in &replies {
        match reply {
            Reply::Accepted(one) => accepted.push(one.position),
            Reply::Refused(refused) => assert!(
                [
                    "CustomerMustNotBeErased",
                    "CustomerMustHaveNoUnfinishedCargo"
                ]
                .contains(&refused.rule())
            ),
            Reply::Failed(failed) => panic!("{failed}"),
        }
    }
    let is_erased = matches!(replies[1], Reply::Accepted(_));
    let (versions, _) = read(&world, &customer, u64::MAX);
    let last = versions.last().expect("versions");
    assert_eq!(*last == json!([null, null]), is_erased, "{versions:?}");
    assert!(!stored(&world).contains("Red Buoy"));
    must_be_sound(&world.store);
}

#[test]
fn a_rehearsal_erases_nothing() {
    let world = World::new();
    let customer = world.customer();
    let (_, definition, ready) = world.prepared("erase-customer", &erase(&customer));
    let clock = Arc::clone(&world.clock) as _;
    let queries = Queries::new(Arc::new(world.store.clone()), clock);
    let asked = [(definition, ready)];
    let admin = world.caller("admin");
    let rehearsed = queries.rehearse(&admin, &asked, Rehearsal::Alone);
    let answers = block_on(rehearsed).expect("memory");
    assert_eq!(answers.len(), 1);
    assert!(answers[0].is_ok());
    let (versions, _) = read(&world, &customer, u64::MAX);
    assert_eq!(versions, [json!([NAME, EMAIL])]);
}

#[test]
fn a_key_stands_for_a_request_with_its_personal_fields() {
    let world = World::new();
    let new = |name: &str| json!({ "name": name, "email": EMAIL, "country": "NL" });
    let run = |name: &str| {
        let asked = ("new-customer", new(name), "clerk", keyed("k"));
        world.batch(vec![asked]).remove(0)
    };
    let Reply::Accepted(first) = run(NAME) else {
        panic!("it was not accepted");
    };
    let customer = outcome(&first)["customer"].clone();
    let is_repeated = |reply: &Reply| matches!(reply, Reply::Accepted(again) if again.replayed && outcome(again)["customer"] == customer);
    assert!(is_repeated(&run(NAME)));
    assert_eq!(run("Red Buoy"), Reply::Failed(Failed::KeyReused));
    let two = vec![
        ("new-customer", new(NAME), "clerk", keyed("two")),
        ("new-customer", new("Red Buoy"), "clerk", keyed("two")),
    ];
    let replies = world.batch(two);
    assert_eq!(replies[1], Reply::Failed(Failed::KeyReused));

    // The stored fingerprint does not depend on the name, which nobody can compare any more.
    world.accept("erase-customer", erase(&customer), "admin");
    assert!(is_repeated(&run(NAME)));
    assert!(is_repeated(&run("Red Buoy")));
}

/// A customer as earlier releases stored it: in plain text, without a key.
fn of_an_earlier_release(world: &World) -> Value {
    let mut transaction = block_on(world.store.begin()).expect("memory");
    let head = transaction.head().clone();
    let (_, definition, ready) = world.prepared(
        "new-customer",
        &json!({ "name": NAME, "email": EMAIL, "country": "NL" }),
    );
    let customer: CustomerId = serde_json::from_str(&ready.prepared).expect("an id");
    let parse = "an example";
    let (state, added) = Customer::new(
        customer,
        NAME.parse().expect(parse),
        EMAIL.parse().expect(parse),
        "NL".parse().expect(parse),
    );
    let state = state.into_any();
    let about = definition.about;
    let sequence = transaction.sequences().get(&Kind::Customer).unwrap_or(&0) + 1;
    let mut entry = Entry {
        position: head.position + 1,
        id: Uuid::from_u128(1),
        operation: about.name.to_owned(),
        version: about.version,
        subdomain: about.subdomain.to_owned(),
        target: Some(format!("customer:{customer}")),
        target_version: Some(1),
        actor: "user:clerk".parse().expect("an actor"),
        key: None,
        cause: None,
        input: ready.input,
        prepared: ready.prepared,
        events: domain::Event::list_to_json(&[added.into()]),
        outcome: json!({ "customer": customer }).to_string(),
        recorded_at: head.recorded_at.plus_micros(1),
        program: "plimsoll".to_owned(),
        rules_version: RULES_VERSION,
        policy_version: 1,
        trace_id: None,
        hash: Hash::ZERO,
    };
    let row = HistoryRow {
        kind: Kind::Customer,
        sequence,
        id: customer.0,
        version: 1,
        position: entry.position,
        recorded_at: entry.recorded_at,
        state: state.json(),
    };
    entry.hash = entry_hash(head.hash, &entry, std::slice::from_ref(&row));
    let list_changes = list_changes(None, &state, entry.position);
    let new = Versioned { version: 1, state };
    let change = Change { loaded: None, new };
    let appended = Appended {
        entries: vec![entry],
        history: vec![row],
        sequences: [(Kind::Customer, sequence)].into(),
        list_changes,
        ..Appended::default()
    };
    block_on(transaction.write(&[change])).expect("memory");
    block_on(transaction.append(&appended)).expect("memory");
    block_on(transaction.commit()).expect("memory");
    json!(customer)
}

#[test]
fn what_an_earlier_release_stored_stays_plain_and_the_rest_is_sealed() {
    let world = World::new();
    let customer = of_an_earlier_release(&world);
    let same = world.accept("change-customer", changed(&customer, NAME), "clerk");
    assert!(same.changed_nothing());
    world.accept("change-customer", changed(&customer, "Red Buoy"), "clerk");
    let suspend = json!({ "customer": customer, "reason": "Unpaid" });
    world.accept("suspend-customer", suspend, "clerk");
    let (was, is) = (json!([NAME, EMAIL]), json!(["Red Buoy", EMAIL]));
    let (versions, _) = read(&world, &customer, u64::MAX);
    assert_eq!(versions, [was.clone(), is.clone(), is]);
    assert!(!stored(&world).contains("Red Buoy"));
    must_be_sound(&world.store);

    world.accept("erase-customer", erase(&customer), "admin");
    let nothing = json!([null, null]);
    let (versions, _) = read(&world, &customer, u64::MAX);
    assert_eq!(versions[0], was, "entries from before are not rewritten");
    assert_eq!(versions[1..], vec![nothing; 3]);
    // Whether a name that is gone differed from a plain one cannot be decided again.
    let (entries, replayed) = verified(&world.store).expect("sound");
    assert_eq!(entries - replayed, 2);
}

/// Changes keys behind the log's back.
fn tamper(store: &MemoryStore, new: Vec<(Uuid, SealKey)>, destroyed: &[&Value]) {
    let kind = Kind::Customer;
    let mut transaction = block_on(store.begin()).expect("memory");
    let keys = |new: Vec<_>, destroyed: Vec<_>| Appended {
        keys: KeyChanges { new, destroyed },
        ..Appended::default()
    };
    let destroyed = destroyed.iter().map(|customer| (kind, id(customer).0));
    block_on(transaction.append(&keys(Vec::new(), destroyed.collect()))).expect("memory");
    let new = new.into_iter().map(|(id, key)| (kind, id, key));
    block_on(transaction.append(&keys(new.collect(), Vec::new()))).expect("memory");
    block_on(transaction.commit()).expect("memory");
}

fn key(store: &MemoryStore, customer: &Value) -> SealKey {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let keys = block_on(snapshot.keys(Kind::Customer, &[id(customer).0]));
    keys.expect("memory").pop().expect("a key").1
}

#[test]
fn verify_finds_keys_that_were_altered() {
    let world = World::new();
    let [one, other, erased] = [0; 3].map(|_| world.customer());
    let [first, second, last] = [&one, &other, &erased].map(|of| key(&world.store, of));
    world.accept("erase-customer", erase(&erased), "admin");
    must_be_sound(&world.store);
    let at = |customer: &Value| id(customer).0;
    type Case<'a> = (Vec<(Uuid, SealKey)>, Vec<&'a Value>, &'static str);
    let cases: [Case<'_>; 5] = [
        (vec![], vec![&one], "the key of customer"),
        (
            vec![(at(&one), second), (at(&other), first.clone())],
            vec![&one, &other],
            "does not open with its key",
        ),
        (
            vec![(at(&one), SealKey([1; 64]))],
            vec![&one],
            "does not open with its key",
        ),
        (vec![(at(&erased), last)], vec![], "its key is still there"),
        (vec![(Uuid::nil(), first)], vec![], "belong to something"),
    ];
    for (new, destroyed, expected) in cases {
        let fork = world.store.fork();
        tamper(&fork, new, &destroyed);
        for replay in [false, true] {
            let options = Options {
                replay,
                ..Options::default()
            };
            let found = block_on(verify(Arc::new(fork.clone()), options, |_, _| {}));
            let found = found.expect_err(expected).to_string();
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }
}

#[test]
fn an_export_has_the_keys_of_what_is_not_erased() {
    let world = World::new();
    world.accept("schedule-voyage", voyage("V100"), "planner");
    let [kept, erased] = [0; 2].map(|_| world.customer());
    let exported = |store: &MemoryStore| {
        let mut out = Vec::new();
        block_on(export(store, &mut out, |_, _| {})).expect("memory");
        let text = String::from_utf8(out).expect("JSON");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let imported = |store: &MemoryStore, lines: &[String]| {
        let lines = lines.iter().cloned().map(Ok);
        block_on(import(store, store, lines, IMPORTED_AT, |_, _| {}))
            .map(|imported| imported.entries)
    };
    let early = exported(&world.store);
    world.accept("erase-customer", erase(&erased), "admin");
    let late = exported(&world.store);
    let keys = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| line.contains("\"key\":\""))
            .count()
    };
    assert_eq!((keys(&early), keys(&late)), (2, 1));

    let copy = MemoryStore::default();
    imported(&copy, &late).expect("a whole file");
    must_be_sound(&copy);
    assert_eq!(key(&copy, &kept), key(&world.store, &kept));
    assert_eq!(exported(&copy)[1..], late[1..]);

    // A later file of the same log goes on, and erases what was erased since.
    let follower = MemoryStore::default();
    imported(&follower, &early).expect("a whole file");
    let earlier_key = key(&follower, &erased);
    imported(&follower, &late).expect("it goes on");
    must_be_sound(&follower);
    // An earlier file brings no key back.
    imported(&follower, &early).expect_err("it ends before the log");
    must_be_sound(&follower);
    assert!(
        !exported(&follower)
            .concat()
            .contains(&hex::encode(earlier_key.0))
    );
}
