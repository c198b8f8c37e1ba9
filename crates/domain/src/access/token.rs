//! The token aggregate.

use super::{UserId, UserName};
use crate::identifier::{natural_key, text_form, uuid_id};
use crate::limits::TOKEN_LABEL_CHARS_MAX;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::str::FromStr;

uuid_id! {
    /// The id of a token, which is no secret.
    TokenId of Token
}

/// SHA-256 of a token's secret, in hexadecimal. A secret has 256 random bits, so it needs no
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

/// A secret that speaks for a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// What is kept of the secret.
    pub hash: TokenHash,
    /// For whom it speaks.
    pub user: UserId,
    /// What it is for, in its owner's words.
    pub label: Option<Text<TOKEN_LABEL_CHARS_MAX>>,
    /// Whether it speaks no more.
    pub revoked: bool,
}

/// A token was issued.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenIssued {
    /// The new token's id.
    pub token: TokenId,
    /// For whom it speaks.
    pub user: UserName,
}

/// A token speaks no more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenRevoked {
    /// The token's id.
    pub token: TokenId,
}

impl Token {
    /// Ends the token's life; no event when it has ended already.
    #[must_use]
    pub fn revoke(mut self) -> (Self, Option<TokenRevoked>) {
        let event = (!self.revoked).then_some(TokenRevoked { token: self.id });
        self.revoked = true;
        (self, event)
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.hash.as_str())
    }
}
