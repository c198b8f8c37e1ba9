//! Ships.

use crate::identifier::text_form;
use crate::limits::NAME_CHARS_MAX;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A ship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vessel {
    /// The IMO number, which never changes.
    pub imo: ImoNumber,
    /// The current name.
    pub name: Text<NAME_CHARS_MAX>,
}

/// An IMO ship identification number: seven digits, the last a check digit.
///
/// The check digit is the last digit of the sum of the first six, weighted 7 down to 2
/// (IMO resolution A.1117(30)).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImoNumber(String);

text_form!(ImoNumber);

impl From<ImoNumber> for crate::Fact {
    fn from(imo: ImoNumber) -> Self {
        Self::Text(imo.0)
    }
}

impl ImoNumber {
    /// Parses a number under the rules for new input: numbers do not begin with 0. Releases before
    /// 0.2 accepted 0000000, whose check digit is right, and their stored numbers are still read.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub fn strict(text: &str) -> Result<Self, String> {
        match text.parse::<Self>()? {
            number if number.0.starts_with('0') => {
                Err("must be an IMO number; none begins with 0".to_owned())
            }
            number => Ok(number),
        }
    }
}

impl FromStr for ImoNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits
            .filter(|digits| digits.len() == 7)
            .ok_or_else(|| "must be an IMO number: seven digits, for example 9074729".to_owned())?;
        let sum: u32 = digits.iter().zip((2..=7).rev()).map(|(d, w)| d * w).sum();
        if sum % 10 == digits[6] {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "must end with the check digit of an IMO number: {} after {}",
                sum % 10,
                &text[..6]
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for (text, well_formed) in [
            ("9074729", true),
            ("9321483", true),
            ("9321480", false),
            ("907472", false),
            ("90747299", false),
            ("IMO9074729", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<ImoNumber>().is_ok(), well_formed, "{text}");
        }
    }

    #[test]
    fn no_new_number_begins_with_zero() {
        for (text, well_formed) in [
            ("9074729", true),
            ("1000033", true),
            ("0000000", false),
            ("0000012", false),
            ("9321480", false),
        ] {
            assert_eq!(ImoNumber::strict(text).is_ok(), well_formed, "{text}");
        }
        assert!(serde_json::from_str::<ImoNumber>("\"0000000\"").is_ok());
    }
}
