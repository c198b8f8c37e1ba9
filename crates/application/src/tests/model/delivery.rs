//! The reference's deliveries, written from section 4 of the design, sentence by sentence.

use super::containers::moves;
use super::reference::{CONNECTION, Cargo, Event, HOUR, Kind, Scheduled, Time};

/// A step that an itinerary expects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) port: usize,
    pub(super) voyage: Option<usize>,
    pub(super) leg: usize,
    pub(super) scheduled: Option<Time>,
    /// By when it is due, and from when it is overdue.
    pub(super) due: Time,
    pub(super) overdue: Time,
    /// Whether the cargo may continue without it.
    pub(super) skippable: bool,
    /// The id of the report that it has happened.
    pub(super) event: Option<String>,
}

/// A leg ahead that cannot be kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Broken {
    pub(super) flag: &'static str,
    pub(super) leg: usize,
    pub(super) voyage: usize,
    pub(super) port: usize,
    pub(super) cause: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delivery {
    pub(super) transport: &'static str,
    pub(super) routing: &'static str,
    pub(super) misdirected: bool,
    pub(super) on_track: bool,
    pub(super) at_risk: bool,
    pub(super) flags: Vec<&'static str>,
    pub(super) broken: Vec<Broken>,
    pub(super) last_known: Option<usize>,
    pub(super) aboard: Option<usize>,
    pub(super) next: Option<Step>,
    /// By when it is due.
    pub(super) due: Option<Time>,
    pub(super) eta: Option<Time>,
    pub(super) arrived: bool,
    pub(super) plan: Vec<Step>,
    /// The step it has reached, or the first one.
    pub(super) reached: usize,
    /// The first leg that is not behind the cargo.
    pub(super) leg_ahead: usize,
    /// Whether it is on board and has not reached the first leg yet.
    pub(super) approaches: bool,
}

impl Delivery {
    /// `handled` is in the order in which it counts.
    pub(super) fn derive(
        cargo: &Cargo,
        legs: &[Scheduled],
        approach: Option<&Scheduled>,
        handled: &[&Event],
        now: Time,
    ) -> Self {
        let moves = moves(cargo, handled);
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
        let leg_ahead = ahead.iter().find(|step| step.voyage.is_some());
        let leg_ahead = leg_ahead.map_or(legs.len(), |step| step.leg);
        // Only its loading counts so far.
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
        let mut broken = match transport {
            "CLAIMED" => Vec::new(),
            _ => broken(approach, legs, leg_ahead, ahead),
        };
        let reported = handled.iter().any(|event| {
            let own = event.container.is_none_or(|own| cargo.has_container(own));
            own && event.kind != Kind::Customs
        });
        if let (false, Some(first)) = (reported, legs.first())
            && cargo
                .ready_from
                .is_some_and(|ready| first.load_time < ready)
        {
            let own = broken.iter().take_while(|broken| broken.leg == 0).count();
            let too_early = Broken {
                flag: "DepartsBeforeReady",
                leg: 0,
                voyage: first.voyage,
                port: first.load_at,
                cause: first.voyage,
            };
            broken.insert(own, too_early);
        }
        let due = match keeps {
            true => due(ahead, &broken, now),
            false => Due::default(),
        };
        if due.left_behind.iter().any(|gone| gone.leg == 0) {
            broken.retain(|own| own.flag != "DepartsBeforeReady");
        }
        broken.extend(due.left_behind);
        let unclaimed = moves.iter().rev().find(|event| event.kind != Kind::Claim);
        let off =
            unclaimed.filter(|event| event.kind == Kind::Unload && event.port == cargo.destination);
        let arrived = off.is_some();
        let eta = legs.last().filter(|_| keeps && broken.is_empty());
        let eta = eta.map(|leg| off.map_or(leg.unload_time, |event| event.completed));
        let late = eta.is_some_and(|eta| eta > cargo.deadline);
        let flags = [
            (is_broken(&broken, "VoyageCancelled"), "VoyageCancelled"),
            (is_broken(&broken, "CallOmitted"), "CallOmitted"),
            (is_broken(&broken, "ConnectionMissed"), "ConnectionMissed"),
            (
                is_broken(&broken, "DepartsBeforeReady"),
                "DepartsBeforeReady",
            ),
            (is_broken(&broken, "LeftBehind"), "LeftBehind"),
            (due.late == Some(Kind::Receive), "NotReceived"),
            (due.late == Some(Kind::Unload), "NotUnloaded"),
            (due.late == Some(Kind::Claim), "NotClaimed"),
            (late && !arrived && transport != "CLAIMED", "DeadlineAtRisk"),
        ];
        let flags = flags.into_iter().filter(|(holds, _)| *holds);
        let flags: Vec<_> = flags.map(|(_, flag)| flag).collect();
        let lost = routing == "MISROUTED" || misdirected;
        Self {
            transport,
            routing,
            misdirected,
            on_track: eta.is_some() && !late,
            at_risk: transport != "CLAIMED" && (lost || !flags.is_empty()),
            flags,
            broken,
            last_known: last.map(|event| event.port),
            aboard: last
                .filter(|event| event.kind == Kind::Load)
                .and_then(|event| event.voyage),
            next: ahead
                .iter()
                .find(|step| !step.skippable)
                .filter(|_| keeps)
                .cloned(),
            due: due.time,
            eta,
            arrived,
            plan,
            reached: reached.unwrap_or(0),
            leg_ahead,
            approaches: approach.is_some(),
        }
    }
}

/// Whether a cargo that arrives with one leg can continue with the next.
pub(super) fn leads(leg: &Scheduled, next: &Scheduled) -> bool {
    let least = if leg.voyage == next.voyage {
        0
    } else {
        CONNECTION
    };
    next.load_time - leg.unload_time >= least
}

fn is_broken(broken: &[Broken], flag: &str) -> bool {
    broken.iter().any(|broken| broken.flag == flag)
}

/// The problems of the legs ahead, each leg's cancellation and omitted call before its connection.
fn broken(
    approach: Option<&Scheduled>,
    legs: &[Scheduled],
    ahead: usize,
    steps: &[Step],
) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut before: Option<&Scheduled> = None;
    let ways = approach.map(|leg| (ahead, leg)).into_iter();
    for (place, leg) in ways.chain(legs.iter().enumerate().skip(ahead)) {
        let mut is = |flag, port, cause: &Scheduled| {
            found.push(Broken {
                flag,
                leg: place,
                voyage: leg.voyage,
                port,
                cause: cause.voyage,
            });
        };
        if leg.cancelled {
            is("VoyageCancelled", leg.load_at, leg);
        }
        // Cargo that stays on board goes past the call.
        let needs = |kind, port, time| {
            let mut needed = steps.iter().filter(|step| !step.skippable);
            needed.any(|step| {
                (step.kind, step.port, step.voyage) == (kind, port, Some(leg.voyage))
                    && step.scheduled == Some(time)
            })
        };
        if leg.omitted.0 && needs(Kind::Load, leg.load_at, leg.load_time) {
            is("CallOmitted", leg.load_at, leg);
        } else if leg.omitted.1 && needs(Kind::Unload, leg.unload_at, leg.unload_time) {
            is("CallOmitted", leg.unload_at, leg);
        }
        if let Some(before) = before.filter(|before| !leads(before, leg)) {
            is("ConnectionMissed", leg.load_at, before);
        }
        before = Some(leg);
    }
    found
}

/// What is due next, and what is overdue.
#[derive(Default)]
struct Due {
    time: Option<Time>,
    /// The next step, unless it is a loading, if it is late.
    late: Option<Kind>,
    left_behind: Vec<Broken>,
}

/// RECEIVE is due at the cut-off, LOAD at the departure, UNLOAD 12 hours and CLAIM 5 days after the
/// arrival. A ship has gone when that was reported, or 6 hours after its time. Nothing is due from a
/// broken leg on.
fn due(ahead: &[Step], broken: &[Broken], now: Time) -> Due {
    let before = |leg: Option<usize>| {
        move |step: &&Step| !step.skippable && leg.is_none_or(|leg| step.leg < leg)
    };
    let counts = before(broken.iter().map(|broken| broken.leg).min());
    let next = ahead.iter().find(|step| !step.skippable).filter(counts);
    // A ship that leaves too early is gone at some time, too.
    let for_good = broken.iter().filter(|own| own.flag != "DepartsBeforeReady");
    let counts = before(for_good.map(|broken| broken.leg).min());
    let mut due = Due {
        time: next.map(|step| step.due),
        ..Due::default()
    };
    for step in ahead.iter().filter(counts) {
        if let (Kind::Load, Some(voyage)) = (step.kind, step.voyage)
            && step.overdue <= now
        {
            due.left_behind.push(Broken {
                flag: "LeftBehind",
                leg: step.leg,
                voyage,
                port: step.port,
                cause: voyage,
            });
        }
    }
    let late = next.filter(|step| step.overdue <= now && step.kind != Kind::Load);
    // Nobody waits for a receipt once the ship has gone.
    let matters = |step: &&Step| step.kind != Kind::Receive || due.left_behind.is_empty();
    due.late = late.filter(matters).map(|step| step.kind);
    due
}

/// The expected steps, the one reached, and whether the last move leads elsewhere.
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
        // Five days to claim it, from when it came off.
        let last = plan.len() - 1;
        if !misdirected && reached == Some(last - 1) {
            let claim = &mut plan[last];
            claim.due = claim.due.max(event.completed + 120 * HOUR);
            claim.overdue = claim.due;
        }
    }
    // A cargo that came off has to be loaded again.
    for off in 0..plan.len() {
        let step = &plan[off];
        let came_off = matches!(step.kind, Kind::Unload | Kind::Receive) && step.event.is_some();
        let mut onwards = plan[off..].iter_mut();
        if let Some(load) = onwards.find(|step| came_off && step.kind == Kind::Load) {
            load.skippable = false;
        }
    }
    (plan, reached, misdirected)
}

/// Whether it was loaded where a leg begins.
pub(super) fn loads(event: &Event, leg: &Scheduled) -> bool {
    (event.kind, event.port, event.voyage) == (Kind::Load, leg.load_at, Some(leg.voyage))
}

/// RECEIVE, then LOAD and UNLOAD for each leg, then CLAIM. A cargo that is in port where the
/// itinerary begins was already received. One that is on board comes off there, unless it stays on
/// the voyage of the first leg. The time of the loading for its approach may be corrected later, or
/// the loading may have been a mistake: `boarding`.
fn expected(
    legs: &[Scheduled],
    approach: Option<&Scheduled>,
    led_here: Option<&Event>,
    boarding: Option<&Scheduled>,
) -> Vec<Step> {
    let (first, last) = (&legs[0], &legs[legs.len() - 1]);
    let step = |kind, port, voyage, leg, due| Step {
        kind,
        port,
        voyage,
        leg,
        scheduled: None,
        due,
        overdue: due,
        skippable: false,
        event: None,
    };
    let load = |leg: &Scheduled, place| Step {
        scheduled: Some(leg.load_time),
        overdue: leg.load_time + if leg.departed { 0 } else { 6 * HOUR },
        ..step(
            Kind::Load,
            leg.load_at,
            Some(leg.voyage),
            place,
            leg.load_time,
        )
    };
    let after = |leg: &Scheduled| leg.unload_time + 12 * HOUR;
    let aboard = led_here
        .filter(|event| event.kind == Kind::Load)
        .and_then(|event| event.voyage);
    let aboard = boarding.map(|leg| leg.voyage).or(aboard);
    let stays = aboard == Some(first.voyage);
    let way = |voyage| approach.filter(|leg| leg.voyage == voyage);
    let beginning = match aboard {
        Some(voyage) => Step {
            skippable: stays,
            scheduled: way(voyage).map(|leg| leg.unload_time),
            ..step(
                Kind::Unload,
                first.load_at,
                Some(voyage),
                0,
                way(voyage).map_or(first.load_time, after),
            )
        },
        None => Step {
            skippable: led_here.is_some_and(|event| event.port == first.load_at),
            ..step(Kind::Receive, first.load_at, None, 0, first.cut_off)
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
            ..step(Kind::Receive, leg.load_at, None, 0, leg.cut_off)
        });
    }
    plan.extend(boarding.map(|leg| load(leg, 0)));
    plan.push(beginning);
    if aboard.is_some() {
        // The port may report that it has the cargo without reporting that it came off.
        plan.push(Step {
            skippable: true,
            ..step(Kind::Receive, first.load_at, None, 0, first.cut_off)
        });
    }
    // Two consecutive legs on one voyage are one stay.
    let one_stay = |place: usize| legs.get(place).zip(legs.get(place + 1));
    let one_stay = |place| one_stay(place).is_some_and(|(leg, next)| leg.voyage == next.voyage);
    for (place, leg) in legs.iter().enumerate() {
        plan.push(Step {
            skippable: match place {
                0 => stays,
                place => one_stay(place - 1),
            },
            ..load(leg, place)
        });
        plan.push(Step {
            scheduled: Some(leg.unload_time),
            skippable: one_stay(place),
            ..step(
                Kind::Unload,
                leg.unload_at,
                Some(leg.voyage),
                place,
                after(leg),
            )
        });
    }
    let claimed_by = last.unload_time + 5 * 24 * HOUR;
    plan.push(step(
        Kind::Claim,
        last.unload_at,
        None,
        legs.len() - 1,
        claimed_by,
    ));
    plan
}
