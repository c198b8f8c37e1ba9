//! Every kind of problem that is not a rule of the domain, with its meaning and advice.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The last part of its `type`.
    pub name: &'static str,
    /// The status of such answers.
    pub status: StatusCode,
    /// A short title.
    pub title: &'static str,
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
}

macro_rules! kinds {
    ($($constant:ident = $name:literal, $status:ident, $title:literal, $meaning:literal, $advice:literal;)+) => {
        $(
            #[doc = $meaning]
            pub const $constant: Kind = Kind {
                name: $name,
                status: StatusCode::$status,
                title: $title,
                meaning: $meaning,
                advice: $advice,
            };
        )+

        const ALL: &[Kind] = &[$($constant),+];
    };
}

kinds! {
    MALFORMED_JSON = "malformed-json", BAD_REQUEST,
        "The body is not JSON",
        "The body could not be parsed as JSON, or has extra text after the JSON value.",
        "Send one JSON value in UTF-8. The detail gives the line and column where parsing stopped.";
    MALFORMED_REQUEST = "malformed-request", BAD_REQUEST,
        "The request is not well formed",
        "A header or the URL of the request does not follow its standard.",
        "Correct what the detail names.";
    INVALID_PARAMETER = "invalid-parameter", BAD_REQUEST,
        "A parameter cannot be read",
        "The query string has a parameter that is unknown, given twice or malformed.",
        "The errors name each parameter and what is expected. The API description lists all parameters.";
    LIST_TOO_LONG = "list-too-long", PAYLOAD_TOO_LARGE,
        "The list is too long for one file",
        "A list requested as CSV has more items than one file can hold.",
        "Filter the list, or read it page by page as JSON.";
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED,
        "The caller is not authenticated",
        "The request carries no token, or one that is unknown or revoked, or whose user is suspended.",
        "Send the header Authorization: Bearer followed by a valid token. An administrator issues tokens with issue-token.";
    POLICY = "Policy", FORBIDDEN,
        "Your roles do not permit this",
        "None of the user's roles permits this. What no role permits is forbidden.",
        "Ask an administrator for one of the roles that the detail names.";
    FORM_NOT_TRUSTED = "form-not-trusted", FORBIDDEN,
        "The form cannot be trusted",
        "The form did not come from a page of this session: it is too old, its session has ended, or another site sent it. Nothing was changed.",
        "Reload the page and fill in the form again.";
    TOO_MANY_TRIES = "too-many-tries", TOO_MANY_REQUESTS,
        "Too many attempts",
        "There were too many sign-in attempts with this name in a short time.",
        "Wait for the time in Retry-After. An administrator can set a new password.";
    TOO_MANY_REQUESTS = "too-many-requests", TOO_MANY_REQUESTS,
        "Too many requests",
        "Requests without a token are limited for each client address.",
        "Wait for the time in Retry-After. A program that follows many cargoes can use a token instead.";
    TOO_MANY_AT_ONCE = "too-many-at-once", TOO_MANY_REQUESTS,
        "Too many requests at once",
        "A caller may receive one CSV file, send one file, run four batches and confirm four positions at a time.",
        "Wait until one of them is complete, then retry.";
    TOO_MANY_CONNECTIONS = "too-many-connections", TOO_MANY_REQUESTS,
        "Too many connections",
        "A client address may open only a limited number of connections.",
        "Reuse connections, or close some. The operator can raise --connections-each-max, or name a trusted proxy with --trusted-proxy.";
    NOT_FOUND = "not-found", NOT_FOUND,
        "Not found",
        "Nothing is at this address, or the caller may not see it.",
        "Check the address; identifiers carry a check character or digit where their standard has one.";
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED,
        "The method does not apply here",
        "This address does not support the method.",
        "Use one of the methods in the Allow header. Operations use POST, reads use GET.";
    TIMEOUT = "timeout", REQUEST_TIMEOUT,
        "The request took too long to arrive",
        "The body of the request did not arrive in time. Nothing was applied.",
        "Send the request again over a faster connection, or in smaller parts.";
    PAYLOAD_TOO_LARGE = "payload-too-large", PAYLOAD_TOO_LARGE,
        "The body is too large",
        "The body exceeds the limit for an operation or a batch. Nothing was applied.",
        "Send less at a time. The detail gives the limit.";
    ADDRESS_TOO_LONG = "address-too-long", URI_TOO_LONG,
        "The address is too long",
        "The query string or the first line of the request exceeds the limit.",
        "Shorten the query string.";
    HEADERS_TOO_LARGE = "headers-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers are too large",
        "The request has too many headers, or too many bytes of them.",
        "Send fewer and shorter headers. In a browser, delete the cookies of this site.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "The media type is not supported",
        "The input of an operation is application/json, a batch is application/x-ndjson. Neither may be compressed.",
        "Send the body with the right Content-Type header.";
    INVALID_INPUT = "invalid-input", UNPROCESSABLE_ENTITY,
        "The input is not valid",
        "The body is JSON, but a field is missing, unknown, of the wrong type or out of range.",
        "The errors give the JSON pointer of each field and what is expected. The catalogue has the schema.";
    KEY_REUSED = "key-reused", UNPROCESSABLE_ENTITY,
        "The idempotency key was used for something else",
        "The same caller used this key before with another operation, input or If-Match. Nothing was applied.",
        "Use a new key for each new request. Use the same key only to retry the same request.";
    BROKEN = "broken", INTERNAL_SERVER_ERROR,
        "The server failed",
        "The server ran into an unexpected state. Nothing was applied. This is a fault in Plimsoll, not in the request.",
        "Report it with the trace ID in instance.";
    OVERLOADED = "overloaded", SERVICE_UNAVAILABLE,
        "The server is overloaded",
        "The queue of operations is full, or too much else is in progress. Nothing was applied.",
        "Retry after the seconds in Retry-After.";
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE,
        "The database is not available",
        "The database cannot be reached or does not answer in time. Nothing was applied.",
        "Retry after the seconds in Retry-After.";
    OUTCOME_UNKNOWN = "outcome-unknown", SERVICE_UNAVAILABLE,
        "It is unknown whether it was applied",
        "The database or the server did not confirm in time whether the operation was applied.",
        "Retry with the same idempotency key: it is applied at most once, and you get its answer. Without a key, read the target first.";
    CLOCK_BEHIND = "clock-behind", SERVICE_UNAVAILABLE,
        "The clock is behind",
        "The log's newest entry is more than five seconds ahead of this server's clock. Writes wait so that entries stay in time order. Nothing was applied.",
        "Retry later. The operator must check the clocks of all servers.";
    NOT_YET_VISIBLE = "not-yet-visible", SERVICE_UNAVAILABLE,
        "The position is not visible yet",
        "The state that min_position asks for did not become visible within two seconds.",
        "Retry after the seconds in Retry-After, and check that the position comes from an earlier answer.";
    NOT_READY = "not-ready", SERVICE_UNAVAILABLE,
        "This server is not ready",
        "The database is not reachable, or a write transaction has been open for far too long.",
        "Send requests to another server until this one is ready again.";
}

/// Every kind of problem.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    ALL.iter()
}

/// A rule's meaning in one line: its first sentence without the full stop.
pub(crate) fn sentence(meaning: &'static str) -> &'static str {
    let meaning = meaning.trim();
    let end = meaning.find(". ").unwrap_or(meaning.len());
    meaning[..end].trim_end_matches('.')
}
