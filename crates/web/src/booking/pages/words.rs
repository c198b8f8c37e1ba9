//! What pages say about the transport of a cargo. The words are in the catalogue of messages.

use crate::messages::{Message, declare_facts};
use crate::pages::places::{Glance, Places};
use crate::pages::words::distance;
use application::booking::{
    BrokenLegView, CargoProblem, CargoTrouble, ExpectedStepView, LegFault, Remedy,
};
use domain::Fact;
use domain::Moment;
use domain::booking::Flag;
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;

/// The messages.
pub(super) const NOTES: &[&Message] = &[&PROBLEM, &PARTLY, &STEP, &FAULT, &OVERDUE];

const PROBLEM: Message = Message {
    name: "cargo-problem",
    facts: ProblemFacts::NAMES,
};

const PARTLY: Message = Message {
    name: "cargo-partly-left-behind",
    facts: PartlyFacts::NAMES,
};

const STEP: Message = Message {
    name: "cargo-step",
    facts: StepFacts::NAMES,
};

const FAULT: Message = Message {
    name: "cargo-leg-fault",
    facts: FaultFacts::NAMES,
};

const OVERDUE: Message = Message {
    name: "cargo-step-overdue",
    facts: OverdueFacts::NAMES,
};

declare_facts! {
    /// A problem of a cargo.
    ProblemFacts {
        problem: &'static str,
        /// `staff`, or `customer`, who cannot act on it.
        reader: &'static str,
        remedy: &'static str,
        /// Why a leg cannot be kept, or empty.
        fault: &'static str,
        voyage: String,
        cause: String,
        location: Fact,
    }
}

declare_facts! {
    /// A past or future handling.
    StepFacts {
        /// `done` or `expected`.
        tense: &'static str,
        handling_type: &'static str,
        voyage: String,
        location: Fact,
    }
}

declare_facts! {
    /// Why a leg cannot be kept, in a word or two.
    FaultFacts {
        fault: &'static str,
    }
}

declare_facts! {
    /// Containers that their ship left behind.
    PartlyFacts {
        /// `staff` or `customer`.
        reader: &'static str,
        voyage: String,
        location: UnLocode,
        /// How many are aboard.
        aboard: usize,
        /// The first that is not.
        left: String,
        left_count: usize,
    }
}

declare_facts! {
    /// A step without its report.
    OverdueFacts {
        step: String,
        due: String,
        /// `staff` or `customer`.
        reader: &'static str,
        remedy: &'static str,
    }
}

/// The word for a kind of reader.
fn reader(is_ours: bool) -> &'static str {
    match is_ours {
        true => "staff",
        false => "customer",
    }
}

fn fault_word(fault: LegFault) -> &'static str {
    match fault {
        LegFault::DepartsBeforeArrival => "departs-before-arrival",
        LegFault::ArrivesTooLate => "arrives-too-late",
        LegFault::DepartsBeforeReady => "departs-before-ready",
        LegFault::VoyageCancelled => "voyage-cancelled",
        LegFault::CallOmitted => "call-omitted",
        LegFault::LeftBehind => "left-behind",
    }
}

fn remedy_word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::ChooseRoute => "choose-route",
        Remedy::RerouteFromHere => "reroute-from-here",
        Remedy::RerouteFromNextPort => "reroute-from-next-port",
        Remedy::RollOrRerouteAhead => "roll-or-reroute-ahead",
        Remedy::RollOrRerouteFromHere => "roll-or-reroute-from-here",
        Remedy::RollOrReplan => "roll-or-replan",
        Remedy::RollOrMoveDeadline => "roll-or-move-deadline",
        Remedy::MoveDeadline => "move-deadline",
        Remedy::SplitOff => "split-off",
        Remedy::AskShipper => "ask-shipper",
        Remedy::AskPort => "ask-port",
        Remedy::AskConsignee => "ask-consignee",
    }
}

/// A problem, and what staff can do about it.
pub(super) fn problem(
    problem: &CargoProblem<'_>,
    places: &Places,
    now: Moment,
    is_ours: bool,
) -> String {
    let (word, broken) = match problem.what {
        CargoTrouble::Overdue { step: due, due_at } => {
            let ago = distance(due_at, now);
            return overdue(step(due, false, places), ago, problem.remedy, is_ours);
        }
        CargoTrouble::PartlyLeftBehind {
            broken,
            aboard,
            left,
            left_count,
        } => {
            let facts = PartlyFacts {
                reader: reader(is_ours),
                voyage: broken.voyage.to_string(),
                location: broken.location.clone(),
                aboard,
                left: left.to_string(),
                left_count,
            };
            return PARTLY.say(&facts.list(), &Glance(places));
        }
        CargoTrouble::Misdirected => ("misdirected", None),
        CargoTrouble::Misrouted => ("misrouted", None),
        CargoTrouble::BrokenLeg(broken) => ("broken-leg", Some(broken)),
        CargoTrouble::Late => ("late", None),
    };
    let text = |text: Option<&VoyageNumber>| text.map(ToString::to_string).unwrap_or_default();
    let facts = ProblemFacts {
        problem: word,
        reader: reader(is_ours),
        remedy: remedy_word(problem.remedy),
        fault: broken.map_or("", |broken| fault_word(broken.fault())),
        voyage: text(broken.map(|broken| &broken.voyage)),
        cause: text(broken.map(|broken| &broken.cause)),
        location: match broken {
            Some(broken) => Fact::Location(broken.location.clone()),
            None => Fact::Text(String::new()),
        },
    };
    PROBLEM.say(&facts.list(), &Glance(places))
}

/// Why a leg cannot be kept, in a word or two.
pub(super) fn fault(broken: &BrokenLegView) -> String {
    let fault = fault_word(broken.fault());
    FAULT.say(&FaultFacts { fault }.list(), &Glance(&Places::default()))
}

/// A problem of the itinerary ahead, in a word or two.
pub(crate) fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::VoyageCancelled => "voyage cancelled",
        Flag::CallOmitted => "call omitted",
        Flag::ConnectionMissed => "connection missed",
        Flag::DepartsBeforeReady => "ship leaves before it is ready",
        Flag::LeftBehind => "left behind",
        Flag::NotReceived => "not received",
        Flag::NotUnloaded => "not unloaded",
        Flag::NotClaimed => "not claimed",
        Flag::DeadlineAtRisk => "arrives after its deadline",
    }
}

/// A past or future handling.
pub(super) fn step(step: &ExpectedStepView, is_done: bool, places: &Places) -> String {
    let voyage = step.voyage.as_ref().map(ToString::to_string);
    let facts = StepFacts {
        tense: match is_done {
            true => "done",
            false => "expected",
        },
        handling_type: step.handling_type.word(),
        voyage: voyage.unwrap_or_default(),
        location: Fact::Location(step.location.clone()),
    };
    STEP.say(&facts.list(), &Glance(places))
}

/// Says that the report of a step is overdue.
fn overdue(step: String, due: String, remedy: Remedy, is_ours: bool) -> String {
    let facts = OverdueFacts {
        step,
        due,
        reader: reader(is_ours),
        remedy: remedy_word(remedy),
    };
    OVERDUE.say(&facts.list(), &Glance(&Places::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::handling::HandlingType;

    #[test]
    fn a_problem_says_what_is_wrong_and_what_to_do() {
        let places = Places::of([("NLRTM", "Rotterdam")]);
        let broken = |flag, cause: &str| BrokenLegView {
            flag,
            leg: 0,
            voyage: "V200".parse().unwrap(),
            location: "NLRTM".parse().unwrap(),
            cause: cause.parse().unwrap(),
        };
        let missed = broken(Flag::ConnectionMissed, "V100");
        let cancelled = broken(Flag::VoyageCancelled, "V200");
        let too_early = broken(Flag::DepartsBeforeReady, "V200");
        let omitted = broken(Flag::CallOmitted, "V200");
        let gone = broken(Flag::LeftBehind, "V200");
        let unload = ExpectedStepView {
            handling_type: HandlingType::Unload,
            location: "NLRTM".parse().unwrap(),
            voyage: Some("V200".parse().unwrap()),
        };
        let now: Moment = "2027-03-03T00:00:00Z".parse().unwrap();
        let overdue = CargoTrouble::Overdue {
            step: &unload,
            due_at: now.plus_hours(-24),
        };
        for (what, remedy, is_ours, expected) in [
            (
                CargoTrouble::BrokenLeg(&missed),
                Remedy::RerouteFromNextPort,
                true,
                "V100 arrives in Rotterdam too late for V200. Reroute the cargo from the ship's next port.",
            ),
            (
                CargoTrouble::BrokenLeg(&too_early),
                Remedy::RollOrReplan,
                true,
                "V200 leaves Rotterdam before this cargo is ready. Roll the cargo onto a later voyage, or amend its ready date.",
            ),
            (
                CargoTrouble::BrokenLeg(&cancelled),
                Remedy::RollOrReplan,
                false,
                "V200 is cancelled and will not load this cargo in Rotterdam. We are looking for another voyage.",
            ),
            (
                CargoTrouble::BrokenLeg(&omitted),
                Remedy::RollOrReplan,
                true,
                "V200 will not call at Rotterdam. Roll the cargo onto another voyage, assign a new itinerary, or release its space.",
            ),
            (
                CargoTrouble::Misdirected,
                Remedy::RerouteFromHere,
                true,
                "The cargo was handled off its itinerary. Reroute it from its current location, then choose a route.",
            ),
            (
                CargoTrouble::Misrouted,
                Remedy::ChooseRoute,
                false,
                "Your cargo is off its planned route. We are planning a new one.",
            ),
            (
                CargoTrouble::BrokenLeg(&gone),
                Remedy::RollOrReplan,
                true,
                "V200 has left Rotterdam, and no loading of this cargo was reported. Report the loading, roll the cargo onto another voyage, assign a new itinerary, or release its space.",
            ),
            (
                overdue,
                Remedy::AskPort,
                true,
                "“Unload from V200 in Rotterdam” was due 24 h ago and has not been reported. Ask the port, and report it if it was done.",
            ),
            (
                overdue,
                Remedy::AskPort,
                false,
                "“Unload from V200 in Rotterdam” was due 24 h ago and has not been reported.",
            ),
            (
                CargoTrouble::Late,
                Remedy::RollOrMoveDeadline,
                true,
                "The cargo will arrive after its deadline. Roll it onto a faster voyage, or agree on a later deadline.",
            ),
        ] {
            let found = CargoProblem { what, remedy };
            assert_eq!(problem(&found, &places, now, is_ours), expected);
        }
    }
}
