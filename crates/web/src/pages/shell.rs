//! What all pages share: the frame around them, and their headers.

use super::assets;
use super::navigation::{NavigationEntry, navigation};
use application::policy::{Principal, Read};
use application::queries::Reading;
use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Only content from this server, and no inline scripts or styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The frame of a page.
pub(crate) struct Shell {
    /// The page's title.
    pub(crate) title: String,
    /// The page's address without its parameters, or empty.
    pub(crate) path: String,
    /// The signed-in user.
    pub(crate) person: Option<Person>,
    /// The token that every form carries.
    pub(crate) csrf: String,
    /// What was just done.
    pub(crate) done: Option<Done>,
    /// What the page follows; see [`Live`].
    pub(crate) live: Option<Live>,
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) mark: String,
}

/// The signed-in user.
pub(crate) struct Person {
    /// The user's name.
    pub(crate) name: String,
    pub(crate) roles: String,
    /// Whether the user may read the log.
    pub(crate) reads_log: bool,
    /// The links at the top of the user's pages.
    pub(crate) navigation: Vec<&'static NavigationEntry>,
}

/// An operation that was just applied.
pub(crate) struct Done {
    pub(crate) position: u64,
    /// What was done, and to what.
    pub(crate) said: String,
    /// The usual next step: its address and its label.
    pub(crate) next: Option<(String, String)>,
}

/// How a page stays up to date: it is reloaded whenever an entry changes what it shows.
pub(crate) struct Live {
    /// The position at which the page is true.
    pub(crate) after: u64,
    /// The `kind:name` it shows, or everything if empty.
    pub(crate) about: String,
    /// The script that follows the log for all windows.
    pub(crate) worker: String,
}

impl Live {
    /// Follows the log from a position on.
    pub(crate) fn after(after: u64, about: String) -> Self {
        Self {
            after,
            about,
            worker: assets::WORKER.path(),
        }
    }
}

impl Person {
    /// The reader.
    pub(crate) fn of(reading: &Reading) -> Self {
        let (name, roles) = match reading.principal() {
            Principal::User(user) => {
                let roles: Vec<_> = user.roles.iter().map(|role| role.word()).collect();
                (user.name.to_string(), roles.join(", "))
            }
            Principal::System(part) => (part.to_string(), "system".to_owned()),
        };
        Self {
            name,
            roles,
            reads_log: reading.permit(Read::Log).is_ok(),
            navigation: navigation(reading),
        }
    }
}

impl Shell {
    /// A frame without a user.
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            path: String::new(),
            person: None,
            csrf: String::new(),
            done: None,
            live: None,
            style: assets::STYLE.path(),
            script: assets::SCRIPT.path(),
            mark: assets::MARK.path(),
        }
    }
}

/// A page as an answer.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    framed((status, Html(render(template))).into_response())
}

/// The contents of a page.
pub(crate) fn render(template: &impl Template) -> String {
    template.render().expect("a page is written to memory")
}

/// Adds the headers of a page to an answer.
pub(crate) fn framed(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
