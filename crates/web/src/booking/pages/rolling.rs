//! Choices for the form of `roll-cargo`: the voyages that a cargo is booked on, and those it could
//! be rolled to now. The latter are found by rehearsing the operation with each voyage that calls
//! at its port.

use super::book::calling_at;
use crate::clock::SystemChance;
use crate::pages::form::Entered;
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::problem::Problem;
use application::booking::{CargoView, LegView};
use application::queries::Rehearsal;
use application::voyages::VoyageView;
use application::{Failed, find};
use domain::booking::{Cargo, TrackingId};
use domain::voyages::{VoyageNumber, VoyageStatus};
use domain::{Moment, Names};
use serde_json::{Value, json};

/// The maximum number of voyages to try.
const TRIED: usize = 100;

/// A choice: value and label.
type Choice = (String, String);

/// The choices in the form, with a note about them.
#[derive(Default)]
pub(crate) struct Offers {
    from: Vec<Choice>,
    onto: Vec<Choice>,
    pub(crate) hint: Option<(&'static str, &'static str)>,
    /// Why there are no choices.
    pub(crate) vain: Option<Vain>,
}

/// A leg that no other voyage can carry now.
pub(crate) struct Vain {
    pub(crate) cargo: String,
    pub(crate) from_voyage: String,
    pub(crate) load_at: String,
    pub(crate) unload_at: String,
}

impl Offers {
    /// The fields that appear once the current voyage is chosen.
    pub(crate) fn hidden(&self, entered: &Entered) -> &'static [&'static str] {
        let is_open = entered.value("/from_voyage").unwrap_or_default().is_empty();
        match is_open && !self.from.is_empty() {
            true => &["/to_voyage", "/load_time", "/unload_time"],
            false => &[],
        }
    }

    /// The fields with choices. Fields with another entered value stay as they are.
    pub(crate) fn choices(&self, entered: &Entered) -> Vec<(&'static str, Vec<Choice>)> {
        let fields = [("/from_voyage", &self.from), ("/to_voyage", &self.onto)];
        let may_be_chosen = |(pointer, choices): &(&str, &Vec<Choice>)| {
            let value = entered.value(pointer).unwrap_or_default();
            let is_among = || choices.iter().any(|(own, _)| own == value);
            !choices.is_empty() && (value.is_empty() || is_among())
        };
        let fields = fields.into_iter().filter(may_be_chosen);
        fields
            .map(|(pointer, choices)| (pointer, choices.clone()))
            .collect()
    }
}

/// The choices for the entered cargo and the voyage to roll it from.
pub(crate) async fn offers(visit: &mut Visit, entered: &mut Entered) -> Result<Offers, Away> {
    let mut offers = Offers::default();
    let cargo = entered.value("/cargo").map(str::to_uppercase);
    let Some(Ok(cargo)) = cargo.map(|cargo| cargo.parse::<TrackingId>()) else {
        return Ok(offers);
    };
    let known = visit.reading.some::<Cargo>([cargo.lookup()]).await?.pop();
    let Some(cargo): Option<CargoView> = known else {
        return Ok(offers);
    };
    let legs = || cargo.approach.iter().chain(&cargo.itinerary);
    for leg in legs() {
        let label = sails(&leg.voyage, leg, (leg.load_time, leg.unload_time));
        offers.from.push((leg.voyage.to_string(), label));
    }
    offers.from.dedup_by(|next, before| next.0 == before.0);
    if let [(only, _)] = offers.from.as_slice() {
        entered.preset("/from_voyage", only);
    }
    let from = entered
        .value("/from_voyage")
        .unwrap_or_default()
        .to_uppercase();
    let Some(leg) = legs().find(|leg| leg.voyage.as_str() == from) else {
        return Ok(offers);
    };
    offers.onto = onto(visit, &cargo, leg).await?;
    if offers.onto.is_empty() {
        let places = [leg.load_at.clone(), leg.unload_at.clone()];
        let named = Places::load(&mut visit.reading, &places).await?;
        offers.vain = Some(Vain {
            cargo: cargo.cargo.to_string(),
            from_voyage: leg.voyage.to_string(),
            load_at: named.named(&leg.load_at).to_owned(),
            unload_at: named.named(&leg.unload_at).to_owned(),
        });
    } else {
        let hint = "Voyages that can take the cargo now, by departure.";
        offers.hint = Some(("/to_voyage", hint));
    }
    Ok(offers)
}

/// The voyages that can carry the cargo instead of a leg.
async fn onto(visit: &mut Visit, cargo: &CargoView, leg: &LegView) -> Result<Vec<Choice>, Away> {
    let calling = nearest(visit, leg).await?;
    let roll = find("roll-cargo").expect("an operation");
    let mut asked = Vec::new();
    let mut tried: Vec<VoyageNumber> = Vec::new();
    for voyage in calling {
        let input = json!({ "cargo": cargo.cargo, "from_voyage": leg.voyage, "to_voyage": voyage });
        let input = serde_json::to_vec(&input).expect("JSON can be written");
        let ready = roll.read(&input, visit.now, &mut SystemChance);
        let ready = ready.map_err(|_| Problem::from(Failed::Broken))?;
        asked.push((roll, ready));
        tried.push(voyage);
    }
    let answers = visit.reading.rehearse(&asked, Rehearsal::Alone, visit.now);
    let mut takers = Vec::new();
    for (answer, voyage) in answers.await?.into_iter().zip(tried) {
        let times = answer
            .ok()
            .and_then(|rolled| times(&rolled.outcome, &voyage));
        if let Some(times) = times {
            takers.push((times, (voyage.to_string(), sails(&voyage, leg, times))));
        }
    }
    takers.sort();
    Ok(takers.into_iter().map(|(_, choice)| choice).collect())
}

/// The voyages that have not left the first port of a leg and sail from there to its last port.
/// Sorted by how close their departure is to the leg's, and limited to the number to try.
async fn nearest(visit: &mut Visit, leg: &LegView) -> Result<Vec<VoyageNumber>, Away> {
    let calling = calling_at(&mut visit.reading, &leg.load_at, visit.now).await?;
    let leaves = |voyage: &VoyageView| {
        let mut left = voyage
            .movements
            .iter()
            .skip_while(|movement| movement.from != leg.load_at || movement.departs <= visit.now);
        let departs = left.clone().next()?.departs;
        let leads = left.any(|movement| movement.to == leg.unload_at);
        (leads && voyage.status == VoyageStatus::Scheduled).then_some(departs)
    };
    let mut found: Vec<_> = calling
        .into_iter()
        .filter_map(|voyage| Some((leaves(&voyage)?, voyage.voyage)))
        .collect();
    found.sort_by_key(|(departs, _)| (departs.micros() - leg.load_time.micros()).abs());
    found.truncate(TRIED);
    Ok(found.into_iter().map(|(_, voyage)| voyage).collect())
}

/// The cargo's departure and arrival on a voyage, from the rehearsed outcome.
fn times(outcome: &str, voyage: &VoyageNumber) -> Option<(Moment, Moment)> {
    let outcome: Value = serde_json::from_str(outcome).ok()?;
    let mut legs = outcome["legs"].as_array()?.iter();
    let rolled = legs.find(|leg| leg["voyage"] == voyage.as_str())?;
    let time = |name: &str| rolled[name].as_str()?.parse().ok();
    Some((time("load_time")?, time("unload_time")?))
}

/// A voyage between the ports of a leg, with its times there.
fn sails(voyage: &VoyageNumber, leg: &LegView, (leaves, arrives): (Moment, Moment)) -> String {
    format!(
        "{voyage} · leaves {} {}, arrives {} {}",
        leg.load_at,
        words::utc(leaves),
        leg.unload_at,
        words::utc(arrives)
    )
}
