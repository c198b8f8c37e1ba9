//! Containers, by size and type.

use crate::fact::is_fact;
use crate::identifier::text_form;
use crate::limits::EQUIPMENT_COUNT_MAX;
use crate::space::{Space, Teu};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::str::FromStr;

/// An ISO 6346 size and type code: length, height and width, and type (two characters), for example
/// `22G1`. Lengths of 20, 40 and 45 feet are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SizeType(String);

text_form!(SizeType);

is_fact! {
    SizeType => Text,
}

impl SizeType {
    /// The size in quarters of a TEU, from the length.
    #[must_use]
    pub fn quarter_teu(&self) -> u64 {
        quarter_teu(self.0.as_bytes()[0]).expect("checked when it was read")
    }

    /// Whether it takes a reefer plug: its type group is R, thermal (ISO 6346, annex E).
    #[must_use]
    pub fn is_reefer(&self) -> bool {
        self.0.as_bytes()[2] == b'R'
    }
}

/// The size from the first character of the code: 2 is 20 feet, 4 is 40 feet, L is 45 feet (ISO
/// 6346, annex D).
const fn quarter_teu(length: u8) -> Option<u64> {
    match length {
        b'2' => Some(4),
        b'4' => Some(8),
        b'L' => Some(9),
        _ => None,
    }
}

const EXAMPLE: &str = "for example 22G1, 42G1, 45R1 or L5G1";

/// The type groups in ISO 6346, which may replace a type.
const GROUPS: &[&[u8; 2]] = &[
    b"GP", b"VH", b"BU", b"BK", b"SN", b"RE", b"RT", b"RS", b"HR", b"HI", b"UT", b"PL", b"PF",
    b"PC", b"PS", b"TN", b"TD", b"TG", b"KL", b"NH", b"NN", b"NP", b"AS",
];

/// Notations that people often use instead of a code, by length in feet and kind, with the code
/// that they mean.
const MEANT: &[(&str, &str)] = &[
    ("20DC", "22G1"),
    ("20DV", "22G1"),
    ("20ST", "22G1"),
    ("20HC", "25G1"),
    ("20HQ", "25G1"),
    ("20RF", "22R1"),
    ("20RH", "22R1"),
    ("20OT", "22U1"),
    ("20FR", "22P1"),
    ("20TK", "22T1"),
    ("40DC", "42G1"),
    ("40DV", "42G1"),
    ("40ST", "42G1"),
    ("40HC", "45G1"),
    ("40HQ", "45G1"),
    ("40RF", "42R1"),
    ("40RH", "45R1"),
    ("40RQ", "45R1"),
    ("40OT", "42U1"),
    ("40FR", "42P1"),
    ("40TK", "42T1"),
    ("45HC", "L5G1"),
    ("45HQ", "L5G1"),
    ("45RH", "L5R1"),
];

impl SizeType {
    /// Parses a code under the rules for new input: the subtype is a digit, or the type is a listed
    /// group. Earlier releases accepted any letter there, and their stored codes are still read.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and which code is probably meant.
    pub fn strict(text: &str) -> Result<Self, String> {
        let meant = MEANT.iter().find(|(written, _)| *written == text);
        if let Some((written, code)) = meant {
            return Err(format!(
                "must be an ISO 6346 size and type code; the code for {written} is {code}"
            ));
        }
        let code: Self = text.parse()?;
        let bytes = code.0.as_bytes();
        let (group, subtype) = (bytes[2], bytes[3]);
        let is_listed = GROUPS.contains(&&[group, subtype]);
        if subtype.is_ascii_digit() || is_listed {
            Ok(code)
        } else {
            Err(format!(
                "must be an ISO 6346 size and type code, {EXAMPLE}; the fourth character is a digit, or the last two are a group such as GP"
            ))
        }
    }
}

impl FromStr for SizeType {
    type Err = String;

    /// The second character is height and width (0, 2, 4–6, 8, 9 for 8 feet wide; C–F and L–P for
    /// wider), the third is the type group, and the fourth its subtype.
    fn from_str(text: &str) -> Result<Self, String> {
        let [length, height, group, subtype] = text.as_bytes() else {
            return Err(format!(
                "must be a four-character ISO 6346 size and type code, {EXAMPLE}"
            ));
        };
        if quarter_teu(*length).is_none() {
            return Err("must begin with 2 (20 feet), 4 (40 feet) or L (45 feet); we do not carry other lengths".to_owned());
        }
        let well_formed = matches!(height, b'0' | b'2' | b'4'..=b'6' | b'8' | b'9' | b'C'..=b'F' | b'L'..=b'P')
            && b"GVBSRHUTPKNA".contains(group)
            && (subtype.is_ascii_digit() || subtype.is_ascii_uppercase());
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("must be an ISO 6346 size and type code, {EXAMPLE}"))
        }
    }
}

/// A number of containers of one size and type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipmentLine {
    /// Size and type.
    #[serde(rename = "type")]
    pub size_type: SizeType,
    /// The number of containers: 1 to [`EQUIPMENT_COUNT_MAX`].
    #[serde(deserialize_with = "count_in_range")]
    pub count: u32,
}

/// The size of a cargo, derived from its containers, and its weight, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Size in quarters of a TEU.
    pub quarter_teu: u64,
    /// Gross weight of goods and containers, in kilograms.
    pub kg: u64,
}

impl Size {
    /// The size in TEU.
    #[must_use]
    pub fn teu(self) -> Teu {
        Teu(self.quarter_teu)
    }
}

/// The size of containers with this total weight.
#[must_use]
pub fn size_of(equipment: &[EquipmentLine], gross_weight_kg: u64) -> Size {
    let lines = equipment.iter();
    Size {
        quarter_teu: lines
            .map(|line| line.size_type.quarter_teu() * u64::from(line.count))
            .sum(),
        kg: gross_weight_kg,
    }
}

/// The reefer plugs that containers take: one each, whether or not a temperature is set.
fn plugs_of(equipment: &[EquipmentLine]) -> u64 {
    let reefers = equipment.iter().filter(|line| line.size_type.is_reefer());
    reefers.map(|line| u64::from(line.count)).sum()
}

/// What containers with this total weight take.
#[must_use]
pub fn space_of(equipment: &[EquipmentLine], gross_weight_kg: u64) -> Space {
    let Size { quarter_teu, kg } = size_of(equipment, gross_weight_kg);
    Space {
        quarter_teu,
        kg,
        plugs: plugs_of(equipment),
    }
}

/// Whether some of the containers are reefers.
#[must_use]
pub fn has_reefer(equipment: &[EquipmentLine]) -> bool {
    plugs_of(equipment) > 0
}

fn count_in_range<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = u32::deserialize(deserializer)?;
    if (1..=EQUIPMENT_COUNT_MAX).contains(&count) {
        Ok(count)
    } else {
        Err(D::Error::custom(format!(
            "must be 1 to {EQUIPMENT_COUNT_MAX}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_follows_from_length() {
        for (text, size) in [
            ("22G1", Some(4)),
            ("42G1", Some(8)),
            ("45G1", Some(8)),
            ("45R1", Some(8)),
            ("L5G1", Some(9)),
            ("32G1", None),
            ("M2G1", None),
            ("21G1", None),
            ("22Z1", None),
            ("22g1", None),
            ("22G", None),
            ("22G10", None),
            ("", None),
        ] {
            let read = text.parse::<SizeType>().ok().map(|code| code.quarter_teu());
            assert_eq!(read, size, "{text}");
        }
    }

    #[test]
    fn reefers_take_a_plug_each() {
        for (code, plugs) in [
            ("22R1", 3),
            ("45R1", 3),
            ("45RE", 3),
            ("L5R1", 3),
            ("22G1", 0),
            ("22H1", 0),
            ("45GP", 0),
        ] {
            let line = |code: &str, count| EquipmentLine {
                size_type: code.parse().expect("a code"),
                count,
            };
            let equipment = [line(code, 3), line("22G1", 2)];
            assert_eq!(plugs_of(&equipment), plugs, "{code}");
        }
    }

    #[test]
    fn new_codes_are_those_of_the_standard() {
        for (text, meant) in [
            ("22G1", Ok(())),
            ("22GP", Ok(())),
            ("45R1", Ok(())),
            ("42UT", Ok(())),
            ("40HC", Err("45G1")),
            ("40HQ", Err("45G1")),
            ("20TK", Err("22T1")),
            ("20DV", Err("22G1")),
            ("45HC", Err("L5G1")),
            ("22GX", Err("fourth character")),
            ("42TK", Err("fourth character")),
            ("22g1", Err("ISO 6346")),
            ("", Err("ISO 6346")),
        ] {
            match (SizeType::strict(text), meant) {
                (Ok(code), Ok(())) => assert_eq!(code.as_str(), text),
                (Err(complaint), Err(part)) => assert!(complaint.contains(part), "{complaint}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
        for (_, code) in MEANT {
            assert!(SizeType::strict(code).is_ok(), "{code}");
        }
        // Earlier releases stored these.
        for stored in ["40HC", "22GX"] {
            let json = format!("\"{stored}\"");
            assert!(serde_json::from_str::<SizeType>(&json).is_ok(), "{stored}");
        }
    }
}
