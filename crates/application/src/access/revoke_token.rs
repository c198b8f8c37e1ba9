//! `revoke-token`

use super::known::known_token;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::TokenMustBeKnown;
use domain::access::{TokenId, TokenRevoked};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `revoke-token`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeToken {
    /// The id that `issue-token` returned. Not the secret.
    #[schema(schema_with = schema::uuid)]
    token_id: TokenId,
}

/// Outcome of `revoke-token`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevokeTokenOutcome {
    #[schema(schema_with = schema::uuid)]
    token_id: TokenId,
}

impl Operation for RevokeToken {
    const ABOUT: About = About {
        name: "revoke-token",
        version: 1,
        subdomain: "access",
        meaning: "Revokes an API token for good.",
        changes: "The token is revoked.",
        effects: "Takes effect with the next operation. Revoking a revoked token changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[TokenRevoked::NAME],
        rules: &[TokenMustBeKnown],
    };
    type Prepared = ();
    type Outcome = RevokeTokenOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.token_id.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<RevokeTokenOutcome, Failure> {
        let token_id = self.token_id;
        let Versioned { version, state } = known_token(uow, token_id).await?;
        let (state, revoked) = state.revoke();
        if let Some(revoked) = revoked {
            uow.record(revoked);
            uow.update(Versioned { version, state }).await?;
        }
        Ok(RevokeTokenOutcome { token_id })
    }
}
