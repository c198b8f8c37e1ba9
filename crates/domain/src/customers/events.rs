//! Events of customers.

use super::CustomerId;
use crate::event::events;

events! {
    /// Events of customers.
    CustomerEvent {
        /// A customer was added.
        CustomerAdded {
            /// The new customer.
            customer: CustomerId,
        }
        /// The details of a customer were corrected.
        CustomerChanged {
            /// The customer.
            customer: CustomerId,
        }
        /// A customer was suspended.
        CustomerSuspended {
            /// The customer.
            customer: CustomerId,
            /// The reason.
            reason: String,
        }
        /// A customer was reinstated.
        CustomerReinstated {
            /// The customer.
            customer: CustomerId,
        }
    }
}
