//! The customer aggregate.

use super::CustomerId;
use super::events::{
    CustomerAdded, CustomerChanged, CustomerErased, CustomerReinstated, CustomerSuspended,
};
use super::rules::{CustomerMustBeActive, CustomerMustNotBeErased};
use crate::identifier::id_of;
use crate::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, REASON_CHARS_MAX};
use crate::locations::CountryCode;
use crate::personal::{Personal, PersonalFields};
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};

id_of!(CustomerId of Customer);

/// A party whose cargo is carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    /// The company name.
    pub name: Personal<NAME_CHARS_MAX>,
    /// The e-mail address for notices.
    pub email: Personal<EMAIL_CHARS_MAX>,
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
    /// Forgotten, for ever.
    Erased,
}

impl CustomerStatus {
    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Erased => "ERASED",
        }
    }
}

impl Customer {
    /// Creates an active customer.
    #[must_use]
    pub fn new(
        id: CustomerId,
        name: Personal<NAME_CHARS_MAX>,
        email: Personal<EMAIL_CHARS_MAX>,
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

    /// The fields that say who it is.
    pub fn personal(&mut self) -> PersonalFields<'_> {
        vec![("name", &mut self.name), ("email", &mut self.email)]
    }

    /// Changes name, address or country. Returns `None` if nothing differs.
    ///
    /// # Errors
    ///
    /// `CustomerMustNotBeErased`.
    pub fn change(
        &self,
        name: Personal<NAME_CHARS_MAX>,
        email: Personal<EMAIL_CHARS_MAX>,
        country: CountryCode,
    ) -> Result<Option<(Self, CustomerChanged)>, Rejection> {
        self.must_not_be_erased()?;
        let changed = Self {
            name,
            email,
            country,
            ..self.clone()
        };
        let event = CustomerChanged { customer: self.id };
        Ok((changed != *self).then_some((changed, event)))
    }

    /// Checks that it may ship.
    ///
    /// # Errors
    ///
    /// `CustomerMustNotBeErased` or `CustomerMustBeActive`.
    pub fn must_be_active(&self) -> Result<(), Rejection> {
        self.must_not_be_erased()?;
        let customer = self.id;
        require(self.status == CustomerStatus::Active, || {
            CustomerMustBeActive { customer }
        })
    }

    /// Checks `CustomerMustNotBeErased`.
    ///
    /// # Errors
    ///
    /// `CustomerMustNotBeErased`.
    pub fn must_not_be_erased(&self) -> Result<(), Rejection> {
        let customer = self.id;
        require(self.status != CustomerStatus::Erased, || {
            CustomerMustNotBeErased { customer }
        })
    }

    /// Forgets its name and address. Its country stays, because it says nothing about one person.
    /// Returns `None` if it is already erased.
    #[must_use]
    pub fn erase(mut self, reason: &Text<REASON_CHARS_MAX>) -> Option<(Self, CustomerErased)> {
        let event = CustomerErased {
            customer: self.id,
            reason: reason.to_string(),
        };
        let was_known = self.status != CustomerStatus::Erased;
        for (_, field) in self.personal() {
            field.erase();
        }
        self.status = CustomerStatus::Erased;
        was_known.then_some((self, event))
    }

    /// Suspends it. Returns `None` if it is already suspended.
    ///
    /// # Errors
    ///
    /// `CustomerMustNotBeErased`.
    pub fn suspend(
        mut self,
        reason: &Text<REASON_CHARS_MAX>,
    ) -> Result<Option<(Self, CustomerSuspended)>, Rejection> {
        self.must_not_be_erased()?;
        let event = CustomerSuspended {
            customer: self.id,
            reason: reason.to_string(),
        };
        let was_active = self.status == CustomerStatus::Active;
        self.status = CustomerStatus::Suspended;
        Ok(was_active.then_some((self, event)))
    }

    /// Reinstates it. Returns `None` if it is active.
    ///
    /// # Errors
    ///
    /// `CustomerMustNotBeErased`.
    pub fn reinstate(mut self) -> Result<Option<(Self, CustomerReinstated)>, Rejection> {
        self.must_not_be_erased()?;
        let event = CustomerReinstated { customer: self.id };
        let was_suspended = self.status == CustomerStatus::Suspended;
        self.status = CustomerStatus::Active;
        Ok(was_suspended.then_some((self, event)))
    }

    /// Customers have no natural key, because two may have the same name.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        None
    }
}
