//! What pages say about operations on voyages.

use super::pages::calls;
use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences, count};
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use application::queries::At;
use application::voyages::VoyageView;
use async_trait::async_trait;
use domain::Event;
use domain::Moment;
use domain::booking::BookingEvent;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageEvent, VoyageNumber};
use serde_json::Value;
use std::collections::BTreeSet;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// What pages say after the operations of this subdomain.
pub(crate) struct VoyageSentences;

#[async_trait]
impl Sentences for VoyageSentences {
    async fn done(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "schedule-voyage" => {
                let movements = recorded.input["movements"].as_array();
                let ends = movements.and_then(|all| Some((all.first()?, all.last()?)));
                let port = |end: &Value| end.as_str()?.parse::<UnLocode>().ok();
                let ends = ends.map(|(first, last)| (port(&first["from"]), port(&last["to"])));
                let way = match ends {
                    Some((Some(from), Some(to))) => {
                        let places = Places::load(&mut visit.reading, [&from, &to]).await?;
                        format!(" from {} to {}", places.told(&from), places.told(&to))
                    }
                    _ => String::new(),
                };
                format!(
                    "Voyage {}{way} is open for booking.",
                    recorded.text("number")
                )
            }
            "reschedule-voyage" => rescheduled(visit, recorded).await?,
            "change-voyage-capacity" => {
                let voyage: Option<VoyageView> =
                    voyage_after(visit, name, recorded.entry.position).await?;
                voyage.map_or_else(|| format!("{name} has a new capacity."), capacity)
            }
            "cancel-voyage" => match count(
                &recorded.outcome["affected_cargoes"],
                "cargo needs",
                "cargoes need",
            ) {
                None => format!("Voyage {name} is cancelled. No cargoes were booked on it."),
                Some(cargoes) => format!("Voyage {name} is cancelled. {cargoes} another route."),
            },
            _ => return Ok(None),
        }))
    }

    fn event(&self, event: &Event, _reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Voyages(event) = event else {
            return None;
        };
        Some(match event {
            VoyageEvent::VoyageCancelled(event) => vec![event.reason.clone()],
            VoyageEvent::VoyageScheduled(_)
            | VoyageEvent::VoyageCapacityChanged(_)
            | VoyageEvent::VoyageRescheduled(_) => Vec::new(),
        })
    }
}

/// A voyage as it was after an entry.
pub(crate) async fn voyage_after(
    visit: &mut Visit,
    number: &str,
    position: u64,
) -> Result<Option<VoyageView>, Away> {
    let Ok(number) = number.parse::<VoyageNumber>() else {
        return Ok(None);
    };
    let when = Some(At::Position(position)).into();
    Ok(Some(visit.reading.one::<Voyage>(&number, when).await?.view))
}

/// The current capacity of a voyage, and what it changes.
fn capacity(voyage: VoyageView) -> String {
    let (name, now) = (voyage.voyage, words::space(voyage.capacity));
    let limit = voyage.movements.first().and_then(|own| own.limit);
    match (limit.map(words::space), voyage.overbooking_percent) {
        (Some(limit), percent @ 1..) => {
            format!(
                "{name} now has a capacity of {now} and takes up to {limit}, \
                 with {percent} % overbooking."
            )
        }
        _ => format!("{name} now has a capacity of {now}."),
    }
}

/// How much later or earlier one time is than another: `30 h later`, `16 days earlier`.
fn shift(was: Moment, is: Moment) -> String {
    let hours = (is.micros() - was.micros()) / MICROS_PER_HOUR;
    let way = if hours < 0 { "earlier" } else { "later" };
    let amount = match (hours.unsigned_abs() / 24, hours.unsigned_abs() % 24) {
        (0 | 1, _) => format!("{} h", hours.abs()),
        (days, 0) => format!("{days} days"),
        (days, hours) => format!("{days} days {hours} h"),
    };
    format!("{amount} {way}")
}

/// The first time of a voyage that a new schedule changes.
fn first_moved(before: &VoyageView, now: &VoyageView, places: &Places) -> Option<String> {
    let pairs = || before.movements.iter().zip(&now.movements);
    let number = &now.voyage;
    let departs = pairs().find(|(was, is)| was.departs != is.departs);
    let departs = departs.map(|(was, is)| {
        let by = shift(was.departs, is.departs);
        let (port, time) = (places.told(&is.from), words::utc(is.departs));
        format!("{number} now leaves {port} on {time}, {by}")
    });
    departs.or_else(|| {
        let (was, is) = pairs().find(|(was, is)| was.arrives != is.arrives)?;
        let by = shift(was.arrives, is.arrives);
        let (port, time) = (places.told(&is.to), words::utc(is.arrives));
        Some(format!("{number} now reaches {port} on {time}, {by}"))
    })
}

/// The new departure of a voyage, how much later it is, and the effect on its cargoes.
async fn rescheduled(visit: &mut Visit, recorded: &Recorded) -> Result<String, Away> {
    let number = recorded.outcome["voyage"].as_str().unwrap_or_default();
    let before = voyage_after(visit, number, recorded.entry.position.saturating_sub(1)).await?;
    let now = voyage_after(visit, number, recorded.entry.position).await?;
    let mut parts = Vec::new();
    if let (Some(before), Some(now)) = (before, now) {
        let places = Places::load(&mut visit.reading, calls(&now)).await?;
        parts.extend(first_moved(&before, &now, &places));
        let [was, is] = [before.cut_off_hours, now.cut_off_hours];
        if was != is {
            if parts.is_empty() {
                parts.push(format!("{number} keeps its times"));
            }
            parts.push(format!(
                "its cut-off is now {is} h before departure instead of {was} h"
            ));
        }
        if parts.is_empty() {
            parts.push(format!("Voyage {number} keeps its times and its cut-off"));
        }
    } else {
        parts.push(format!("Voyage {number} has new times"));
    }
    let late = count(&recorded.outcome["delayed_cargoes"], "cargo", "cargoes");
    parts.extend(late.map(|late| format!("{late} will arrive later")));
    let events = Event::list_from_json(recorded.entry.events.get()).unwrap_or_default();
    let (mut misses, mut late) = (BTreeSet::new(), BTreeSet::new());
    for event in &events {
        match event {
            Event::Booking(BookingEvent::ConnectionMissed(own)) => {
                misses.insert(&own.cargo);
            }
            Event::Booking(BookingEvent::DeadlineAtRisk(own)) => {
                late.insert(&own.cargo);
            }
            _ => {}
        }
    }
    for (cargoes, one, many) in [
        (misses, "a connection", "a connection"),
        (late, "its deadline", "their deadlines"),
    ] {
        parts.extend(match cargoes.len() {
            0 => None,
            1 => Some(format!("1 cargo now misses {one}")),
            count => Some(format!("{count} cargoes now miss {many}")),
        });
    }
    Ok(format!("{}.", parts.join("; ")))
}
