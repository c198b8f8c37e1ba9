//! The link by which a user sets a password without anybody else knowing it.

use super::passwords::{Set, WRONG, new_password, set, sign_in_anew};
use super::sign_in::for_stranger;
use crate::pages::gate::FormOf;
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Peer, fields};
use crate::problem::Problem;
use crate::state::{Shared, Site};
use application::Operation;
use application::access::RedeemPasswordLink;
use askama::Template;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::Versioned;
use domain::access::{User, UserName};
use domain::log::Hash;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

/// The address of the link.
pub(crate) const LINK: &str = "/password-link/{user}/{secret}";

/// The path of a user's link.
pub(crate) fn path(user: &str, secret: &str) -> String {
    let named = LINK.replace("{user}", user);
    named.replace("{secret}", secret)
}

#[derive(Template)]
#[template(path = "access/password_link.html")]
struct LinkPage {
    shell: Shell,
    /// The user, or nothing if the link does not work.
    user: Option<String>,
    errors: Vec<String>,
}

/// The page of the link. If it does not work, the page does not say why, so it reveals nothing
/// about users.
fn link_page(
    site: &Site,
    headers: &HeaderMap,
    status: StatusCode,
    user: Option<&UserName>,
    errors: Vec<String>,
) -> Response {
    let title = match user {
        Some(_) => "Choose a password",
        None => "Password link",
    };
    let make = |shell| LinkPage {
        shell,
        user: user.map(UserName::to_string),
        errors,
    };
    let mut page = for_stranger(site, headers, status, title, make);
    // Browsers then leave the path, with its secret, out of what they say about the page. They
    // still send its origin with the form.
    let policy = HeaderValue::from_static("strict-origin");
    page.headers_mut().insert(header::REFERRER_POLICY, policy);
    page
}

/// The user of a link that works now. Wrong links are limited by address.
async fn user_of(
    site: &Site,
    headers: &HeaderMap,
    peer: Option<Extension<Peer>>,
    (user, secret): (&str, &str),
) -> Result<Option<Versioned<User>>, Problem> {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(Peer(own))| {
        own
    });
    let guesser = site.gate.link_guesser(site.gate.address(peer, headers));
    site.gate
        .may_try(&guesser)
        .map_err(Problem::too_many_tries)?;
    let found = match user.parse::<UserName>() {
        Ok(name) => site.queries.user(&name).await?,
        Err(_) => None,
    };
    let (secret, now) = (Hash::of(secret.as_bytes()), site.clock.now());
    let found = found.filter(|user| user.state.may_redeem(secret, now).is_ok());
    if found.is_some() {
        site.gate.was_right(&guesser);
    }
    Ok(found)
}

/// The page of the link.
pub(crate) async fn form(
    State(site): State<Shared>,
    Path((user, secret)): Path<(String, String)>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Away> {
    let found = user_of(&site, &headers, peer, (&user, &secret)).await?;
    let status = match found {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    let user = found.as_ref().map(|found| &found.state.name);
    Ok(link_page(&site, &headers, status, user, Vec::new()))
}

/// Sets the user's password and signs the user in.
pub(crate) async fn redeem(
    State(site): State<Shared>,
    Path((user, secret)): Path<(String, String)>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Result<Response, Away> {
    let headers = request.headers().clone();
    let entered = fields(&site, request, FormOf::Visit).await?;
    let not_found = || link_page(&site, &headers, StatusCode::NOT_FOUND, None, Vec::new());
    let Some(found) = user_of(&site, &headers, peer, (&user, &secret)).await? else {
        return Ok(not_found());
    };
    let (version, name) = (found.version, found.state.name);
    let complaints = match new_password(&entered) {
        Err(complaints) => complaints,
        Ok(password) => {
            let link = Hash::of(secret.as_bytes());
            let input = json!({ "user": name, "link": link, "password": password });
            match set(&site, RedeemPasswordLink::ABOUT.name, &input, version).await? {
                Set::Wrong(complaints) => complaints,
                // Somebody was faster, or has changed the user.
                Set::Refused => return Ok(not_found()),
                Set::Done => return sign_in_anew(&site, &name, version + 1, "/").await,
            }
        }
    };
    Ok(link_page(&site, &headers, WRONG, Some(&name), complaints))
}
