//! Cargoes as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, part, word};
use crate::pages::words;
use application::booking::{CargoView, LegView};
use domain::booking::{Cargo, Container, DangerousGoods, TrackingId};
use domain::locations::UnLocode;
use domain::{Fact, Moment};

impl ResourceOnPages for Cargo {
    const FIELD: &'static str = "cargo";
    const FOLDER: Option<&'static str> = Some("/cargoes/");
    const SHOWS_PAST: bool = true;

    fn typed(text: &str) -> Option<TrackingId> {
        TrackingId::typed(text).ok()
    }

    fn name(view: &CargoView) -> String {
        view.cargo.to_string()
    }

    /// The tracking ID of a cargo that was not created means nothing to anyone.
    fn instead_of_name(exists: bool) -> Option<&'static str> {
        (!exists).then_some("")
    }
}

/// Legs in one line.
fn way<'a>(legs: impl Iterator<Item = &'a LegView>) -> Vec<Fact> {
    let parts = legs.enumerate().flat_map(|(index, leg)| {
        let separator = if index == 0 { "" } else { ", " };
        [
            part(&format!("{separator}{} ", leg.voyage)),
            leg.load_at.clone().into(),
            part(" → "),
            leg.unload_at.clone().into(),
            part(fault(leg)),
        ]
    });
    parts.collect()
}

/// Why a leg cannot be sailed as it is.
fn fault(leg: &LegView) -> &'static str {
    match (leg.voyage_cancelled, leg.load_omitted, leg.unload_omitted) {
        (true, _, _) => " (voyage cancelled)",
        (_, true, true) => " (both calls omitted)",
        (_, true, _) => " (first call omitted)",
        (_, _, true) => " (last call omitted)",
        (false, false, false) => "",
    }
}

/// The times of a leg, each by the clock of its port. They follow from the voyage.
fn times(leg: &LegView) -> [Detail; 2] {
    let time = |word: &str, place: &UnLocode, time: Moment| {
        let name = [
            part(&format!("{} {word} ", leg.voyage)),
            place.clone().into(),
        ];
        let detail = Detail::of("", name, [time.into()]);
        detail.by_clock_of(place.clone()).following()
    };
    [
        time("departs from", &leg.load_at, leg.load_time),
        time("arrives in", &leg.unload_at, leg.unload_time),
    ]
}

/// Numbered containers in one line: `MSKU1234565 seal 77 VGM 9000 kg`.
fn containers(containers: &[Container]) -> String {
    let told = containers.iter().map(|own| {
        let seal = own.seal.as_ref().map(|seal| format!(" seal {seal}"));
        let mass = own
            .vgm_kg
            .map(|mass| format!(" VGM {} kg", words::count(mass)));
        let [seal, mass] = [seal, mass].map(Option::unwrap_or_default);
        format!("{}{seal}{mass}", own.number)
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Dangerous goods in one line: `UN1263 class 3, UN1824 class 8`.
pub(crate) fn goods(goods: &[DangerousGoods]) -> String {
    let said = goods
        .iter()
        .map(|own| format!("{} class {}", own.un_number, own.class));
    said.collect::<Vec<_>>().join(", ")
}

fn joined(cargoes: &[TrackingId]) -> String {
    let cargoes = cargoes.iter().map(TrackingId::as_str);
    cargoes.collect::<Vec<_>>().join(", ")
}

/// A number, or nothing for none.
fn count(number: usize) -> String {
    match number {
        0 => String::new(),
        number => number.to_string(),
    }
}

fn last_handling(cargo: &CargoView) -> Vec<Fact> {
    let Some(handled) = cargo.handling.last() else {
        return Vec::new();
    };
    let done = &handled.done;
    let voyage = done.voyage.as_ref().map(|own| format!(" {own}"));
    let voyage = voyage.unwrap_or_default();
    vec![
        word(done.handling_type.word()),
        part(&format!("{voyage} in ")),
        done.location.clone().into(),
        part(", "),
        handled.completed_at.into(),
    ]
}

/// A detail of the last handling, by the clock of its place.
fn in_place(cargo: &CargoView, detail: Detail) -> Detail {
    match cargo.handling.last() {
        Some(handled) => detail.by_clock_of(handled.done.location.clone()),
        None => detail,
    }
}

impl Facts for CargoView {
    fn facts(&self) -> Vec<Detail> {
        let specification = &self.route_specification;
        let delivery = &self.delivery;
        let lines = self.equipment.iter();
        let equipment = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        let aboard = delivery.current_voyage.as_ref();
        let misdirected = if delivery.misdirected { "yes" } else { "" };
        let mut facts = vec![
            Detail::of("", [part("Status")], [word(self.status.word())]),
            Detail::of("", [part("Customer")], [Fact::Id(self.customer.0)]),
            Detail::new("", "Reason", &self.reason.clone().unwrap_or_default()),
            Detail::typed("", "From", specification.origin.clone()),
            Detail::typed("/destination", "To", specification.destination.clone()),
            Detail::typed(
                "/arrival_deadline",
                "Arrival deadline",
                specification.arrival_deadline,
            )
            .by_clock_of(specification.destination.clone()),
            Detail::of(
                "/ready_from",
                [part("Ready date")],
                specification.ready_from.map(Fact::from),
            )
            .by_clock_of(specification.origin.clone()),
            Detail::new("/commodity", "Goods", &&self.commodity),
            Detail::new("", "Containers", &equipment.collect::<Vec<_>>().join(", ")),
            Detail::typed(
                "/gross_weight_kg",
                "Gross weight (kg)",
                self.gross_weight_kg,
            ),
            Detail::new(
                "/set_point_celsius",
                "Set point (°C)",
                &self
                    .set_point_celsius
                    .map_or_else(String::new, |own| own.to_string()),
            ),
            Detail::new("", "Dangerous goods", &goods(&self.dangerous_goods)),
            Detail::new(
                "/reference",
                "Reference",
                &self.reference.as_ref().map_or("", |own| own.as_str()),
            ),
            Detail::new("", "Container numbers", &containers(&self.containers)),
            Detail::new("", "Split into", &joined(&self.split_into)),
            Detail::of(
                "",
                [part("Itinerary")],
                way(self.approach.iter().chain(&self.itinerary)),
            ),
            in_place(
                self,
                Detail::of("", [part("Last handling")], last_handling(self)),
            ),
            Detail::new("", "Misdirected", &misdirected).following(),
            Detail::new(
                "",
                "Aboard",
                &aboard.map(ToString::to_string).unwrap_or_default(),
            ),
            Detail::new("", "Handling reports", &count(self.handling.len())).following(),
            Detail::of("", [part("Arrives")], delivery.eta.map(Fact::from))
                .by_clock_of(specification.destination.clone()),
        ];
        facts.extend(self.itinerary.iter().flat_map(times));
        facts
    }
}
