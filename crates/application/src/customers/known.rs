use crate::schema;
use crate::work::UnitOfWork;
use domain::customers::rules::CustomerMustBeKnown;
use domain::customers::{Customer, CustomerId};
use domain::repository::{Failure, Repository};
use domain::{Rejection, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the customer, or refuses by `CustomerMustBeKnown`.
pub(crate) async fn known_customer(
    uow: &mut UnitOfWork<'_>,
    id: CustomerId,
) -> Result<Versioned<Customer>, Failure> {
    let found = uow.find(&id).await?;
    Ok(found.ok_or_else(|| Rejection::from(CustomerMustBeKnown { customer: id }))?)
}

/// The customer that an operation added or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerOutcome {
    #[schema(schema_with = schema::uuid)]
    pub(super) customer: CustomerId,
}
