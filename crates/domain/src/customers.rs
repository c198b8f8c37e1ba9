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
        /// A customer is known, to whoever names it, before anything refers to it.
        CustomerMustBeKnown,
        /// Only an active customer's cargo is taken or booked.
        CustomerMustBeActive,
    }
}
