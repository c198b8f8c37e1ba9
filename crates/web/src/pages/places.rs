//! Locations by name, for pages that show codes.

use super::words;
use crate::messages::Reader;
use application::locations::LocationView;
use application::queries::{QueryError, Reading};
use domain::locations::{Location, TimeZone, UnLocode};
use domain::space::Space;
use domain::{Moment, Names};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Some known locations.
#[derive(Debug, Default)]
pub(crate) struct Places {
    known: BTreeMap<UnLocode, LocationView>,
    /// The place by whose clock people read a time that has no place of its own.
    clock: Option<UnLocode>,
}

/// A moment at a place: in local time and in UTC.
pub(crate) struct LocalTime {
    /// The local day and time with the offset: `Wed 3 Mar, 09:00 UTC+9`.
    pub(crate) local: String,
    /// The time in UTC.
    pub(crate) utc: String,
    /// The time in RFC 3339.
    pub(crate) machine: String,
}

/// A week by the clock of a place, as ISO 8601 counts weeks: from Monday.
pub(crate) struct Week {
    /// The year and the number, which tell weeks apart.
    pub(crate) key: String,
    /// `Week 10: 8 Mar – 14 Mar 2027`.
    pub(crate) heading: String,
}

impl From<Vec<LocationView>> for Places {
    fn from(known: Vec<LocationView>) -> Self {
        let places = known
            .into_iter()
            .map(|place| (place.location.clone(), place));
        Self {
            known: places.collect(),
            clock: None,
        }
    }
}

impl Places {
    /// Those of these locations that are known.
    pub(crate) async fn load<'a>(
        reading: &mut Reading,
        codes: impl IntoIterator<Item = &'a UnLocode>,
    ) -> Result<Self, QueryError> {
        let lookups: Vec<_> = codes.into_iter().map(Names::<Location>::lookup).collect();
        if lookups.is_empty() {
            return Ok(Self::default());
        }
        Ok(reading.some::<Location>(lookups).await?.into())
    }

    /// The same, read by the clock of a place where a time has no place of its own.
    pub(crate) async fn with_clock(
        self,
        reading: &mut Reading,
        place: Option<&str>,
    ) -> Result<Self, QueryError> {
        let mut known = Self::entered(reading, place).await?.known;
        let clock = known.keys().next().cloned();
        known.extend(self.known);
        Ok(Self { known, clock })
    }

    /// Those that are known of what people entered as codes.
    pub(crate) async fn entered(
        reading: &mut Reading,
        texts: impl IntoIterator<Item = &str>,
    ) -> Result<Self, QueryError> {
        let codes = texts.into_iter().filter_map(code);
        Self::load(reading, &codes.collect::<Vec<_>>()).await
    }

    /// The known location that somebody entered as a code.
    pub(crate) fn find(&self, text: &str) -> Option<&LocationView> {
        self.get(&code(text)?)
    }

    /// Test locations with these codes and names.
    #[cfg(test)]
    pub(crate) fn of<const N: usize>(places: [(&str, &str); N]) -> Self {
        let place = |(code, name): (&str, &str)| {
            let location: UnLocode = code.parse().unwrap();
            let view = LocationView {
                location: location.clone(),
                version: 1,
                name: name.parse().unwrap(),
                aliases: Vec::new(),
                country: code[..2].parse().unwrap(),
                latitude: 1.5,
                longitude: 2.5,
                time_zone: "UTC".parse().unwrap(),
            };
            (location, view)
        };
        Self {
            known: places.map(place).into(),
            clock: None,
        }
    }

    /// The location with this code, if it is among them.
    pub(crate) fn get(&self, code: &UnLocode) -> Option<&LocationView> {
        self.known.get(code)
    }

    /// Its name.
    pub(crate) fn name(&self, code: &UnLocode) -> Option<&str> {
        self.get(code).map(|place| place.name.as_str())
    }

    /// The name, or the code if the name is unknown.
    pub(crate) fn named<'a>(&'a self, code: &'a UnLocode) -> &'a str {
        self.name(code).unwrap_or(code.as_str())
    }

    /// The name with the code: `Cartagena (COCTG)`. Only the code if the name is unknown.
    pub(crate) fn with_code(&self, code: &UnLocode) -> String {
        match self.name(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_string(),
        }
    }

    /// The local day at a moment: `Wed 3 Mar`.
    pub(crate) fn day(&self, code: &UnLocode, moment: Moment) -> String {
        const DAY: &str = "%a %-d %b";
        let zone = self.get(code).map(|place| &place.time_zone);
        let day = match zone {
            Some(zone) => zone.shows(moment).format(DAY),
            None => moment.to_chrono().format(DAY),
        };
        day.to_string()
    }

    /// The week of a moment by the clock of a place.
    pub(crate) fn week(&self, code: &UnLocode, moment: Moment) -> Week {
        let zone = self.get(code).map(|place| &place.time_zone);
        let shown = |moment: Moment, format: &str| match zone {
            Some(zone) => zone.shows(moment).format(format).to_string(),
            None => moment.to_chrono().format(format).to_string(),
        };
        let number = |format: &str| shown(moment, format).parse().unwrap_or(0);
        // Noon is on the same day whatever clocks are put forward or back in between.
        let noon = moment.plus_hours(12 - number("%H"));
        let monday = noon.plus_hours(24 * (1 - number("%u")));
        let sunday = monday.plus_hours(6 * 24);
        Week {
            key: shown(moment, "%G-%V"),
            heading: format!(
                "Week {}: {} – {}",
                number("%V"),
                shown(monday, "%-d %b"),
                shown(sunday, "%-d %b %Y")
            ),
        }
    }

    /// A time with its year, by the clock of a place: `3 Mar 2027, 16:00 UTC+8`. Without a place,
    /// by the clock that was given for all, or in UTC.
    pub(crate) fn dated(&self, moment: Moment, place: Option<&UnLocode>) -> String {
        let place = place.or(self.clock.as_ref());
        match place.and_then(|code| self.get(code)) {
            Some(place) => {
                let zone = &place.time_zone;
                let shown = zone.shows(moment).format("%-d %b %Y, %H:%M");
                format!("{shown} {}", offset(zone, moment))
            }
            None => words::utc(moment),
        }
    }

    /// The local time at a moment.
    pub(crate) fn time(&self, code: &UnLocode, moment: Moment) -> LocalTime {
        let zone = self.get(code).map(|place| &place.time_zone);
        LocalTime {
            local: zone.map_or_else(|| words::utc(moment), |zone| local(zone, moment)),
            utc: words::utc(moment),
            machine: moment.to_string(),
        }
    }
}

/// The code that somebody entered.
fn code(text: &str) -> Option<UnLocode> {
    text.trim().to_uppercase().parse().ok()
}

/// For people: known locations by name and code, so that a wrong one is noticed, and readable times
/// by the clock of their place.
pub(crate) struct People<'a>(pub(crate) &'a Places);

impl Reader for People<'_> {
    fn location(&self, code: &UnLocode) -> String {
        self.0.with_code(code)
    }

    fn time(&self, time: Moment) -> String {
        self.0.dated(time, None)
    }

    fn time_in(&self, time: Moment, place: &UnLocode) -> String {
        self.0.dated(time, Some(place))
    }

    fn space(&self, space: Space) -> String {
        words::taken(space)
    }
}

/// For people, who also know some things by name that have only an id.
pub(crate) struct PeopleByName<'a> {
    pub(crate) people: People<'a>,
    /// What people call the things with these ids.
    pub(crate) names: &'a BTreeMap<String, String>,
}

impl Reader for PeopleByName<'_> {
    fn location(&self, code: &UnLocode) -> String {
        self.people.location(code)
    }

    fn time(&self, time: Moment) -> String {
        self.people.time(time)
    }

    fn time_in(&self, time: Moment, place: &UnLocode) -> String {
        self.people.time_in(time, place)
    }

    fn space(&self, space: Space) -> String {
        self.people.space(space)
    }

    fn id(&self, id: Uuid) -> String {
        let id = id.to_string();
        self.names.get(&id).cloned().unwrap_or(id)
    }
}

/// For people who read many lines: known locations only by name.
pub(crate) struct Glance<'a>(pub(crate) &'a Places);

impl Reader for Glance<'_> {
    fn location(&self, code: &UnLocode) -> String {
        self.0.named(code).to_owned()
    }

    fn time(&self, time: Moment) -> String {
        self.0.dated(time, None)
    }

    fn time_in(&self, time: Moment, place: &UnLocode) -> String {
        self.0.dated(time, Some(place))
    }

    fn space(&self, space: Space) -> String {
        words::taken(space)
    }
}

/// The time on a place's clock with its offset. Names of zones are left out, because they are
/// ambiguous: CST is the time of Shanghai, of Chicago and of Havana.
fn local(zone: &TimeZone, moment: Moment) -> String {
    let shown = zone.shows(moment).format("%a %-d %b, %H:%M");
    format!("{shown} {}", offset(zone, moment))
}

/// The offset of a place's clock: `UTC+8`.
pub(crate) fn offset(zone: &TimeZone, moment: Moment) -> String {
    let minutes = zone.minutes_ahead(moment);
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{}{hours}", sign(minutes)),
        (hours, minutes_more) => format!("UTC{}{hours}:{minutes_more:02}", sign(minutes)),
    }
}

/// The sign of an offset. The minus does not break a line, as a hyphen does.
fn sign(minutes: i32) -> char {
    if minutes < 0 { '−' } else { '+' }
}
