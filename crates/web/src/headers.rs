//! Reads request headers.

use crate::problem::{Problem, kinds};
use application::{Caller, IfMatch};
use axum::http::{HeaderMap, HeaderName, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::access::TokenHash;
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};
use std::time::SystemTime;

/// The idempotency key.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// W3C trace context.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The challenge if there is no token.
pub const NO_TOKEN: &str = "Bearer realm=\"plimsoll\"";
/// The challenge if the token is invalid.
pub const INVALID_TOKEN: &str = "Bearer realm=\"plimsoll\", error=\"invalid_token\"";

fn malformed(name: &str, detail: &str) -> Problem {
    Problem::parameter(&kinds::MALFORMED_REQUEST, name, detail)
}

/// The value of a header that may occur only once.
///
/// # Errors
///
/// It occurs more than once.
pub(crate) fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &str,
) -> Result<Option<&'a [u8]>, Problem> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(malformed(shown, "was sent more than once"));
    }
    Ok(first.map(|value| value.as_bytes().trim_ascii()))
}

/// The caller, from `Authorization: Bearer …` (RFC 6750).
///
/// # Errors
///
/// The header is missing, occurs twice, or is not a well-formed bearer token.
pub fn caller(headers: &HeaderMap) -> Result<Caller, Problem> {
    let value = single(headers, &header::AUTHORIZATION, "Authorization")?.ok_or_else(|| {
        Problem::unauthenticated("The request carries no Authorization header.", NO_TOKEN)
    })?;
    let text = std::str::from_utf8(value).unwrap_or_default();
    let token = text
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| {
            let detail = "The Authorization header is not Bearer followed by a token.";
            Problem::unauthenticated(detail, NO_TOKEN)
        })?;
    Ok(Caller::Token(TokenHash::of(token)))
}

/// The caller with a token as the password of Basic authentication (RFC 7617), if the request has
/// such. The name does not matter.
pub(crate) fn basic_caller(headers: &HeaderMap) -> Option<Caller> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (_, password) = text.split_once(':')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic") && !password.is_empty();
    is_basic.then(|| Caller::Token(TokenHash::of(password)))
}

/// The `Idempotency-Key`: a string as in RFC 8941, section 3.3.3, or the same without quotes.
///
/// # Errors
///
/// The header occurs twice or is malformed.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = single(headers, &IDEMPOTENCY_KEY, NAME)? else {
        return Ok(None);
    };
    let key = if value.starts_with(b"\"") {
        let item: sfv::Item = sfv::Parser::new(value)
            .parse()
            .map_err(|error| malformed(NAME, &format!("is not an RFC 8941 string: {error}")))?;
        match item.bare_item {
            sfv::BareItem::String(text) => String::from(text),
            _ => return Err(malformed(NAME, "is not an RFC 8941 string")),
        }
    } else {
        let text = std::str::from_utf8(value).ok();
        let visible = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        visible
            .ok_or_else(|| malformed(NAME, "must be visible ASCII characters, or a quoted string"))?
            .to_owned()
    };
    check_key(key)
        .map(Some)
        .map_err(|detail| malformed(NAME, &detail))
}

/// Checks the limits of a key: 1 to 255 bytes of printable ASCII.
pub(crate) fn check_key(key: String) -> Result<String, String> {
    let length = 1..=IDEMPOTENCY_KEY_BYTES_MAX;
    let printable = |byte: u8| (0x20..=0x7e).contains(&byte);
    if length.contains(&key.len()) && key.bytes().all(printable) {
        Ok(key)
    } else {
        Err(format!(
            "must be 1 to {IDEMPOTENCY_KEY_BYTES_MAX} printable ASCII characters"
        ))
    }
}

/// The entity tags in a list as in RFC 9110, section 8.8.3: whether each is weak, and the text
/// within the quotes. `None` means `*`.
fn entity_tags(headers: &HeaderMap, name: &HeaderName) -> Option<Result<Option<Tags>, ()>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let mut tags = Vec::new();
    let mut any = false;
    for value in values {
        let Ok(text) = value.to_str() else {
            return Some(Err(()));
        };
        if text.trim() == "*" {
            any = true;
            continue;
        }
        let mut rest = text.trim_start_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let (weak, quoted) = match rest.strip_prefix("W/") {
                Some(quoted) => (true, quoted),
                None => (false, rest),
            };
            let Some((tag, after)) = quoted.strip_prefix('"').and_then(|t| t.split_once('"'))
            else {
                return Some(Err(()));
            };
            tags.push((weak, tag.to_owned()));
            let after = after.trim_start_matches([' ', '\t']);
            if !after.is_empty() && !after.starts_with(',') {
                return Some(Err(()));
            }
            rest = after.trim_start_matches([' ', '\t', ',']);
        }
    }
    match (any, tags.is_empty()) {
        (true, true) => Some(Ok(None)),
        (false, false) => Some(Ok(Some(tags))),
        _ => Some(Err(())),
    }
}

type Tags = Vec<(bool, String)>;

/// Parses an entity tag as a version. Only the canonical form counts, so `"07"` is not a version.
/// The version in an entity tag: `7`, or `7+NotReceived` if the clock alone has changed the view.
fn version(tag: &str) -> Option<u64> {
    let number = tag.split_once('+').map_or(tag, |(number, _)| number);
    let version = number.parse().ok();
    version.filter(|version: &u64| version.to_string() == number)
}

/// `If-Match`. Weak tags never match (RFC 9110, section 13.1.1), nor do tags that are not versions.
///
/// # Errors
///
/// The header is malformed.
pub fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Problem> {
    match entity_tags(headers, &header::IF_MATCH) {
        None => Ok(None),
        Some(Ok(None)) => Ok(Some(IfMatch::Any)),
        Some(Ok(Some(tags))) => {
            let strong = tags.iter().filter(|(weak, _)| !weak);
            let versions = strong.filter_map(|(_, tag)| version(tag)).collect();
            Ok(Some(IfMatch::OneOf(versions)))
        }
        Some(Err(())) => Err(malformed(
            "If-Match",
            "must be * or entity tags in quotes, for example \"3\"",
        )),
    }
}

/// Whether `If-None-Match` contains this quoted entity tag. A malformed header contains none.
#[must_use]
pub fn none_match(headers: &HeaderMap, etag: &str) -> bool {
    let within = etag.trim_matches('"');
    match entity_tags(headers, &header::IF_NONE_MATCH) {
        Some(Ok(None)) => true,
        Some(Ok(Some(tags))) => tags.iter().any(|(_, tag)| tag == within),
        None | Some(Err(())) => false,
    }
}

/// The caller's trace context, unchanged, if it is well formed (W3C Trace Context, version 00: 55
/// characters). Otherwise it counts as absent, as the standard requires.
#[must_use]
pub fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(&TRACEPARENT)?.to_str().ok()?;
    let lower_hex = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let mut parts = text.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let well_formed = parts.next().is_none()
        && version == "00"
        && (trace.len(), span.len(), flags.len()) == (32, 16, 2)
        && [trace, span, flags].into_iter().all(lower_hex)
        && trace.bytes().any(|b| b != b'0')
        && span.bytes().any(|b| b != b'0');
    well_formed.then_some(text)
}

/// The parameter of a media range that says how welcome it is.
const QUALITY: Name<'_> = Name::new_unchecked("q");

/// Whether `Accept` names this media type itself and wants it at least as much as another one (RFC
/// 9110, section 12.5.1).
pub(crate) fn prefers(headers: &HeaderMap, wanted: &MediaType<'_>, other: &MediaType<'_>) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let ranges = accepted.filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> = ranges.flat_map(MediaTypeList::new).flatten().collect();
    let named = |own: &MediaType<'_>| {
        let ranges = ranges.iter().filter(|range| range.essence() == *own);
        ranges.map(quality).reduce(f32::max)
    };
    let any = |subtype_of: Option<Name<'_>>| {
        let covers = |range: &&MediaType<'_>| {
            range.subty == "*" && subtype_of.map_or(range.ty == "*", |ty| range.ty == ty)
        };
        ranges.iter().filter(covers).map(quality).reduce(f32::max)
    };
    let other = named(other).or_else(|| any(Some(other.ty)).or_else(|| any(None)));
    named(wanted).is_some_and(|wanted| wanted > 0.0 && wanted >= other.unwrap_or(0.0))
}

/// How welcome a media range is. A value that cannot be read counts as none.
pub(crate) fn quality(range: &MediaType<'_>) -> f32 {
    let given = range.get_param(QUALITY);
    given.map_or(1.0, |quality| quality.as_str().parse().unwrap_or(1.0))
}

/// Whether `Accept-Encoding` wants this content coding at least as much as none (RFC 9110, section
/// 12.5.3).
pub(crate) fn wants_coding(headers: &HeaderMap, wanted: &str) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    let codings: Vec<_> = accepted.flat_map(|text| text.split(',')).collect();
    let quality = |name: &str| {
        let own = codings.iter().filter_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_own = parts.next()?.eq_ignore_ascii_case(name);
            let mut given = parts.filter_map(|part| part.split_once('='));
            let given = given.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
            is_own.then(|| given.map_or(1.0, |(_, value)| value.trim().parse().unwrap_or(1.0)))
        });
        own.reduce(f32::max)
    };
    let others = quality("*");
    let wanted = quality(wanted).or(others).unwrap_or(0.0);
    let plain = quality("identity").or(others).unwrap_or(0.0);
    wanted > 0.0 && wanted >= plain
}

/// Whether a body has this media type, with any parameters. Malformed parameters, which `mediatype`
/// refuses, are accepted too.
pub(crate) fn check_media_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let refuse = |detail: String| Err(Problem::new(&kinds::UNSUPPORTED_MEDIA_TYPE, detail));
    let Some(given) = single(headers, &header::CONTENT_TYPE, "Content-Type")? else {
        return refuse(format!(
            "The request has no Content-Type; it must be {expected}."
        ));
    };
    let essence = given.split(|byte| *byte == b';').next().unwrap_or_default();
    if !essence
        .trim_ascii()
        .eq_ignore_ascii_case(expected.as_bytes())
    {
        return refuse(format!("The Content-Type must be {expected}."));
    }
    let parameters = given.split(|byte| *byte == b';').skip(1);
    let parameters = parameters.filter_map(|parameter| std::str::from_utf8(parameter).ok());
    let mut parameters = parameters.filter_map(|parameter| parameter.split_once('='));
    let is_foreign = |(name, value): (&str, &str)| {
        name.trim().eq_ignore_ascii_case("charset")
            && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    if parameters.any(is_foreign) {
        return refuse("The body must be in UTF-8, so the charset must be utf-8.".to_owned());
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            refuse("The body must not be compressed.".to_owned())
        }
        _ => Ok(()),
    }
}

/// The time in `If-Modified-Since`. One that cannot be read counts as none.
pub(crate) fn modified_since(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(header::IF_MODIFIED_SINCE)?.to_str().ok()?;
    httpdate::parse_http_date(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn idempotency_keys_quoted_and_bare() {
        let longest = "k".repeat(255);
        for (values, expected) in [
            (&[][..], Ok(None)),
            (&["\"key-1\""], Ok(Some("key-1"))),
            (&["key-1"], Ok(Some("key-1"))),
            (&["  key-1  "], Ok(Some("key-1"))),
            (&["\"key 1\""], Ok(Some("key 1"))),
            (&[r#""a\"b\\c""#], Ok(Some(r#"a"b\c"#))),
            (&["\"key\";x=1"], Ok(Some("key"))),
            (&[longest.as_str()], Ok(Some(longest.as_str()))),
            (&[""], Err(())),
            (&["\"\""], Err(())),
            (&["key 1"], Err(())),
            (&["\"key"], Err(())),
            (&["\"key\" x"], Err(())),
            (&["schlüssel"], Err(())),
            (&["a", "b"], Err(())),
            (&[&"k".repeat(256)], Err(())),
        ] {
            let read = idempotency_key(&with(&IDEMPOTENCY_KEY, values));
            let read = read.as_ref().map(Option::as_deref).map_err(|_| ());
            assert_eq!(read, expected, "{values:?}");
        }
    }

    #[test]
    fn if_match_takes_strong_versions_only() {
        let one_of = |versions: &[u64]| Ok(Some(IfMatch::OneOf(versions.to_vec())));
        for (values, expected) in [
            (&[][..], Ok(None)),
            (&["*"], Ok(Some(IfMatch::Any))),
            (&["\"3\""], one_of(&[3])),
            (&["\"3\", \"4\""], one_of(&[3, 4])),
            (&["\"3\"", "\"4\""], one_of(&[3, 4])),
            (&["W/\"3\""], one_of(&[])),
            (&["\"03\", \"x\", \"5\""], one_of(&[5])),
            (&["\"a,b\", \"5\""], one_of(&[5])),
            (&["3"], Err(())),
            (&["\"3"], Err(())),
            (&[""], Err(())),
            (&["\"3\" \"4\""], Err(())),
            (&["*, \"3\""], Err(())),
        ] {
            let read = if_match(&with(&header::IF_MATCH, values)).map_err(|_| ());
            assert_eq!(read, expected, "{values:?}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        for (value, matches) in [
            ("\"3\"", true),
            ("W/\"3\"", true),
            ("\"2\", \"3\"", true),
            ("*", true),
            ("\"33\"", false),
            ("3", false),
        ] {
            let headers = with(&header::IF_NONE_MATCH, &[value]);
            assert_eq!(none_match(&headers, "\"3\""), matches, "{value}");
        }
    }

    #[test]
    fn accepted_media_types() {
        for (values, expected) in [
            (&[][..], false),
            (&["text/csv"], true),
            (&["Text/CSV; header=present"], true),
            (&["application/json, text/csv;q=0.5"], false),
            (&["application/json;q=0.4, text/csv;q=0.5"], true),
            (&["text/csv, application/json"], true),
            (&["text/csv;q=0.5, */*"], false),
            (&["text/csv;q=0.5, */*, application/JSON; Q=0.1"], true),
            (&["text/csv;q=0.5, Application/*"], false),
            (&["TEXT/csv; Q=0"], false),
            (&["application/json", "text/csv"], true),
            (&["*/*;q=0.1, text/csv"], true),
            (&["text/csv;q=0"], false),
            (&["text/csv; q=0.000"], false),
            (&["*/*"], false),
            (&["text/*"], false),
            (&["text/csvx, x"], false),
            (&[""], false),
        ] {
            let headers = with(&header::ACCEPT, values);
            let csv = mediatype::media_type!(TEXT / CSV);
            let found = prefers(&headers, &csv, &mediatype::media_type!(APPLICATION / JSON));
            assert_eq!(found, expected, "{values:?}");
        }
    }

    #[test]
    fn accepted_codings() {
        for (values, expected) in [
            (&[][..], false),
            (&[""], false),
            (&["gzip"], true),
            (&["GZip;Q=0.5"], true),
            (&["br, gzip ; q=0.001"], true),
            (&["br", "gzip"], true),
            (&["gzip;q=0"], false),
            (&["gzip; q=0.000"], false),
            (&["br"], false),
            (&["identity"], false),
            (&["identity;q=0"], false),
            (&["identity;q=0, gzip;q=0"], false),
            (&["identity;q=0, gzip;q=0.1"], true),
            (&["gzip;q=0.5, Identity"], false),
            (&["gzip;q=0.5, identity;q=0.2"], true),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["*;q=0, gzip"], true),
            (&["gzip;q=0, *"], false),
            (&["gzip;q=0.5, *;q=1"], false),
            (&["*, identity;q=0.5"], true),
            (&["gzipx, x"], false),
        ] {
            let headers = with(&header::ACCEPT_ENCODING, values);
            assert_eq!(wants_coding(&headers, "gzip"), expected, "{values:?}");
        }
    }

    #[test]
    fn bearer_tokens() {
        let known = Ok(Caller::Token(TokenHash::of("secret")));
        for (values, expected) in [
            (&["Bearer secret"][..], known.clone()),
            (&["bearer  secret "], known),
            (&[], Err(401)),
            (&["Bearer"], Err(401)),
            (&["Bearer "], Err(401)),
            (&["Basic secret"], Err(401)),
            (&["Bearer a", "Bearer b"], Err(400)),
        ] {
            let read = caller(&with(&header::AUTHORIZATION, values));
            let read = read.map_err(|problem| problem.status().as_u16());
            assert_eq!(read, expected, "{values:?}");
        }
    }

    #[test]
    fn trace_contexts() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for (text, expected) in [
            (good, Some(good)),
            (
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                None,
            ),
            (
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                None,
            ),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", None),
            (
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                None,
            ),
            ("", None),
        ] {
            assert_eq!(
                traceparent(&with(&TRACEPARENT, &[text])),
                expected,
                "{text}"
            );
        }
    }
}
