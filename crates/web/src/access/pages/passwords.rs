//! The one-time link of an empty database, and a person's own password.

use super::sign_in::{SIGN_IN, begin, check, for_stranger, run};
use crate::pages::attempts::Guesser;
use crate::pages::form::Entered;
use crate::pages::gate::FormOf;
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, PostedForm, Visit, fields};
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use application::Operation;
use application::access::{AssignRole, RegisterUser, SetPassword};
use application::input::InputError;
use application::policy::Principal;
use application::{Failed, Reply};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Role, UserName};
use serde_json::{Value, json};

/// The one-time link.
pub(crate) const FIRST_RUN: &str = "/first-run/{secret}";
/// The person's own account.
pub(crate) const ACCOUNT: &str = "/account";

/// The user that the one-time link is for.
const ADMINISTRATOR: &str = "admin";
pub(super) const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[derive(Template)]
#[template(path = "access/first_run.html")]
struct FirstRunPage {
    shell: Shell,
    /// Whether the link no longer works.
    is_spent: bool,
    errors: Vec<String>,
}

#[derive(Template)]
#[template(path = "access/account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    roles: String,
    errors: Vec<String>,
}

fn spent() -> Problem {
    let detail = "This link has already been used, or the server has printed a new one since.";
    Problem::new(&kinds::NOT_FOUND, detail)
}

/// Whether the one-time link still works.
async fn is_first_run(site: &Site, secret: &str) -> Result<bool, Problem> {
    Ok(site.gate.is_first_run(secret) && !site.queries.has_passwords().await?)
}

/// The page of a link that no longer works.
fn spent_page(site: &Site, headers: &HeaderMap) -> Response {
    let make = |shell| FirstRunPage {
        shell,
        is_spent: true,
        errors: Vec::new(),
    };
    for_stranger(site, headers, StatusCode::NOT_FOUND, "Used link", make)
}

fn first_run_page(
    site: &Site,
    headers: &HeaderMap,
    status: StatusCode,
    errors: Vec<String>,
) -> Response {
    let make = |shell| FirstRunPage {
        shell,
        is_spent: false,
        errors,
    };
    for_stranger(site, headers, status, "Welcome aboard", make)
}

/// The page of the one-time link.
pub(crate) async fn first_run_form(
    State(site): State<Shared>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Away> {
    if !is_first_run(&site, &secret).await? {
        return Ok(spent_page(&site, &headers));
    }
    Ok(first_run_page(&site, &headers, StatusCode::OK, Vec::new()))
}

/// Sets the administrator's first password and signs the administrator in.
pub(crate) async fn first_run(
    State(site): State<Shared>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let headers = request.headers().clone();
    let entered = fields(&site, request, FormOf::Visit).await?;
    if !is_first_run(&site, &secret).await? {
        return Ok(spent_page(&site, &headers));
    }
    let name: UserName = ADMINISTRATOR.parse().expect("a user name");
    let complaints = match new_password(&entered) {
        Err(complaints) => complaints,
        Ok(password) => {
            let version = administrator(&site, &name).await?;
            let input = json!({ "user": name, "password": password });
            match set(&site, SetPassword::ABOUT.name, &input, version).await? {
                Set::Wrong(complaints) => complaints,
                // Someone else was faster.
                Set::Refused => return Err(spent().into()),
                Set::Done => return sign_in_anew(&site, &name, version + 1, "/").await,
            }
        }
    };
    Ok(first_run_page(&site, &headers, WRONG, complaints))
}

/// Registers the administrator if missing, as it is unless an earlier password was refused. Returns the user's version. If the user has a password
/// by now, the version differs.
async fn administrator(site: &Site, name: &UserName) -> Result<u64, Away> {
    let known = site.queries.user(name).await?;
    let is_known = known.is_some();
    let has_role = known.is_some_and(|known| known.state.roles.contains(&Role::Admin));
    let register = (RegisterUser::ABOUT.name, json!({ "name": name }));
    let role = json!({ "user": name, "role": "admin" });
    let assign = (AssignRole::ABOUT.name, role);
    let missing = [(is_known, register), (has_role, assign)];
    for (_, (operation, input)) in missing.into_iter().filter(|(is_there, _)| !is_there) {
        let reply = run(site, operation, &input, None).await;
        if let Reply::Failed(failed) = reply.map_err(Problem::input)? {
            return Err(failed.into());
        }
    }
    let found = site.queries.user(name).await?;
    let found = found.filter(|found| found.state.password.is_none());
    found
        .map(|found| found.version)
        .ok_or_else(|| spent().into())
}

/// The new password, if both entries match.
pub(super) fn new_password(entered: &Entered) -> Result<&str, Vec<String>> {
    let password = entered.extra("password");
    if password == entered.extra("again") {
        Ok(password)
    } else {
        Err(vec!["The two passwords differ.".to_owned()])
    }
}

/// The result of setting a password.
pub(super) enum Set {
    Done,
    Refused,
    Wrong(Vec<String>),
}

/// Runs an operation that sets a password, on this version of the user.
pub(super) async fn set(
    site: &Site,
    operation: &str,
    input: &Value,
    version: u64,
) -> Result<Set, Problem> {
    match run(site, operation, input, Some(version)).await {
        Ok(Reply::Accepted(_)) => Ok(Set::Done),
        Ok(Reply::Refused(_)) => Ok(Set::Refused),
        Ok(Reply::Failed(failed)) => Err(failed.into()),
        Err(InputError::Malformed(detail)) => Ok(Set::Wrong(vec![detail])),
        Err(InputError::Shape(errors)) => {
            let complaint =
                |error: application::input::FieldError| format!("The password {}.", error.detail);
            Ok(Set::Wrong(errors.into_iter().map(complaint).collect()))
        }
    }
}

/// Starts a session with the new password, whose setting created this version of the user. All
/// earlier sessions have ended.
pub(super) async fn sign_in_anew(
    site: &Site,
    name: &UserName,
    version: u64,
    to: &str,
) -> Result<Response, Away> {
    let user = site.queries.user(name).await?;
    let user = user.filter(|user| user.version == version);
    let session = match user.and_then(|user| user.state.password) {
        Some(password) => begin(site, name, &password.hash, to).await?,
        None => None,
    };
    Ok(session.unwrap_or_else(|| Redirect::to(SIGN_IN).into_response()))
}

/// The person's own account.
pub(crate) async fn account(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    account_page(visit, StatusCode::OK, Vec::new())
}

fn account_page(
    mut visit: Visit,
    status: StatusCode,
    errors: Vec<String>,
) -> Result<Response, Away> {
    let shell = visit.shell("Your account");
    visit.parameters.finish()?;
    let (name, roles) = match &shell.person {
        Some(person) => (person.name.clone(), person.roles.clone()),
        None => Default::default(),
    };
    let template = AccountPage {
        name,
        roles,
        shell,
        errors,
    };
    Ok(page(status, &template))
}

/// Changes the person's own password. This ends all their sessions and starts a new one.
pub(crate) async fn change_password(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Away> {
    let sent = PostedForm::read(Shared::clone(&site), request).await?;
    let visit = sent.visit().await?;
    let Principal::User(user) = visit.reading.principal().clone() else {
        return Err(Failed::Unauthenticated.into());
    };
    let password = match new_password(&sent.entered) {
        Ok(password) => password,
        Err(complaints) => return account_page(visit, WRONG, complaints),
    };
    let guesser = Guesser::SignedIn {
        account: user.name.to_string(),
    };
    site.gate
        .may_try(&guesser)
        .map_err(Problem::too_many_tries)?;
    // Release the connection first: nobody takes a second one while holding one.
    drop(visit);
    let Some(user) = site.queries.user(&user.name).await? else {
        return Err(Failed::Unauthenticated.into());
    };
    let (version, user) = (user.version, user.state);
    let current = user.password.map(|own| own.hash);
    let checked = check(&site, sent.entered.extra("current"), current).await?;
    if checked.is_none() {
        let complaint = "The current password is wrong.".to_owned();
        return account_page(sent.visit().await?, WRONG, vec![complaint]);
    }
    site.gate.was_right(&guesser);
    let input = json!({ "user": user.name, "password": password });
    match set(&site, SetPassword::ABOUT.name, &input, version).await? {
        Set::Wrong(complaints) => account_page(sent.visit().await?, WRONG, complaints),
        // Someone changed the user meanwhile, perhaps the password that was just checked.
        Set::Refused => {
            let complaint = "Your account changed in the meantime. Try again.".to_owned();
            account_page(sent.visit().await?, WRONG, vec![complaint])
        }
        Set::Done => sign_in_anew(&site, &user.name, version + 1, ACCOUNT).await,
    }
}
