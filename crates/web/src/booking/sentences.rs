//! What pages say about operations on cargoes.

use super::pages::cargoes::LIST;
use super::thing::goods;
use crate::messages::{Facts, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::voyages::sentences::voyage_after;
use application::booking::{CancelCargo, CargoView, RejectBooking, ReleaseCargo, SplitCargo};
use application::queries::{At, EntryView};
use async_trait::async_trait;
use domain::booking::{
    BookingEvent, Cargo, CargoAccepted, CargoAmended, CargoCancelled, CargoCompleted,
    CargoConfirmed, CargoCreated, CargoMisrouted, CargoRejected, Container, Contents,
    DangerousGoods, EquipmentLine, Leg, SpecificationChanged, TrackingId,
};
use domain::locations::UnLocode;
use domain::{Event, Moment};

declare_facts! {
    /// The facts of an operation on a cargo.
    CargoFacts {
        cargo: TrackingId,
        /// Its size in TEU.
        size_teu: String,
        /// Its containers: `2 × 22G1`.
        equipment: Vec<String>,
        weight_kg: u64,
        /// Their numbers.
        containers: Vec<String>,
        /// For a split cargo: the new one.
        child: String,
        /// The voyages that it is booked on.
        voyages: Vec<String>,
        origin: UnLocode,
        destination: UnLocode,
        deadline: Moment,
        /// For an amendment: what became of the containers or the weight, `changed` or `kept`.
        contents: &'static str,
        /// What became of the goods.
        goods: &'static str,
        commodity: String,
        /// What became of the dangerous goods.
        dangerous: &'static str,
        /// What became of the reference: `changed`, `cleared` or `kept`.
        refers: &'static str,
        reference: String,
        /// What became of the temperature.
        cooled: &'static str,
        /// In degrees Celsius.
        set_point: String,
        /// What became of the ready date.
        ready: &'static str,
        /// The ready date, or the deadline if there is none.
        ready_from: Moment,
        /// For a rolled cargo.
        from_voyage: String,
        /// For a rolled cargo.
        to_voyage: String,
        /// Whether it was rolled to another call of the same voyage: `call` or `voyage`.
        rolled_to: &'static str,
        /// What became of its space: `nothing`, `sailed` or `space`.
        freed: &'static str,
        freed_voyages: Vec<String>,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct BookingSentences;

#[async_trait]
impl Sentences for BookingSentences {
    fn names(&self) -> &'static [&'static str] {
        CargoFacts::NAMES
    }

    async fn facts(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let Ok(cargo) = recorded.name.parse::<TrackingId>() else {
            return Ok(None);
        };
        let when = Some(At::Position(recorded.entry.position)).into();
        let now: CargoView = visit.reading.one::<Cargo>(&cargo, when).await?.view;
        let lines = now.equipment.iter();
        let equipment = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        let mut voyages: Vec<_> = now.itinerary.iter().map(|leg| &leg.voyage).collect();
        voyages.dedup();
        let frees = recorded.is_of::<ReleaseCargo>()
            || recorded.is_of::<RejectBooking>()
            || recorded.is_of::<CancelCargo>();
        let freed = match frees {
            true => freed(visit, &recorded.entry, &cargo).await?,
            false => Freed::Nothing,
        };
        let [from_voyage, to_voyage] =
            ["from_voyage", "to_voyage"].map(|field| recorded.text(field).to_owned());
        let specification = now.route_specification;
        let changed = Changed::by(recorded);
        let facts = CargoFacts {
            size_teu: words::number(now.size_teu),
            equipment: equipment.collect(),
            weight_kg: now.gross_weight_kg,
            containers: numbers(&now.containers),
            child: child(recorded).to_owned(),
            voyages: voyages.into_iter().map(ToString::to_string).collect(),
            origin: specification.origin,
            destination: specification.destination,
            deadline: specification.arrival_deadline,
            contents: changed.contents,
            goods: changed.goods,
            commodity: now.commodity.to_string(),
            dangerous: changed.dangerous,
            refers: changed.refers,
            reference: words_of(now.reference),
            cooled: changed.cooled,
            set_point: words_of(now.set_point_celsius),
            ready: changed.ready,
            ready_from: specification
                .ready_from
                .unwrap_or(specification.arrival_deadline),
            rolled_to: match from_voyage == to_voyage {
                true => "call",
                false => "voyage",
            },
            from_voyage,
            to_voyage,
            freed: match freed {
                Freed::Nothing => "nothing",
                Freed::Sailed => "sailed",
                Freed::On(_) => "space",
            },
            freed_voyages: match freed {
                Freed::On(voyages) => voyages,
                Freed::Nothing | Freed::Sailed => Vec::new(),
            },
            cargo,
        };
        Ok(Some(facts.list()))
    }

    /// The new cargo, after a split.
    async fn next(&self, _: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let split = recorded.is_of::<SplitCargo>();
        Ok(split.then(|| format!("{LIST}/{}", child(recorded))))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Booking(event) = event else {
            return None;
        };
        Some(details(event, reader))
    }
}

/// What an amendment did with each part of the contents: `changed`, `cleared` or `kept`.
struct Changed {
    contents: &'static str,
    goods: &'static str,
    dangerous: &'static str,
    refers: &'static str,
    cooled: &'static str,
    ready: &'static str,
}

impl Changed {
    const NOTHING: Self = Self {
        contents: "kept",
        goods: "kept",
        dangerous: "kept",
        refers: "kept",
        cooled: "kept",
        ready: "kept",
    };

    fn by(recorded: &Recorded) -> Self {
        let mut events = recorded.events().into_iter();
        let amended = events.find_map(|event| match event {
            Event::Booking(BookingEvent::CargoAmended(own)) => Some(own),
            _ => None,
        });
        let Some(CargoAmended { before, now, .. }) = amended else {
            return Self::NOTHING;
        };
        let size = |own: &Contents| (own.equipment.clone(), own.gross_weight_kg);
        let listed = |goods: Vec<DangerousGoods>| Some(goods).filter(|goods| !goods.is_empty());
        Self {
            contents: kept_or_changed(size(&before) == size(&now)),
            goods: kept_or_changed(before.commodity == now.commodity),
            dangerous: change(
                &listed(before.dangerous_goods),
                &listed(now.dangerous_goods),
            ),
            refers: change(&before.reference, &now.reference),
            cooled: change(&before.set_point, &now.set_point),
            ready: change(&before.ready_from, &now.ready_from),
        }
    }
}

fn kept_or_changed(is_kept: bool) -> &'static str {
    match is_kept {
        true => "kept",
        false => "changed",
    }
}

fn change<T: PartialEq>(before: &Option<T>, now: &Option<T>) -> &'static str {
    match now {
        None if before.is_some() => "cleared",
        _ => kept_or_changed(before == now),
    }
}

fn words_of(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The cargo that a split created.
fn child(recorded: &Recorded) -> &str {
    recorded.outcome["child"].as_str().unwrap_or_default()
}

/// The space that an operation freed.
enum Freed {
    /// The cargo had no space booked.
    Nothing,
    /// All voyages that it was booked on have sailed.
    Sailed,
    /// On these voyages.
    On(Vec<String>),
}

/// The space that an entry freed: on the legs of a cargo that had a departure ahead.
async fn freed(visit: &mut Visit, entry: &EntryView, cargo: &TrackingId) -> Result<Freed, Away> {
    let before = Some(At::Position(entry.position.saturating_sub(1))).into();
    let before: CargoView = visit.reading.one::<Cargo>(cargo, before).await?.view;
    if before.itinerary.is_empty() {
        return Ok(Freed::Nothing);
    }
    let mut freed: Vec<String> = Vec::new();
    for leg in &before.itinerary {
        let number = leg.voyage.to_string();
        let found = voyage_after(visit, &number, entry.position).await?;
        let movements = found.iter().flat_map(|own| &own.movements);
        let mut movements =
            movements.filter(|own| own.departs >= leg.load_time && own.arrives <= leg.unload_time);
        if movements.any(|own| own.departs > entry.recorded_at) && !freed.contains(&number) {
            freed.push(number);
        }
    }
    Ok(match freed.is_empty() {
        true => Freed::Sailed,
        false => Freed::On(freed),
    })
}

fn numbers(containers: &[Container]) -> Vec<String> {
    let containers = containers.iter();
    containers.map(|own| own.number.to_string()).collect()
}

/// Containers, and their weight.
fn contents(equipment: &[EquipmentLine], weight_kg: u64) -> impl Iterator<Item = String> {
    let lines = equipment.iter();
    let lines = lines.map(|line| format!("{} × {}", line.count, line.size_type));
    lines.chain([format!("{weight_kg} kg")])
}

fn amended(CargoAmended { cargo, now, .. }: &CargoAmended, reader: &dyn Reader) -> Vec<String> {
    [cargo.to_string()]
        .into_iter()
        .chain(contents(&now.equipment, now.gross_weight_kg))
        .chain([now.commodity.to_string()])
        .chain(now.reference.as_ref().map(ToString::to_string))
        .chain(now.ready_from.map(|time| reader.time(time)))
        .chain(now.set_point.map(|point| format!("{point} °C")))
        .chain(Some(goods(&now.dangerous_goods)).filter(|said| !said.is_empty()))
        .collect()
}

fn details(event: &BookingEvent, reader: &dyn Reader) -> Vec<String> {
    let way = |legs: &[Leg]| -> Vec<String> {
        let leg = |leg: &Leg| {
            let [from, to] = [&leg.load_at, &leg.unload_at].map(|port| reader.location(port));
            format!("{} {from} → {to}", leg.voyage)
        };
        legs.iter().map(leg).collect()
    };
    match event {
        BookingEvent::CargoBooked(event) => way(&event.legs),
        BookingEvent::ItineraryReplaced(event) => way(&event.legs),
        BookingEvent::CargoReleased(event) => way(&event.legs),
        BookingEvent::CargoRolled(event) => {
            let onto = [&event.from_voyage, &event.to_voyage].map(ToString::to_string);
            way(&event.legs).into_iter().chain(onto).collect()
        }
        BookingEvent::CargoRejected(CargoRejected { legs, reason, .. })
        | BookingEvent::CargoCancelled(CargoCancelled { legs, reason, .. }) => {
            way(legs).into_iter().chain([reason.clone()]).collect()
        }
        BookingEvent::CargoAmended(event) => amended(event, reader),
        BookingEvent::ContainersAssigned(event) => [event.cargo.to_string()]
            .into_iter()
            .chain(numbers(&event.containers))
            .collect(),
        BookingEvent::CargoSplit(event) => [&event.cargo, &event.child]
            .map(ToString::to_string)
            .into_iter()
            .chain(contents(&event.equipment, event.gross_weight_kg))
            .collect(),
        BookingEvent::ConnectionMissed(event) => vec![
            event.cargo.to_string(),
            reader.location(&event.location),
            event.voyage.to_string(),
        ],
        BookingEvent::DepartsBeforeReady(event) => vec![
            reader.time(event.ready_from),
            event.cargo.to_string(),
            event.voyage.to_string(),
            reader.location(&event.location),
            reader.time(event.departs),
        ],
        BookingEvent::DeadlineAtRisk(event) => vec![
            reader.time(event.arrival_deadline),
            event.cargo.to_string(),
            reader.time(event.eta),
        ],
        BookingEvent::CargoMisdirected(event) => {
            let location = event.location.iter().map(|at| reader.location(at));
            [event.cargo.to_string()]
                .into_iter()
                .chain(location)
                .collect()
        }
        BookingEvent::CargoArrived(event) => {
            vec![event.cargo.to_string(), reader.location(&event.destination)]
        }
        BookingEvent::CargoReopened(event) => {
            vec![event.cargo.to_string(), event.status.to_string()]
        }
        BookingEvent::CargoCreated(CargoCreated { cargo, .. })
        | BookingEvent::SpecificationChanged(SpecificationChanged { cargo, .. })
        | BookingEvent::CargoMisrouted(CargoMisrouted { cargo })
        | BookingEvent::CargoAccepted(CargoAccepted { cargo })
        | BookingEvent::CargoConfirmed(CargoConfirmed { cargo })
        | BookingEvent::CargoCompleted(CargoCompleted { cargo }) => vec![cargo.to_string()],
    }
}
