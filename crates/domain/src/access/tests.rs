//! Users and tokens: tables of cases.

use super::*;
use crate::customers::CustomerId;
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
