//! The stored part of a password, and of the link to set one.

use crate::identifier::text_form;
use crate::limits::PASSWORD_LINK_HOURS;
use crate::log::Hash;
use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A password's Argon2id hash with its parameters and salt, in the PHC string format, at most 255
/// characters (RFC 9106; the format is that of the password hashing competition).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasswordHash(String);

text_form!(PasswordHash);

impl PasswordHash {
    /// Identifies this hash without revealing it. A sign-in uses it to name the password it was
    /// checked against.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        Hash::of(self.0.as_bytes())
    }
}

impl FromStr for PasswordHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("$argon2id$") && text.len() <= 255 && text.is_ascii() {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be an Argon2id hash in the PHC string format".to_owned())
        }
    }
}

/// A user's password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Password {
    pub hash: PasswordHash,
    /// When it was set. Sessions that began earlier have ended.
    pub set_at: Moment,
}

/// A link by which a user sets a password, once, without anybody else knowing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLink {
    /// The hash of its secret, which has 256 random bits and therefore needs no slow hash.
    pub secret: Hash,
    /// When it expires.
    pub ends: Moment,
}

impl PasswordLink {
    /// A link that is issued now.
    #[must_use]
    pub fn issued(secret: Hash, now: Moment) -> Self {
        Self {
            secret,
            ends: now.plus_hours(PASSWORD_LINK_HOURS),
        }
    }
}
