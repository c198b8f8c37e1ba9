//! Voyages as pages show them.

use crate::pages::thing::{Fact, Facts, ResourceOnPages};
use crate::pages::words;
use application::voyages::VoyageView;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};

impl ResourceOnPages for Voyage {
    const FIELD: &'static str = "voyage";
    const FOLDER: Option<&'static str> = Some("/voyages/");

    fn typed(text: &str) -> Option<VoyageNumber> {
        text.to_uppercase().parse().ok()
    }

    fn name(view: &VoyageView) -> String {
        view.voyage.to_string()
    }
}

/// The calls of a voyage in order, by port. If it calls at a port more than once, each is numbered.
fn calls(voyage: &VoyageView) -> Vec<String> {
    let first = voyage.movements.first().map(|movement| &movement.from);
    let others = voyage.movements.iter().map(|movement| &movement.to);
    let ports: Vec<_> = first.into_iter().chain(others).collect();
    let named = ports.iter().enumerate().map(|(index, port)| {
        let same = |ports: &[&UnLocode]| ports.iter().filter(|own| *own == port).count();
        match (same(&ports), same(&ports[..index])) {
            (1, _) => port.to_string(),
            (_, 0) => format!("{port}, first call"),
            (_, 1) => format!("{port}, second call"),
            (_, 2) => format!("{port}, third call"),
            (_, earlier) => format!("{port}, call {}", earlier + 1),
        }
    });
    named.collect()
}

impl Facts for VoyageView {
    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new("", "Status", &self.status.word()),
            Fact::new("/vessel/name", "Vessel", &&self.vessel.name),
            Fact::new("/vessel/imo", "IMO number", &&self.vessel.imo),
            Fact::new(
                "/capacity/teu",
                "Capacity (TEU)",
                &f64::from(self.capacity.teu),
            ),
            Fact::new(
                "/capacity/tonnes",
                "Capacity (t)",
                &f64::from(self.capacity.tonnes),
            ),
            Fact::new(
                "/overbooking_percent",
                "Overbooking (%)",
                &self.overbooking_percent,
            ),
            Fact::new("/cut_off_hours", "Cut-off (h)", &self.cut_off_hours),
        ];
        let calls = calls(self);
        for (index, movement) in self.movements.iter().enumerate() {
            let pointer = |field: &str| format!("/movements/{index}/{field}");
            let (from, to) = (&calls[index], &calls[index + 1]);
            let departs = format!("Departure from {from}");
            facts.push(Fact::new(&pointer("departs"), &departs, &movement.departs));
            let arrives = format!("Arrival in {to}");
            facts.push(Fact::new(&pointer("arrives"), &arrives, &movement.arrives));
            if let Some(booked) = movement.booked.map(words::space) {
                facts.push(Fact::following(&format!("Booked {from} → {to}"), &booked));
            }
        }
        facts
    }
}
