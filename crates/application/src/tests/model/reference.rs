//! The reference: the same world in plain vectors, and the answers of a naive clerk.
//!
//! Nothing here is fast, and nothing comes from the domain. Space is not stored but counted each
//! time. Legs do not store times but look them up in the timetable. Everything derived comes from
//! all reports ever made. If several rules are broken at once, the order of the checks is that of
//! the operations.

use super::containers::Container;
use super::delivery::Delivery;
use super::special::Space;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Microseconds since 1970.
pub(super) type Time = i64;
pub(super) const HOUR: Time = 3_600_000_000;
/// The minimum time between an arrival and the departure of the next leg.
pub(super) const CONNECTION: Time = 6 * HOUR;
/// The ports of the world that are used, and one that is unknown.
pub(super) const PORTS: [&str; 6] = ["HKHKG", "JPTYO", "USNYC", "USCHI", "SESTO", "AUMEL"];
pub(super) const UNKNOWN_PORT: usize = 5;
/// Kinds of containers: size and type, with the size in quarters of a TEU.
pub(super) const SIZE_TYPES: [(&str, u64); 4] =
    [("22G1", 4), ("45G1", 8), ("L5G1", 9), ("45R1", 8)];
/// The kind that takes a reefer plug.
const REEFER: usize = 3;
/// A name that no cargo and no handling event has.
pub(super) const NOBODY: usize = usize::MAX;

/// The name of the broken rule.
pub(super) type Rule = &'static str;
pub(super) type Decided = Result<Answer, Rule>;

/// The caller's answer, and each event's type and subject.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) outcome: Value,
    pub(super) events: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) suspended: bool,
    pub(super) erased: bool,
    pub(super) version: u64,
}

/// A movement of a timetable.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sailing {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) departs: Time,
    pub(super) arrives: Time,
}

/// A movement with three kinds of time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Movement {
    /// As published.
    pub(super) scheduled: Sailing,
    /// As the planner estimated it last.
    pub(super) estimated: Sailing,
    /// As it follows from the estimates and the reports of other calls.
    pub(super) expected: Sailing,
    pub(super) departed_at: Option<Time>,
    pub(super) arrived_at: Option<Time>,
    /// Its voyage was cancelled before it departed.
    pub(super) cancelled: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voyage {
    pub(super) number: usize,
    /// The ship.
    pub(super) ship: usize,
    pub(super) quarter_teu: u64,
    pub(super) kg: u64,
    /// Reefer plugs, once they are stated.
    pub(super) plugs: Option<u64>,
    pub(super) percent: u64,
    /// The classes of dangerous goods that it takes.
    pub(super) classes: Vec<usize>,
    pub(super) cut_off_hours: i64,
    pub(super) movements: Vec<Movement>,
    pub(super) is_cancelled: bool,
    /// The calls that the ship omits, from 0.
    pub(super) omitted: Vec<usize>,
    pub(super) version: u64,
}

/// The movements that a cargo crosses on one voyage, by index: `first` to `last`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leg {
    pub(super) voyage: usize,
    pub(super) first: usize,
    pub(super) last: usize,
    /// Its voyage was cancelled before it was over.
    pub(super) is_lost: bool,
}

/// A leg with the best known times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scheduled {
    pub(super) voyage: usize,
    pub(super) load_at: usize,
    pub(super) load_time: Time,
    pub(super) unload_at: usize,
    pub(super) unload_time: Time,
    pub(super) cut_off: Time,
    /// Whether the departure was reported.
    pub(super) departed: bool,
    pub(super) cancelled: bool,
    /// Whether the ship omits the call of loading, and that of unloading.
    pub(super) omitted: (bool, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Requested,
    Booked,
    Accepted,
    Confirmed,
    Rejected,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cargo {
    pub(super) id: String,
    pub(super) tracking: String,
    pub(super) customer: usize,
    /// Kinds of [`SIZE_TYPES`], and the number of each.
    pub(super) equipment: Vec<(usize, u64)>,
    pub(super) kg: u64,
    /// Those of its containers that have a number.
    pub(super) containers: Vec<Container>,
    /// The temperature of its reefers, in tenths of a degree.
    pub(super) set_point: Option<i64>,
    /// Kinds of dangerous goods.
    pub(super) goods: Vec<usize>,
    /// A number in the customer's reference.
    pub(super) reference: Option<u8>,
    pub(super) split_from: Option<String>,
    pub(super) split_into: Vec<String>,
    pub(super) origin: usize,
    /// The first origin, once it has been rerouted from elsewhere.
    pub(super) first_origin: Option<usize>,
    pub(super) destination: usize,
    pub(super) deadline: Time,
    pub(super) ready_from: Option<Time>,
    /// The status without regard to a claim that stands.
    pub(super) status: Status,
    pub(super) legs: Vec<Leg>,
    /// What it sails before the first leg, on the ship that it was on when the legs were assigned.
    pub(super) approach: Option<Leg>,
    pub(super) counts_from: Option<Time>,
    /// Its handling events, by index, in the order in which they count.
    pub(super) history: Vec<usize>,
    pub(super) version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Receive,
    Load,
    Unload,
    Customs,
    Claim,
}

/// A report about a cargo, in order of registration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) cargo: usize,
    pub(super) kind: Kind,
    pub(super) port: usize,
    pub(super) voyage: Option<usize>,
    /// The number of the container that it is about, unless it is about the whole cargo.
    pub(super) container: Option<usize>,
    pub(super) completed: Time,
    pub(super) registered: Time,
    pub(super) retracted: bool,
    /// How it contradicted the timetable, and the time that it contradicted.
    pub(super) doubt: Option<(&'static str, Option<Time>)>,
}

/// What an operation changed, by index. Each gets one new version, however many times it was
/// changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Touched {
    Customer(usize),
    Voyage(usize),
    Cargo(usize),
}

/// What is made before an operation runs, and so is not decided by the reference.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) id: String,
    pub(super) tracking: String,
    /// The id of the first report about a cargo that is split off. The others count on from it.
    pub(super) first_report: String,
}

#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) customers: Vec<Customer>,
    pub(super) voyages: Vec<Voyage>,
    pub(super) cargoes: Vec<Cargo>,
    pub(super) events: Vec<Event>,
    /// The ships that are known.
    pub(super) ships: BTreeSet<usize>,
    /// Voyage and movement: what was booked on it when it departed.
    pub(super) sailed: BTreeMap<(usize, usize), Space>,
    pub(super) touched: Vec<Touched>,
}

impl Movement {
    pub(super) fn new(planned: &Sailing) -> Self {
        Self {
            scheduled: planned.clone(),
            estimated: planned.clone(),
            expected: planned.clone(),
            departed_at: None,
            arrived_at: None,
            cancelled: false,
        }
    }

    /// With the best known times: the reported ones, otherwise the expected ones.
    pub(super) fn known(&self) -> Sailing {
        Sailing {
            departs: self.departed_at.unwrap_or(self.expected.departs),
            arrives: self.arrived_at.unwrap_or(self.expected.arrives),
            ..self.expected.clone()
        }
    }
}

impl Voyage {
    /// Whether a movement has departed: it was reported, or is presumed. At the exact time of its
    /// expected departure it is not.
    pub(super) fn has_departed(&self, movement: usize, now: Time) -> bool {
        let movement = &self.movements[movement];
        movement.departed_at.is_some() || movement.expected.departs < now
    }

    /// Whether the ship does not call there: the call before a movement, or after the last one.
    pub(super) fn omits(&self, call: usize) -> bool {
        self.omitted.contains(&call)
    }

    /// The ports of call.
    pub(super) fn calls(&self) -> Vec<usize> {
        let first = self.movements.iter().map(|m| m.expected.from).take(1);
        let others = self.movements.iter().map(|m| m.expected.to);
        first.chain(others).collect()
    }

    /// The movements with the best known times.
    pub(super) fn sailings(&self) -> Vec<Sailing> {
        self.movements.iter().map(Movement::known).collect()
    }
}

impl Cargo {
    pub(super) fn size(&self) -> Space {
        let sizes = self.equipment.iter();
        let quarters = sizes.map(|(kind, count)| SIZE_TYPES[*kind].1 * count).sum();
        let reefers = self.equipment.iter().filter(|(kind, _)| *kind == REEFER);
        let plugs = reefers.map(|(_, count)| count).sum();
        [quarters, self.kg, plugs]
    }

    pub(super) fn is_given_up(&self) -> bool {
        matches!(self.status, Status::Rejected | Status::Cancelled)
    }
}

pub(super) fn require(holds: bool, rule: Rule) -> Result<(), Rule> {
    if holds { Ok(()) } else { Err(rule) }
}

impl Reference {
    pub(super) fn new(customers: Vec<String>) -> Self {
        let customers = customers.into_iter().map(|id| Customer {
            id,
            suspended: false,
            erased: false,
            version: 1,
        });
        Self {
            customers: customers.collect(),
            voyages: Vec::new(),
            cargoes: Vec::new(),
            events: Vec::new(),
            ships: BTreeSet::new(),
            sailed: BTreeMap::new(),
            touched: Vec::new(),
        }
    }

    /// The index of the voyage with a number.
    pub(super) fn voyage(&self, number: usize) -> Result<usize, Rule> {
        let found = self.voyages.iter().position(|v| v.number == number);
        found.ok_or("VoyageMustBeKnown")
    }

    pub(super) fn known_cargo(&self, cargo: usize) -> Result<(), Rule> {
        require(cargo < self.cargoes.len(), "CargoMustBeKnown")
    }

    pub(super) fn known_port(port: usize) -> Result<(), Rule> {
        require(port < UNKNOWN_PORT, "LocationMustBeKnown")
    }

    /// Movements that have departed by now keep the load they sailed with.
    pub(super) fn sail(&mut self, now: Time) {
        for ((voyage, movement), load) in self.loads() {
            if self.voyages[voyage].has_departed(movement, now) {
                self.sailed.insert((voyage, movement), load);
            }
        }
    }

    /// The load of a movement, as long as it has not departed. Plugs count where they are stated.
    pub(super) fn load(&self, voyage: usize, movement: usize) -> Space {
        let sailed = self.sailed.get(&(voyage, movement)).copied();
        sailed.unwrap_or_else(|| self.space_booked(voyage, movement))
    }

    /// What is booked on a movement: each cargo counts once if it is on board then, on a leg or
    /// between two legs of one stay.
    pub(super) fn space_booked(&self, voyage: usize, movement: usize) -> Space {
        let mut load = [0; 3];
        for cargo in &self.cargoes {
            let held: Vec<&Leg> = cargo.approach.iter().chain(&cargo.legs).collect();
            let crosses = |first: &Leg, last: &Leg| {
                let stays = first.voyage == voyage && last.voyage == voyage;
                stays && first.first <= movement && movement <= last.last
            };
            let mut stays = held.windows(2).map(|pair| (pair[0], pair[1]));
            let between = |(leg, next): (&Leg, &Leg)| leg.last < next.first && crosses(leg, next);
            if held.iter().any(|leg| crosses(leg, leg)) || stays.any(between) {
                let size = cargo.size();
                load = [0, 1, 2].map(|measure| load[measure] + size[measure]);
            }
        }
        if self.voyages[voyage].plugs.is_none() {
            load[2] = 0;
        }
        load
    }

    /// The load of each movement of each voyage.
    pub(super) fn loads(&self) -> BTreeMap<(usize, usize), Space> {
        let voyages = self.voyages.iter().enumerate();
        let all = voyages.flat_map(|(voyage, state)| {
            (0..state.movements.len()).map(move |movement| (voyage, movement))
        });
        all.map(|(voyage, movement)| ((voyage, movement), self.load(voyage, movement)))
            .collect()
    }

    /// A leg with the best known times.
    pub(super) fn scheduled(&self, leg: &Leg) -> Scheduled {
        let voyage = &self.voyages[leg.voyage];
        let first = voyage.movements[leg.first].known();
        let last = voyage.movements[leg.last].known();
        Scheduled {
            voyage: voyage.number,
            load_at: first.from,
            load_time: first.departs,
            unload_at: last.to,
            unload_time: last.arrives,
            cut_off: first.departs - voyage.cut_off_hours * HOUR,
            departed: voyage.movements[leg.first].departed_at.is_some(),
            cancelled: leg.is_lost,
            omitted: (voyage.omits(leg.first), voyage.omits(leg.last + 1)),
        }
    }

    pub(super) fn has_departed_over(&self, leg: &Leg, now: Time) -> bool {
        let voyage = &self.voyages[leg.voyage];
        (leg.first..=leg.last).all(|movement| voyage.has_departed(movement, now))
    }

    pub(super) fn legs(&self, cargo: usize) -> Vec<Scheduled> {
        let legs = self.cargoes[cargo].legs.iter();
        legs.map(|leg| self.scheduled(leg)).collect()
    }

    pub(super) fn approach(&self, cargo: usize) -> Option<Scheduled> {
        let approach = self.cargoes[cargo].approach;
        approach.map(|leg| self.scheduled(&leg))
    }

    /// The number of cargoes that have one.
    pub(super) fn approaches(&self) -> usize {
        let cargoes = self.cargoes.iter();
        cargoes.filter(|cargo| cargo.approach.is_some()).count()
    }

    /// Everything that a cargo has space on.
    pub(super) fn held(&self, cargo: usize) -> Vec<Scheduled> {
        let mut held = self.legs(cargo);
        held.extend(self.approach(cargo));
        held
    }

    /// The handling events of a cargo that stand, in the order in which they count.
    pub(super) fn handled(&self, cargo: usize) -> Vec<&Event> {
        let places = self
            .cargoes
            .get(cargo)
            .map_or(&[][..], |cargo| &cargo.history);
        let events = places.iter().map(|place| &self.events[*place]);
        events.filter(|event| !event.retracted).collect()
    }

    /// The delivery without what the clock makes overdue.
    pub(super) fn delivery(&self, cargo: usize) -> Delivery {
        self.delivery_at(cargo, Time::MIN)
    }

    pub(super) fn delivery_at(&self, cargo: usize, now: Time) -> Delivery {
        Delivery::derive(
            &self.cargoes[cargo],
            &self.legs(cargo),
            self.approach(cargo).as_ref(),
            &self.handled(cargo),
            now,
        )
    }

    /// A cargo is COMPLETED exactly if all of it was claimed.
    pub(super) fn is_finished(&self, cargo: usize) -> bool {
        let moves = self.moves(cargo);
        moves.last().is_some_and(|event| event.kind == Kind::Claim)
    }

    pub(super) fn status_word(&self, cargo: usize) -> &'static str {
        match self.cargoes[cargo].status {
            _ if self.is_finished(cargo) => "COMPLETED",
            Status::Requested => "REQUESTED",
            Status::Booked => "BOOKED",
            Status::Accepted => "ACCEPTED",
            Status::Confirmed => "CONFIRMED",
            Status::Rejected => "REJECTED",
            Status::Cancelled => "CANCELLED",
        }
    }

    /// The answer that a cargo was changed.
    pub(super) fn changed(&mut self, cargo: usize, events: &[&str]) -> Answer {
        self.touched.push(Touched::Cargo(cargo));
        let tracking = &self.cargoes[cargo].tracking;
        Answer {
            outcome: json!({ "cargo": tracking }),
            events: events.iter().map(|e| format!("{e} {tracking}")).collect(),
        }
    }

    /// Those of all cargoes that meet a condition, by id.
    pub(super) fn by_id(&self, meets: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.cargoes.len()).filter(|c| meets(*c)).collect();
        found.sort_by(|a, b| self.cargoes[*a].id.cmp(&self.cargoes[*b].id));
        found
    }

    pub(super) fn count_versions(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        for (place, thing) in touched.iter().enumerate() {
            if touched[..place].contains(thing) {
                continue;
            }
            match thing {
                Touched::Customer(place) => self.customers[*place].version += 1,
                Touched::Voyage(place) => self.voyages[*place].version += 1,
                Touched::Cargo(place) => self.cargoes[*place].version += 1,
            }
        }
    }
}
