//! `POST /api/operations`: many operations in one request, one per line, each by itself.
//!
//! Lines are put on the queue in order, without waiting for one another, so that many share a write
//! transaction. They are answered in order too, while later ones still run. If a client
//! disconnects, lines that are not on the queue yet are dropped.

use super::body;
use super::operations::{self, AcceptedBody, etag};
use crate::headers;
use crate::limits::{
    BATCH_BODY_TIMEOUT, BATCH_BYTES_MAX, BATCH_IN_FLIGHT_MAX, BATCH_LINES_MAX, INPUT_BYTES_MAX,
};
use crate::openapi::parts::{answer, number, text, traceparent, with_problems};
use crate::parameters::Parameters;
use crate::problem::{Problem, ProblemBody, kinds};
use crate::state::Shared;
use crate::trace::Trace;
use application::input::{self, InputError};
use application::lanes::{Lane, Place};
use application::{Caller, Failed, Headers, Reply, find};
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Required};
use validator::Validate;

/// The media type of a batch and its answers.
pub(crate) const NDJSON: &str = "application/x-ndjson";
/// The approximate size of the pieces of an answer, in bytes.
const PIECE_BYTES: usize = 64 << 10;

/// The API description of batches.
pub(crate) fn described() -> OperationBuilder {
    let names = application::catalogue().map(|definition| definition.about.name);
    let line = ObjectBuilder::new()
        .property("operation", text().enum_values(Some(names)))
        .required("operation")
        .property("input", ObjectBuilder::new().schema_type(Type::Object))
        .required("input")
        .property("key", text().max_length(Some(IDEMPOTENCY_KEY_BYTES_MAX)))
        .description(Some("One line."));
    let result = ObjectBuilder::new()
        .property("status", number(200))
        .required("status")
        .description(Some(
            "One line: `status`, and the answer of the operation or a problem. `etag` and `replayed` replace the headers of a single answer.",
        ));
    let content = ContentBuilder::new().schema(Some(line)).build();
    let body = RequestBodyBuilder::new()
        .description(Some(format!(
            "At most {BATCH_LINES_MAX} lines and {BATCH_BYTES_MAX} bytes."
        )))
        .content(NDJSON, content)
        .required(Some(Required::True));
    let operation = OperationBuilder::new()
        .operation_id(Some("run-batch"))
        .summary(Some("Many operations in one request"))
        .description(Some(
            "Each line is a separate operation. Lines are applied in order, and each is accepted or refused on its own. The answer has one line for each, in the same order. A line that cannot be read does not stop the others.",
        ))
        .parameter(traceparent())
        .request_body(Some(body.build()))
        .response("200", answer("One result per line.", NDJSON, result));
    with_problems(operation, &[400, 401, 408, 413, 415, 429, 503])
}

/// Runs a batch.
pub(crate) async fn run(
    State(site): State<Shared>,
    Extension(trace): Extension<Trace>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, stream) = request.into_parts();
    let caller = headers::caller(&parts.headers)?;
    site.admit(&caller).await?;
    Parameters::of(&parts.uri)?.finish()?;
    headers::check_media_type(&parts.headers, NDJSON)?;
    for (name, shown) in [
        (&headers::IDEMPOTENCY_KEY, "Idempotency-Key"),
        (&header::IF_MATCH, "If-Match"),
    ] {
        if parts.headers.contains_key(name) {
            let detail = "does not apply to a batch; each line may have its own key";
            return Err(Problem::parameter(&kinds::MALFORMED_REQUEST, shown, detail));
        }
    }
    let declared = axum::body::HttpBody::size_hint(&stream).upper();
    let kibibytes = declared.map_or(BATCH_BYTES_MAX, |bytes| {
        usize::try_from(bytes)
            .unwrap_or(usize::MAX)
            .min(BATCH_BYTES_MAX)
    }) / 1024
        + 1;
    let kibibytes = u32::try_from(kibibytes).expect("a batch is bounded");
    let own = site.share(&site.shares.batches, &caller).await;
    let room = Arc::clone(&site.batch_bodies).try_acquire_many_owned(kibibytes);
    let room = room.map_err(|_| Problem::from(Failed::Overloaded));
    let (own, room) = match own.and_then(|own| Ok((own, room?))) {
        Ok(places) => places,
        Err(problem) => {
            // Many clients look for the answer only after they have sent everything.
            body::discard(stream, BATCH_BODY_TIMEOUT).await;
            return Err(problem);
        }
    };
    let text = body::read(stream, BATCH_BYTES_MAX, BATCH_BODY_TIMEOUT).await?;
    let lines = lines(&text)?;
    let batch = Batch {
        lane: site.queries.lane_of(&caller),
        site,
        caller,
        trace: trace.to_string(),
        traceparent: headers::traceparent(&parts.headers).map(str::to_owned),
        lines: lines.into_iter(),
        _places: (own, room),
        answers: VecDeque::new(),
    };
    let stream = futures::stream::unfold(batch, |mut batch| async move {
        let piece = batch.next_piece().await?;
        Some((Ok::<_, Infallible>(piece), batch))
    });
    Ok((
        [
            (header::CONTENT_TYPE, NDJSON),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Body::from_stream(stream),
    )
        .into_response())
}

/// The lines that are not blank.
fn lines(text: &Bytes) -> Result<Vec<Bytes>, Problem> {
    let mut lines = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if lines.len() == BATCH_LINES_MAX {
            return Err(Problem::new(
                &kinds::PAYLOAD_TOO_LARGE,
                format!("A batch may have at most {BATCH_LINES_MAX} lines. Nothing was applied."),
            ));
        }
        lines.push(text.slice_ref(line));
    }
    Ok(lines)
}

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchLine<'a> {
    operation: String,
    #[serde(borrow)]
    input: &'a RawValue,
    #[serde(default)]
    key: Option<String>,
}

/// One line of a batch, for reporting all its faults.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Shape {
    operation: String,
    #[schema(value_type = Object)]
    input: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

struct Batch {
    site: Shared,
    caller: Caller,
    trace: String,
    traceparent: Option<String>,
    lines: std::vec::IntoIter<Bytes>,
    /// The caller's place, and that for the size of the body, which the lines refer to.
    _places: (Place, OwnedSemaphorePermit),
    answers: VecDeque<Answer>,
    /// Whose places in the queue the lines take.
    lane: Lane,
}

/// The result of a line, now or later.
enum Answer {
    Done(Problem),
    Waiting {
        operation: &'static str,
        began: Instant,
        reply: BoxFuture<'static, Reply>,
        /// Held until the reply is written.
        _place: Place,
    },
}

/// The answer to an accepted line.
#[derive(Serialize)]
struct AcceptedLine<'a> {
    status: u16,
    #[serde(flatten)]
    body: AcceptedBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

/// The answer to a line that was not accepted.
#[derive(Serialize)]
struct ProblemLine<'a> {
    #[serde(flatten)]
    body: ProblemBody<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

impl Batch {
    /// The next answers: at least one, and any others that are ready.
    async fn next_piece(&mut self) -> Option<Bytes> {
        self.submit().await;
        let mut piece = Vec::new();
        let first = self.answers.pop_front()?;
        self.write(first, &mut piece).await;
        while piece.len() < PIECE_BYTES {
            self.submit().await;
            let ready = match self.answers.front_mut() {
                None => break,
                Some(Answer::Done(_)) => None,
                Some(Answer::Waiting { reply, .. }) => match reply.now_or_never() {
                    Some(reply) => Some(reply),
                    None => break,
                },
            };
            let mut answer = self.answers.pop_front().expect("its front was looked at");
            if let (Some(ready), Answer::Waiting { reply, .. }) = (ready, &mut answer) {
                *reply = Box::pin(std::future::ready(ready));
            }
            self.write(answer, &mut piece).await;
        }
        Some(piece.into())
    }

    /// Puts lines on the queue as long as the caller has places for them, and at least one if none
    /// is in flight.
    async fn submit(&mut self) {
        while self.answers.len() < BATCH_IN_FLIGHT_MAX && !self.lines.as_slice().is_empty() {
            let place = self.site.shares.batch_lines.take(self.lane.clone());
            let place = match place.now_or_never() {
                Some(place) => place,
                None if self.answers.is_empty() => {
                    self.site.shares.batch_lines.take(self.lane.clone()).await
                }
                None => break,
            };
            let Some(line) = self.lines.next() else {
                break;
            };
            let answer = self.submit_line(&line, place).await;
            let answer = answer.unwrap_or_else(Answer::Done);
            self.answers.push_back(answer);
        }
    }

    async fn write(&mut self, answer: Answer, piece: &mut Vec<u8>) {
        match answer {
            Answer::Done(problem) => self.write_problem(&problem, false, piece),
            Answer::Waiting {
                operation,
                began,
                reply,
                ..
            } => {
                let reply = reply.await;
                self.site
                    .metrics
                    .operation(operation, &reply, began.elapsed());
                self.write_reply(reply, piece);
            }
        }
    }

    fn write_reply(&self, reply: Reply, piece: &mut Vec<u8>) {
        match reply {
            Reply::Accepted(accepted) => {
                let etag = accepted.target_version.map(etag);
                let line = AcceptedLine {
                    status: 200,
                    body: AcceptedBody::from(&*accepted),
                    etag: etag.and_then(|etag| etag.to_str().ok().map(str::to_owned)),
                    replayed: accepted.replayed,
                };
                write_line(&line, piece);
            }
            Reply::Refused(refused) => {
                let replayed = refused.replayed;
                self.write_problem(&(*refused).into(), replayed, piece);
            }
            Reply::Failed(failed) => {
                if failed == Failed::Unauthenticated {
                    self.site.forget(&self.caller);
                }
                self.write_problem(&failed.into(), false, piece);
            }
        }
    }

    fn write_problem(&self, problem: &Problem, replayed: bool, piece: &mut Vec<u8>) {
        let body = problem.body(&self.trace, self.site.gate.prefix());
        write_line(&ProblemLine { body, replayed }, piece);
    }
}

impl Batch {
    /// Puts one line on the queue, in the same lane as the lines before it.
    async fn submit_line(&mut self, line: &[u8], place: Place) -> Result<Answer, Problem> {
        if line.len() > INPUT_BYTES_MAX {
            let detail = format!("A line may have at most {INPUT_BYTES_MAX} bytes.");
            return Err(Problem::new(&kinds::PAYLOAD_TOO_LARGE, detail));
        }
        let line = read_line(line)?;
        let definition =
            find(&line.operation).ok_or_else(|| operations::unknown(&line.operation))?;
        let key = line.key.map(headers::check_key).transpose();
        let asked = Headers {
            key: key.map_err(|detail| Problem::field("/key", detail))?,
            if_match: None,
            trace_id: self.traceparent.clone(),
        };
        let input = line.input.get().as_bytes();
        let call = operations::call(&self.site, definition, input, self.caller.clone(), asked);
        let call = call.await;
        let call = call.map_err(|error| Problem::input_within("/input", error))?;
        let call = call.in_lane(self.lane.clone());
        Ok(Answer::Waiting {
            operation: definition.about.name,
            began: Instant::now(),
            reply: Box::pin(self.site.pipeline.submit(call)),
            _place: place,
        })
    }
}

fn write_line(line: &impl Serialize, piece: &mut Vec<u8>) {
    serde_json::to_writer(&mut *piece, line).expect("an answer can be written to memory");
    piece.push(b'\n');
}

fn read_line(line: &[u8]) -> Result<BatchLine<'_>, Problem> {
    if line.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::field("", "must be an object".to_owned()));
    }
    serde_json::from_slice(line).map_err(|error| match input::read::<Shape>(line) {
        Err(InputError::Shape(errors)) => Problem::input(InputError::Shape(errors)),
        _ => Problem::new(
            &kinds::MALFORMED_JSON,
            format!("The line is not JSON: {error}."),
        ),
    })
}
