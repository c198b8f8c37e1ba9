//! `erase-customer`

use super::known::{CustomerOutcome, known_customer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::booking::CargoFilter;
use domain::customers::rules::{CustomerMustBeKnown, CustomerMustHaveNoUnfinishedCargo};
use domain::customers::{CustomerErased, CustomerId};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Rejection, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `erase-customer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseCustomer {
    #[schema(schema_with = schema::uuid)]
    customer: CustomerId,
    #[schema(schema_with = schema::erasure_reason)]
    reason: Text<REASON_CHARS_MAX>,
}

impl Operation for EraseCustomer {
    const ABOUT: About = About {
        name: "erase-customer",
        version: 1,
        subdomain: "customers",
        meaning: "Forgets a customer's name and e-mail address, for ever.",
        changes: "The customer is ERASED and has no name or e-mail address. The key under which log and history keep them is destroyed.",
        effects: "Nobody can read them any more, in any version. Its cargoes stay, with its id. Erasing an erased customer changes nothing. The reason stays in the log: do not name the person in it.",
        who: Who::roles(&[]),
        events: &[CustomerErased::NAME],
        rules: &[CustomerMustBeKnown, CustomerMustHaveNoUnfinishedCargo],
    };
    type Prepared = ();
    type Outcome = CustomerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.customer.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<CustomerOutcome, Failure> {
        let customer = self.customer;
        let Versioned { version, state } = known_customer(uow, customer).await?;
        if let Some((state, erased)) = state.erase(&self.reason) {
            let unfinished = CargoFilter {
                customer: Some(customer),
                unfinished: true,
                ..CargoFilter::default()
            };
            let cargoes = uow.all(&unfinished).await?;
            if let Some(first) = cargoes.first() {
                return Err(Rejection::from(CustomerMustHaveNoUnfinishedCargo {
                    customer,
                    cargoes: cargoes.len() as u64,
                    cargo: first.state.tracking_id.clone(),
                })
                .into());
            }
            uow.record(erased);
            uow.update(Versioned { version, state }).await?;
        }
        Ok(CustomerOutcome { customer })
    }
}
