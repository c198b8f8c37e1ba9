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

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// The id.
    #[schema(schema_with = schema::uuid)]
    pub customer: CustomerId,
    /// The version, which is the ETag.
    pub version: u64,
    /// The company name.
    #[schema(schema_with = schema::name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// The e-mail address for notices.
    #[schema(schema_with = schema::email)]
    pub email: Text<EMAIL_CHARS_MAX>,
    /// The country of residence.
    #[schema(schema_with = schema::country)]
    pub country: CountryCode,
    /// `ACTIVE` or `SUSPENDED`.
    #[schema(value_type = String)]
    pub status: CustomerStatus,
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
            name: state.name,
            email: state.email,
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
