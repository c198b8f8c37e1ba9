//! [`ConsumerName`].

use crate::fact::is_fact;
use crate::identifier::text_form;
use crate::limits::CONSUMER_NAME_CHARS_MAX;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A consumer's name: lowercase letters, digits, dots, hyphens and underscores, starting with a
/// letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConsumerName(String);

text_form!(ConsumerName);

impl FromStr for ConsumerName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let well_formed = text.len() <= CONSUMER_NAME_CHARS_MAX
            && text.bytes().next().is_some_and(is_word)
            && text.bytes().all(|b| is_word(b) || b".-_".contains(&b));
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "must be a consumer name: 1 to {CONSUMER_NAME_CHARS_MAX} of a–z, 0–9, dot, hyphen and underscore, beginning with a letter or digit"
            ))
        }
    }
}

is_fact! {
    ConsumerName => Text,
}
