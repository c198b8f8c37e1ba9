//! Classes of dangerous goods.

use crate::identifier::ill_formed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A class or division of dangerous goods (IMDG Code, chapter 2.0). The compatibility letter of an
/// explosive is left out: a voyage takes a division or does not.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(try_from = "String", into = "String")]
pub enum DangerousGoodsClass {
    /// Explosives with a mass explosion hazard.
    #[strum(serialize = "1.1")]
    MassExplosion,
    /// Explosives with a projection hazard.
    #[strum(serialize = "1.2")]
    Projection,
    /// Explosives with a fire hazard.
    #[strum(serialize = "1.3")]
    ExplosiveFire,
    /// Explosives with no significant hazard.
    #[strum(serialize = "1.4")]
    MinorExplosive,
    /// Very insensitive explosives.
    #[strum(serialize = "1.5")]
    InsensitiveExplosive,
    /// Extremely insensitive articles.
    #[strum(serialize = "1.6")]
    InsensitiveArticle,
    #[strum(serialize = "2.1")]
    FlammableGas,
    /// Neither flammable nor toxic.
    #[strum(serialize = "2.2")]
    OtherGas,
    #[strum(serialize = "2.3")]
    ToxicGas,
    #[strum(serialize = "3")]
    FlammableLiquid,
    #[strum(serialize = "4.1")]
    FlammableSolid,
    #[strum(serialize = "4.2")]
    SpontaneouslyCombustible,
    /// In contact with water, it emits flammable gas.
    #[strum(serialize = "4.3")]
    DangerousWhenWet,
    #[strum(serialize = "5.1")]
    Oxidizer,
    #[strum(serialize = "5.2")]
    OrganicPeroxide,
    #[strum(serialize = "6.1")]
    Toxic,
    #[strum(serialize = "6.2")]
    Infectious,
    #[strum(serialize = "7")]
    Radioactive,
    #[strum(serialize = "8")]
    Corrosive,
    #[strum(serialize = "9")]
    Miscellaneous,
}

impl DangerousGoodsClass {
    /// The words for all classes, in order.
    pub const WORDS: &[&str] = <Self as strum::VariantNames>::VARIANTS;

    /// Its number, for example `1.4` or `3`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Parses what a person typed: the number of a class or division.
    ///
    /// # Errors
    ///
    /// Says which there are. A class that has divisions is not enough.
    pub fn typed(text: &str) -> Result<Self, String> {
        Self::from_str(text).map_err(|_| {
            let divisions: Vec<_> = Self::WORDS
                .iter()
                .filter(|word| word.split_once('.').is_some_and(|(class, _)| class == text))
                .copied()
                .collect();
            match divisions.as_slice() {
                [] => format!(
                    "must be a class or division of the IMDG Code: {}",
                    Self::WORDS.join(", ")
                ),
                divisions => format!(
                    "must be a division of class {text}: {}",
                    divisions.join(", ")
                ),
            }
        })
    }
}

impl TryFrom<String> for DangerousGoodsClass {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::typed(&text).map_err(|complaint| ill_formed(&complaint))
    }
}

impl From<DangerousGoodsClass> for String {
    fn from(class: DangerousGoodsClass) -> Self {
        class.word().to_owned()
    }
}

impl fmt::Display for DangerousGoodsClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Some classes, each once, in the order of their numbers.
pub type DangerousGoodsClasses = BTreeSet<DangerousGoodsClass>;

/// Their numbers, for a rejection.
pub(super) fn words<'c>(classes: impl IntoIterator<Item = &'c DangerousGoodsClass>) -> Vec<String> {
    classes.into_iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_the_code() {
        for (typed, expected) in [
            ("3", Ok(DangerousGoodsClass::FlammableLiquid)),
            ("1.4", Ok(DangerousGoodsClass::MinorExplosive)),
            ("6.2", Ok(DangerousGoodsClass::Infectious)),
            ("9", Ok(DangerousGoodsClass::Miscellaneous)),
            ("1", Err("1.1, 1.2, 1.3, 1.4, 1.5, 1.6")),
            ("5", Err("5.1, 5.2")),
            ("1.4S", Err("IMDG Code: 1.1")),
            ("1.7", Err("IMDG Code")),
            ("3.1", Err("IMDG Code")),
            ("10", Err("IMDG Code")),
            ("", Err("IMDG Code")),
        ] {
            match (DangerousGoodsClass::typed(typed), expected) {
                (Ok(class), Ok(known)) => assert_eq!(class, known),
                (Err(complaint), Err(part)) => assert!(complaint.contains(part), "{complaint}"),
                (found, _) => panic!("{typed}: {found:?}"),
            }
        }
    }

    #[test]
    fn classes_are_in_the_order_of_their_numbers() {
        let read = |word: &&str| DangerousGoodsClass::typed(word).expect("its word");
        let classes: Vec<_> = DangerousGoodsClass::WORDS.iter().map(read).collect();
        assert!(classes.is_sorted());
        assert!(DangerousGoodsClass::WORDS.is_sorted());
        assert_eq!(classes.len(), 20);
    }
}
