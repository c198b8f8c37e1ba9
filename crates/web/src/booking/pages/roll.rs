//! Rolling many cargoes together, each as an operation of its own, onto ways that take all of them.

use super::cargoes::{LIST, trouble};
use crate::clock::SystemChance;
use crate::messages;
use crate::pages::form::{Note, new_key};
use crate::pages::places::{Glance, LocalTime, Places};
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, PostedForm, Visit, done};
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use application::booking::{
    CargoView, LegView, ROLLED_TOGETHER_MAX, RollCargo, RollPlan, RollPlans,
};
use application::{Failed, Operation, Reply, find};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::booking::{Cargo, TrackingId};
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};
use serde_json::Value;

#[derive(Template)]
#[template(path = "booking/roll.html")]
struct RollPage {
    shell: Shell,
    /// The voyage whose cargoes are listed.
    voyage: Option<String>,
    /// The only cargo that is listed.
    cargo: Option<String>,
    key: String,
    note: Option<Note>,
    results: Vec<ResultRow>,
    /// What was chosen before the session ended.
    chosen: Vec<String>,
    /// The reason that was entered.
    reason: String,
    rows: Vec<RollRow>,
    /// How many more cargoes need another way.
    more: usize,
}

impl RollPage {
    fn has_ways(&self) -> bool {
        self.rows.iter().any(|row| !row.ways.is_empty())
    }

    /// Whether a cargo is to be rolled: those of the voyage that was asked for are, unless the
    /// session ended after others were chosen. In the list of all, each is chosen by hand.
    fn is_checked(&self, row: &RollRow) -> bool {
        match self.chosen.is_empty() {
            true => self.voyage.is_some(),
            false => row.ways.iter().any(|(own, _)| self.chosen.contains(own)),
        }
    }

    /// Whether a way is preselected: the first, unless another one was chosen.
    fn is_chosen(&self, row: &RollRow, input: &str) -> bool {
        let mut ways = row.ways.iter().map(|(own, _)| own);
        match ways.clone().find(|own| self.chosen.contains(own)) {
            Some(chosen) => chosen == input,
            None => ways.next().is_some_and(|first| first == input),
        }
    }

    fn rolled(&self) -> usize {
        self.results.iter().filter(|row| row.why.is_none()).count()
    }
}

/// What happened to a cargo.
struct ResultRow {
    cargo: String,
    /// The voyages that it was rolled onto, in order.
    onto: String,
    /// Why it was not rolled.
    why: Option<String>,
}

/// A cargo to roll.
struct RollRow {
    cargo: String,
    trouble: Option<String>,
    from_voyage: String,
    /// Where it leaves its present way, and where it goes.
    ends: [String; 2],
    deadline: LocalTime,
    /// The input of each way, and the way in words.
    ways: Vec<(String, String)>,
    /// Why there is no way.
    why: String,
    /// The earliest arrival after the deadline, if nothing arrives by it.
    too_late: Option<LocalTime>,
    /// Whether the cargo is late, and its present booking still arrives first.
    is_fastest: bool,
}

/// What the page is about: the cargoes of a voyage, one cargo, or all that need another way.
#[derive(Default)]
struct About {
    voyage: Option<VoyageNumber>,
    cargo: Option<TrackingId>,
}

impl About {
    fn of(voyage: Option<String>, cargo: Option<String>) -> Result<Self, Away> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let voyage = given(voyage).map(|text| crate::api::resources::named::<Voyage>(&text));
        let cargo = given(cargo).map(|text| crate::api::resources::named::<Cargo>(&text));
        Ok(Self {
            voyage: voyage.transpose()?,
            cargo: cargo.transpose()?,
        })
    }
}

/// The cargoes that need another way.
pub(crate) async fn choose(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let voyage = visit.parameters.line("voyage", 20);
    let cargo = visit.parameters.line("cargo", 20);
    let about = About::of(voyage, cargo)?;
    let shown = roll_page(&mut visit, &about, Vec::new()).await?;
    visit.answer(&shown)
}

/// Rolls the cargoes for which a way was chosen.
pub(crate) async fn roll(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let sent = PostedForm::read(site, request).await?;
    let entered = |pointer| sent.entered.value(pointer).map(str::to_owned);
    let about = About::of(entered("/voyage"), entered("/cargo"))?;
    let count = sent.entered.items("/ways").min(ROLLED_TOGETHER_MAX);
    let is_checked = |way: &usize| sent.entered.value(&format!("/rolled/{way}")).is_some();
    let checked = (0..count).filter(|way| about.cargo.is_some() || is_checked(way));
    let ways = checked.filter_map(|way| sent.entered.value(&format!("/ways/{way}")));
    let ways: Vec<_> = ways.map(str::to_owned).collect();
    let reason = sent.entered.value("/reason").unwrap_or_default().trim();
    let mut replies = Vec::new();
    if !sent.entered.is_resumed() {
        for way in readable(&ways, reason, &sent)? {
            let cargo = way["cargo"].as_str().unwrap_or_default().to_owned();
            let reply = sent.one_of_several(&RollCargo::ABOUT, &cargo, &way).await;
            let reply = reply.map_err(|away| interrupted(away, &replies))?;
            replies.push((way, reply));
        }
    }
    if let (Some(cargo), [(_, Reply::Accepted(accepted))]) = (&about.cargo, replies.as_slice()) {
        return Ok(done(&format!("{LIST}/{cargo}"), accepted.position));
    }
    let mut visit = sent.visit().await?;
    let results = results(&mut visit, replies).await?;
    let mut shown = roll_page(&mut visit, &about, results).await?;
    shown.note = sent.entered.note.clone();
    if ways.is_empty() && shown.note.is_none() {
        shown.note = Some(nothing_checked());
    }
    reason.clone_into(&mut shown.reason);
    shown.chosen = ways;
    Ok(page(StatusCode::OK, &shown))
}

/// The session ended on the way: what was rolled by then is said, because it stays.
fn interrupted(away: Away, replies: &[(Value, Reply)]) -> Away {
    let rolled = |(_, reply): &&(Value, Reply)| matches!(reply, Reply::Accepted(_));
    match replies.iter().filter(rolled).count() {
        0 => away,
        rolled => {
            let detail = format!(
                "Your session ended after {rolled} of the cargoes were rolled, and they stay so. Sign in and open the page again: it lists the others."
            );
            Problem::new(&kinds::UNAUTHENTICATED, detail).into()
        }
    }
}

fn nothing_checked() -> Note {
    Note {
        title: "Nothing was rolled".to_owned(),
        detail: "Check the cargoes to roll, then press the button.".to_owned(),
        ..Note::default()
    }
}

/// The voyages of a way, in order.
fn voyages(way: &Value) -> String {
    let onward = way["onward"].as_array().into_iter().flatten();
    let all = [&way["to_voyage"]]
        .into_iter()
        .chain(onward.map(|leg| &leg["voyage"]));
    let all: Vec<_> = all.filter_map(Value::as_str).collect();
    all.join(", then ")
}

/// The chosen ways with the reason, if one was entered. If one is not an input of `roll-cargo`,
/// nothing is run.
fn readable(ways: &[String], reason: &str, sent: &PostedForm) -> Result<Vec<Value>, Problem> {
    let definition = find(RollCargo::ABOUT.name).expect("an operation");
    let inputs = ways.iter().map(|way| {
        let input = serde_json::from_str::<Value>(way);
        let mut input = input.map_err(|error| Problem::field("/ways", error.to_string()))?;
        if let Some(fields) = input.as_object_mut().filter(|_| !reason.is_empty()) {
            fields.insert("reason".to_owned(), reason.into());
        }
        let json = input.to_string();
        let now = sent.site.clock.now();
        let read = definition.read(json.as_bytes(), now, &mut SystemChance);
        read.map_err(|error| Problem::input_within("/ways", error))?;
        Ok(input)
    });
    inputs.collect()
}

/// What became of each.
async fn results(visit: &mut Visit, replies: Vec<(Value, Reply)>) -> Result<Vec<ResultRow>, Away> {
    let refusals = replies.iter().filter_map(|(_, reply)| match reply {
        Reply::Refused(refused) => Some(&refused.rejection),
        _ => None,
    });
    let codes: Vec<UnLocode> = refusals.flat_map(messages::locations).cloned().collect();
    let places = Places::load(&mut visit.reading, &codes).await?;
    let row = |(way, reply): (Value, Reply)| ResultRow {
        cargo: way["cargo"].as_str().unwrap_or_default().to_owned(),
        onto: voyages(&way),
        why: match reply {
            Reply::Accepted(_) => None,
            Reply::Refused(refused) => Some(messages::short(&refused.rejection, &Glance(&places))),
            Reply::Failed(Failed::KeyReused) => {
                Some("It was sent before with another way.".to_owned())
            }
            Reply::Failed(failed) => Some(Problem::from(failed).detail().to_owned()),
        },
    };
    Ok(replies.into_iter().map(row).collect())
}

async fn roll_page(
    visit: &mut Visit,
    about: &About,
    results: Vec<ResultRow>,
) -> Result<RollPage, Away> {
    visit.reading.permit_to_run(&RollCargo::ABOUT)?;
    let cargoes = match &about.cargo {
        Some(cargo) => vec![visit.reading.one::<Cargo>(cargo, None.into()).await?.view],
        None => {
            let voyage = about.voyage.as_ref();
            visit.reading.needing_another_way(voyage).await?
        }
    };
    let RollPlans { plans, more } = visit
        .site
        .queries
        .roll_plans(&mut visit.reading, cargoes)
        .await?;
    let places = places(visit, &plans).await?;
    let title = match (&about.cargo, &about.voyage) {
        (Some(cargo), _) => format!("Other ways for {cargo}"),
        (None, Some(voyage)) => format!("Roll cargoes of {voyage}"),
        (None, None) => "Roll cargoes".to_owned(),
    };
    Ok(RollPage {
        shell: visit.shell(&title),
        voyage: about.voyage.as_ref().map(ToString::to_string),
        cargo: about.cargo.as_ref().map(ToString::to_string),
        key: new_key(visit.now),
        note: None,
        results,
        chosen: Vec::new(),
        reason: String::new(),
        rows: plans.iter().map(|plan| row(plan, &places)).collect(),
        more,
    })
}

/// The ports that the page names.
async fn places(visit: &mut Visit, plans: &[RollPlan]) -> Result<Places, Away> {
    let ways = plans.iter().flat_map(|plan| &plan.ways);
    let legs = ways.flat_map(|way| &way.legs);
    let called = legs.flat_map(|leg| [&leg.load_at, &leg.unload_at]);
    let present = plans.iter().flat_map(|plan| &plan.cargo.itinerary);
    let present = present.flat_map(|leg| [&leg.load_at, &leg.unload_at]);
    let goals = plans
        .iter()
        .map(|plan| &plan.cargo.route_specification.destination);
    let refusals = plans.iter().filter_map(|plan| plan.refusal.as_ref());
    let mentioned = refusals.flat_map(messages::locations);
    let broken = plans
        .iter()
        .flat_map(|plan| &plan.cargo.delivery.broken_legs);
    let broken = broken.map(|own| &own.location);
    let all = called.chain(present).chain(goals).chain(mentioned);
    let all = all.chain(broken);
    Ok(Places::load(&mut visit.reading, all).await?)
}

fn row(plan: &RollPlan, places: &Places) -> RollRow {
    let cargo: &CargoView = &plan.cargo;
    let specification = &cargo.route_specification;
    let destination = &specification.destination;
    let leaves = cargo
        .itinerary
        .iter()
        .find(|leg| leg.voyage == plan.from_voyage);
    let leaves = leaves.map_or(&specification.origin, |leg| &leg.load_at);
    let ways = plan
        .ways
        .iter()
        .map(|way| (way.input.to_string(), in_words(&way.legs, places)));
    let refusal = plan.refusal.as_ref();
    RollRow {
        cargo: cargo.cargo.to_string(),
        trouble: trouble(cargo, places),
        from_voyage: plan.from_voyage.to_string(),
        ends: [leaves, destination].map(|port| places.named(port).to_owned()),
        deadline: places.time(destination, specification.arrival_deadline),
        ways: ways.collect(),
        why: refusal.map_or_else(String::new, |why| messages::short(why, &Glance(places))),
        too_late: plan
            .too_late
            .map(|arrives| places.time(destination, arrives)),
        is_fastest: plan.is_fastest,
    }
}

/// The voyages of a way with the ports between them, its arrival and its departure. A narrow screen
/// shows only the beginning.
fn in_words(legs: &[LegView], places: &Places) -> String {
    let (first, last) = (&legs[0], &legs[legs.len() - 1]);
    let mut way = first.voyage.to_string();
    for leg in &legs[1..] {
        way = format!("{way} to {}, {}", places.named(&leg.load_at), leg.voyage);
    }
    let arrives = places.time(&last.unload_at, last.unload_time).local;
    let leaves = places.time(&first.load_at, first.load_time).local;
    format!("{way}: arrives {arrives}, leaves {leaves}")
}
