//! Gauges: the load of a movement against its capacity and its limit line.

use crate::pages::places::Places;
use crate::pages::words;
use application::voyages::{MovementView, VoyageView};
use askama::Template;
use domain::space::Capacity;

/// One measure of one movement, as fractions of the picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gauge {
    /// The movement.
    pub(crate) stretch: String,
    /// The text alternative of the picture.
    pub(crate) title: String,
    /// The load, from 0 to 1 of the picture.
    load: f64,
    capacity: f64,
    limit: f64,
    /// How full it is, in percent of the limit line.
    pub(crate) percent: u32,
}

/// How much of the picture is beyond the limit line, so that the line is visible.
const BEYOND: f64 = 1.08;

impl Gauge {
    fn new(what: &str, unit: &str, load: f64, capacity: f64, limit: f64) -> Self {
        let whole = limit.max(capacity).max(load).max(0.001) * BEYOND;
        let percent = if limit > 0.0 {
            load / limit * 100.0
        } else {
            100.0
        };
        let (said, of, line) = (
            words::number(load),
            words::number(capacity),
            words::number(limit),
        );
        Self {
            stretch: what.to_owned(),
            title: format!(
                "{what}: {said} {unit} booked, capacity {of} {unit}, limit line {line} {unit}"
            ),
            load: load / whole,
            capacity: capacity / whole,
            limit: limit / whole,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a limit line is a small number"
            )]
            percent: percent.floor() as u32,
        }
    }

    /// The gauge of a movement's size, for a reader who may see its load.
    pub(crate) fn teu(
        movement: &MovementView,
        capacity: Capacity,
        places: &Places,
    ) -> Option<Self> {
        let teu = |space: Capacity| space.teu.into();
        Self::of_movement(movement, capacity, places, ("TEU", teu))
    }

    /// The gauge of a movement's weight, for a reader who may see its load.
    pub(crate) fn tonnes(
        movement: &MovementView,
        capacity: Capacity,
        places: &Places,
    ) -> Option<Self> {
        let tonnes = |space: Capacity| space.tonnes.into();
        Self::of_movement(movement, capacity, places, ("t", tonnes))
    }

    /// The gauge of a movement's reefer plugs, if they are measured.
    pub(crate) fn plugs(
        movement: &MovementView,
        capacity: Capacity,
        places: &Places,
    ) -> Option<Self> {
        capacity.plugs?;
        let plugs = |space: Capacity| space.plugs.map_or(0.0, f64::from);
        Self::of_movement(movement, capacity, places, ("reefer plugs", plugs))
    }

    fn of_movement(
        movement: &MovementView,
        capacity: Capacity,
        places: &Places,
        (unit, amount): (&'static str, fn(Capacity) -> f64),
    ) -> Option<Self> {
        let stretch = stretch(movement, places);
        let [load, capacity, limit] = [movement.booked?, capacity, movement.limit?].map(amount);
        Some(Self::new(&stretch, unit, load, capacity, limit))
    }

    /// The fullest of a movement's gauges.
    pub(crate) fn tighter(
        movement: &MovementView,
        capacity: Capacity,
        places: &Places,
    ) -> Option<Self> {
        let size = Self::teu(movement, capacity, places)?;
        let weight = Self::tonnes(movement, capacity, places)?;
        let plugs = Self::plugs(movement, capacity, places);
        let plugs = plugs.filter(|plugs| plugs.load > 0.0);
        let all = [weight, size].into_iter().chain(plugs);
        all.max_by(|a, b| a.fullness().total_cmp(&b.fullness()))
    }

    /// The fullest gauge of all movements of a voyage.
    pub(crate) fn of_voyage(voyage: &VoyageView, places: &Places) -> Option<Self> {
        let gauges = voyage
            .movements
            .iter()
            .filter_map(|movement| Self::tighter(movement, voyage.capacity, places));
        gauges.max_by(|a, b| a.fullness().total_cmp(&b.fullness()))
    }

    fn fullness(&self) -> f64 {
        self.load / self.limit
    }

    /// The word for how full it is, which sets its colour.
    pub(crate) fn state(&self) -> &'static str {
        match self.percent {
            0..75 => "roomy",
            75..95 => "filling",
            _ => "full",
        }
    }

    /// A bar for a line of text or a row of a table.
    pub(crate) fn bar(&self) -> String {
        Bar {
            gauge: self,
            load: px(self.load, 200.0),
            capacity: px(self.capacity, 200.0),
            limit: px(self.limit, 200.0),
        }
        .to_string()
    }
}

fn stretch(movement: &MovementView, places: &Places) -> String {
    let (from, to) = (places.named(&movement.from), places.named(&movement.to));
    format!("{from} → {to}")
}

/// A fraction of a length, to one decimal.
fn px(fraction: f64, length: f64) -> f64 {
    (fraction * length * 10.0).round() / 10.0
}

#[derive(Template)]
#[template(path = "voyages/gauge_bar.svg")]
struct Bar<'a> {
    gauge: &'a Gauge,
    load: f64,
    capacity: f64,
    limit: f64,
}

/// The movements of a voyage side by side, each as a hull that fills up to its line.
#[derive(Template)]
#[template(path = "voyages/gauge_hulls.svg")]
pub(crate) struct Hulls {
    /// The width and height of each.
    width: usize,
    height: usize,
    hulls: Vec<Hull>,
}

struct Hull {
    /// The names of its ports, with the positions of their lines.
    ports: Vec<(usize, String)>,
    tanks: Vec<Tank>,
}

/// One measure as a tank: heights from the top of the picture.
struct Tank {
    unit: &'static str,
    x: usize,
    gauge: Gauge,
    load_y: f64,
    load_height: f64,
    capacity_y: f64,
    limit_y: f64,
}

/// The minimum width of a hull with its ports.
const HULL_WIDTH: usize = 150;
/// The same with a third tank, for plugs.
const WIDE_HULL_WIDTH: usize = 210;
/// The number of letters of a port's name that fit into a line of that width.
const LINE_LETTERS: usize = 20;
/// The maximum width of a letter, on average over a line.
const LETTER_WIDTH: usize = 9;
/// The first line of a port's name, and the distance between lines.
const PORT_TOP: usize = 210;
const LINE_HEIGHT: usize = 15;
const TANK_TOP: f64 = 26.0;
const TANK_HEIGHT: f64 = 150.0;

impl Tank {
    fn new(unit: &'static str, x: usize, gauge: Gauge) -> Self {
        let y = |fraction: f64| px(1.0 - fraction, TANK_HEIGHT) + TANK_TOP;
        Self {
            unit,
            x,
            load_y: y(gauge.load),
            load_height: px(gauge.load, TANK_HEIGHT),
            capacity_y: y(gauge.capacity),
            limit_y: y(gauge.limit),
            gauge,
        }
    }
}

/// A name in lines that break between words.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE_LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Hulls {
    /// The hulls of all movements of a voyage, for a reader who may see their loads.
    pub(crate) fn of(voyage: &VoyageView, places: &Places) -> Option<Self> {
        let ports = voyage.movements.iter().map(|movement| {
            let to = format!("→ {}", places.named(&movement.to));
            let mut ports = lines(places.named(&movement.from));
            ports.extend(lines(&to));
            ports
        });
        let ports: Vec<Vec<String>> = ports.collect();
        let letters = ports.iter().flatten().map(|line| line.chars().count());
        let letters = letters.max().filter(|longest| *longest > LINE_LETTERS);
        let (narrowest, places_of_tanks) = match voyage.capacity.plugs {
            None => (HULL_WIDTH, &[-41, 17][..]),
            Some(_) => (WIDE_HULL_WIDTH, &[-81, -17, 47][..]),
        };
        let width = letters.map_or(narrowest, |longest| longest * LETTER_WIDTH);
        let width = width.max(narrowest);
        let most = ports.iter().map(Vec::len).max().unwrap_or_default();
        let hull = |(movement, ports): (&MovementView, Vec<String>)| {
            let tops = (PORT_TOP..).step_by(LINE_HEIGHT);
            let capacity = voyage.capacity;
            let gauges = [
                Some(("TEU", Gauge::teu(movement, capacity, places)?)),
                Some(("t", Gauge::tonnes(movement, capacity, places)?)),
                Gauge::plugs(movement, capacity, places).map(|plugs| ("plugs", plugs)),
            ];
            let placed = gauges.into_iter().flatten().zip(places_of_tanks);
            Some(Hull {
                ports: tops.zip(ports).collect(),
                tanks: placed
                    .map(|((unit, gauge), from_middle)| {
                        let x = (width / 2).saturating_add_signed(*from_middle);
                        Tank::new(unit, x, gauge)
                    })
                    .collect(),
            })
        };
        let hulls = voyage.movements.iter().zip(ports).map(hull);
        Some(Self {
            width,
            height: PORT_TOP + most * LINE_HEIGHT - LINE_HEIGHT / 2,
            hulls: hulls.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ports_are_shown_in_full() {
        for (name, expected) in [
            ("Rotterdam", &["Rotterdam"][..]),
            ("→ New York", &["→ New York"]),
            (
                "Jawaharlal Nehru Port (Nhava Sheva)",
                &["Jawaharlal Nehru", "Port (Nhava Sheva)"],
            ),
            (
                "Llanfairpwllgwyngyllgogerych Quay",
                &["Llanfairpwllgwyngyllgogerych", "Quay"],
            ),
        ] {
            assert_eq!(lines(name), expected);
        }
    }

    #[test]
    fn a_gauge_has_a_text_alternative() {
        for (load, capacity, limit, percent, state) in [
            (0.0, 100.0, 110.0, 0, "roomy"),
            (82.5, 100.0, 110.0, 75, "filling"),
            (109.75, 100.0, 110.0, 99, "full"),
            (110.0, 100.0, 110.0, 100, "full"),
            (0.0, 0.0, 0.0, 100, "full"),
        ] {
            let gauge = Gauge::new("A → B", "TEU", load, capacity, limit);
            assert_eq!((gauge.percent, gauge.state()), (percent, state), "{load}");
            assert!(gauge.title.starts_with("A → B: "), "{}", gauge.title);
            assert!(gauge.load <= gauge.limit && gauge.limit < 1.0);
        }
    }
}
