//! Every kind of problem that is not a rule of the domain, with what it means and what to do.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The last part of its `type`.
    pub name: &'static str,
    /// The status of such answers.
    pub status: StatusCode,
    /// The kind in a few words.
    pub title: &'static str,
    /// What it means.
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
        "The body could not be read as JSON, or something follows after it.",
        "Send one JSON value in UTF-8; the detail says at which line and column reading stopped.";
    MALFORMED_REQUEST = "malformed-request", BAD_REQUEST,
        "The request is not well formed",
        "A header or the address of the request is not of the form that its standard gives it.",
        "Correct what the detail names.";
    INVALID_PARAMETER = "invalid-parameter", BAD_REQUEST,
        "A parameter cannot be read",
        "The query string has a parameter that is unknown here, given twice, or of the wrong form.",
        "The errors name each parameter and what would be right; the API description lists all of them.";
    LIST_TOO_LONG = "list-too-long", PAYLOAD_TOO_LARGE,
        "The list is too long for one file",
        "A list asked for as CSV has more items than one file may have.",
        "Narrow it by the filters of the list, or read it page by page as JSON.";
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED,
        "Who is asking is not known",
        "The request carries no token, or one that is unknown or revoked, or whose user is suspended.",
        "Send the header Authorization: Bearer followed by a valid token. An administrator issues tokens by issue-token.";
    POLICY = "Policy", FORBIDDEN,
        "The policy does not permit it",
        "The user is known but none of its roles may do this. What is not permitted is forbidden.",
        "Ask an administrator for a role that may; the detail says which roles those are.";
    FORM_NOT_TRUSTED = "form-not-trusted", FORBIDDEN,
        "The form cannot be trusted",
        "The form was not sent by a page of this session: it is too old, its session has ended, or another site sent it. Nothing was applied.",
        "Open the page anew and fill the form in again.";
    TOO_MANY_TRIES = "too-many-tries", TOO_MANY_REQUESTS,
        "Too many tries",
        "Somebody has tried to sign in with this name too often in a short time.",
        "Wait for the time in Retry-After. An administrator can set a new password.";
    TOO_MANY_REQUESTS = "too-many-requests", TOO_MANY_REQUESTS,
        "Too many requests",
        "Whoever needs no token to ask may ask only so often in a short time, counted for each address.",
        "Wait for the time in Retry-After. A program that follows many cargoes reads them with a token.";
    NOT_FOUND = "not-found", NOT_FOUND,
        "There is no such thing",
        "Nothing is at this address, as far as the caller may know.",
        "Check the address; identifiers carry a check character or digit where their standard has one.";
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED,
        "The method does not apply here",
        "There is something at this address, but not for this method.",
        "Use one of the methods in the Allow header. Operations are run by POST, everything is read by GET.";
    TIMEOUT = "timeout", REQUEST_TIMEOUT,
        "The request took too long to arrive",
        "The body of the request did not arrive in time; nothing was applied.",
        "Send the request again over a faster connection, or in smaller parts.";
    PAYLOAD_TOO_LARGE = "payload-too-large", PAYLOAD_TOO_LARGE,
        "The body is too large",
        "The body is larger than an operation or a batch may be; nothing was applied.",
        "Send less at a time; the detail says how much is possible.";
    ADDRESS_TOO_LONG = "address-too-long", URI_TOO_LONG,
        "The address is too long",
        "The query string is longer than any that makes sense here.",
        "Shorten the query string.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "The body is of a type not read here",
        "An operation's input is application/json, a batch is application/x-ndjson; neither is compressed.",
        "Send the body with the right Content-Type header.";
    INVALID_INPUT = "invalid-input", UNPROCESSABLE_ENTITY,
        "The input is not of the right shape",
        "The body is JSON, but a field is missing, unknown, of another type or out of its bounds.",
        "The errors say where, by JSON pointer, and what would be right; the catalogue holds the schema.";
    KEY_REUSED = "key-reused", UNPROCESSABLE_ENTITY,
        "The idempotency key was used for something else",
        "The same caller used this key before with another operation, input or If-Match. Nothing was applied.",
        "Use a new key for each new intention, and the same key only to send the same request again.";
    BROKEN = "broken", INTERNAL_SERVER_ERROR,
        "Something broke",
        "The program met a state it was not made for; nothing was applied. This is a fault of Plimsoll, not of the request.",
        "Report it with the trace in instance.";
    OVERLOADED = "overloaded", SERVICE_UNAVAILABLE,
        "Too much is waiting",
        "The queue of operations is full; this one was not applied.",
        "Send it again after the seconds in Retry-After.";
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE,
        "The database is not available",
        "The database cannot be reached or does not answer in time. Nothing was applied.",
        "Send it again after the seconds in Retry-After.";
    OUTCOME_UNKNOWN = "outcome-unknown", SERVICE_UNAVAILABLE,
        "Whether it was applied is not known",
        "The database or the server did not say in time whether the operation was applied.",
        "Send it again with the same idempotency key: it is applied once at most, and you get its answer. Without a key, read the target first.";
    CLOCK_BEHIND = "clock-behind", SERVICE_UNAVAILABLE,
        "The clock is behind",
        "The log's newest entry is more than five seconds ahead of this server's clock; writing waits so that time keeps its order. Nothing was applied.",
        "Send it again later. The operator checks the clocks of all servers.";
    NOT_YET_VISIBLE = "not-yet-visible", SERVICE_UNAVAILABLE,
        "The position is not visible yet",
        "The request asked by min_position for a state that did not become visible within two seconds.",
        "Send it again after the seconds in Retry-After, and check that the position is one that an answer gave.";
    NOT_READY = "not-ready", SERVICE_UNAVAILABLE,
        "This server is not ready",
        "The database is not reachable, or a write transaction has been under way for far too long.",
        "Send requests to another server until this one is ready again.";
}

/// Every kind there is.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    ALL.iter()
}

/// A rule's meaning as one line: its first sentence without the full stop.
pub(crate) fn sentence(meaning: &'static str) -> &'static str {
    let meaning = meaning.trim();
    let end = meaning.find(". ").unwrap_or(meaning.len());
    meaning[..end].trim_end_matches('.')
}
