//! Cargoes as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, part};
use application::booking::{CargoView, LegView};
use domain::Fact;
use domain::booking::{Cargo, DangerousGoods, TrackingId};

impl ResourceOnPages for Cargo {
    const FIELD: &'static str = "cargo";
    const FOLDER: Option<&'static str> = Some("/cargoes/");

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
        ]
    });
    parts.collect()
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

impl Facts for CargoView {
    fn facts(&self) -> Vec<Detail> {
        let specification = &self.route_specification;
        let delivery = &self.delivery;
        let lines = self.equipment.iter();
        let equipment = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        let handled = self.handling.last().map(|handled| &handled.done);
        let handled = handled.map(|done| {
            let voyage = done.voyage.as_ref().map(|own| format!(" {own}"));
            let voyage = voyage.unwrap_or_default();
            let word = done.handling_type.word();
            vec![
                part(&format!("{word}{voyage} in ")),
                done.location.clone().into(),
            ]
        });
        let aboard = delivery.current_voyage.as_ref();
        vec![
            Detail::new("", "Status", &&self.status),
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
            Detail::new(
                "/gross_weight_kg",
                "Gross weight (kg)",
                &self.gross_weight_kg,
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
            Detail::new("", "Split into", &joined(&self.split_into)),
            Detail::of(
                "",
                [part("Itinerary")],
                way(self.approach.iter().chain(&self.itinerary)),
            ),
            Detail::of("", [part("Last handling")], handled.unwrap_or_default()),
            Detail::new(
                "",
                "Aboard",
                &aboard.map(ToString::to_string).unwrap_or_default(),
            ),
            Detail::of("", [part("Arrives")], delivery.eta.map(Fact::from))
                .by_clock_of(specification.destination.clone()),
        ]
    }
}
