//! `remove-role`

use super::known::{UserOutcome, known_user, own_access_must_stay};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::{OwnAccessMustStay, UserMustBeKnown};
use domain::access::{Role, RoleRemoved, UserName};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `remove-role`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveRole {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    #[schema(schema_with = schema::role)]
    role: Role,
}

impl Operation for RemoveRole {
    const ABOUT: About = About {
        name: "remove-role",
        version: 1,
        subdomain: "access",
        meaning: "Takes a role from a user, for example one given by mistake.",
        changes: "The user no longer has the role. A user without the customer role acts for no customer.",
        effects: "Takes effect with the next operation. Removing a role the user does not have changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[RoleRemoved::NAME],
        rules: &[UserMustBeKnown, OwnAccessMustStay],
    };
    type Prepared = ();
    type Outcome = UserOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<UserOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        if self.role == Role::Admin {
            own_access_must_stay(uow, &self.user)?;
        }
        if let Some((state, removed)) = state.remove(self.role) {
            uow.record(removed);
            uow.update(Versioned { version, state }).await?;
        }
        let user = self.user.clone();
        Ok(UserOutcome { user })
    }
}
