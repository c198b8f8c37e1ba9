//! `/problems/{name}`: a page for every kind of problem, to which its `type` leads; and, until
//! there are pages, `/`.

use crate::problem::{Kind, Problem, kinds};
use crate::state::Shared;
use application::catalogue;
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::Rule;

/// All of them.
pub(crate) const INDEX: &str = "/problems";
/// All of them.
pub(crate) const INDEX_SLASH: &str = "/problems/";
/// One of them.
pub(crate) const ONE: &str = "/problems/{name}";
/// The front page.
pub(crate) const HOME: &str = "/";
/// What these pages look like.
pub(crate) const STYLE: &str = "/plain.css";

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
const CSS: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;\
    max-width:44rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.5rem;line-height:1.25}\
    code{font-size:.95em}dt{font-weight:600;margin-top:1rem}dd{margin:0}\
    a{text-underline-offset:.15em}";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(INDEX, get(index))
        .route(INDEX_SLASH, get(index))
        .route(ONE, get(one))
        .route(HOME, get(home))
        .route(
            STYLE,
            get(async || ([(header::CONTENT_TYPE, "text/css")], CSS)),
        )
}

fn page(title: &str, body: &str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} – Plimsoll</title><link rel=\"stylesheet\" href=\"{STYLE}\"></head>\n\
         <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    (headers, Html(html)).into_response()
}

/// Texts come from this program alone; still, none of their characters is taken for markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

async fn home() -> Response {
    let body = format!(
        "<p>Plimsoll is a system of record for cargo booking. It makes sure that no voyage is \
         ever loaded past its line, and keeps every change for ever in one official order.</p>\n\
         <ul>\n<li><a href=\"/api/docs/\">The API, to read and to try</a></li>\n\
         <li><a href=\"/api/openapi.json\">Its OpenAPI description</a></li>\n\
         <li><a href=\"{INDEX_SLASH}\">Rules, and what can go wrong</a></li>\n\
         <li><a href=\"/readyz\">Whether this server is ready</a></li>\n</ul>\n"
    );
    page("Plimsoll", &body)
}

async fn index() -> Response {
    let item = |name: &str, meaning: &str| {
        let meaning = escape(meaning.trim());
        format!(
            "<dt><a href=\"{INDEX_SLASH}{name}\"><code>{name}</code></a></dt><dd>{meaning}</dd>\n"
        )
    };
    let rules: String = domain::rules().map(|r| item(r.name, r.meaning)).collect();
    let others: String = kinds::all().map(|k| item(k.name, k.meaning)).collect();
    page(
        "Rules and problems",
        &format!(
            "<h2>Rules</h2>\n<dl>\n{rules}</dl>\n<h2>Other problems</h2>\n<dl>\n{others}</dl>\n"
        ),
    )
}

async fn one(Path(name): Path<String>) -> Result<Response, Problem> {
    if let Some(rule) = domain::rules().find(|rule| rule.name == name) {
        return Ok(rule_page(rule));
    }
    if let Some(kind) = kinds::all().find(|kind| kind.name == name) {
        return Ok(kind_page(kind));
    }
    Err(Problem::new(
        &kinds::NOT_FOUND,
        "There is no problem of this name.",
    ))
}

fn rule_page(rule: &Rule) -> Response {
    let status = match rule.name {
        name if name == domain::repository::rules::StaleVersion.name => {
            StatusCode::PRECONDITION_FAILED
        }
        name if name == domain::identifier::rules::IdentifierMustBeWellFormed.name => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::CONFLICT,
    };
    let guarded: Vec<_> = catalogue()
        .map(|definition| definition.about)
        .filter(|about| about.rules.iter().any(|own| own.name == rule.name))
        .map(|about| format!("<code>{}</code>", about.name))
        .collect();
    let advice = match status {
        StatusCode::PRECONDITION_FAILED => {
            "Read the resource again, decide anew, and send the operation with the new ETag in If-Match."
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            "Correct the identifier that the errors point to; most likely a character was mistyped."
        }
        _ => {
            "The detail says what was asked and what stood against it. Nothing changed. Ask for something else, or again when that has changed."
        }
    };
    let operations = if guarded.is_empty() {
        "every operation it applies to".to_owned()
    } else {
        guarded.join(", ")
    };
    page(
        rule.name,
        &format!(
            "<p>{}</p>\n<dl>\n<dt>Status</dt><dd>{status}</dd>\n<dt>Guards</dt><dd>{operations}\
             </dd>\n<dt>What to do</dt><dd>{}</dd>\n</dl>\n<p><a href=\"{INDEX_SLASH}\">All rules \
             and problems</a></p>\n",
            escape(rule.meaning.trim()),
            escape(advice),
        ),
    )
}

fn kind_page(kind: &Kind) -> Response {
    page(
        &escape(kind.title),
        &format!(
            "<p>{}</p>\n<dl>\n<dt>Type</dt><dd><code>{INDEX_SLASH}{}</code></dd>\n<dt>Status</dt>\
             <dd>{}</dd>\n<dt>What to do</dt><dd>{}</dd>\n</dl>\n<p><a href=\"{INDEX_SLASH}\">All \
             rules and problems</a></p>\n",
            escape(kind.meaning),
            kind.name,
            kind.status,
            escape(kind.advice),
        ),
    )
}
