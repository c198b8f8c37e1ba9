//! The ships at a port that its agent reports: one tap says that a ship has left or arrived just now,
//! and another takes it back.

use super::report::{UNDONE, entered_time};
use super::words::known_call;
use crate::locations::suggest::location;
use crate::pages::done::Recorded;
use crate::pages::form::Entered;
use crate::pages::places::{LocalTime, Places};
use crate::pages::shell::Done;
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit};
use crate::pages::words::distance;
use crate::problem::Problem;
use application::voyages::{
    CallDue, ReportArrival, ReportDeparture, RetractCallReport, VoyageView,
};
use application::{About, Operation};
use axum::http::StatusCode;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use serde_json::{Value, json};

/// The field of the time, if it was not just now.
pub(super) const AT: &str = "/at";

const DEPARTURE: &str = "DEPARTURE";
const ARRIVAL: &str = "ARRIVAL";

/// A call to report.
pub(super) struct CallRow {
    pub(super) voyage: String,
    pub(super) vessel: String,
    pub(super) is_arrival: bool,
    pub(super) time: LocalTime,
    pub(super) time_in: String,
    pub(super) is_overdue: bool,
    /// What the button sends, for those who may report.
    pub(super) value: Option<String>,
    /// The address of the form, where it is too early for a button.
    pub(super) form: Option<String>,
}

/// A report of a call that was just made or taken back.
pub(super) struct ReportedCall {
    pub(super) said: String,
    pub(super) voyage: String,
    /// What the button sends that takes the report back, while it stands.
    pub(super) undo: Option<String>,
}

/// A departure or an arrival, as buttons send it: `DEPARTURE V100 1`. The button that takes a report
/// back adds the reported time. Without one, the page knew of no report.
struct CallEvent {
    is_arrival: bool,
    voyage: VoyageNumber,
    /// The number of the call, from 1.
    call: usize,
    /// The reported time that the page showed.
    known: Option<Moment>,
}

impl CallEvent {
    fn read(text: &str) -> Result<Self, Problem> {
        let read = || {
            let mut words = text.split(' ');
            let (what, voyage, call) = (words.next()?, words.next()?, words.next()?);
            Some(Self {
                known: match words.next() {
                    Some(time) => Some(time.parse().ok()?),
                    None => None,
                },
                is_arrival: match what {
                    ARRIVAL => true,
                    DEPARTURE => false,
                    _ => return None,
                },
                voyage: voyage.parse().ok()?,
                call: call.parse().ok()?,
            })
        };
        read().ok_or_else(not_a_call)
    }

    fn about(&self) -> &'static About {
        match self.is_arrival {
            true => &ReportArrival::ABOUT,
            false => &ReportDeparture::ABOUT,
        }
    }

    fn word(&self) -> &'static str {
        match self.is_arrival {
            true => ARRIVAL,
            false => DEPARTURE,
        }
    }

    fn value(&self) -> String {
        let value = format!("{} {} {}", self.word(), self.voyage, self.call);
        match self.known {
            Some(known) => format!("{value} {known}"),
            None => value,
        }
    }

    /// The address of the form, filled in.
    fn form(&self, port: &UnLocode) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("voyage", &self.voyage.to_string());
        query.append_pair("location", &port.to_string());
        query.append_pair("call", &self.call.to_string());
        format!("/operations/{}?{}", self.about().name, query.finish())
    }

    /// The reported time, if it is.
    fn reported_at(&self, voyage: &VoyageView) -> Option<Moment> {
        let movement = match self.is_arrival {
            true => self.call.checked_sub(2),
            false => self.call.checked_sub(1),
        };
        let movement = voyage.movements.get(movement?)?;
        match self.is_arrival {
            true => movement.arrived_at,
            false => movement.departed_at,
        }
    }
}

fn not_a_call() -> Problem {
    Problem::field("/call", "is not a call of a voyage".to_owned())
}

/// The calls to report, the earliest first.
pub(super) fn rows(
    visit: &Visit,
    due: &[CallDue],
    port: &UnLocode,
    places: &Places,
) -> Vec<CallRow> {
    let row = |due: &CallDue| {
        let event = CallEvent {
            is_arrival: due.is_arrival,
            voyage: due.voyage.voyage.clone(),
            call: due.call,
            known: None,
        };
        let may_report = visit.may_run(event.about());
        CallRow {
            voyage: event.voyage.to_string(),
            vessel: due.voyage.vessel.name.to_string(),
            is_arrival: due.is_arrival,
            time: places.time(port, due.time),
            time_in: distance(due.time, visit.now),
            is_overdue: due.time < visit.now,
            value: (may_report && due.is_near).then(|| event.value()),
            form: (may_report && !due.is_near).then(|| event.form(port)),
        }
    };
    due.iter().map(row).collect()
}

/// What became of a report of a call.
pub(super) async fn reported(
    visit: &mut Visit,
    done: Option<Done>,
) -> Result<Option<ReportedCall>, Away> {
    let Some(done) = done else {
        return Ok(None);
    };
    let Some(entry) = visit.reading.own_entry(done.position).await? else {
        return Ok(None);
    };
    let entry = Recorded::of(entry);
    let mut event = CallEvent {
        known: None,
        is_arrival: entry.is_of::<ReportArrival>(),
        voyage: match entry.text("voyage").parse() {
            Ok(voyage) => voyage,
            Err(_) => return Ok(None),
        },
        call: match entry.input["call"].as_u64().map(usize::try_from) {
            Some(Ok(call)) => call,
            _ => return Ok(None),
        },
    };
    let is_report = event.is_arrival || entry.is_of::<ReportDeparture>();
    let may_undo = is_report && visit.may_run(&RetractCallReport::ABOUT);
    let voyage = voyage_of(visit, &event).await?;
    event.known = voyage.and_then(|voyage| event.reported_at(&voyage));
    let stands = event.known.is_some() && event.known == entry.text("at").parse().ok();
    Ok(Some(ReportedCall {
        said: done.said,
        voyage: event.voyage.to_string(),
        undo: (may_undo && stands).then(|| event.value()),
    }))
}

/// Reports the call whose button was pressed.
pub(super) async fn report(sent: &mut PostedForm) -> Result<FormOutcome, Away> {
    let pressed = sent.entered.extra("call").to_owned();
    let event = CallEvent::read(&pressed)?;
    sent.entered.own_key(&pressed);
    let typed = sent.entered.value(AT).unwrap_or_default().trim().to_owned();
    let mut visit = sent.visit().await?;
    let input = input(&mut visit, &mut sent.entered, &event).await?;
    drop(visit);
    let outcome = match input {
        None => FormOutcome::NotApplied(StatusCode::UNPROCESSABLE_ENTITY),
        Some(input) if is_news(sent, &event, &input).await? => {
            sent.run(event.about().name, &input).await?
        }
        Some(_) => FormOutcome::NotApplied(StatusCode::CONFLICT),
    };
    sent.entered.set(AT, typed);
    Ok(outcome)
}

async fn voyage_of(visit: &mut Visit, event: &CallEvent) -> Result<Option<VoyageView>, Away> {
    let voyage = visit.reading.some::<Voyage>([event.voyage.lookup()]);
    Ok(voyage.await?.pop())
}

/// Whether nothing was reported about a call that the page did not know. A colleague's report is not
/// replaced by a page that was opened before it, but explained.
async fn is_news(sent: &mut PostedForm, event: &CallEvent, input: &Value) -> Result<bool, Away> {
    let mut visit = sent.visit().await?;
    let Some(voyage) = voyage_of(&mut visit, event).await? else {
        return Ok(true);
    };
    // The operation refuses what happens between this look and its own.
    if let Some(version) = voyage.version {
        sent.entered.set_version(version);
    }
    let reported = event.reported_at(&voyage);
    let asked = input["at"].as_str().and_then(|at| at.parse().ok());
    if reported == event.known || (reported.is_some() && reported == asked) {
        return Ok(true);
    }
    let text = input["location"].as_str().unwrap_or_default();
    let port: UnLocode = text.parse().map_err(|_| not_a_call())?;
    let places = Places::load(&mut visit.reading, [&port]).await?;
    let time = reported.map(|at| places.time(&port, at).local);
    let what = match event.is_arrival {
        true => "arrival",
        false => "departure",
    };
    sent.entered.note = Some(known_call(what, event.voyage.to_string(), time));
    Ok(false)
}

/// The input of a report, if the time can be read. A fault is recorded beside the field.
async fn input(
    visit: &mut Visit,
    entered: &mut Entered,
    event: &CallEvent,
) -> Result<Option<Value>, Away> {
    let port = entered.value("/location").unwrap_or_default().to_owned();
    let port = match location(&mut visit.reading, &port).await? {
        Ok(port) => port,
        Err(unclear) => {
            entered.unclear("/location", unclear);
            return Ok(None);
        }
    };
    entered.tell_clock(port.to_string());
    match entered_time(visit, entered, AT, &port).await? {
        Ok(at) => Ok(Some(json!({
            "voyage": event.voyage, "location": port, "call": event.call, "at": at,
        }))),
        Err(complaint) => {
            entered.wrong_field(AT, complaint);
            Ok(None)
        }
    }
}

/// Takes back the report that was just made.
pub(super) async fn undo(sent: &mut PostedForm) -> Result<FormOutcome, Away> {
    let event = CallEvent::read(sent.entered.extra("undo_call"))?;
    let port = sent.entered.value("/location").unwrap_or_default();
    let input = json!({
        "voyage": event.voyage, "location": port, "call": event.call,
        "reported": event.word(), "reason": UNDONE,
    });
    if !is_news(sent, &event, &input).await? {
        return Ok(FormOutcome::NotApplied(StatusCode::CONFLICT));
    }
    sent.run(RetractCallReport::ABOUT.name, &input).await
}
