//! [`CustomerId`].

use crate::identifier::uuid_id;

uuid_id! {
    /// The id of a customer.
    CustomerId
}
