//! Time and randomness, as arguments.

use crate::moment::Moment;
use async_trait::async_trait;
use std::time::Duration;
use uuid::{Builder, Uuid};

/// A source of time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Moment;
}

/// A source of delays.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Completes after this time.
    async fn sleep(&self, time: Duration);
}

/// An id that sorts after each [id](Chance::id) made up to this time.
#[must_use]
pub(crate) fn id_beyond(time: Moment) -> Uuid {
    let millis = u64::try_from(time.micros()).unwrap_or(0) / 1000;
    Builder::from_unix_timestamp_millis(millis + 1, &[0; 10]).into_uuid()
}

/// A source of randomness. It makes secrets, so an implementation outside tests is
/// cryptographically secure.
pub trait Chance: Send {
    /// Fills `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A new id (UUID v7), ordered by time to the microsecond. The part below a millisecond is in
    /// the 12 bits after it (RFC 9562, section 6.2, method 3).
    fn id(&mut self, now: Moment) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let micros = u64::try_from(now.micros()).unwrap_or(0);
        let fraction = u16::try_from(micros % 1000 * 4096 / 1000).expect("below 4096");
        random[..2].copy_from_slice(&fraction.to_be_bytes());
        Builder::from_unix_timestamp_millis(micros / 1000, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;

    impl Chance for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn no_id_made_up_to_a_time_is_beyond_it() {
        let time = |micros: i64| Moment::from_micros(1_800_000_000_000_000 + micros);
        let beyond = id_beyond(time(500));
        assert!(
            [0, 500, 999]
                .map(|micros| Ones.id(time(micros)))
                .iter()
                .all(|id| *id < beyond)
        );
        assert!(Ones.id(time(1_000)) > beyond);
    }
}
