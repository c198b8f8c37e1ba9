//! `GET /api/events`: log entries as they are committed, as server-sent events.

use super::resources::Parameter;
use crate::headers;
use crate::limits::{EVENTS_CHECK_INTERVAL, HEARTBEAT_INTERVAL};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{event_stream, in_header, in_query, number, text, with_problems};
use crate::pages::gate::Gate;
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use application::Caller;
use application::follow::{FollowError, Subscription};
use application::policy::Read;
use application::queries::{ChangeView, ChangedView, QueryError};
use application::schema;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::Kind;
use domain::log::Actor;
use futures::Stream;
use std::convert::Infallible;
use std::str::FromStr;
use std::sync::Arc;
use utoipa::openapi::path::OperationBuilder;

/// The stream.
pub(crate) const PATH: &str = "/api/events";

/// The filter parameters.
pub(crate) const KIND: Parameter = Parameter {
    name: "kind",
    meaning: "Only entries that changed an aggregate of this kind.",
    schema: || {
        let words = Kind::ALL.iter().map(|kind| kind.word());
        schema::words(words).into()
    },
};

/// The position to start after.
pub(crate) const AFTER: Parameter = Parameter {
    name: "after",
    meaning: "Start after this position, for a client without a Last-Event-ID.",
    schema: super::log::position,
};

/// The other filter parameters.
const OPERATION: Parameter = Parameter {
    name: "operation",
    meaning: "Only entries of this operation.",
    schema: || text().examples(["book-onto-voyage"]).into(),
};

/// One thing.
const THING: Parameter = Parameter {
    name: "thing",
    meaning: "Only entries that changed this thing, as kind:name.",
    schema: || text().examples(["voyage:V100"]).into(),
};

/// The longest name of an operation or a thing in a filter.
const FILTER_CHARS_MAX: usize = 200;

/// The stream, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    schemas.of::<ChangeView>();
    let stream = event_stream(
        "One event per entry. Its id is the position, its name the operation, its data a ChangeView.",
    );
    let described = OperationBuilder::new()
        .operation_id(Some("follow-log"))
        .summary(Some("Entries as they are committed, as server-sent events"))
        .description(Some(
            "Continues after Last-Event-ID, or from now on. A client that was disconnected, or dropped for being slow, reconnects with the last id it saw and misses nothing. Comments are heartbeats. Filters can be combined.",
        ))
        .parameter(in_query(&KIND))
        .parameter(in_query(&OPERATION))
        .parameter(in_query(&THING))
        .parameter(in_query(&AFTER))
        .parameter(in_header(
            "Last-Event-ID",
            "The position to continue after.",
            number(0),
        ))
        .response("200", stream);
    let described = with_problems(described, &[400, 401, 403, 503]);
    let endpoint = Endpoint::at(PATH).get(follow, described);
    OpenApiRouter::new().routes(endpoint.with_schemas(schemas))
}

/// Follows the log.
pub(crate) async fn follow(State(site): State<Shared>, parts: Parts) -> Result<Response, Problem> {
    stream(site, &parts, Naming::ByOperation).await
}

/// Whether the events of a stream have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    ByOperation,
    Unnamed,
}

/// A stream after `Last-Event-ID` or from now on. It ends if its reader is too slow or may no
/// longer read the log. Readers reconnect with the last id they saw.
pub(crate) async fn stream(
    site: Shared,
    parts: &Parts,
    naming: Naming,
) -> Result<Response, Problem> {
    let caller = caller(&site, &parts.headers)?;
    let mut parameters = Parameters::of(&parts.uri)?;
    let filter = Filter {
        kind: parameters.parsed("kind"),
        operation: parameters.line("operation", FILTER_CHARS_MAX),
        thing: parameters.parsed("thing"),
    };
    let after = parameters.position("after");
    parameters.finish()?;
    let given = last_event_id(&parts.headers)?;
    let name = given.map_or("after", |_| "Last-Event-ID");
    let last_seen = given.or(after);
    let reading = site.queries.open(&caller, Read::Log).await?;
    let (head, actor) = (reading.position(), reading.principal().actor());
    drop(reading);
    let last_seen = last_seen.unwrap_or(head);
    if last_seen > head {
        let detail = format!("is beyond the end of the log, which is at {head}");
        return Err(Problem::parameter(&kinds::MALFORMED_REQUEST, name, detail));
    }
    let subscription = site.tail.subscribe(last_seen).await?;
    let subscription = subscription
        .ok_or_else(|| Problem::new(&kinds::NOT_READY, "The server is stopping.").retry())?;
    let stream = events(Following {
        site,
        caller,
        user: match actor {
            Actor::User(name) => name.to_string(),
            Actor::System(_) => String::new(),
        },
        ends_at: None,
        position: last_seen,
        subscription,
        filter,
        naming,
        has_ended: false,
        check: tokio::time::interval(EVENTS_CHECK_INTERVAL),
    });
    let mut response = Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT_INTERVAL))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies must pass events on at once.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// The caller: a token, or a page of ours in a browser with a signed-in user. Browsers send no
/// token with such a stream. It is safe because only pages of this site can read it.
fn caller(site: &Site, headers: &HeaderMap) -> Result<Caller, Problem> {
    let session = site.gate.session(headers);
    match session.filter(|_| !headers.contains_key(header::AUTHORIZATION)) {
        Some(secret) => Ok(Gate::holder(&secret)),
        None => headers::caller(headers),
    }
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let position = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let position = position.filter(|position| i64::try_from(*position).is_ok());
    position.map(Some).ok_or_else(|| {
        let detail = "must be the id of an event of this stream, a position";
        Problem::parameter(&kinds::MALFORMED_REQUEST, "Last-Event-ID", detail)
    })
}

/// Which entries pass.
#[derive(Debug, Default)]
struct Filter {
    kind: Option<Kind>,
    operation: Option<String>,
    thing: Option<Thing>,
}

/// A thing, as `kind:name`.
#[derive(Debug)]
struct Thing(Kind, String);

impl FromStr for Thing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "must be kind:name, for example voyage:V100";
        let (kind, name) = text.split_once(':').ok_or(FORM)?;
        let kind = kind.parse().map_err(|_| FORM)?;
        Ok(Self(kind, name.to_owned()))
    }
}

impl Filter {
    fn passes(&self, change: &ChangeView) -> bool {
        let changed = |is: &dyn Fn(&ChangedView) -> bool| change.changed.iter().any(is);
        let is_named =
            |Thing(kind, name): &Thing| changed(&|own| own.kind == *kind && own.name == *name);
        let (kind, operation) = (self.kind, self.operation.as_deref());
        kind.is_none_or(|kind| changed(&|own| own.kind == kind))
            && operation.is_none_or(|operation| change.operation == operation)
            && self.thing.as_ref().is_none_or(is_named)
    }
}

struct Following {
    site: Shared,
    caller: Caller,
    /// The name of the caller's user.
    user: String,
    /// The last position to read, once the caller may read no more.
    ends_at: Option<u64>,
    /// The last position that was read.
    position: u64,
    subscription: Subscription<ChangeView>,
    filter: Filter,
    naming: Naming,
    has_ended: bool,
    check: tokio::time::Interval,
}

/// The end of a stream whose client was too slow or may no longer read, or whose server stops.
const ENDED: &str = "This stream ends here. Connect again with Last-Event-ID.";

fn events(following: Following) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(following, |mut following| async move {
        if following.has_ended {
            return None;
        }
        let Some(change) = following.next().await else {
            following.has_ended = true;
            return Some((Ok(Event::default().comment(ENDED)), following));
        };
        let event = Event::default().id(change.position.to_string());
        let event = match following.naming {
            Naming::ByOperation => event.event(&change.operation),
            Naming::Unnamed => event,
        };
        let event = event.json_data(&*change).expect("a change can be written");
        Some((Ok(event), following))
    })
}

impl Following {
    /// The next matching entry. Checks whether the caller may still read from time to time, and
    /// whenever its user or a token has changed. What was committed before a failed check is still
    /// sent, because the caller's last entry is often the one that ends its right.
    async fn next(&mut self) -> Option<Arc<ChangeView>> {
        loop {
            if self.ends_at.is_some_and(|last| self.position >= last) {
                return None;
            }
            tokio::select! {
                biased;
                _ = self.check.tick(), if self.ends_at.is_none() => {
                    if !self.may_still_read().await {
                        self.ends_at = Some(self.site.queries.position().await.ok()?);
                    }
                }
                change = self.subscription.next() => {
                    let change = change?;
                    self.position = change.position;
                    if self.may_end_it(&change) && !self.may_still_read().await {
                        self.ends_at = Some(change.position);
                    }
                    if self.filter.passes(&change) {
                        return Some(change);
                    }
                }
            }
        }
    }

    async fn may_still_read(&self) -> bool {
        let reading = self.site.queries.open(&self.caller, Read::Log).await;
        reading.is_ok()
    }

    /// Whether after this change the caller may read no more. A new token ends nothing.
    fn may_end_it(&self, change: &ChangeView) -> bool {
        change.changed.iter().any(|changed| match changed.kind {
            Kind::User => changed.name == self.user,
            Kind::Token => changed.version > 1,
            _ => false,
        })
    }
}

impl From<FollowError> for Problem {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Store(error) => QueryError::Store(error).into(),
            error => Self::new(&kinds::UNAVAILABLE, "The log cannot be followed.")
                .because_of(&error)
                .retry(),
        }
    }
}
