//! The location aggregate.

use super::events::LocationCorrected;
use crate::identifier::{id_of, natural_key, text_form, uuid_id};
use crate::limits::{NAME_CHARS_MAX, TIME_ZONE_CHARS_MAX};
use crate::locations::{CountryCode, UnLocode};
use crate::moment::Moment;
use crate::text::{Text, folded};
use chrono::{DateTime, NaiveDateTime, Offset};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

uuid_id! {
    /// The id of a location.
    LocationId
}

id_of!(LocationId of Location);
natural_key!(UnLocode of Location);

/// A port or inland place. Reference data: added, never removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The internal id.
    pub id: LocationId,
    /// The public identifier.
    pub un_locode: UnLocode,
    /// The usual name.
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names, in other languages or from other times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// The ISO 3166-1 country, usually the first two letters of the UN/LOCODE.
    pub country: CountryCode,
    /// Latitude in degrees, −90 to 90, north positive.
    pub latitude: f64,
    /// Longitude in degrees, −180 to 180, east positive.
    pub longitude: f64,
    pub time_zone: TimeZone,
}

/// The details of a location that can be corrected. The rest identifies it to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The usual name.
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names.
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// Latitude in degrees, −90 to 90, north positive.
    pub latitude: f64,
    /// Longitude in degrees, −180 to 180, east positive.
    pub longitude: f64,
    pub time_zone: TimeZone,
}

impl Location {
    /// Corrects the details. Returns `None` if nothing differs.
    #[must_use]
    pub fn correct(&self, correction: Correction) -> Option<(Self, LocationCorrected)> {
        let Correction {
            name,
            aliases,
            latitude,
            longitude,
            time_zone,
        } = correction;
        let corrected = Self {
            id: self.id,
            un_locode: self.un_locode.clone(),
            country: self.country.clone(),
            name,
            aliases,
            latitude,
            longitude,
            time_zone,
        };
        let event = LocationCorrected {
            location: self.un_locode.clone(),
        };
        (corrected != *self).then_some((corrected, event))
    }

    /// The texts that searches look at: its name, its other names and its code, folded.
    #[must_use]
    pub fn searched(&self) -> String {
        searched(
            self.name.as_str(),
            self.aliases.iter().map(Text::as_str),
            self.un_locode.as_str(),
        )
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.un_locode.as_str())
    }
}

/// The folded texts that searches look at, one per line.
#[must_use]
pub fn searched<'a>(
    name: &'a str,
    aliases: impl Iterator<Item = &'a str>,
    un_locode: &'a str,
) -> String {
    let names = std::iter::once(name).chain(aliases);
    let texts: Vec<_> = names.chain([un_locode]).map(folded).collect();
    texts.join("\n")
}

/// An IANA time zone, for example `Europe/Amsterdam`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

text_form!(TimeZone);

impl TimeZone {
    /// The local time at a moment.
    #[must_use]
    pub fn shows(&self, moment: Moment) -> DateTime<Tz> {
        let zone = self.0.parse().unwrap_or(Tz::UTC);
        moment.to_chrono().with_timezone(&zone)
    }

    /// How far its clocks are ahead of UTC at a moment, in minutes.
    #[must_use]
    pub fn minutes_ahead(&self, moment: Moment) -> i32 {
        self.shows(moment).offset().fix().local_minus_utc() / 60
    }

    /// The moment of a local time written `2027-03-03T08:00`. If clocks are put back and show the
    /// time twice, the earlier moment.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it: the format, a time that the clocks skip, or a year out of range.
    pub fn when(&self, shown: &str) -> Result<Moment, String> {
        let zone: Tz = self.0.parse().unwrap_or(Tz::UTC);
        let format = match shown.len() {
            16 => "%Y-%m-%dT%H:%M",
            _ => "%Y-%m-%dT%H:%M:%S",
        };
        let shown = NaiveDateTime::parse_from_str(shown, format)
            .map_err(|_| "must be a day and a time, for example 2027-03-03T08:00".to_owned())?;
        let time = shown
            .and_local_timezone(zone)
            .earliest()
            .ok_or_else(|| "does not exist there: the clocks change at that hour".to_owned())?;
        // Parsed like all times, so that the year is checked too.
        time.to_rfc3339().parse()
    }
}

impl FromStr for TimeZone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() <= TIME_ZONE_CHARS_MAX && text.parse::<Tz>().is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a time zone of the IANA database, for example Europe/Amsterdam".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_ports_time_zone() {
        let zone: TimeZone = "Europe/Amsterdam".parse().expect("a zone");
        for (shown, expected) in [
            ("2027-03-03T08:00", Some("2027-03-03T07:00:00.000000Z")),
            ("2027-07-03T08:00:30", Some("2027-07-03T06:00:30.000000Z")),
            // Put forward from two to three, and back from three to two.
            ("2027-03-28T02:30", None),
            ("2027-10-31T02:30", Some("2027-10-31T00:30:00.000000Z")),
            ("0000-01-01T00:00", None),
            ("2027-02-30T08:00", None),
            ("08:00", None),
            ("", None),
        ] {
            let found = zone.when(shown).ok().map(|moment| moment.to_string());
            assert_eq!(found.as_deref(), expected, "{shown}");
        }
    }
}
