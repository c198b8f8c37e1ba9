//! Whether everything that can be read matches the reference. Pairs that have been compared are not
//! compared again until one side changes, because a view follows from the state and from what is
//! overdue.

use super::ask::{equipment, moment, number, put, refers};
use super::booking::leg_view;
use super::containers::{container_number, containers_view};
use super::delivery::{Delivery, Step};
use super::reference::{
    Cargo, Customer, Event, PORTS, Reference, Sailing, Scheduled, Status, Time, Voyage,
};
use super::reports::doubts_view;
use super::special::{Space, amount, capacity, classes_view, degrees, goods_view};
use crate::memory::MemoryStore;
use crate::queries::Viewed;
use domain::log::reader::Reader;
use domain::{Aggregate, AnyAggregate, Kind, Moment, Versioned};
use futures::executor::block_on;
use serde::Serialize;
use serde_json::{Value, json};

type Real = Versioned<AnyAggregate>;

/// What the view of a voyage or of a cargo follows from.
type VoyageFacts = (Voyage, Vec<Space>);
type CargoFacts = (Cargo, Vec<Scheduled>, Vec<Event>, Vec<&'static str>);

/// The last compared values, by index.
#[derive(Default)]
pub(super) struct Compared {
    customers: Vec<(Real, Customer)>,
    voyages: Vec<(Real, VoyageFacts)>,
    cargoes: Vec<(Real, CargoFacts)>,
}

fn read(store: &MemoryStore) -> [Vec<Real>; 3] {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    [Kind::Customer, Kind::Voyage, Kind::Cargo]
        .map(|kind| block_on(snapshot.all(kind, None, u64::MAX)).expect("memory"))
}

fn view<A: Viewed>(real: &Real, now: Time) -> Value {
    let state = A::from_any(&real.state).expect("a state of its kind");
    let version = real.version;
    let found = Versioned {
        version,
        state: state.clone(),
    };
    shown(&A::view(found, Moment::from_micros(now)))
}

fn shown(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("a view is JSON")
}

/// Whether one of each kind differs in a way that was not compared already.
fn settle<F: PartialEq>(
    name: &str,
    real: Option<&Real>,
    facts: F,
    last: Option<(Real, F)>,
    views: impl Fn(&Real, &F) -> (Value, Value),
) -> Result<(Real, F), String> {
    let real = real.ok_or_else(|| format!("{name} is not there"))?;
    if let Some(last) = last.filter(|last| (&last.0, &last.1) == (real, &facts)) {
        return Ok(last);
    }
    let (seen, expected) = views(real, &facts);
    if seen == expected {
        return Ok((real.clone(), facts));
    }
    let mut differences = Vec::new();
    differ(name, &seen, &expected, &mut differences);
    Err(differences.join("; "))
}

/// Where two values differ: what is read, and what the reference has.
pub(super) fn differ(at: &str, seen: &Value, expected: &Value, found: &mut Vec<String>) {
    match (seen, expected) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            for (name, inner) in a {
                differ(&format!("{at}/{name}"), inner, &b[name], found);
            }
        }
        _ if seen == expected => {}
        _ => found.push(format!("{at} is {seen}, the reference has {expected}")),
    }
}

impl Compared {
    /// Compares all customers, voyages and cargoes.
    pub(super) fn settle(
        &mut self,
        store: &MemoryStore,
        reference: &Reference,
        now: Time,
    ) -> Result<(), String> {
        let [customers, voyages, cargoes] = read(store);
        let counts = (customers.len(), voyages.len(), cargoes.len());
        let expected = (
            reference.customers.len(),
            reference.voyages.len(),
            reference.cargoes.len(),
        );
        if counts != expected {
            return Err(format!(
                "there are {counts:?}, the reference has {expected:?}"
            ));
        }
        let last = std::mem::take(self);
        let mut last_customers = last.customers.into_iter();
        for customer in &reference.customers {
            let real = customers
                .iter()
                .find(|c| c.state.id().to_string() == customer.id);
            let last = last_customers.next();
            let facts = customer.clone();
            let settled = settle("customer", real, facts, last, customer_views)?;
            self.customers.push(settled);
        }
        let mut last_voyages = last.voyages.into_iter();
        for (place, voyage) in reference.voyages.iter().enumerate() {
            let name = number(voyage.number);
            let real = voyages
                .iter()
                .find(|v| v.state.natural_key() == Some(&name));
            let movements = 0..voyage.movements.len();
            let loads = movements.map(|m| reference.load(place, m)).collect();
            let facts = (voyage.clone(), loads);
            let settled = settle(&name, real, facts, last_voyages.next(), voyage_views)?;
            self.voyages.push(settled);
        }
        let mut last_cargoes = last.cargoes.into_iter();
        for (place, cargo) in reference.cargoes.iter().enumerate() {
            let name = &cargo.tracking;
            let real = cargoes.iter().find(|c| c.state.natural_key() == Some(name));
            let handled = reference.handled(place).into_iter().cloned().collect();
            let due = reference.delivery_at(place, now).flags;
            let facts = (cargo.clone(), reference.legs(place), handled, due);
            let views = |real: &Real, _: &CargoFacts| {
                (
                    view::<domain::booking::Cargo>(real, now),
                    cargo_view(reference, place, now),
                )
            };
            let settled = settle(name, real, facts, last_cargoes.next(), views)?;
            self.cargoes.push(settled);
        }
        Ok(())
    }
}

fn customer_views(real: &Real, customer: &Customer) -> (Value, Value) {
    let mut seen = view::<domain::customers::Customer>(real, 0);
    for given in ["name", "email", "country"] {
        seen.as_object_mut().expect("an object").remove(given);
    }
    let status = match (customer.erased, customer.suspended) {
        (true, _) => "ERASED",
        (false, true) => "SUSPENDED",
        (false, false) => "ACTIVE",
    };
    let expected = json!({ "customer": customer.id, "version": customer.version,
        "status": status });
    (seen, expected)
}

fn voyage_views(real: &Real, (voyage, loads): &VoyageFacts) -> (Value, Value) {
    let mut seen = view::<domain::voyages::Voyage>(real, 0);
    seen.as_object_mut().expect("an object").remove("vessel");
    let limit = voyage.limit();
    let movements = voyage.movements.iter().zip(loads).enumerate();
    let movements = movements.map(|(place, (m, load))| {
        let known = m.known();
        let mut view = times(&known);
        view["from"] = json!(PORTS[known.from]);
        view["to"] = json!(PORTS[known.to]);
        view["scheduled"] = times(&m.scheduled);
        view["expected"] = times(&m.expected);
        if m.cancelled {
            view["cancelled"] = json!(true);
        }
        if voyage.omits(place) {
            view["from_omitted"] = json!(true);
        }
        if voyage.omits(place + 1) {
            view["to_omitted"] = json!(true);
        }
        put(&mut view, "departed_at", m.departed_at.map(moment));
        put(&mut view, "arrived_at", m.arrived_at.map(moment));
        view["booked"] = capacity(load[0], load[1], voyage.plugs.map(|_| load[2]));
        view["limit"] = capacity(limit[0], limit[1], voyage.plugs);
        view
    });
    let status = match voyage.is_cancelled {
        false => "SCHEDULED",
        true => "CANCELLED",
    };
    let mut expected = json!({ "voyage": number(voyage.number), "version": voyage.version,
        "capacity": capacity(voyage.quarter_teu, voyage.kg, voyage.plugs),
        "overbooking_percent": voyage.percent, "cut_off_hours": voyage.cut_off_hours,
        "status": status, "movements": movements.collect::<Value>() });
    if !voyage.classes.is_empty() {
        expected["dangerous_goods_classes"] = classes_view(&voyage.classes);
    }
    (seen, expected)
}

fn times(sailing: &Sailing) -> Value {
    json!({ "departs": moment(sailing.departs), "arrives": moment(sailing.arrives) })
}

fn cargo_view(reference: &Reference, place: usize, now: Time) -> Value {
    let (cargo, delivery) = (&reference.cargoes[place], reference.delivery_at(place, now));
    let reason = match cargo.status {
        Status::Rejected => Some("Full"),
        Status::Cancelled => Some("Sold"),
        _ => None,
    };
    // Optional steps are left out until they happen.
    let shown = |step: &&Step| !step.skippable || step.event.is_some();
    let plan = delivery.plan.iter().filter(shown).map(|step| {
        let mut read = step_view(step);
        read["scheduled_at"] = json!(step.scheduled.map(moment));
        read["event"] = json!(step.event);
        read
    });
    let mut handled = reference.handled(place);
    handled.sort_by_key(|event| event.registered);
    let handled = handled.into_iter().map(|event| {
        let mut view = json!({ "event": event.id, "type": event.kind.word(),
            "location": PORTS[event.port], "voyage": event.voyage.map(number),
            "completed_at": moment(event.completed), "registered_at": moment(event.registered) });
        put(
            &mut view,
            "container",
            event.container.map(container_number),
        );
        if let Some(doubt) = event.doubt {
            view["doubts"] = doubts_view(doubt);
        }
        view
    });
    let mut view = json!({ "cargo": cargo.tracking, "id": cargo.id, "version": cargo.version,
        "customer": reference.customers[cargo.customer].id,
        "status": reference.status_word(place), "reason": reason,
        "size_teu": amount(cargo.size()[0], 4), "gross_weight_kg": cargo.kg, "commodity": "Parts",
        "equipment": equipment(&cargo.equipment),
        "route_specification": { "origin": PORTS[cargo.origin],
            "destination": PORTS[cargo.destination], "arrival_deadline": moment(cargo.deadline) },
        "itinerary": reference.legs_as_read(place),
        "delivery": delivery_view(&delivery),
        "plan": plan.collect::<Value>(), "handling": handled.collect::<Value>() });
    let specified = &mut view["route_specification"];
    put(specified, "ready_from", cargo.ready_from.map(moment));
    put(&mut view, "reference", cargo.reference.map(refers));
    put(&mut view, "split_from", cargo.split_from.as_deref());
    put_special(&mut view, cargo);
    if !cargo.split_into.is_empty() {
        view["split_into"] = json!(cargo.split_into);
    }
    if let Some(first) = cargo.first_origin {
        view["first_origin"] = json!(PORTS[first]);
    }
    if let Some(approach) = reference.approach(place) {
        view["approach"] = leg_view(&approach);
    }
    view
}

/// What is special about its containers and goods.
fn put_special(view: &mut Value, cargo: &Cargo) {
    put(view, "set_point_celsius", cargo.set_point.map(degrees));
    let plugs = Some(cargo.size()[2]).filter(|plugs| *plugs > 0);
    put(view, "plugs", plugs);
    if !cargo.goods.is_empty() {
        view["dangerous_goods"] = goods_view(&cargo.goods);
    }
    if !cargo.containers.is_empty() {
        view["containers"] = containers_view(&cargo.containers);
    }
}

fn step_view(step: &Step) -> Value {
    json!({ "type": step.kind.word(), "location": PORTS[step.port],
        "voyage": step.voyage.map(number) })
}

fn delivery_view(delivery: &Delivery) -> Value {
    let mut view = json!({ "transport_status": delivery.transport, "routing_status": delivery.routing,
        "misdirected": delivery.misdirected, "on_track": delivery.on_track,
        "at_risk": delivery.at_risk, "flags": delivery.flags,
        "last_known_location": delivery.last_known.map(|port| PORTS[port]),
        "current_voyage": delivery.aboard.map(number),
        "next_expected": delivery.next.as_ref().map(step_view),
        "eta": delivery.eta.map(moment),
        "unloaded_at_destination": delivery.arrived });
    let broken = delivery.broken.iter().map(|broken| {
        json!({ "flag": broken.flag, "leg": broken.leg, "voyage": number(broken.voyage),
            "location": PORTS[broken.port], "cause": number(broken.cause) })
    });
    if let Some(due) = delivery.due {
        view["due_at"] = json!(moment(due));
    }
    if !delivery.broken.is_empty() {
        view["broken_legs"] = broken.collect();
    }
    view
}

/// Whether each report stands as in the reference.
pub(super) fn reports_stand(store: &MemoryStore, reference: &Reference) -> Result<(), String> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let reports = block_on(snapshot.all(Kind::HandlingEvent, None, u64::MAX)).expect("memory");
    let seen = reports.iter().map(|real| {
        let report = domain::handling::HandlingEvent::from_any(&real.state).expect("its kind");
        (report.id.to_string(), real.version, report.status.word())
    });
    let mut seen: Vec<_> = seen.collect();
    let expected = reference.events.iter().map(|event| match event.retracted {
        false => (event.id.clone(), 1, "REGISTERED"),
        true => (event.id.clone(), 2, "RETRACTED"),
    });
    let mut expected: Vec<_> = expected.collect();
    seen.sort();
    expected.sort();
    if seen == expected {
        Ok(())
    } else {
        Err(format!(
            "the reports are {seen:?}, the reference has {expected:?}"
        ))
    }
}
