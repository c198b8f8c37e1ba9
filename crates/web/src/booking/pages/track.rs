//! Public tracking: no sign-in, the tracking ID is enough.

mod words;

pub(super) use self::words::NOTES;

use crate::pages::form::Note;
use crate::pages::map::Map;
use crate::pages::places::{LocalTime, Places};
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, sender};
use crate::pages::words::distance;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::booking::{PublicSchedule, TrackView, Tracked, TrackedBy};
use application::queries::QueryError;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Moment;
use domain::locations::UnLocode;

/// The form.
pub(crate) const FORM: &str = "/track";
/// One cargo.
pub(crate) const ONE: &str = "/track/{tracking_id}";

/// The number of typed characters that are read and shown again.
const TYPED_CHARS_MAX: usize = 60;

#[derive(Template)]
#[template(path = "booking/track.html")]
struct TrackPage {
    shell: Shell,
    /// The value of the field.
    typed: String,
    /// What is wrong with it.
    error: Option<String>,
    note: Option<Note>,
    found: Option<Tracking>,
}

/// What the page shows of a cargo.
struct Tracking {
    headline: String,
    /// The container that was asked for.
    container: Option<String>,
    /// What it lacks that others of the cargo have.
    behind: Option<String>,
    /// The progress: its level and the word.
    schedule: Option<(&'static str, String)>,
    explanation: String,
    from: String,
    to: String,
    eta: Option<(LocalTime, String)>,
    next: Option<String>,
    passages: Vec<Passage>,
    map: Option<Map>,
}

/// A past or future event of a cargo.
struct Passage {
    /// `was`, `next` or `ahead`.
    state: &'static str,
    what: String,
    place: String,
    time: Option<LocalTime>,
}

/// The form. A typed id or container number redirects to the cargo's own address.
pub(crate) async fn form(parts: Parts) -> Result<Response, Away> {
    let mut parameters = Parameters::of(&parts.uri)?;
    let typed = parameters.text("tracking_id").unwrap_or_default();
    parameters.finish()?;
    if typed.trim().is_empty() {
        return Ok(form_page(StatusCode::OK, String::new(), None));
    }
    Ok(match TrackedBy::typed(&typed) {
        Ok(cargo) => Redirect::to(&format!("{FORM}/{}", cargo.as_str())).into_response(),
        Err(complaint) => mistyped(&typed, complaint),
    })
}

/// One cargo. Every request for an id counts, whether or not the cargo exists.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(typed): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    Parameters::of(&parts.uri)?.finish()?;
    if let Err(seconds) = site.gate.may_track(sender(&site, &parts)) {
        return Ok(too_often(&typed, seconds));
    }
    let cargo = match TrackedBy::typed(&typed) {
        Ok(cargo) => cargo,
        Err(complaint) => return Ok(mistyped(&typed, complaint)),
    };
    if typed != cargo.as_str() {
        return Ok(Redirect::to(&format!("{FORM}/{}", cargo.as_str())).into_response());
    }
    match site.queries.track(&cargo).await {
        Ok(tracked) => Ok(found_page(tracked, site.clock.now())),
        Err(QueryError::NotFound(_)) => Ok(unknown(&cargo)),
        Err(error) => Err(error.into()),
    }
}

fn form_page(status: StatusCode, typed: String, wrong: Option<(Note, Option<String>)>) -> Response {
    let (note, error) = wrong.map_or((None, None), |(note, error)| (Some(note), error));
    let template = TrackPage {
        shell: Shell::new("Track a cargo"),
        typed,
        error,
        note,
        found: None,
    };
    page(status, &template)
}

/// The typed text as the field shows it again.
fn shown(typed: &str) -> String {
    let chars = typed.chars().filter(|c| !c.is_control());
    chars.take(TYPED_CHARS_MAX).collect()
}

fn mistyped(typed: &str, complaint: String) -> Response {
    let note = Note {
        title: "This is not a tracking ID or a container number".to_owned(),
        detail: "A tracking ID has 11 letters and digits, a container number has four letters and seven digits. In both, the last one is a check character. Compare it with your papers, character by character."
            .to_owned(),
        ..Note::default()
    };
    let typed = shown(typed);
    form_page(StatusCode::NOT_FOUND, typed, Some((note, Some(complaint))))
}

fn unknown(cargo: &TrackedBy) -> Response {
    let cargo = cargo.as_str();
    let note = Note {
        title: format!("There is no cargo {cargo}"),
        detail: "It is well formed, but no cargo here has it. Compare it with your papers. It may come from another carrier."
            .to_owned(),
        ..Note::default()
    };
    form_page(StatusCode::NOT_FOUND, cargo.to_string(), Some((note, None)))
}

fn too_often(typed: &str, seconds: u32) -> Response {
    let problem = Problem::too_many_requests(seconds);
    let note = Note {
        title: problem.title().to_owned(),
        detail: problem.detail().to_owned(),
        ..Note::default()
    };
    let typed = shown(typed);
    let mut response = form_page(problem.status(), typed, Some((note, None)));
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn found_page(tracked: Tracked, now: Moment) -> Response {
    let mut view = tracked.view;
    let places = Places::from(std::mem::take(&mut view.locations));
    let template = TrackPage {
        shell: Shell::new(&format!("Cargo {}", view.cargo)),
        typed: view.cargo.to_string(),
        error: None,
        note: None,
        found: Some(tracking(&view, &places, now)),
    };
    page(StatusCode::OK, &template)
}

fn tracking(view: &TrackView, places: &Places, now: Moment) -> Tracking {
    let (schedule, explanation) = match view.schedule {
        Some(schedule) => {
            let (word, explanation) = words::schedule(schedule);
            (Some((level(schedule), word)), explanation)
        }
        None => (None, String::new()),
    };
    let to = &view.destination;
    let container = view.container.as_ref();
    let next = &view.next_expected;
    Tracking {
        headline: words::headline(view, places),
        container: container.map(|own| own.container.to_string()),
        behind: container.and_then(|own| words::behind(own, &view.voyages, places)),
        schedule,
        explanation,
        from: places.named(&view.origin).to_owned(),
        to: places.named(to).to_owned(),
        eta: view
            .eta
            .filter(|_| !view.unloaded_at_destination)
            .map(|eta| {
                let away = distance(eta, now);
                (places.time(to, eta), away)
            }),
        next: next
            .as_ref()
            .map(|next| words::next(&next.step, &view.voyages, places)),
        passages: passages(view, places),
        map: Map::of(
            "The route of the cargo",
            way(view),
            view.last_known_location.as_ref(),
            places,
        ),
    }
}

/// The past and future locations. For a cargo without an itinerary, its origin and destination.
fn way(view: &TrackView) -> Vec<&UnLocode> {
    let done = view.events.iter().map(|event| &event.done);
    let ahead = view.ahead.iter().map(|step| &step.step);
    let mut calls: Vec<_> = done.chain(ahead).map(|step| &step.location).collect();
    if calls.is_empty() {
        calls.push(&view.origin);
    }
    if view.ahead.is_empty() && !view.unloaded_at_destination {
        calls.push(&view.destination);
    }
    calls.dedup();
    calls
}

fn passages(view: &TrackView, places: &Places) -> Vec<Passage> {
    let done = view.events.iter().map(|event| Passage {
        state: "was",
        what: words::happened(event, &view.voyages),
        place: places.named(&event.done.location).to_owned(),
        time: Some(places.time(&event.done.location, event.completed_at)),
    });
    let ahead = view.ahead.iter().enumerate().map(|(index, ahead)| Passage {
        state: if index == 0 { "next" } else { "ahead" },
        what: words::expected(&ahead.step, &view.voyages),
        place: places.named(&ahead.step.location).to_owned(),
        time: ahead
            .scheduled_at
            .map(|time| places.time(&ahead.step.location, time)),
    });
    done.chain(ahead).collect()
}

/// The style of the progress.
fn level(schedule: PublicSchedule) -> &'static str {
    match schedule {
        PublicSchedule::OnSchedule => "good",
        PublicSchedule::NotPlanned | PublicSchedule::Delayed | PublicSchedule::AwaitingReport => {
            "requested"
        }
        PublicSchedule::BeingReplanned => "bad",
    }
}
