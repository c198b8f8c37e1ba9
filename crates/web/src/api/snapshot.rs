//! `GET /api/snapshot/{feed}`: the states of all things of a kind at one position, one a line.
//!
//! Each chunk is a short read of its own, at the same position of the past, so that a slow client holds
//! neither a transaction nor memory, and a broken download is continued from its last line.

use super::batch::NDJSON;
use super::resources::{Parameter, open, true_at};
use crate::feeds::KindFeed;
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter};
use crate::openapi::parts::{
    MIN_POSITION, answer, in_query, number, position_header, text, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use application::Caller;
use application::queries::{QueryError, Reading};
use application::schema;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Moment;
use serde::Serialize;
use serde_json::value::RawValue;
use std::io;
use std::sync::Arc;
use utoipa::openapi::path::OperationBuilder;
use uuid::Uuid;

const PATH: &str = "/api/snapshot/{feed}";

const AT: Parameter = Parameter {
    name: "at",
    meaning: "The position of an earlier answer, to continue it. Default: the newest.",
    schema: || number(0).into(),
};

const AFTER: Parameter = Parameter {
    name: "after",
    meaning: "Continue after the line with this id.",
    schema: || schema::uuid().into(),
};

/// Lines per read.
const CHUNK_LINES: u64 = 100;

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    kind: &'static str,
    id: Uuid,
    name: &'a str,
    version: u64,
    position: u64,
    recorded_at: Moment,
    state: &'a RawValue,
}

/// A snapshot that is being sent.
struct Sending {
    site: Arc<Site>,
    caller: Caller,
    feed: &'static KindFeed,
    position: u64,
    after: Option<Uuid>,
    /// The lines that were read first, before the answer began.
    first: Option<Vec<u8>>,
    is_over: bool,
}

pub(crate) fn endpoints() -> OpenApiRouter {
    let lines = answer("The states by id, one a line.", NDJSON, text())
        .header("Plimsoll-Position", position_header());
    let described = OperationBuilder::new()
        .operation_id(Some("get-snapshot"))
        .summary(Some("All things of a kind at one position, as NDJSON"))
        .description(Some(
            "The feed or the event stream after Plimsoll-Position continues it exactly. A client that has seen later positions states them in min_position, and never gets an older snapshot. A download that breaks off is continued with the same position and the id of its last whole line.",
        ))
        .parameter(crate::feeds::kind_parameter())
        .parameter(in_query(&AT))
        .parameter(in_query(&AFTER))
        .parameter(in_query(&MIN_POSITION))
        .response("200", lines);
    let described = with_problems(described, &[400, 401, 403, 404, 503]);
    let endpoint = Endpoint::at(PATH).get(snapshot, described);
    OpenApiRouter::new().routes(endpoint.without_schemas())
}

async fn snapshot(
    State(site): State<Shared>,
    Path(feed): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let feed = KindFeed::named(&feed)?;
    let mut parameters = Parameters::of(request.uri())?;
    let (at, after) = (parameters.position("at"), parameters.parsed("after"));
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    site.admit(&caller).await?;
    site.export(&caller, async || {
        let mut reading = open(&site, &caller, feed.read(), min_position).await?;
        let position = position(&reading, at, min_position)?;
        let mut sending = Sending {
            site: Arc::clone(&site),
            caller: caller.clone(),
            feed,
            position,
            after,
            first: None,
            is_over: false,
        };
        sending.first = Some(sending.lines(&mut reading).await?);
        drop(reading);
        let body = futures::stream::try_unfold(sending, Sending::next);
        let head = [(header::CONTENT_TYPE, NDJSON)];
        let mut response = (head, Body::from_stream(body)).into_response();
        true_at(response.headers_mut(), position);
        Ok(response)
    })
    .await
}

/// The position of the snapshot.
fn position(reading: &Reading, at: Option<u64>, min_position: Option<u64>) -> Result<u64, Problem> {
    let head = reading.position();
    let Some(at) = at else { return Ok(head) };
    let refused = |detail: String| Problem::parameter(&kinds::MALFORMED_REQUEST, "at", detail);
    match min_position {
        _ if at > head => Err(refused(format!(
            "is beyond the end of the log, which is at {head}"
        ))),
        Some(least) if at < least => Err(refused(format!("is before min_position, {least}"))),
        _ => Ok(at),
    }
}

impl Sending {
    /// The next lines. A failure breaks the answer off, so that the client notices.
    async fn next(mut self) -> io::Result<Option<(Vec<u8>, Self)>> {
        if let Some(first) = self.first.take() {
            return Ok(Some((first, self)));
        }
        if self.is_over {
            return Ok(None);
        }
        let (site, caller) = (Arc::clone(&self.site), self.caller.clone());
        let lines = async {
            let mut reading = site.queries.visit(&caller).await?;
            self.lines(&mut reading).await
        };
        let lines = lines.await.map_err(|error| {
            tracing::debug!(%error, "a snapshot breaks off");
            io::Error::other(error)
        })?;
        Ok(Some((lines, self)))
    }

    async fn lines(&mut self, reading: &mut Reading) -> Result<Vec<u8>, QueryError> {
        let (kind, read) = (self.feed.kind(), self.feed.read());
        let states = reading
            .states_at(kind, read, self.position, self.after, CHUNK_LINES)
            .await?;
        self.is_over = (states.len() as u64) < CHUNK_LINES;
        let mut lines = Vec::new();
        for (name, row) in states {
            self.after = Some(row.id);
            let state = RawValue::from_string(row.state).expect("a state is JSON");
            let line = Line {
                kind: row.kind.word(),
                id: row.id,
                name: &name,
                version: row.version,
                position: row.position,
                recorded_at: row.recorded_at,
                state: &state,
            };
            serde_json::to_writer(&mut lines, &line).expect("a line can be written");
            lines.push(b'\n');
        }
        Ok(lines)
    }
}
