//! Operations and views of customers.

mod change_customer;
mod erase_customer;
mod known;
mod new_customer;
mod reinstate_customer;
mod suspend_customer;
mod views;

pub use change_customer::ChangeCustomer;
pub use erase_customer::EraseCustomer;
pub(crate) use known::known_customer;
pub use new_customer::NewCustomer;
pub use reinstate_customer::ReinstateCustomer;
pub use suspend_customer::SuspendCustomer;
pub use views::CustomerView;

use crate::room::{Room, shown};
use domain::customers::Customer;

crate::catalogue::operations![
    NewCustomer,
    ChangeCustomer,
    SuspendCustomer,
    ReinstateCustomer,
    EraseCustomer
];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[shown::<Customer>],
    owners: &[],
    affects: &[],
    checks: &[],
};
