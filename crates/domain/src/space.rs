//! [`Space`]: the size, weight and reefer plugs that cargo takes, in quarter-TEU, kilograms and plugs,
//! and [`SpaceLimit`]: how much of it there is.

use crate::limits::{CAPACITY_PLUGS_MAX, CAPACITY_TEU_MAX, CAPACITY_TONNES_MAX};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// The precision at which customers see the free space on a voyage: steps of 10 TEU, 100 t
/// and 10 reefer plugs.
/// Anything finer would reveal each booking of other customers.
pub const CUSTOMER_STEP: Space = Space {
    quarter_teu: 40,
    kg: 100_000,
    plugs: 10,
};

/// What cargo takes: its size, its weight and its reefer plugs. Also their total, a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Space {
    /// Size in quarters of a TEU, so that 2.25 TEU (a 45-foot container) is a whole number.
    pub quarter_teu: u64,
    /// Weight in kilograms.
    pub kg: u64,
    /// The number of reefer plugs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub plugs: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(plugs: &u64) -> bool {
    *plugs == 0
}

/// How much space there is: a capacity, a limit line, or what is left up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpaceLimit {
    /// Size in quarters of a TEU.
    pub quarter_teu: u64,
    /// Weight in kilograms.
    pub kg: u64,
    /// The number of reefer plugs. Without it, plugs are not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugs: Option<u64>,
}

impl SpaceLimit {
    /// More than any cargo needs.
    pub const NONE: Self = Self {
        quarter_teu: u64::MAX,
        kg: u64::MAX,
        plugs: None,
    };

    /// The smaller of two limits, each measure by itself.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self {
            quarter_teu: self.quarter_teu.min(other.quarter_teu),
            kg: self.kg.min(other.kg),
            plugs: match (self.plugs, other.plugs) {
                (Some(own), Some(other)) => Some(own.min(other)),
                (own, other) => own.or(other),
            },
        }
    }

    /// Rounds down to multiples of a step.
    #[must_use]
    pub fn rounded_down(self, step: Space) -> Self {
        Self {
            quarter_teu: self.quarter_teu / step.quarter_teu * step.quarter_teu,
            kg: self.kg / step.kg * step.kg,
            plugs: self.plugs.map(|plugs| plugs / step.plugs * step.plugs),
        }
    }

    /// What counts of a space where this is the limit: no plugs where they are not measured.
    #[must_use]
    pub fn counted(self, space: Space) -> Space {
        Space {
            plugs: self.plugs.map_or(0, |_| space.plugs),
            ..space
        }
    }

    /// The same without plugs.
    #[must_use]
    pub fn without_plugs(self) -> Space {
        Space {
            quarter_teu: self.quarter_teu,
            kg: self.kg,
            plugs: 0,
        }
    }
}

impl Add<Space> for SpaceLimit {
    type Output = SpaceLimit;

    /// What is left after a space was freed.
    fn add(self, freed: Space) -> SpaceLimit {
        SpaceLimit {
            quarter_teu: self.quarter_teu + freed.quarter_teu,
            kg: self.kg + freed.kg,
            plugs: self.plugs.map(|plugs| plugs + freed.plugs),
        }
    }
}

impl Space {
    /// Whether this fits within `limit` in every measure.
    #[must_use]
    pub fn fits(self, limit: SpaceLimit) -> bool {
        self.fits_but_for_plugs(limit) && limit.plugs.is_none_or(|plugs| self.plugs <= plugs)
    }

    /// Whether this fits within `limit`, in size and in weight.
    #[must_use]
    pub fn fits_but_for_plugs(self, limit: SpaceLimit) -> bool {
        self.quarter_teu <= limit.quarter_teu && self.kg <= limit.kg
    }

    /// What is left up to `limit`, or zero if it is exceeded.
    #[must_use]
    pub fn left_to(self, limit: SpaceLimit) -> SpaceLimit {
        SpaceLimit {
            quarter_teu: limit.quarter_teu.saturating_sub(self.quarter_teu),
            kg: limit.kg.saturating_sub(self.kg),
            plugs: limit.plugs.map(|plugs| plugs.saturating_sub(self.plugs)),
        }
    }

    /// How much more a larger space takes, in each measure.
    #[must_use]
    pub fn more_in(self, larger: Space) -> Space {
        Space {
            quarter_teu: larger.quarter_teu.saturating_sub(self.quarter_teu),
            kg: larger.kg.saturating_sub(self.kg),
            plugs: larger.plugs.saturating_sub(self.plugs),
        }
    }

    /// The same without plugs.
    #[must_use]
    pub fn without_plugs(self) -> Space {
        Space { plugs: 0, ..self }
    }

    /// Rounds up to multiples of a step.
    #[must_use]
    pub fn rounded_up(self, step: Space) -> Space {
        let steps = |amount: u64, step: u64| amount.div_ceil(step).saturating_mul(step);
        Space {
            quarter_teu: steps(self.quarter_teu, step.quarter_teu),
            kg: steps(self.kg, step.kg),
            plugs: steps(self.plugs, step.plugs),
        }
    }

    /// The size in TEU.
    #[must_use]
    pub fn teu(self) -> Teu {
        Teu(self.quarter_teu)
    }

    /// The weight in tonnes.
    #[must_use]
    pub fn tonnes(self) -> Tonnes {
        Tonnes(self.kg)
    }
}

impl Add for Space {
    type Output = Space;

    fn add(self, other: Space) -> Space {
        Space {
            quarter_teu: self.quarter_teu + other.quarter_teu,
            kg: self.kg + other.kg,
            plugs: self.plugs + other.plugs,
        }
    }
}

impl Sub for Space {
    type Output = Space;

    /// Panics if more is subtracted than there is: a load is never negative.
    fn sub(self, other: Space) -> Space {
        let less = "what is freed was booked before";
        Space {
            quarter_teu: self.quarter_teu.checked_sub(other.quarter_teu).expect(less),
            kg: self.kg.checked_sub(other.kg).expect(less),
            plugs: self.plugs.checked_sub(other.plugs).expect(less),
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (teu, tonnes) = (self.teu(), self.tonnes());
        match self.plugs {
            0 => write!(f, "{teu} TEU and {tonnes} t"),
            1 => write!(f, "{teu} TEU, {tonnes} t and 1 reefer plug"),
            plugs => write!(f, "{teu} TEU, {tonnes} t and {plugs} reefer plugs"),
        }
    }
}

/// The number of decimals that count. Clients that calculate with floating point may send more, as
/// in 0.30000000000000004.
const DECIMALS: u32 = 8;

/// Declares a decimal quantity stored as a whole number of its smallest step.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $steps:literal per $unit:literal, up to $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "f64")]
        pub struct $name(pub u64);

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.0.is_multiple_of($steps) {
                    serializer.serialize_u64(self.0 / $steps)
                } else {
                    serializer.serialize_f64(f64::from(*self))
                }
            }
        }

        impl TryFrom<f64> for $name {
            type Error = String;

            fn try_from(units: f64) -> Result<Self, String> {
                Decimal::try_from(units).map_err(|_| Self::complaint())?.try_into()
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = String;

            fn try_from(units: Decimal) -> Result<Self, String> {
                let range = Decimal::ZERO..=Decimal::from($max);
                let steps = units.round_dp(DECIMALS) * Decimal::from($steps);
                if !range.contains(&units) || !steps.is_integer() {
                    return Err(Self::complaint());
                }
                steps.try_into().map(Self).map_err(|_| Self::complaint())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let units = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
                units.map_err(|_| Self::complaint())?.try_into()
            }
        }

        impl $name {
            fn complaint() -> String {
                let step = Decimal::ONE / Decimal::from($steps);
                format!("must be 0 to {} {}, in steps of {step}", $max, $unit)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> f64 {
                quantity.0 as f64 / f64::from($steps)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let units = Decimal::from(self.0) / Decimal::from($steps);
                write!(f, "{}", units.normalize())
            }
        }
    };
}

quantity! {
    /// A size in TEU, in JSON a decimal number in steps of 0.25.
    Teu, 4 per "TEU", up to CAPACITY_TEU_MAX
}
quantity! {
    /// A weight in tonnes, in JSON a decimal number in steps of 0.001.
    Tonnes, 1000 per "t", up to CAPACITY_TONNES_MAX
}

/// A number of reefer plugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Plugs(u32);

impl TryFrom<u64> for Plugs {
    type Error = String;

    fn try_from(plugs: u64) -> Result<Self, String> {
        let read = u32::try_from(plugs).ok();
        let read = read.filter(|plugs| *plugs <= CAPACITY_PLUGS_MAX);
        read.map(Self)
            .ok_or_else(|| format!("must be 0 to {CAPACITY_PLUGS_MAX} reefer plugs"))
    }
}

impl From<Plugs> for u64 {
    fn from(plugs: Plugs) -> u64 {
        plugs.0.into()
    }
}

impl From<Plugs> for f64 {
    fn from(plugs: Plugs) -> f64 {
        plugs.0.into()
    }
}

impl Plugs {
    /// A number of plugs, at most the most that can be counted.
    fn of(plugs: u64) -> Self {
        Self(u32::try_from(plugs).unwrap_or(u32::MAX))
    }
}

/// A space as people enter it, in TEU, tonnes and reefer plugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Size in TEU.
    pub teu: Teu,
    /// Weight in tonnes.
    pub tonnes: Tonnes,
    /// The number of reefer plugs. Without it, plugs are not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugs: Option<Plugs>,
}

impl From<Capacity> for SpaceLimit {
    fn from(capacity: Capacity) -> Self {
        Self {
            quarter_teu: capacity.teu.0,
            kg: capacity.tonnes.0,
            plugs: capacity.plugs.map(u64::from),
        }
    }
}

impl From<SpaceLimit> for Capacity {
    fn from(limit: SpaceLimit) -> Self {
        Self {
            teu: Teu(limit.quarter_teu),
            tonnes: Tonnes(limit.kg),
            plugs: limit.plugs.map(Plugs::of),
        }
    }
}

impl From<Capacity> for Space {
    fn from(capacity: Capacity) -> Self {
        Self {
            quarter_teu: capacity.teu.0,
            kg: capacity.tonnes.0,
            plugs: capacity.plugs.map_or(0, u64::from),
        }
    }
}

impl Capacity {
    /// A load, with plugs where they are measured.
    #[must_use]
    pub fn booked(load: Space, limit: SpaceLimit) -> Self {
        SpaceLimit {
            quarter_teu: load.quarter_teu,
            kg: load.kg,
            plugs: limit.plugs.map(|_| load.plugs),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact() {
        for (units, quarters) in [
            (0.0, Some(0)),
            (2.25, Some(9)),
            (100.0, Some(400)),
            (0.1, None),
            (-1.0, None),
            (50_000.25, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(
                Teu::try_from(units).ok().map(|teu| teu.0),
                quarters,
                "{units}"
            );
        }
        for (units, kg) in [
            (0.1 + 0.2, Some(300)),
            (0.3000001, None),
            (1e-9, Some(0)),
            (1_000_000.0, Some(1_000_000_000)),
            (1e300, None),
        ] {
            let tonnes = Tonnes::try_from(units).ok();
            assert_eq!(tonnes.map(|tonnes| tonnes.0), kg, "{units}");
        }
        for (text, quarters) in [
            ("20.25", Some(81)),
            ("1e1", Some(40)),
            (".5", Some(2)),
            ("0.1", None),
            ("-0.25", None),
            ("NaN", None),
            ("ten", None),
        ] {
            let teu: Option<Teu> = text.parse().ok();
            assert_eq!(teu.map(|teu| teu.0), quarters, "{text}");
        }
        assert_eq!(
            Teu::try_from(0.1),
            Err("must be 0 to 50000 TEU, in steps of 0.25".to_owned())
        );
        assert_eq!(Tonnes(1_500_001).to_string(), "1500.001");
        assert_eq!(Tonnes::try_from(1999.999).map(|t| t.0), Ok(1_999_999));
        assert_eq!(Teu(9).to_string(), "2.25");
        assert_eq!(Teu(440).to_string(), "110");
    }
}
