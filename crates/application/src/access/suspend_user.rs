//! `suspend-user`

use super::known::{UserOutcome, known_user, own_access_must_stay};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::{OwnAccessMustStay, UserMustBeKnown};
use domain::access::{UserName, UserSuspended};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `suspend-user`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendUser {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    #[schema(schema_with = schema::reason)]
    reason: Text<REASON_CHARS_MAX>,
}

impl Operation for SuspendUser {
    const ABOUT: About = About {
        name: "suspend-user",
        version: 1,
        subdomain: "access",
        meaning: "Locks a user out until it is reinstated.",
        changes: "The user is suspended.",
        effects: "All tokens of the user stop working from the next operation. Suspending a suspended user changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[UserSuspended::NAME],
        rules: &[UserMustBeKnown, OwnAccessMustStay],
    };
    type Prepared = ();
    type Outcome = UserOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<UserOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        own_access_must_stay(uow, &self.user)?;
        let (state, suspended) = state.suspend(self.reason.clone());
        if let Some(suspended) = suspended {
            uow.record(suspended);
            uow.update(Versioned { version, state }).await?;
        }
        let user = self.user.clone();
        Ok(UserOutcome { user })
    }
}
