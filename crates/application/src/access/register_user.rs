//! `register-user`

use super::known::UserOutcome;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::UserNameMustBeUnique;
use domain::access::{User, UserId, UserName, UserRegistered};
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::{Lookup, Moment, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `register-user`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterUser {
    #[schema(schema_with = schema::user_name)]
    name: UserName,
}

impl PreparedFor<RegisterUser> for UserId {
    fn prepare(_: &RegisterUser, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        UserId(chance.id(now)).into()
    }
}

impl Operation for RegisterUser {
    const ABOUT: About = About {
        name: "register-user",
        version: 1,
        subdomain: "access",
        meaning: "Registers a person or a program as a user.",
        changes: "Adds an active user without roles. The user cannot do anything until a role is assigned.",
        effects: "None.",
        who: Who::roles_and_system(&[]),
        events: &[UserRegistered::NAME],
        rules: &[UserNameMustBeUnique],
    };
    type Prepared = UserId;
    type Outcome = UserOutcome;

    fn target(&self, _: &UserId) -> Option<Lookup> {
        Some(self.name.lookup())
    }

    async fn run(&self, id: &UserId, uow: &mut UnitOfWork<'_>) -> Result<UserOutcome, Failure> {
        let (user, registered) = User::register(*id, self.name.clone());
        uow.record(registered);
        uow.add(user).await?;
        let user = self.name.clone();
        Ok(UserOutcome { user })
    }
}
