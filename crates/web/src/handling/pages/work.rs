//! The lines of the quay: what is to be done with each cargo or, where some of its containers are done,
//! with each of the others.

use super::PAGE;
use super::words::{button, group, late_button, partly};
use crate::pages::form::Entered;
use crate::pages::places::{LocalTime, Places};
use crate::pages::words::{distance, number};
use application::booking::{AwaitedStep, CargoView, ExpectedStepView, PortWork, StepProgress};
use domain::Moment;
use domain::booking::ContainerNumber;
use domain::handling::HandlingType;

/// Stands for the voyage of a step ashore in what buttons send: `RECEIVE - 8SGD3UH4ZZE`.
const ASHORE: &str = "-";

/// How many container numbers a line shows.
const NUMBERS: usize = 6;

/// The work on one ship, or ashore.
pub(super) struct WorkGroup {
    pub(super) title: String,
    pub(super) voyage: Option<String>,
    pub(super) rows: Vec<WorkRow>,
}

/// A step of a cargo or of one of its containers.
pub(super) struct WorkRow {
    is_load: bool,
    pub(super) cargo: String,
    /// The container that was not reported, and how many were.
    pub(super) partly: Option<String>,
    pub(super) act: WorkAct,
    /// What a button reports: the cargo, or one of its containers.
    pub(super) about: String,
    pub(super) containers: String,
    /// Their numbers, as far as they are known.
    pub(super) numbers: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) planned: LocalTime,
    pub(super) planned_in: String,
    pub(super) is_overdue: bool,
}

/// What can be done about a line.
pub(super) enum WorkAct {
    /// One tap reports it.
    Tap {
        button: String,
        value: String,
    },
    /// The ship has gone without it. A loading can still be reported.
    LeftBehind {
        button: String,
        value: String,
    },
    /// It is too early for one tap. The form takes a report all the same.
    Later {
        form: String,
    },
    /// The ship omits the call.
    CallOmitted,
    VoyageCancelled,
}

/// The steps by ship, in the order of what is due first. On each ship, what comes off is before what
/// goes on.
pub(super) fn grouped(work: PortWork, places: &Places, now: Moment) -> Vec<WorkGroup> {
    let mut groups: Vec<WorkGroup> = Vec::new();
    for step in work.steps {
        let voyage = step.step.voyage.clone();
        let title = match &voyage {
            Some(number) => {
                let found = work.voyages.get(number);
                found.map(|own| own.vessel.name.to_string())
            }
            None => Some(group(step.step.handling_type)),
        };
        let title = title.unwrap_or_default();
        let number = voyage.map(String::from);
        let rows = rows(&step, places, now);
        let is_same = |own: &&mut WorkGroup| own.voyage == number && own.title == title;
        match groups.iter_mut().find(is_same) {
            Some(own) => own.rows.extend(rows),
            None => groups.push(WorkGroup {
                title,
                voyage: number,
                rows,
            }),
        }
    }
    for own in &mut groups {
        own.rows.sort_by_key(|row| row.is_load);
    }
    groups
}

/// One line for the cargo or, once the step was reported of some containers, one for each of the
/// others.
fn rows(awaited: &AwaitedStep, places: &Places, now: Moment) -> Vec<WorkRow> {
    let cargo = &awaited.cargo;
    if awaited.missing.is_empty() {
        return vec![WorkRow::new(awaited, None, places, now)];
    }
    let total = cargo.containers.len();
    let done = total - awaited.missing.len();
    let missing = awaited.missing.iter();
    let row = missing.map(|container| WorkRow {
        partly: Some(partly(
            awaited.step.handling_type,
            container.to_string(),
            done,
            total,
        )),
        numbers: String::new(),
        ..WorkRow::new(awaited, Some(container), places, now)
    });
    row.collect()
}

impl WorkRow {
    fn new(
        awaited: &AwaitedStep,
        container: Option<&ContainerNumber>,
        places: &Places,
        now: Moment,
    ) -> Self {
        let AwaitedStep {
            cargo,
            step,
            planned_at,
            ..
        } = awaited;
        let specification = &cargo.route_specification;
        let kind = step.handling_type;
        let lines = cargo.equipment.iter();
        let containers = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        Self {
            is_load: kind == HandlingType::Load,
            act: act(awaited, container),
            about: about(awaited, container),
            partly: None,
            cargo: cargo.cargo.to_string(),
            containers: format!(
                "{}, {} TEU",
                containers.collect::<Vec<_>>().join(", "),
                number(cargo.size_teu)
            ),
            numbers: numbers(cargo),
            from: places.named(&specification.origin).to_owned(),
            to: places.named(&specification.destination).to_owned(),
            planned: places.time(&step.location, *planned_at),
            planned_in: distance(*planned_at, now),
            is_overdue: *planned_at < now && kind != HandlingType::Claim,
        }
    }
}

/// The first container numbers of a cargo.
fn numbers(cargo: &CargoView) -> String {
    let numbers = cargo.containers.iter().take(NUMBERS);
    let numbers = numbers.map(|own| own.number.to_string());
    let more = cargo.containers.len().saturating_sub(NUMBERS);
    let more = (more > 0).then(|| format!("{more} more"));
    numbers.chain(more).collect::<Vec<_>>().join(", ")
}

fn act(awaited: &AwaitedStep, container: Option<&ContainerNumber>) -> WorkAct {
    let step = &awaited.step;
    let kind = step.handling_type;
    let voyage = step.voyage.as_ref().map(ToString::to_string);
    let voyage = voyage.unwrap_or_else(|| ASHORE.to_owned());
    let mut value = format!("{} {voyage} {}", kind.word(), awaited.cargo.cargo);
    if let Some(container) = container {
        value = format!("{value} {container}");
    }
    match awaited.progress {
        StepProgress::Near => WorkAct::Tap {
            button: button(kind),
            value,
        },
        StepProgress::LeftBehind => WorkAct::LeftBehind {
            button: late_button(kind),
            value,
        },
        StepProgress::Ahead => WorkAct::Later {
            form: form(step, &about(awaited, container)),
        },
        StepProgress::CallOmitted => WorkAct::CallOmitted,
        StepProgress::VoyageCancelled => WorkAct::VoyageCancelled,
    }
}

/// What a line is about: a cargo, or one of its containers.
fn about(awaited: &AwaitedStep, container: Option<&ContainerNumber>) -> String {
    match container {
        Some(container) => container.to_string(),
        None => awaited.cargo.cargo.to_string(),
    }
}

/// Fills in the report whose button was pressed. Returns the container that it names, if it does.
pub(super) fn pressed(entered: &mut Entered) -> Option<String> {
    let pressed = entered.extra("do").to_owned();
    let mut words = pressed.split(' ');
    let (kind, voyage, cargo) = (words.next()?, words.next()?, words.next()?);
    entered.set("/type", kind);
    entered.set("/cargo", cargo);
    if voyage != ASHORE {
        entered.set("/voyage", voyage);
    }
    let container = words.next().map(str::to_owned);
    entered.own_key(container.as_deref().unwrap_or(cargo));
    container
}

/// The address of the form, filled in.
fn form(step: &ExpectedStepView, about: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("cargo", about);
    query.append_pair("type", step.handling_type.word());
    query.append_pair("location", &step.location.to_string());
    if let Some(voyage) = &step.voyage {
        query.append_pair("voyage", &voyage.to_string());
    }
    format!("{PAGE}?{}", query.finish())
}
