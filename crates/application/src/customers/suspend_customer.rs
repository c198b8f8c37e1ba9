//! `suspend-customer`

use super::known::{CustomerOutcome, known_customer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::customers::rules::{CustomerMustBeKnown, CustomerMustNotBeErased};
use domain::customers::{CustomerId, CustomerSuspended};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `suspend-customer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendCustomer {
    #[schema(schema_with = schema::uuid)]
    customer: CustomerId,
    #[schema(schema_with = schema::reason)]
    reason: Text<REASON_CHARS_MAX>,
}

impl Operation for SuspendCustomer {
    const ABOUT: About = About {
        name: "suspend-customer",
        version: 1,
        subdomain: "customers",
        meaning: "Stops a customer from shipping until it is reinstated.",
        changes: "The customer is SUSPENDED.",
        effects: "Its cargoes cannot be created, booked or accepted. Existing bookings stay. Suspending a suspended customer changes nothing.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CustomerSuspended::NAME],
        rules: &[CustomerMustBeKnown, CustomerMustNotBeErased],
    };
    type Prepared = ();
    type Outcome = CustomerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.customer.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CustomerOutcome, Failure> {
        let Versioned { version, state } = known_customer(uow, self.customer).await?;
        if let Some((state, suspended)) = state.suspend(&self.reason)? {
            uow.record(suspended);
            uow.update(Versioned { version, state }).await?;
        }
        let customer = self.customer;
        Ok(CustomerOutcome { customer })
    }
}
