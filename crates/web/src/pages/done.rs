//! What a page says after an act: what was done, and to what. Made in one place, from the entry
//! that the act left in the log.

use super::places::Places;
use super::shell::Done;
use super::visit::{Away, Visit};
use super::words;
use application::booking::CargoView;
use application::customers::CustomerView;
use application::queries::{At, EntryView};
use application::voyages::VoyageView;
use domain::Names;
use domain::booking::{Cargo, TrackingId};
use domain::customers::{Customer, CustomerId};
use domain::voyages::{Voyage, VoyageNumber};
use serde_json::Value;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// What was done by the entry at a position, where it was the visitor who did it.
pub(crate) async fn done(visit: &mut Visit, position: u64) -> Result<Option<Done>, Away> {
    let Some(entry) = visit.reading.own_entry(position).await? else {
        return Ok(None);
    };
    let said = sentence(visit, &entry).await?;
    let codes = words::codes_in(&said);
    let places = Places::load(&mut visit.reading, &codes).await?;
    let said = words::humane(&said, &places);
    let next = next(visit, &entry);
    Ok(Some(Done {
        position,
        said,
        next,
    }))
}

/// The step that follows on the way to a colleague who can sign in.
fn next(visit: &Visit, entry: &EntryView) -> Option<(String, String)> {
    let user = entry.target.as_deref()?.strip_prefix("user:")?;
    let (operation, label) = match entry.operation.as_str() {
        "register-user" => ("assign-role", format!("Give {user} a role")),
        "assign-role" => ("set-password", format!("Set a password for {user}")),
        _ => return None,
    };
    let href = format!("/operations/{operation}?user={user}");
    visit.may_run(operation).then_some((href, label))
}

/// How many of something.
fn count(items: &Value, one: &str, many: &str) -> Option<String> {
    match items.as_array().map_or(0, Vec::len) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

/// An entry in a sentence; codes and times as machines write them.
async fn sentence(visit: &mut Visit, entry: &EntryView) -> Result<String, Away> {
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
    let (input, outcome) = (read(entry.input.get()), read(entry.outcome.get()));
    let events = read(entry.events.get());
    let text = |field: &str| input[field].as_str().unwrap_or_default().to_owned();
    let name = entry
        .target
        .as_deref()
        .and_then(|target| target.split_once(':'));
    let name = name.map_or("", |(_, name)| name).to_owned();
    let is_change = events.as_array().is_some_and(|events| !events.is_empty());
    if !is_change {
        let title = words::label(&entry.operation);
        return Ok(format!("{title}: it was so already, and nothing changed."));
    }
    let operation = entry.operation.as_str();
    Ok(match operation {
        "add-locations" => {
            let added = count(&input["locations"], "location is", "locations are");
            format!("{} known now.", added.unwrap_or_default())
        }
        "correct-location" => format!("What is known of {name} is corrected."),
        "new-customer" => format!("{} is in the books.", text("name")),
        "change-customer" => format!("What is known of {} is corrected.", text("name")),
        "suspend-customer" | "reinstate-customer" => {
            let who = customer(visit, &name).await?;
            match operation {
                "suspend-customer" => {
                    format!("{who} is suspended: no cargo of it is taken or booked.")
                }
                _ => format!("{who} may ship again."),
            }
        }
        "schedule-voyage" => {
            let movements = input["movements"].as_array();
            let ends = movements.and_then(|all| Some((all.first()?, all.last()?)));
            let way = ends.map(|(first, last)| (first["from"].as_str(), last["to"].as_str()));
            let way = match way {
                Some((Some(from), Some(to))) => format!(" from {from} to {to}"),
                _ => String::new(),
            };
            format!("Voyage {}{way} is offered for booking.", text("number"))
        }
        "reschedule-voyage" => rescheduled(visit, entry, &outcome).await?,
        "change-voyage-capacity" => {
            let voyage: Option<VoyageView> = voyage(visit, &name, entry.position).await?;
            let limit = voyage.and_then(|own| Some(words::space(own.movements.first()?.limit?)));
            format!("{name} now takes up to {}.", limit.unwrap_or_default())
        }
        "cancel-voyage" => match count(&outcome["affected_cargoes"], "cargo needs", "cargoes need")
        {
            None => format!("Voyage {name} is cancelled; no cargo was booked on it."),
            Some(cargoes) => format!("Voyage {name} is cancelled; {cargoes} another way."),
        },
        "register-user" => format!("{name} is known now; a role and a password come next."),
        "assign-role" => format!("{name} has the role {}.", text("role")),
        "remove-role" => format!("{name} no longer has the role {}.", text("role")),
        "set-password" => format!("{name} has a new password; all its sessions have ended."),
        "suspend-user" => format!("{name} is suspended and can do nothing more."),
        "reinstate-user" => format!("{name} is active again, with the roles as before."),
        "issue-token" => format!("{} has a new token.", text("user")),
        "revoke-token" => "The token is revoked; it opens nothing more.".to_owned(),
        "sign-in" => format!("{name} has signed in."),
        "sign-out" => "The session has ended.".to_owned(),
        "retract-handling-event" => "The report is taken back.".to_owned(),
        _ => of_cargo(visit, entry, &name, &input).await?,
    })
}

async fn customer(visit: &mut Visit, id: &str) -> Result<String, Away> {
    let Some(id) = crate::parameters::hyphenated(id) else {
        return Ok("The customer".to_owned());
    };
    let found = visit.reading.some::<Customer>([CustomerId(id).lookup()]);
    let found: Option<CustomerView> = found.await?.pop();
    Ok(found.map_or_else(|| "The customer".to_owned(), |own| own.name.to_string()))
}

/// A voyage as it was after an entry.
async fn voyage(
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

/// When a voyage leaves by now, how much later that is, and whom it makes late.
async fn rescheduled(
    visit: &mut Visit,
    entry: &EntryView,
    outcome: &Value,
) -> Result<String, Away> {
    let number = outcome["voyage"].as_str().unwrap_or_default();
    let before = voyage(visit, number, entry.position.saturating_sub(1)).await?;
    let now = voyage(visit, number, entry.position).await?;
    let late = count(&outcome["delayed_cargoes"], "cargo", "cargoes");
    let late = late.map_or_else(String::new, |late| format!("; {late} will arrive later"));
    let (Some(before), Some(now)) = (before, now) else {
        return Ok(format!("Voyage {number} has new times{late}."));
    };
    let pairs = || before.movements.iter().zip(&now.movements);
    let hours = |was: domain::Moment, is: domain::Moment| {
        let hours = (is.micros() - was.micros()) / MICROS_PER_HOUR;
        let way = if hours < 0 { "earlier" } else { "later" };
        format!("{} h {way}", hours.abs())
    };
    if let Some((was, is)) = pairs().find(|(was, is)| was.departs != is.departs) {
        let by = hours(was.departs, is.departs);
        return Ok(format!(
            "{number} now leaves {} on {}, {by}{late}.",
            is.from, is.departs
        ));
    }
    if let Some((was, is)) = pairs().find(|(was, is)| was.arrives != is.arrives) {
        let by = hours(was.arrives, is.arrives);
        return Ok(format!(
            "{number} now reaches {} on {}, {by}{late}.",
            is.to, is.arrives
        ));
    }
    Ok(format!("Voyage {number} keeps its times."))
}

/// What was done with a cargo.
async fn of_cargo(
    visit: &mut Visit,
    entry: &EntryView,
    name: &str,
    input: &Value,
) -> Result<String, Away> {
    let Ok(id) = name.parse::<TrackingId>() else {
        return Ok(format!("{} is done.", words::label(&entry.operation)));
    };
    let when = |position| Some(At::Position(position)).into();
    let now = visit
        .reading
        .one::<Cargo>(&id, when(entry.position))
        .await?;
    let now: CargoView = now.view;
    let size = words::number(now.size_teu);
    let legs = now.itinerary.iter().map(|leg| leg.voyage.as_str());
    let mut voyages: Vec<_> = legs.collect();
    voyages.dedup();
    let voyages = voyages.join(", ");
    let specification = &now.route_specification;
    Ok(match entry.operation.as_str() {
        "create-cargo" => format!(
            "Cargo {id} from {} to {} is in the book; it has no space yet.",
            specification.origin, specification.destination
        ),
        "book-onto-voyage" | "assign-itinerary" => {
            format!(
                "{id} has {size} TEU on {voyages}, to {}.",
                specification.destination
            )
        }
        "release-cargo" => {
            let before = when(entry.position.saturating_sub(1));
            let before: CargoView = visit.reading.one::<Cargo>(&id, before).await?.view;
            let freed = before.itinerary.iter().map(|leg| leg.voyage.as_str());
            let freed = freed.collect::<Vec<_>>().join(", ");
            format!("{id} has given {size} TEU back on {freed}; it waits to be booked again.")
        }
        "roll-cargo" => {
            let [from, onto] = ["from_voyage", "to_voyage"].map(|field| &input[field]);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            match from == onto {
                true => format!("{id} still sails with {}, from another call.", text(onto)),
                false => format!("{id} sails with {} instead of {}.", text(onto), text(from)),
            }
        }
        "change-destination" => format!("{id} now goes to {}.", specification.destination),
        "change-arrival-deadline" => {
            format!(
                "{id} is now to arrive by {}.",
                specification.arrival_deadline
            )
        }
        "reroute-cargo" => format!(
            "{id} now goes from {} to {}; choose a route for it.",
            specification.origin, specification.destination
        ),
        "accept-booking" => format!("The booking of {id} is accepted."),
        "confirm-booking" => format!("The booking of {id} is confirmed."),
        "reject-booking" => format!("{id} is turned down; its space is free again."),
        "cancel-cargo" => format!("{id} is cancelled; its space is free again."),
        "register-handling-event" => format!("What was done with {id} is registered."),
        _ => format!("{} of {id} is done.", words::label(&entry.operation)),
    })
}
