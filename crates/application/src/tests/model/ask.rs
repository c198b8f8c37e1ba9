//! A request to both: as an input for the pipeline, and as plain numbers for the reference.

use super::containers::{Given, container_number, given_view};
use super::omissions::Omission;
use super::reference::{Kind, PORTS, Reference, SIZE_TYPES, Sailing, Time};
use super::reports::Report;
use super::special::{Offer, Special, degrees, goods_view};
use domain::Moment;
use serde_json::{Value, json};

/// A requested leg.
#[derive(Debug, Clone)]
pub(super) struct Want {
    pub(super) voyage: usize,
    pub(super) load_at: usize,
    pub(super) unload_at: usize,
    pub(super) load_time: Option<Time>,
    pub(super) unload_time: Option<Time>,
}

/// An operation with its arguments: indexes of cargoes, customers and reports, numbers of voyages.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    Schedule {
        number: usize,
        offer: Offer,
        cut_off_hours: i64,
        movements: Vec<Sailing>,
        ship: usize,
    },
    Reschedule {
        voyage: usize,
        movements: Vec<Sailing>,
    },
    ReportDeparture(Report),
    ReportArrival(Report),
    RetractReport {
        report: Report,
        arrival: bool,
    },
    OmitCall(Omission),
    ChangeCapacity {
        /// The ship that takes the voyage with this capacity, if its ship changes.
        by_ship: Option<usize>,
        voyage: usize,
        offer: Offer,
    },
    CancelVoyage {
        voyage: usize,
    },
    Create {
        customer: usize,
        origin: usize,
        destination: usize,
        deadline: Time,
        ready_from: Option<Time>,
        equipment: Vec<(usize, u64)>,
        kg: u64,
        special: Special,
    },
    Amend {
        cargo: usize,
        equipment: Option<Vec<(usize, u64)>>,
        kg: Option<u64>,
        /// Of these, something that is given without a value is taken away.
        reference: Option<Option<u8>>,
        ready_from: Option<Option<Time>>,
        set_point: Option<Option<i64>>,
        goods: Option<Vec<usize>>,
    },
    Split {
        cargo: usize,
        equipment: Vec<(usize, u64)>,
        kg: u64,
        /// The numbers of containers that go, if somebody says them.
        containers: Vec<usize>,
    },
    AssignContainers {
        cargo: usize,
        containers: Vec<Given>,
    },
    Book {
        cargo: usize,
        voyage: usize,
        calls: Option<(usize, usize)>,
    },
    Assign {
        cargo: usize,
        legs: Vec<Want>,
    },
    Release {
        cargo: usize,
        by_the_system: bool,
    },
    Roll {
        cargo: usize,
        from: usize,
        to: usize,
        load_time: Option<Time>,
        unload_time: Option<Time>,
        unload_at: Option<usize>,
        onward: Option<Vec<Want>>,
    },
    ChangeDestination {
        cargo: usize,
        destination: usize,
    },
    ChangeDeadline {
        cargo: usize,
        deadline: Time,
    },
    Reroute {
        cargo: usize,
        origin: usize,
        destination: Option<usize>,
        deadline: Option<Time>,
    },
    Accept {
        cargo: usize,
    },
    Confirm {
        cargo: usize,
    },
    Reject {
        cargo: usize,
    },
    Cancel {
        cargo: usize,
    },
    /// Of a cargo, of a container or of both.
    Register {
        cargo: Option<usize>,
        container: Option<usize>,
        kind: Kind,
        port: usize,
        voyage: Option<usize>,
        completed: Time,
    },
    Retract {
        event: usize,
    },
    Suspend {
        customer: usize,
    },
    Erase {
        customer: usize,
    },
    Reinstate {
        customer: usize,
    },
}

pub(super) fn moment(time: Time) -> String {
    Moment::from_micros(time).to_string()
}

pub(super) fn number(voyage: usize) -> String {
    format!("V{voyage}")
}

pub(super) fn equipment(lines: &[(usize, u64)]) -> Value {
    let lines = lines.iter();
    lines
        .map(|(kind, count)| json!({ "type": SIZE_TYPES[*kind].0, "count": count }))
        .collect()
}

/// A customer's reference.
pub(super) fn refers(number: u8) -> String {
    format!("PO {number}")
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Receive => "RECEIVE",
            Self::Load => "LOAD",
            Self::Unload => "UNLOAD",
            Self::Customs => "CUSTOMS",
            Self::Claim => "CLAIM",
        }
    }
}

fn timetable(movements: &[Sailing]) -> Value {
    let movements = movements.iter();
    movements
        .map(|m| {
            json!({ "from": PORTS[m.from], "to": PORTS[m.to],
                "departs": moment(m.departs), "arrives": moment(m.arrives) })
        })
        .collect()
}

fn wanted(legs: &[Want]) -> Value {
    let legs = legs.iter().map(|leg| {
        let mut wanted = json!({ "voyage": number(leg.voyage),
            "load_at": PORTS[leg.load_at], "unload_at": PORTS[leg.unload_at] });
        put(&mut wanted, "load_time", leg.load_time.map(moment));
        put(&mut wanted, "unload_time", leg.unload_time.map(moment));
        wanted
    });
    legs.collect()
}

pub(super) fn put(object: &mut Value, field: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[field] = value.into();
    }
}

impl Ask {
    /// The operation, its caller and its input.
    pub(super) fn call(&self, reference: &Reference) -> (&'static str, &'static str, Value) {
        let tracking = |cargo: &usize| {
            let known = reference.cargoes.get(*cargo);
            known
                .map_or("23456789AB3", |cargo| &cargo.tracking)
                .to_owned()
        };
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        let customer = |customer: &usize| {
            let known = reference.customers.get(*customer);
            known.map_or(nobody, |customer| &customer.id).to_owned()
        };
        match self {
            Self::Schedule { .. }
            | Self::Reschedule { .. }
            | Self::ReportDeparture(_)
            | Self::ReportArrival(_)
            | Self::RetractReport { .. }
            | Self::OmitCall(_)
            | Self::ChangeCapacity { .. }
            | Self::CancelVoyage { .. } => self.of_voyages(),
            Self::Create {
                customer: of,
                origin,
                destination,
                deadline,
                ready_from,
                equipment: lines,
                kg,
                special,
            } => {
                let mut input = json!({ "customer": customer(of), "origin": PORTS[*origin],
                    "destination": PORTS[*destination], "arrival_deadline": moment(*deadline),
                    "equipment": equipment(lines), "gross_weight_kg": kg, "commodity": "Parts" });
                put(&mut input, "ready_from", ready_from.map(moment));
                special.put_into(&mut input);
                ("create-cargo", "clerk", input)
            }
            Self::Retract { event } => {
                let known = reference.events.get(*event);
                let event = known.map_or(nobody, |event| &event.id);
                let input = json!({ "event": event, "reason": "Mistaken" });
                ("retract-handling-event", "port-agent", input)
            }
            Self::Suspend { customer: of } => {
                let input = json!({ "customer": customer(of), "reason": "Unpaid" });
                ("suspend-customer", "clerk", input)
            }
            Self::Erase { customer: of } => {
                let input = json!({ "customer": customer(of), "reason": "Asked for it" });
                ("erase-customer", "admin", input)
            }
            Self::Reinstate { customer: of } => {
                let input = json!({ "customer": customer(of) });
                ("reinstate-customer", "clerk", input)
            }
            Self::Register {
                cargo,
                container,
                kind,
                port,
                voyage,
                completed,
            } => {
                let mut input = json!({ "type": kind.word(), "location": PORTS[*port],
                    "completed_at": moment(*completed) });
                put(&mut input, "cargo", cargo.as_ref().map(tracking));
                put(&mut input, "container", container.map(container_number));
                put(&mut input, "voyage", voyage.map(number));
                ("register-handling-event", "port-agent", input)
            }
            _ => self.of_booking(tracking),
        }
    }

    fn of_voyages(&self) -> (&'static str, &'static str, Value) {
        let mut who = "planner";
        let mut reported = |report: &Report| {
            who = if report.by_the_planner {
                "planner"
            } else {
                "port-agent"
            };
            let mut input = json!({ "voyage": number(report.voyage),
                "location": PORTS[report.port], "at": moment(report.at) });
            put(&mut input, "call", report.call);
            input
        };
        let (name, input) = match self {
            Self::ReportDeparture(report) => ("report-departure", reported(report)),
            Self::ReportArrival(report) => ("report-arrival", reported(report)),
            Self::RetractReport { report, arrival } => {
                let mut input = reported(report);
                let fields = input.as_object_mut().expect("an object");
                fields.remove("at");
                let what = if *arrival { "ARRIVAL" } else { "DEPARTURE" };
                put(&mut input, "reported", Some(what));
                put(&mut input, "reason", Some("Another ship"));
                ("retract-call-report", input)
            }
            Self::Schedule {
                number: named,
                offer,
                cut_off_hours,
                movements,
                ship,
            } => {
                let mut input = json!({ "number": number(*named), "vessel": vessel(*ship),
                    "cut_off_hours": cut_off_hours, "movements": timetable(movements) });
                offer.put_into(&mut input);
                ("schedule-voyage", input)
            }
            Self::Reschedule { voyage, movements } => (
                "reschedule-voyage",
                json!({ "voyage": number(*voyage), "movements": timetable(movements) }),
            ),
            Self::ChangeCapacity {
                by_ship,
                voyage,
                offer,
            } => {
                let mut input = json!({ "voyage": number(*voyage) });
                offer.put_into(&mut input);
                let name = match by_ship {
                    Some(_) => "change-vessel",
                    None => "change-voyage-capacity",
                };
                put(&mut input, "vessel", by_ship.map(vessel));
                (name, input)
            }
            Self::OmitCall(omission) => {
                let mut input = json!({ "voyage": number(omission.voyage),
                    "location": PORTS[omission.port] });
                put(&mut input, "call", omission.call);
                put(&mut input, "change", omission.restores.then_some("RESTORE"));
                ("omit-call", input)
            }
            Self::CancelVoyage { voyage } => (
                "cancel-voyage",
                json!({ "voyage": number(*voyage), "reason": "Ice" }),
            ),
            other => panic!("{other:?} is not of voyages"),
        };
        (name, who, input)
    }

    fn of_booking(
        &self,
        tracking: impl Fn(&usize) -> String,
    ) -> (&'static str, &'static str, Value) {
        let mut who = "clerk";
        let (name, cargo, mut input) = match self {
            Self::Book {
                cargo,
                voyage,
                calls,
            } => {
                let mut input = json!({ "voyage": number(*voyage) });
                put(&mut input, "load_at", calls.map(|(load, _)| PORTS[load]));
                put(
                    &mut input,
                    "unload_at",
                    calls.map(|(_, unload)| PORTS[unload]),
                );
                ("book-onto-voyage", cargo, input)
            }
            Self::Amend {
                cargo,
                equipment: lines,
                kg,
                reference,
                ready_from,
                set_point,
                goods,
            } => {
                let mut input = json!({});
                let set_point = set_point.map(|own| own.map_or(Value::Null, degrees));
                put(&mut input, "set_point_celsius", set_point);
                put(
                    &mut input,
                    "dangerous_goods",
                    goods.as_deref().map(goods_view),
                );
                put(&mut input, "equipment", lines.as_deref().map(equipment));
                put(&mut input, "gross_weight_kg", *kg);
                put(
                    &mut input,
                    "reference",
                    reference.map(|own| own.map(refers)),
                );
                put(
                    &mut input,
                    "ready_from",
                    ready_from.map(|own| own.map(moment)),
                );
                ("amend-cargo", cargo, input)
            }
            Self::Split {
                cargo,
                equipment: lines,
                kg,
                containers,
            } => {
                let mut input = json!({ "equipment": equipment(lines), "gross_weight_kg": kg });
                let named = containers.iter().map(|own| container_number(*own));
                let named = Some(named.collect::<Value>()).filter(|_| !containers.is_empty());
                put(&mut input, "containers", named);
                ("split-cargo", cargo, input)
            }
            Self::AssignContainers { cargo, containers } => {
                let input = json!({ "containers": given_view(containers) });
                ("assign-containers", cargo, input)
            }
            Self::Assign { cargo, legs } => {
                ("assign-itinerary", cargo, json!({ "legs": wanted(legs) }))
            }
            Self::Release {
                cargo,
                by_the_system,
            } => {
                who = if *by_the_system { "" } else { "clerk" };
                ("release-cargo", cargo, json!({}))
            }
            Self::Roll {
                cargo,
                from,
                to,
                load_time,
                unload_time,
                unload_at,
                onward,
            } => {
                let mut input = json!({ "from_voyage": number(*from), "to_voyage": number(*to),
                    "load_time": load_time.map(moment), "unload_time": unload_time.map(moment) });
                put(&mut input, "unload_at", unload_at.map(|port| PORTS[port]));
                put(&mut input, "onward", onward.as_deref().map(wanted));
                ("roll-cargo", cargo, input)
            }
            Self::ChangeDestination { cargo, destination } => {
                let input = json!({ "destination": PORTS[*destination] });
                ("change-destination", cargo, input)
            }
            Self::ChangeDeadline { cargo, deadline } => {
                let input = json!({ "arrival_deadline": moment(*deadline) });
                ("change-arrival-deadline", cargo, input)
            }
            Self::Reroute {
                cargo,
                origin,
                destination,
                deadline,
            } => {
                let mut input = json!({ "origin": PORTS[*origin] });
                put(&mut input, "destination", destination.map(|to| PORTS[to]));
                put(&mut input, "arrival_deadline", deadline.map(moment));
                ("reroute-cargo", cargo, input)
            }
            Self::Accept { cargo } => ("accept-booking", cargo, json!({})),
            Self::Confirm { cargo } => ("confirm-booking", cargo, json!({})),
            Self::Reject { cargo } => ("reject-booking", cargo, json!({ "reason": "Full" })),
            Self::Cancel { cargo } => ("cancel-cargo", cargo, json!({ "reason": "Sold" })),
            other => panic!("{other:?} is not of booking"),
        };
        input["cargo"] = json!(tracking(cargo));
        (name, who, input)
    }
}

/// A ship of this number.
pub(super) fn vessel(ship: usize) -> Value {
    json!({ "imo": imo(ship), "name": "Ever Test" })
}

/// The IMO number of a ship: six digits and the check digit.
pub(super) fn imo(ship: usize) -> String {
    let digits = (910_000 + ship).to_string();
    let weighted = digits.bytes().zip((2..8).rev());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", sum % 10)
}
