//! `reinstate-user`

use super::known::{UserOutcome, known_user};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::UserMustBeKnown;
use domain::access::{UserName, UserReinstated};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reinstate-user`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReinstateUser {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
}

impl Operation for ReinstateUser {
    const ABOUT: About = About {
        name: "reinstate-user",
        version: 1,
        subdomain: "access",
        meaning: "Lets a suspended user sign in and work again.",
        changes: "The user is active, with the same roles as before.",
        effects: "The user's tokens and password work again from the next operation. Reinstating an active user changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[UserReinstated::NAME],
        rules: &[UserMustBeKnown],
    };
    type Prepared = ();
    type Outcome = UserOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<UserOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        if let Some((state, reinstated)) = state.reinstate() {
            uow.record(reinstated);
            uow.update(Versioned { version, state }).await?;
        }
        let user = self.user.clone();
        Ok(UserOutcome { user })
    }
}
