//! [`Viewed`]: what can be read through the API.

use crate::access::policy::Read;
use domain::{Aggregate, Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A kind that can be read through the API.
pub trait Viewed: Aggregate {
    /// What policy is asked.
    const READ: Read;
    /// How it looks to readers.
    type View: Serialize + ToSchema;

    /// The state as it truly was at a time, as far as this one knows; for kinds that learn late
    /// of what has happened.
    #[must_use]
    fn happened_by(self, _time: Moment) -> Self {
        self
    }

    /// Whether it adds up what several customers have, so that a customer who followed its sums
    /// would read the bookings of others: a customer gets them rounded, without their history.
    const ADDS_UP_CUSTOMERS: bool = false;

    /// The view of a state.
    fn view(found: Versioned<Self>) -> Self::View;

    /// The view as a customer gets it, now or of the past.
    #[must_use]
    fn for_customer(view: Self::View, _is_past: bool) -> Self::View {
        view
    }
    /// What the next page continues after.
    fn cursor(view: &Self::View) -> String;
    /// Whether a text is like what [`Self::cursor`] writes.
    fn is_cursor(text: &str) -> bool {
        Uuid::parse_str(text).is_ok()
    }
}
