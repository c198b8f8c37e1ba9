//! The token aggregate.

use super::TokenId;
use super::events::TokenRevoked;
use super::{User, UserId};
use crate::identifier::{id_of, natural_key, text_form};
use crate::limits::{SESSION_HOURS, TOKEN_LABEL_CHARS_MAX};
use crate::moment::Moment;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::str::FromStr;

id_of!(TokenId of Token);

/// The SHA-256 of a token's secret, in hexadecimal. A secret has 256 random bits, so it needs no
/// slow hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash(String);

text_form!(TokenHash);
natural_key!(TokenHash of Token);

impl TokenHash {
    /// The hash of a secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(hex::encode(Sha256::digest(secret.as_bytes())))
    }
}

impl FromStr for TokenHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 64
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be 64 hexadecimal digits".to_owned())
        }
    }
}

/// A secret that authenticates a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// The user it authenticates.
    pub user: UserId,
    /// A note by its owner on what it is for.
    pub label: Option<Text<TOKEN_LABEL_CHARS_MAX>>,
    /// Whether it has been revoked or signed out.
    pub revoked: bool,
    /// The session, for a token that a sign-in made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// The period for which a person is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// When it began.
    pub began: Moment,
    /// When it expires.
    pub ends: Moment,
}

impl Session {
    /// A session that begins now and lasts a working day.
    #[must_use]
    pub fn beginning(now: Moment) -> Self {
        Self {
            began: now,
            ends: now.plus_hours(SESSION_HOURS),
        }
    }
}

impl Token {
    /// Revokes the token. Returns no event if it was already revoked.
    #[must_use]
    pub fn revoke(mut self) -> (Self, Option<TokenRevoked>) {
        let event = (!self.revoked).then_some(TokenRevoked { token: self.id });
        self.revoked = true;
        (self, event)
    }

    /// Whether this token authenticates its user at a time. A session ends when it expires and
    /// whenever a password is set.
    #[must_use]
    pub fn speaks_for(&self, user: &User, now: Moment) -> bool {
        let lasts = self.session.is_none_or(|session| {
            let since = user.password.as_ref().map(|password| password.set_at);
            now < session.ends && since.is_none_or(|since| session.began > since)
        });
        !self.revoked && user.id == self.user && user.is_active() && lasts
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.hash.as_str())
    }
}
