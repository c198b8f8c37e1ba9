//! The listener: accepts connections, serves them, and stops cleanly.

use crate::limits::{CONNECTIONS_MAX, DRAIN_TIMEOUT, HEADERS_TIMEOUT, KEEP_ALIVE};
use crate::metrics::Metrics;
use crate::outside::within;
use crate::pages::visit::Peer;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

/// The pause after the system refused a connection, for example for lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Limits and settings of connections.
#[derive(Debug, Clone)]
pub struct Connections {
    /// The maximum number of open connections. Further ones wait in the system's accept queue.
    pub max: usize,
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
    let places = Arc::new(Semaphore::new(connections.max));
    let connections = Arc::new(connections);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                let (router, metrics) = (router.clone(), Arc::clone(&metrics));
                let how = Arc::clone(&connections);
                connection((stream, peer, place), how, router, &graceful, metrics);
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
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await;
    let place = place.expect("the semaphore is never closed");
    let (stream, peer) = listener.accept().await?;
    Ok((stream, Peer(peer.ip().to_canonical()), place))
}

fn connection(
    (stream, peer, place): (TcpStream, Peer, OwnedSemaphorePermit),
    how: Arc<Connections>,
    router: Router,
    graceful: &GracefulShutdown,
    metrics: Arc<Metrics>,
) {
    // Answers are written as a whole, so Nagle's algorithm would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "failed to set TCP_NODELAY on a connection");
    }
    // Only HTTP/1.1: detecting HTTP/2 by the first bytes would wait for them without a limit, and
    // silent connections would take all slots.
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(how.keep_alive);
    let has_asked = Arc::new(AtomicBool::new(false));
    let (asked, first) = (Arc::clone(&has_asked), how.first);
    let service = router.map_request(move |mut request: Request<hyper::body::Incoming>| {
        asked.store(true, Ordering::Relaxed);
        if let Some(uri) = within(request.uri(), &how.prefix) {
            *request.uri_mut() = uri;
        }
        request.extensions_mut().insert(peer);
        request.map(Body::new)
    });
    let service = TowerToHyperService::new(service);
    let watcher = graceful.watcher();
    tokio::spawn(async move {
        metrics.connections(1.0);
        let served = builder.serve_connection(TokioIo::new(stream), service);
        let mut served = std::pin::pin!(watcher.watch(served));
        let ended = match tokio::time::timeout(first, &mut served).await {
            Ok(ended) => ended,
            Err(_) if has_asked.load(Ordering::Relaxed) => served.await,
            Err(_) => Ok(()),
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection closed early");
        }
        metrics.connections(-1.0);
        drop(place);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const LONG: Duration = Duration::from_secs(3_600);
    const SHORT: Duration = Duration::from_millis(100);
    const PATIENCE: Duration = Duration::from_secs(20);

    /// A server that echoes the requested path.
    async fn served(first: Duration, keep_alive: Duration) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(async |uri: axum::http::Uri| uri.to_string());
        let connections = Connections {
            first,
            keep_alive,
            prefix: "/x".to_owned(),
            ..Connections::default()
        };
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
}
