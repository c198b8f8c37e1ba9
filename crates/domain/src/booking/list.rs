//! The list of cargoes.

use super::{BookingStatus, Cargo, ContainerNumber, Itinerary, TransportStatus, has_reefer};
use crate::customers::CustomerId;
use crate::list::{Filter, Listed, begins, facet, is};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::text::folded;
use crate::voyages::VoyageNumber;

/// A filter of cargoes, sorted newest first. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CargoFilter {
    /// The beginning of the tracking ID, ignoring case.
    pub tracking_id: Option<String>,
    /// A part of the customer's reference, ignoring case and diacritics.
    pub reference: Option<String>,
    /// A container that it has, or one of several.
    pub containers: Option<Vec<ContainerNumber>>,
    /// Only cargoes that are not completed, rejected or cancelled.
    pub unfinished: bool,
    /// The customer it belongs to.
    pub customer: Option<CustomerId>,
    /// The booking status.
    pub status: Option<BookingStatus>,
    /// The origin of its route specification.
    pub origin: Option<UnLocode>,
    /// The destination of its route specification.
    pub destination: Option<UnLocode>,
    /// A voyage on which it has a leg.
    pub voyage: Option<VoyageNumber>,
    /// A location where it starts, ends, is loaded or unloaded, or was last handled.
    pub port: Option<UnLocode>,
    pub transport_status: Option<TransportStatus>,
    /// Whether its last handling event was off its itinerary.
    pub misdirected: Option<bool>,
    pub at_risk: Option<bool>,
    /// Whether it has a reefer container.
    pub reefer: Option<bool>,
    /// Whether it has dangerous goods.
    pub dangerous: Option<bool>,
    /// The location of its next expected step.
    pub next_at: Option<UnLocode>,
    /// The earliest time at which its next step is planned.
    pub next_from: Option<Moment>,
    /// The time before which its next step is planned.
    pub next_until: Option<Moment>,
    /// The time for what follows the clock. Without it, nothing is overdue.
    pub now: Option<Moment>,
}

impl CargoFilter {
    /// The cargoes that travel in a container, or once did.
    #[must_use]
    pub fn in_container(container: &ContainerNumber) -> Self {
        Self {
            containers: Some(vec![container.clone()]),
            ..Self::default()
        }
    }

    /// The cargoes that hold space on a voyage.
    #[must_use]
    pub fn aboard(voyage: &VoyageNumber) -> Self {
        Self {
            voyage: Some(voyage.clone()),
            ..Self::default()
        }
    }

    /// The conditions on the cargo's delivery, which is derived only if there are any.
    fn admits_delivery(&self, cargo: &Cargo) -> bool {
        let is_asked = self.port.is_some()
            || self.transport_status.is_some()
            || self.misdirected.is_some()
            || self.at_risk.is_some();
        if !is_asked {
            return true;
        }
        let delivery = cargo.delivery_at(self.now.unwrap_or(Moment::EARLIEST));
        let specification = &cargo.route_specification;
        let held = cargo.held();
        let touches = |port: &UnLocode| {
            held.iter()
                .flat_map(|leg| [&leg.load_at, &leg.unload_at])
                .chain([&specification.origin, &specification.destination])
                .chain(&delivery.last_known_location)
                .any(|place| place == port)
        };
        is(&self.transport_status, &delivery.transport_status)
            && is(&self.misdirected, &delivery.misdirected)
            && is(&self.at_risk, &delivery.at_risk())
            && self.port.as_ref().is_none_or(touches)
    }

    /// The conditions on the cargo's next step, which is derived only if there are any.
    fn admits_next_step(&self, cargo: &Cargo) -> bool {
        let is_asked =
            self.next_at.is_some() || self.next_from.is_some() || self.next_until.is_some();
        if !is_asked {
            return true;
        }
        cargo.awaited().is_some_and(|awaited| {
            let planned = awaited.planned_at;
            is(&self.next_at, &awaited.activity.location)
                && self.next_from.is_none_or(|from| planned >= from)
                && self.next_until.is_none_or(|until| planned < until)
        })
    }
}

impl Listed for Cargo {
    type Filter = CargoFilter;
}

impl Filter for CargoFilter {
    type Of = Cargo;
    const IS_NEWEST_FIRST: bool = true;

    fn admits(&self, cargo: &Cargo) -> bool {
        let specification = &cargo.route_specification;
        let has_leg_aboard = |voyage: &VoyageNumber| {
            let itinerary = cargo.itinerary();
            itinerary.is_some_and(|own| own.held().any(|leg| leg.voyage == *voyage))
        };
        is(&self.customer, &cargo.customer)
            && begins(&self.tracking_id, cargo.tracking_id.as_str())
            && self
                .reference
                .as_deref()
                .is_none_or(|part| refers(cargo, part))
            && !(self.unfinished && cargo.booking.status().is_over())
            && self
                .containers
                .as_ref()
                .is_none_or(|asked| asked.iter().any(|number| cargo.has_container(number)))
            && is(&self.status, &cargo.booking.status())
            && is(&self.origin, &specification.origin)
            && is(&self.destination, &specification.destination)
            && is(&self.reefer, &has_reefer(&cargo.equipment))
            && is(
                &self.dangerous,
                &!cargo.particulars.dangerous_goods.is_empty(),
            )
            && self.voyage.as_ref().is_none_or(has_leg_aboard)
            && self.admits_delivery(cargo)
            && self.admits_next_step(cargo)
    }

    fn at_time(self, now: Moment) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    fn facets(&self) -> Vec<String> {
        let container = match self.containers.as_deref() {
            Some([one]) => Some(facet("container", one)),
            _ => None,
        };
        let ports = [&self.destination, &self.origin, &self.port];
        let ports = ports.into_iter().flatten().map(|port| facet("port", port));
        let by = [
            container,
            self.voyage.as_ref().map(|own| facet("voyage", own)),
            self.customer.map(|own| facet("customer", own)),
        ];
        let words = [
            self.transport_status
                .map(|own| facet("transport", own.word())),
            self.status.map(|own| facet("status", own.word())),
            self.unfinished.then(|| UNFINISHED.to_owned()),
        ];
        let by = by.into_iter().flatten().chain(ports);
        by.chain(words.into_iter().flatten()).collect()
    }

    fn facets_of(cargo: &Cargo) -> Vec<String> {
        let delivery = cargo.delivery();
        let specification = &cargo.route_specification;
        let held = cargo.held();
        let containers = cargo.particulars.containers.iter();
        let containers = containers.map(|own| facet("container", &own.number));
        let calls = held.iter().flat_map(|leg| [&leg.load_at, &leg.unload_at]);
        let ports = calls
            .chain([&specification.origin, &specification.destination])
            .chain(&delivery.last_known_location)
            .map(|port| facet("port", port));
        let status = cargo.booking.status();
        let words = [
            facet("customer", cargo.customer),
            facet("status", status.word()),
            facet("transport", delivery.transport_status.word()),
        ];
        let voyages = held.iter().map(|leg| facet("voyage", &leg.voyage));
        let unfinished = (!status.is_over()).then(|| UNFINISHED.to_owned());
        let named = containers.chain(voyages).chain(ports);
        named.chain(words).chain(unfinished).collect()
    }

    fn groups(&self) -> Vec<String> {
        match (&self.voyage, &self.containers, self.customer) {
            (Some(voyage), _, _) => vec![voyage.to_string()],
            (None, Some(numbers), _) => numbers.iter().map(ToString::to_string).collect(),
            (None, None, Some(customer)) => vec![customer.to_string()],
            (None, None, None) => Vec::new(),
        }
    }
}

/// The facet of cargoes that are not over.
const UNFINISHED: &str = "unfinished";

/// Whether the customer's reference contains a text.
fn refers(cargo: &Cargo, part: &str) -> bool {
    let searched = cargo.particulars.searched();
    searched.is_some_and(|searched| searched.contains(&folded(part)))
}

/// The customer of a cargo, the voyages on which it holds space, and its containers.
pub(crate) fn groups_of(cargo: &Cargo) -> Vec<String> {
    let held = cargo.itinerary().into_iter().flat_map(Itinerary::held);
    let voyages = held.map(|leg| leg.voyage.to_string());
    let containers = cargo.particulars.containers.iter();
    let containers = containers.map(|own| own.number.to_string());
    let customer = std::iter::once(cargo.customer.to_string());
    customer.chain(voyages).chain(containers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::admitted;
    use serde_json::{Value, json};

    /// A cargo from Hong Kong to New York, aboard V100 from there to Tokyo once it is booked.
    fn cargo(booking: &str, handling: &[(&str, Option<&str>, &str)]) -> Cargo {
        let leg = json!({
            "voyage": "V100", "load_at": "HKHKG", "load_time": "2027-03-01T00:00:00Z",
            "unload_at": "JPTYO", "unload_time": "2027-03-05T00:00:00Z",
        });
        let id = "00000000-0000-0000-0000-000000000001";
        let handled = handling.iter().map(|(done, voyage, place)| {
            json!({
                "event": id, "type": done, "voyage": voyage, "location": place,
                "completed_at": "2027-03-02T00:00:00Z", "registered_at": "2027-03-02T00:00:00Z",
            })
        });
        let mut state = json!({
            "id": id, "tracking_id": "23456789AB3", "customer": id,
            "equipment": [{ "type": "22G1", "count": 2 }],
            "size": { "quarter_teu": 8, "kg": 10_000 }, "commodity": "Machine parts",
            "route_specification": {
                "origin": "HKHKG", "destination": "USNYC",
                "arrival_deadline": "2027-03-18T00:00:00Z",
            },
            "booking": { "status": booking },
            "handling": handled.collect::<Value>(),
        });
        if booking == "BOOKED" {
            state["booking"]["itinerary"] = json!([leg]);
        }
        serde_json::from_value(state).expect("a cargo")
    }

    fn read<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Option<T> {
        Some(text.parse().expect("well formed"))
    }

    fn narrowed(change: impl FnOnce(&mut CargoFilter)) -> CargoFilter {
        let mut filter = CargoFilter::default();
        change(&mut filter);
        filter
    }

    #[test]
    fn a_cargo_is_listed_where_its_next_step_is_planned() {
        let to_tokyo = |handling: &[_]| {
            let mut cargo = cargo("BOOKED", handling);
            cargo.route_specification.destination = "JPTYO".parse().expect("a code");
            cargo
        };
        let receive = to_tokyo(&[]);
        let load = to_tokyo(&[("RECEIVE", None, "HKHKG")]);
        let unload = to_tokyo(&[("LOAD", Some("V100"), "HKHKG")]);
        let claim = to_tokyo(&[("UNLOAD", Some("V100"), "JPTYO")]);
        let cargoes = [receive, load, unload, claim];
        let at = |code, from, until| CargoFilter {
            next_at: read(code),
            next_from: read(from),
            next_until: read(until),
            ..CargoFilter::default()
        };
        let (before, after) = ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        for (filter, expected) in [
            (at("HKHKG", before, after), &[0, 1][..]),
            (at("JPTYO", before, after), &[2, 3]),
            (at("USNYC", before, after), &[]),
            (at("HKHKG", before, "2027-03-01T00:00:00Z"), &[]),
            (at("HKHKG", before, "2027-03-01T00:00:01Z"), &[0, 1]),
            (at("JPTYO", "2027-03-05T00:00:00Z", after), &[2, 3]),
            (at("JPTYO", "2027-03-05T00:00:01Z", after), &[]),
        ] {
            let admitted = |index: &usize| admitted(&filter, &cargoes[*index]);
            let found: Vec<_> = (0..cargoes.len()).filter(admitted).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    #[test]
    fn a_cargo_is_listed_when_all_that_is_asked_holds() {
        let requested = cargo("REQUESTED", &[]);
        let booked = cargo("BOOKED", &[]);
        let aboard = cargo("BOOKED", &[("LOAD", Some("V100"), "HKHKG")]);
        let astray = cargo("BOOKED", &[("UNLOAD", Some("V100"), "AUMEL")]);
        let cargoes = [&requested, &booked, &aboard, &astray];
        let other = CustomerId(uuid::Uuid::nil());
        for (filter, expected) in [
            (CargoFilter::default(), &[0, 1, 2, 3][..]),
            (
                narrowed(|own| own.customer = Some(booked.customer)),
                &[0, 1, 2, 3],
            ),
            (narrowed(|own| own.customer = Some(other)), &[]),
            (
                narrowed(|own| own.tracking_id = read("2345")),
                &[0, 1, 2, 3],
            ),
            (
                narrowed(|own| own.tracking_id = read("23456789ab")),
                &[0, 1, 2, 3],
            ),
            (narrowed(|own| own.tracking_id = read("345")), &[]),
            (
                narrowed(|own| own.status = Some(BookingStatus::Requested)),
                &[0],
            ),
            (narrowed(|own| own.origin = read("HKHKG")), &[0, 1, 2, 3]),
            (narrowed(|own| own.origin = read("USNYC")), &[]),
            (
                narrowed(|own| own.destination = read("USNYC")),
                &[0, 1, 2, 3],
            ),
            (narrowed(|own| own.destination = read("JPTYO")), &[]),
            (narrowed(|own| own.voyage = read("V100")), &[1, 2, 3]),
            (narrowed(|own| own.voyage = read("V10")), &[]),
            (narrowed(|own| own.port = read("HKHKG")), &[0, 1, 2, 3]),
            (narrowed(|own| own.port = read("JPTYO")), &[1, 2, 3]),
            (narrowed(|own| own.port = read("AUMEL")), &[3]),
            (
                narrowed(|own| own.transport_status = Some(TransportStatus::OnboardCarrier)),
                &[2],
            ),
            (narrowed(|own| own.misdirected = Some(true)), &[3]),
            (narrowed(|own| own.misdirected = Some(false)), &[0, 1, 2]),
            // The route of these cargoes leads elsewhere, so that nothing is expected of them.
            (narrowed(|own| own.next_at = read("HKHKG")), &[]),
            // The itinerary ends in Tokyo, the route in New York.
            (narrowed(|own| own.at_risk = Some(false)), &[0]),
            (
                narrowed(|own| {
                    own.status = Some(BookingStatus::Booked);
                    own.port = read("AUMEL");
                    own.misdirected = Some(false);
                }),
                &[],
            ),
        ] {
            let admitted = |index: &usize| admitted(&filter, cargoes[*index]);
            let found: Vec<_> = (0..cargoes.len()).filter(admitted).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        assert_eq!(
            CargoFilter::aboard(&"V100".parse().expect("a number")).voyage,
            read("V100")
        );
    }
}
