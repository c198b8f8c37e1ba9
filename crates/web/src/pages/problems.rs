//! `/problems/{name}`: a page for every kind of problem, to which its `type` links.

use super::shell::{Shell, page};
use super::visit::Visit;
use crate::openapi::parts::{in_path, open, text, with_problems};
use crate::problem::{Kind, Problem, kinds};
use crate::state::Shared;
use application::catalogue;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::Rule;
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::path::OperationBuilder;

/// All of them.
pub(crate) const INDEX: &str = "/problems";
/// All of them.
pub(crate) const INDEX_SLASH: &str = "/problems/";
/// One of them.
pub(crate) const ONE: &str = "/problems/{name}";

/// The API description of these pages.
pub(crate) fn described() -> [(&'static str, OperationBuilder); 2] {
    let index = open("list-problems", "All rules and problems", "text/html");
    let one = open("get-problem", "A page about a problem", "text/html");
    let one = one.parameter(in_path("name", "The last part of its type.", text()));
    [(INDEX_SLASH, index), (ONE, with_problems(one, &[404]))]
}

/// How long a problem page waits for the frame.
const FRAME_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    shell: Shell,
    rules: Vec<&'static Rule>,
    kinds: Vec<&'static Kind>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    name: &'static str,
    is_rule: bool,
    meaning: &'static str,
    status: StatusCode,
    guards: Vec<&'static str>,
    advice: &'static str,
}

#[derive(Template)]
#[template(path = "wrong.html")]
struct WrongPage<'a> {
    shell: Shell,
    problem: &'a Problem,
    instance: &'a str,
}

pub(crate) async fn index(State(site): State<Shared>, parts: Parts) -> Response {
    let template = ProblemsPage {
        shell: shell_for(site, &parts, "Rules and problems").await,
        rules: domain::rules().collect(),
        kinds: kinds::all().collect(),
    };
    page(StatusCode::OK, &template)
}

pub(crate) async fn one(
    State(site): State<Shared>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let rule = domain::rules().find(|rule| rule.name == name).map(of_rule);
    let kind = || kinds::all().find(|kind| kind.name == name).map(of_kind);
    let mut template = rule
        .or_else(kind)
        .ok_or_else(|| Problem::new(&kinds::NOT_FOUND, "There is no problem with this name."))?;
    template.shell = shell_for(site, &parts, &template.shell.title).await;
    Ok(page(StatusCode::OK, &template))
}

/// Anyone may read these pages. Signed-in users keep the frame.
pub(super) async fn shell_for(site: Shared, parts: &Parts, title: &str) -> Shell {
    match Visit::of(site, parts).await {
        Ok(mut visit) => visit.shell(title),
        Err(_) => Shell::new(title),
    }
}

fn of_rule(rule: &'static Rule) -> ProblemPage {
    let status = match rule.name {
        name if name == domain::repository::rules::StaleVersion.name => {
            StatusCode::PRECONDITION_FAILED
        }
        name if name == domain::identifier::rules::IdentifierMustBeWellFormed.name => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::CONFLICT,
    };
    let guards = catalogue().map(|definition| definition.about);
    let guards = guards.filter(|about| about.rules.iter().any(|own| own.name == rule.name));
    ProblemPage {
        shell: Shell::new(rule.name),
        name: rule.name,
        is_rule: true,
        meaning: rule.meaning.trim(),
        status,
        guards: guards.map(|about| about.name).collect(),
        advice: match status {
            StatusCode::PRECONDITION_FAILED => {
                "Read the resource again, check the change still makes sense, and send the operation with the new ETag in If-Match."
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                "Correct the identifier that the errors point to. Most likely a character was mistyped."
            }
            _ => {
                "Nothing changed. The detail says what was requested and why it was refused. Request something else, or try again once that has changed."
            }
        },
    }
}

fn of_kind(kind: &'static Kind) -> ProblemPage {
    ProblemPage {
        shell: Shell::new(kind.title),
        name: kind.name,
        is_rule: false,
        meaning: kind.meaning,
        status: kind.status,
        guards: Vec::new(),
        advice: kind.advice,
    }
}

/// The page about the problem of one request.
pub(crate) async fn wrong(
    site: &Shared,
    parts: &Parts,
    problem: &Problem,
    instance: &str,
) -> Response {
    let title = problem.title();
    // If the server is failing or limits requests, it is not asked for the frame too.
    let status = problem.status();
    let is_bare = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let shell = match is_bare {
        true => Shell::new(title),
        false => {
            let framed = shell_for(Arc::clone(site), parts, title);
            let framed = tokio::time::timeout(FRAME_TIMEOUT, framed).await;
            framed.unwrap_or_else(|_| Shell::new(title))
        }
    };
    let template = WrongPage {
        shell,
        problem,
        instance,
    };
    page(problem.status(), &template)
}
