//! Voyages as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, part};
use crate::pages::words;
use application::voyages::VoyageView;
use domain::Fact;
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
fn calls(voyage: &VoyageView) -> Vec<Vec<Fact>> {
    let first = voyage.movements.first().map(|movement| &movement.from);
    let others = voyage.movements.iter().map(|movement| &movement.to);
    let ports: Vec<_> = first.into_iter().chain(others).collect();
    let named = ports.iter().enumerate().map(|(index, port)| {
        let same = |ports: &[&UnLocode]| ports.iter().filter(|own| *own == port).count();
        let number = match (same(&ports), same(&ports[..index])) {
            (1, _) => String::new(),
            (_, 0) => ", first call".to_owned(),
            (_, 1) => ", second call".to_owned(),
            (_, 2) => ", third call".to_owned(),
            (_, earlier) => format!(", call {}", earlier + 1),
        };
        vec![Fact::from((*port).clone()), part(&number)]
    });
    named.collect()
}

impl Facts for VoyageView {
    fn facts(&self) -> Vec<Detail> {
        let mut facts = vec![
            Detail::new("", "Status", &self.status.word()),
            Detail::new("/vessel/name", "Vessel", &&self.vessel.name),
            Detail::new("/vessel/imo", "IMO number", &&self.vessel.imo),
            Detail::new(
                "/capacity/teu",
                "Capacity (TEU)",
                &f64::from(self.capacity.teu),
            ),
            Detail::new(
                "/capacity/tonnes",
                "Capacity (t)",
                &f64::from(self.capacity.tonnes),
            ),
            Detail::new(
                "/capacity/plugs",
                "Reefer plugs",
                &self
                    .capacity
                    .plugs
                    .map_or_else(String::new, |plugs| u64::from(plugs).to_string()),
            ),
            Detail::new(
                "",
                "Dangerous goods",
                &self
                    .dangerous_goods_classes
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            Detail::new(
                "/overbooking_percent",
                "Overbooking (%)",
                &self.overbooking_percent,
            ),
            Detail::new("/cut_off_hours", "Cut-off (h)", &self.cut_off_hours),
        ];
        let calls = calls(self);
        for (index, movement) in self.movements.iter().enumerate() {
            let pointer = |field: &str| format!("/movements/{index}/{field}");
            let [from, to] = [index, index + 1].map(|call| calls[call].clone());
            let departs = [part("Departure from ")].into_iter().chain(from.clone());
            let time = [movement.departs.into()];
            facts.push(
                Detail::of(&pointer("departs"), departs, time).by_clock_of(movement.from.clone()),
            );
            let arrives = [part("Arrival in ")].into_iter().chain(to.clone());
            let time = [movement.arrives.into()];
            facts.push(
                Detail::of(&pointer("arrives"), arrives, time).by_clock_of(movement.to.clone()),
            );
            if let Some(booked) = movement.booked.map(words::space) {
                let way = [part("Booked ")].into_iter().chain(from);
                let way = way.chain([part(" → ")]).chain(to);
                facts.push(Detail::of("", way, [part(&booked)]).following());
            }
        }
        facts
    }
}
