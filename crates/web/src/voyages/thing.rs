//! Voyages as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, amount, part, word};
use crate::pages::words;
use application::voyages::{MovementView, VoyageView};
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Fact, Moment};

impl ResourceOnPages for Voyage {
    const FIELD: &'static str = "voyage";
    const FOLDER: Option<&'static str> = Some("/voyages/");
    const SHOWS_PAST: bool = true;

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

/// The facts of a movement, by the names of its two calls.
fn of_movement(index: usize, movement: &MovementView, [from, to]: [&Vec<Fact>; 2]) -> Vec<Detail> {
    let (here, there) = (&movement.from, &movement.to);
    let told = |word: &str, port: &[Fact], value: Vec<Fact>, place: &UnLocode| {
        let name = [part(word)].into_iter().chain(port.iter().cloned());
        Detail::of("", name, value).by_clock_of(place.clone())
    };
    let expected = |field: &str, detail: Detail| Detail {
        pointer: format!("/movements/{index}/{field}"),
        ..detail
    };
    let at = |time: Option<Moment>| time.map(Fact::from).into_iter().collect();
    let said = |is_so: bool| Vec::from_iter(is_so.then(|| part("omitted")));
    let (departs, arrives) = (vec![movement.departs.into()], vec![movement.arrives.into()]);
    let (left, reached) = (at(movement.departed_at), at(movement.arrived_at));
    let mut facts = vec![
        expected("departs", told("Departure from ", from, departs, here)),
        expected("arrives", told("Arrival in ", to, arrives, there)),
        told("Reported departure from ", from, left, here),
        told("Reported arrival in ", to, reached, there),
        told(
            "Call of departure in ",
            from,
            said(movement.from_omitted),
            here,
        ),
        told("Call of arrival in ", to, said(movement.to_omitted), there),
    ];
    if let Some(booked) = movement.booked.map(words::space) {
        let way = [part("Booked ")].into_iter().chain(from.iter().cloned());
        let way = way.chain([part(" → ")]).chain(to.iter().cloned());
        facts.push(Detail::of("", way, [part(&booked)]).following());
    }
    facts
}

impl Facts for VoyageView {
    fn facts(&self) -> Vec<Detail> {
        let mut facts = vec![
            Detail::of("", [part("Status")], [word(self.status.word())]),
            Detail::new("/vessel/name", "Vessel", &&self.vessel.name),
            Detail::new("/vessel/imo", "IMO number", &&self.vessel.imo),
            Detail::typed(
                "/capacity/teu",
                "Capacity (TEU)",
                amount(f64::from(self.capacity.teu)),
            ),
            Detail::typed(
                "/capacity/tonnes",
                "Capacity (t)",
                amount(f64::from(self.capacity.tonnes)),
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
            facts.extend(of_movement(
                index,
                movement,
                [&calls[index], &calls[index + 1]],
            ));
        }
        facts
    }
}
