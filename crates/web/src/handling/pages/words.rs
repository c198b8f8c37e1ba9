//! What pages say about reports. The words are in the catalogue of messages.

use crate::messages::{Message, Reader, declare_facts};
use crate::pages::form::Note;
use crate::pages::places::{Glance, People, Places};
use application::booking::ExpectedStepView;
use application::handling::DoubtView;
use domain::Fact;
use domain::handling::HandlingType;

/// The messages.
pub(super) const NOTES: &[&Message] = &[
    &TYPE,
    &BUTTON,
    &LATE_BUTTON,
    &PARTLY,
    &KNOWN_CALL_TITLE,
    &KNOWN_CALL,
    &GROUP,
    &STEP,
    &DOUBT,
    &TITLE,
    &DETAIL,
];

const TYPE: Message = Message {
    name: "handling-type",
    facts: TypeFacts::NAMES,
};

const BUTTON: Message = Message {
    name: "handling-button",
    facts: TypeFacts::NAMES,
};

const LATE_BUTTON: Message = Message {
    name: "handling-late-button",
    facts: TypeFacts::NAMES,
};

const PARTLY: Message = Message {
    name: "handling-partly",
    facts: PartlyFacts::NAMES,
};

const KNOWN_CALL_TITLE: Message = Message {
    name: "known-call",
    facts: KnownCallFacts::NAMES,
};

const KNOWN_CALL: Message = Message {
    name: "known-call-detail",
    facts: KnownCallFacts::NAMES,
};

const GROUP: Message = Message {
    name: "handling-group",
    facts: TypeFacts::NAMES,
};

const STEP: Message = Message {
    name: "handling-step",
    facts: StepFacts::NAMES,
};

const DOUBT: Message = Message {
    name: "handling-doubt",
    facts: DoubtFacts::NAMES,
};

const TITLE: Message = Message {
    name: "handling-result",
    facts: ResultFacts::NAMES,
};

const DETAIL: Message = Message {
    name: "handling-result-detail",
    facts: ResultFacts::NAMES,
};

declare_facts! {
    /// A handling type, as the label of a button.
    TypeFacts {
        handling_type: &'static str,
    }
}

declare_facts! {
    /// A step that was reported of some containers of a cargo.
    PartlyFacts {
        handling_type: &'static str,
        /// A container that it was not reported of.
        container: String,
        done: usize,
        total: usize,
    }
}

declare_facts! {
    /// A call that was reported, or whose report was retracted, after the page was opened.
    KnownCallFacts {
        /// `departure` or `arrival`.
        call: &'static str,
        voyage: String,
        /// `reported` or `retracted`.
        found: &'static str,
        /// The local time that is reported now, or empty.
        time: String,
    }
}

declare_facts! {
    /// A handling step.
    StepFacts {
        handling_type: &'static str,
        voyage: String,
        location: Fact,
    }
}

declare_facts! {
    /// How a report contradicts the timetable.
    DoubtFacts {
        doubt: &'static str,
        /// The local time that it contradicts, or empty.
        time: String,
        voyage: String,
        location: Fact,
    }
}

declare_facts! {
    /// The result of a report or retraction.
    ResultFacts {
        /// `retracted`, `known`, `misdirected` or `registered`.
        outcome: &'static str,
        report: String,
        /// Whether a misdirected cargo expected a `step` before, or `nothing`.
        was_expected: &'static str,
        expected: String,
        /// What is ahead: a `step`, `complete`, `no-itinerary` or `nothing`.
        ahead: &'static str,
        next: String,
    }
}

/// What a report or retraction did.
pub(super) enum Outcome {
    Retracted,
    Known,
    /// What was expected instead.
    Misdirected {
        expected: Option<String>,
    },
    /// Other containers of the cargo have not been reported yet.
    Partial,
    Registered,
}

/// What is expected next.
pub(super) enum Ahead {
    Step(String),
    Complete,
    NoItinerary,
    Nothing,
}

/// The handling as the label of a choice.
pub(super) fn label(kind: HandlingType) -> String {
    of_type(&TYPE, kind)
}

/// The handling as the label of a button that reports it as done.
pub(super) fn button(kind: HandlingType) -> String {
    of_type(&BUTTON, kind)
}

/// The handling as the label of a button that reports it although the ship has gone.
pub(super) fn late_button(kind: HandlingType) -> String {
    of_type(&LATE_BUTTON, kind)
}

/// Which container a step was not reported of, and of how many it was.
pub(super) fn partly(kind: HandlingType, container: String, done: usize, total: usize) -> String {
    let facts = PartlyFacts {
        handling_type: kind.word(),
        container,
        done,
        total,
    };
    PARTLY.say(&facts.list(), &Glance(&Places::default()))
}

/// Why a report of a call, or its retraction, changed nothing: the call was reported meanwhile, with
/// the local time, or its report was retracted.
pub(super) fn known_call(call: &'static str, voyage: String, time: Option<String>) -> Note {
    let facts = KnownCallFacts {
        call,
        voyage,
        found: match time {
            Some(_) => "reported",
            None => "retracted",
        },
        time: time.unwrap_or_default(),
    };
    let (facts, places) = (facts.list(), Places::default());
    let say = |message: &Message| message.say(&facts, &Glance(&places));
    Note {
        title: say(&KNOWN_CALL_TITLE),
        detail: say(&KNOWN_CALL),
        ..Note::default()
    }
}

/// The heading of cargoes that wait for this kind of handling ashore.
pub(super) fn group(kind: HandlingType) -> String {
    of_type(&GROUP, kind)
}

fn of_type(message: &Message, kind: HandlingType) -> String {
    let handling_type = kind.word();
    let facts = TypeFacts { handling_type }.list();
    message.say(&facts, &Glance(&Places::default()))
}

/// How a report contradicts the timetable, in one sentence for each doubt.
pub(crate) fn doubts(
    step: &ExpectedStepView,
    doubts: &[DoubtView],
    places: &Places,
) -> Vec<String> {
    let say = |doubt: &DoubtView| {
        let time = doubt
            .time
            .map(|time| places.time(&step.location, time).local);
        let voyage = step.voyage.as_ref().map(ToString::to_string);
        let facts = DoubtFacts {
            doubt: doubt.doubt,
            time: time.unwrap_or_default(),
            voyage: voyage.unwrap_or_default(),
            location: Fact::Location(step.location.clone()),
        };
        DOUBT.say(&facts.list(), &Glance(places))
    };
    doubts.iter().map(say).collect()
}

/// A step in a few words: `Load V100 in Rotterdam`.
pub(super) fn step(step: &ExpectedStepView, places: &Places) -> String {
    step_for(step, &Glance(places))
}

/// A reported step in a few words, with the code of the place.
pub(super) fn report(step: &ExpectedStepView, places: &Places) -> String {
    step_for(step, &People(places))
}

fn step_for(step: &ExpectedStepView, reader: &dyn Reader) -> String {
    let voyage = step.voyage.as_ref().map(ToString::to_string);
    let facts = StepFacts {
        handling_type: step.handling_type.word(),
        voyage: voyage.unwrap_or_default(),
        location: Fact::Location(step.location.clone()),
    };
    STEP.say(&facts.list(), reader)
}

/// The result of a report or retraction: a title and the details.
pub(super) fn result(outcome: Outcome, report: String, ahead: Ahead) -> (String, String) {
    let (outcome, expected) = match outcome {
        Outcome::Retracted => ("retracted", None),
        Outcome::Known => ("known", None),
        Outcome::Misdirected { expected } => ("misdirected", expected),
        Outcome::Partial => ("partial", None),
        Outcome::Registered => ("registered", None),
    };
    let (ahead, next) = match ahead {
        Ahead::Step(next) => ("step", next),
        Ahead::Complete => ("complete", String::new()),
        Ahead::NoItinerary => ("no-itinerary", String::new()),
        Ahead::Nothing => ("nothing", String::new()),
    };
    let facts = ResultFacts {
        outcome,
        report,
        was_expected: match expected {
            Some(_) => "step",
            None => "nothing",
        },
        expected: expected.unwrap_or_default(),
        ahead,
        next,
    };
    let (facts, reader) = (facts.list(), Places::default());
    let say = |message: &Message| message.say(&facts, &Glance(&reader));
    (say(&TITLE), say(&DETAIL))
}
