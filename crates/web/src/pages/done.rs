//! What a page says after an act: what was done, and to what. All in one place, from the entry of
//! the act in the log.

use super::places::Places;
use super::shell::Done;
use super::visit::{Away, Visit};
use super::words;
use application::booking::CargoView;
use application::customers::CustomerView;
use application::queries::{At, EntryView};
use application::voyages::VoyageView;
use domain::booking::{BookingEvent, Cargo, TrackingId};
use domain::customers::{Customer, CustomerFilter, CustomerId};
use domain::text::folded;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Event, Moment, Names};
use serde_json::Value;
use std::collections::BTreeSet;

/// The maximum number of customers with the same name that are checked for a duplicate.
const ALIKE: u64 = 200;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// What the entry at a position did, if the visitor made it.
pub(crate) async fn done(visit: &mut Visit, position: u64) -> Result<Option<Done>, Away> {
    let Some(entry) = visit.reading.own_entry(position).await? else {
        return Ok(None);
    };
    let said = sentence(visit, &entry).await?;
    let codes = words::codes_in(&said);
    let places = Places::load(&mut visit.reading, &codes).await?;
    let said = words::humane(&said, &places);
    let next = match next(visit, &entry) {
        Some(next) => Some(next),
        None => twin(visit, &entry).await?,
    };
    Ok(Some(Done {
        position,
        said,
        next,
    }))
}

/// The next step towards a colleague who can sign in.
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

/// Another customer with the name and address of the new one, which may be a duplicate.
async fn twin(visit: &mut Visit, entry: &EntryView) -> Result<Option<(String, String)>, Away> {
    if !["new-customer", "change-customer"].contains(&entry.operation.as_str()) {
        return Ok(None);
    }
    let id = entry.target.as_deref().and_then(|own| own.split_once(':'));
    let Some(id) = id.and_then(|(_, id)| crate::parameters::hyphenated(id)) else {
        return Ok(None);
    };
    let own = visit.reading.some::<Customer>([CustomerId(id).lookup()]);
    let own: Option<CustomerView> = own.await?.pop();
    let Some(own) = own else {
        return Ok(None);
    };
    let alike = |text: &str| folded(text.trim());
    let filter = CustomerFilter {
        id: None,
        name: Some(alike(own.name.as_str())),
    };
    let found = visit.reading.list::<Customer>(filter, None, ALIKE).await?;
    let twin = found.items.into_iter().find(|other: &CustomerView| {
        other.customer != own.customer
            && alike(other.name.as_str()) == alike(own.name.as_str())
            && alike(other.email.as_str()) == alike(own.email.as_str())
    });
    Ok(twin.map(|twin| {
        let label = "Another customer has the same name and e-mail address".to_owned();
        (format!("/customers/{}", twin.customer), label)
    }))
}

/// A count with its noun.
fn count(items: &Value, one: &str, many: &str) -> Option<String> {
    match items.as_array().map_or(0, Vec::len) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

/// An entry as a sentence, with codes and times in machine format.
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
        return unchanged(visit, entry, &name, &input).await;
    }
    let operation = entry.operation.as_str();
    Ok(match operation {
        "add-locations" => {
            let added = count(&input["locations"], "location", "locations");
            format!("{} added.", added.unwrap_or_default())
        }
        "correct-location" => format!("{name} corrected."),
        "new-customer" => format!("{} has been added.", text("name")),
        "change-customer" => format!("{} corrected.", text("name")),
        "suspend-customer" | "reinstate-customer" => {
            let who = customer(visit, &name).await?;
            match operation {
                "suspend-customer" => {
                    format!("{who} is suspended. Its cargoes cannot be created or booked.")
                }
                _ => format!("{who} is active and can ship again."),
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
            format!("Voyage {}{way} is open for booking.", text("number"))
        }
        "reschedule-voyage" => rescheduled(visit, entry, &outcome).await?,
        "change-voyage-capacity" => {
            let voyage: Option<VoyageView> = voyage(visit, &name, entry.position).await?;
            voyage.map_or_else(|| format!("{name} has a new capacity."), capacity)
        }
        "cancel-voyage" => match count(&outcome["affected_cargoes"], "cargo needs", "cargoes need")
        {
            None => format!("Voyage {name} is cancelled. No cargoes were booked on it."),
            Some(cargoes) => format!("Voyage {name} is cancelled. {cargoes} another route."),
        },
        "register-user" => format!("{name} has been added. Assign a role and a password next."),
        "assign-role" => format!("{name} has the role {}.", text("role")),
        "remove-role" => format!("{name} no longer has the role {}.", text("role")),
        "set-password" => format!("{name} has a new password. All its sessions have ended."),
        "suspend-user" => format!("{name} is suspended and can no longer do anything."),
        "reinstate-user" => format!("{name} is active again, with the same roles as before."),
        "issue-token" => format!("{} has a new token.", text("user")),
        "revoke-token" => "The token is revoked and no longer works.".to_owned(),
        "sign-in" => format!("{name} has signed in."),
        "sign-out" => "The session has ended.".to_owned(),
        "retract-handling-event" => "The report is retracted.".to_owned(),
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

/// Says that an operation changed nothing.
async fn unchanged(
    visit: &mut Visit,
    entry: &EntryView,
    name: &str,
    input: &Value,
) -> Result<String, Away> {
    let text = |field: &str| input[field].as_str().unwrap_or_default();
    let why = match entry.operation.as_str() {
        "suspend-customer" => format!("{} is suspended already", customer(visit, name).await?),
        "reinstate-customer" => format!("{} is active already", customer(visit, name).await?),
        "change-customer" => format!("{} has this name and address already", text("name")),
        "add-locations" => "all of these locations are known already".to_owned(),
        "assign-role" => format!("{name} has the role {} already", text("role")),
        "remove-role" => format!("{name} does not have the role {}", text("role")),
        "suspend-user" => format!("{name} is suspended already"),
        "reinstate-user" => format!("{name} is active already"),
        "revoke-token" => "the token is revoked already".to_owned(),
        "sign-out" => "the session has ended already".to_owned(),
        operation => {
            let title = words::label(operation).to_lowercase();
            format!("{title} found {name} like this already")
        }
    };
    Ok(format!("Nothing to change: {why}."))
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
fn first_moved(before: &VoyageView, now: &VoyageView) -> Option<String> {
    let pairs = || before.movements.iter().zip(&now.movements);
    let number = &now.voyage;
    let departs = pairs().find(|(was, is)| was.departs != is.departs);
    let departs = departs.map(|(was, is)| {
        let by = shift(was.departs, is.departs);
        format!("{number} now leaves {} on {}, {by}", is.from, is.departs)
    });
    departs.or_else(|| {
        let (was, is) = pairs().find(|(was, is)| was.arrives != is.arrives)?;
        let by = shift(was.arrives, is.arrives);
        Some(format!(
            "{number} now reaches {} on {}, {by}",
            is.to, is.arrives
        ))
    })
}

/// The new departure of a voyage, how much later it is, and the effect on its cargoes.
async fn rescheduled(
    visit: &mut Visit,
    entry: &EntryView,
    outcome: &Value,
) -> Result<String, Away> {
    let number = outcome["voyage"].as_str().unwrap_or_default();
    let before = voyage(visit, number, entry.position.saturating_sub(1)).await?;
    let now = voyage(visit, number, entry.position).await?;
    let mut parts = Vec::new();
    if let (Some(before), Some(now)) = (before, now) {
        parts.extend(first_moved(&before, &now));
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
    let late = count(&outcome["delayed_cargoes"], "cargo", "cargoes");
    parts.extend(late.map(|late| format!("{late} will arrive later")));
    let events = Event::list_from_json(entry.events.get()).unwrap_or_default();
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

/// The space that an entry freed: on the legs of a cargo that had a departure ahead.
async fn freed(visit: &mut Visit, entry: &EntryView, cargo: &TrackingId) -> Result<String, Away> {
    let before = Some(At::Position(entry.position.saturating_sub(1))).into();
    let before: CargoView = visit.reading.one::<Cargo>(cargo, before).await?.view;
    if before.itinerary.is_empty() {
        return Ok("it had no space booked".to_owned());
    }
    let mut freed: Vec<String> = Vec::new();
    for leg in &before.itinerary {
        let number = leg.voyage.to_string();
        let found = voyage(visit, &number, entry.position).await?;
        let movements = found.iter().flat_map(|own| &own.movements);
        let mut movements =
            movements.filter(|own| own.departs >= leg.load_time && own.arrives <= leg.unload_time);
        if movements.any(|own| own.departs > entry.recorded_at) && !freed.contains(&number) {
            freed.push(number);
        }
    }
    Ok(match freed.is_empty() {
        true => "all it was booked on has sailed".to_owned(),
        false => {
            let size = words::number(before.size_teu);
            format!("{size} TEU freed on {}", freed.join(", "))
        }
    })
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
    let when = Some(At::Position(entry.position)).into();
    let now: CargoView = visit.reading.one::<Cargo>(&id, when).await?.view;
    let size = words::number(now.size_teu);
    let legs = now.itinerary.iter().map(|leg| leg.voyage.as_str());
    let mut voyages: Vec<_> = legs.collect();
    voyages.dedup();
    let voyages = voyages.join(", ");
    let specification = &now.route_specification;
    Ok(match entry.operation.as_str() {
        "create-cargo" => format!(
            "Cargo {id} from {} to {} has been created. No space is booked yet.",
            specification.origin, specification.destination
        ),
        "book-onto-voyage" | "assign-itinerary" => {
            format!(
                "{id} is booked: {size} TEU on {voyages} to {}.",
                specification.destination
            )
        }
        "release-cargo" => {
            let freed = freed(visit, entry, &id).await?;
            format!("{id} released: {freed}. It is waiting to be booked.")
        }
        "roll-cargo" => {
            let [from, onto] = ["from_voyage", "to_voyage"].map(|field| &input[field]);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            match from == onto {
                true => format!("{id} stays on {}, from another call.", text(onto)),
                false => format!(
                    "{id} is booked on {} instead of {}.",
                    text(onto),
                    text(from)
                ),
            }
        }
        "change-destination" => format!("{id} now goes to {}.", specification.destination),
        "change-arrival-deadline" => {
            format!(
                "{id} now has to arrive by {}.",
                specification.arrival_deadline
            )
        }
        "reroute-cargo" => format!(
            "{id} now goes from {} to {}. Choose a route for it.",
            specification.origin, specification.destination
        ),
        "accept-booking" => format!("The booking of {id} is accepted."),
        "confirm-booking" => format!("The booking of {id} is confirmed."),
        "reject-booking" => {
            format!("{id} is rejected: {}.", freed(visit, entry, &id).await?)
        }
        "cancel-cargo" => {
            format!("{id} is cancelled: {}.", freed(visit, entry, &id).await?)
        }
        "register-handling-event" => format!("The handling of {id} is registered."),
        _ => format!("{} of {id} is done.", words::label(&entry.operation)),
    })
}
