//! `reinstate-customer`

use super::known::{CustomerOutcome, known_customer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::customers::rules::{CustomerMustBeKnown, CustomerMustNotBeErased};
use domain::customers::{CustomerId, CustomerReinstated};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reinstate-customer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReinstateCustomer {
    #[schema(schema_with = schema::uuid)]
    customer: CustomerId,
}

impl Operation for ReinstateCustomer {
    const ABOUT: About = About {
        name: "reinstate-customer",
        version: 1,
        subdomain: "customers",
        meaning: "Lets a suspended customer ship again.",
        changes: "The customer is ACTIVE.",
        effects: "Its cargoes can be created, booked and accepted again. Reinstating an active customer changes nothing.",
        who: Who::roles(&[Role::Clerk]),
        events: &[CustomerReinstated::NAME],
        rules: &[CustomerMustBeKnown, CustomerMustNotBeErased],
    };
    type Prepared = ();
    type Outcome = CustomerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.customer.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CustomerOutcome, Failure> {
        let Versioned { version, state } = known_customer(uow, self.customer).await?;
        if let Some((state, reinstated)) = state.reinstate()? {
            uow.record(reinstated);
            uow.update(Versioned { version, state }).await?;
        }
        let customer = self.customer;
        Ok(CustomerOutcome { customer })
    }
}
