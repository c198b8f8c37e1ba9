//! `issue-password-link`

use super::known::known_user;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::{UserMustBeActive, UserMustBeKnown};
use domain::access::{PasswordLinkIssued, UserName};
use domain::log::Hash;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::{Lookup, Moment, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `issue-password-link`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuePasswordLink {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
}

/// Outcome of `issue-password-link`. The first answer also contains the secret, as `once.secret`.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuePasswordLinkOutcome {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    /// When the link expires.
    #[schema(schema_with = schema::moment)]
    ends: Moment,
}

/// The hash of a secret that was made before the lock is taken. The secret is shown only once and not
/// stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewPasswordLink {
    secret: Hash,
}

impl PreparedFor<IssuePasswordLink> for NewPasswordLink {
    /// Makes a secret of 256 random bits.
    fn prepare(_: &IssuePasswordLink, _: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        let mut random = [0; 32];
        chance.fill(&mut random);
        let secret = hex::encode(random);
        Preparation {
            prepared: Self {
                secret: Hash::of(secret.as_bytes()),
            },
            once: Some(serde_json::json!({ "secret": secret })),
        }
    }
}

impl Operation for IssuePasswordLink {
    const ABOUT: About = About {
        name: "issue-password-link",
        version: 1,
        subdomain: "access",
        meaning: "Issues a link by which a user sets a password without anybody else knowing it.",
        changes: "The user has a link that works once, for 24 hours. Only the SHA-256 of its secret is stored.",
        effects: "Only the first answer contains the secret, as once.secret. The link ends when another one is issued, when a password is set, and when the user is suspended.",
        who: Who::roles(&[]),
        events: &[PasswordLinkIssued::NAME],
        rules: &[UserMustBeKnown, UserMustBeActive],
    };
    type Prepared = NewPasswordLink;
    type Outcome = IssuePasswordLinkOutcome;

    fn target(&self, _: &NewPasswordLink) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    async fn run(
        &self,
        prepared: &NewPasswordLink,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<IssuePasswordLinkOutcome, Failure> {
        let Versioned { version, state } = known_user(uow, &self.user).await?;
        let (state, issued) = state.issue_password_link(prepared.secret, uow.now())?;
        let outcome = IssuePasswordLinkOutcome {
            user: self.user.clone(),
            ends: issued.ends,
        };
        uow.record(issued);
        uow.update(Versioned { version, state }).await?;
        Ok(outcome)
    }
}
