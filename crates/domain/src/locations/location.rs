//! The location aggregate.

use super::events::LocationCorrected;
use crate::identifier::{id_of, natural_key, text_form, uuid_id};
use crate::limits::{NAME_CHARS_MAX, TIME_ZONE_CHARS_MAX};
use crate::locations::{CountryCode, UnLocode};
use crate::moment::Moment;
use crate::text::{Text, folded};
use chrono::{DateTime, NaiveDateTime};
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
    /// The name in the world: its UN/LOCODE.
    pub un_locode: UnLocode,
    /// What people call it.
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names that people call it by, in other languages or times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// The country, as in ISO 3166-1; mostly the first two letters of the UN/LOCODE.
    pub country: CountryCode,
    /// Degrees north of the equator, −90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, −180 to 180.
    pub longitude: f64,
    /// The time zone its clocks show.
    pub time_zone: TimeZone,
}

/// What can be corrected about a location. The rest is what other things know it by.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// What people call it.
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names that people call it by.
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// Degrees north of the equator, −90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, −180 to 180.
    pub longitude: f64,
    /// The time zone its clocks show.
    pub time_zone: TimeZone,
}

impl Location {
    /// Corrects what is known of it. `None` means that it was known so already.
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

    /// The texts it is searched by: its name, its other names and its code, folded.
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

/// The texts a location is searched by, folded, one a line.
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

/// A time zone by its name in the IANA time zone database, for example `Europe/Amsterdam`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

text_form!(TimeZone);

impl TimeZone {
    /// What its clocks show at a moment.
    #[must_use]
    pub fn shows(&self, moment: Moment) -> DateTime<Tz> {
        let zone = self.0.parse().unwrap_or(Tz::UTC);
        moment.to_chrono().with_timezone(&zone)
    }

    /// The moment at which its clocks show a day and time, written `2027-03-03T08:00`: the earlier
    /// one where they are put back and show it twice.
    ///
    /// # Errors
    ///
    /// What is wrong with it: it is not written so, the clocks skip it, or its year is too far off.
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
        // Read as all times are, so that it lies within the years that are known.
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
    fn clocks_are_read_where_they_hang() {
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
