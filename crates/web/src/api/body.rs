//! Reads bodies with limits on size, pauses and rate.

use crate::limits::{BODY_BYTES_PER_SECOND_MIN, DISCARDED_BYTES_MAX};
use crate::problem::{Problem, kinds};
use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::Instant;

/// Reads a body of at most this many bytes. It may take as long as it needs, unless it pauses for
/// this long or arrives too slowly. An oversized body is read and discarded up to a limit, because
/// many clients look for the answer only after they have sent everything.
pub(crate) async fn read(
    body: Body,
    bytes_max: usize,
    silence: Duration,
) -> Result<Bytes, Problem> {
    let declared = axum::body::HttpBody::size_hint(&body).lower();
    let mut is_too_large = declared > bytes_max as u64;
    let mut kept = Vec::new();
    let mut pieces = Pieces::of(body, silence);
    loop {
        match pieces.next().await {
            Ok(Some(piece)) if is_too_large || kept.len() + piece.len() > bytes_max => {
                is_too_large = true;
                kept = Vec::new();
                if pieces.received > DISCARDED_BYTES_MAX as u64 {
                    return Err(too_large(bytes_max));
                }
            }
            Ok(Some(piece)) => kept.extend_from_slice(&piece),
            Ok(None) | Err(_) if is_too_large => return Err(too_large(bytes_max)),
            Ok(None) => return Ok(kept.into()),
            Err(problem) => return Err(problem),
        }
    }
}

/// Reads a body that is not wanted, up to a limit, so that its sender gets to see the answer.
pub(crate) async fn discard(body: Body, silence: Duration) {
    let mut pieces = Pieces::of(body, silence);
    while let Ok(Some(_)) = pieces.next().await {
        if pieces.received > DISCARDED_BYTES_MAX as u64 {
            return;
        }
    }
}

/// A body that is being received.
struct Pieces {
    body: Body,
    silence: Duration,
    began: Instant,
    received: u64,
}

impl Pieces {
    fn of(body: Body, silence: Duration) -> Self {
        Self {
            body,
            silence,
            began: Instant::now(),
            received: 0,
        }
    }

    /// The next piece. The error says that none came in time, or that the body broke off.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let earned = Duration::from_secs(self.received / BODY_BYTES_PER_SECOND_MIN);
        let (silent, slow) = (
            Instant::now() + self.silence,
            self.began + self.silence + earned,
        );
        loop {
            let piece = tokio::time::timeout_at(silent.min(slow), self.body.frame());
            let detail = match piece.await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) => {
                        self.received += piece.len() as u64;
                        return Ok(Some(piece));
                    }
                    // Trailers are ignored.
                    Err(_) => continue,
                },
                Ok(Some(Err(_))) => {
                    let detail = "The body ended early.";
                    return Err(Problem::new(&kinds::MALFORMED_REQUEST, detail));
                }
                Err(_) if slow < silent => format!(
                    "The body arrived at less than {BODY_BYTES_PER_SECOND_MIN} bytes a second."
                ),
                Err(_) => format!(
                    "No more of the body arrived for {} seconds.",
                    self.silence.as_secs()
                ),
            };
            return Err(Problem::new(&kinds::TIMEOUT, detail));
        }
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        &kinds::PAYLOAD_TOO_LARGE,
        format!("The body may have at most {bytes_max} bytes."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;
    use std::convert::Infallible;

    const SILENCE: Duration = Duration::from_secs(30);

    /// A body of this many pieces of this size, with a pause before each.
    fn body(count: usize, bytes: usize, pause: Duration) -> Body {
        let pieces = futures::stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(Bytes::from(vec![b'x'; bytes]))
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_and_slowness_end_a_body_but_size_does_not() {
        let (short, long) = (Duration::from_secs(20), Duration::from_secs(31));
        for (count, bytes, pause, expected) in [
            (100, 64 << 10, short, Ok(100 * (64 << 10))),
            (1, 10, short, Ok(10)),
            (
                2,
                64 << 10,
                long,
                Err("No more of the body arrived for 30 seconds."),
            ),
            (
                1_000,
                1,
                short,
                Err("The body arrived at less than 1024 bytes a second."),
            ),
        ] {
            let read = read(body(count, bytes, pause), 16 << 20, SILENCE).await;
            let read = read.map(|read| read.len());
            let read = read.as_ref().map_err(Problem::detail).copied();
            assert_eq!(read, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn oversized_bodies_are_read_to_the_end() {
        let read = read(body(3, 10, Duration::ZERO), 29, SILENCE).await;
        assert_eq!(read.unwrap_err().status().as_u16(), 413);
    }
}
