//! What happens to customers.

use super::CustomerId;
use crate::event::events;

events! {
    /// What happens to customers.
    CustomerEvent {
        /// A customer was added.
        CustomerAdded {
            /// The new customer.
            customer: CustomerId,
        }
        /// What is known of a customer was corrected.
        CustomerChanged {
            /// The customer.
            customer: CustomerId,
        }
        /// A customer may not ship for the time being.
        CustomerSuspended {
            /// The customer.
            customer: CustomerId,
            /// Why.
            reason: String,
        }
        /// A customer may ship again.
        CustomerReinstated {
            /// The customer.
            customer: CustomerId,
        }
    }
}
