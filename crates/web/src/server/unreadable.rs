//! Requests that hyper cannot read never reach the router. Hyper answers them itself, without a body,
//! and ends the connection. Here such an answer becomes a problem document.

use super::last_answer::written;
use crate::limits::{
    CONNECTION_BUFFER_BYTES, DISCARDED_BYTES_MAX, REQUEST_HEADERS_MAX, UNREADABLE_TIMEOUT,
};
use crate::problem::{Problem, kinds};
use std::future::Future as _;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// The largest answer that hyper makes itself, in bytes: a status line and three headers.
const AUTOMATIC_BYTES_MAX: usize = 256;

/// The stream of a connection.
pub(super) struct Explaining<S> {
    stream: S,
    prefix: String,
    /// Whether a line ended since the last answer, so that it is not the first one that is too long.
    has_line: bool,
    answer: Option<Answer>,
}

/// The answer to a request that hyper could not read.
struct Answer {
    unsent: Vec<u8>,
    is_complete: bool,
    /// How many bytes are still discarded, and how long. A connection that is closed before all was
    /// read is reset, and the client loses the answer.
    discard: usize,
    until: Pin<Box<Sleep>>,
}

impl<S> Explaining<S> {
    pub(super) fn new(stream: S, prefix: String) -> Self {
        Self {
            stream,
            prefix,
            has_line: false,
            answer: None,
        }
    }

    fn explain(&mut self, status: &str, date: &str) {
        let problem = match status {
            "431" if self.has_line => headers_too_large(),
            "414" | "431" => Problem::new(
                &kinds::ADDRESS_TOO_LONG,
                format!("The first line of the request exceeds {CONNECTION_BUFFER_BYTES} bytes."),
            ),
            _ => Problem::new(
                &kinds::MALFORMED_REQUEST,
                "The first line or a header of the request cannot be read.",
            ),
        };
        self.answer = Some(Answer {
            unsent: written(&problem, &self.prefix, date).into_bytes(),
            is_complete: false,
            discard: DISCARDED_BYTES_MAX,
            until: Box::pin(tokio::time::sleep(UNREADABLE_TIMEOUT)),
        });
    }
}

fn headers_too_large() -> Problem {
    let detail = format!(
        "The request has more than {REQUEST_HEADERS_MAX} headers, or more than \
         {CONNECTION_BUFFER_BYTES} bytes of them."
    );
    Problem::new(&kinds::HEADERS_TOO_LARGE, detail)
}

/// An answer of hyper's own at the end of what it writes: where it begins, its status and its `Date`
/// line. All our answers of these statuses have a body, and none of our bodies ends with an empty line.
fn automatic(bytes: &[u8]) -> Option<(usize, &str, &str)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(AUTOMATIC_BYTES_MAX);
    let mut windows = bytes[from..].windows(7);
    let begin = from + windows.rposition(|window| window == b"HTTP/1.")?;
    let head = std::str::from_utf8(&bytes[begin..]).ok()?;
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next()?.get(9..12)?;
    let mut date = "";
    for line in lines {
        match line.split_once(": ")? {
            ("date", _) => date = line,
            ("content-length", "0") | ("connection", "close") => {}
            _ => return None,
        }
    }
    matches!(status, "400" | "414" | "431").then_some((begin, status, date))
}

impl<S: AsyncRead + Unpin> AsyncRead for Explaining<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.answer.is_some() {
            // For hyper this is the end. The rest is discarded below.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.has_line = self.has_line || buffer.filled()[before..].contains(&b'\n');
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Explaining<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let last = pieces.iter().rposition(|piece| !piece.is_empty());
        let found = last.and_then(|last| Some((last, automatic(&pieces[last])?)));
        match found {
            None => {
                self.has_line = false;
                Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
            }
            Some((0, (0, status, date))) => {
                self.explain(status, date);
                Poll::Ready(Ok(pieces[0].len()))
            }
            // First what comes before it.
            Some((0, (begin, ..))) => {
                Pin::new(&mut self.stream).poll_write(cx, &pieces[0][..begin])
            }
            Some((last, _)) => Pin::new(&mut self.stream).poll_write_vectored(cx, &pieces[..last]),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Self { stream, answer, .. } = &mut *self;
        if let Some(answer) = answer {
            while !answer.unsent.is_empty() {
                let sent = ready!(Pin::new(&mut *stream).poll_write(cx, &answer.unsent))?;
                if sent == 0 {
                    return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
                }
                answer.unsent.drain(..sent);
            }
        }
        Pin::new(stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self
            .answer
            .as_ref()
            .is_some_and(|answer| !answer.is_complete)
        {
            ready!(self.as_mut().poll_flush(cx))?;
        }
        let Self { stream, answer, .. } = &mut *self;
        let Some(answer) = answer else {
            return Pin::new(stream).poll_shutdown(cx);
        };
        if !answer.is_complete {
            ready!(Pin::new(&mut *stream).poll_shutdown(cx))?;
            answer.is_complete = true;
        }
        let mut space = [0; 4_096];
        while answer.discard > 0 && answer.until.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                read => answer.discard = answer.discard.saturating_sub(read),
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use crate::server::{Connections, serve};
    use axum::Router;
    use serde_json::Value;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn serving() -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(async || "a body\r\n\r\n");
        let connections = Connections {
            prefix: "/x".to_owned(),
            ..Connections::default()
        };
        let forever = std::future::pending();
        tokio::spawn(serve(
            listener,
            router,
            std::sync::Arc::default(),
            connections,
            forever,
        ));
        address
    }

    /// Sends all of this, and returns all answers.
    async fn answers(request: &[u8]) -> String {
        let stream = TcpStream::connect(serving().await).await.unwrap();
        let (mut from, mut to) = stream.into_split();
        let mut answers = String::new();
        let talk = async {
            let (_, read) = tokio::join!(to.write_all(request), from.read_to_string(&mut answers));
            read.unwrap();
            answers
        };
        tokio::time::timeout(PATIENCE, talk).await.expect("an end")
    }

    fn must_be_problem(answer: &str, status: u16, kind: &str) {
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        for line in [
            "content-type: application/problem+json",
            &format!("content-length: {}", body.len()),
            "connection: close",
            "date: ",
        ] {
            assert!(head.contains(line), "{head} lacks {line}");
        }
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["type"], format!("/x/problems/{kind}"));
        assert_eq!(body["status"], status);
        for member in ["title", "detail", "instance"] {
            assert!(!body[member].as_str().unwrap().is_empty(), "{body}");
        }
    }

    #[tokio::test]
    async fn requests_that_cannot_be_read_get_a_problem() {
        let malformed = (400, "malformed-request");
        let too_large = (431, "headers-too-large");
        let too_long = (414, "address-too-long");
        let line = "GET / HTTP/1.1\r\nhost: a\r\n";
        let many = "x: y\r\n".repeat(200);
        let long = "y".repeat(1 << 20);
        for (request, (status, kind)) in [
            ("\u{1}\u{2}\r\n\r\n".to_owned(), malformed),
            ("GET\r\n\r\n".to_owned(), malformed),
            ("GET /\r\nhost: a\r\n\r\n".to_owned(), malformed),
            ("GET / HTTP/3.0\r\nhost: a\r\n\r\n".to_owned(), malformed),
            (
                "GET /\u{7f} HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
                malformed,
            ),
            (format!("{line}no colon\r\n\r\n"), malformed),
            (format!("{line}a name: x\r\n\r\n"), malformed),
            (format!("{line}content-length: x\r\n\r\n"), malformed),
            (
                format!("{line}content-length: 1\r\ncontent-length: 2\r\n\r\n"),
                malformed,
            ),
            (format!("{line}transfer-encoding: x\r\n\r\n"), malformed),
            (format!("{line}{many}\r\n"), too_large),
            (format!("{line}x: {long}\r\n\r\n"), too_large),
            (format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), too_long),
            (
                format!("GET /?{long} HTTP/1.1\r\nhost: a\r\n\r\n"),
                too_long,
            ),
            (
                format!(
                    "GET /{} HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n",
                    &long[..65_000]
                ),
                too_large,
            ),
        ] {
            let answer = answers(request.as_bytes()).await;
            let begin: String = request.chars().take(60).collect();
            println!("{begin:?}");
            must_be_problem(&answer, status, kind);
        }
    }

    #[tokio::test]
    async fn readable_requests_before_keep_their_answers() {
        let readable = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(5);
        let answers = answers(format!("{readable}no request\r\n\r\n").as_bytes()).await;
        let answers: Vec<_> = answers.split("HTTP/1.1 ").skip(1).collect();
        let (last, others) = answers.split_last().expect("answers");
        assert_eq!(others.len(), 5, "{answers:?}");
        for other in others {
            assert!(other.ends_with("\r\n\r\na body\r\n\r\n"), "{other}");
        }
        must_be_problem(&format!("HTTP/1.1 {last}"), 400, "malformed-request");
    }
}
