//! Problem documents (RFC 9457), the form of every refusal and every error for callers.
//!
//! A handler returns a [`Problem`]. The [outermost layer](crate::edge) writes the response, because only
//! that layer knows the trace. Internal causes are logged there and never shown.

pub mod kinds;

pub use kinds::Kind;

use crate::messages::{self, Exact};
use application::input::{FAULTS_TOLD_MAX, FieldError, InputError};
use application::queries::QueryError;
use application::{Failed, Refused};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::causes::WithCauses;
use domain::log::RefusalKind;
use domain::log::store::StoreError;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::error::Error;
use utoipa::ToSchema;

/// The media type.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The position at which an answer is true.
pub const POSITION: HeaderName = HeaderName::from_static("plimsoll-position");
/// Whether an answer repeats an earlier one.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A refusal or an error.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: Cow<'static, str>,
    title: Cow<'static, str>,
    detail: String,
    rule: Option<String>,
    facts: Option<Box<Map<String, Value>>>,
    errors: Vec<InputFault>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

/// A fault in one part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InputFault {
    /// A JSON pointer (RFC 6901) into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The name of a parameter of the query string or a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong, and what is expected.
    pub detail: String,
    /// The rule that is broken, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// A refusal or an error, as in RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The kind of problem, as the address of a page about it.
    #[serde(rename = "type")]
    #[schema(rename = "type", value_type = String, examples("/problems/LoadMayNotPassTheLine"))]
    kind: String,
    /// A short title of the kind of problem.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// What was asked for and what prevented it.
    detail: &'a str,
    /// The trace of this request. Quote it when you report the problem.
    #[schema(examples("0af7651916cd43dd8448eb211c80319c"))]
    instance: &'a str,
    /// The rule that refused the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    rule: Option<&'a str>,
    /// The detail as data: `case`, if the rule can be broken in several ways, and the figures and
    /// names in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, nullable = false, required = false)]
    facts: Option<&'a Map<String, Value>>,
    /// What is wrong with each part of the request.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [InputFault],
}

/// The number of reported faults.
fn told(faults: usize) -> String {
    match faults {
        FAULTS_TOLD_MAX => format!("{faults} or more"),
        fewer => fewer.to_string(),
    }
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Self {
            status: kind.status,
            kind: Cow::Borrowed(kind.name),
            title: Cow::Borrowed(kind.title),
            detail: detail.into(),
            rule: None,
            facts: None,
            errors: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds the position at which it is true.
    #[must_use]
    pub(crate) fn told_at(mut self, position: u64) -> Self {
        self.headers.retain(|(name, _)| *name != POSITION);
        self.header(POSITION, HeaderValue::from(position))
    }

    /// Adds the advice to retry soon.
    #[must_use]
    pub fn retry(self) -> Self {
        self.header(
            header::RETRY_AFTER,
            HeaderValue::from(crate::limits::RETRY_AFTER_SECONDS),
        )
    }

    /// Adds the advice to wait some seconds.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// A caller has as much in progress as it may have.
    #[must_use]
    pub(crate) fn too_many_at_once() -> Self {
        let detail = "Too much of what you asked for is still in progress. Nothing was applied.";
        Self::new(&kinds::TOO_MANY_AT_ONCE, detail).retry()
    }

    /// Someone tries to guess a password.
    #[must_use]
    pub(crate) fn too_many_tries(wait: u32) -> Self {
        let detail = format!("Too many sign-in attempts. Wait {wait} seconds.");
        Self::new(&kinds::TOO_MANY_TRIES, detail).retry_after(wait)
    }

    /// An address sends too many tracking requests.
    #[must_use]
    pub(crate) fn too_many_requests(wait_seconds: u32) -> Self {
        let detail = format!(
            "Too many requests from this address. Wait {wait_seconds} {}.",
            if wait_seconds == 1 {
                "second"
            } else {
                "seconds"
            }
        );
        Self::new(&kinds::TOO_MANY_REQUESTS, detail).retry_after(wait_seconds)
    }

    /// Adds the internal cause, only for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds the error behind it, with its causes, only for the log.
    #[must_use]
    pub(crate) fn because_of(self, error: &dyn Error) -> Self {
        self.because(WithCauses(error).to_string())
    }

    /// A parameter of the query string, or a header, that cannot be read.
    #[must_use]
    pub fn parameter(kind: &'static Kind, name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new(kind, format!("{name} {detail}."));
        problem.errors.push(InputFault {
            pointer: None,
            parameter: Some(name.to_owned()),
            detail,
            rule: None,
        });
        problem
    }

    /// Adds the faults.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<InputFault>) -> Self {
        self.errors = faults;
        self
    }

    /// The token is missing or not valid.
    #[must_use]
    pub fn unauthenticated(detail: &str, challenge: &'static str) -> Self {
        Self::new(&kinds::UNAUTHENTICATED, detail).header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        )
    }

    /// An input that could not be read.
    #[must_use]
    pub fn input(error: InputError) -> Self {
        Self::input_within("", error)
    }

    /// An input within the body that could not be read.
    #[must_use]
    pub(crate) fn input_within(prefix: &str, error: InputError) -> Self {
        let mut errors = match error {
            InputError::Malformed(detail) => {
                return Self::new(
                    &kinds::MALFORMED_JSON,
                    format!("The body is not JSON: {detail}."),
                );
            }
            InputError::Shape(errors) => errors,
        };
        for error in &mut errors {
            error.pointer.insert_str(0, prefix);
        }
        let detail = match errors.as_slice() {
            [one] if one.pointer.is_empty() => format!("The input: {}.", one.detail),
            [one] => format!("{}: {}.", one.pointer, one.detail),
            many => format!("The input has {} errors.", told(many.len())),
        };
        let mut problem = Self::new(&kinds::INVALID_INPUT, detail);
        let mut rules = errors.iter().filter_map(|error| error.rule.clone());
        problem.rule = rules.next().filter(|_| rules.next().is_none());
        problem.errors = errors.into_iter().map(InputFault::from).collect();
        problem
    }

    /// A fault in one field of an input.
    #[must_use]
    pub(crate) fn field(pointer: &str, detail: String) -> Self {
        Self::input(InputError::Shape(vec![FieldError {
            pointer: pointer.to_owned(),
            detail,
            rule: None,
        }]))
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A short title of the kind of problem.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What was asked for and what prevented it.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The headers of the answer.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The rule that refused, if one did.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// The internal cause, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The body with this trace. Its type links to the description below a path.
    #[must_use]
    pub fn body<'a>(&'a self, instance: &'a str, prefix: &str) -> ProblemBody<'a> {
        ProblemBody {
            kind: format!("{prefix}/problems/{}", self.kind),
            title: &self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            rule: self.rule.as_deref(),
            facts: self.facts.as_deref(),
            errors: &self.errors,
        }
    }

    /// The complete answer with this trace.
    pub(crate) fn render(&self, instance: &str, prefix: &str) -> Response {
        let body =
            serde_json::to_vec(&self.body(instance, prefix)).expect("a problem can be written");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        response
    }
}

impl From<FieldError> for InputFault {
    fn from(error: FieldError) -> Self {
        Self {
            pointer: Some(error.pointer),
            parameter: None,
            detail: error.detail,
            rule: error.rule,
        }
    }
}

/// The status of the answer to an operation that was refused.
#[must_use]
pub fn status_of(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::Stale => StatusCode::PRECONDITION_FAILED,
        RefusalKind::Rule => StatusCode::CONFLICT,
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let meaning = domain::rules().find(|rule| refused.rejection.breaks(rule));
        let title = match meaning {
            Some(rule) => Cow::Borrowed(kinds::sentence(rule.meaning)),
            None => Cow::Borrowed(kinds::POLICY.title),
        };
        let mut problem = Self {
            status: status_of(refused.kind),
            kind: Cow::Owned(refused.rule().to_owned()),
            title,
            detail: messages::refusal(&refused.rejection, &Exact),
            rule: Some(refused.rule().to_owned()),
            facts: messages::facts(&refused.rejection).map(Box::new),
            errors: Vec::new(),
            headers: vec![(POSITION, HeaderValue::from(refused.judged_at))],
            cause: None,
        };
        if refused.replayed {
            problem = problem.header(REPLAYED, HeaderValue::from_static("true"));
        }
        problem
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Unauthenticated => Self::unauthenticated(
                "The token is unknown or revoked, or its user is suspended.",
                crate::headers::INVALID_TOKEN,
            ),
            Failed::KeyReused => Self::new(
                &kinds::KEY_REUSED,
                "This idempotency key was used for another request.",
            ),
            Failed::Overloaded => Self::new(
                &kinds::OVERLOADED,
                "The server has no room for this request. Nothing was applied.",
            )
            .retry(),
            Failed::Unavailable => Self::new(
                &kinds::UNAVAILABLE,
                "The database is not available. Nothing was applied.",
            )
            .retry(),
            Failed::OutcomeUnknown => Self::new(
                &kinds::OUTCOME_UNKNOWN,
                "It is unknown whether the operation was applied. Retry with the same idempotency key.",
            )
            .retry(),
            Failed::ClockBehind => Self::new(
                &kinds::CLOCK_BEHIND,
                "The clock is behind the log. Nothing was applied.",
            )
            .retry(),
            Failed::Broken => Self::new(
                &kinds::BROKEN,
                "The server failed on this request. Nothing was applied.",
            ),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unauthenticated => Failed::Unauthenticated.into(),
            QueryError::Forbidden(rejection) => {
                let detail = messages::refusal(&rejection, &Exact);
                let mut problem = Self::new(&kinds::POLICY, detail);
                problem.rule = Some(rejection.rule.to_string());
                problem.facts = messages::facts(&rejection).map(Box::new);
                problem
            }
            QueryError::NotFound(missing) => {
                Self::new(&kinds::NOT_FOUND, messages::missing(&missing))
            }
            QueryError::BadCursor => Self::parameter(
                &kinds::INVALID_PARAMETER,
                "cursor",
                "does not come from an earlier page",
            ),
            QueryError::Broken => Failed::Broken.into(),
            QueryError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Retry(_) | StoreError::Unavailable(_) => {
                Self::new(&kinds::UNAVAILABLE, "The database is not available.").retry()
            }
            StoreError::Data(_) => Self::new(
                &kinds::BROKEN,
                "Stored data could not be read. The operator can run verify to find out more.",
            ),
        }
        .because_of(&error)
    }
}

impl IntoResponse for Problem {
    /// Without a body yet. The outermost layer writes it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;
    use application::queries::QueryError;
    use domain::log::store::{StoreError, StoreFault};

    #[test]
    fn why_the_store_failed_is_logged_and_not_shown() {
        let refused = || std::io::Error::other("no route to host");
        for fail in [StoreError::Retry, StoreError::Data, StoreError::Unavailable] {
            let error = fail(StoreFault::new("I/O failed").because(refused()));
            let problem = Problem::from(QueryError::Store(error));
            let logged = problem.cause().expect("a cause");
            assert!(logged.contains("I/O failed: no route to host"), "{logged}");
            let shown = serde_json::to_string(&problem.body("/trace", "")).expect("a document");
            assert!(
                !shown.contains("I/O failed") && !shown.contains("no route"),
                "{shown}"
            );
        }
    }
}
