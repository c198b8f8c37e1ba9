//! The parties whose cargo is carried.

mod customer;
mod customer_id;
mod events;

pub use customer::{Customer, CustomerStatus};
pub use customer_id::CustomerId;
pub use events::{
    CustomerAdded, CustomerChanged, CustomerEvent, CustomerReinstated, CustomerSuspended,
};

/// The rules of customers.
pub mod rules {
    use crate::rejection::rules;

    rules! {
        /// The customer must exist and be visible to the caller.
        CustomerMustBeKnown,
        /// The customer must be active to create or book cargo.
        CustomerMustBeActive,
    }
}
