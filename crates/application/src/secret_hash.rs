//! What stands for a secret in the fingerprint of an idempotency key.

use argon2::Argon2;
use domain::log::Hash;
use uuid::Uuid;

/// The hash of a secret for the fingerprint of this key. The fingerprint is stored, so the hash is as
/// slow as that of a password. Every database and every key has its own salt, and the same request has
/// the same hash after a restart.
pub(crate) fn secret_hash(secret: &str, key: &str, epoch: Uuid) -> Hash {
    let Hash(salt) = Hash::of(&[epoch.as_bytes(), key.as_bytes()].concat());
    let mut hash = [0; 32];
    // Its defaults are those of passwords: Argon2id, 19 MiB, two passes.
    let hashed = Argon2::default().hash_password_into(secret.as_bytes(), &salt, &mut hash);
    hashed.expect("parameters and salt are within bounds");
    Hash(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_secret_under_the_same_key_has_the_same_hash() {
        let [one, other] = [1, 2].map(Uuid::from_u128);
        let hash = secret_hash("correct horse", "k1", one);
        assert_eq!(hash, secret_hash("correct horse", "k1", one));
        for (secret, key, epoch) in [
            ("battery staple", "k1", one),
            ("correct horse", "k2", one),
            ("correct horse", "k1", other),
        ] {
            assert_ne!(
                hash,
                secret_hash(secret, key, epoch),
                "{secret} {key} {epoch}"
            );
        }
    }
}
