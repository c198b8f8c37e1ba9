//! Which customers a list has.

use super::{Customer, CustomerId};
use crate::list::{Filter, Listed, has_within, is};

/// Which customers to list, the oldest first; each that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// One customer only.
    pub id: Option<CustomerId>,
    /// A part of the name, ignoring case and diacritics.
    pub name: Option<String>,
}

impl Listed for Customer {
    type Filter = CustomerFilter;
}

impl Filter for CustomerFilter {
    type Of = Customer;

    fn admits(&self, customer: &Customer) -> bool {
        is(&self.id, &customer.id) && has_within(&self.name, customer.name.as_str())
    }
}
