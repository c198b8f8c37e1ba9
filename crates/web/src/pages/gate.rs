//! The gate of the pages: cookies, form tokens, limits on guessing passwords, and the one-time link
//! of an empty database.

use super::attempts::{Attempts, Guesser};
use crate::limits::{
    CHECKING_AT_ONCE, CHECKING_WAIT, DEVICE_ACCOUNTS_MAX, DEVICE_DAYS, PREPARING_AT_ONCE,
    TRACKING_INTERVAL, TRACKINGS,
};
use crate::outside::PublicUrl;
use crate::server::household;
use application::Caller;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use domain::access::{PasswordHash, TokenHash, UserName};
use domain::limits::SESSION_HOURS;
use domain::ports::Chance;
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// The gate of one server.
pub struct Gate {
    /// Whether people use only HTTPS.
    secure: bool,
    /// The hash of the secret in the one-time link, if one was printed.
    first_run: Option<TokenHash>,
    /// The hash of the token for the metrics, if they need one.
    metrics: Option<TokenHash>,
    /// The limits on sign-in attempts.
    attempts: Attempts,
    /// The limit on tracking requests per address.
    trackers: DefaultKeyedRateLimiter<IpAddr>,
    /// The trusted proxies, whose `X-Forwarded-For` is believed.
    proxies: Vec<IpNet>,
    /// The public address, if it differs from the one that requests name.
    public: Option<PublicUrl>,
    checking: Semaphore,
    /// Slots for slow preparation.
    pub(crate) preparing: Semaphore,
}

fn quota(tries: u32, interval: std::time::Duration) -> Quota {
    let tries = NonZeroU32::new(tries).expect("some tries are allowed");
    let quota = Quota::with_period(interval).expect("an interval has a length");
    quota.allow_burst(tries)
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(false, None)
    }
}

impl Gate {
    /// Creates a gate. `first_run` is the secret of the one-time link.
    #[must_use]
    pub fn new(secure: bool, first_run: Option<&str>) -> Self {
        Self {
            secure,
            first_run: first_run.map(TokenHash::of),
            metrics: None,
            attempts: Attempts::default(),
            trackers: RateLimiter::keyed(quota(TRACKINGS, TRACKING_INTERVAL)),
            proxies: Vec::new(),
            public: None,
            checking: Semaphore::new(CHECKING_AT_ONCE),
            preparing: Semaphore::new(PREPARING_AT_ONCE),
        }
    }

    /// The same gate behind trusted proxies.
    #[must_use]
    pub fn behind(mut self, proxies: &[IpNet]) -> Self {
        self.proxies = proxies.to_vec();
        self
    }

    /// The same gate, which shows the metrics only to holders of a token.
    #[must_use]
    pub fn with_metrics_token(mut self, token: Option<&str>) -> Self {
        self.metrics = token.map(TokenHash::of);
        self
    }

    /// The hash of the token for the metrics, if they need one.
    pub(crate) const fn metrics_token(&self) -> Option<&TokenHash> {
        self.metrics.as_ref()
    }

    /// Whether people use only HTTPS.
    pub(crate) const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The same gate with a public address.
    #[must_use]
    pub fn reached_at(mut self, public: PublicUrl) -> Self {
        self.secure = public.is_secure();
        self.public = Some(public);
        self
    }

    /// The whole address of one of our pages, as the sender of a request reaches it.
    pub(crate) fn whole_address(&self, path: &str, headers: &HeaderMap) -> String {
        if let Some(public) = &self.public {
            return format!("{public}{path}");
        }
        let host = headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{host}{path}")
    }

    /// The path of the whole site. Empty at the root.
    pub(crate) fn prefix(&self) -> &str {
        self.public.as_ref().map_or("", PublicUrl::prefix)
    }

    /// The client's address: the other end of the connection or, if that is a trusted proxy, the
    /// last address in `X-Forwarded-For` that is not one.
    pub(crate) fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let texts = headers.get_all("x-forwarded-for").iter();
        let texts: Vec<_> = texts.filter_map(|value| value.to_str().ok()).collect();
        let mut told = texts.iter().rev().flat_map(|text| text.rsplit(','));
        let mut address = peer.to_canonical();
        let is_trusted = |address: &IpAddr| self.proxies.iter().any(|own| own.contains(address));
        while is_trusted(&address) {
            let Some(next) = told.next().and_then(told_address) else {
                break;
            };
            address = next.to_canonical();
        }
        address
    }

    /// Forgets clients whose attempts are too old to count.
    pub fn tidy(&self) {
        self.attempts.tidy(Instant::now());
        self.trackers.retain_recent();
    }

    /// Waits for a slot to check a password. Returns nothing if too many wait.
    pub(crate) async fn checking(&self) -> Option<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(CHECKING_WAIT, self.checking.acquire()).await;
        place.ok()?.ok()
    }

    /// Whether this is the secret of the one-time link.
    pub(crate) fn is_first_run(&self, secret: &str) -> bool {
        // Compare hashes, so that the time does not reveal the secret.
        self.first_run.as_ref() == Some(&TokenHash::of(secret))
    }

    /// Counts a tracking request from an address. If there were too many, the error is the number
    /// of seconds to wait.
    pub(crate) fn may_track(&self, from: IpAddr) -> Result<(), u32> {
        let counted = self.trackers.check_key(&household(from));
        counted.map_err(|early| {
            let wait = early.wait_time_from(self.trackers.clock().now());
            // Round up, so that a client that waits this long is not refused again.
            u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)
        })
    }

    /// Counts an attempt to guess a password. If there were too many, the error is the number of
    /// seconds to wait.
    pub(crate) fn may_try(&self, guesser: &Guesser) -> Result<(), u32> {
        let counted = self.attempts.take(guesser, Instant::now());
        counted.map_err(|wait| u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX))
    }

    /// Takes back an attempt with the right password.
    pub(crate) fn was_right(&self, guesser: &Guesser) {
        self.attempts.give_back(guesser);
    }

    /// Who signs in: a device that is known for the account, or a stranger at an address.
    pub(crate) fn guesser(
        &self,
        headers: &HeaderMap,
        from: IpAddr,
        user: Option<&UserName>,
        password: Option<&PasswordHash>,
    ) -> Guesser {
        let mark = user.zip(password).map(|(user, own)| device_mark(user, own));
        let known = mark.filter(|mark| self.devices(headers).contains(mark));
        known.map_or_else(
            || Guesser::Stranger {
                from: household(from),
                account: user.map(UserName::to_string).unwrap_or_default(),
            },
            Guesser::Device,
        )
    }

    /// Somebody at an address who opens a link with a secret.
    pub(crate) fn link_guesser(&self, from: IpAddr) -> Guesser {
        Guesser::Link {
            from: household(from),
        }
    }

    /// The marks of the accounts that this device is known for.
    fn devices(&self, headers: &HeaderMap) -> Vec<String> {
        let marks = self.read(headers, "device").unwrap_or_default();
        let marks = marks.split('-').take(DEVICE_ACCOUNTS_MAX);
        marks.map(str::to_owned).collect()
    }

    /// The header that makes this device known for an account.
    pub(crate) fn know_device(
        &self,
        headers: &HeaderMap,
        user: &UserName,
        password: &PasswordHash,
    ) -> HeaderValue {
        let own = device_mark(user, password);
        let mut marks = self.devices(headers);
        marks.retain(|mark| *mark != own && mark.len() == own.len() && mark.is_ascii());
        marks.insert(0, own);
        marks.truncate(DEVICE_ACCOUNTS_MAX);
        self.cookie(
            "device",
            &marks.join("-"),
            Some(Duration::days(DEVICE_DAYS)),
        )
    }

    fn name(&self, name: &str) -> String {
        // A cookie with this prefix cannot be set over a plain connection or by another host. It
        // has to apply to all paths.
        let prefix = match (self.secure, self.prefix()) {
            (false, _) => "",
            (true, "") => "__Host-",
            (true, _) => "__Secure-",
        };
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

    fn cookie(&self, name: &str, value: &str, lasts: Option<Duration>) -> HeaderValue {
        let mut cookie = Cookie::build((self.name(name), value))
            .path(match self.prefix() {
                "" => "/",
                prefix => prefix,
            })
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build();
        cookie.set_max_age(lasts);
        HeaderValue::try_from(cookie.to_string()).expect("our cookies are visible ASCII")
    }

    /// The secret of the session that a request belongs to.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "session")
    }

    /// The holder of a session.
    pub(crate) fn holder(secret: &str) -> Caller {
        Caller::Session(TokenHash::of(secret))
    }

    /// The header that starts a session.
    pub(crate) fn begin_session(&self, secret: &str) -> HeaderValue {
        self.cookie("session", secret, Some(Duration::hours(SESSION_HOURS)))
    }

    /// The header that ends a session.
    pub(crate) fn end_session(&self) -> HeaderValue {
        self.cookie("session", "", Some(Duration::ZERO))
    }

    /// Identifies a browser before sign-in: known already, or new with the header that sets its
    /// cookie.
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
        // It lasts until the browser is closed, so it outlasts a page that stays open.
        let header = self.cookie("visit", &new, None);
        (new, Some(header))
    }

    /// Whether a form carries the token of its session, or of its visit if it is a form for people
    /// who are not signed in. The one does not stand for the other: a visit's cookie is set before
    /// anybody has signed in.
    pub(crate) fn is_form_token(&self, headers: &HeaderMap, from: FormOf, token: &str) -> bool {
        let secret = match from {
            FormOf::Session => self.session(headers),
            FormOf::Visit => self.read(headers, "visit"),
        };
        // Compare hashes, so that the time does not reveal the token.
        secret.is_some_and(|secret| TokenHash::of(&form_token(&secret)) == TokenHash::of(token))
    }
}

/// What a device keeps of a sign-in to an account. The salted hash of the password, which nobody
/// outside can know, signs it. It ends with the password.
fn device_mark(user: &UserName, password: &PasswordHash) -> String {
    String::from(TokenHash::of(&format!(
        "device {user} {}",
        password.as_str()
    )))
}

/// Whose forms a page contains.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FormOf {
    /// A signed-in person's.
    Session,
    /// A browser's before sign-in.
    Visit,
}

/// The form token of a session or visit. It is derived from the cookie's secret, which no other
/// site can read, and does not reveal it.
pub(crate) fn form_token(secret: &str) -> String {
    String::from(TokenHash::of(&format!("form {secret}")))
}

impl Gate {
    /// Whether a browser says that one of our own pages made a request. The error has what it says
    /// instead, and what was expected. If the browser says nothing, the form token decides.
    pub(crate) fn same_origin(&self, headers: &HeaderMap) -> Result<(), String> {
        let text =
            |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
            return match site {
                "same-origin" | "none" => Ok(()),
                other => Err(format!(
                    "The browser reports that another site sent the form (Sec-Fetch-Site: {}).",
                    shortened(other)
                )),
            };
        }
        let Some(origin) = text(header::ORIGIN) else {
            return Ok(());
        };
        let shown = shortened(origin);
        if let Some(public) = &self.public {
            let expected = public.origin();
            return (origin == expected).then_some(()).ok_or_else(|| {
                format!(
                    "The form came from {shown}, but this site is at {expected}. Open it there, or \
                     have the operator correct --public-url."
                )
            });
        }
        let host = text(header::HOST).unwrap_or_default();
        let is_own = origin.split_once("://").is_some_and(|(_, own)| own == host);
        is_own.then_some(()).ok_or_else(|| {
            format!(
                "The form came from {shown}, but the request is for the host {}. Where a proxy \
                 changes the Host header, have the operator say by --public-url how people reach \
                 this site.",
                shortened(host)
            )
        })
    }

    /// Whether the browser confirms the origin rather than saying nothing.
    pub(crate) fn is_surely_same_origin(&self, headers: &HeaderMap) -> bool {
        let says = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
        says && self.same_origin(headers).is_ok()
    }
}

/// The beginning of a sent text, for display.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

/// An address as proxies write it: alone, or with its port.
fn told_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>();
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    address.or_else(|_| with_port()).ok()
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
            let said = Gate::default().same_origin(&headers(pairs));
            assert_eq!(said.is_ok(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn origins_behind_a_proxy_that_changes_the_host() {
        let public = "https://booking.example.com/plimsoll".parse().unwrap();
        let gate = Gate::default().reached_at(public);
        let rewritten = ("host", "10.0.0.7:8080");
        let own = [("origin", "https://booking.example.com"), rewritten];
        assert_eq!(gate.same_origin(&headers(&own)), Ok(()));
        let refused = gate.same_origin(&headers(&[("origin", "http://10.0.0.7:8080"), rewritten]));
        assert_eq!(
            refused.unwrap_err(),
            "The form came from http://10.0.0.7:8080, but this site is at \
             https://booking.example.com. Open it there, or have the operator correct --public-url."
        );
        let refused = Gate::default().same_origin(&headers(&own));
        assert_eq!(
            refused.unwrap_err(),
            "The form came from https://booking.example.com, but the request is for the host \
             10.0.0.7:8080. Where a proxy changes the Host header, have the operator say by \
             --public-url how people reach this site."
        );
    }

    #[test]
    fn cookies_keep_to_the_path() {
        for (url, begins) in [
            ("https://a/x", "__Secure-plimsoll_session=s;"),
            ("http://a/x", "plimsoll_session=s;"),
        ] {
            let gate = Gate::default().reached_at(url.parse().unwrap());
            let cookie = gate.begin_session("s");
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.starts_with(begins), "{cookie}");
            assert!(cookie.contains("Path=/x;"), "{cookie}");
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
    fn tracking_requests_are_limited_per_address() {
        let gate = Gate::default();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for n in 0..TRACKINGS {
            assert_eq!(gate.may_track(address(&format!("2001:db8::{n:x}"))), Ok(()));
        }
        let wait = gate.may_track(address("2001:db8::ffff:1")).unwrap_err();
        assert!(
            (1..=TRACKING_INTERVAL.as_secs()).contains(&u64::from(wait)),
            "{wait}"
        );
        assert_eq!(gate.may_track(address("192.0.2.7")), Ok(()));
    }

    #[test]
    fn only_trusted_proxies_may_name_the_client() {
        let proxies = ["10.0.0.0/30", "192.168.7.7/32", "2001:db8:7::/48"];
        let gate = Gate::default().behind(&proxies.map(|text| text.parse().unwrap()));
        for (peer, told, expected) in [
            ("10.0.0.1", &["192.0.2.7"][..], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
            (
                "10.0.0.1",
                &["203.0.113.9", "192.0.2.7,10.0.0.2"],
                "192.0.2.7",
            ),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("10.0.0.1", &["192.0.2.7:80, 10.0.0.2:4711"], "192.0.2.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("192.0.2.8", &["192.0.2.7"], "192.0.2.8"),
            ("10.0.0.4", &["192.0.2.7"], "10.0.0.4"),
            ("192.168.7.7", &["192.0.2.7, 10.0.0.3"], "192.0.2.7"),
            ("2001:db8:7::1", &["192.0.2.7"], "192.0.2.7"),
        ] {
            let told: Vec<_> = told.iter().map(|text| ("x-forwarded-for", *text)).collect();
            let found = gate.address(peer.parse().unwrap(), &headers(&told));
            assert_eq!(found.to_string(), expected);
        }
    }

    #[test]
    fn a_one_time_link_is_identified_by_its_secret() {
        assert!(Gate::new(false, Some("x")).is_first_run("x"));
        assert!(!Gate::new(false, Some("x")).is_first_run("y"));
        assert!(!Gate::default().is_first_run(""));
    }
}
