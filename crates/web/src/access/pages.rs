//! The pages of access.

pub(crate) mod password_links;
pub(crate) mod passwords;
pub(crate) mod sign_in;
pub(crate) mod users;

use crate::pages::PageRoute;
use axum::routing::{get, post};

/// The pages and their forms.
pub(crate) const ROUTES: &[PageRoute] = &[
    PageRoute {
        path: sign_in::SIGN_IN,
        methods: || get(sign_in::form).post(sign_in::sign_in),
    },
    PageRoute {
        path: sign_in::SIGN_OUT,
        methods: || post(sign_in::sign_out),
    },
    PageRoute {
        path: passwords::FIRST_RUN,
        methods: || get(passwords::first_run_form).post(passwords::first_run),
    },
    PageRoute {
        path: password_links::LINK,
        methods: || get(password_links::form).post(password_links::redeem),
    },
    PageRoute {
        path: users::LIST,
        methods: || get(users::list),
    },
    PageRoute {
        path: passwords::ACCOUNT,
        methods: || get(passwords::account).post(passwords::change_password),
    },
];
