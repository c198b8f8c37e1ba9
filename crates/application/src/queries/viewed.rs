//! [`Viewed`]: what can be read through the API.

use crate::access::policy::Read;
use domain::customers::CustomerId;
use domain::list::Listed;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A kind that can be read through the API.
pub trait Viewed: Listed {
    /// The reading that the policy decides on.
    const READ: Read;
    /// The view of readers.
    type View: Serialize + ToSchema;

    /// The state as it really was at a time, as far as this state knows. For kinds that learn of
    /// events late.
    #[must_use]
    fn happened_by(self, _time: Moment) -> Self {
        self
    }

    /// Whether the state adds up values of several customers. A customer could derive the others'
    /// bookings from such sums, so customers get rounded values and no history.
    const ADDS_UP_CUSTOMERS: bool = false;

    /// The view of a state at a time.
    fn view(found: Versioned<Self>, now: Moment) -> Self::View;

    /// What in the view follows from the time alone, so that it changes without a new version. For
    /// the entity tag.
    fn by_the_clock(_view: &Self::View) -> Option<&'static str> {
        None
    }

    /// The view for a customer, of the present or of the past.
    #[must_use]
    fn for_customer(view: Self::View, _is_past: bool) -> Self::View {
        view
    }
    /// Whether a customer may see it.
    #[must_use]
    fn is_shown_to(&self, customer: CustomerId) -> bool;
    /// The filter narrowed to what a customer may see, or `None` if that is nothing.
    #[must_use]
    fn confined(filter: Self::Filter, own: CustomerId) -> Option<Self::Filter>;
    /// The cursor that continues a list after this state.
    fn cursor(view: &Self::View) -> String;
    /// Whether a text has the form of [`Self::cursor`].
    fn is_cursor(text: &str) -> bool {
        Uuid::parse_str(text).is_ok()
    }
}
