//! The number of a voyage.

use crate::fact::is_fact;
use crate::identifier::text_form;
use crate::limits::VOYAGE_NUMBER_CHARS_MAX;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A voyage number: capital letters, digits and hyphens, with a letter or digit at both ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VoyageNumber(String);

text_form!(VoyageNumber);

impl FromStr for VoyageNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let well_formed = (1..=VOYAGE_NUMBER_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "must be a voyage number: 1 to {VOYAGE_NUMBER_CHARS_MAX} capital letters, digits or hyphens, for example V100"
            ))
        }
    }
}

is_fact! {
    VoyageNumber => Text,
}
