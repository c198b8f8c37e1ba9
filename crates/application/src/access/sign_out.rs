//! `sign-out`

use super::known::{known_token, known_user};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::rules::TokenMustBeKnown;
use domain::access::{SignedOut, Token, TokenId};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `sign-out`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// The id that `sign-in` returned.
    #[schema(schema_with = schema::uuid)]
    session: TokenId,
}

/// Outcome of `sign-out`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOutOutcome {
    #[schema(schema_with = schema::uuid)]
    session: TokenId,
}

impl Operation for SignOut {
    const ABOUT: About = About {
        name: "sign-out",
        version: 1,
        subdomain: "access",
        meaning: "Ends a session.",
        changes: "The session's token is revoked.",
        effects: "Takes effect with the next operation. Signing out of an ended session changes nothing.",
        who: Who::roles_and_system(&[]),
        events: &[SignedOut::NAME],
        rules: &[TokenMustBeKnown],
    };
    type Prepared = ();
    type Outcome = SignOutOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.session.lookup())
    }

    fn reads(&self, (): &(), known: &Known<'_>, reads: &mut Reads) {
        if let Some(token) = known.get::<Token>(&self.session) {
            reads.add(&token.user);
        }
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<SignOutOutcome, Failure> {
        let session = self.session;
        let Versioned { version, state } = known_token(uow, session).await?;
        let (state, revoked) = state.revoke();
        if revoked.is_some() {
            let user = known_user(uow, &state.user).await?.state.name;
            uow.record(SignedOut { user, session });
            uow.update(Versioned { version, state }).await?;
        }
        Ok(SignOutOutcome { session })
    }
}
