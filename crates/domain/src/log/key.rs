//! The keys under which personal texts are sealed.

use super::Hash;
use crate::aggregate::Kind;
use std::fmt;
use uuid::Uuid;

/// The length of a key in bytes: two keys of AES-256, as RFC 5297 combines them.
pub const SEAL_KEY_BYTES: usize = 64;

/// The key of one aggregate. It is never part of log or history.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey(pub [u8; SEAL_KEY_BYTES]);

impl SealKey {
    /// The key that an aggregate gets from secret random bytes.
    #[must_use]
    pub fn derived(random: &[u8; 32], kind: Kind, id: Uuid) -> Self {
        let half = |number: u8| {
            let parts = [
                &random[..],
                id.as_bytes(),
                &[number],
                kind.word().as_bytes(),
            ];
            Hash::of(&parts.concat()).0
        };
        let mut key = [0; SEAL_KEY_BYTES];
        key[..32].copy_from_slice(&half(1));
        key[32..].copy_from_slice(&half(2));
        Self(key)
    }
}

/// Shows nothing of the key.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

/// What a transaction does with keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChanges {
    /// Keys to store. None of them is stored yet.
    pub new: Vec<(Kind, Uuid, SealKey)>,
    /// Keys to destroy, so that nothing of them can be read from the database any more. All of them
    /// are stored.
    pub destroyed: Vec<(Kind, Uuid)>,
}

impl KeyChanges {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.destroyed.is_empty()
    }
}
