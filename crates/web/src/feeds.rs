//! `/feeds/…`: every change, in pages that never change once they are full.
//!
//! A page is the same for all readers and instances, so links are relative and nothing depends on the
//! release, the clock or the reader. ADR 0027 gives the reasons.

mod accept;
mod atom;
mod cloud_events;
mod conditional;
mod items;
mod json_feed;

use crate::ROOMS;
use crate::api::resources::Resource;
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter};
use crate::openapi::parts::{
    answer, header as described_header, in_path, number, text, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use accept::{Format, Profile, Wanted};
use application::Caller;
use application::policy::Read;
use application::queries::{QueryError, Reading};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Kind;
use items::{Page, Place};
use utoipa::openapi::path::{OperationBuilder, Parameter as DescribedParameter};
use utoipa::openapi::{ContentBuilder, ResponseBuilder};
use uuid::Uuid;

/// The newest page, to which readers subscribe.
const NEWEST: &str = "/feeds/{feed}";
/// One page.
const PAGE: &str = "/feeds/{feed}/pages/{page}";
/// Whether the caller may read a feed, for caches in front of the server.
const ACCESS: &str = "/feeds/{feed}/access";

/// The feed of all entries.
const LOG: &str = "log";

/// The feed of one kind.
pub(crate) struct KindFeed {
    /// Its name in addresses.
    name: &'static str,
    kind: Kind,
    read: Read,
    /// The address of one thing: `/api/cargoes/{tracking_id}`.
    thing: &'static str,
}

impl KindFeed {
    /// The feed of a kind with addresses of its own.
    pub(crate) const fn of<R: Resource>() -> Self {
        Self {
            name: R::LIST.split_at("/api/".len()).1,
            kind: R::KIND,
            read: R::READ,
            thing: R::ONE,
        }
    }

    /// The feed of a name.
    pub(crate) fn named(name: &str) -> Result<&'static Self, Problem> {
        feeds().find(|feed| feed.name == name).ok_or_else(|| {
            let names: Vec<_> = feeds().map(|feed| feed.name).collect();
            let detail = format!("There is no {name}, but {}.", names.join(", "));
            Problem::new(&kinds::NOT_FOUND, detail)
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn read(&self) -> Read {
        self.read
    }
}

/// Which changes a feed has.
#[derive(Clone, Copy)]
enum Feed {
    Log,
    Of(&'static KindFeed),
}

impl Feed {
    fn named(name: &str) -> Result<Self, Problem> {
        match name {
            LOG => Ok(Self::Log),
            name => KindFeed::named(name).map(Self::Of),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Log => LOG,
            Self::Of(feed) => feed.name,
        }
    }

    /// Asks for permission. Who reads a thing may not read every operation on it.
    fn permit(self, reading: &Reading, profile: Profile) -> Result<(), QueryError> {
        if let Self::Of(feed) = self {
            reading.permit_feed(feed.kind, feed.read)?;
        }
        match (self, profile) {
            (Self::Log, _) | (_, Profile::Change) => reading.permit(Read::Log),
            _ => Ok(()),
        }
    }
}

fn feeds() -> impl Iterator<Item = &'static KindFeed> {
    ROOMS.iter().flat_map(|room| room.feeds)
}

/// The endpoints.
pub(crate) fn endpoints() -> OpenApiRouter {
    let newest = described("get-feed", "The newest page of a feed, to subscribe to");
    let page = described(
        "get-feed-page",
        "A page of a feed. A full page never changes",
    );
    let page = page.parameter(in_path(
        "page",
        "Its number, from 1, the oldest.",
        number(1),
    ));
    let access = OperationBuilder::new()
        .operation_id(Some("may-read-feed"))
        .summary(Some(
            "Whether the caller may read a feed, for caches in front of the server",
        ))
        .parameter(feed_parameter())
        .response("204", ResponseBuilder::new().description("It may."));
    let access = with_problems(access, &[400, 401, 403, 404, 503]);
    OpenApiRouter::new()
        .routes(
            Endpoint::at(NEWEST)
                .get(newest_page, newest)
                .without_schemas(),
        )
        .routes(Endpoint::at(PAGE).get(one_page, page).without_schemas())
        .routes(Endpoint::at(ACCESS).get(may_read, access).without_schemas())
}

fn feed_parameter() -> DescribedParameter {
    let names = feeds().map(|feed| feed.name);
    let names = text().enum_values(Some(std::iter::once(LOG).chain(names)));
    in_path("feed", "Its name.", names)
}

/// The parameter that names a kind by its feed.
pub(crate) fn kind_parameter() -> DescribedParameter {
    let names = text().enum_values(Some(feeds().map(|feed| feed.name)));
    in_path("feed", "The kind, by the name of its feed.", names)
}

fn described(id: &str, summary: &str) -> OperationBuilder {
    let content = || ContentBuilder::new().schema(Some(text())).build();
    let page = answer("The page.", Format::Atom.media_type(), text())
        .content(Format::JsonFeed.media_type(), content())
        .content(Format::CloudEvents.media_type(), content())
        .header(
            "ETag",
            described_header("A strong entity tag of the content.", text()),
        );
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .description(Some(
            "Atom (RFC 4287) with archives (RFC 5005), JSON Feed 1.1 or a batch of CloudEvents 1.0, by Accept. Its parameter `profile` chooses how much an item says: `id`, `snapshot` (the default) or `change`, which needs permission to read the log. The token may also be the password of Basic authentication.",
        ))
        .parameter(feed_parameter())
        .response("200", page);
    with_problems(operation, &[400, 401, 403, 404, 503])
}

async fn newest_page(
    State(site): State<Shared>,
    Path(feed): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    respond(&site, &feed, None, &parts).await
}

async fn one_page(
    State(site): State<Shared>,
    Path((feed, page)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Problem> {
    let number = page.parse().ok();
    let number = number.filter(|number: &u64| number.to_string() == page);
    let number = number.ok_or_else(|| {
        let detail = "A page is addressed by its number, a whole number from 1.";
        Problem::new(&kinds::NOT_FOUND, detail)
    })?;
    respond(&site, &feed, Some(number), &parts).await
}

async fn may_read(
    State(site): State<Shared>,
    Path(feed): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    asked(&site, &feed, &parts).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, VARY);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}

/// The headers on which a page depends. Not the credentials: the page is the same for all who may
/// read it.
const VARY: HeaderValue = HeaderValue::from_static("accept");

/// What a caller asks for, if it may have it.
async fn asked(site: &Site, feed: &str, parts: &Parts) -> Result<(Feed, Wanted, Reading), Problem> {
    Parameters::of(&parts.uri)?.finish()?;
    let caller = caller(parts)?;
    let reading = site.queries.visit(&caller).await;
    let reading = reading.map_err(|error| challenged(error.into()))?;
    let (feed, wanted) = (Feed::named(feed)?, Wanted::by(&parts.headers));
    feed.permit(&reading, wanted.profile)?;
    Ok((feed, wanted, reading))
}

/// The caller: a token as bearer or, because feed readers know nothing else, as the password of
/// Basic authentication.
fn caller(parts: &Parts) -> Result<Caller, Problem> {
    match headers::basic_caller(&parts.headers) {
        Some(caller) => Ok(caller),
        None => headers::caller(&parts.headers).map_err(challenged),
    }
}

/// Also asks for Basic authentication.
fn challenged(problem: Problem) -> Problem {
    if problem.status() != StatusCode::UNAUTHORIZED {
        return problem;
    }
    problem.header(header::WWW_AUTHENTICATE, BASIC)
}

const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"plimsoll\", charset=\"UTF-8\"");

async fn respond(
    site: &Site,
    feed: &str,
    number: Option<u64>,
    parts: &Parts,
) -> Result<Response, Problem> {
    let (feed, wanted, mut reading) = asked(site, feed, parts).await?;
    let origin = origin(site, &mut reading).await?;
    let place = Place {
        feed: feed.name(),
        origin,
        is_numbered: number.is_some(),
    };
    let page = match feed {
        Feed::Log => {
            let page = reading.feed_of_log(number).await?;
            page.map(|page| Page::of_log(page, place, wanted.profile))
        }
        Feed::Of(own) => {
            let page = reading.feed_of(own.kind, own.read, number).await?;
            page.map(|page| Page::of_changes(page, place, own.thing, wanted.profile))
        }
    };
    let page = page.ok_or_else(|| {
        let detail = format!("The feed {} has no such page yet.", feed.name());
        Problem::new(&kinds::NOT_FOUND, detail)
    })?;
    let body = match wanted.format {
        Format::Atom => atom::write(&page),
        Format::JsonFeed => json_feed::write(&page),
        Format::CloudEvents => cloud_events::write(&page),
    };
    Ok(conditional::respond(
        &parts.headers,
        &page,
        wanted,
        body,
        reading.now(),
    ))
}

/// The id of the first entry of the log. It never changes, so it is read only once.
async fn origin(site: &Site, reading: &mut Reading) -> Result<Uuid, Problem> {
    if let Some(origin) = site.feed_origin.get() {
        return Ok(*origin);
    }
    let first = reading.first_entry().await.map_err(QueryError::from)?;
    Ok(match first {
        Some(first) => *site.feed_origin.get_or_init(|| first),
        None => Uuid::nil(),
    })
}

#[cfg(test)]
mod tests;
