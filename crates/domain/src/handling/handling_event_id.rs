//! [`HandlingEventId`].

use crate::identifier::uuid_id;

uuid_id! {
    /// The id of a handling event.
    HandlingEventId
}
