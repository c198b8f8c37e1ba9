//! Containers, by number.

use super::{EquipmentLine, SizeType};
use crate::fact::is_fact;
use crate::identifier::text_form;
use crate::limits::SEAL_CHARS_MAX;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// An ISO 6346 container number: an owner code of three letters, U, six digits and a check digit,
/// for example `CSQU3054383`.
///
/// Digits count as themselves, letters from A = 10 upwards without the multiples of 11. The
/// characters are weighted with powers of 2. The check digit is the sum modulo 11, where 10 counts
/// as 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContainerNumber(String);

text_form!(ContainerNumber);

is_fact! {
    ContainerNumber => Text,
}

/// What a character counts, or `None` if no container number has it.
fn value(character: u8) -> Option<u32> {
    match character {
        b'0'..=b'9' => Some(u32::from(character - b'0')),
        b'A'..=b'Z' => {
            let place = u32::from(character - b'A') + 10;
            // 11, 22 and 33 are left out: B is 12, L is 23 and V is 34.
            Some(place + u32::from(place > 10) + u32::from(place > 20) + u32::from(place > 30))
        }
        _ => None,
    }
}

impl FromStr for ContainerNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = text.as_bytes();
        let is_formed = bytes.len() == 11
            && bytes[..3].iter().all(u8::is_ascii_uppercase)
            && bytes[3] == b'U'
            && bytes[4..].iter().all(u8::is_ascii_digit);
        if !is_formed {
            return Err(
                "must be a container number: three letters, U and seven digits, for example CSQU3054383"
                    .to_owned(),
            );
        }
        let weighted = bytes[..10].iter().enumerate();
        let sum: u32 = weighted
            .filter_map(|(place, character)| Some(value(*character)? << place))
            .sum();
        let check = sum % 11 % 10;
        if u32::from(bytes[10] - b'0') == check {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "must end with the check digit of a container number: {check} after {}",
                &text[..10]
            ))
        }
    }
}

impl ContainerNumber {
    /// Parses what a person typed. Lowercase letters, spaces and hyphens are fine.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text.
    pub fn typed(text: &str) -> Result<Self, String> {
        let kept = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/'));
        let number: String = kept.flat_map(char::to_uppercase).collect();
        number.parse()
    }
}

/// A container of a cargo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    pub number: ContainerNumber,
    /// Its size and type, one of those in the cargo's equipment.
    #[serde(rename = "type")]
    pub size_type: SizeType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Text<SEAL_CHARS_MAX>>,
    /// Its verified gross mass (SOLAS VI/2), in kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vgm_kg: Option<u64>,
}

/// The number of containers of a size and type.
pub(super) fn count_of(equipment: &[EquipmentLine], size_type: &SizeType) -> u64 {
    let lines = equipment.iter();
    let lines = lines.filter(|line| line.size_type == *size_type);
    lines.map(|line| u64::from(line.count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        for (typed, expected) in [
            ("CSQU3054383", Ok("CSQU3054383")),
            ("MSKU0383250", Ok("MSKU0383250")),
            ("csqu 305438-3", Ok("CSQU3054383")),
            ("CSQU3054384", Err("3 after CSQU305438")),
            ("CSQU3045383", Err("check digit")),
            ("CSQ3054383", Err("three letters")),
            ("CSQX3054383", Err("three letters")),
            ("CSQU305438", Err("three letters")),
            ("", Err("three letters")),
        ] {
            match (ContainerNumber::typed(typed), expected) {
                (Ok(number), Ok(text)) => assert_eq!(number.as_str(), text),
                (Err(complaint), Err(part)) => assert!(complaint.contains(part), "{complaint}"),
                (found, _) => panic!("{typed}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_remainder_of_ten_counts_as_zero() {
        let remainder = |text: &str| {
            let weighted = text.bytes().enumerate();
            let sum: u32 = weighted
                .map(|(place, c)| value(c).expect("it counts") << place)
                .sum();
            sum % 11
        };
        let tens: Vec<String> = (0..50)
            .map(|serial| format!("CSQU{serial:06}"))
            .filter(|text| remainder(text) == 10)
            .collect();
        assert!(!tens.is_empty());
        for text in tens {
            assert!(
                ContainerNumber::typed(&format!("{text}0")).is_ok(),
                "{text}"
            );
        }
    }
}
