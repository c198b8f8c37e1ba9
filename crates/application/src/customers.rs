//! Customers: operations and views.

mod known;
mod new_customer;
mod views;

pub(crate) use known::known_customer;
pub use new_customer::NewCustomer;
pub use views::CustomerView;

crate::catalogue::operations![NewCustomer];
