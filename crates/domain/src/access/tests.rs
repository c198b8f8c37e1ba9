//! Users and tokens: tables of cases.

use super::*;
use crate::customers::CustomerId;
use crate::log::Hash;
use crate::moment::Moment;
use uuid::Uuid;

#[test]
fn customer_role_needs_customer() {
    let one = Some(CustomerId(Uuid::from_u128(1)));
    let other = Some(CustomerId(Uuid::from_u128(2)));
    for (first, then, expected) in [
        ((Role::Clerk, None), (Role::Planner, None), true),
        ((Role::Clerk, None), (Role::Clerk, None), true),
        ((Role::Customer, one), (Role::Customer, one), true),
        ((Role::Customer, one), (Role::Clerk, None), true),
        ((Role::Customer, one), (Role::Customer, other), false),
        ((Role::Clerk, None), (Role::Customer, None), false),
        ((Role::Clerk, None), (Role::Planner, one), false),
    ] {
        let name = "anna".parse().expect("a user name");
        let (user, _) = User::register(UserId(Uuid::nil()), name);
        let (user, assigned) = user.assign(first.0, first.1).expect("the first is fine");
        assert!(assigned.is_some());
        assert_eq!(
            user.assign(then.0, then.1).is_ok(),
            expected,
            "{first:?} {then:?}"
        );
    }
}

#[test]
fn removing_the_customer_role_removes_the_customer() {
    let [one, other] = [1, 2].map(|id| Some(CustomerId(Uuid::from_u128(id))));
    let name = "anna".parse().expect("a user name");
    let (user, _) = User::register(UserId(Uuid::nil()), name);
    let user = user.assign(Role::Customer, one).expect("a customer").0;
    let user = user.assign(Role::Clerk, None).expect("a clerk").0;
    assert_eq!(user.clone().remove(Role::Planner), None, "never had it");
    let (clerk, removed) = user.remove(Role::Customer).expect("had it");
    assert_eq!(removed.role, Role::Customer);
    assert_eq!((clerk.roles.len(), clerk.customer), (1, None));
    let (again, _) = clerk.assign(Role::Customer, other).expect("another one");
    assert_eq!(again.customer, other);
}

#[test]
fn a_reinstated_user_is_active() {
    let name = "anna".parse().expect("a user name");
    let (user, _) = User::register(UserId(Uuid::nil()), name);
    assert_eq!(user.clone().reinstate(), None, "was active");
    let suspended = user.clone().suspend("Left".parse().expect("a reason")).0;
    let reinstated = suspended.reinstate().map(|(user, _)| user);
    assert_eq!(reinstated, Some(user));
}

#[test]
fn user_names() {
    for (text, well_formed) in [
        ("anna", true),
        ("gate-4@rotterdam", true),
        ("4u", true),
        ("", false),
        ("Anna", false),
        ("-anna", false),
        ("an na", false),
        ("änna", false),
    ] {
        assert_eq!(text.parse::<UserName>().is_ok(), well_formed, "{text}");
    }
}

#[test]
fn a_token_is_valid_while_it_lasts() {
    let hour = |hours| Moment::from_micros(1_800_000_000_000_000).plus_hours(hours);
    let hash: PasswordHash = "$argon2id$x".parse().expect("a hash");
    let (user, _) = User::register(UserId(Uuid::nil()), "anna".parse().expect("a name"));
    let with_password = |set| user.clone().set_password(hash.clone(), hour(set)).0;
    let suspended = user.clone().suspend("Left".parse().expect("a reason")).0;
    let token = |session: Option<i64>| Token {
        id: TokenId(Uuid::nil()),
        hash: TokenHash::of("x"),
        user: user.id,
        label: None,
        revoked: false,
        session: session.map(|began| Session::beginning(hour(began))),
    };
    let other = Token {
        user: UserId(Uuid::from_u128(1)),
        ..token(None)
    };
    for (token, user, now, speaks) in [
        (token(None), &user, 1_000_000, true),
        (token(None), &with_password(5), 6, true),
        (token(None), &suspended, 0, false),
        (token(None).revoke().0, &user, 0, false),
        (other, &user, 0, false),
        (token(Some(1)), &with_password(0), 2, true),
        (token(Some(1)), &with_password(0), 12, true),
        (token(Some(1)), &with_password(0), 13, false),
        (token(Some(1)), &with_password(2), 3, false),
        (token(Some(1)), &with_password(1), 3, false),
        (token(Some(1)), &suspended, 2, false),
        (token(Some(1)).revoke().0, &with_password(0), 2, false),
    ] {
        assert_eq!(token.speaks_for(user, hour(now)), speaks, "{token:?} {now}");
    }
}

#[test]
fn a_sign_in_requires_the_current_password() {
    let hash = |text: &str| text.parse::<PasswordHash>().expect("a hash");
    let (old, new) = (hash("$argon2id$old"), hash("$argon2id$new"));
    let now = Moment::from_micros(0);
    let (user, _) = User::register(UserId(Uuid::nil()), "anna".parse().expect("a name"));
    let changed = user.clone().set_password(old.clone(), now).0;
    let changed = changed.set_password(new.clone(), now).0;
    let suspended = changed.clone().suspend("Left".parse().expect("a reason")).0;
    for (user, hash, rule) in [
        (&user, &old, Some("PasswordMustBeCurrent")),
        (&changed, &old, Some("PasswordMustBeCurrent")),
        (&changed, &new, None),
        (&suspended, &new, Some("UserMustBeActive")),
    ] {
        let refused = user.may_sign_in(hash.fingerprint()).err();
        assert_eq!(refused.map(|rejection| rejection.rule).as_deref(), rule);
    }
}

#[test]
fn a_password_link_works_once_while_it_is_open() {
    let hour = |hours| Moment::from_micros(1_800_000_000_000_000).plus_hours(hours);
    let [secret, other] = ["one", "other"].map(|text| Hash::of(text.as_bytes()));
    let hash: PasswordHash = "$argon2id$x".parse().expect("a hash");
    let (user, _) = User::register(UserId(Uuid::nil()), "anna".parse().expect("a name"));
    let issue = |user: &User, secret, at| {
        let issued = user.clone().issue_password_link(secret, hour(at));
        issued.expect("the user is active").0
    };
    let suspend = |user: User| user.suspend("Left".parse().expect("a reason")).0;
    let open = issue(&user, secret, 0);
    let reinstated = suspend(open.clone()).reinstate().expect("was suspended").0;
    let used = open
        .clone()
        .redeem_password_link(secret, hash.clone(), hour(1));
    let (used, set) = used.expect("an open link");
    assert_eq!(set.user, user.name);
    for (state, at, rule) in [
        (&user, 0, Some("PasswordLinkMustBeOpen")),
        (&open, 0, None),
        (&open, 23, None),
        (&open, 24, Some("PasswordLinkMustBeOpen")),
        (&issue(&open, other, 1), 1, Some("PasswordLinkMustBeOpen")),
        (&issue(&open, secret, 23), 24, None),
        (&used, 2, Some("PasswordLinkMustBeOpen")),
        (
            &open.clone().set_password(hash.clone(), hour(1)).0,
            2,
            Some("PasswordLinkMustBeOpen"),
        ),
        (&suspend(open.clone()), 1, Some("UserMustBeActive")),
        (&reinstated, 1, Some("PasswordLinkMustBeOpen")),
    ] {
        let refused = state.may_redeem(secret, hour(at)).err();
        let refused = refused.map(|rejection| rejection.rule);
        assert_eq!(refused.as_deref(), rule, "{state:?} {at}");
        let redeemed = state
            .clone()
            .redeem_password_link(secret, hash.clone(), hour(at));
        assert_eq!(redeemed.is_ok(), rule.is_none(), "{state:?} {at}");
    }
    let refused = suspend(user).issue_password_link(secret, hour(0)).err();
    let refused = refused.map(|rejection| rejection.rule);
    assert_eq!(refused.as_deref(), Some("UserMustBeActive"));
}
