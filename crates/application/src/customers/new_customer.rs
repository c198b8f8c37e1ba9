//! `new-customer`

use super::known::CustomerOutcome;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::customers::{Customer, CustomerAdded, CustomerId};
use domain::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use domain::locations::CountryCode;
use domain::personal::PersonalFields;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::{Aggregate, Lookup, Moment, Personal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidateEmail, ValidationError};

/// Input of `new-customer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    #[schema(schema_with = schema::name)]
    name: Personal<NAME_CHARS_MAX>,
    #[schema(schema_with = schema::email)]
    #[validate(custom(function = email))]
    email: Personal<EMAIL_CHARS_MAX>,
    #[schema(schema_with = schema::country)]
    country: CountryCode,
}

pub(super) fn email(field: &Personal<EMAIL_CHARS_MAX>) -> Result<(), ValidationError> {
    match field.text() {
        Some(text) if !text.as_str().validate_email() => Err(ValidationError::new("email")),
        _ => Ok(()),
    }
}

impl PreparedFor<NewCustomer> for CustomerId {
    fn prepare(_: &NewCustomer, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        CustomerId(chance.id(now)).into()
    }
}

impl Operation for NewCustomer {
    const ABOUT: About = About {
        name: "new-customer",
        version: 1,
        subdomain: "customers",
        meaning: "Adds a new customer.",
        changes: "Adds an active customer.",
        effects: "None.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CustomerAdded::NAME],
        rules: &[],
    };
    type Prepared = CustomerId;
    type Outcome = CustomerOutcome;

    fn personal(&mut self) -> PersonalFields<'_> {
        vec![("name", &mut self.name), ("email", &mut self.email)]
    }

    fn target(&self, id: &CustomerId) -> Option<Lookup> {
        Some(Lookup::id(Customer::KIND, id.0))
    }

    async fn run(
        &self,
        id: &CustomerId,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<CustomerOutcome, Failure> {
        let (name, email) = (self.name.clone(), self.email.clone());
        let (customer, added) = Customer::new(*id, name, email, self.country.clone());
        uow.record(added);
        uow.add(customer).await?;
        Ok(CustomerOutcome { customer: *id })
    }
}
