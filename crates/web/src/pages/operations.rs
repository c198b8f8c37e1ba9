//! The catalogue of operations, and a generated form for each.

use super::changes::{self, Thing};
use super::form::{Entered, Form, Tweaks, input};
use super::log::pretty;
use super::shell::{Shell, page};
use super::stream::{Line, lines, target};
use super::thing::as_entered;
use super::visit::{Away, Ran, Sent, Visit, done};
use super::words;
use crate::api::catalogue::{input_schema, roles};
use crate::api::operations::unknown;
use crate::booking::pages::cargoes::new_key;
use crate::booking::pages::rolling::{Offers, StuckLeg, offers};
use crate::problem::Problem;
use crate::state::Shared;
use crate::voyages::pages::cancelling::{CANCEL_VOYAGE, Hit, hit};
use application::policy::Read;
use application::{About, Accepted, Definition, Failed, catalogue, find};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::access::Role;
use domain::locations::Location;
use domain::log::reader::LogFilter;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use serde_json::Value;

/// The catalogue.
pub(crate) const LIST: &str = "/operations";
/// One operation.
pub(crate) const ONE: &str = "/operations/{name}";

/// The number of recent uses on an operation's page.
const USES: u64 = 8;

#[derive(Template)]
#[template(path = "operations.html")]
struct OperationsPage {
    shell: Shell,
    subdomains: Vec<(String, Vec<OperationRow>)>,
}

struct OperationRow {
    name: &'static str,
    title: String,
    meaning: &'static str,
    who: String,
    may_run: bool,
}

fn who(about: &About) -> String {
    let words: Vec<_> = roles(about).into_iter().map(Role::word).collect();
    let people = words.join(", ");
    if about.who.system {
        format!("{people}, the system")
    } else {
        people
    }
}

/// The catalogue.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let shell = visit.shell("Operations");
    let mut subdomains: Vec<(String, Vec<OperationRow>)> = Vec::new();
    for definition in catalogue() {
        let about = definition.about;
        let heading = words::capitalized(about.subdomain);
        if subdomains.last().is_none_or(|(last, _)| *last != heading) {
            subdomains.push((heading, Vec::new()));
        }
        let row = OperationRow {
            name: about.name,
            title: words::label(about.name),
            meaning: about.meaning,
            who: who(about),
            may_run: visit.may_run(about),
        };
        if let Some((_, rows)) = subdomains.last_mut() {
            rows.push(row);
        }
    }
    let template = OperationsPage { shell, subdomains };
    visit.answer(&template)
}

/// The operation whose form can apply a delay to all times ahead.
const RESCHEDULE: &str = "reschedule-voyage";
/// The operation whose form needs to know its location first, because it is filled in with all the
/// details.
const CORRECT_LOCATION: &str = "correct-location";
/// The operation that the sign-in page runs after checking a password.
const SIGN_IN: &str = "sign-in";
/// The longest delay that can be applied: a year.
const DELAY_HOURS_MAX: u64 = 24 * 365;

#[derive(Template)]
#[template(path = "operation.html")]
struct OperationPage {
    shell: Shell,
    /// The voyage to which a delay can be applied at once.
    delayed: Option<String>,
    about: &'static About,
    title: String,
    who: String,
    form: Form,
    /// The location that has to be named before the form is shown.
    asked_first: Option<Asked>,
    /// Why there are no choices.
    stuck_leg: Option<StuckLeg>,
    /// The number of cargoes it would affect.
    hit: Option<Hit>,
    may_run: bool,
    /// Whether pages run it themselves, so that nobody needs a form for it.
    runs_by_itself: bool,
    outcome: Option<Outcome>,
    uses: Vec<Line>,
}

/// The secret that an operation returned.
struct Outcome {
    position: u64,
    /// A sentence on what was done.
    said: String,
    outcome: String,
    once: String,
}

/// The thing that a form is about, asked for before the form is shown.
type Asked = super::form::Line;

fn named(name: &str) -> Result<&'static Definition, Problem> {
    find(name).ok_or_else(|| unknown(name))
}

/// The form of an operation. The address can fill in fields: `?voyage=V100`.
pub(crate) async fn form(
    State(site): State<Shared>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let definition = named(&name)?;
    let schema = input_schema(definition);
    let mut entered = Entered::default();
    for field in schema["properties"].as_object().into_iter().flatten() {
        // A secret in an address would appear in histories and logs.
        if field.1["format"] != "password"
            && let Some(value) = visit.parameters.line(field.0, 500)
        {
            entered.preset(&format!("/{}", field.0), value.trim());
        }
    }
    if definition.about.subdomain == "voyages" {
        let delay = match definition.about.name {
            RESCHEDULE => visit.parameters.number("delay_hours", 0, DELAY_HOURS_MAX),
            _ => None,
        };
        as_it_is(&mut visit, &schema, &mut entered, delay).await?;
    }
    if definition.about.subdomain == "locations" {
        place_as_it_is(&mut visit, &schema, &mut entered).await?;
    }
    if let Some(thing) = Thing::of(definition.about, &entered.top())
        && let Some(version) = changes::version(&mut visit, &thing).await?
    {
        entered.open(thing.text(), version);
        for fact in changes::values_now(&mut visit, &thing).await? {
            let is_required = schema["required"].as_array().is_some_and(|required| {
                required
                    .iter()
                    .any(|name| fact.pointer.strip_prefix('/') == name.as_str())
            });
            if is_required {
                entered.preset(&fact.pointer, fact.entered());
            }
        }
    }
    let must_ask = definition.about.name == CORRECT_LOCATION && entered.opened().is_none();
    let asked = must_ask.then(|| Asked::of(&entered, "/location"));
    operation_page(visit, StatusCode::OK, definition, entered, (None, asked)).await
}

/// Fills in the current values of a voyage, so that only changes have to be entered. If asked,
/// shifts the times ahead by a number of hours.
async fn as_it_is(
    visit: &mut Visit,
    schema: &Value,
    entered: &mut Entered,
    delay_hours: Option<u64>,
) -> Result<(), Away> {
    let number = entered.value("/voyage").map(str::to_uppercase);
    let Some(number) = number.and_then(|number| number.parse::<VoyageNumber>().ok()) else {
        return Ok(());
    };
    let known = visit.reading.some::<Voyage>([number.lookup()]).await?;
    for mut voyage in known {
        let later = |moment: Moment| match delay_hours.and_then(|hours| i64::try_from(hours).ok()) {
            Some(hours) => moment.plus_hours(hours),
            None => moment,
        };
        let ahead = voyage.movements.iter_mut();
        for movement in ahead.filter(|movement| movement.departs > visit.now) {
            movement.departs = later(movement.departs);
            movement.arrives = later(movement.arrives);
        }
        let view = serde_json::to_value(voyage).map_err(|_| Problem::from(Failed::Broken))?;
        for field in schema["properties"].as_object().into_iter().flatten() {
            preset_all(entered, &format!("/{}", field.0), &view[field.0]);
        }
    }
    Ok(())
}

/// Fills in the details of a location, so that only corrections have to be entered.
async fn place_as_it_is(
    visit: &mut Visit,
    schema: &Value,
    entered: &mut Entered,
) -> Result<(), Away> {
    let text = entered.value("/location").unwrap_or_default().to_owned();
    if text.trim().is_empty() {
        return Ok(());
    }
    let code = match crate::locations::suggest::location(&mut visit.reading, &text).await? {
        Ok(code) => code,
        Err(unclear) => {
            entered.unclear("/location", unclear);
            return Ok(());
        }
    };
    entered.set("/location", code.to_string());
    for place in visit.reading.some::<Location>([code.lookup()]).await? {
        let view = serde_json::to_value(place).map_err(|_| Problem::from(Failed::Broken))?;
        for field in schema["properties"].as_object().into_iter().flatten() {
            preset_all(entered, &format!("/{}", field.0), &view[field.0]);
        }
    }
    Ok(())
}

fn preset_all(entered: &mut Entered, pointer: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                preset_all(entered, &format!("{pointer}/{name}"), value);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                preset_all(entered, &format!("{pointer}/{index}"), value);
            }
        }
        Value::Null => {}
        Value::String(text) => entered.preset(pointer, as_entered(text)),
        other => entered.preset(pointer, other.to_string()),
    }
}

async fn operation_page(
    mut visit: Visit,
    status: StatusCode,
    definition: &'static Definition,
    mut entered: Entered,
    (outcome, asked_first): (Option<Outcome>, Option<Asked>),
) -> Result<Response, Away> {
    let about = definition.about;
    let title = words::label(about.name);
    let uses = if visit.may_read(Read::Log) {
        uses(&mut visit, about.name).await?
    } else {
        Vec::new()
    };
    let schema = input_schema(definition);
    let key = new_key(visit.now);
    let may_run = visit.may_run(about);
    let offers = match about.name {
        "roll-cargo" if may_run => offers(&mut visit, &mut entered).await?,
        _ => Offers::default(),
    };
    let hit = match about.name {
        CANCEL_VOYAGE if may_run => hit(&mut visit, &entered).await?,
        _ => None,
    };
    let mut choices = offers.choices(&entered);
    if may_run {
        choices.extend(super::known::choices(&mut visit, &schema, &entered).await?);
        super::suggest::name(&mut visit.reading, &schema, &mut entered).await?;
    }
    let tweaks = Tweaks {
        choices,
        hints: offers.hint.as_slice(),
        hidden: offers.hidden(&entered),
        ..Tweaks::default()
    };
    let voyage = entered.value("/voyage").filter(|voyage| !voyage.is_empty());
    let template = OperationPage {
        delayed: voyage
            .filter(|_| about.name == RESCHEDULE)
            .map(str::to_uppercase),
        shell: visit.shell(&title),
        title,
        who: who(about),
        form: Form::new(&schema, &entered, &tweaks, key),
        asked_first,
        stuck_leg: offers.stuck_leg,
        hit,
        may_run,
        runs_by_itself: about.name == SIGN_IN,
        outcome,
        uses,
        about,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

async fn uses(visit: &mut Visit, name: &str) -> Result<Vec<Line>, Away> {
    let filter = LogFilter {
        operation: Some(name.to_owned()),
        ..LogFilter::default()
    };
    let (entries, _) = visit.reading.newest(&filter, None, USES).await?;
    let refusals = visit.reading.refusals(&filter, 0..=u64::MAX, None, USES);
    let refusals = refusals.await?.items;
    let mut lines = lines(&mut visit.reading, entries, refusals, visit.now).await?;
    lines.truncate(usize::try_from(USES).unwrap_or(usize::MAX));
    Ok(lines)
}

/// Runs an operation.
pub(crate) async fn run(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let definition = named(&name)?;
    let mut sent = Sent::read(site, request).await?;
    let schema = input_schema(definition);
    let (status, accepted) = if let Some(fields) = sent.entered.to_take() {
        let mut visit = sent.visit().await?;
        super::suggest::resolve(&mut visit.reading, &schema, &mut sent.entered).await?;
        drop(visit);
        sent.take(definition.about, &fields).await?;
        (StatusCode::OK, None)
    } else if sent.entered.is_resumed() || sent.entered.change_lists() {
        (StatusCode::OK, None)
    } else {
        let mut visit = sent.visit().await?;
        // Without permission there is no form, so names are not looked up. The refusal is recorded.
        if visit.may_run(definition.about) {
            super::suggest::resolve(&mut visit.reading, &schema, &mut sent.entered).await?;
        }
        let may_read_log = visit.may_read(Read::Log);
        drop(visit);
        match input(definition, &schema, &mut sent.entered) {
            None => (StatusCode::UNPROCESSABLE_ENTITY, None),
            Some(input) => match sent.run(definition.about.name, &input).await? {
                Ran::Accepted(accepted) if accepted.once.is_none() => {
                    return Ok(done(&after(&accepted, may_read_log), accepted.position));
                }
                Ran::Accepted(accepted) => {
                    sent.entered = Entered::default();
                    (StatusCode::OK, Some(accepted))
                }
                Ran::Not(status) => (status, None),
            },
        }
    };
    let mut visit = sent.visit().await?;
    let outcome = match accepted {
        Some(accepted) => Some(told(&accepted, &mut visit).await?),
        None => None,
    };
    operation_page(
        visit,
        status,
        definition,
        std::mem::take(&mut sent.entered),
        (outcome, None),
    )
    .await
}

/// The page after an operation was applied: the page of its target. A user has no page, so the form
/// is shown again, below what was done.
fn after(accepted: &Accepted, may_read_log: bool) -> String {
    let (_, href) = target(accepted.target.as_deref());
    href.unwrap_or_else(|| {
        let is_of_user = accepted
            .target
            .as_deref()
            .is_some_and(|target| target.starts_with("user:"));
        if may_read_log && !is_of_user {
            format!("/log/{}", accepted.position)
        } else {
            format!("{LIST}/{}", accepted.operation)
        }
    })
}

async fn told(accepted: &Accepted, visit: &mut Visit) -> Result<Outcome, Away> {
    let once = accepted.once.as_ref();
    let done = super::done::done(visit, accepted.position).await?;
    Ok(Outcome {
        position: accepted.position,
        said: done.map(|done| done.said).unwrap_or_default(),
        outcome: pretty(&accepted.outcome),
        once: once
            .and_then(|once| once["token"].as_str())
            .unwrap_or_default()
            .to_owned(),
    })
}
