//! The clocks by which times are entered: those of the places beside them.

use super::entered::Entered;
use super::properties::properties;
use crate::pages::places::{Places, offset};
use crate::pages::thing::as_entered;
use application::queries::{QueryError, Reading};
use application::schema::type_of;
use domain::Moment;
use serde_json::Value;

/// Fields with a time, each with the field beside it whose place has the clock.
const CLOCKS: &[(&str, &str)] = &[
    ("at", "location"),
    ("completed_at", "location"),
    ("departs", "from"),
    ("arrives", "to"),
    ("departure", "port"),
    ("arrival", "port"),
    ("load_time", "load_at"),
    ("unload_time", "unload_at"),
    ("arrival_deadline", "destination"),
    ("ready_from", "origin"),
];

/// A time field without a field for its place: its pointer, and the code of the place that
/// has the clock.
pub(crate) type FixedClock = (&'static str, String);

/// The places by whose clocks times are entered. Times without a place are entered in UTC.
#[derive(Default)]
pub(crate) struct Clocks {
    places: Places,
    fixed: Vec<FixedClock>,
    now: Option<Moment>,
}

impl Clocks {
    /// The places that were entered beside times, and those that the form does not ask for.
    pub(crate) async fn of(
        reading: &mut Reading,
        schema: &Value,
        entered: &Entered,
        fixed: Vec<FixedClock>,
        now: Moment,
    ) -> Result<Self, QueryError> {
        let times = times_in(schema, "", entered);
        let asked = times.iter().filter_map(|time| beside(time, entered));
        let codes = asked.chain(fixed.iter().map(|(_, code)| code.as_str()));
        Ok(Self {
            places: Places::entered(reading, codes).await?,
            fixed,
            now: Some(now),
        })
    }

    /// The code of the place whose clock a time is entered by.
    fn code<'a>(&'a self, pointer: &str, entered: &'a Entered) -> Option<&'a str> {
        beside(pointer, entered).or_else(|| {
            let fixed = self.fixed.iter().find(|(own, _)| *own == pointer);
            fixed.map(|(_, code)| code.as_str())
        })
    }

    /// The time at a pointer in the form of inputs, or what is wrong with it. `None` if it is
    /// entered in UTC or with its zone, or if the place is not known.
    pub(super) fn read(
        &self,
        pointer: &str,
        text: &str,
        entered: &Entered,
    ) -> Option<Result<String, String>> {
        if text.parse::<Moment>().is_ok() {
            return None;
        }
        let place = self.places.find(self.code(pointer, entered)?)?;
        Some(place.time_zone.when(text).map(|time| time.to_string()))
    }

    /// Shows the times that pages filled in, which have their zone, as these clocks show them.
    /// Times that a person entered stay as they are.
    pub(crate) fn show(&self, schema: &Value, entered: &mut Entered) {
        for pointer in times_in(schema, "", entered) {
            let text = entered.value(&pointer).unwrap_or_default();
            let Ok(moment) = text.parse::<Moment>() else {
                continue;
            };
            let code = self.code(&pointer, entered);
            let shown = match code.and_then(|code| self.places.find(code)) {
                Some(place) => {
                    let shown = place.time_zone.shows(moment);
                    shown.format("%Y-%m-%dT%H:%M:%SZ").to_string()
                }
                None => text.to_owned(),
            };
            entered.set(&pointer, as_entered(&shown));
        }
    }

    /// The clock of a time, for the person who enters it: `By the clock of Tokyo, UTC+9.`
    pub(super) fn hint(&self, pointer: &str, entered: &Entered) -> String {
        let code = self.code(pointer, entered);
        match code.and_then(|code| self.places.find(code)) {
            Some(place) => {
                let text = entered.value(pointer).unwrap_or_default();
                let at = place.time_zone.when(text).ok().or(self.now);
                let offset = at.map(|at| format!(", {}", offset(&place.time_zone, at)));
                format!(
                    "By the clock of {}{}.",
                    place.name,
                    offset.unwrap_or_default()
                )
            }
            None => match clock_beside(pointer) {
                Some(field) if field.ends_with("/destination") => {
                    "By the clock of the destination.".to_owned()
                }
                Some(field) if field.ends_with("/origin") => {
                    "By the clock of the port of origin.".to_owned()
                }
                Some(_) => "By the clock of the port.".to_owned(),
                None => "In UTC.".to_owned(),
            },
        }
    }

    /// Records which moments the entered times mean, and by which clock they are if it is a single
    /// one, so that what is said about the form can be told by the same clock.
    pub(crate) fn tell(&self, schema: &Value, entered: &mut Entered) {
        let times = times_in(schema, "", entered);
        let moments = times.iter().filter_map(|time| {
            let text = entered.value(time)?;
            let read = self.read(time, text, entered);
            let read = read.unwrap_or_else(|| Ok(in_utc(text))).ok()?;
            Some((time.clone(), read.parse().ok()?))
        });
        let moments = moments.collect();
        let mut codes = times.iter().filter_map(|time| self.code(time, entered));
        let first = codes.next().map(str::to_owned);
        let single = first.filter(|first| codes.all(|code| code == first));
        entered.tell_times(moments, single);
    }
}

/// A time in UTC as browsers send it, `2027-03-03T08:00` or `2027-03-03T08:00:30`, with its zone.
pub(super) fn in_utc(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

/// The pointers of the times that a form asks for, with those in all entered list items.
fn times_in(schema: &Value, pointer: &str, entered: &Entered) -> Vec<String> {
    let nested = match type_of(schema) {
        Some("object") => properties(schema)
            .into_iter()
            .flat_map(|(name, schema, _)| times_in(schema, &format!("{pointer}/{name}"), entered))
            .collect(),
        Some("array") => (0..entered.items(pointer))
            .flat_map(|item| times_in(&schema["items"], &format!("{pointer}/{item}"), entered))
            .collect(),
        _ => Vec::new(),
    };
    match schema["format"].as_str() {
        Some("date-time") => vec![pointer.to_owned()],
        _ => nested,
    }
}

/// The field whose place has the clock for the time at a pointer.
fn clock_beside(pointer: &str) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let (_, place) = CLOCKS.iter().find(|(time, _)| *time == name)?;
    Some(format!("{parent}/{place}"))
}

/// The place that was entered beside the time at a pointer.
fn beside<'e>(pointer: &str, entered: &'e Entered) -> Option<&'e str> {
    entered.value(&clock_beside(pointer)?)
}
