//! What an operation on a voyage would do to cargoes, shown before it is run.

use crate::booking::pages::words::flag;
use crate::clock::SystemChance;
use crate::pages::places::Places;
use crate::pages::shell::render;
use crate::pages::visit::{Away, Visit};
use crate::pages::words::label;
use application::About;
use application::Operation;
use application::booking::{AffectedCargo, RollCargo};
use application::find;
use application::queries::Rehearsal;
use askama::Template;
use domain::Moment;
use domain::booking::{Cargo, Flag};
use domain::locations::UnLocode;
use serde_json::Value;
use std::collections::BTreeMap;

/// The maximum number of cargoes in the list.
const LISTED_MAX: usize = 100;

#[derive(Template)]
#[template(path = "voyages/confirm.html")]
struct Confirm {
    rows: Vec<Row>,
    /// How many more there are.
    more: usize,
    may_roll: bool,
    /// The label of the button.
    act: String,
}

struct Row {
    cargo: String,
    /// The arrival, before and after.
    arrives: [String; 2],
    /// The problems, before and after.
    flags: [String; 2],
}

/// The cargoes whose arrival or problems an operation would change, as HTML. `None` if there are
/// none, or if the operation would be refused.
pub(super) async fn affected(
    visit: &mut Visit,
    about: &About,
    input: &Value,
) -> Result<Option<String>, Away> {
    let definition = find(about.name).expect("an operation");
    let input = serde_json::to_vec(input).expect("JSON can be written");
    let Ok(prepared) = definition.read(&input, visit.now, &mut SystemChance) else {
        return Ok(None);
    };
    let asked = [(definition, prepared)];
    let answers = visit
        .reading
        .rehearse(&asked, Rehearsal::Alone, visit.now)
        .await?;
    let Some(Ok(rehearsed)) = answers.into_iter().next() else {
        return Ok(None);
    };
    let mut cargoes = AffectedCargo::all(&rehearsed);
    cargoes.retain(|own| own.eta != own.eta_before || own.flags != own.flags_before);
    if cargoes.is_empty() {
        return Ok(None);
    }
    // Those that come to harm first.
    cargoes.sort_by_key(|own| own.flags.is_empty());
    let more = cargoes.len().saturating_sub(LISTED_MAX);
    cargoes.truncate(LISTED_MAX);
    let names = cargoes
        .iter()
        .map(|own| domain::Names::<Cargo>::lookup(&own.cargo));
    let known = visit.reading.some::<Cargo>(names).await?;
    let to: BTreeMap<_, _> = known
        .into_iter()
        .map(|own| (own.cargo, own.route_specification.destination))
        .collect();
    let places = Places::load(&mut visit.reading, to.values()).await?;
    let rows = cargoes.iter().map(|own| {
        let at = to.get(&own.cargo);
        Row {
            cargo: own.cargo.to_string(),
            arrives: [own.eta_before, own.eta].map(|eta| arrival(at, eta, &places)),
            flags: [&own.flags_before, &own.flags].map(|flags| problems(flags)),
        }
    });
    let rows = rows.collect();
    let may_roll = visit.may_run(&RollCargo::ABOUT);
    Ok(Some(render(&Confirm {
        rows,
        more,
        may_roll,
        act: label(about.name),
    })))
}

fn arrival(at: Option<&UnLocode>, eta: Option<Moment>, places: &Places) -> String {
    match (at, eta) {
        (Some(at), Some(eta)) => places.time(at, eta).local,
        _ => "not known".to_owned(),
    }
}

fn problems(flags: &[Flag]) -> String {
    let words: Vec<_> = flags.iter().map(|own| flag(*own)).collect();
    match words.as_slice() {
        [] => "on track".to_owned(),
        words => words.join(", "),
    }
}
