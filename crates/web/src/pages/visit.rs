//! A person's request for a page, and the forms that pages send.

use super::changes::{self, Meanwhile, Thing};
use super::done;
use super::form::{Entered, Note};
use super::gate::{FormOf, Gate, form_token};
use super::places::{People, Places};
use super::saved_form::SavedForm;
use super::shell::{Done, Live, Person, Shell, page};
use crate::api::{body, operations};
use crate::headers;
use crate::limits::{BATCH_BODY_TIMEOUT, BODY_TIMEOUT, INPUT_BYTES_MAX, STRANGERS_FORM_BYTES_MAX};
use crate::messages;
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds, status_of};
use crate::state::{Shared, Site};
use application::input::InputError;
use application::policy::{Principal, Read};
use application::queries::{QueryError, Reading};
use application::{About, Accepted, Failed, Headers, IfMatch, Reply, find};
use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Moment;
use domain::access::UserName;
use domain::log::Actor;
use domain::repository::rules::StaleVersion;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};

/// Answers other than the requested page.
#[derive(Debug)]
pub(crate) enum Away {
    /// To the sign-in page, and back from there.
    SignIn(String),
    /// To a page about the problem.
    Problem(Problem),
    /// To sign in, with a form to come back to.
    Again(Box<Response>),
}

impl<P: Into<Problem>> From<P> for Away {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

impl Away {
    fn from_query(error: QueryError, uri: &Uri) -> Self {
        match error {
            QueryError::Unauthenticated => Self::sign_in(uri),
            error => Self::Problem(error.into()),
        }
    }

    /// The session ended before a form came. Nothing was applied.
    fn sign_in_again(uri: &Uri) -> Self {
        Self::sign_in(uri).ended("form")
    }

    /// The session ended before a file came. Browsers do not keep files.
    pub(crate) fn with_file(self) -> Self {
        self.ended("file")
    }

    /// Adds to the sign-in page what was sent after the session had ended.
    fn ended(self, what: &str) -> Self {
        match self {
            Self::SignIn(to) => {
                let sign = if to.contains('?') { '&' } else { '?' };
                Self::SignIn(format!("{to}{sign}ended={what}"))
            }
            other => other,
        }
    }

    pub(crate) fn sign_in(uri: &Uri) -> Self {
        let back = uri.path_and_query().map_or("/", |path| path.as_str());
        let to: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        Self::SignIn(if back == "/" {
            "/sign-in".to_owned()
        } else {
            format!("/sign-in?to={to}")
        })
    }
}

impl IntoResponse for Away {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(to) => Redirect::to(&to).into_response(),
            Self::Problem(problem) => problem.into_response(),
            Self::Again(page) => *page,
        }
    }
}

/// A signed-in person's request for a page, with one consistent snapshot to build it from.
pub(crate) struct Visit {
    pub(crate) site: Shared,
    pub(crate) reading: Reading,
    pub(crate) parameters: Parameters,
    pub(crate) now: Moment,
    path: String,
    csrf: String,
    /// What was just done, once it has been looked up.
    done: Option<Done>,
}

impl Visit {
    /// Opens a snapshot for the signed-in user.
    pub(crate) async fn of(site: Shared, parts: &Parts) -> Result<Self, Away> {
        let uri = &parts.uri;
        let Some(secret) = site.gate.session(&parts.headers) else {
            return Err(Away::sign_in(uri));
        };
        let mut visit = Self::by(site, &secret, uri).await?;
        if let Some(position) = visit.parameters.peek("done") {
            // If it is no longer readable, it is left out; the page itself says what it can.
            visit.done = done::done(&mut visit, position).await.unwrap_or_default();
        }
        Ok(visit)
    }

    /// Opens a snapshot for the holder of a session.
    pub(crate) async fn by(site: Shared, secret: &str, uri: &Uri) -> Result<Self, Away> {
        let caller = Gate::holder(secret);
        let reading = site.queries.visit(&caller).await;
        let reading = reading.map_err(|error| Away::from_query(error, uri))?;
        Ok(Self {
            parameters: Parameters::of(uri)?,
            path: uri.path().to_owned(),
            now: site.clock.now(),
            csrf: match reading.principal() {
                Principal::User(user) => format!("{}:{}", form_token(secret), user.name),
                Principal::System(_) => form_token(secret),
            },
            done: None,
            reading,
            site,
        })
    }

    /// Whether this person may run an operation.
    pub(crate) fn may_run(&self, operation: &'static About) -> bool {
        self.reading.permit_to_run(operation).is_ok()
    }

    /// Whether this person may read something.
    pub(crate) fn may_read(&self, read: Read) -> bool {
        self.reading.permit(read).is_ok()
    }

    /// The frame of a page for this person.
    pub(crate) fn shell(&mut self, title: &str) -> Shell {
        let done = self.parameters.position("done");
        Shell {
            path: self.path.clone(),
            person: Some(Person::of(&self.reading)),
            csrf: self.csrf.clone(),
            done: done.and(self.done.take()),
            ..Shell::new(title)
        }
    }

    /// Makes the page follow entries that change one of these, as `kind:name`, or any entry.
    pub(crate) fn live(&self, about: &str) -> Option<Live> {
        let position = self.reading.position();
        self.may_read(Read::Log)
            .then(|| Live::after(position, about.to_owned()))
    }

    /// The page, unless the request was for something else.
    pub(crate) fn answer(self, template: &impl Template) -> Result<Response, Away> {
        self.parameters.finish()?;
        Ok(page(StatusCode::OK, template))
    }
}

/// A form from a signed-in person.
pub(crate) struct PostedForm {
    pub(crate) site: Shared,
    pub(crate) entered: Entered,
    secret: String,
    uri: Uri,
    headers: HeaderMap,
}

/// The result of running an operation from a form.
pub(crate) enum FormOutcome {
    /// It was applied.
    Accepted(Box<Accepted>),
    /// It was not applied. The entered values now carry the reason.
    NotApplied(StatusCode),
}

impl PostedForm {
    /// Reads a form, if one of our own pages sent it.
    pub(crate) async fn read(site: Shared, request: Request) -> Result<Self, Away> {
        let uri = request.uri().clone();
        let headers = request.headers().clone();
        let Some(secret) = site.gate.session(&headers) else {
            if !site.gate.is_surely_same_origin(&headers) {
                return Err(Away::sign_in_again(&uri));
            }
            let most = STRANGERS_FORM_BYTES_MAX;
            let (entered, _) = read_fields(&site, request, FormOf::Session, most).await?;
            return Err(again(&site, &headers, &uri, &entered).await);
        };
        let caller = Gate::holder(&secret);
        let most = match site.admit(&caller).await {
            Ok(()) => INPUT_BYTES_MAX,
            // The session has ended, or never was.
            Err(_) => STRANGERS_FORM_BYTES_MAX,
        };
        let (entered, is_own) = read_fields(&site, request, FormOf::Session, most).await?;
        let mut sent = Self {
            site,
            entered,
            secret,
            uri,
            headers,
        };
        if sent.entered.is_resumed() && is_own {
            sent.entered.resume();
        }
        if !is_own {
            // A person who has signed in again in another window reviews the form and sends it
            // again.
            let visit = sent.visit().await?;
            let is_same = visit.reading.principal().actor() == sender_of(&sent.entered);
            if !is_same || !sent.site.gate.is_surely_same_origin(&sent.headers) {
                return Err(foreign().into());
            }
            sent.entered.resume();
        }
        Ok(sent)
    }

    /// The whole address of one of our pages, as this person reaches it.
    pub(crate) fn whole_address(&self, path: &str) -> String {
        self.site.gate.whole_address(path, &self.headers)
    }

    /// Opens a snapshot, for names in the form or for the page again with the entered values. Drop
    /// it before running an operation or opening another one: requests that hold one read connection
    /// and wait for a second one can wait for each other.
    pub(crate) async fn visit(&self) -> Result<Visit, Away> {
        let visit = Visit::by(Shared::clone(&self.site), &self.secret, &self.uri).await;
        match visit {
            Err(Away::SignIn(_)) => {
                Err(again(&self.site, &self.headers, &self.uri, &self.entered).await)
            }
            other => other,
        }
    }

    /// Runs an operation with the entered values as its input.
    pub(crate) async fn run(
        &mut self,
        operation: &str,
        input: &Value,
    ) -> Result<FormOutcome, Away> {
        if self.entered.is_resumed() {
            return Ok(FormOutcome::NotApplied(StatusCode::OK));
        }
        let definition = find(operation).expect("forms name operations that exist");
        let caller = Gate::holder(&self.secret);
        let key = self.entered.key().map(str::to_owned);
        let thing = Thing::of(definition.about, input);
        let version = self.version_of(thing.as_ref()).await?;
        let headers = Headers {
            key: key.and_then(|key| headers::check_key(key).ok()),
            if_match: version.map(|v| IfMatch::OneOf(vec![v])),
            trace_id: None,
        };
        let json = serde_json::to_vec(input).expect("JSON can be written");
        let reply = operations::submit(&self.site, definition, &json, caller, headers).await;
        let reply = match reply {
            Ok(reply) => reply,
            Err(InputError::Malformed(detail)) => return Err(Problem::field("", detail).into()),
            Err(InputError::Shape(errors)) => {
                self.entered.wrong(errors);
                return Ok(FormOutcome::NotApplied(StatusCode::UNPROCESSABLE_ENTITY));
            }
        };
        match reply {
            Reply::Accepted(accepted) => Ok(FormOutcome::Accepted(accepted)),
            Reply::Failed(Failed::Unauthenticated) => {
                Err(again(&self.site, &self.headers, &self.uri, &self.entered).await)
            }
            Reply::Refused(refused) if refused.rejection.breaks(&StaleVersion) => {
                self.entered.refused(refused.rule(), String::new());
                self.tell_changes(thing.as_ref(), version).await?;
                Ok(FormOutcome::NotApplied(StatusCode::PRECONDITION_FAILED))
            }
            Reply::Refused(refused) => {
                let mut visit = self.visit().await?;
                let codes = messages::locations(&refused.rejection);
                let clock = self.entered.clock();
                let places = Places::load(&mut visit.reading, codes).await?;
                let places = places.with_clock(&mut visit.reading, clock).await?;
                let detail = messages::refusal(&refused.rejection, &People(&places));
                let status = status_of(refused.kind);
                self.entered.refused_by(&refused.rejection, detail);
                Ok(FormOutcome::NotApplied(status))
            }
            Reply::Failed(Failed::KeyReused) => {
                self.entered.note = Some(Note::sent_before());
                self.entered.forget_key();
                Ok(FormOutcome::NotApplied(StatusCode::UNPROCESSABLE_ENTITY))
            }
            Reply::Failed(failed) => {
                let problem = Problem::from(failed);
                // The key stays, so sending it again applies the operation at most once.
                self.entered.note = Some(Note::failed(&problem));
                Ok(FormOutcome::NotApplied(problem.status()))
            }
        }
    }

    /// Runs one of several operations for which the form was sent, with a key of its own.
    pub(crate) async fn one_of_several(
        &self,
        about: &About,
        part: &str,
        input: &Value,
    ) -> Result<Reply, Away> {
        let definition = find(about.name).expect("forms name operations that exist");
        let key = self.entered.key().map(|key| format!("{key}-{part}"));
        let headers = Headers {
            key: key.and_then(|key| headers::check_key(key).ok()),
            ..Headers::default()
        };
        let caller = Gate::holder(&self.secret);
        let json = serde_json::to_vec(input).expect("JSON can be written");
        let reply = operations::submit(&self.site, definition, &json, caller, headers).await;
        match reply.map_err(|error| Problem::input_within("", error))? {
            Reply::Failed(Failed::Unauthenticated) => {
                Err(again(&self.site, &self.headers, &self.uri, &self.entered).await)
            }
            reply => Ok(reply),
        }
    }

    /// The version that the target must have: the one at which the form was opened or, if only
    /// derived facts have changed since, the current one. None if the form was opened from another
    /// thing than it names now.
    async fn version_of(&self, thing: Option<&Thing>) -> Result<Option<u64>, Away> {
        let (Some(thing), Some(version)) = (thing, self.entered.version()) else {
            return Ok(self
                .entered
                .version()
                .filter(|_| self.entered.opened().is_none()));
        };
        if self.entered.opened().is_some_and(|own| own != thing.text()) {
            return Ok(None);
        }
        let mut visit = self.visit().await?;
        let meanwhile = changes::since(&mut visit, thing, version).await?;
        let unmoved = meanwhile.filter(|meanwhile| meanwhile.only_follows);
        Ok(Some(unmoved.map_or(version, |meanwhile| meanwhile.version)))
    }

    /// Records what has changed about a thing since the form was opened. From now on the form is
    /// based on the latest version.
    async fn tell_changes(
        &mut self,
        thing: Option<&Thing>,
        version: Option<u64>,
    ) -> Result<(), Away> {
        let mut visit = self.visit().await?;
        let meanwhile = match (thing, version) {
            (Some(thing), Some(version)) => changes::since(&mut visit, thing, version).await?,
            _ => None,
        };
        let meanwhile: Meanwhile = meanwhile.unwrap_or_default();
        let described = meanwhile.described(&mut visit, &self.entered).await?;
        let fields = meanwhile.fields(&self.entered);
        let name = match thing {
            Some(thing) => thing.in_sentence(&mut visit).await?,
            None => "it".to_owned(),
        };
        self.entered.note = Some(Note::stale(&name, described, meanwhile.by, &fields));
        if meanwhile.version > 0 {
            self.entered.set_version(meanwhile.version);
        }
        Ok(())
    }

    /// Fills in the current values for the fields that ask for them. If the thing has changed again
    /// meanwhile, shows that first.
    pub(crate) async fn take(&mut self, about: &About, fields: &[String]) -> Result<(), Away> {
        let thing = Thing::of(about, &self.entered.top());
        let (Some(thing), Some(version)) = (thing, self.entered.version()) else {
            return Ok(());
        };
        let mut visit = self.visit().await?;
        let again = changes::since(&mut visit, &thing, version).await?;
        if again.is_some_and(|again| !again.only_follows) {
            drop(visit);
            return self.tell_changes(Some(&thing), Some(version)).await;
        }
        for fact in changes::values_now(&mut visit, &thing).await? {
            if fields.contains(&fact.pointer) {
                let value = fact.entered();
                self.entered.set(&fact.pointer, value);
            }
        }
        Ok(())
    }
}

fn foreign() -> Problem {
    let detail = "The form did not come from a page of this session. Nothing was changed.";
    Problem::new(&kinds::FORM_NOT_TRUSTED, detail)
}

fn elsewhere(why: &str) -> Problem {
    let detail = format!("{why} Nothing was changed.");
    Problem::new(&kinds::FORM_NOT_TRUSTED, detail)
}

/// The user that a form claims to be made for.
fn sender_of(entered: &Entered) -> Actor {
    let name = entered.sender().parse::<UserName>();
    name.map_or_else(|_| Actor::System(String::new()), Actor::User)
}

/// The sign-in page, with the entered values.
async fn again(site: &Site, headers: &HeaderMap, uri: &Uri, entered: &Entered) -> Away {
    let Some(kept) = SavedForm::new(uri.path().to_owned(), entered) else {
        return Away::sign_in_again(uri);
    };
    match crate::access::pages::sign_in::again(site, headers, kept).await {
        Ok(page) => Away::Again(Box::new(page)),
        Err(problem) => problem.into(),
    }
}

/// The fields of a form that one of our own pages sent to somebody who need not be signed in.
pub(crate) async fn fields(
    site: &Shared,
    request: Request,
    from: FormOf,
) -> Result<Entered, Problem> {
    match read_fields(site, request, from, STRANGERS_FORM_BYTES_MAX).await? {
        (entered, true) => Ok(entered),
        _ => Err(foreign()),
    }
}

/// The fields of a form that no other site sent, and whether a page of this session sent it.
async fn read_fields(
    site: &Shared,
    request: Request,
    from: FormOf,
    bytes_max: usize,
) -> Result<(Entered, bool), Problem> {
    let (parts, stream) = request.into_parts();
    headers::check_media_type(&parts.headers, "application/x-www-form-urlencoded")?;
    site.gate
        .same_origin(&parts.headers)
        .map_err(|why| elsewhere(&why))?;
    let text = body::read(stream, bytes_max, BODY_TIMEOUT).await?;
    let entered = Entered::parse(&text);
    let is_own = site
        .gate
        .is_form_token(&parts.headers, from, entered.csrf());
    Ok((entered, is_own))
}

/// The parts of a form with a file that one of our own pages sent: its texts, and the content of
/// the file called `file`.
pub(crate) async fn file_form(
    site: &Shared,
    request: Request,
    bytes_max: usize,
) -> Result<(Vec<(String, String)>, Bytes), Problem> {
    let (parts, stream) = request.into_parts();
    headers::check_media_type(&parts.headers, "multipart/form-data")?;
    site.gate
        .same_origin(&parts.headers)
        .map_err(|why| elsewhere(&why))?;
    let head = parts.headers.clone();
    let body = body::read(stream, bytes_max, BATCH_BODY_TIMEOUT).await?;
    let broken = |error: MultipartError| {
        Problem::new(
            &kinds::MALFORMED_REQUEST,
            format!("The form cannot be read: {error}."),
        )
    };
    let mut request = Request::from_parts(parts, Body::from(body));
    DefaultBodyLimit::max(bytes_max).apply(&mut request);
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|rejection| {
        let detail = format!("The form cannot be read: {rejection}.");
        Problem::new(&kinds::MALFORMED_REQUEST, detail)
    })?;
    let (mut texts, mut file) = (Vec::new(), Bytes::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            file = field.bytes().await.map_err(broken)?;
        } else {
            texts.push((name, field.text().await.map_err(broken)?));
        }
    }
    let token = texts.iter().find(|(name, _)| name == "csrf");
    let is_own = |token| {
        site.gate
            .is_form_token(&head, FormOf::Session, super::form::token(token).0)
    };
    if token.is_some_and(|(_, token)| is_own(token)) {
        Ok((texts, file))
    } else {
        Err(foreign())
    }
}

/// Redirects to another page, with the position of what was done.
pub(crate) fn done(path: &str, position: u64) -> Response {
    let more = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{more}done={position}")).into_response()
}

/// The address of a person's request, if it is a page of ours that may be returned to.
pub(crate) fn own_page(to: Option<String>) -> String {
    let is_own = |to: &String| {
        to.starts_with('/')
            && !to.starts_with("//")
            && !to.contains('\\')
            && to.parse::<Uri>().is_ok()
    };
    to.filter(is_own).unwrap_or_else(|| "/".to_owned())
}

/// The sender of a request, from the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The client of a request, for limits: from the connection, or from a trusted proxy.
pub(crate) fn sender(site: &Site, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<Peer>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| *address);
    site.gate.address(peer, &parts.headers)
}

/// The header of a redirect after a form, without caching.
pub(crate) const UNCACHED: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_never_leave_the_site() {
        for (to, expected) in [
            (None, "/"),
            (Some("/voyages?port=NLRTM"), "/voyages?port=NLRTM"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some(""), "/"),
        ] {
            assert_eq!(own_page(to.map(str::to_owned)), expected);
        }
    }
}
