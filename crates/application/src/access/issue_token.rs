//! `issue-token`

use super::known::{NewToken, known_user};
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::rules::UserMustBeKnown;
use domain::access::{Token, TokenId, TokenIssued, UserName};
use domain::limits::TOKEN_LABEL_CHARS_MAX;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Aggregate, Lookup, Moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `issue-token`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueToken {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    /// A note on what the token is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::label, required = false)]
    label: Option<Text<TOKEN_LABEL_CHARS_MAX>>,
}

/// Outcome of `issue-token`. The first answer also contains the secret, as `once.token`.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssueTokenOutcome {
    /// The id of the token, needed to revoke it.
    #[schema(schema_with = schema::uuid)]
    token_id: TokenId,
}

impl PreparedFor<IssueToken> for NewToken {
    fn prepare(_: &IssueToken, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        NewToken::make(now, chance)
    }
}

impl Operation for IssueToken {
    const ABOUT: About = About {
        name: "issue-token",
        version: 1,
        subdomain: "access",
        meaning: "Issues an API token for a user.",
        changes: "Adds a token. Only the SHA-256 of its secret is stored.",
        effects: "Only the first answer contains the secret, as once.token.",
        who: Who::roles_and_system(&[]),
        events: &[TokenIssued::NAME],
        rules: &[UserMustBeKnown],
    };
    type Prepared = NewToken;
    type Outcome = IssueTokenOutcome;

    fn target(&self, prepared: &NewToken) -> Option<Lookup> {
        Some(Lookup::id(Token::KIND, prepared.id.0))
    }

    fn reads(&self, prepared: &NewToken, _: &Known<'_>, reads: &mut Reads) {
        reads.add(&self.user);
        reads.add(&prepared.hash);
    }

    async fn run(
        &self,
        prepared: &NewToken,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<IssueTokenOutcome, Failure> {
        let user = known_user(uow, &self.user).await?.state;
        let token_id = prepared.id;
        uow.record(TokenIssued {
            token: token_id,
            user: user.name,
        });
        uow.add(Token {
            id: token_id,
            hash: prepared.hash.clone(),
            user: user.id,
            label: self.label.clone(),
            revoked: false,
            session: None,
        })
        .await?;
        Ok(IssueTokenOutcome { token_id })
    }
}
