//! The trace of a request.

use crate::clock::SystemChance;
use crate::headers::traceparent;
use axum::http::HeaderMap;
use domain::ports::Chance;

/// The trace of a request. Log lines and problem documents contain it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trace([u8; 16]);

impl Trace {
    /// The caller's, or a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut id = [0; 16];
        let given = traceparent(headers).and_then(|text| text.get(3..35));
        if given.is_none_or(|digits| hex::decode_to_slice(digits, &mut id).is_err()) {
            SystemChance.fill(&mut id);
        }
        Self(id)
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
