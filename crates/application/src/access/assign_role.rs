//! `assign-role`

use super::known::{UserOutcome, known_user};
use crate::customers::known_customer;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::rules::{CustomerRoleNeedsCustomer, UserMustBeKnown};
use domain::access::{Role, RoleAssigned, UserName};
use domain::customers::CustomerId;
use domain::customers::rules::{CustomerMustBeKnown, CustomerMustNotBeErased};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `assign-role`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignRole {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    #[schema(schema_with = schema::role)]
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::acts_for, required = false)]
    customer: Option<CustomerId>,
}

impl Operation for AssignRole {
    const ABOUT: About = About {
        name: "assign-role",
        version: 1,
        subdomain: "access",
        meaning: "Assigns a role to a user.",
        changes: "The user has the role.",
        effects: "Takes effect with the next operation. Assigning a role the user already has changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[RoleAssigned::NAME],
        rules: &[
            UserMustBeKnown,
            CustomerMustBeKnown,
            CustomerMustNotBeErased,
            CustomerRoleNeedsCustomer,
        ],
    };
    type Prepared = ();
    type Outcome = UserOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    fn reads(&self, (): &(), _: &Known<'_>, reads: &mut Reads) {
        if let Some(customer) = &self.customer {
            reads.add(customer);
        }
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<UserOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        if let Some(customer) = self.customer {
            let customer = known_customer(uow, customer).await?;
            customer.state.must_not_be_erased()?;
        }
        let (state, assigned) = state.assign(self.role, self.customer)?;
        if let Some(assigned) = assigned {
            uow.record(assigned);
            uow.update(Versioned { version, state }).await?;
        }
        let user = self.user.clone();
        Ok(UserOutcome { user })
    }
}
