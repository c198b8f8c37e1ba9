//! Dangerous goods in a cargo.

use crate::identifier::text_form;
use crate::voyages::{DangerousGoodsClass, DangerousGoodsClasses};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A UN number of dangerous goods: `UN` and four digits, for example `UN1263`. The digits alone are
/// also accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnNumber(String);

text_form!(UnNumber);

impl FromStr for UnNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("UN").unwrap_or(text);
        let is_formed = digits.len() == 4 && digits.bytes().all(|c| c.is_ascii_digit());
        if is_formed && digits != "0000" {
            Ok(Self(format!("UN{digits}")))
        } else {
            Err("must be a UN number: UN and four digits, for example UN1263".to_owned())
        }
    }
}

/// One kind of dangerous goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DangerousGoods {
    pub un_number: UnNumber,
    pub class: DangerousGoodsClass,
}

/// Their classes, each once.
#[must_use]
pub fn classes_of(goods: &[DangerousGoods]) -> DangerousGoodsClasses {
    goods.iter().map(|own| own.class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_numbers_have_four_digits() {
        for (text, expected) in [
            ("UN1263", Some("UN1263")),
            ("1263", Some("UN1263")),
            ("UN0004", Some("UN0004")),
            ("0004", Some("UN0004")),
            ("UN0000", None),
            ("UN126", None),
            ("12634", None),
            ("un1263", None),
            ("UN 1263", None),
            ("UNUN12", None),
            ("ID8000", None),
            ("", None),
        ] {
            let read = text.parse::<UnNumber>().ok();
            assert_eq!(read.as_ref().map(UnNumber::as_str), expected, "{text}");
        }
    }
}
