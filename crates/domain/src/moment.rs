//! [`Moment`]: a time in UTC, to the microsecond.

use crate::limits::{YEAR_MAX, YEAR_MIN};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A time in UTC with microseconds, written as RFC 3339 with exactly six fractional digits, so that
/// its text sorts like the time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(i64);

const MICROS_PER_HOUR: i64 = 3_600_000_000;

impl Moment {
    /// The earliest moment. Nothing is overdue then.
    pub const EARLIEST: Self = Self(i64::MIN);

    /// The moment this many microseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This moment plus some microseconds.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This moment plus some hours (minus, if negative).
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_micros(hours.saturating_mul(MICROS_PER_HOUR))
    }

    /// This moment plus some minutes (minus, if negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_micros(minutes.saturating_mul(MICROS_PER_HOUR / 60))
    }

    /// The same moment as a `chrono` value.
    #[must_use]
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// Whether a text is a day such as 2027-03-01 (RFC 3339, `full-date`).
#[must_use]
pub fn is_day(text: &str) -> bool {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.is_ok_and(|day| day.to_string() == text)
}

impl From<DateTime<Utc>> for Moment {
    /// Truncates to microseconds.
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time = DateTime::parse_from_rfc3339(text)
            .map_err(|_| "must be an RFC 3339 time, for example 2027-03-03T00:00:00Z".to_owned())?
            .with_timezone(&Utc);
        if !(YEAR_MIN..=YEAR_MAX).contains(&time.year()) || time.nanosecond() >= 1_000_000_000 {
            return Err(format!(
                "must be in the years {YEAR_MIN} to {YEAR_MAX} and not in a leap second"
            ));
        }
        Ok(time.into())
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .to_chrono()
                .to_rfc3339_opts(SecondsFormat::Micros, true),
        )
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_and_written() {
        for (text, written) in [
            ("2027-03-03T00:00:00Z", Some("2027-03-03T00:00:00.000000Z")),
            (
                "2027-03-03T02:00:00.1234567+02:00",
                Some("2027-03-03T00:00:00.123456Z"),
            ),
            ("2027-03-03", None),
            ("1969-12-31T23:59:59Z", None),
            ("2200-01-01T00:00:00Z", None),
            ("2016-12-31T23:59:60Z", None),
            ("", None),
        ] {
            let read = text.parse::<Moment>().ok().map(|m| m.to_string());
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn days() {
        for (text, expected) in [
            ("2027-03-01", true),
            ("0675-07-12", true),
            ("2028-02-29", true),
            ("2027-02-29", false),
            ("2027-3-1", false),
            ("2027-03-01T00:00:00Z", false),
            (" 2027-03-01", false),
            ("", false),
        ] {
            assert_eq!(is_day(text), expected, "{text}");
        }
    }
}
