//! The gate of the pages: cookies, the tokens that forms carry, the limits on guessing passwords,
//! and the one-time link of an empty database.

use crate::limits::{HASHING_AT_ONCE, SIGN_IN_TRIES, SIGN_IN_TRY_INTERVAL};
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use domain::access::TokenHash;
use domain::limits::SESSION_HOURS;
use domain::ports::Chance;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use tokio::sync::Semaphore;

/// The gate of one server.
pub struct Gate {
    /// Whether people reach the server by HTTPS alone.
    secure: bool,
    /// What is kept of the secret in the one-time link, where one was printed.
    first_run: Option<TokenHash>,
    /// How often somebody may try to sign in.
    tries: DefaultKeyedRateLimiter<(IpAddr, String)>,
    /// How many passwords are hashed at a time.
    pub(crate) hashing: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(false, None)
    }
}

impl Gate {
    /// A gate. `first_run` is the secret of the one-time link.
    #[must_use]
    pub fn new(secure: bool, first_run: Option<&str>) -> Self {
        let tries = NonZeroU32::new(SIGN_IN_TRIES).expect("some tries are allowed");
        let quota = Quota::with_period(SIGN_IN_TRY_INTERVAL).expect("an interval has a length");
        Self {
            secure,
            first_run: first_run.map(TokenHash::of),
            tries: RateLimiter::keyed(quota.allow_burst(tries)),
            hashing: Semaphore::new(HASHING_AT_ONCE),
        }
    }

    /// Whether this is the secret of the one-time link.
    pub(crate) fn is_first_run(&self, secret: &str) -> bool {
        // Hashes are compared, so that the time it takes says nothing about the secret.
        self.first_run.as_ref() == Some(&TokenHash::of(secret))
    }

    /// Counts a try to sign in; false when there were too many.
    pub(crate) fn may_try(&self, from: IpAddr, user: &str) -> bool {
        if self.tries.len() > 10_000 {
            self.tries.retain_recent();
        }
        self.tries.check_key(&(from, user.to_owned())).is_ok()
    }

    fn name(&self, name: &str) -> String {
        // A cookie with this prefix cannot be set by another host or over a plain connection.
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}plimsoll_{name}")
    }

    fn read(&self, headers: &HeaderMap, name: &str) -> Option<String> {
        let name = self.name(name);
        let texts = headers.get_all(header::COOKIE).iter();
        let texts = texts.filter_map(|value| value.to_str().ok());
        let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
        let found = cookies.find(|cookie| cookie.name() == name)?;
        Some(found.value().to_owned()).filter(|value| !value.is_empty())
    }

    fn cookie(&self, name: &str, value: &str, lasts: Duration) -> HeaderValue {
        let cookie = Cookie::build((self.name(name), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(lasts)
            .build();
        HeaderValue::try_from(cookie.to_string()).expect("our cookies are visible ASCII")
    }

    /// The secret of the session a request belongs to.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "session")
    }

    /// The header that begins a session.
    pub(crate) fn begin_session(&self, secret: &str) -> HeaderValue {
        self.cookie("session", secret, Duration::hours(SESSION_HOURS))
    }

    /// The header that ends a session.
    pub(crate) fn end_session(&self) -> HeaderValue {
        self.cookie("session", "", Duration::ZERO)
    }

    /// What stands for a browser before anybody has signed in: known already, or new with the
    /// header that makes it known.
    pub(crate) fn stranger(
        &self,
        headers: &HeaderMap,
        chance: &mut dyn Chance,
    ) -> (String, Option<HeaderValue>) {
        if let Some(known) = self.read(headers, "visit") {
            return (known, None);
        }
        let mut random = [0; 32];
        chance.fill(&mut random);
        let new = hex::encode(random);
        let header = self.cookie("visit", &new, Duration::hours(1));
        (new, Some(header))
    }

    /// Whether a form carries the token of the session or of the visit that its request belongs
    /// to. Both are secrets of this browser; where a session has ended unnoticed, the visit counts.
    pub(crate) fn is_form_token(&self, headers: &HeaderMap, token: &str) -> bool {
        let secrets = [self.session(headers), self.read(headers, "visit")];
        // Hashes are compared, so that the time it takes says nothing about the token.
        let token = TokenHash::of(token);
        let is_own = |secret: &String| TokenHash::of(&form_token(secret)) == token;
        secrets.iter().flatten().any(is_own)
    }
}

/// The token that the forms of a session or visit carry. It follows from the cookie's secret,
/// which no other site can read, and does not give it away.
pub(crate) fn form_token(secret: &str) -> String {
    String::from(TokenHash::of(&format!("form {secret}")))
}

/// Whether a browser says that a request was made by one of our own pages. Browsers that say
/// nothing are believed: the form's token decides then.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, origin)| origin == host),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn origins() {
        for (pairs, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("origin", "http://a:80"), ("host", "a:80")], true),
            (&[("origin", "http://b"), ("host", "a")], false),
            (&[("origin", "null"), ("host", "a")], false),
            (&[("origin", "http://a")], false),
        ] {
            assert_eq!(is_same_origin(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn cookies_are_kept_from_scripts_and_other_sites() {
        for (secure, name, flag) in [
            (false, "plimsoll_session", false),
            (true, "__Host-plimsoll_session", true),
        ] {
            let gate = Gate::new(secure, None);
            let cookie = gate.begin_session("s");
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.starts_with(&format!("{name}=s;")), "{cookie}");
            for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            assert_eq!(cookie.contains("Secure"), flag, "{cookie}");
        }
    }

    #[test]
    fn tries_are_limited_for_each_name_and_address() {
        let gate = Gate::default();
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        for _ in 0..SIGN_IN_TRIES {
            assert!(gate.may_try(one, "anna"));
        }
        assert!(!gate.may_try(one, "anna"));
        assert!(gate.may_try(one, "ben") && gate.may_try(other, "anna"));
    }

    #[test]
    fn a_one_time_link_is_known_by_its_secret() {
        assert!(Gate::new(false, Some("x")).is_first_run("x"));
        assert!(!Gate::new(false, Some("x")).is_first_run("y"));
        assert!(!Gate::default().is_first_run(""));
    }
}
