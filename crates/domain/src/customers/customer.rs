//! The customer aggregate.

use super::CustomerId;
use super::events::{CustomerAdded, CustomerChanged, CustomerReinstated, CustomerSuspended};
use super::rules::CustomerMustBeActive;
use crate::identifier::id_of;
use crate::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, REASON_CHARS_MAX};
use crate::locations::CountryCode;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};

id_of!(CustomerId of Customer);

/// A party whose cargo is carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    /// The company name.
    pub name: Text<NAME_CHARS_MAX>,
    /// The e-mail address for notices.
    pub email: Text<EMAIL_CHARS_MAX>,
    /// The country of residence.
    pub country: CountryCode,
    /// Whether it may ship.
    pub status: CustomerStatus,
}

/// Whether a customer may ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustomerStatus {
    /// May ship.
    Active,
    /// May not ship until reinstated.
    Suspended,
}

impl CustomerStatus {
    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
        }
    }
}

impl Customer {
    /// Creates an active customer.
    #[must_use]
    pub fn new(
        id: CustomerId,
        name: Text<NAME_CHARS_MAX>,
        email: Text<EMAIL_CHARS_MAX>,
        country: CountryCode,
    ) -> (Self, CustomerAdded) {
        let customer = Self {
            id,
            name,
            email,
            country,
            status: CustomerStatus::Active,
        };
        (customer, CustomerAdded { customer: id })
    }

    /// Changes name, address or country. Returns `None` if nothing differs.
    #[must_use]
    pub fn change(
        &self,
        name: Text<NAME_CHARS_MAX>,
        email: Text<EMAIL_CHARS_MAX>,
        country: CountryCode,
    ) -> Option<(Self, CustomerChanged)> {
        let changed = Self {
            name,
            email,
            country,
            ..self.clone()
        };
        let event = CustomerChanged { customer: self.id };
        (changed != *self).then_some((changed, event))
    }

    /// Checks `CustomerMustBeActive`.
    ///
    /// # Errors
    ///
    /// `CustomerMustBeActive`.
    pub fn must_be_active(&self) -> Result<(), Rejection> {
        require(self.status == CustomerStatus::Active, || {
            CustomerMustBeActive {
                customer: self.name.to_string(),
            }
        })
    }

    /// Suspends it. Returns `None` if it is already suspended.
    #[must_use]
    pub fn suspend(mut self, reason: &Text<REASON_CHARS_MAX>) -> Option<(Self, CustomerSuspended)> {
        let event = CustomerSuspended {
            customer: self.id,
            reason: reason.to_string(),
        };
        let was_active = self.status == CustomerStatus::Active;
        self.status = CustomerStatus::Suspended;
        was_active.then_some((self, event))
    }

    /// Reinstates it. Returns `None` if it is active.
    #[must_use]
    pub fn reinstate(mut self) -> Option<(Self, CustomerReinstated)> {
        let event = CustomerReinstated { customer: self.id };
        let was_suspended = self.status == CustomerStatus::Suspended;
        self.status = CustomerStatus::Active;
        was_suspended.then_some((self, event))
    }

    /// Customers have no natural key, because two may have the same name.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        None
    }
}
