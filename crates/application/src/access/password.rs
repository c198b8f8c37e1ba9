//! Hashes passwords and checks them. Both deliberately take tens of milliseconds and 19 MiB of
//! memory, so they happen before the lock is taken, and only a few run at a time.

use argon2::password_hash::phc::PasswordHash as Parsed;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::access::PasswordHash;
use domain::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_GUESSES_MIN};
use domain::ports::Chance;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use validator::ValidationError;
use zxcvbn::zxcvbn;

/// Words that everybody tries first here, besides those that are common everywhere.
const OWN_WORDS: &[&str] = &["plimsoll", "admin", "administrator", "cargo", "booking"];

/// A password to set, in Unicode form NFC. Keyboards write `ä` as one character or as two, and the
/// person who types it cannot tell. Never stored, never shown.
#[derive(Clone, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct NewPassword(String);

impl NewPassword {
    /// The error for an input without a password, too.
    pub(super) fn demand() -> String {
        format!("must have {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters")
    }

    /// Whether to leave it out of serialized output: always.
    pub(super) fn is_secret(&self) -> bool {
        true
    }

    pub(super) fn is_missing(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Hashes the password with a new salt.
    pub(super) fn hash(&self, chance: &mut dyn Chance) -> PasswordHash {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let hashed = hasher().hash_password_with_salt(self.0.as_bytes(), &salt);
        let text = hashed
            .expect("parameters and salt are within bounds")
            .to_string();
        text.parse().expect("the hasher writes Argon2id hashes")
    }
}

impl TryFrom<String> for NewPassword {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text: String = text.nfc().collect();
        let length = text.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            return Err(Self::demand());
        }
        if text.chars().any(char::is_control) {
            return Err("must not contain control characters".to_owned());
        }
        if text.trim().is_empty() {
            return Err("must contain more than blanks".to_owned());
        }
        let guesses = zxcvbn(&text, OWN_WORDS).guesses();
        if guesses < PASSWORD_GUESSES_MIN {
            let why = "is easy to guess. Choose a longer one, for example several words that do \
                       not belong together";
            return Err(why.to_owned());
        }
        Ok(Self(text))
    }
}

/// Whether an input has a password.
pub(super) fn is_given(password: &NewPassword) -> Result<(), ValidationError> {
    if password.is_missing() {
        Err(ValidationError::new("password").with_message(NewPassword::demand().into()))
    } else {
        Ok(())
    }
}

/// Never writes the password.
impl Serialize for NewPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Argon2id with 19 MiB of memory, two passes and one lane: the first configuration that OWASP's
/// Password Storage Cheat Sheet recommends.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Whether this password matches the hash. Without a hash the answer is no and takes as long, so it
/// does not reveal whether the user exists.
#[must_use]
pub fn is_password(given: &str, hash: Option<&PasswordHash>) -> bool {
    let forms = forms(given);
    let Some(hash) = hash else {
        for form in &forms {
            let in_vain = hasher().hash_password_with_salt(form.as_bytes(), &[0; 16]);
            drop(std::hint::black_box(in_vain));
        }
        return false;
    };
    let Ok(parsed) = Parsed::new(hash.as_str()) else {
        return false;
    };
    let mut forms = forms.iter();
    forms.any(|form| hasher().verify_password(form.as_bytes(), &parsed).is_ok())
}

/// The password in NFC, the form that is hashed, and then as given and in NFD, because earlier
/// releases hashed whatever the keyboard wrote.
fn forms(given: &str) -> Vec<String> {
    let mut forms: Vec<String> = vec![given.nfc().collect()];
    for form in [given.to_owned(), given.nfd().collect()] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Chance for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn a_password_is_checked_against_its_hash() {
        let password = NewPassword::try_from("correct horse".to_owned()).expect("long enough");
        let mut chance = Counting(0);
        let (one, other) = (password.hash(&mut chance), password.hash(&mut chance));
        assert_ne!(one, other, "each has a salt of its own");
        for (given, hash, expected) in [
            ("correct horse", Some(&one), true),
            ("correct horse", Some(&other), true),
            ("Correct horse", Some(&one), false),
            ("", Some(&one), false),
            ("correct horse", None, false),
        ] {
            assert_eq!(is_password(given, hash), expected, "{given}");
        }
        assert!(!format!("{password:?}").contains("horse"));
    }

    #[test]
    fn a_password_is_the_same_on_every_keyboard() {
        let (composed, decomposed) = ("Zür\u{e9}cher See", "Zu\u{308}re\u{301}cher See");
        for set in [composed, decomposed] {
            let password = NewPassword::try_from(set.to_owned()).expect("long enough");
            let now = password.hash(&mut Counting(0));
            // As an earlier release stored it.
            let earlier = NewPassword(set.to_owned()).hash(&mut Counting(9));
            for given in [composed, decomposed] {
                assert!(is_password(given, Some(&now)), "{set:?}, {given:?}");
                assert!(is_password(given, Some(&earlier)), "{set:?}, {given:?}");
                assert!(!is_password(given, None));
            }
            assert!(!is_password("Zurecher See", Some(&now)));
        }
    }

    #[test]
    fn lengths() {
        for (length, fits) in [
            (0, false),
            (9, false),
            (10, true),
            (128, true),
            (129, false),
        ] {
            let text: String = "kørsel-ändå öppen måndag "
                .chars()
                .cycle()
                .take(length)
                .collect();
            assert_eq!(NewPassword::try_from(text).is_ok(), fits, "{length}");
        }
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused() {
        for (given, part) in [
            ("          ", "more than blanks"),
            ("\u{a0}\u{2003}        ", "more than blanks"),
            ("\0\0\0\0\0\0\0\0\0\0", "control characters"),
            ("correct\thorse battery", "control characters"),
            ("password123", "is easy to guess"),
            ("1234567890", "is easy to guess"),
            ("qwertyuiop", "is easy to guess"),
            ("aaaaaaaaaaaa", "is easy to guess"),
            ("plimsolladmin", "Choose a longer one"),
        ] {
            let refused = NewPassword::try_from(given.to_owned()).expect_err(given);
            assert!(refused.contains(part), "{given:?}: {refused}");
        }
        for given in [
            "correct horse",
            "battery staple",
            "jetty-keel-10",
            "ändå öppen",
        ] {
            assert!(NewPassword::try_from(given.to_owned()).is_ok(), "{given}");
        }
    }
}
