//! Maps of the ports of a journey. Degrees are drawn without a projection, and lines are straight:
//! good enough to understand the route, not to sail it.

use super::assets;
use super::places::Places;
use askama::Template;
use domain::locations::UnLocode;
use std::fmt::Write;

/// A map of a journey. Its units are tenths of a degree, as in the outlines of the land.
#[derive(Template)]
#[template(path = "map.svg")]
pub(crate) struct Map {
    title: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// The positions of the outlines: one, or two if the map crosses 180 degrees.
    lands: Vec<f64>,
    land: String,
    line: String,
    stops: Vec<Stop>,
    /// The width of a thin line.
    thin: f64,
    /// The height of letters.
    letters: f64,
}

struct Stop {
    x: f64,
    y: f64,
    name: String,
    /// The position of its name, if there is room beside the others.
    label: Option<Label>,
    /// Whether this is the cargo's last known location.
    is_here: bool,
}

/// The position of a name.
#[derive(Clone, Copy)]
struct Label {
    x: f64,
    y: f64,
    anchor: &'static str,
}

/// The ratio of a map's width to its height.
const SHAPE: f64 = 2.2;
/// The smallest area of a map, so that it shows more than two close ports.
const WIDTH_MIN: f64 = 420.0;
/// The margin around the outermost ports, as a share of the distance between them.
const MARGIN: f64 = 0.16;

impl Map {
    /// The map of a journey, with the cargo's last known port, if there is one. Nothing if fewer
    /// than two ports of the journey are known.
    pub(crate) fn of<'a>(
        title: &str,
        calls: impl IntoIterator<Item = &'a UnLocode>,
        here: Option<&'a UnLocode>,
        places: &Places,
    ) -> Option<Self> {
        let mut points: Vec<(f64, f64, &str)> = Vec::new();
        let mut calls: Vec<_> = calls
            .into_iter()
            .filter_map(|code| places.get(code))
            .collect();
        let way = calls.len();
        let here = here.and_then(|code| places.get(code));
        calls.extend(here);
        for place in calls {
            let mut x = place.longitude * 10.0;
            if let Some((last, _, _)) = points.last() {
                // The short way round the world.
                x += ((last - x) / 3600.0).round() * 3600.0;
            }
            points.push((x, -place.latitude * 10.0, place.name.as_str()));
        }
        if way < 2 {
            return None;
        }
        let mut map = Self::around(&points);
        title.clone_into(&mut map.title);
        for (index, (x, y, _)) in points[..way].iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            write!(map.line, "{command}{x:.0} {y:.0}").expect("a string takes all text");
        }
        for (x, y, name) in points {
            if map.stops.iter().all(|stop| stop.name != name) {
                map.stops.push(Stop {
                    x,
                    y,
                    name: name.to_owned(),
                    label: None,
                    is_here: here.is_some_and(|here| here.name.as_str() == name),
                });
            }
        }
        map.label();
        Some(map)
    }

    /// Places the names so that none covers another or a port.
    fn label(&mut self) {
        let size = self.letters * LETTERS_LARGEST;
        let dot = self.thin * 5.0;
        let mut taken: Vec<[f64; 4]> = self
            .stops
            .iter()
            .map(|stop| [stop.x - dot, stop.y - dot, stop.x + dot, stop.y + dot])
            .collect();
        for index in 0..self.stops.len() {
            let (x, y) = (self.stops[index].x, self.stops[index].y);
            #[expect(clippy::cast_precision_loss, reason = "names are short")]
            let width = self.stops[index].name.chars().count() as f64 * size * 0.58;
            let away = dot * 1.5;
            let places = [
                (x + away, y + self.letters * 0.35, "start", x + away),
                (x - away, y + self.letters * 0.35, "end", x - away - width),
                (x, y - away, "middle", x - width / 2.0),
                (x, y + away + self.letters * 0.8, "middle", x - width / 2.0),
            ];
            for (x, y, anchor, left) in places {
                let space = [left, y - size * 0.9, left + width, y + size * 0.25];
                let is_inside = space[0] > self.x
                    && space[2] < self.x + self.width
                    && space[1] > self.y
                    && space[3] < self.y + self.height;
                let own = [self.stops[index].x - dot, self.stops[index].y - dot];
                let is_free = taken
                    .iter()
                    .all(|other| other[..2] == own || !overlap(&space, other));
                if is_inside && is_free {
                    self.stops[index].label = Some(Label { x, y, anchor });
                    taken.push(space);
                    break;
                }
            }
        }
    }

    /// An empty map with room for these points.
    fn around(points: &[(f64, f64, &str)]) -> Self {
        let bounds = |value: fn(&(f64, f64, &str)) -> f64| {
            let values = points.iter().map(value);
            values.fold((f64::MAX, f64::MIN), |(least, most), value| {
                (least.min(value), most.max(value))
            })
        };
        let (left, right) = bounds(|point| point.0);
        let (top, bottom) = bounds(|point| point.1);
        let width = (right - left) * (1.0 + 2.0 * MARGIN);
        let height = (bottom - top) * (1.0 + 2.0 * MARGIN);
        let width = width.max(height * SHAPE).clamp(WIDTH_MIN, 3600.0);
        let height = (width / SHAPE).min(1800.0);
        let x = f64::midpoint(left, right) - width / 2.0;
        let y = (f64::midpoint(top, bottom) - height / 2.0).clamp(-900.0, 900.0 - height);
        let lands = [-3600.0, 0.0, 3600.0]
            .into_iter()
            .filter(|shift| shift - 1800.0 < x + width && shift + 1800.0 > x)
            .map(|shift| shift - 1800.0);
        Self {
            title: String::new(),
            x: x.round(),
            y: y.round(),
            width: width.round(),
            height: height.round(),
            lands: lands.collect(),
            land: assets::LAND.path(),
            line: String::new(),
            stops: Vec::new(),
            thin: (width / 50.0).round() / 10.0,
            letters: (width / 5.0).round() / 10.0,
        }
    }
}

/// How much larger letters may be on small screens. The style sheet decides when.
const LETTERS_LARGEST: f64 = 1.5;

/// Whether two boxes (left, top, right, bottom) overlap.
fn overlap(one: &[f64; 4], other: &[f64; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_crosses_the_date_line() {
        let point = |x: f64| (x * 10.0, 0.0, "");
        let near = Map::around(&[point(140.0), point(240.0)]);
        assert!(near.x > 0.0 && near.lands.len() == 2, "{:?}", near.lands);
        let whole = Map::around(&[point(-10.0), point(10.0)]);
        assert_eq!(whole.lands, [-1800.0]);
    }

    #[test]
    fn a_journey_needs_two_known_ports() {
        let places = Places::of([("NLRTM", "Rotterdam")]);
        let codes: Vec<UnLocode> = ["NLRTM", "DEHAM"].map(|code| code.parse().unwrap()).into();
        assert!(Map::of("x", &codes, None, &places).is_none());
        assert!(Map::of("x", &codes, codes.first(), &places).is_none());
    }

    #[test]
    fn the_last_known_port_is_shown_off_the_route() {
        let places = Places::of([
            ("NLRTM", "Rotterdam"),
            ("DEHAM", "Hamburg"),
            ("GHTEM", "Tema"),
        ]);
        let codes: Vec<UnLocode> = ["NLRTM", "DEHAM", "GHTEM"]
            .map(|code| code.parse().unwrap())
            .into();
        let stops = |here: &UnLocode| {
            let map = Map::of("x", &codes[..2], Some(here), &places).unwrap();
            assert_eq!(map.line.matches('L').count(), 1);
            let stops = map.stops.into_iter();
            stops
                .map(|stop| (stop.name, stop.is_here))
                .collect::<Vec<_>>()
        };
        let stop = |name: &str, is_here| (name.to_owned(), is_here);
        let way = [stop("Rotterdam", false), stop("Hamburg", false)];
        assert_eq!(stops(&codes[2])[..2], way);
        assert_eq!(stops(&codes[2])[2], stop("Tema", true));
        assert_eq!(stops(&codes[1]), [way[0].clone(), stop("Hamburg", true)]);
    }
}
