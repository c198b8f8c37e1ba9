//! The public identifier of a cargo.

use crate::fact::is_fact;
use crate::identifier::text_form;
use crate::ports::Chance;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Digits and capital letters that are hard to confuse: no 0, 1, I, L, O. Their number is prime,
/// which the check character relies on.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const RANDOM_CHARS: usize = 10;

/// Ten random characters and a check character, for example `7KQ2M9XWPDZ`. The sum of the
/// characters, weighted 1, 2, 3 … 11, is a multiple of 31. The check therefore detects any mistyped
/// character and any swap of two. There are about 8 × 10¹⁴ ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingId(String);

text_form!(TrackingId);

impl TrackingId {
    /// Makes a new tracking id.
    pub fn random(chance: &mut dyn Chance) -> Self {
        let mut text = String::with_capacity(RANDOM_CHARS + 1);
        while text.len() < RANDOM_CHARS {
            let mut byte = [0];
            chance.fill(&mut byte);
            // 248 is the largest multiple of 31 in a byte. Higher values would make some characters
            // more likely.
            if byte[0] < 248 {
                text.push(char::from(ALPHABET[usize::from(byte[0] % 31)]));
            }
        }
        let check = ALPHABET
            .iter()
            .map(|c| format!("{text}{}", char::from(*c)))
            .find(|candidate| weighted_sum(candidate) == Some(0));
        Self(check.expect("11 has an inverse modulo 31"))
    }

    /// Parses what a person typed. Lowercase letters, spaces and hyphens are fine. The error says
    /// what is wrong, as far as that is known.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text, as far as that is known.
    pub fn typed(text: &str) -> Result<Self, String> {
        let kept = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'));
        let id: String = kept.flat_map(char::to_uppercase).collect();
        let foreign = |c: &char| !c.is_ascii() || !ALPHABET.contains(&(*c as u8));
        match id.chars().find(foreign) {
            Some(c) if c.is_ascii_alphanumeric() => {
                return Err(format!(
                    "has the character {c}; tracking IDs never have 0, 1, I, L or O, because they look alike"
                ));
            }
            Some(_) => return Err("must have only digits and letters from A to Z".to_owned()),
            None => {}
        }
        if id.len() != RANDOM_CHARS + 1 {
            return Err(format!(
                "has {} characters; a tracking ID has {}",
                id.len(),
                RANDOM_CHARS + 1
            ));
        }
        id.parse().map_err(|_| {
            "does not fit its check character: one character is mistyped, or two are swapped"
                .to_owned()
        })
    }
}

/// The weighted sum of the characters' indexes in the alphabet, modulo 31.
fn weighted_sum(text: &str) -> Option<usize> {
    text.bytes().enumerate().try_fold(0, |sum, (index, byte)| {
        let place = ALPHABET.iter().position(|c| *c == byte)?;
        Some((sum + (index + 1) * place) % 31)
    })
}

impl FromStr for TrackingId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == RANDOM_CHARS + 1 && weighted_sum(text) == Some(0) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a tracking ID: 11 letters and digits, of which the last is a check character".to_owned())
        }
    }
}

is_fact! {
    TrackingId => Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dice(u64);

    impl Chance for Dice {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self
                    .0
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                *byte = (self.0 >> 56) as u8;
            }
        }
    }

    #[test]
    fn typed_ids_are_read_leniently() {
        for (typed, expected) in [
            ("23456789AB3", Ok("23456789AB3")),
            (" 234-5678 9ab3\n", Ok("23456789AB3")),
            ("23456789–AB3", Ok("23456789AB3")),
            ("23456789AB", Err("has 10 characters")),
            ("", Err("has 0 characters")),
            ("23456789AB33", Err("has 12 characters")),
            ("2345678OAB3", Err("has the character O")),
            ("2345678lab3", Err("has the character L")),
            ("23456789A_3", Err("digits and letters")),
            ("23456789ABß", Err("has 12 characters")),
            ("23456789Aé3", Err("digits and letters")),
            ("23456789A\u{130}3", Err("digits and letters")),
            ("23456789BA3", Err("check character")),
            ("23456789AB4", Err("check character")),
        ] {
            let found = TrackingId::typed(typed);
            match expected {
                Ok(id) => assert_eq!(found.as_ref().map(|id| id.0.as_str()), Ok(id), "{typed}"),
                Err(part) => {
                    let complaint = found.expect_err(typed);
                    assert!(complaint.contains(part), "{typed}: {complaint}");
                }
            }
        }
    }

    #[test]
    fn one_wrong_or_two_swapped_characters_are_detected() {
        let mut dice = Dice(7);
        for _ in 0..200 {
            let id = TrackingId::random(&mut dice).0;
            assert!(id.parse::<TrackingId>().is_ok(), "{id}");
            for index in 0..id.len() {
                for other in ALPHABET.iter().filter(|c| **c != id.as_bytes()[index]) {
                    let mut wrong = id.clone().into_bytes();
                    wrong[index] = *other;
                    let wrong = String::from_utf8(wrong).expect("ASCII");
                    assert!(wrong.parse::<TrackingId>().is_err(), "{wrong} for {id}");
                }
                for second in index + 1..id.len() {
                    let mut swapped = id.clone().into_bytes();
                    swapped.swap(index, second);
                    let swapped = String::from_utf8(swapped).expect("ASCII");
                    assert!(
                        swapped == id || swapped.parse::<TrackingId>().is_err(),
                        "{swapped}"
                    );
                }
            }
        }
    }
}
