//! The catalogue of operations, and a generated form for each.

use super::changes::{self, Thing};
use super::form::{Clocks, Entered, Form, Tweaks, input_with, new_key};
use super::shell::{Shell, page};
use super::special_form::{self, FormParts, SpecialForm, form_schema, special_form};
use super::stream::{LogLine, lines, target};
use super::visit::{Away, FormOutcome, PostedForm, Visit, done};
use super::words;
use crate::api::catalogue::roles;
use crate::api::operations::unknown;
use crate::problem::Problem;
use crate::state::Shared;
use application::policy::Read;
use application::{About, Accepted, Definition, catalogue, find};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::access::Role;
use domain::log::Hash;
use domain::log::reader::LogFilter;
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
    match (about.who.system, about.who.owner_only) {
        (true, _) => format!("{people}, the system"),
        (false, true) => format!("{people}: the owner, and admins"),
        (false, false) => people,
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

#[derive(Template)]
#[template(path = "operation.html")]
struct OperationPage {
    shell: Shell,
    about: &'static About,
    title: String,
    /// The label of the button.
    button: String,
    who: String,
    form: Form,
    /// A smaller form that is shown first.
    asked_first: Option<String>,
    /// What is shown above the fields.
    above: String,
    /// What is shown below the form.
    below: String,
    /// What is shown instead of the fields.
    instead: Option<String>,
    may_run: bool,
    /// Why nobody needs the form.
    why_not_needed: Option<String>,
    outcome: Option<Outcome>,
    /// What the operation would do to others, to be confirmed.
    confirmation: Option<Confirmation>,
    uses: Vec<LogLine>,
}

/// What an operation would do to others.
struct Confirmation {
    /// As HTML.
    says: String,
    /// What the form sends to confirm exactly this.
    digest: String,
    /// Whether nothing can bring back what the operation removes.
    is_final: bool,
    /// The page of the thing that the form is about.
    back: Option<String>,
}

/// What the page of an operation shows besides its form.
#[derive(Default)]
struct Beside {
    outcome: Option<Outcome>,
    asked_first: Option<String>,
    confirmation: Option<Confirmation>,
}

/// The secret that an operation returned.
struct Outcome {
    position: u64,
    /// A sentence on what was done.
    said: String,
    /// What `once` is.
    label: &'static str,
    once: String,
}

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
    let schema = form_schema(definition);
    let mut entered = Entered::default();
    for field in schema["properties"].as_object().into_iter().flatten() {
        // A secret in an address would appear in histories and logs.
        if field.1["format"] != "password"
            && let Some(value) = visit.parameters.line(field.0, 500)
        {
            entered.preset(&format!("/{}", field.0), value.trim());
        }
    }
    let special = special_form(definition.about);
    if let Some(form) = special {
        form.fill_in(&mut visit, &schema, &mut entered).await?;
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
    let asked = special.and_then(|form| form.ask_first(&entered));
    let beside = Beside {
        asked_first: asked,
        ..Beside::default()
    };
    operation_page(visit, StatusCode::OK, definition, entered, beside).await
}

async fn operation_page(
    mut visit: Visit,
    status: StatusCode,
    definition: &'static Definition,
    mut entered: Entered,
    beside: Beside,
) -> Result<Response, Away> {
    let about = definition.about;
    let title = words::label(about.name);
    let uses = if visit.may_read(Read::Log) {
        uses(&mut visit, about.name).await?
    } else {
        Vec::new()
    };
    let schema = form_schema(definition);
    let key = new_key(visit.now);
    let may_run = visit.may_run(about);
    let special = special_form(about);
    let mut parts = match special {
        Some(form) if may_run => form.parts(&mut visit, &mut entered).await?,
        _ => FormParts::default(),
    };
    let mut clocks = Clocks::default();
    if may_run {
        let known = super::known::choices(&mut visit, &schema, &entered).await?;
        parts.choices.extend(known);
        super::suggest::name(&mut visit.reading, &schema, &mut entered).await?;
        clocks = special_form::clocks(&mut visit, about, &schema, &entered).await?;
        clocks.show(&schema, &mut entered);
    }
    let hidden: Vec<_> = parts.hidden.iter().map(String::as_str).collect();
    let tweaks = Tweaks {
        choices: parts.choices,
        hints: &parts.hints,
        labels: parts.labels,
        hidden: &hidden,
        required: &parts.required,
        fixed: &parts.fixed,
        clocks,
    };
    let template = OperationPage {
        shell: visit.shell(&title),
        button: parts.button.map_or_else(|| title.clone(), str::to_owned),
        title,
        who: who(about),
        form: Form::new(&schema, &entered, &tweaks, key),
        asked_first: beside.asked_first,
        above: parts.above,
        below: parts.below,
        instead: parts.instead,
        may_run,
        why_not_needed: special.and_then(SpecialForm::why_not_needed),
        outcome: beside.outcome,
        confirmation: beside.confirmation,
        uses,
        about,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

async fn uses(visit: &mut Visit, name: &str) -> Result<Vec<LogLine>, Away> {
    let filter = LogFilter {
        operation: Some(name.to_owned()),
        ..LogFilter::default()
    };
    let (entries, _) = visit.reading.newest(&filter, 0..=u64::MAX, USES).await?;
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
    let mut sent = PostedForm::read(site, request).await?;
    let schema = form_schema(definition);
    let mut beside = Beside::default();
    let (status, accepted) = if let Some(fields) = sent.entered.to_take() {
        let mut visit = sent.visit().await?;
        super::suggest::resolve(&mut visit.reading, &schema, &mut sent.entered).await?;
        let about = definition.about;
        let clocks = special_form::clocks(&mut visit, about, &schema, &sent.entered).await?;
        clocks.tell(&schema, &mut sent.entered);
        drop(visit);
        sent.take(definition.about, &fields).await?;
        (StatusCode::OK, None)
    } else if sent.entered.is_resumed() || sent.entered.change_lists() {
        (StatusCode::OK, None)
    } else {
        let mut visit = sent.visit().await?;
        // Without permission there is no form, so names are not looked up. The refusal is recorded.
        let mut clocks = Clocks::default();
        if visit.may_run(definition.about) {
            super::suggest::resolve(&mut visit.reading, &schema, &mut sent.entered).await?;
            let about = definition.about;
            clocks = special_form::clocks(&mut visit, about, &schema, &sent.entered).await?;
        }
        let may_read_log = visit.may_read(Read::Log);
        drop(visit);
        let special = special_form(definition.about);
        let origin = special.and_then(SpecialForm::origin);
        sent.entered.comes_from(origin);
        let convert = |entered| match special {
            Some(form) => form.input(entered),
            None => entered,
        };
        match input_with(definition, &schema, &mut sent.entered, &clocks, convert) {
            None => (StatusCode::UNPROCESSABLE_ENTITY, None),
            Some(input) => match to_confirm(&mut sent, definition, &input).await? {
                Some(confirmation) => {
                    beside.confirmation = Some(confirmation);
                    (StatusCode::OK, None)
                }
                None => match sent.run(definition.about.name, &input).await? {
                    FormOutcome::Accepted(accepted) if accepted.once.is_none() => {
                        return Ok(done(&after(&accepted, may_read_log), accepted.position));
                    }
                    FormOutcome::Accepted(accepted) => {
                        sent.entered = Entered::default();
                        (StatusCode::OK, Some(accepted))
                    }
                    FormOutcome::NotApplied(status) => (status, None),
                },
            },
        }
    };
    let mut visit = sent.visit().await?;
    if let Some(accepted) = accepted {
        let link = special_form(definition.about).and_then(|form| form.link(&accepted));
        let link = link.map(|path| sent.whole_address(&path));
        beside.outcome = Some(told(&accepted, link, &mut visit).await?);
    }
    let entered = std::mem::take(&mut sent.entered);
    operation_page(visit, status, definition, entered, beside).await
}

/// What an operation would do to others, unless the form confirms exactly that.
async fn to_confirm(
    sent: &mut PostedForm,
    definition: &'static Definition,
    input: &Value,
) -> Result<Option<Confirmation>, Away> {
    let Some(special) = special_form(definition.about) else {
        return Ok(None);
    };
    let mut visit = sent.visit().await?;
    if !visit.may_run(definition.about) {
        return Ok(None);
    }
    let Some(says) = special.to_confirm(&mut visit, input).await? else {
        return Ok(None);
    };
    let digest = Hash::of(says.as_bytes()).to_string();
    let is_confirmed = sent.entered.extra("confirmed") == digest;
    let back = Thing::of(definition.about, input).and_then(|thing| target(Some(&thing.text())).1);
    Ok((!is_confirmed).then_some(Confirmation {
        says,
        digest,
        is_final: special.is_final(),
        back,
    }))
}

/// The page after an operation was applied: the page of its target, or else its entry in the log.
fn after(accepted: &Accepted, may_read_log: bool) -> String {
    let name = accepted.target.as_deref();
    let (_, href) = target(name);
    href.unwrap_or_else(|| match may_read_log {
        true => format!("/log/{}", accepted.position),
        false => format!("{LIST}/{}", accepted.operation),
    })
}

async fn told(
    accepted: &Accepted,
    link: Option<String>,
    visit: &mut Visit,
) -> Result<Outcome, Away> {
    let once = accepted.once.as_ref();
    let token = once.and_then(|once| once["token"].as_str());
    let done = super::done::done(visit, accepted.position).await?;
    Ok(Outcome {
        position: accepted.position,
        said: done.map(|done| done.said).unwrap_or_default(),
        label: match link {
            Some(_) => "Link",
            None => "Secret",
        },
        once: link
            .or_else(|| token.map(str::to_owned))
            .unwrap_or_default(),
    })
}
