//! Time and chance, as arguments.

use crate::moment::Moment;
use uuid::{Builder, Uuid};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Moment;
}

/// Where chance comes from. Secrets are made of it, so an implementation outside tests is
/// cryptographically secure.
pub trait Chance: Send {
    /// Fills `bytes` with random ones.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A new id (UUID v7), in the order of time.
    fn id(&mut self, now: Moment) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
