//! What public tracking says, for people outside shipping. The words are in the catalogue of
//! messages.

use crate::messages::{Message, declare_facts};
use crate::pages::places::{Glance, Places};
use application::booking::{
    ContainerProgress, ExpectedStepView, PublicSchedule, PublicStatus, TrackContainerView,
    TrackEventView, TrackView, TrackVoyageView,
};
use domain::Fact;
use domain::booking::TransportStatus;
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;

/// The messages.
pub(crate) const NOTES: &[&Message] = &[
    &HEADLINE,
    &STEP,
    &PART,
    &NEXT,
    &CONTAINER,
    &SCHEDULE,
    &EXPLANATION,
];

const HEADLINE: Message = Message {
    name: "track-headline",
    facts: HeadlineFacts::NAMES,
};

const STEP: Message = Message {
    name: "track-step",
    facts: StepFacts::NAMES,
};

const PART: Message = Message {
    name: "track-part",
    facts: PartFacts::NAMES,
};

const NEXT: Message = Message {
    name: "track-next",
    facts: StepFacts::NAMES,
};

const CONTAINER: Message = Message {
    name: "track-container",
    facts: ContainerFacts::NAMES,
};

const SCHEDULE: Message = Message {
    name: "track-schedule",
    facts: ScheduleFacts::NAMES,
};

const EXPLANATION: Message = Message {
    name: "track-schedule-explanation",
    facts: ScheduleFacts::NAMES,
};

declare_facts! {
    /// Where a cargo is.
    HeadlineFacts {
        /// `cancelled`, `not-received`, `in-port`, `arrived`, `claimed` or `aboard`.
        state: &'static str,
        /// Whether the location is known: `yes` or `no`.
        is_located: &'static str,
        location: Fact,
        /// Whether the ship is known.
        is_ship_known: &'static str,
        ship: String,
        /// Whether the next port is known.
        is_bound: &'static str,
        next_location: Fact,
    }
}

declare_facts! {
    /// A past or future event.
    StepFacts {
        /// `done` or `expected`.
        tense: &'static str,
        handling_type: &'static str,
        ship: String,
        location: Fact,
    }
}

declare_facts! {
    /// A past event of some of the containers.
    PartFacts {
        tense: &'static str,
        handling_type: &'static str,
        ship: String,
        location: Fact,
        count: u64,
        all: u64,
    }
}

declare_facts! {
    /// What a container lacks that others of its cargo have.
    ContainerFacts {
        /// `left-behind` or `not-reported`.
        progress: &'static str,
        tense: &'static str,
        handling_type: &'static str,
        ship: String,
        location: Fact,
    }
}

declare_facts! {
    /// The progress.
    ScheduleFacts {
        schedule: &'static str,
    }
}

fn yes(is_so: bool) -> &'static str {
    match is_so {
        true => "yes",
        false => "no",
    }
}

fn location(code: Option<&UnLocode>) -> Fact {
    match code {
        Some(code) => Fact::Location(code.clone()),
        None => Fact::Text(String::new()),
    }
}

/// Where a cargo, or the container that was asked for, is, in a few words.
pub(super) fn headline(view: &TrackView, places: &Places) -> String {
    let at = view.last_known_location.as_ref();
    let ship = view.current_voyage.as_ref();
    let next = view.next_expected.as_ref();
    let next = next.map(|next| &next.step.location);
    let facts = HeadlineFacts {
        state: match view.transport_status {
            _ if view.status == PublicStatus::Cancelled => "cancelled",
            TransportStatus::NotReceived => "not-received",
            TransportStatus::InPort if view.unloaded_at_destination => "arrived",
            TransportStatus::InPort => "in-port",
            TransportStatus::Claimed => "claimed",
            TransportStatus::OnboardCarrier => "aboard",
        },
        is_located: yes(at.is_some()),
        location: location(at),
        is_ship_known: yes(ship.is_some()),
        ship: ship.map_or_else(String::new, |ship| vessel(ship, &view.voyages)),
        is_bound: yes(next.is_some()),
        next_location: location(next),
    };
    HEADLINE.say(&facts.list(), &Glance(places))
}

/// What a container lacks that others of its cargo have, if anything.
pub(super) fn behind(
    container: &TrackContainerView,
    voyages: &[TrackVoyageView],
    places: &Places,
) -> Option<String> {
    let missing = container.missing.as_ref()?;
    let step = facts("done", &missing.step, voyages);
    let facts = ContainerFacts {
        progress: match container.progress {
            ContainerProgress::WithCargo => return None,
            ContainerProgress::NotReported => "not-reported",
            ContainerProgress::LeftBehind => "left-behind",
        },
        tense: step.tense,
        handling_type: step.handling_type,
        ship: step.ship,
        location: step.location,
    };
    Some(CONTAINER.say(&facts.list(), &Glance(places)))
}

/// The progress in a word, and what it means.
pub(super) fn schedule(schedule: PublicSchedule) -> (String, String) {
    let schedule = match schedule {
        PublicSchedule::NotPlanned => "not-planned",
        PublicSchedule::OnSchedule => "on-schedule",
        PublicSchedule::Delayed => "delayed",
        PublicSchedule::AwaitingReport => "awaiting-report",
        PublicSchedule::BeingReplanned => "being-replanned",
    };
    let facts = ScheduleFacts { schedule }.list();
    let places = Places::default();
    let say = |message: &Message| message.say(&facts, &Glance(&places));
    (say(&SCHEDULE), say(&EXPLANATION))
}

/// A vessel by name, or the voyage's number if the name is unknown.
fn vessel(number: &VoyageNumber, voyages: &[TrackVoyageView]) -> String {
    let known = voyages.iter().find(|voyage| voyage.voyage == *number);
    known.map_or_else(|| number.to_string(), |known| known.vessel.to_string())
}

fn ship(step: &ExpectedStepView, voyages: &[TrackVoyageView]) -> String {
    step.voyage.as_ref().map_or_else(String::new, |number| {
        format!("{} ({number})", vessel(number, voyages))
    })
}

fn facts(tense: &'static str, step: &ExpectedStepView, voyages: &[TrackVoyageView]) -> StepFacts {
    StepFacts {
        tense,
        handling_type: step.handling_type.word(),
        ship: ship(step, voyages),
        location: Fact::Location(step.location.clone()),
    }
}

/// A past event, and how many containers it was of, if it was not of all.
pub(super) fn happened(event: &TrackEventView, voyages: &[TrackVoyageView]) -> String {
    let places = Places::default();
    let step = facts("done", &event.done, voyages);
    match event.containers.filter(|some| some.count < some.of) {
        None => STEP.say(&step.list(), &Glance(&places)),
        Some(some) => {
            let facts = PartFacts {
                tense: step.tense,
                handling_type: step.handling_type,
                ship: step.ship,
                location: step.location,
                count: some.count,
                all: some.of,
            };
            PART.say(&facts.list(), &Glance(&places))
        }
    }
}

/// A future event.
pub(super) fn expected(step: &ExpectedStepView, voyages: &[TrackVoyageView]) -> String {
    let places = Places::default();
    STEP.say(&facts("expected", step, voyages).list(), &Glance(&places))
}

/// A future event and its place.
pub(super) fn next(
    step: &ExpectedStepView,
    voyages: &[TrackVoyageView],
    places: &Places,
) -> String {
    NEXT.say(&facts("expected", step, voyages).list(), &Glance(places))
}
