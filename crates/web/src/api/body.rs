//! Reading bodies within limits of size and time.

use crate::problem::{Problem, kinds};
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;

/// A body of at most this many bytes that arrives within this time.
pub(crate) async fn read(body: Body, bytes_max: usize, limit: Duration) -> Result<Bytes, Problem> {
    let declared = axum::body::HttpBody::size_hint(&body).lower();
    if declared > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    let read = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(limit, read).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(bytes_max)),
        Ok(Err(_)) => Err(Problem::new(
            &kinds::MALFORMED_REQUEST,
            "The body broke off before its end.",
        )),
        Err(_) => Err(Problem::new(
            &kinds::TIMEOUT,
            format!(
                "The body did not arrive within {} seconds.",
                limit.as_secs()
            ),
        )),
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        &kinds::PAYLOAD_TOO_LARGE,
        format!("The body may have at most {bytes_max} bytes."),
    )
}
