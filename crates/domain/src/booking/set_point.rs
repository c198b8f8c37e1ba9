//! The temperature at which a reefer container is kept.

use crate::fact::Fact;
use crate::limits::{SET_POINT_TENTHS_MAX, SET_POINT_TENTHS_MIN};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A temperature in tenths of a degree Celsius, in JSON a decimal number of degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "f64")]
pub struct SetPoint(i16);

impl SetPoint {
    fn complaint() -> String {
        let degrees = |tenths| Decimal::new(i64::from(tenths), 1).normalize();
        format!(
            "must be {} to {} °C, in steps of 0.1",
            degrees(SET_POINT_TENTHS_MIN),
            degrees(SET_POINT_TENTHS_MAX)
        )
    }

    fn degrees(self) -> Decimal {
        Decimal::new(i64::from(self.0), 1)
    }
}

impl Serialize for SetPoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 10 {
            0 => serializer.serialize_i16(self.0 / 10),
            _ => serializer.serialize_f64(f64::from(self.0) / 10.0),
        }
    }
}

impl TryFrom<f64> for SetPoint {
    type Error = String;

    fn try_from(degrees: f64) -> Result<Self, String> {
        let tenths = Decimal::try_from(degrees).map(|degrees| degrees * Decimal::TEN);
        let tenths = tenths.ok().filter(Decimal::is_integer);
        let tenths = tenths.and_then(|tenths| i16::try_from(tenths).ok());
        let range = SET_POINT_TENTHS_MIN..=SET_POINT_TENTHS_MAX;
        let tenths = tenths.filter(|tenths| range.contains(tenths));
        tenths.map(Self).ok_or_else(Self::complaint)
    }
}

/// Degrees with one decimal: `-18.0`.
impl fmt::Display for SetPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.degrees())
    }
}

impl From<SetPoint> for Fact {
    fn from(point: SetPoint) -> Self {
        point.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_points_are_tenths_of_a_degree() {
        for (degrees, expected) in [
            (-18.0, Some("-18.0")),
            (2.5, Some("2.5")),
            (-0.1, Some("-0.1")),
            (0.0, Some("0.0")),
            (-60.0, Some("-60.0")),
            (30.0, Some("30.0")),
            (-60.1, None),
            (30.1, None),
            (4.25, None),
            (1e9, None),
            (f64::NAN, None),
        ] {
            let read = SetPoint::try_from(degrees).ok();
            let said = read.map(|point| point.to_string());
            assert_eq!(said.as_deref(), expected, "{degrees}");
            if let Some(point) = read {
                let json = serde_json::to_string(&point).expect("a number");
                let back: SetPoint = serde_json::from_str(&json).expect("as written");
                assert_eq!(back, point, "{json}");
            }
        }
    }
}
