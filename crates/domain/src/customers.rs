//! The parties whose cargo is carried.

mod customer;
mod customer_id;
mod events;
mod list;

pub use customer::{Customer, CustomerStatus};
pub use customer_id::CustomerId;
pub use events::{
    CustomerAdded, CustomerChanged, CustomerErased, CustomerEvent, CustomerReinstated,
    CustomerSuspended,
};
pub use list::CustomerFilter;

/// The rules of customers.
pub mod rules {
    use super::CustomerId;
    use crate::booking::TrackingId;
    use crate::rejection::rules;

    rules! {
        /// The customer must exist and be visible to the caller.
        CustomerMustBeKnown { customer: CustomerId },
        /// The customer must be active to create or book cargo.
        CustomerMustBeActive { customer: CustomerId },
        /// An erased customer stays as it is and ships nothing.
        CustomerMustNotBeErased { customer: CustomerId },
        /// A customer is erased only when all its cargoes are completed, rejected or cancelled.
        CustomerMustHaveNoUnfinishedCargo { customer: CustomerId, cargoes: u64, cargo: TrackingId },
    }
}
