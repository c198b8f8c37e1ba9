//! Who calls.

use domain::access::{Token, TokenHash};

/// The claimed caller, before authentication.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// The holder of this API token.
    Token(TokenHash),
    /// A browser with the cookie of this session.
    Session(TokenHash),
    /// A part of the system itself, for example the command line.
    System(&'static str),
}

impl Caller {
    /// The hash of the secret that a caller from outside presents.
    #[must_use]
    pub const fn secret(&self) -> Option<&TokenHash> {
        match self {
            Self::Token(hash) | Self::Session(hash) => Some(hash),
            Self::System(_) => None,
        }
    }

    /// Whether a stored token is of the kind that this caller presents. An API token is no session,
    /// and a session is no API token.
    #[must_use]
    pub(crate) const fn presents(&self, token: &Token) -> bool {
        match self {
            Self::Token(_) => token.session.is_none(),
            Self::Session(_) => token.session.is_some(),
            Self::System(_) => false,
        }
    }
}
