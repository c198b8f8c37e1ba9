//! Who calls.

use domain::access::TokenHash;

/// The claimed caller, before authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The holder of this token.
    Token(TokenHash),
    /// A part of the system itself, for example the command line.
    System(&'static str),
}
