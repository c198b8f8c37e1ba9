//! The list of customers.

use super::{Customer, CustomerId};
use crate::list::{Filter, Listed, facet, has_within, is};

/// A filter of customers, sorted oldest first. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// One customer only.
    pub id: Option<CustomerId>,
    /// Part of the name, ignoring case and diacritics.
    pub name: Option<String>,
}

impl Listed for Customer {
    type Filter = CustomerFilter;
}

impl Filter for CustomerFilter {
    type Of = Customer;

    fn admits(&self, customer: &Customer) -> bool {
        is(&self.id, &customer.id) && has_within(&self.name, customer.name.column())
    }

    fn facets(&self) -> Vec<String> {
        self.id.iter().map(|own| facet("id", own)).collect()
    }

    fn facets_of(customer: &Customer) -> Vec<String> {
        vec![facet("id", customer.id)]
    }
}
