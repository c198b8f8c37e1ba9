use crate::access::policy::{READERS, Read, Readable};
use crate::queries::Viewed;
use crate::schema;
use domain::customers::{Customer, CustomerFilter, CustomerId, CustomerStatus};
use domain::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use domain::locations::CountryCode;
use domain::text::Text;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Object;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// The id.
    #[schema(schema_with = schema::uuid)]
    pub customer: CustomerId,
    /// The version, which is the ETag.
    pub version: u64,
    /// The company name. Null once the customer is erased, in all versions.
    #[schema(schema_with = name_or_null)]
    pub name: Option<Text<NAME_CHARS_MAX>>,
    /// The e-mail address for notices. Null like the name.
    #[schema(schema_with = email_or_null)]
    pub email: Option<Text<EMAIL_CHARS_MAX>>,
    /// The country of residence.
    #[schema(schema_with = schema::country)]
    pub country: CountryCode,
    /// `ACTIVE`, `SUSPENDED` or `ERASED`.
    #[schema(value_type = String)]
    pub status: CustomerStatus,
}

impl CustomerView {
    /// The name, or what stands for one that was erased.
    #[must_use]
    pub fn name_or<'a>(&'a self, erased: &'a str) -> &'a str {
        self.name.as_ref().map_or(erased, Text::as_str)
    }

    /// The e-mail address, or what stands for one that was erased.
    #[must_use]
    pub fn email_or<'a>(&'a self, erased: &'a str) -> &'a str {
        self.email.as_ref().map_or(erased, Text::as_str)
    }
}

fn name_or_null() -> Object {
    schema::or_null(schema::name())
}

fn email_or_null() -> Object {
    schema::or_null(schema::email())
}

impl Viewed for Customer {
    const READ: Read = Read::Of(&Readable {
        word: "customers",
        roles: READERS,
    });
    type View = CustomerView;

    fn view(Versioned { version, state }: Versioned<Self>, _now: Moment) -> CustomerView {
        CustomerView {
            customer: state.id,
            version,
            name: state.name.text().cloned(),
            email: state.email.text().cloned(),
            country: state.country,
            status: state.status,
        }
    }

    fn is_shown_to(&self, customer: CustomerId) -> bool {
        self.id == customer
    }

    fn confined(filter: CustomerFilter, own: CustomerId) -> Option<CustomerFilter> {
        Some(CustomerFilter {
            id: Some(own),
            ..filter
        })
    }

    fn cursor(view: &CustomerView) -> String {
        view.customer.to_string()
    }
}
