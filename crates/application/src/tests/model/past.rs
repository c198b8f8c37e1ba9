//! What was read is read again later, at the position at which it was read.

use super::ask::number;
use super::containers::container_number;
use super::reference::{HOUR, PORTS, Reference, SIZE_TYPES, Time};
use crate::caller::Caller;
use crate::queries::{At, Queries, Reading, Viewed, When, WhenListed};
use crate::tests::world::World;
use domain::booking::{Cargo, CargoFilter, TrackingId};
use domain::customers::{Customer, CustomerFilter, CustomerId};
use domain::handling::{HandlingEvent, HandlingFilter};
use domain::voyages::{Voyage, VoyageFilter, VoyageNumber};
use domain::{Moment, Names};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

/// How many lists are read at a position.
const LISTS: u64 = 4;
/// The items of a page: few, so that lists have several.
const PAGE: u64 = 2;

/// Something that can be read.
#[derive(Debug, Clone)]
enum Question {
    Cargoes(CargoFilter),
    Voyages(VoyageFilter),
    Events(HandlingFilter),
    Customers(CustomerFilter),
    Cargo(TrackingId),
    Voyage(VoyageNumber),
}

/// What was read at a position.
#[derive(Default)]
pub(super) struct Remembered(Vec<(u64, Question, Value)>);

impl Remembered {
    /// Reads some lists and resources at the head, which is at this position.
    pub(super) fn read(&mut self, world: &World, reference: &Reference, position: u64, now: Time) {
        let mut reading = reading(world);
        let picked = (0..LISTS).map(|turn| {
            let dice = (position * LISTS + turn).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            question(reference, dice, now)
        });
        for question in picked {
            let answer = question.answer(&mut reading, position);
            self.0.push((position, question, answer));
        }
    }

    /// Asks everything again.
    pub(super) fn ask_again(&self, world: &World) -> Result<(), String> {
        let mut reading = reading(world);
        for (position, question, answer) in &self.0 {
            let again = question.answer(&mut reading, *position);
            if again != *answer {
                return Err(format!(
                    "{question:?} at {position} was {answer}, and later {again}"
                ));
            }
        }
        Ok(())
    }
}

fn reading(world: &World) -> Reading {
    let queries = Queries::new(Arc::new(world.store.clone()), world.clock.clone());
    block_on(queries.visit(&Caller::System("the reference"))).expect("it may read")
}

fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value of its type")
}

/// A question about what there is.
fn question(reference: &Reference, dice: u64, now: Time) -> Question {
    let [sort, dice] = [dice % 12, dice / 12];
    let any = |count: usize| usize::try_from(dice).expect("64 bits") % count.max(1);
    match sort {
        0 => Question::Customers(CustomerFilter::default()),
        1 => Question::Voyages(VoyageFilter::default()),
        2 => Question::Voyages(VoyageFilter {
            port: Some(read(PORTS[any(PORTS.len())])),
            ..VoyageFilter::default()
        }),
        3 => Question::Voyages(VoyageFilter {
            departs_from: Some(Moment::from_micros(now)),
            status: Some(read(["SCHEDULED", "CANCELLED"][any(2)])),
            ..VoyageFilter::default()
        }),
        4 => Question::Events(match any(4) {
            0 => HandlingFilter::default(),
            1 => HandlingFilter {
                location: Some(read(PORTS[any(PORTS.len())])),
                ..HandlingFilter::default()
            },
            2 => HandlingFilter {
                voyage: Some(read(&number(any(reference.voyages.len())))),
                ..HandlingFilter::default()
            },
            _ => HandlingFilter {
                status: Some(read(["REGISTERED", "RETRACTED"][any(2)])),
                ..HandlingFilter::default()
            },
        }),
        5 if !reference.cargoes.is_empty() => {
            let cargo = &reference.cargoes[any(reference.cargoes.len())];
            Question::Cargo(read(&cargo.tracking))
        }
        6 if !reference.voyages.is_empty() => {
            let voyage = reference.voyages[any(reference.voyages.len())].number;
            Question::Voyage(read(&number(voyage)))
        }
        _ => Question::Cargoes(cargoes(reference, dice, now)),
    }
}

/// A filter of cargoes.
fn cargoes(reference: &Reference, dice: u64, now: Time) -> CargoFilter {
    let all = CargoFilter::default;
    let [sort, dice] = [dice % 16, dice / 16];
    let any = |count: usize| usize::try_from(dice).expect("64 bits") % count.max(1);
    let port = || Some(read(PORTS[any(PORTS.len())]));
    let (yes, time) = (Some(any(2) == 0), Moment::from_micros(now + 24 * HOUR));
    let statuses = [
        "REQUESTED",
        "BOOKED",
        "ACCEPTED",
        "CONFIRMED",
        "REJECTED",
        "CANCELLED",
        "COMPLETED",
    ];
    let transports = ["NOT_RECEIVED", "IN_PORT", "ONBOARD_CARRIER", "CLAIMED"];
    let customer = &reference.customers[any(reference.customers.len())];
    let container = container_number(any(SIZE_TYPES.len()));
    match sort {
        0 => all(),
        1 | 2 => CargoFilter {
            unfinished: true,
            ..all()
        },
        3 | 4 => CargoFilter {
            status: Some(read(statuses[any(statuses.len())])),
            ..all()
        },
        5 => CargoFilter {
            customer: Some(CustomerId(read(&customer.id))),
            ..all()
        },
        6 => CargoFilter {
            voyage: Some(read(&number(any(reference.voyages.len())))),
            ..all()
        },
        7 => CargoFilter {
            port: port(),
            ..all()
        },
        8 => CargoFilter {
            origin: port(),
            unfinished: true,
            ..all()
        },
        9 => CargoFilter {
            at_risk: yes,
            ..all()
        },
        10 => CargoFilter {
            misdirected: yes,
            port: port(),
            ..all()
        },
        11 => CargoFilter {
            containers: Some(vec![read(&container)]),
            ..all()
        },
        12 => CargoFilter {
            next_at: port(),
            next_until: Some(time),
            ..all()
        },
        13 => CargoFilter {
            reefer: yes,
            unfinished: true,
            ..all()
        },
        14 => CargoFilter {
            dangerous: yes,
            customer: Some(CustomerId(read(&customer.id))),
            ..all()
        },
        _ => CargoFilter {
            transport_status: Some(read(transports[any(transports.len())])),
            ..all()
        },
    }
}

impl Question {
    fn answer(&self, reading: &mut Reading, position: u64) -> Value {
        match self {
            Self::Cargoes(filter) => list::<Cargo>(reading, filter, position),
            Self::Voyages(filter) => list::<Voyage>(reading, filter, position),
            Self::Events(filter) => list::<HandlingEvent>(reading, filter, position),
            Self::Customers(filter) => without_names(list::<Customer>(reading, filter, position)),
            Self::Cargo(name) => one(reading, name, position),
            Self::Voyage(name) => one(reading, name, position),
        }
    }
}

/// All pages of a list.
fn list<A: Viewed>(reading: &mut Reading, filter: &A::Filter, position: u64) -> Value {
    let when = WhenListed {
        at: Some(At::Position(position)),
        changed_after: None,
    };
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = reading.list_when::<A>(filter.clone(), when, cursor.as_deref(), PAGE);
        let page = block_on(page).expect("a page").page;
        let found = page.items.iter().map(serde_json::to_value);
        items.extend(found.map(|item| item.expect("JSON")));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return json!(items),
        }
    }
}

fn one<A: Viewed>(reading: &mut Reading, name: &(impl Names<A> + Sync), position: u64) -> Value {
    let when = When {
        at: Some(At::Position(position)),
        ..When::default()
    };
    let found = block_on(reading.one::<A>(name, when)).expect("it is there");
    json!([
        found.version,
        serde_json::to_value(&found.view).expect("JSON")
    ])
}

/// Customers without what an erasure takes away from the past.
fn without_names(mut customers: Value) -> Value {
    for customer in customers.as_array_mut().expect("a list") {
        let fields = customer.as_object_mut().expect("an object");
        fields.retain(|field, _| ["id", "status", "version"].contains(&field.as_str()));
    }
    customers
}
