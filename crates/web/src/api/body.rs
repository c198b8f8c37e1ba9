//! Reading bodies within limits of size and time.

use crate::limits::DISCARDED_BYTES_MAX;
use crate::problem::{Problem, kinds};
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;

/// A body of at most this many bytes that arrives within this time. What is too large is read
/// and thrown away up to a bound, because many clients look for the answer only after they have
/// sent all of it.
pub(crate) async fn read(
    mut body: Body,
    bytes_max: usize,
    limit: Duration,
) -> Result<Bytes, Problem> {
    let declared = axum::body::HttpBody::size_hint(&body).lower();
    let read = async {
        if declared <= bytes_max as u64 {
            match Limited::new(&mut body, bytes_max).collect().await {
                Ok(collected) => return Ok(collected.to_bytes()),
                Err(error) if error.is::<LengthLimitError>() => {}
                Err(_) => {
                    let detail = "The body broke off before its end.";
                    return Err(Problem::new(&kinds::MALFORMED_REQUEST, detail));
                }
            }
        }
        let mut left = DISCARDED_BYTES_MAX;
        while left > 0
            && let Some(Ok(frame)) = body.frame().await
        {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        }
        Err(too_large(bytes_max))
    };
    tokio::time::timeout(limit, read).await.unwrap_or_else(|_| {
        let detail = format!(
            "The body did not arrive within {} seconds.",
            limit.as_secs()
        );
        Err(Problem::new(&kinds::TIMEOUT, detail))
    })
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        &kinds::PAYLOAD_TOO_LARGE,
        format!("The body may have at most {bytes_max} bytes."),
    )
}
