//! The list of users, with their roles.

use crate::limits::CURSOR_CHARS_MAX;
use crate::pages::filters::next_page;
use crate::pages::form::new_key;
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Visit};
use crate::pages::words::distance;
use crate::state::Shared;
use application::Operation;
use application::access::{
    AssignRole, IssuePasswordLink, RegisterUser, ReinstateUser, RemoveRole, SetPassword,
    SuspendUser, UserView,
};
use application::customers::CustomerView;
use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use domain::Names;
use domain::access::{Role, UserStatus};
use domain::customers::Customer;
use domain::limits::NAME_CHARS_MAX;

/// The list.
pub(crate) const LIST: &str = "/users";

/// The number of users on a page.
const SHOWN: u64 = 50;

#[derive(Template)]
#[template(path = "access/users.html")]
struct UsersPage {
    shell: Shell,
    users: Vec<UserRow>,
    name: String,
    next: Option<String>,
    may: Permissions,
}

/// What the reader may do with users.
struct Permissions {
    register: bool,
    assign: bool,
    remove: bool,
    set_password: bool,
    issue_link: bool,
    suspend: bool,
    reinstate: bool,
}

impl Permissions {
    fn of(visit: &Visit) -> Self {
        Self {
            register: visit.may_run(&RegisterUser::ABOUT),
            assign: visit.may_run(&AssignRole::ABOUT),
            remove: visit.may_run(&RemoveRole::ABOUT),
            set_password: visit.may_run(&SetPassword::ABOUT),
            issue_link: visit.may_run(&IssuePasswordLink::ABOUT),
            suspend: visit.may_run(&SuspendUser::ABOUT),
            reinstate: visit.may_run(&ReinstateUser::ABOUT),
        }
    }
}

/// A user in the list.
struct UserRow {
    name: String,
    version: u64,
    roles: Vec<RoleRow>,
    /// The id and the name of the customer that the user acts for.
    customer: Option<(String, String)>,
    is_suspended: bool,
    has_password: bool,
    /// How long the link to set a password still works.
    link: Option<String>,
    key: String,
    link_key: String,
}

/// A role of a user.
struct RoleRow {
    word: &'static str,
    key: String,
}

/// The list.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let shell = visit.shell("Users");
    let name = visit.parameters.line("name", NAME_CHARS_MAX);
    let name = name.unwrap_or_default().trim().to_owned();
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let asked = Some(name.clone()).filter(|name| !name.is_empty());
    let found = visit.reading.user_list(asked, cursor.as_deref(), SHOWN);
    let found = found.await?;
    let template = UsersPage {
        next: next_page(&parts, found.next.as_deref()),
        users: rows(&mut visit, found.items).await?,
        name,
        may: Permissions::of(&visit),
        shell,
    };
    visit.answer(&template)
}

async fn rows(visit: &mut Visit, users: Vec<UserView>) -> Result<Vec<UserRow>, Away> {
    let customers = users.iter().filter_map(|user| user.customer);
    let customers: Vec<_> = customers.map(|customer| customer.lookup()).collect();
    let customers: Vec<CustomerView> = match customers.is_empty() {
        true => Vec::new(),
        false => visit.reading.some::<Customer>(customers).await?,
    };
    let now = visit.now;
    let row = |user: UserView| {
        let role = |role: &Role| RoleRow {
            word: role.word(),
            key: new_key(now),
        };
        let mut customers = customers.iter();
        UserRow {
            customer: customers
                .find(|own| Some(own.customer) == user.customer)
                .map(|own| (own.customer.to_string(), crate::customers::name(own))),
            name: user.name.to_string(),
            version: user.version,
            roles: user.roles.iter().map(role).collect(),
            is_suspended: user.status == UserStatus::Suspended,
            has_password: user.has_password,
            link: user
                .link_ends
                .filter(|ends| *ends > now)
                .map(|ends| distance(ends, now)),
            key: new_key(now),
            link_key: new_key(now),
        }
    };
    Ok(users.into_iter().map(row).collect())
}
