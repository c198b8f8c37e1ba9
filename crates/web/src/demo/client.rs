//! A client of the public API, like any program's.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A connection to a server.
pub(super) struct Client {
    address: SocketAddr,
    connection: Option<SendRequest<Body>>,
}

impl Client {
    /// Creates a client for the server at an address.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    async fn connection(&mut self) -> Option<&mut SendRequest<Body>> {
        if self.connection.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(self.address).await.ok()?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        self.connection.as_mut()
    }

    /// Sends a request. Returns nothing if the server is gone.
    async fn send(&mut self, request: Request<Body>) -> Option<(StatusCode, Value)> {
        let connection = self.connection().await?;
        connection.ready().await.ok()?;
        let response = connection.send_request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let bytes: Bytes = body.collect().await.ok()?.to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some((parts.status, json))
    }

    fn request(&self, method: Method, path: &str, token: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.address.to_string())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Reads something.
    pub(super) async fn get(&mut self, path: &str, token: &str) -> Option<Value> {
        let request = self.request(Method::GET, path, token);
        let (status, json) = self.send(request.body(Body::empty()).ok()?).await?;
        status.is_success().then_some(json)
    }

    /// Runs an operation. Returns its outcome if it was applied.
    pub(super) async fn run(
        &mut self,
        operation: &str,
        input: &Value,
        key: &str,
        token: &str,
    ) -> Option<Value> {
        let path = format!("/api/operations/{operation}");
        let request = self
            .request(Method::POST, &path, token)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("\"{key}\""));
        let request = request.body(Body::from(input.to_string())).ok()?;
        let (status, json) = self.send(request).await?;
        status.is_success().then(|| json["outcome"].clone())
    }
}
