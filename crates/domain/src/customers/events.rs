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
            customer: CustomerId,
        }
        /// A customer was suspended.
        CustomerSuspended {
            customer: CustomerId,
            reason: String,
        }
        /// A customer was reinstated.
        CustomerReinstated {
            customer: CustomerId,
        }
        /// A customer's name and e-mail address were forgotten.
        CustomerErased {
            customer: CustomerId,
            reason: String,
        }
    }
}
