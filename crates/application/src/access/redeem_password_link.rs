//! `redeem-password-link`

use super::known::{UserOutcome, known_user};
use super::password::{NewPassword, is_given};
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::{PasswordLinkMustBeOpen, UserMustBeActive, UserMustBeKnown};
use domain::access::{PasswordHash, PasswordSet, UserName};
use domain::log::Hash;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `redeem-password-link`. The password is hashed before the lock is taken and is never
/// logged.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemPasswordLink {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    /// The SHA-256, in hexadecimal, of the secret in the link.
    #[schema(schema_with = schema::hash)]
    link: Hash,
    // `skip_serializing` would also remove the field from the schema.
    #[serde(default, skip_serializing_if = "NewPassword::is_secret")]
    #[schema(schema_with = schema::password, required = true)]
    #[validate(custom(function = is_given))]
    password: NewPassword,
}

impl PreparedFor<RedeemPasswordLink> for PasswordHash {
    fn prepare(
        operation: &RedeemPasswordLink,
        _: Moment,
        chance: &mut dyn Chance,
    ) -> Preparation<Self> {
        operation.password.hash(chance).into()
    }
}

impl Operation for RedeemPasswordLink {
    const ABOUT: About = About {
        name: "redeem-password-link",
        version: 1,
        subdomain: "access",
        meaning: "Sets the password of the user who opened a password link.",
        changes: "The user has the new password. Only its Argon2id hash is stored. The link ends.",
        effects: "All sessions of the user end. API tokens stay valid.",
        who: Who::roles_and_system(&[]),
        events: &[PasswordSet::NAME],
        rules: &[UserMustBeKnown, UserMustBeActive, PasswordLinkMustBeOpen],
    };
    const IS_SLOW: bool = true;
    type Prepared = PasswordHash;
    type Outcome = UserOutcome;

    fn secret(&self) -> Option<&str> {
        Some(self.password.as_str())
    }

    fn target(&self, _: &PasswordHash) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    async fn run(
        &self,
        hash: &PasswordHash,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<UserOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        let (state, set) = state.redeem_password_link(self.link, hash.clone(), uow.now())?;
        uow.record(set);
        uow.update(Versioned { version, state }).await?;
        let user = self.user.clone();
        Ok(UserOutcome { user })
    }
}
