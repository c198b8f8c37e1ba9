//! [`TokenId`].

use crate::identifier::uuid_id;

uuid_id! {
    /// The id of a token. It is not secret.
    TokenId
}
