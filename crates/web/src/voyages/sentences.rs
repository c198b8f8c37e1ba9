//! What pages say about operations on voyages.

use super::pages::calls;
use crate::messages::{Facts, Message, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences, count};
use crate::pages::places::{People, Places};
use crate::pages::visit::{Away, Visit};
use application::booking::CargoView;
use application::queries::At;
use application::voyages::{MovementView, RegisterVessel, RescheduleVoyage, VoyageView};
use async_trait::async_trait;
use domain::Event;
use domain::Moment;
use domain::Names;
use domain::booking::{BookingEvent, Cargo, TrackingId};
use domain::locations::UnLocode;
use domain::space::Space;
use domain::voyages::{ImoNumber, RegisteredVessel, Voyage, VoyageEvent, VoyageNumber};
use serde_json::Value;
use std::collections::BTreeSet;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

declare_facts! {
    /// The facts of an operation on a voyage.
    VoyageFacts {
        voyage: VoyageNumber,
        from: UnLocode,
        to: UnLocode,
        capacity: Space,
        limit: Space,
        vessel: String,
        /// 0 for readers who may not see the limit.
        overbooking_percent: u64,
        /// Which departures take bookings: `all`, only `later` ones, or none, because booking has
        /// `closed` or the ship has `departed`.
        booking: &'static str,
        affected_cargoes: usize,
        /// What kind of time changed: a `departure`, an `arrival` or `nothing`.
        moved: &'static str,
        /// Where it changes.
        port: UnLocode,
        /// What became of a call: `omitted`, `restored` or `kept`.
        call: &'static str,
        /// The new time.
        time: Moment,
        /// Whether it is `earlier` or `later`.
        direction: &'static str,
        /// By how many whole days. 0 below two days.
        days: u64,
        /// And by how many hours.
        hours: u64,
        /// Whether the cut-off has `changed` or is `kept`.
        cut_off: &'static str,
        cut_off_hours: u16,
        cut_off_hours_before: u16,
        delayed_cargoes: usize,
        missed_connections: usize,
        left_unready: usize,
        missed_deadlines: usize,
    }
}

declare_facts! {
    /// A time that a new schedule changed.
    ChangeFacts {
        /// A `departure`, an `arrival` or the `cut-off`.
        moved: &'static str,
        port: UnLocode,
        before: Moment,
        time: Moment,
        cut_off_hours_before: u16,
        cut_off_hours: u16,
    }
}

const TIME_CHANGED: Message = Message {
    name: "voyage-time-changed",
    facts: ChangeFacts::NAMES,
};

/// The messages of pages about voyages.
pub(crate) const NOTES: &[&Message] = &[&TIME_CHANGED];

/// What pages say after the operations of this subdomain.
pub(crate) struct VoyageSentences;

#[async_trait]
impl Sentences for VoyageSentences {
    fn names(&self) -> &'static [&'static str] {
        VoyageFacts::NAMES
    }

    async fn facts(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        if recorded.is_of::<RegisterVessel>() {
            return registered_vessel(visit, recorded).await;
        }
        let (name, position) = (recorded.name.as_str(), recorded.entry.position);
        let Some(now) = voyage_after(visit, name, position).await? else {
            return Ok(None);
        };
        let before = match recorded.is_of::<RescheduleVoyage>() {
            true => voyage_after(visit, name, position.saturating_sub(1)).await?,
            false => None,
        };
        let Some(mut facts) = facts_of(recorded, before.as_ref(), &now, visit.now) else {
            return Ok(None);
        };
        facts.delayed_cargoes = delayed(visit, recorded).await?;
        Ok(Some(facts.list()))
    }

    /// The times that a new schedule changed.
    async fn changes(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Vec<String>, Away> {
        if !recorded.is_of::<RescheduleVoyage>() {
            return Ok(Vec::new());
        }
        let (name, position) = (recorded.name.as_str(), recorded.entry.position);
        let before = voyage_after(visit, name, position.saturating_sub(1)).await?;
        let now = voyage_after(visit, name, position).await?;
        let (Some(before), Some(now)) = (before, now) else {
            return Ok(Vec::new());
        };
        let places = Places::load(&mut visit.reading, calls(&now)).await?;
        Ok(rescheduled(&before, &now, &places))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Voyages(event) = event else {
            return None;
        };
        Some(match event {
            VoyageEvent::VoyageCancelled(event) => vec![event.reason.clone()],
            VoyageEvent::VoyageRescheduled(event) => event.reason.iter().cloned().collect(),
            VoyageEvent::DepartureReported(event) => vec![
                reader.location(&event.location),
                reader.time_in(event.departed_at, &event.location),
            ],
            VoyageEvent::ArrivalReported(event) => vec![
                reader.location(&event.location),
                reader.time_in(event.arrived_at, &event.location),
            ],
            VoyageEvent::DepartureRetracted(event) => vec![
                reader.location(&event.location),
                reader.time_in(event.departed_at, &event.location),
                event.reason.clone(),
            ],
            VoyageEvent::ArrivalRetracted(event) => vec![
                reader.location(&event.location),
                reader.time_in(event.arrived_at, &event.location),
                event.reason.clone(),
            ],
            VoyageEvent::VesselRegistered(event) => {
                let name = event.particulars.name.to_string();
                [name].into_iter().chain(event.reason.clone()).collect()
            }
            VoyageEvent::VesselCorrected(event) => {
                let names = [&event.before, &event.particulars].map(|own| own.name.to_string());
                let name = match names[0] == names[1] {
                    true => names[1].clone(),
                    false => names.join(" → "),
                };
                [name].into_iter().chain(event.reason.clone()).collect()
            }
            VoyageEvent::VoyageVesselChanged(event) => {
                let ships = [&event.before, &event.vessel].map(|ship| ship.name.to_string());
                let ships = vec![ships.join(" → ")];
                ships.into_iter().chain(event.reason.clone()).collect()
            }
            VoyageEvent::CallOmitted(event) => {
                let port = reader.location(&event.location);
                [port].into_iter().chain(event.reason.clone()).collect()
            }
            VoyageEvent::CallRestored(event) => {
                let port = reader.location(&event.location);
                [port].into_iter().chain(event.reason.clone()).collect()
            }
            VoyageEvent::VoyageScheduled(_) | VoyageEvent::VoyageCapacityChanged(_) => Vec::new(),
        })
    }
}

/// The facts of a vessel, as it was after an entry.
async fn registered_vessel(visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
    let Ok(imo) = recorded.name.parse::<ImoNumber>() else {
        return Ok(None);
    };
    let when = Some(At::Position(recorded.entry.position)).into();
    let vessel = visit
        .reading
        .one::<RegisteredVessel>(&imo, when)
        .await?
        .view;
    Ok(Some(vec![
        ("vessel", vessel.name.to_string().into()),
        ("capacity", Space::from(vessel.capacity).into()),
    ]))
}

/// A voyage as it was after an entry.
pub(crate) async fn voyage_after(
    visit: &mut Visit,
    number: &str,
    position: u64,
) -> Result<Option<VoyageView>, Away> {
    let Ok(number) = number.parse::<VoyageNumber>() else {
        return Ok(None);
    };
    let when = Some(At::Position(position)).into();
    Ok(Some(visit.reading.one::<Voyage>(&number, when).await?.view))
}

/// The facts of an operation, from the voyage after it. A new schedule is compared with the voyage
/// before it.
fn facts_of(
    recorded: &Recorded,
    before: Option<&VoyageView>,
    now: &VoyageView,
    time_now: Moment,
) -> Option<VoyageFacts> {
    let (first, last) = (now.movements.first()?, now.movements.last()?);
    let moved = match before {
        Some(before) => first_moved(before, now),
        None => reported_time(recorded),
    };
    let (port, time) = match &moved {
        Some(moved) => (moved.port.clone(), moved.time),
        None => (first.from.clone(), first.departs),
    };
    let (port, call) = match changed_call(recorded) {
        Some((port, change)) => (port, change),
        None => (port, "kept"),
    };
    let hours = moved.as_ref().map_or(0, |moved| moved.hours);
    let cut_off_hours_before = before.map_or(now.cut_off_hours, |before| before.cut_off_hours);
    let Missed {
        connections,
        ready_dates,
        deadlines,
    } = missed(recorded);
    Some(VoyageFacts {
        voyage: now.voyage.clone(),
        from: first.from.clone(),
        to: last.to.clone(),
        capacity: now.capacity.into(),
        vessel: now.vessel.name.to_string(),
        limit: first.limit.unwrap_or(now.capacity).into(),
        overbooking_percent: first.limit.map_or(0, |_| now.overbooking_percent.into()),
        booking: booking(now, time_now),
        affected_cargoes: count(&recorded.outcome["affected_cargoes"]),
        moved: moved.as_ref().map_or("nothing", |moved| moved.what),
        port,
        call,
        time,
        direction: match hours < 0 {
            true => "earlier",
            false => "later",
        },
        days: match hours.unsigned_abs() / 24 {
            1 => 0,
            days => days,
        },
        hours: match hours.unsigned_abs() {
            hours @ ..48 => hours,
            hours => hours % 24,
        },
        cut_off: match cut_off_hours_before == now.cut_off_hours {
            true => "kept",
            false => "changed",
        },
        cut_off_hours: now.cut_off_hours,
        cut_off_hours_before,
        delayed_cargoes: 0,
        missed_connections: connections.len(),
        left_unready: ready_dates.len(),
        missed_deadlines: deadlines.len(),
    })
}

/// Which departures of a voyage take bookings.
fn booking(voyage: &VoyageView, now: Moment) -> &'static str {
    let is_open = |own: &&MovementView| !own.has_departed(now) && voyage.cut_off(own) > now;
    let mut movements = voyage.movements.iter();
    match movements.clone().position(|own| is_open(&own)) {
        Some(0) => "all",
        Some(_) => "later",
        None if movements.all(|own| own.has_departed(now)) => "departed",
        None => "closed",
    }
}

/// How many cargoes will arrive later. Those that an entry delayed but that have no estimated arrival
/// any more are not among them.
async fn delayed(visit: &mut Visit, recorded: &Recorded) -> Result<usize, Away> {
    let delayed = recorded.outcome["delayed_cargoes"].as_array();
    let names = delayed.into_iter().flatten().filter_map(Value::as_str);
    let cargoes = names.filter_map(|name| name.parse::<TrackingId>().ok());
    let lookups: Vec<_> = cargoes.map(|cargo| cargo.lookup()).collect();
    if lookups.is_empty() {
        return Ok(0);
    }
    let found: Vec<CargoView> = visit.reading.some::<Cargo>(lookups).await?;
    let arriving = found.iter().filter(|own| own.delivery.eta.is_some());
    Ok(arriving.count())
}

/// The time that an operation changed: the reported one, or the first that a new schedule changes.
struct ChangedTime {
    what: &'static str,
    port: UnLocode,
    time: Moment,
    /// How much later it is.
    hours: i64,
}

impl ChangedTime {
    fn new(what: &'static str, port: &UnLocode, was: Moment, time: Moment) -> Self {
        Self {
            what,
            port: port.clone(),
            time,
            hours: (time.micros() - was.micros()) / MICROS_PER_HOUR,
        }
    }
}

fn first_moved(before: &VoyageView, now: &VoyageView) -> Option<ChangedTime> {
    let mut pairs = before.movements.iter().zip(&now.movements);
    let departs = pairs.clone().find(|(was, is)| was.departs != is.departs);
    if let Some((was, is)) = departs {
        let moved = ChangedTime::new("departure", &is.from, was.departs, is.departs);
        return Some(moved);
    }
    let (was, is) = pairs.find(|(was, is)| was.arrives != is.arrives)?;
    Some(ChangedTime::new("arrival", &is.to, was.arrives, is.arrives))
}

/// Each time that differs between two schedules: the old one and the new one.
fn rescheduled(before: &VoyageView, now: &VoyageView, places: &Places) -> Vec<String> {
    let mut said = Vec::new();
    for (was, is) in before.movements.iter().zip(&now.movements) {
        for (moved, port, before, time) in [
            ("departure", &is.from, was.departs, is.departs),
            ("arrival", &is.to, was.arrives, is.arrives),
        ] {
            if before != time {
                let facts = ChangeFacts {
                    moved,
                    port: port.clone(),
                    before,
                    time,
                    cut_off_hours_before: 0,
                    cut_off_hours: 0,
                };
                said.push(TIME_CHANGED.say(&facts.list(), &People(places)));
            }
        }
    }
    if let Some(first) = now.movements.first()
        && before.cut_off_hours != now.cut_off_hours
    {
        let facts = ChangeFacts {
            moved: "cut-off",
            port: first.from.clone(),
            before: first.departs,
            time: first.departs,
            cut_off_hours_before: before.cut_off_hours,
            cut_off_hours: now.cut_off_hours,
        };
        said.push(TIME_CHANGED.say(&facts.list(), &People(places)));
    }
    said
}

/// What an entry reported, compared with what was known before.
fn reported_time(recorded: &Recorded) -> Option<ChangedTime> {
    let events = recorded.events();
    events.iter().find_map(|event| match event {
        Event::Voyages(VoyageEvent::DepartureReported(own)) => {
            let (was, is) = (own.before, own.departed_at);
            Some(ChangedTime::new("departure", &own.location, was, is))
        }
        Event::Voyages(VoyageEvent::ArrivalReported(own)) => {
            let (was, is) = (own.before, own.arrived_at);
            Some(ChangedTime::new("arrival", &own.location, was, is))
        }
        Event::Voyages(VoyageEvent::DepartureRetracted(own)) => {
            let (was, is) = (own.departed_at, own.expected);
            Some(ChangedTime::new("departure", &own.location, was, is))
        }
        Event::Voyages(VoyageEvent::ArrivalRetracted(own)) => {
            let (was, is) = (own.arrived_at, own.expected);
            Some(ChangedTime::new("arrival", &own.location, was, is))
        }
        _ => None,
    })
}

/// The call that an entry changed, and how.
fn changed_call(recorded: &Recorded) -> Option<(UnLocode, &'static str)> {
    let events = recorded.events();
    events.into_iter().find_map(|event| match event {
        Event::Voyages(VoyageEvent::CallOmitted(own)) => Some((own.location, "omitted")),
        Event::Voyages(VoyageEvent::CallRestored(own)) => Some((own.location, "restored")),
        _ => None,
    })
}

/// The cargoes that an entry made miss something.
#[derive(Default)]
struct Missed {
    connections: BTreeSet<TrackingId>,
    ready_dates: BTreeSet<TrackingId>,
    deadlines: BTreeSet<TrackingId>,
}

fn missed(recorded: &Recorded) -> Missed {
    let mut missed = Missed::default();
    for event in recorded.events() {
        match event {
            Event::Booking(BookingEvent::ConnectionMissed(own)) => {
                missed.connections.insert(own.cargo);
            }
            Event::Booking(BookingEvent::DepartsBeforeReady(own)) => {
                missed.ready_dates.insert(own.cargo);
            }
            Event::Booking(BookingEvent::DeadlineAtRisk(own)) => {
                missed.deadlines.insert(own.cargo);
            }
            _ => {}
        }
    }
    missed
}
