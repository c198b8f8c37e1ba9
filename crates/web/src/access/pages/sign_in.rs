//! Signing in and out.

use crate::api::operations;
use crate::clock::SystemChance;
use crate::pages::form::Note;
use crate::pages::gate::{FormOf, form_token};
use crate::pages::navigation::START;
use crate::pages::saved_form::SavedForm;
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, Peer, UNCACHED, Visit, fields, own_page};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::{Shared, Site};
use application::Operation;
use application::access::password::is_password;
use application::access::{SignIn, SignOut};
use application::input::InputError;
use application::{Caller, Failed, Headers, IfMatch, Reply, find};
use askama::Template;
use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{PasswordHash, TokenHash, User, UserName};
use domain::limits::USER_NAME_CHARS_MAX;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// The address for signing in.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// The address for signing out.
pub(crate) const SIGN_OUT: &str = "/sign-out";

/// The actor of a sign-in in the log.
const SYSTEM: Caller = Caller::System(SignIn::ABOUT.name);

#[derive(Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    shell: Shell,
    user: String,
    to: String,
    note: Option<Note>,
    /// A form to come back to.
    kept: Option<SavedForm>,
    /// Whether nobody can sign in yet.
    is_first: bool,
}

/// A page for a browser without a signed-in user.
pub(super) fn for_stranger<T: Template>(
    site: &Site,
    headers: &HeaderMap,
    status: StatusCode,
    title: &str,
    make: impl FnOnce(Shell) -> T,
) -> Response {
    let (secret, cookie) = site.gate.stranger(headers, &mut SystemChance);
    let shell = Shell {
        csrf: form_token(&secret),
        ..Shell::new(title)
    };
    let mut response = page(status, &make(shell));
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Runs an operation as the sign-in.
pub(super) async fn run(
    site: &Site,
    operation: &str,
    input: &Value,
    if_match: Option<u64>,
) -> Result<Reply, InputError> {
    let definition = find(operation).expect("the sign-in names operations that exist");
    let headers = Headers {
        if_match: if_match.map(|version| IfMatch::OneOf(vec![version])),
        ..Headers::default()
    };
    let json = serde_json::to_vec(input).expect("JSON can be written");
    operations::submit(site, definition, &json, SYSTEM, headers).await
}

/// The sign-in page.
pub(crate) async fn form(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut parameters = Parameters::of(&parts.uri)?;
    let to = own_page(parameters.text("to"));
    let note = match parameters.text("ended").as_deref() {
        None => None,
        Some("file") => Some(Note::file_lost()),
        Some(_) => Some(Note::session_ended(false)),
    };
    parameters.finish()?;
    if site.gate.session(&parts.headers).is_some()
        && Visit::of(Shared::clone(&site), &parts).await.is_ok()
    {
        return Ok(Redirect::to(&to).into_response());
    }
    Ok(sign_in_page(
        &site,
        &parts.headers,
        StatusCode::OK,
        to,
        String::new(),
        note,
        None,
    )
    .await?)
}

async fn sign_in_page(
    site: &Site,
    headers: &HeaderMap,
    status: StatusCode,
    to: String,
    user: String,
    note: Option<Note>,
    kept: Option<SavedForm>,
) -> Result<Response, Problem> {
    let is_first = !site.queries.has_passwords().await?;
    let make = |shell| SignInPage {
        shell,
        user,
        to,
        note,
        kept,
        is_first,
    };
    Ok(for_stranger(site, headers, status, "Sign in", make))
}

/// The sign-in page for a person who sent a form after the session had ended.
pub(crate) async fn again(
    site: &Site,
    headers: &HeaderMap,
    kept: SavedForm,
) -> Result<Response, Problem> {
    let (to, user) = (kept.to.clone(), kept.user.clone());
    let note = Some(Note::session_ended(true));
    sign_in_page(
        site,
        headers,
        StatusCode::UNAUTHORIZED,
        to,
        user,
        note,
        Some(kept),
    )
    .await
}

/// Signs a person in if name and password are right.
pub(crate) async fn sign_in(
    State(site): State<Shared>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Result<Response, Away> {
    let headers = request.headers().clone();
    let entered = fields(&site, request, FormOf::Visit).await?;
    let (name, to) = (
        entered.extra("user").trim().to_lowercase(),
        own_page(Some(entered.extra("to").to_owned())),
    );
    let address = peer.map_or(
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        |Extension(Peer(address))| address,
    );
    let address = site.gate.address(address, &headers);
    let user = name.parse::<UserName>().ok();
    let named = user;
    let user = match &named {
        Some(name) => site.queries.user(name).await?.map(|found| found.state),
        None => None,
    };
    let hash = user
        .as_ref()
        .and_then(|user| user.password.as_ref())
        .map(|own| own.hash.clone());
    let guesser = site
        .gate
        .guesser(&headers, address, named.as_ref(), hash.as_ref());
    site.gate
        .may_try(&guesser)
        .map_err(Problem::too_many_tries)?;
    let hash = check(&site, entered.extra("password"), hash).await?;
    let kept = SavedForm::sent(&to, &entered);
    if let (Some(user), Some(hash)) = (user.filter(User::is_active), hash)
        && let Some(secret) = session(&site, &user.name, &hash).await?
    {
        let own = kept.filter(|kept| kept.user == user.name.as_str());
        let response = match own {
            Some(kept) => kept.resumed(&secret),
            None => {
                let to = if to == "/" { START } else { to.as_str() };
                ([UNCACHED], Redirect::to(to)).into_response()
            }
        };
        site.gate.was_right(&guesser);
        let mut response = begun(&site, &secret, response);
        let device = site.gate.know_device(&headers, &user.name, &hash);
        response.headers_mut().append(header::SET_COOKIE, device);
        return Ok(response);
    }
    let name: String = name.chars().take(USER_NAME_CHARS_MAX).collect();
    tracing::info!(user = ?name, %address, "a sign-in was refused");
    let note = Note {
        title: "Wrong name or password".to_owned(),
        detail: "Try again. An administrator can set a new password.".to_owned(),
        ..Note::default()
    };
    let status = StatusCode::UNAUTHORIZED;
    Ok(sign_in_page(&site, &headers, status, to, name, Some(note), kept).await?)
}

/// Returns the hash if the password matches it. Only a few are checked at a time, each on its own
/// thread.
pub(super) async fn check(
    site: &Site,
    password: &str,
    hash: Option<PasswordHash>,
) -> Result<Option<PasswordHash>, Problem> {
    let Some(place) = site.gate.checking().await else {
        return Err(Failed::Overloaded.into());
    };
    let password = password.to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let is_right = is_password(&password, hash.as_ref());
        hash.filter(|_| is_right)
    });
    let checked = checked.await;
    drop(place);
    checked.map_err(|error| Problem::from(Failed::Broken).because_of(&error))
}

/// Starts a session with a new secret and redirects to a page.
pub(super) async fn begin(
    site: &Site,
    user: &UserName,
    password: &PasswordHash,
    to: &str,
) -> Result<Option<Response>, Problem> {
    let secret = session(site, user, password).await?;
    let response = || ([UNCACHED], Redirect::to(to)).into_response();
    Ok(secret.map(|secret| begun(site, &secret, response())))
}

/// An answer with the cookie of a new session. It replaces the browser's previous cookie.
fn begun(site: &Site, secret: &str, mut response: Response) -> Response {
    let cookie = site.gate.begin_session(secret);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// The secret of a new session, or nothing if the password or the user's status has changed since
/// the check.
async fn session(
    site: &Site,
    user: &UserName,
    password: &PasswordHash,
) -> Result<Option<String>, Problem> {
    let input = json!({ "user": user, "password": password.fingerprint() });
    let reply = run(site, SignIn::ABOUT.name, &input, None).await;
    let accepted = match reply.map_err(Problem::input)? {
        Reply::Accepted(accepted) => accepted,
        Reply::Failed(failed) => return Err(failed.into()),
        Reply::Refused(_) => return Ok(None),
    };
    let once = accepted.once.as_ref();
    let secret = once.and_then(|once| once["token"].as_str());
    let secret = secret.expect("sign-in tells its secret once");
    Ok(Some(secret.to_owned()))
}

/// Signs a person out.
pub(crate) async fn sign_out(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Away> {
    let secret = site.gate.session(request.headers());
    let from = match secret {
        Some(_) => FormOf::Session,
        None => FormOf::Visit,
    };
    fields(&site, request, from).await?;
    let caller = secret.map(|secret| Caller::Session(TokenHash::of(&secret)));
    if let Some(caller) = caller
        && let Some(token) = site.queries.session(&caller).await?
    {
        let input = json!({ "session": token.id });
        let reply = run(&site, SignOut::ABOUT.name, &input, None)
            .await
            .map_err(Problem::input)?;
        if let Reply::Failed(failed) = reply {
            return Err(Problem::from(failed).into());
        }
        site.forget(&caller);
    }
    let mut response = ([UNCACHED], Redirect::to(SIGN_IN)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, site.gate.end_session());
    // The pages that the browser has cached are cleared with the session.
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}
