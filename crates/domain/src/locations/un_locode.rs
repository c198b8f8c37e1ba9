//! UN/LOCODE and country codes.

use crate::identifier::text_form;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A UN/LOCODE (UNECE Recommendation 16): two letters for the country, and three letters or digits
/// 2–9 for the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnLocode(String);

text_form!(UnLocode);

impl FromStr for UnLocode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let well_formed = text.len() == 5
            && text.bytes().enumerate().all(|(index, byte)| {
                byte.is_ascii_uppercase() || (index >= 2 && matches!(byte, b'2'..=b'9'))
            });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a UN/LOCODE: two capital letters, then three capital letters or digits 2 to 9, for example NLRTM".to_owned())
        }
    }
}

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(String);

text_form!(CountryCode);

impl FromStr for CountryCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = text.bytes().all(|byte| byte.is_ascii_uppercase())
            && celes::Country::from_alpha2(text).is_ok();
        if known {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "must be a two-letter ISO 3166-1 country code in capitals, for example NL"
                    .to_owned(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_or_not() {
        for (text, well_formed) in [
            ("NLRTM", true),
            ("US2NY", true),
            ("nlrtm", false),
            ("NLRT", false),
            ("NLRTMX", false),
            ("N2RTM", false),
            ("NLRT1", false),
            ("NLRT0", false),
            ("NLR M", false),
            ("ÄLRT", false),
        ] {
            assert_eq!(text.parse::<UnLocode>().is_ok(), well_formed, "{text}");
        }
        for (text, known) in [("NL", true), ("XX", false), ("nl", false), ("NLD", false)] {
            assert_eq!(text.parse::<CountryCode>().is_ok(), known, "{text}");
        }
    }
}
