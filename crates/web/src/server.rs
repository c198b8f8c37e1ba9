//! The listener: accepts connections, serves them, and stops cleanly.

mod admission;
mod last_answer;
mod listen;
mod unreadable;

pub(crate) use admission::household;
pub(crate) use listen::listen;

use crate::api::health;
use crate::limits::{
    CONNECTION_BUFFER_BYTES, CONNECTIONS_EACH_MAX, CONNECTIONS_MAX, CONNECTIONS_RESERVED,
    DRAIN_TIMEOUT, HEADERS_TIMEOUT, KEEP_ALIVE, REQUEST_HEADERS_MAX, RESERVED_TIMEOUT,
    WRITE_TIMEOUT,
};
use crate::metrics::Metrics;
use crate::outside::within;
use crate::pages::visit::Peer;
use crate::problem::{Problem, kinds};
use admission::{Admission, Counted, Place};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Version, header};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use last_answer::written;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use unreadable::Explaining;

/// The pause after the system refused a connection, for example for lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Limits and settings of connections.
#[derive(Debug, Clone)]
pub struct Connections {
    /// The maximum number of open connections. Further ones get only health checks answered.
    pub max: usize,
    /// The maximum number of open connections of one client: an IPv4 address or an IPv6 /64.
    pub each_max: usize,
    /// The number of further connections for health checks.
    pub reserved: usize,
    /// The trusted proxies, which may open any number of connections.
    pub proxies: Vec<IpNet>,
    /// The longest time without progress in sending an answer.
    pub write: Duration,
    /// The longest wait for the first request of a connection.
    pub first: Duration,
    /// The longest wait for the next request.
    pub keep_alive: Duration,
    /// The path prefix of public addresses. Empty at the root.
    pub prefix: String,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            max: CONNECTIONS_MAX,
            each_max: CONNECTIONS_EACH_MAX,
            reserved: CONNECTIONS_RESERVED,
            proxies: Vec::new(),
            write: WRITE_TIMEOUT,
            first: HEADERS_TIMEOUT,
            keep_alive: KEEP_ALIVE,
            prefix: String::new(),
        }
    }
}

/// Serves until `stop` completes. Then accepts no more connections, finishes open requests within a
/// limited time, and returns.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    metrics: Arc<Metrics>,
    connections: Connections,
    stop: impl Future<Output = ()>,
) {
    let admission = Admission::new(&connections);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &admission) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                let Ok(counted) = admission.count(peer.0, &connections) else {
                    turn_away(&stream, &connections.prefix);
                    continue;
                };
                let (router, metrics) = (router.clone(), Arc::clone(&metrics));
                let connection = Connection {
                    stream,
                    peer,
                    place,
                    counted,
                };
                connection.serve(&connections, router, &graceful, metrics);
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let open = graceful.count();
    tracing::info!(open, "stopping; finishing open requests");
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn accept(
    listener: &TcpListener,
    admission: &Admission,
) -> std::io::Result<(TcpStream, Peer, Place)> {
    let place = admission.place().await;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, Peer(peer.ip().to_canonical()), place))
}

/// Answers a client with too many connections, if the answer can be sent at once.
fn turn_away(stream: &TcpStream, prefix: &str) {
    let detail = "Too many connections from this address are open. Close some, or reuse them.";
    let problem = Problem::new(&kinds::TOO_MANY_CONNECTIONS, detail).retry();
    if let Err(error) = stream.try_write(written(&problem, prefix, "").as_bytes()) {
        tracing::debug!(%error, "failed to answer a client with too many connections");
    }
}

/// Marks the requests on a connection that is kept for health checks.
#[derive(Debug, Clone, Copy)]
struct Reserved;

/// Marks a request that does not name its host exactly once.
#[derive(Debug, Clone, Copy)]
struct WithoutHost;

/// Whether a request names its host exactly once, as RFC 9112, section 3.2 demands. Before HTTP/1.1
/// it need not.
fn names_its_host<B>(request: &Request<B>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11)
}

/// The answer to a request that gets no further: without a host, or other than a health check on a
/// connection that is kept for them.
pub(crate) fn refuse_early(parts: &Parts) -> Option<Problem> {
    if parts.extensions.get::<WithoutHost>().is_some() {
        let detail = "The request must have exactly one Host header.";
        return Some(Problem::new(&kinds::MALFORMED_REQUEST, detail));
    }
    parts.extensions.get::<Reserved>()?;
    let is_check = health::PATHS.contains(&parts.uri.path());
    (!is_check).then(|| Problem::new(&kinds::OVERLOADED, "Too many connections are open.").retry())
}

struct Connection {
    stream: TcpStream,
    peer: Peer,
    place: Place,
    counted: Option<Counted>,
}

impl Connection {
    fn serve(
        self,
        how: &Connections,
        router: Router,
        graceful: &GracefulShutdown,
        metrics: Arc<Metrics>,
    ) {
        let (peer, is_reserved) = (self.peer, self.place.is_reserved);
        // Answers are written as a whole, so Nagle's algorithm would only delay them.
        if let Err(error) = self.stream.set_nodelay(true) {
            tracing::debug!(%error, "failed to set TCP_NODELAY on a connection");
        }
        // Only HTTP/1.1: detecting HTTP/2 by the first bytes would wait for them without a limit, and
        // silent connections would take all slots.
        let mut builder = Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(how.keep_alive)
            .max_buf_size(CONNECTION_BUFFER_BYTES)
            .max_headers(REQUEST_HEADERS_MAX)
            .keep_alive(!is_reserved);
        let has_asked = Arc::new(AtomicBool::new(false));
        let (asked, prefix) = (Arc::clone(&has_asked), how.prefix.clone());
        let service = router.map_request(move |mut request: Request<hyper::body::Incoming>| {
            asked.store(true, Ordering::Relaxed);
            if let Some(uri) = within(request.uri(), &prefix) {
                *request.uri_mut() = uri;
            }
            request.extensions_mut().insert(peer);
            if !names_its_host(&request) {
                request.extensions_mut().insert(WithoutHost);
            }
            if is_reserved {
                request.extensions_mut().insert(Reserved);
            }
            request.map(Body::new)
        });
        let service = TowerToHyperService::new(service);
        let watcher = graceful.watcher();
        // Who reads nothing of an answer holds its memory and its place only this long.
        let mut stream = TimeoutStream::new(self.stream);
        stream.set_write_timeout(Some(how.write));
        let stream = Explaining::new(Box::pin(stream), how.prefix.clone());
        let held = (self.place, self.counted);
        let first = if is_reserved {
            RESERVED_TIMEOUT
        } else {
            how.first
        };
        tokio::spawn(async move {
            metrics.connections(1.0);
            let served = builder.serve_connection(TokioIo::new(stream), service);
            let mut served = std::pin::pin!(watcher.watch(served));
            let ended = match tokio::time::timeout(first, &mut served).await {
                Ok(ended) => ended,
                Err(_) if has_asked.load(Ordering::Relaxed) && !is_reserved => served.await,
                Err(_) => Ok(()),
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection closed early");
            }
            metrics.connections(-1.0);
            drop(held);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const LONG: Duration = Duration::from_secs(3_600);
    const SHORT: Duration = Duration::from_millis(100);
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn served(first: Duration, keep_alive: Duration) -> std::net::SocketAddr {
        serving(Connections {
            first,
            keep_alive,
            prefix: "/x".to_owned(),
            ..Connections::default()
        })
        .await
    }

    /// A server that echoes the requested path, and has a large answer.
    async fn serving(connections: Connections) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let echo = async |parts: Parts| match refuse_early(&parts) {
            Some(problem) => problem.status().to_string(),
            None => parts.uri.to_string(),
        };
        let router = Router::new()
            .route("/large", axum::routing::get(async || "x".repeat(64 << 20)))
            .fallback(echo);
        let forever = std::future::pending();
        tokio::spawn(serve(
            listener,
            router,
            Arc::default(),
            connections,
            forever,
        ));
        address
    }

    async fn ask(stream: &mut TcpStream, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 1_000];
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer));
        let length = read.await.expect("an answer").unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    async fn must_end(stream: &mut TcpStream) {
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest));
        // A connection that is closed with a half-read request may be reset.
        drop(end.await.expect("the connection is closed"));
    }

    #[tokio::test]
    async fn an_idle_connection_has_its_own_time_limit() {
        let address = served(LONG, SHORT).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut stream, "/").await.ends_with("/"));
        must_end(&mut stream).await;

        let address = served(SHORT, LONG).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut idle, "/").await.ends_with("/"));
        let mut silent = TcpStream::connect(address).await.unwrap();
        must_end(&mut silent).await;
        // The time for the first request is over for both.
        assert!(ask(&mut idle, "/again").await.ends_with("/again"));
    }

    #[tokio::test]
    async fn the_public_path_is_stripped() {
        let address = served(LONG, LONG).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        for (asked, inside) in [("/x/log?a=1", "/log?a=1"), ("/x", "/"), ("/log", "/log")] {
            let answer = ask(&mut stream, asked).await;
            assert!(answer.ends_with(&format!("\r\n\r\n{inside}")), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_request_names_its_host_once() {
        for (head, answer) in [
            ("GET / HTTP/1.1\r\nhost: a\r\n", "\r\n\r\n/"),
            ("GET / HTTP/1.0\r\n", "\r\n\r\n/"),
            ("GET / HTTP/1.1\r\n", "400 Bad Request"),
            (
                "GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n",
                "400 Bad Request",
            ),
            (
                "GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n",
                "400 Bad Request",
            ),
        ] {
            let address = served(LONG, LONG).await;
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("{head}connection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answered = String::new();
            let read = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answered));
            read.await.expect("an answer").unwrap();
            assert!(answered.ends_with(answer), "{head:?}: {answered}");
        }
    }

    #[tokio::test]
    async fn who_reads_nothing_of_an_answer_loses_its_place() {
        let address = serving(Connections {
            max: 1,
            reserved: 0,
            write: SHORT,
            ..Connections::default()
        })
        .await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let asked = b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n".repeat(40);
        silent.write_all(&asked).await.unwrap();
        // It gets no answer before the silent one has lost the only place.
        let mut next = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut next, "/next").await.ends_with("/next"));
        must_end(&mut silent).await;
    }

    #[tokio::test]
    async fn health_checks_are_answered_when_all_places_are_taken() {
        let address = serving(Connections {
            max: 1,
            reserved: 1,
            ..Connections::default()
        })
        .await;
        let mut holder = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut holder, "/mine").await.ends_with("/mine"));
        for (path, answer) in [
            ("/livez", "/livez"),
            ("/cargoes", "503 Service Unavailable"),
        ] {
            let mut other = TcpStream::connect(address).await.unwrap();
            let answered = ask(&mut other, path).await;
            assert!(answered.ends_with(answer), "{answered}");
            must_end(&mut other).await;
        }
        assert!(ask(&mut holder, "/still").await.ends_with("/still"));
    }

    #[tokio::test]
    async fn one_client_has_only_its_share_of_the_connections() {
        let limited = || Connections {
            each_max: 1,
            ..Connections::default()
        };
        let address = serving(limited()).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut first, "/").await.ends_with("/"));
        let mut second = TcpStream::connect(address).await.unwrap();
        let mut answer = String::new();
        second.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 429 Too Many Requests"),
            "{answer}"
        );
        assert!(
            answer.contains("Too many connections from this address"),
            "{answer}"
        );
        drop(first);

        let proxied = serving(Connections {
            proxies: vec!["127.0.0.0/8".parse().unwrap()],
            ..limited()
        })
        .await;
        let mut proxies = Vec::new();
        for _ in 0..3 {
            let mut own = TcpStream::connect(proxied).await.unwrap();
            assert!(ask(&mut own, "/").await.ends_with("/"));
            proxies.push(own);
        }
    }
}
