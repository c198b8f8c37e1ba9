//! What pages say about operations on cargoes.

use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences};
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::voyages::sentences::voyage_after;
use application::booking::CargoView;
use application::queries::{At, EntryView};
use async_trait::async_trait;
use domain::Event;
use domain::booking::{
    BookingEvent, Cargo, CargoAccepted, CargoCompleted, CargoConfirmed, CargoCreated,
    CargoMisrouted, Leg, SpecificationChanged, TrackingId,
};
use serde_json::Value;

/// What pages say after the operations of this subdomain.
pub(crate) struct BookingSentences;

#[async_trait]
impl Sentences for BookingSentences {
    async fn done(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        let Ok(id) = name.parse::<TrackingId>() else {
            return Ok(None);
        };
        let when = Some(At::Position(recorded.entry.position)).into();
        let now: CargoView = visit.reading.one::<Cargo>(&id, when).await?.view;
        let size = words::number(now.size_teu);
        let legs = now.itinerary.iter().map(|leg| leg.voyage.as_str());
        let mut voyages: Vec<_> = legs.collect();
        voyages.dedup();
        let voyages = voyages.join(", ");
        let specification = &now.route_specification;
        let ends = [&specification.origin, &specification.destination];
        let places = Places::load(&mut visit.reading, ends).await?;
        let [origin, destination] = ends.map(|port| places.told(port));
        Ok(Some(match recorded.operation() {
            "create-cargo" => format!(
                "Cargo {id} from {origin} to {destination} has been created. No space is booked yet."
            ),
            "book-onto-voyage" | "assign-itinerary" => {
                format!("{id} is booked: {size} TEU on {voyages} to {destination}.")
            }
            "release-cargo" => {
                let freed = freed(visit, &recorded.entry, &id).await?;
                format!("{id} released: {freed}. It is waiting to be booked.")
            }
            "roll-cargo" => {
                let [from, onto] = ["from_voyage", "to_voyage"].map(|field| &recorded.input[field]);
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
            "change-destination" => format!("{id} now goes to {destination}."),
            "change-arrival-deadline" => {
                let deadline = words::utc(specification.arrival_deadline);
                format!("{id} now has to arrive by {deadline}.")
            }
            "reroute-cargo" => {
                format!("{id} now goes from {origin} to {destination}. Choose a route for it.")
            }
            "accept-booking" => format!("The booking of {id} is accepted."),
            "confirm-booking" => format!("The booking of {id} is confirmed."),
            "reject-booking" => {
                format!(
                    "{id} is rejected: {}.",
                    freed(visit, &recorded.entry, &id).await?
                )
            }
            "cancel-cargo" => {
                format!(
                    "{id} is cancelled: {}.",
                    freed(visit, &recorded.entry, &id).await?
                )
            }
            _ => return Ok(None),
        }))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Booking(event) = event else {
            return None;
        };
        Some(details(event, reader))
    }
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
        let found = voyage_after(visit, &number, entry.position).await?;
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

fn details(event: &BookingEvent, reader: &dyn Reader) -> Vec<String> {
    let way = |legs: &[Leg]| -> Vec<String> {
        let leg = |leg: &Leg| {
            let [from, to] = [&leg.load_at, &leg.unload_at].map(|port| reader.location(port));
            format!("{} {from} → {to}", leg.voyage)
        };
        legs.iter().map(leg).collect()
    };
    match event {
        BookingEvent::CargoBooked(event) => way(&event.legs),
        BookingEvent::ItineraryReplaced(event) => way(&event.legs),
        BookingEvent::CargoReleased(event) => way(&event.legs),
        BookingEvent::CargoRolled(event) => {
            let onto = [&event.from_voyage, &event.to_voyage].map(ToString::to_string);
            way(&event.legs).into_iter().chain(onto).collect()
        }
        BookingEvent::CargoRejected(event) => {
            let reason = [event.reason.clone()];
            way(&event.legs).into_iter().chain(reason).collect()
        }
        BookingEvent::CargoCancelled(event) => {
            let reason = [event.reason.clone()];
            way(&event.legs).into_iter().chain(reason).collect()
        }
        BookingEvent::ConnectionMissed(event) => vec![
            event.cargo.to_string(),
            reader.location(&event.location),
            event.voyage.to_string(),
        ],
        BookingEvent::DeadlineAtRisk(event) => vec![
            reader.time(event.arrival_deadline),
            event.cargo.to_string(),
            reader.time(event.eta),
        ],
        BookingEvent::CargoMisdirected(event) => {
            let location = event.location.iter().map(|at| reader.location(at));
            [event.cargo.to_string()]
                .into_iter()
                .chain(location)
                .collect()
        }
        BookingEvent::CargoArrived(event) => {
            vec![event.cargo.to_string(), reader.location(&event.destination)]
        }
        BookingEvent::CargoReopened(event) => {
            vec![event.cargo.to_string(), event.status.to_string()]
        }
        BookingEvent::CargoCreated(CargoCreated { cargo, .. })
        | BookingEvent::SpecificationChanged(SpecificationChanged { cargo, .. })
        | BookingEvent::CargoMisrouted(CargoMisrouted { cargo })
        | BookingEvent::CargoAccepted(CargoAccepted { cargo })
        | BookingEvent::CargoConfirmed(CargoConfirmed { cargo })
        | BookingEvent::CargoCompleted(CargoCompleted { cargo }) => vec![cargo.to_string()],
    }
}
