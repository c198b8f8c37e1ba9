//! Routes to choose from, and the chosen one.

use crate::pages::form::new_key;
use crate::pages::map::Map;
use crate::pages::places::{LocalTime, Places};
use crate::pages::words;
use application::booking::{LegView, RouteView};
use application::voyages::VoyageView;
use domain::Moment;
use domain::locations::UnLocode;
use serde_json::{Value, json};

/// A route as a choice.
pub(crate) struct RouteChoice {
    pub(crate) legs: Vec<RouteLeg>,
    pub(crate) departs_at: Moment,
    pub(crate) departs: LocalTime,
    /// When booking for the first leg closes.
    pub(crate) cut_off: Option<LocalTime>,
    pub(crate) arrives: LocalTime,
    pub(crate) days: String,
    pub(crate) changes: String,
    pub(crate) left: String,
    pub(crate) map: Option<Map>,
    /// The value that represents it in a form.
    pub(crate) value: String,
    pub(crate) key: String,
}

/// A leg of a route.
pub(crate) struct RouteLeg {
    pub(crate) voyage: String,
    pub(crate) vessel: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) departs: LocalTime,
    pub(crate) arrives: LocalTime,
    /// How long the cargo waits before it in the port of transhipment.
    pub(crate) wait: Option<String>,
}

/// The ports of some routes.
pub(crate) fn calls(route: &RouteView) -> impl Iterator<Item = &UnLocode> {
    route
        .legs
        .iter()
        .flat_map(|leg| [&leg.load_at, &leg.unload_at])
}

impl RouteChoice {
    pub(crate) fn new(
        route: &RouteView,
        voyages: &[VoyageView],
        places: &Places,
        now: Moment,
    ) -> Self {
        let voyage = |leg: &LegView| voyages.iter().find(|own| own.voyage == leg.voyage);
        let (first, last) = (&route.legs[0], &route.legs[route.legs.len() - 1]);
        let before = std::iter::once(None).chain(route.legs.iter().map(Some));
        Self {
            legs: route
                .legs
                .iter()
                .zip(before)
                .map(|(leg, before)| RouteLeg {
                    voyage: leg.voyage.to_string(),
                    vessel: voyage(leg).map_or_else(String::new, |own| own.vessel.name.to_string()),
                    from: places.named(&leg.load_at).to_owned(),
                    to: places.named(&leg.unload_at).to_owned(),
                    departs: places.time(&leg.load_at, leg.load_time),
                    arrives: places.time(&leg.unload_at, leg.unload_time),
                    wait: before.map(|before| between(before.unload_time, leg.load_time)),
                })
                .collect(),
            departs_at: route.departs,
            departs: places.time(&first.load_at, route.departs),
            cut_off: voyage(first).map(|own| {
                let hours = i64::from(own.cut_off_hours);
                places.time(&first.load_at, route.departs.plus_hours(-hours))
            }),
            arrives: places.time(&last.unload_at, route.arrives),
            days: between(route.departs, route.arrives),
            changes: match route.transhipments {
                0 => "direct".to_owned(),
                1 => "1 transhipment".to_owned(),
                more => format!("{more} transhipments"),
            },
            left: words::space(route.free),
            map: Map::of("The route", calls(route), None, places),
            value: route
                .legs
                .iter()
                .map(leg_text)
                .collect::<Vec<_>>()
                .join(" "),
            key: new_key(now),
        }
    }
}

/// `2 days 5 h`.
pub(crate) fn between(from: Moment, to: Moment) -> String {
    let hours = (to.micros() - from.micros()) / 3_600_000_000;
    match (hours / 24, hours % 24) {
        (0, hours) => format!("{hours} h"),
        (1, hours) => format!("1 day {hours} h"),
        (days, hours) => format!("{days} days {hours} h"),
    }
}

fn leg_text(leg: &LegView) -> String {
    format!(
        "{},{},{},{},{}",
        leg.voyage, leg.load_at, leg.unload_at, leg.load_time, leg.unload_time
    )
}

/// The legs of the chosen route, as `assign-itinerary` takes them.
pub(crate) fn chosen(value: &str) -> Value {
    let leg = |text: &str| {
        let mut parts = text.split(',');
        let mut part = || parts.next().unwrap_or_default();
        json!({ "voyage": part(), "load_at": part(), "unload_at": part(), "load_time": part(),
                "unload_time": part() })
    };
    value.split(' ').map(leg).collect()
}
