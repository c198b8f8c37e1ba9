//! Events of consumers.

use super::ConsumerName;
use crate::event::events;
use crate::limits::REASON_CHARS_MAX;
use crate::text::Text;

events! {
    /// Events of consumers.
    ConsumerEvent {
        /// A consumer was registered, possibly under the name of a removed one.
        ConsumerRegistered {
            consumer: ConsumerName,
            /// The position after which it starts.
            position: u64,
        }
        /// A consumer was removed.
        ConsumerRemoved {
            consumer: ConsumerName,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<Text<REASON_CHARS_MAX>>,
        }
        /// A consumer was paused.
        ConsumerPaused {
            consumer: ConsumerName,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<Text<REASON_CHARS_MAX>>,
        }
        /// A paused consumer was resumed.
        ConsumerResumed {
            consumer: ConsumerName,
        }
        /// A consumer was set to a position, back or forward.
        ConsumerReset {
            consumer: ConsumerName,
            /// The position after which it continues.
            position: u64,
            reason: Text<REASON_CHARS_MAX>,
        }
        /// A consumer skipped the entries up to a position.
        ConsumerSkipped {
            consumer: ConsumerName,
            /// The position after which it continues, unless it is further already.
            position: u64,
            reason: Text<REASON_CHARS_MAX>,
        }
    }
}
