//! The files that pages need, all from this server. The address of each changes with its content,
//! so that browsers can cache it forever.

use crate::problem::{Problem, kinds};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::log::Hash;
use std::sync::OnceLock;

/// The address of a file.
pub(crate) const ONE: &str = "/assets/{version}/{name}";

/// A file.
pub(crate) struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
    version: OnceLock<String>,
}

impl Asset {
    const fn new(name: &'static str, media_type: &'static str, content: &'static str) -> Self {
        Self {
            name,
            media_type,
            content,
            version: OnceLock::new(),
        }
    }

    fn version(&self) -> &str {
        self.version.get_or_init(|| {
            let mut hash = Hash::of(self.content.as_bytes()).to_string();
            hash.truncate(12);
            hash
        })
    }

    /// Its address.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}/{}", self.version(), self.name)
    }
}

/// The style sheet.
pub(crate) static STYLE: Asset = Asset::new(
    "plimsoll.css",
    "text/css; charset=utf-8",
    include_str!("../../assets/plimsoll.css"),
);
/// The script for live updates.
pub(crate) static SCRIPT: Asset = Asset::new(
    "plimsoll.js",
    "text/javascript; charset=utf-8",
    concat!(
        include_str!("../../assets/stream.js"),
        include_str!("../../assets/share.js"),
        include_str!("../../assets/fresh.js"),
        include_str!("../../assets/live.js"),
        include_str!("../../assets/plimsoll.js"),
    ),
);
/// The worker that follows the log for all windows of a browser.
pub(crate) static WORKER: Asset = Asset::new(
    "worker.js",
    "text/javascript; charset=utf-8",
    concat!(
        include_str!("../../assets/stream.js"),
        include_str!("../../assets/worker.js"),
    ),
);
/// The mark.
pub(crate) static MARK: Asset = Asset::new(
    "mark.svg",
    "image/svg+xml",
    include_str!("../../assets/mark.svg"),
);
/// The outlines of the land.
pub(crate) static LAND: Asset = Asset::new(
    "land.svg",
    "image/svg+xml",
    include_str!("../../assets/land.svg"),
);

static ALL: [&Asset; 5] = [&STYLE, &SCRIPT, &WORKER, &MARK, &LAND];

/// An old address redirects to the new content, which is then not cached.
pub(crate) async fn one(
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = ALL.iter().find(|asset| asset.name == name);
    let asset = found.ok_or_else(|| Problem::new(&kinds::NOT_FOUND, "There is no such file."))?;
    let kept = if version == asset.version() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.media_type),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        // The outlines include their two colours, and a worker follows the policy of its own file.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'",
            ),
        ),
    ];
    Ok((headers, asset.content).into_response())
}
