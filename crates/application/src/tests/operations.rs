//! Each operation, and who is denied it.

use super::inputs::any_input;
use super::world::{World, cargo, moment, outcome, voyage};
use crate::call::Reply;
use crate::catalogue::catalogue;
use domain::access::Role;
use domain::log::reader::{LogFilter, Reader};
use domain::log::{Hash, RefusalKind};
use futures::executor::block_on;
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_cargo_is_booked_released_booked_again_and_cancelled() {
    let world = World::new();
    world.voyage("V100");
    let cargo = world.cargo(&world.customer(), 2);
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    let booked = world.accept("book-onto-voyage", book.clone(), "clerk");
    assert_eq!(
        outcome(&booked),
        json!({ "cargo": cargo, "legs": [{ "voyage": "V100", "load_at": "HKHKG",
            "load_time": moment("03-03"), "unload_at": "USNYC", "unload_time": moment("03-09") }] })
    );
    assert_eq!(booked.target_version, Some(2));
    let twice = world.refuse("book-onto-voyage", book.clone(), "clerk");
    assert_eq!(
        (twice.kind, twice.rule()),
        (RefusalKind::Rule, "CargoMayNotBeBookedTwice")
    );
    world.accept("release-cargo", json!({ "cargo": cargo }), "clerk");
    world.accept("book-onto-voyage", book.clone(), "clerk");
    let cancel = json!({ "cargo": cargo, "reason": "Order withdrawn" });
    world.accept("cancel-cargo", cancel.clone(), "clerk");
    assert_eq!(
        world.refuse("cancel-cargo", cancel, "clerk").rule(),
        "StatusMustAllow"
    );
    assert_eq!(
        world.refuse("book-onto-voyage", book, "clerk").rule(),
        "StatusMustAllow"
    );
}

#[test]
fn a_container_may_not_exceed_the_weight_of_iso_668() {
    let world = World::new();
    let customer = world.customer();
    for (containers, kg, fits) in [
        (1, 36_000, true),
        (1, 36_001, false),
        (1, 900_000, false),
        (3, 108_000, true),
        (3, 108_001, false),
    ] {
        let mut input = cargo(&customer, containers);
        input["gross_weight_kg"] = json!(kg);
        if fits {
            world.accept("create-cargo", input, "clerk");
            continue;
        }
        let refused = world.refuse("create-cargo", input, "clerk");
        assert_eq!(
            (refused.kind, refused.rule()),
            (RefusalKind::Rule, "ContainerMayNotBeOverweight")
        );
        assert!(
            refused.rejection.to_string().contains(&kg.to_string()),
            "{}",
            refused.rejection
        );
    }
}

#[test]
fn freed_space_can_be_booked_at_once() {
    let world = World::new();
    world.voyage("V100");
    let customer = world.customer();
    let (full, next) = (world.cargo(&customer, 110), world.cargo(&customer, 1));
    world.accept(
        "book-onto-voyage",
        json!({ "cargo": full, "voyage": "V100" }),
        "clerk",
    );
    let book = json!({ "cargo": next, "voyage": "V100" });
    let refused = world.refuse("book-onto-voyage", book.clone(), "clerk");
    assert_eq!(
        refused.rejection.to_string(),
        r#"LoadMayNotPassTheLine/TooLittleLeft left="0 TEU and 2190 t" voyage="V100" from="HKHKG" to="JPTYO" needed="1 TEU and 10 t""#
    );
    world.accept("release-cargo", json!({ "cargo": full }), "clerk");
    world.accept("book-onto-voyage", book, "clerk");
}

#[test]
fn unknown_parameters_are_refused_by_name() {
    let world = World::new();
    world.voyage("V100");
    let customer = world.customer();
    let known = world.cargo(&customer, 1);
    let nobody = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let mut nowhere = cargo(&customer, 1);
    nowhere["destination"] = json!("DEHAM");
    let mut off_map = voyage("V200");
    off_map["movements"][1]["to"] = json!("DEHAM");
    for (operation, input, who, rule) in [
        (
            "create-cargo",
            cargo(&nobody, 1),
            "clerk",
            "CustomerMustBeKnown",
        ),
        ("create-cargo", nowhere, "clerk", "LocationMustBeKnown"),
        ("schedule-voyage", off_map, "planner", "LocationMustBeKnown"),
        (
            "schedule-voyage",
            voyage("V100"),
            "planner",
            "VoyageNumberMustBeUnique",
        ),
        (
            "book-onto-voyage",
            json!({ "cargo": known, "voyage": "V9" }),
            "clerk",
            "VoyageMustBeKnown",
        ),
        (
            "book-onto-voyage",
            json!({ "cargo": "23456789AB3", "voyage": "V100" }),
            "clerk",
            "CargoMustBeKnown",
        ),
        (
            "release-cargo",
            json!({ "cargo": "23456789AB3" }),
            "clerk",
            "CargoMustBeKnown",
        ),
        (
            "cancel-cargo",
            json!({ "cargo": "23456789AB3", "reason": "x" }),
            "clerk",
            "CargoMustBeKnown",
        ),
        (
            "change-voyage-capacity",
            json!({ "voyage": "V9", "capacity": { "teu": 1, "tonnes": 1 }, "overbooking_percent": 0 }),
            "planner",
            "VoyageMustBeKnown",
        ),
        (
            "assign-role",
            json!({ "user": "nobody", "role": "clerk" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "remove-role",
            json!({ "user": "nobody", "role": "clerk" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "reinstate-user",
            json!({ "user": "nobody" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "issue-token",
            json!({ "user": "nobody" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "revoke-token",
            json!({ "token_id": nobody }),
            "admin",
            "TokenMustBeKnown",
        ),
        (
            "register-user",
            json!({ "name": "clerk" }),
            "admin",
            "UserNameMustBeUnique",
        ),
        (
            "set-password",
            json!({ "user": "nobody", "password": "correct horse" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "issue-password-link",
            json!({ "user": "nobody" }),
            "admin",
            "UserMustBeKnown",
        ),
        (
            "redeem-password-link",
            json!({ "user": "nobody", "link": "0".repeat(64), "password": "correct horse" }),
            "",
            "UserMustBeKnown",
        ),
        (
            "sign-in",
            json!({ "user": "nobody", "password": "0".repeat(64) }),
            "",
            "UserMustBeKnown",
        ),
        (
            "sign-in",
            json!({ "user": "clerk", "password": "0".repeat(64) }),
            "",
            "PasswordMustBeCurrent",
        ),
        (
            "sign-out",
            json!({ "session": nobody }),
            "",
            "TokenMustBeKnown",
        ),
    ] {
        let refused = world.refuse(operation, input, who);
        assert_eq!(
            (refused.kind, refused.rule()),
            (RefusalKind::Rule, rule),
            "{operation}"
        );
    }
}

#[test]
fn a_customer_touches_only_its_own() {
    let world = World::new();
    world.voyage("V100");
    let (own, other) = (world.customer(), world.customer());
    world.enrol(
        "shipper",
        json!({ "user": "shipper", "role": "customer", "customer": own }),
    );
    let foreign = world.cargo(&other, 1);
    let created = world.accept("create-cargo", cargo(&own, 1), "shipper");
    let mine = outcome(&created)["cargo"].clone();
    for (operation, input, status, rule) in [
        (
            "create-cargo",
            cargo(&other, 1),
            RefusalKind::Rule,
            "CustomerMustBeKnown",
        ),
        (
            "cancel-cargo",
            json!({ "cargo": foreign, "reason": "x" }),
            RefusalKind::Rule,
            "CargoMustBeKnown",
        ),
        (
            "book-onto-voyage",
            json!({ "cargo": mine, "voyage": "V100" }),
            RefusalKind::Forbidden,
            "Policy",
        ),
        (
            "release-cargo",
            json!({ "cargo": mine }),
            RefusalKind::Forbidden,
            "Policy",
        ),
        (
            "schedule-voyage",
            voyage("V2"),
            RefusalKind::Forbidden,
            "Policy",
        ),
    ] {
        let refused = world.refuse(operation, input, "shipper");
        assert_eq!(
            (refused.kind, refused.rule()),
            (status, rule),
            "{operation}"
        );
    }
    world.accept(
        "cancel-cargo",
        json!({ "cargo": mine, "reason": "x" }),
        "shipper",
    );
}

#[test]
fn every_operation_has_a_denied_case() {
    let world = World::new();
    world.accept("register-user", json!({ "name": "nobody" }), "");
    world.enrol("reader", json!({ "user": "reader", "role": "integrator" }));
    for definition in catalogue() {
        let name = definition.about.name;
        // Integrators may run some.
        let denied = 2 - usize::from(definition.about.who.roles.contains(&Role::Integrator));
        for who in ["auditor", "reader"].into_iter().take(denied) {
            let refused = world.refuse(name, any_input(name), who);
            assert_eq!(
                (refused.kind, refused.rule()),
                (RefusalKind::Forbidden, "Policy"),
                "{name} by {who}"
            );
        }
        let unknown = world.run(name, any_input(name), "no-such-token");
        assert_eq!(
            unknown,
            Reply::Failed(crate::Failed::Unauthenticated),
            "{name}"
        );
    }
}

#[test]
fn the_system_runs_only_what_it_may() {
    let world = World::new();
    for definition in catalogue().filter(|definition| !definition.about.who.system) {
        let name = definition.about.name;
        assert_eq!(
            world.refuse(name, any_input(name), "").kind,
            RefusalKind::Forbidden,
            "{name}"
        );
    }
}

#[test]
fn an_entry_has_only_declared_events() {
    for definition in catalogue() {
        let about = definition.about;
        assert!(
            !about.events.is_empty() && !about.meaning.is_empty(),
            "{}",
            about.name
        );
        for rule in about.rules {
            assert!(domain::rules().any(|known| known == rule), "{}", rule.name);
        }
    }
}

#[test]
fn a_revoked_token_is_invalid_even_within_the_batch() {
    let world = World::new();
    let issued = world.accept("issue-token", json!({ "user": "clerk" }), "admin");
    let secret = issued.once.clone().expect("a secret")["token"].clone();
    let secret = secret.as_str().expect("text");
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let none = crate::Headers::default;
    let replies = world.batch(vec![
        ("new-customer", customer.clone(), secret, none()),
        ("revoke-token", outcome(&issued), "admin", none()),
        ("new-customer", customer, secret, none()),
    ]);
    assert!(matches!(replies[0], Reply::Accepted(_)), "{:?}", replies[0]);
    assert!(matches!(replies[1], Reply::Accepted(_)), "{:?}", replies[1]);
    assert_eq!(replies[2], Reply::Failed(crate::Failed::Unauthenticated));
}

#[test]
fn a_mistaken_role_and_a_mistaken_suspension_are_corrected() {
    let world = World::new();
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let none = crate::Headers::default;
    let clerk = json!({ "user": "clerk", "role": "clerk" });
    let replies = world.batch(vec![
        ("remove-role", clerk.clone(), "admin", none()),
        ("new-customer", customer.clone(), "clerk", none()),
        ("remove-role", clerk.clone(), "admin", none()),
        ("assign-role", clerk, "admin", none()),
        ("new-customer", customer.clone(), "clerk", none()),
    ]);
    assert!(matches!(replies[0], Reply::Accepted(_)), "{:?}", replies[0]);
    assert!(
        matches!(&replies[1], Reply::Refused(refused) if refused.rule() == "Policy"),
        "{:?}",
        replies[1]
    );
    assert!(matches!(&replies[2], Reply::Accepted(a) if a.events == "[]"));
    assert!(matches!(replies[4], Reply::Accepted(_)), "{:?}", replies[4]);

    let user = json!({ "user": "clerk" });
    let reason = json!({ "user": "clerk", "reason": "Meant the other one" });
    let replies = world.batch(vec![
        ("suspend-user", reason, "admin", none()),
        ("reinstate-user", user.clone(), "admin", none()),
        ("new-customer", customer, "clerk", none()),
        ("reinstate-user", user, "admin", none()),
    ]);
    assert!(matches!(replies[2], Reply::Accepted(_)), "{:?}", replies[2]);
    assert!(matches!(&replies[3], Reply::Accepted(a) if a.events == "[]"));
}

#[test]
fn an_administrator_cannot_lock_everyone_out() {
    let world = World::new();
    let role = |user| json!({ "user": user, "role": "admin" });
    let suspend = json!({ "user": "admin", "reason": "Left" });
    let stays = "OwnAccessMustStay";
    assert_eq!(
        world.refuse("remove-role", role("admin"), "admin").rule(),
        stays
    );
    assert_eq!(
        world
            .refuse("suspend-user", suspend.clone(), "admin")
            .rule(),
        stays
    );
    // Another administrator may, because one is left who can undo it.
    world.accept("assign-role", role("clerk"), "admin");
    world.accept("remove-role", role("admin"), "clerk");
    world.accept("suspend-user", suspend, "clerk");
}

#[test]
fn a_suspended_user_can_do_nothing_even_within_the_batch() {
    let world = World::new();
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let none = crate::Headers::default;
    let replies = world.batch(vec![
        ("new-customer", customer.clone(), "clerk", none()),
        (
            "suspend-user",
            json!({ "user": "clerk", "reason": "Left" }),
            "admin",
            none(),
        ),
        ("new-customer", customer, "clerk", none()),
        (
            "suspend-user",
            json!({ "user": "clerk", "reason": "Left" }),
            "admin",
            none(),
        ),
    ]);
    assert!(matches!(replies[0], Reply::Accepted(_)), "{:?}", replies[0]);
    assert!(matches!(&replies[1], Reply::Accepted(a) if a.target_version == Some(3)));
    assert_eq!(replies[2], Reply::Failed(crate::Failed::Unauthenticated));
    assert!(matches!(&replies[3], Reply::Accepted(a) if a.events == "[]"));
}

/// The fingerprint of a user's password, as the check of the password gets it.
fn fingerprint(world: &World, user: &str) -> String {
    let queries = crate::queries::Queries::new(Arc::new(world.store.clone()), world.clock.clone());
    let user = block_on(queries.user(&user.parse().expect("a name")));
    let user = user.expect("memory").expect("known").state;
    user.password.expect("set").hash.fingerprint().to_string()
}

#[test]
fn a_session_is_valid_until_it_ends() {
    let world = World::new();
    let customer = || json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let set_password = json!({ "user": "clerk", "password": "correct horse" });
    let sign_in = |world: &World| {
        let input = json!({ "user": "clerk", "password": fingerprint(world, "clerk") });
        let signed_in = world.accept("sign-in", input, "");
        let secret = signed_in.once.clone().expect("a secret")["token"].clone();
        (
            outcome(&signed_in)["session"].clone(),
            format!("session:{}", secret.as_str().expect("text")),
        )
    };
    let speaks = |secret: &str| match world.run("new-customer", customer(), secret) {
        Reply::Accepted(_) => true,
        Reply::Failed(crate::Failed::Unauthenticated) => false,
        other => panic!("{other:?}"),
    };

    let set = world.accept("set-password", set_password.clone(), "admin");
    assert_eq!(set.events, r#"[{"type":"PasswordSet","user":"clerk"}]"#);
    let (session, secret) = sign_in(&world);
    assert!(speaks(&secret));
    let bare = secret.strip_prefix("session:").expect("a session");
    assert!(!speaks(bare), "a session is not an API token");
    world.accept("sign-out", json!({ "session": session }), "");
    assert!(!speaks(&secret), "signed out");

    let (_, secret) = sign_in(&world);
    world.at("02-20T11:59:00");
    assert!(speaks(&secret));
    world.at("02-20T12:01:00");
    assert!(!speaks(&secret), "after its time");

    let (_, secret) = sign_in(&world);
    assert!(speaks(&secret));
    let old = fingerprint(&world, "clerk");
    world.accept("set-password", set_password, "admin");
    assert!(!speaks(&secret), "after another password was set");
    let late = json!({ "user": "clerk", "password": old });
    assert_eq!(
        world.refuse("sign-in", late, "").rule(),
        "PasswordMustBeCurrent"
    );

    let (_, secret) = sign_in(&world);
    let suspend = json!({ "user": "clerk", "reason": "Left" });
    let again = json!({ "user": "clerk", "password": fingerprint(&world, "clerk") });
    world.accept("suspend-user", suspend, "admin");
    assert!(!speaks(&secret), "suspended");
    assert_eq!(
        world.refuse("sign-in", again, "").rule(),
        "UserMustBeActive"
    );
}

#[test]
fn an_api_token_is_not_a_session() {
    let world = World::new();
    let issued = world.accept("issue-token", json!({ "user": "clerk" }), "");
    let secret = issued.once.expect("a secret")["token"].clone();
    let secret = secret.as_str().expect("text");
    let customer = || json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let as_session = world.run("new-customer", customer(), &format!("session:{secret}"));
    assert_eq!(as_session, Reply::Failed(crate::Failed::Unauthenticated));
    assert!(matches!(
        world.run("new-customer", customer(), secret),
        Reply::Accepted(_)
    ));
}

#[test]
fn a_password_link_is_redeemed_once_and_its_secret_not_written() {
    let world = World::new();
    let issue = || json!({ "user": "clerk" });
    let issued = world.accept("issue-password-link", issue(), "admin");
    let once = issued.once.expect("a secret");
    let secret = once["secret"].as_str().expect("text");
    assert_eq!(secret.len(), 64, "256 bits");
    let hash = Hash::of(secret.as_bytes());
    let redeem = |link: Hash| json!({ "user": "clerk", "link": link, "password": "correct horse" });
    let refused = |link| {
        let refused = world.refuse("redeem-password-link", redeem(link), "");
        assert_eq!(refused.rule(), "PasswordLinkMustBeOpen");
    };
    refused(Hash::of(b"a guess"));
    let redeemed = world.accept("redeem-password-link", redeem(hash), "");
    assert_eq!(
        redeemed.events,
        r#"[{"type":"PasswordSet","user":"clerk"}]"#
    );
    refused(hash);

    // The next one expires.
    let issued = world.accept("issue-password-link", issue(), "admin");
    let ends = outcome(&issued)["ends"].clone();
    assert!(
        ends.as_str()
            .is_some_and(|ends| ends.starts_with("2027-02-21T00:00:00")),
        "{ends}"
    );
    let once = issued.once.expect("a secret");
    let expired = Hash::of(once["secret"].as_str().expect("text").as_bytes());
    world.at("02-21T00:00:01");
    refused(expired);

    let written = everything(&world);
    assert!(written.contains(&hash.to_string()), "the hash is written");
    for secret in [
        secret,
        once["secret"].as_str().expect("text"),
        "correct horse",
    ] {
        assert!(!written.contains(secret), "{secret}");
    }
}

/// All that is stored, as text.
fn everything(world: &World) -> String {
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let log = LogFilter::default();
    let entries = block_on(snapshot.entries(&log, 0, 1_000)).expect("memory");
    let refusals = block_on(snapshot.refusals(&log, 0..=u64::MAX, None, 1_000)).expect("memory");
    let history = block_on(snapshot.history(0, u64::MAX)).expect("memory");
    format!("{entries:?} {refusals:?} {history:?}")
}

#[test]
fn no_password_is_written_anywhere() {
    let world = World::new();
    world.accept(
        "set-password",
        json!({ "user": "clerk", "password": "correct horse" }),
        "admin",
    );
    let set = json!({ "user": "clerk", "password": "correct horse" });
    world.refuse("set-password", set, "clerk");
    let all = everything(&world);
    assert!(all.contains("$argon2id$") && !all.contains("correct horse"));
}
