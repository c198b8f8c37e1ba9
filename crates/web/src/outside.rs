//! The public address of the server: its origin and path. Inside, everything is at the root.
//! Outgoing links get the path here.

use crate::state::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use std::str::FromStr;

/// The public address of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme and authority as browsers write them: in lowercase, without a default port.
    origin: String,
    /// The path of the whole site, without a trailing slash. Empty at the root.
    prefix: String,
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "must be like https://booking.example.com or https://example.com/booking".to_owned();
        let text = text.trim_end_matches('/');
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let scheme = scheme.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(wrong()),
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let authority = authority.to_ascii_lowercase();
        let is_plain = !authority.contains('@') && authority.parse::<Authority>().is_ok();
        let is_segment = |segment: &str| {
            let mut bytes = segment.bytes();
            !matches!(segment, "" | "." | "..")
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        if !is_plain || !path.split('/').skip(1).all(is_segment) {
            return Err(wrong());
        }
        let authority = authority.strip_suffix(usual).unwrap_or(&authority);
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            prefix: path.to_owned(),
        })
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

impl PublicUrl {
    /// Scheme and authority.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path of the whole site. Empty at the root.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether people use only HTTPS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// The address of a request inside. A proxy may also strip the path itself.
#[must_use]
pub fn within(uri: &Uri, prefix: &str) -> Option<Uri> {
    let path = uri.path_and_query()?.as_str();
    let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
    let rest = match rest.bytes().next() {
        None => "/".to_owned(),
        Some(b'/') => rest.to_owned(),
        Some(b'?') => format!("/{rest}"),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// The layer below compression. It adds the path to links in pages.
pub(crate) async fn lead(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    lead_page(response, site.gate.prefix()).await
}

/// Adds the path to the links of a page. Other bodies are not changed.
pub(crate) async fn lead_page(response: Response, prefix: &str) -> Response {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let is_page = media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if prefix.is_empty() || !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.expect("a page is in memory");
    let page = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(lead_links(&page, prefix)))
}

/// Attributes of our pages that contain an address. User text in a page has no quotes, so it cannot
/// look like one of these.
const LINKS: [&str; 6] = [
    " href=\"/",
    " src=\"/",
    " action=\"/",
    " formaction=\"/",
    " data-suggest=\"/",
    " data-worker=\"/",
];

fn lead_links(page: &str, prefix: &str) -> String {
    let mut led = String::with_capacity(page.len() + page.len() / 16);
    let mut rest = page;
    while let Some(at) = rest.find("=\"/") {
        let (before, after) = rest.split_at(at + 3);
        led.push_str(before);
        let is_link = LINKS.iter().any(|link| before.ends_with(link));
        if is_link && !after.starts_with('/') {
            led.truncate(led.len() - 1);
            led.push_str(prefix);
            led.push('/');
        }
        rest = after;
    }
    led.push_str(rest);
    led
}

/// Adds the path to addresses in headers.
pub(crate) fn lead_headers(headers: &mut HeaderMap, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    let mut lead = |name: HeaderName, begin: &str| {
        let value = headers.get(&name).and_then(|value| value.to_str().ok());
        let path = value.and_then(|value| value.strip_prefix(begin));
        let Some(path) = path.filter(|path| !path.starts_with('/')) else {
            return;
        };
        let (begin, _) = begin.split_at(begin.len() - 1);
        if let Ok(value) = HeaderValue::try_from(format!("{begin}{prefix}/{path}")) {
            headers.insert(name, value);
        }
    };
    lead(header::LOCATION, "/");
    lead(header::LINK, "</");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls() {
        for (text, expected) in [
            (
                "https://Booking.example.com/",
                Some(("https://booking.example.com", "")),
            ),
            ("http://a:8080", Some(("http://a:8080", ""))),
            ("https://a:443", Some(("https://a", ""))),
            ("http://[::1]:80", Some(("http://[::1]", ""))),
            ("https://a/plimsoll/", Some(("https://a", "/plimsoll"))),
            ("https://a/x/y-1", Some(("https://a", "/x/y-1"))),
            ("https://a/x//y", None),
            ("https://a/x/../y", None),
            ("https://a/x\"y", None),
            ("https://a?x", None),
            ("https://me@a", None),
            ("ftp://a", None),
            ("booking.example.com", None),
            ("https://", None),
        ] {
            let read = text.parse::<PublicUrl>().ok();
            let found = read.as_ref().map(|url| (url.origin(), url.prefix()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn requests_lose_the_public_path() {
        for (path, expected) in [
            ("/x/voyages?port=NLRTM", Some("/voyages?port=NLRTM")),
            ("/x/", Some("/")),
            ("/x", Some("/")),
            ("/x?a=1", Some("/?a=1")),
            ("/xy", None),
            ("/voyages", None),
        ] {
            let uri: Uri = path.parse().unwrap();
            let found = within(&uri, "/x").map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), expected, "{path}");
        }
        assert_eq!(within(&"/voyages".parse().unwrap(), ""), None);
    }

    #[test]
    fn links_get_the_public_path() {
        for (page, expected) in [
            ("<a href=\"/\">", "<a href=\"/x/\">"),
            (
                "<a class=\"b\" href=\"/log/1\">",
                "<a class=\"b\" href=\"/x/log/1\">",
            ),
            (
                "<form action=\"/a\"><input value=\"/a\">",
                "<form action=\"/x/a\"><input value=\"/a\">",
            ),
            ("<a href=\"//elsewhere\">", "<a href=\"//elsewhere\">"),
            ("<a href=\"#main\">", "<a href=\"#main\">"),
            ("<input name=\"/origin\">", "<input name=\"/origin\">"),
        ] {
            assert_eq!(lead_links(page, "/x"), expected);
        }
    }

    #[test]
    fn headers_get_the_public_path() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static;
        headers.insert(header::LOCATION, value("/sign-in?to=%2Fvoyages"));
        headers.insert(header::LINK, value("</api/log?cursor=1>; rel=\"next\""));
        lead_headers(&mut headers, "/x");
        assert_eq!(headers[header::LOCATION], "/x/sign-in?to=%2Fvoyages");
        assert_eq!(headers[header::LINK], "</x/api/log?cursor=1>; rel=\"next\"");
    }
}
