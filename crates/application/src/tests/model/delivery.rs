//! What the reference knows of a cargo: read off the design's section 4, sentence by sentence.

use super::reference::{CONNECTION, Cargo, Event, Kind, Scheduled, Time};

/// A step that an itinerary expects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) port: usize,
    pub(super) voyage: Option<usize>,
    pub(super) leg: usize,
    pub(super) scheduled: Option<Time>,
    /// Whether the cargo may go on without it.
    pub(super) skippable: bool,
    /// The id of the report that it has happened.
    pub(super) event: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delivery {
    pub(super) transport: &'static str,
    pub(super) routing: &'static str,
    pub(super) misdirected: bool,
    pub(super) on_track: bool,
    pub(super) at_risk: bool,
    pub(super) flags: Vec<&'static str>,
    pub(super) last_known: Option<usize>,
    pub(super) aboard: Option<usize>,
    pub(super) next: Option<Step>,
    pub(super) eta: Option<Time>,
    pub(super) arrived: bool,
    pub(super) plan: Vec<Step>,
    /// The first leg that is not behind the cargo.
    pub(super) leg_ahead: usize,
    /// Whether it is aboard, and has not come to the first leg yet.
    pub(super) approaches: bool,
}

impl Delivery {
    /// `handled` in the order of registration.
    pub(super) fn derive(
        cargo: &Cargo,
        legs: &[Scheduled],
        approach: Option<&Scheduled>,
        handled: &[&Event],
    ) -> Self {
        let moves = moves(handled);
        let last = moves.last();
        let (plan, reached, misdirected) = match legs {
            [] => (Vec::new(), None, false),
            _ => follow(legs, approach, &moves, cargo.counts_from),
        };
        let ahead = &plan[reached.map_or(0, |reached| reached + 1)..];
        let leads = |legs: &[Scheduled]| {
            legs[0].load_at == cargo.origin && legs[legs.len() - 1].unload_at == cargo.destination
        };
        let routing = match legs {
            [] => "NOT_ROUTED",
            legs if leads(legs) => "ROUTED",
            _ => "MISROUTED",
        };
        let transport = match last.map(|event| event.kind) {
            None => "NOT_RECEIVED",
            Some(Kind::Load) => "ONBOARD_CARRIER",
            Some(Kind::Claim) => "CLAIMED",
            Some(_) => "IN_PORT",
        };
        let keeps = routing == "ROUTED" && !misdirected;
        let eta = legs.last().filter(|_| keeps).map(|leg| leg.unload_time);
        let late = eta.is_some_and(|eta| eta > cargo.deadline);
        let leg_ahead = ahead.iter().find(|step| step.voyage.is_some());
        let leg_ahead = leg_ahead.map_or(legs.len(), |step| step.leg);
        // Nothing counts yet but that it came aboard.
        let onto = last.filter(|event| event.kind == Kind::Load);
        let approach = approach.filter(|leg| {
            onto.is_some_and(|event| {
                let early = Some(event.completed) <= cargo.counts_from;
                let at = reached
                    .filter(|place| *place <= 1)
                    .map(|place| plan[place].kind);
                let anew = !misdirected && at == Some(Kind::Load) && loads(event, leg);
                event.voyage == Some(leg.voyage) && (early || anew)
            })
        });
        let flags = match transport {
            "CLAIMED" => Vec::new(),
            _ => flags(approach, &legs[leg_ahead..], late),
        };
        let on_track = keeps && !late;
        let watched = transport != "CLAIMED" && routing != "NOT_ROUTED";
        let unclaimed = moves.iter().rev().find(|event| event.kind != Kind::Claim);
        Self {
            transport,
            routing,
            misdirected,
            on_track,
            at_risk: watched && (!on_track || !flags.is_empty()),
            flags,
            last_known: last.map(|event| event.port),
            aboard: last
                .filter(|event| event.kind == Kind::Load)
                .and_then(|event| event.voyage),
            next: ahead
                .iter()
                .find(|step| !step.skippable)
                .filter(|_| keeps)
                .cloned(),
            eta,
            arrived: unclaimed
                .is_some_and(|event| event.kind == Kind::Unload && event.port == cargo.destination),
            plan,
            leg_ahead,
            approaches: approach.is_some(),
        }
    }
}

/// What is wrong with the legs ahead.
fn flags(approach: Option<&Scheduled>, legs: &[Scheduled], late: bool) -> Vec<&'static str> {
    let mut flags = Vec::new();
    if approach.into_iter().chain(legs).any(|leg| leg.cancelled) {
        flags.push("VoyageCancelled");
    }
    let short = |pair: &[Scheduled]| pair[1].load_time - pair[0].unload_time < CONNECTION;
    let comes_late = approach.is_some_and(|own| {
        let least = if own.voyage == legs[0].voyage {
            0
        } else {
            CONNECTION
        };
        legs[0].load_time - own.unload_time < least
    });
    if comes_late || legs.windows(2).any(short) {
        flags.push("ConnectionMissed");
    }
    if late {
        flags.push("DeadlineAtRisk");
    }
    flags
}

/// Without customs, by completion; what was registered later follows what was completed with it.
pub(super) fn moves<'a>(handled: &[&'a Event]) -> Vec<&'a Event> {
    let mut moves: Vec<&Event> = Vec::new();
    for event in handled.iter().filter(|event| event.kind != Kind::Customs) {
        let later = moves.iter().position(|m| m.completed > event.completed);
        moves.insert(later.unwrap_or(moves.len()), event);
    }
    moves
}

/// The steps expected, the one reached, and whether the last move leads elsewhere.
fn follow(
    legs: &[Scheduled],
    approach: Option<&Scheduled>,
    moves: &[&Event],
    counts_from: Option<Time>,
) -> (Vec<Step>, Option<usize>, bool) {
    let counts = |event: &&&Event| counts_from.is_none_or(|from| event.completed > from);
    let led_here = moves.iter().rfind(|event| !counts(event));
    let boards = |leg: &&Scheduled| {
        let is_aboard =
            |event: &&Event| event.kind == Kind::Load && event.voyage == Some(leg.voyage);
        !led_here.is_some_and(is_aboard)
            || moves.iter().filter(counts).any(|event| loads(event, leg))
    };
    let boarding = approach.filter(boards);
    let mut plan = expected(legs, approach, led_here.copied(), boarding);
    let (mut reached, mut misdirected) = (None, false);
    for event in moves.iter().filter(counts) {
        misdirected = true;
        for (place, step) in plan.iter_mut().enumerate().skip(reached.unwrap_or(0)) {
            if (step.kind, step.port, step.voyage) == (event.kind, event.port, event.voyage) {
                step.event = Some(event.id.clone());
                (reached, misdirected) = (Some(place), false);
                break;
            }
        }
    }
    // What came off first of all has to go aboard again.
    let off = plan
        .iter()
        .position(|step| step.kind == Kind::Unload && step.event.is_some());
    if let Some(step) = off.and_then(|off| plan.get_mut(off + 1)) {
        step.skippable = false;
    }
    (plan, reached, misdirected)
}

/// Whether it came aboard where a leg begins.
fn loads(event: &Event, leg: &Scheduled) -> bool {
    (event.kind, event.port, event.voyage) == (Kind::Load, leg.load_at, Some(leg.voyage))
}

/// RECEIVE, then LOAD and UNLOAD of each leg, then CLAIM. A cargo that is in port where the
/// itinerary begins was received already; one that is aboard comes off there, unless it stays
/// aboard the voyage of the first leg. When it came aboard for its approach may be known better
/// later, or that it did not: `boarding`.
fn expected(
    legs: &[Scheduled],
    approach: Option<&Scheduled>,
    led_here: Option<&Event>,
    boarding: Option<&Scheduled>,
) -> Vec<Step> {
    let (first, last) = (&legs[0], &legs[legs.len() - 1]);
    let step = |kind, port, voyage, leg| Step {
        kind,
        port,
        voyage,
        leg,
        scheduled: None,
        skippable: false,
        event: None,
    };
    let aboard = led_here
        .filter(|event| event.kind == Kind::Load)
        .and_then(|event| event.voyage);
    let aboard = boarding.map(|leg| leg.voyage).or(aboard);
    let stays = aboard == Some(first.voyage);
    let beginning = match aboard {
        Some(voyage) => Step {
            skippable: stays,
            scheduled: approach
                .filter(|leg| leg.voyage == voyage)
                .map(|leg| leg.unload_time),
            ..step(Kind::Unload, first.load_at, Some(voyage), 0)
        },
        None => Step {
            skippable: led_here.is_some_and(|event| event.port == first.load_at),
            ..step(Kind::Receive, first.load_at, None, 0)
        },
    };
    let mut plan = Vec::new();
    let was_aboard = led_here.filter(|event| event.kind == Kind::Load);
    let was_aboard = was_aboard.and_then(|event| event.voyage);
    if let Some(leg) = boarding
        && was_aboard != Some(leg.voyage)
    {
        plan.push(Step {
            skippable: led_here.is_some_and(|event| event.port == leg.load_at),
            ..step(Kind::Receive, leg.load_at, None, 0)
        });
    }
    plan.extend(boarding.map(|leg| Step {
        scheduled: Some(leg.load_time),
        ..step(Kind::Load, leg.load_at, Some(leg.voyage), 0)
    }));
    plan.push(beginning);
    for (place, leg) in legs.iter().enumerate() {
        plan.push(Step {
            scheduled: Some(leg.load_time),
            skippable: place == 0 && stays,
            ..step(Kind::Load, leg.load_at, Some(leg.voyage), place)
        });
        plan.push(Step {
            scheduled: Some(leg.unload_time),
            ..step(Kind::Unload, leg.unload_at, Some(leg.voyage), place)
        });
    }
    plan.push(step(Kind::Claim, last.unload_at, None, legs.len() - 1));
    plan
}
