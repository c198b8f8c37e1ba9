//! The forms of operations on cargoes. That of `roll-cargo` has choices: the voyages that a cargo is
//! booked on, and those it could be rolled to now. The latter are found by rehearsing the operation
//! with each voyage that calls at its port.

mod contents;

use crate::customers::erased::why_not;
use crate::messages;
use crate::pages::form::{Entered, FixedClock};
use crate::pages::places::{Glance, LocalTime, Places};
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm};
use crate::pages::visit::{Away, Visit};
use application::booking::{
    AmendCargo, AssignContainers, CargoView, ChangeArrivalDeadline, CreateCargo, LegView,
    RerouteCargo, RerouteOrigin, RollCargo, RollOffer, RollRefusal,
};
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::booking::{Cargo, TrackingId};
use domain::voyages::VoyageNumber;
use domain::{Moment, Names};

const ORIGIN: &str = "/origin";

/// A choice: value and label.
type LabelledValue = (String, String);

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[
    &Roll,
    &ChangeDeadline,
    &Reroute,
    &contents::FilledIn(&AmendCargo::ABOUT),
    &contents::SplitOff,
    &contents::FilledIn(&AssignContainers::ABOUT),
    &Create,
];

/// The form of a new cargo. An erased customer ships nothing.
struct Create;

#[async_trait]
impl SpecialForm for Create {
    fn operation(&self) -> &'static About {
        &CreateCargo::ABOUT
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts {
            instead: why_not(visit, entered).await?,
            ..FormParts::default()
        })
    }
}

struct Roll;

#[async_trait]
impl SpecialForm for Roll {
    fn operation(&self) -> &'static About {
        &RollCargo::ABOUT
    }

    async fn clocks(&self, visit: &mut Visit, entered: &Entered) -> Result<Vec<FixedClock>, Away> {
        let from = entered.value("/from_voyage").unwrap_or_default();
        let cargo = entered_cargo(visit, entered).await?;
        let mut legs = cargo.iter().flat_map(|cargo| &cargo.itinerary);
        let leg = legs.find(|leg| leg.voyage.as_str().eq_ignore_ascii_case(from));
        let clocks = leg.map(|leg| {
            let times = [
                ("/load_time", &leg.load_at),
                ("/unload_time", &leg.unload_at),
            ];
            times.map(|(time, port)| (time, port.to_string()))
        });
        Ok(clocks.into_iter().flatten().collect())
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let offers = offers(visit, entered).await?;
        let cargo = entered_cargo(visit, entered).await?;
        let whole_ways = cargo.map(|cargo| WholeWays {
            cargo: cargo.cargo.to_string(),
        });
        Ok(FormParts {
            above: whole_ways.as_ref().map(render).unwrap_or_default(),
            choices: offers.choices(entered),
            hidden: offers.hidden(entered),
            hints: offers.hint.into_iter().collect(),
            below: offers.others.as_ref().map(render).unwrap_or_default(),
            instead: offers.stuck_leg.as_ref().map(render),
            ..FormParts::default()
        })
    }
}

/// The form of a new deadline, which is a time at the destination of the cargo.
struct ChangeDeadline;

#[async_trait]
impl SpecialForm for ChangeDeadline {
    fn operation(&self) -> &'static About {
        &ChangeArrivalDeadline::ABOUT
    }

    async fn clocks(&self, visit: &mut Visit, entered: &Entered) -> Result<Vec<FixedClock>, Away> {
        deadline_clock(visit, entered).await
    }
}

/// The form of a new route. It starts where the cargo is or, if it is aboard, at a later call of its
/// ship. Its deadline is a time at the destination, which may stay the same.
struct Reroute;

#[async_trait]
impl SpecialForm for Reroute {
    fn operation(&self) -> &'static About {
        &RerouteCargo::ABOUT
    }

    async fn clocks(&self, visit: &mut Visit, entered: &Entered) -> Result<Vec<FixedClock>, Away> {
        deadline_clock(visit, entered).await
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let Some(cargo) = entered_cargo(visit, entered).await? else {
            return Ok(FormParts::default());
        };
        let origins = visit.reading.reroute_origins(&cargo).await?;
        let places = origins.iter().map(|own| &own.location);
        let places = Places::load(&mut visit.reading, places).await?;
        if let [only] = origins.as_slice() {
            entered.preset(ORIGIN, only.location.to_string());
        }
        let choice = |own: &RerouteOrigin| {
            let port = &own.location;
            let when = match own.arrives {
                None => "where it is".to_owned(),
                Some(arrives) => format!("the ship arrives {}", places.dated(arrives, Some(port))),
            };
            let label = format!("{}, {when}", places.with_code(port));
            (port.to_string(), label)
        };
        let choices: Vec<_> = origins.iter().map(choice).collect();
        let value = entered.value(ORIGIN).unwrap_or_default();
        let is_among = choices.iter().any(|(own, _)| own == value);
        let hint = match cargo.delivery.current_voyage {
            Some(_) => "The cargo is aboard. The new route starts at a later call of its ship.",
            None => "The new route starts where the cargo is.",
        };
        if choices.is_empty() || !(value.is_empty() || is_among) {
            return Ok(FormParts::default());
        }
        Ok(FormParts {
            choices: vec![(ORIGIN, choices)],
            hints: vec![(ORIGIN, hint)],
            ..FormParts::default()
        })
    }
}

/// The clock of a deadline: that of the entered cargo's destination.
async fn deadline_clock(visit: &mut Visit, entered: &Entered) -> Result<Vec<FixedClock>, Away> {
    let cargo = entered_cargo(visit, entered).await?;
    let destination = cargo.map(|cargo| cargo.route_specification.destination);
    let clock = destination.map(|port| ("/arrival_deadline", port.to_string()));
    Ok(clock.into_iter().collect())
}

/// The entered cargo, if it is known.
pub(super) async fn entered_cargo(
    visit: &mut Visit,
    entered: &Entered,
) -> Result<Option<CargoView>, Away> {
    let typed = entered.value("/cargo").unwrap_or_default();
    let Ok(cargo) = TrackingId::typed(typed) else {
        return Ok(None);
    };
    Ok(visit.reading.some::<Cargo>([cargo.lookup()]).await?.pop())
}

/// The choices in the form, with a note about them.
#[derive(Default)]
struct RollChoices {
    from: Vec<LabelledValue>,
    onto: Vec<LabelledValue>,
    hint: Option<(&'static str, &'static str)>,
    /// Why there are no choices.
    stuck_leg: Option<StuckLeg>,
    /// The voyages that will not do.
    others: Option<Others>,
}

/// The voyages between the same ports that will not do, each with the reason.
#[derive(Template)]
#[template(path = "booking/others.html")]
struct Others {
    from_voyage: String,
    /// The number, the departure and the reason.
    voyages: Vec<(String, LocalTime, String)>,
}

/// The way to the page that changes later legs, too.
#[derive(Template)]
#[template(path = "booking/whole_ways.html")]
struct WholeWays {
    cargo: String,
}

/// A leg that no other voyage can carry now.
#[derive(Template)]
#[template(path = "booking/stuck_leg.html")]
struct StuckLeg {
    cargo: String,
    from_voyage: String,
    load_at: String,
    unload_at: String,
}

impl RollChoices {
    /// The fields that are not shown for a known cargo: those that appear once the current voyage
    /// is chosen, and those of a whole way, which has a page of its own.
    fn hidden(&self, entered: &Entered) -> Vec<String> {
        let is_open = entered.value("/from_voyage").unwrap_or_default().is_empty();
        if self.from.is_empty() {
            return Vec::new();
        }
        let mut hidden = vec!["/unload_at", "/onward"];
        if is_open {
            hidden.extend(["/to_voyage", "/load_time", "/unload_time"]);
        }
        hidden.into_iter().map(str::to_owned).collect()
    }

    /// The fields with choices. Fields with another entered value stay as they are.
    fn choices(&self, entered: &Entered) -> Vec<(&'static str, Vec<LabelledValue>)> {
        let fields = [("/from_voyage", &self.from), ("/to_voyage", &self.onto)];
        let may_be_chosen = |(pointer, choices): &(&str, &Vec<LabelledValue>)| {
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
async fn offers(visit: &mut Visit, entered: &mut Entered) -> Result<RollChoices, Away> {
    let mut offers = RollChoices::default();
    let Some(cargo) = entered_cargo(visit, entered).await? else {
        return Ok(offers);
    };
    let legs = || cargo.approach.iter().chain(&cargo.itinerary);
    let ports = legs().flat_map(|leg| [&leg.load_at, &leg.unload_at]);
    let mut places = Places::load(&mut visit.reading, ports).await?;
    for leg in legs() {
        let label = sails(&leg.voyage, leg, (leg.load_time, leg.unload_time), &places);
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
    let found = visit.reading.roll_offers(&cargo, leg).await?;
    let taker = |own: &RollOffer| {
        let label = sails(&own.voyage, leg, (own.load_time, own.unload_time), &places);
        (own.voyage.to_string(), label)
    };
    offers.onto = found.takers.iter().map(taker).collect();
    if offers.onto.is_empty() {
        offers.stuck_leg = Some(StuckLeg {
            cargo: cargo.cargo.to_string(),
            from_voyage: leg.voyage.to_string(),
            load_at: places.named(&leg.load_at).to_owned(),
            unload_at: places.named(&leg.unload_at).to_owned(),
        });
    } else {
        let hint = "Voyages that can take the cargo now, by departure.";
        offers.hint = Some(("/to_voyage", hint));
    }
    let refused = found.others.iter().map(|own| &own.refusal);
    let mentioned = refused.flat_map(messages::locations).chain([&leg.load_at]);
    places = Places::load(&mut visit.reading, mentioned).await?;
    let others = found.others.iter().filter(|own| own.voyage != leg.voyage);
    let other = |own: &RollRefusal| {
        let departs = places.time(&leg.load_at, own.departs);
        let why = messages::short(&own.refusal, &Glance(&places));
        (own.voyage.to_string(), departs, why)
    };
    let voyages: Vec<_> = others.map(other).collect();
    offers.others = (!voyages.is_empty()).then(|| Others {
        from_voyage: leg.voyage.to_string(),
        voyages,
    });
    Ok(offers)
}

/// A voyage between the ports of a leg, with its times there.
fn sails(
    voyage: &VoyageNumber,
    leg: &LegView,
    (leaves, arrives): (Moment, Moment),
    places: &Places,
) -> String {
    format!(
        "{voyage} · leaves {} {}, arrives {} {}",
        leg.load_at,
        places.dated(leaves, Some(&leg.load_at)),
        leg.unload_at,
        places.dated(arrives, Some(&leg.unload_at))
    )
}
