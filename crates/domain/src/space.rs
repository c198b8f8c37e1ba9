//! [`Space`]: the size and weight that cargo takes and a ship offers, in quarter-TEU and kilograms.

use crate::limits::{CAPACITY_TEU_MAX, CAPACITY_TONNES_MAX};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// The precision at which customers see the free space on a voyage: steps of 10 TEU and 100 t.
/// Anything finer would reveal each booking of other customers.
pub const CUSTOMER_STEP: Space = Space {
    quarter_teu: 40,
    kg: 100_000,
};

/// A size and a weight: of a cargo, of a capacity, of a load or of a limit line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Space {
    /// Size in quarters of a TEU, so that 2.25 TEU (a 45-foot container) is a whole number.
    pub quarter_teu: u64,
    /// Weight in kilograms.
    pub kg: u64,
}

impl Space {
    /// Whether this fits within `limit`, in size and in weight.
    #[must_use]
    pub fn fits(self, limit: Space) -> bool {
        self.quarter_teu <= limit.quarter_teu && self.kg <= limit.kg
    }

    /// What is left up to `limit`, or zero if it is exceeded.
    #[must_use]
    pub fn left_to(self, limit: Space) -> Space {
        Space {
            quarter_teu: limit.quarter_teu.saturating_sub(self.quarter_teu),
            kg: limit.kg.saturating_sub(self.kg),
        }
    }

    /// Rounds down to multiples of a step.
    #[must_use]
    pub fn rounded_down(self, step: Space) -> Space {
        Space {
            quarter_teu: self.quarter_teu / step.quarter_teu * step.quarter_teu,
            kg: self.kg / step.kg * step.kg,
        }
    }

    /// Rounds up to multiples of a step.
    #[must_use]
    pub fn rounded_up(self, step: Space) -> Space {
        let steps = |amount: u64, step: u64| amount.div_ceil(step).saturating_mul(step);
        Space {
            quarter_teu: steps(self.quarter_teu, step.quarter_teu),
            kg: steps(self.kg, step.kg),
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
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} TEU and {} t", self.teu(), self.tonnes())
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

/// A space as people enter it, in TEU and tonnes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Size in TEU.
    pub teu: Teu,
    /// Weight in tonnes.
    pub tonnes: Tonnes,
}

impl From<Capacity> for Space {
    fn from(capacity: Capacity) -> Self {
        Self {
            quarter_teu: capacity.teu.0,
            kg: capacity.tonnes.0,
        }
    }
}

impl From<Space> for Capacity {
    fn from(space: Space) -> Self {
        Self {
            teu: space.teu(),
            tonnes: space.tonnes(),
        }
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
