//! What a step of a history means in the world that it meets. Numbers become cargoes, voyages and
//! times, usually such that the request is possible.

use super::ask::{Ask, Want};
use super::reference::{HOUR, Leg, NOBODY, Reference, Sailing, Status, Time, UNKNOWN_PORT, Voyage};
use super::routes::{routes, routes_between};
use super::special::Special;
use super::steps::Step;
use std::cmp::Reverse;

/// The maximum number of cargoes in a history.
pub(super) const CARGOES_MAX: usize = 12;

/// Whether a choice refers to something that does not exist: one in fifty.
fn is_nobody(choice: u8) -> bool {
    (40..45).contains(&choice)
}

/// One of the customers. There are few, so an absent one is as likely as each.
fn customer(reference: &Reference, choice: u8) -> usize {
    usize::from(choice) % (reference.customers.len() + 1)
}

/// One of this many, or an absent one.
fn one_of(choice: u8, count: usize) -> usize {
    let place = usize::from(choice).checked_rem(count);
    place.filter(|_| !is_nobody(choice)).unwrap_or(NOBODY)
}

pub(super) fn port(choice: u8) -> usize {
    if is_nobody(choice) {
        UNKNOWN_PORT
    } else {
        usize::from(choice) % UNKNOWN_PORT
    }
}

/// The number of an existing voyage, or of none.
pub(super) fn voyage(reference: &Reference, choice: u8) -> usize {
    let place = one_of(choice, reference.voyages.len());
    reference.voyages.get(place).map_or(99, |v| v.number)
}

/// Usually one of the suitable cargoes, otherwise any.
pub(super) fn cargo(reference: &Reference, choice: u8, of_use: impl Fn(usize) -> bool) -> usize {
    let all = reference.cargoes.len();
    let useful: Vec<usize> = (0..all).filter(|cargo| of_use(*cargo)).collect();
    if choice < 232 && !is_nobody(choice) && !useful.is_empty() {
        useful[usize::from(choice) % useful.len()]
    } else {
        one_of(choice, all)
    }
}

/// Whether a cargo has an itinerary and still needs it.
pub(super) fn is_carried(reference: &Reference, cargo: usize) -> bool {
    !reference.cargoes[cargo].legs.is_empty() && !reference.is_finished(cargo)
}

/// Preferably a cargo of this status. Often one that misses a connection or cannot be carried as
/// booked for another reason, if there is one, or one that has to connect.
fn promised(reference: &Reference, choice: u8, status: Status) -> usize {
    let has_status = |c: usize| reference.cargoes[c].status == status;
    let broken = |c: usize| reference.delivery(c).broken;
    let is_broken = |c: usize| has_status(c) && !broken(c).is_empty();
    let misses = |c: usize| has_status(c) && broken(c).iter().any(|b| b.flag == "ConnectionMissed");
    let connects = |c: usize| has_status(c) && reference.cargoes[c].legs.len() > 1;
    let is_there = |of: &dyn Fn(usize) -> bool| (0..reference.cargoes.len()).any(of);
    match choice % 3 {
        0 | 1 if is_there(&misses) => cargo(reference, choice, misses),
        0 | 1 if is_there(&is_broken) => cargo(reference, choice, is_broken),
        _ if is_there(&connects) => cargo(reference, choice, connects),
        _ => cargo(reference, choice, has_status),
    }
}

impl Step {
    /// The request of a step in the world as the reference knows it, or nothing if the step only
    /// moves time.
    pub(super) fn ask(&self, reference: &Reference, clock: Time) -> Option<Ask> {
        Some(match self {
            Self::Wait(_) => return None,
            Self::Schedule { .. } => self.schedule(reference, clock)?,
            Self::Reschedule { .. } => self.reschedule(reference, clock)?,
            Self::Report { .. } => self.report(reference, clock),
            Self::RetractReport { .. } => self.retract_report(reference),
            Self::ChangeCapacity { .. } => self.change_capacity(reference, clock),
            Self::OmitCall { .. } => self.omit_call(reference),
            Self::CancelVoyage(of) => Ask::CancelVoyage {
                voyage: voyage(reference, *of),
            },
            Self::Create { .. } => self.create(reference, clock)?,
            Self::Amend { .. } => self.amend(reference, clock),
            Self::Split { .. } => self.split(reference)?,
            Self::AssignContainers { .. } => self.assign_containers(reference),
            Self::Register { .. } => self.register(reference, clock),
            Self::Retract(choice) => {
                let all = reference.events.len();
                let event = one_of(*choice, all.min(12));
                let event = all.wrapping_sub(1).wrapping_sub(event);
                let event = if is_nobody(*choice) { NOBODY } else { event };
                Ask::Retract { event }
            }
            Self::Suspend(of) if *of % 6 == 5 => Ask::Erase {
                customer: customer(reference, *of),
            },
            Self::Suspend(of) => Ask::Suspend {
                customer: customer(reference, *of),
            },
            Self::Reinstate(of) => {
                let customers = &reference.customers;
                let suspended = customers.iter().position(|c| c.suspended && *of < 200);
                Ask::Reinstate {
                    customer: suspended.unwrap_or_else(|| customer(reference, *of)),
                }
            }
            _ => self.booking(reference, clock),
        })
    }

    fn create(&self, reference: &Reference, clock: Time) -> Option<Ask> {
        let Self::Create {
            customer,
            ports,
            voyage,
            days,
            containers,
            tonnes,
            ready,
            special,
        } = self
        else {
            panic!("{self:?} creates nothing");
        };
        if reference.cargoes.len() >= CARGOES_MAX {
            return None;
        }
        let choice = usize::from(*voyage).checked_rem(reference.voyages.len());
        let (mut origin, mut destination) = (port(ports[0]), port(ports[1]));
        if let Some(place) = choice.filter(|_| (60..200).contains(&ports[0])) {
            let movements = reference.voyages[place].sailings();
            let first = usize::from(ports[0]) % movements.len();
            let last = first + usize::from(ports[1]) % (movements.len() - first);
            (origin, destination) = (movements[first].from, movements[last].to);
        }
        let lines = containers.iter().enumerate();
        let mut equipment: Vec<_> = lines
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| (kind, u64::from(*count)))
            .collect();
        if equipment.is_empty() {
            equipment.push((0, 1));
        }
        Some(Ask::Create {
            customer: one_of(*customer, reference.customers.len()),
            origin,
            destination,
            deadline: clock + i64::from(*days) * 24 * HOUR,
            ready_from: ready.map(|hours| clock + i64::from(hours) * HOUR),
            equipment,
            // Some weigh more than their containers may.
            kg: match *tonnes {
                29 => 400_000,
                tonnes => u64::from(tonnes) * 1_000 + 1,
            },
            special: Special::chosen(*special),
        })
    }

    fn booking(&self, reference: &Reference, clock: Time) -> Ask {
        match self {
            Self::Book { .. } | Self::Assign { .. } | Self::Roll { .. } => {
                self.routing(reference, clock)
            }
            Self::Release { .. } | Self::ChangeDestination { .. } | Self::ChangeDeadline { .. } => {
                self.of_booked(reference, clock)
            }
            Self::Reroute {
                cargo: of,
                port: from,
                destination,
                hours,
            } => {
                let cargo = cargo(reference, *of, |c| {
                    let delivery = reference.delivery(c);
                    let lost = delivery.misdirected || delivery.aboard.is_some() || *from % 3 == 0;
                    lost && delivery.last_known.is_some() && !reference.is_finished(c)
                });
                let known = cargo < reference.cargoes.len();
                let here = match known.then(|| reference.delivery(cargo)) {
                    Some(delivery) if delivery.aboard.is_some() => {
                        let calls = calls_ahead(reference, delivery.aboard, clock);
                        calls.get(usize::from(*from) % calls.len().max(1)).copied()
                    }
                    delivery => delivery.and_then(|delivery| delivery.last_known),
                };
                Ask::Reroute {
                    cargo,
                    origin: here.filter(|_| *from > 60).unwrap_or(port(*from)),
                    destination: destination.map(port),
                    deadline: hours.map(|hours| clock + i64::from(hours) * HOUR),
                }
            }
            Self::Accept(of) => Ask::Accept {
                cargo: promised(reference, *of, Status::Booked),
            },
            Self::Confirm(of) => Ask::Confirm {
                cargo: promised(reference, *of, Status::Accepted),
            },
            Self::Reject(of) => Ask::Reject {
                cargo: cargo(reference, *of, |_| false),
            },
            Self::Cancel(of) => Ask::Cancel {
                cargo: cargo(reference, *of, |_| false),
            },
            other => panic!("{other:?} is not of booking"),
        }
    }

    fn of_booked(&self, reference: &Reference, clock: Time) -> Ask {
        let booked = |c: usize| is_carried(reference, c);
        let of_use = |choice, of_use: &dyn Fn(usize) -> bool| cargo(reference, choice, of_use);
        let known = |cargo: usize| Some(cargo).filter(|c| *c < reference.cargoes.len());
        match self {
            Self::Release {
                cargo,
                by_the_system,
            } => {
                let approaches = |c: usize| reference.cargoes[c].approach.is_some() && booked(c);
                let cargo = match (0..reference.cargoes.len()).any(approaches) {
                    true => of_use(*cargo, &approaches),
                    false => of_use(*cargo, &booked),
                };
                Ask::Release {
                    cargo,
                    by_the_system: *by_the_system,
                }
            }
            Self::ChangeDestination { cargo, port: to } => {
                let cargo = of_use(*cargo, &booked);
                let leads = known(cargo).and_then(|cargo| reference.legs(cargo).pop());
                // Sometimes to where it goes anyway.
                let leads = leads.filter(|_| to.is_multiple_of(4));
                Ask::ChangeDestination {
                    cargo,
                    destination: leads.map_or_else(|| port(*to), |leg| leg.unload_at),
                }
            }
            Self::ChangeDeadline { cargo, hours } => {
                let cargo = of_use(*cargo, &booked);
                let eta = known(cargo).and_then(|cargo| reference.delivery(cargo).eta);
                let hours = i64::from(*hours);
                // Often hardly later than it is expected to arrive.
                let deadline = match eta.filter(|_| hours % 2 == 0) {
                    Some(eta) => eta + hours % 8 * HOUR,
                    None => clock + hours * HOUR,
                };
                Ask::ChangeDeadline { cargo, deadline }
            }
            other => panic!("{other:?} is not of a booked cargo"),
        }
    }

    fn routing(&self, reference: &Reference, clock: Time) -> Ask {
        let waits = |c: usize| {
            let cargo = &reference.cargoes[c];
            let lost = || {
                let delivery = reference.delivery_at(c, clock);
                let lost = delivery.misdirected || delivery.routing == "MISROUTED";
                lost || !delivery.broken.is_empty()
            };
            !cargo.is_given_up() && !reference.is_finished(c) && (cargo.legs.is_empty() || lost())
        };
        match self {
            Self::Book {
                cargo: of,
                route,
                calls,
            } => {
                let cargo = cargo(reference, *of, waits);
                let direct = routes(reference, cargo, clock);
                let direct: Vec<_> = direct.iter().filter(|legs| legs.len() == 1).collect();
                let chosen = direct.get(usize::from(*route) % direct.len().max(1));
                let chosen = chosen
                    .filter(|_| *route < 200 && !is_nobody(*route))
                    .map(|legs| legs[0].voyage);
                let chosen = chosen.map(|place| reference.voyages[place].number);
                Ask::Book {
                    cargo,
                    voyage: chosen.unwrap_or_else(|| voyage(reference, *route)),
                    calls: calls.map(|calls| (port(calls[0]), port(calls[1]))),
                }
            }
            Self::Assign {
                cargo: of,
                route,
                timed,
                wrong,
            } => {
                let at_sea = |c: usize| waits(c) && reference.delivery(c).aboard.is_some();
                let cargo = match (0..reference.cargoes.len()).any(at_sea) && *route % 3 > 0 {
                    true => cargo(reference, *of, at_sea),
                    false => cargo(reference, *of, waits),
                };
                let mut found = routes(reference, cargo, clock);
                found.sort_by_key(|legs| Reverse(legs.len()));
                // Preferably one of the longer ones.
                let place = usize::from(*route) % found.len().max(1);
                let chosen = found.get(place * place / found.len().max(1));
                let legs = chosen.map_or_else(
                    || any_legs(reference, *route),
                    |legs| legs.iter().map(|leg| want(reference, leg)).collect(),
                );
                Ask::Assign {
                    cargo,
                    legs: spoilt(legs, *timed, *wrong),
                }
            }
            Self::Roll {
                cargo: of,
                leg,
                to,
                call,
                onward,
            } => {
                let booked = |c: usize| is_carried(reference, c);
                let cargo = cargo(reference, *of, booked);
                let legs = reference.cargoes.get(cargo).map_or(&[][..], |c| &c.legs);
                let from = legs.get(usize::from(*leg) % legs.len().max(1));
                let other = from.and_then(|leg| another(reference, leg, *to));
                let to = other.unwrap_or_else(|| voyage(reference, *to));
                let times = from.and_then(|leg| times(reference, leg, to, *call));
                let (load_time, unload_time) = times.unwrap_or_default();
                let number = from.map(|leg| reference.voyages[leg.voyage].number);
                let number = number.unwrap_or_else(|| voyage(reference, *leg));
                let all_legs = from.filter(|_| onward % 2 == 1);
                let route = all_legs.and_then(|leg| onward_route(reference, cargo, leg, *onward));
                let Some((first, onward)) = route.as_deref().and_then(<[Want]>::split_first) else {
                    return Ask::Roll {
                        cargo,
                        from: number,
                        to,
                        load_time,
                        unload_time,
                        unload_at: None,
                        onward: None,
                    };
                };
                Ask::Roll {
                    cargo,
                    from: number,
                    to: first.voyage,
                    load_time: first.load_time.filter(|_| *call % 2 == 0),
                    unload_time: first.unload_time.filter(|_| *call % 2 == 0),
                    unload_at: (*call < 250).then_some(first.unload_at),
                    onward: Some(onward.to_vec()),
                }
            }
            other => panic!("{other:?} gives no itinerary"),
        }
    }
}

/// The remaining calls of a voyage.
fn calls_ahead(reference: &Reference, number: Option<usize>, clock: Time) -> Vec<usize> {
    let voyages = reference.voyages.iter();
    let voyage = voyages.filter(|voyage| Some(voyage.number) == number);
    let movements = voyage.flat_map(Voyage::sailings);
    let ahead = movements.filter(|movement| movement.arrives > clock);
    ahead.map(|movement| movement.to).collect()
}

/// The times of one of a voyage's calls at the ports of a leg: both, one or none.
fn times(
    reference: &Reference,
    leg: &Leg,
    onto: usize,
    choice: u8,
) -> Option<(Option<Time>, Option<Time>)> {
    let leg = reference.scheduled(leg);
    let onto = reference.voyages.get(reference.voyage(onto).ok()?)?;
    let movements = onto.sailings();
    let movements = movements.iter();
    let loads = movements.clone().filter(|m| m.from == leg.load_at);
    let loads: Vec<_> = loads.map(|m| m.departs).collect();
    let load = loads.get(usize::from(choice / 4).checked_rem(loads.len())?)?;
    let mut unloads = movements.filter(|m| m.to == leg.unload_at && m.departs >= *load);
    let unload = unloads.next().map(|m| m.arrives);
    Some((
        (choice % 4 > 1).then_some(*load),
        unload.filter(|_| choice % 4 > 2),
    ))
}

/// The number of a voyage between the same ports as a leg, preferably another one.
fn another(reference: &Reference, leg: &Leg, choice: u8) -> Option<usize> {
    let leg = reference.scheduled(leg);
    let goes = |movements: &[Sailing]| {
        let first = movements.iter().position(|m| m.from == leg.load_at);
        first.is_some_and(|first| movements[first..].iter().any(|m| m.to == leg.unload_at))
    };
    let others = reference.voyages.iter();
    let others: Vec<_> = others
        .filter(|v| (v.number != leg.voyage || choice.is_multiple_of(4)) && goes(&v.sailings()))
        .collect();
    let other = others.get(usize::from(choice).checked_rem(others.len())?)?;
    (choice < 230).then_some(other.number)
}

/// A route from where a leg begins to where its cargo goes, rarely with a mistake.
fn onward_route(reference: &Reference, cargo: usize, leg: &Leg, choice: u8) -> Option<Vec<Want>> {
    let from = reference.scheduled(leg);
    let to = reference.cargoes.get(cargo)?.destination;
    let mut found = routes_between(reference, (from.load_at, to), from.load_time - 48 * HOUR);
    found.sort_by_key(|legs| Reverse(legs.len()));
    let chosen = found.get(usize::from(choice / 2).checked_rem(found.len())?)?;
    let legs = chosen.iter().map(|leg| want(reference, leg)).collect();
    Some(spoilt(legs, choice < 200, choice / 8))
}

fn want(reference: &Reference, leg: &Leg) -> Want {
    let leg = reference.scheduled(leg);
    Want {
        voyage: leg.voyage,
        load_at: leg.load_at,
        unload_at: leg.unload_at,
        load_time: Some(leg.load_time),
        unload_time: Some(leg.unload_time),
    }
}

/// One or two legs that lead anywhere.
fn any_legs(reference: &Reference, choice: u8) -> Vec<Want> {
    let legs = [choice, choice.wrapping_mul(7)].into_iter();
    let legs = legs.map(|choice| Want {
        voyage: voyage(reference, choice),
        load_at: port(choice / 3),
        unload_at: port(choice / 5),
        load_time: None,
        unload_time: None,
    });
    legs.take(1 + usize::from(choice) % 2).collect()
}

/// The legs, sometimes without times, and rarely with a mistake.
fn spoilt(mut legs: Vec<Want>, timed: bool, wrong: u8) -> Vec<Want> {
    if !timed {
        for leg in &mut legs {
            (leg.load_time, leg.unload_time) = (None, None);
        }
    }
    match wrong {
        0 => legs.reverse(),
        1 => legs[0].load_time = legs[0].load_time.map(|time| time + HOUR),
        2 if legs.len() > 1 => drop(legs.pop()),
        4 => legs[0].voyage = 99,
        3 => legs[0].load_at = (legs[0].load_at + 1) % UNKNOWN_PORT,
        _ => {}
    }
    legs
}
