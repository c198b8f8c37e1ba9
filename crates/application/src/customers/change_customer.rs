//! `change-customer`

use super::known::{CustomerOutcome, known_customer};
use super::new_customer::email;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::customers::rules::{CustomerMustBeKnown, CustomerMustNotBeErased};
use domain::customers::{CustomerChanged, CustomerId};
use domain::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use domain::locations::CountryCode;
use domain::personal::PersonalFields;
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Personal, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `change-customer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCustomer {
    #[schema(schema_with = schema::uuid)]
    customer: CustomerId,
    #[schema(schema_with = schema::name)]
    name: Personal<NAME_CHARS_MAX>,
    #[schema(schema_with = schema::email)]
    #[validate(custom(function = email))]
    email: Personal<EMAIL_CHARS_MAX>,
    #[schema(schema_with = schema::country)]
    country: CountryCode,
}

impl Operation for ChangeCustomer {
    const ABOUT: About = About {
        name: "change-customer",
        version: 1,
        subdomain: "customers",
        meaning: "Corrects a customer's name, e-mail address or country.",
        changes: "The customer has the given name, e-mail address and country.",
        effects: "Its cargoes show the new name. Values that are already so change nothing.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CustomerChanged::NAME],
        rules: &[CustomerMustBeKnown, CustomerMustNotBeErased],
    };
    type Prepared = ();
    type Outcome = CustomerOutcome;

    fn personal(&mut self) -> PersonalFields<'_> {
        vec![("name", &mut self.name), ("email", &mut self.email)]
    }

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.customer.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CustomerOutcome, Failure> {
        let Versioned { version, state } = known_customer(uow, self.customer).await?;
        let (name, email) = (self.name.clone(), self.email.clone());
        if let Some((state, changed)) = state.change(name, email, self.country.clone())? {
            uow.record(changed);
            uow.update(Versioned { version, state }).await?;
        }
        let customer = self.customer;
        Ok(CustomerOutcome { customer })
    }
}
