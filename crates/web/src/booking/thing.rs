//! Cargoes as pages show them.

use crate::pages::thing::{Fact, Facts, ResourceOnPages};
use application::booking::{CargoView, LegView};
use domain::booking::{Cargo, TrackingId};

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
fn way<'a>(legs: impl Iterator<Item = &'a LegView>) -> String {
    let legs = legs.map(|leg| format!("{} {} → {}", leg.voyage, leg.load_at, leg.unload_at));
    legs.collect::<Vec<_>>().join(", ")
}

impl Facts for CargoView {
    fn facts(&self) -> Vec<Fact> {
        let specification = &self.route_specification;
        let delivery = &self.delivery;
        let lines = self.equipment.iter();
        let equipment = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        let handled = self.handling.last().map(|handled| &handled.done);
        let handled = handled.map(|done| {
            let voyage = done.voyage.as_ref().map(|own| format!(" {own}"));
            let voyage = voyage.unwrap_or_default();
            format!("{}{voyage} in {}", done.handling_type.word(), done.location)
        });
        let aboard = delivery.current_voyage.as_ref();
        vec![
            Fact::new("", "Status", &&self.status),
            Fact::new("", "From", &&specification.origin),
            Fact::new("/destination", "To", &&specification.destination),
            Fact::new(
                "/arrival_deadline",
                "Arrival deadline",
                &specification.arrival_deadline,
            ),
            Fact::new("/commodity", "Goods", &&self.commodity),
            Fact::new("", "Containers", &equipment.collect::<Vec<_>>().join(", ")),
            Fact::new(
                "/gross_weight_kg",
                "Gross weight (kg)",
                &self.gross_weight_kg,
            ),
            Fact::new(
                "",
                "Itinerary",
                &way(self.approach.iter().chain(&self.itinerary)),
            ),
            Fact::new("", "Last handling", &handled.unwrap_or_default()),
            Fact::new(
                "",
                "Aboard",
                &aboard.map(ToString::to_string).unwrap_or_default(),
            ),
            Fact::new(
                "",
                "Arrives",
                &delivery.eta.map(|eta| eta.to_string()).unwrap_or_default(),
            ),
        ]
    }
}
