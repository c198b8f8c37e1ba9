//! `sign-in`

use super::known::{NewToken, known_user};
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::rules::{PasswordMustBeCurrent, UserMustBeActive, UserMustBeKnown};
use domain::access::{Session, SignedIn, Token, TokenId, UserName};
use domain::log::Hash;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::{Lookup, Moment, Names};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `sign-in`. The password was checked earlier, because that is slow. The operation only
/// checks that it is still the user's password.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(schema_with = schema::user_name)]
    user: UserName,
    /// The SHA-256, in hexadecimal, of the password hash that the given password was checked
    /// against.
    #[schema(schema_with = schema::hash)]
    password: Hash,
}

/// Outcome of `sign-in`. The first answer also contains the secret, as `once.token`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInOutcome {
    /// The id of the session's token.
    #[schema(schema_with = schema::uuid)]
    session: TokenId,
    /// When the session expires.
    #[schema(schema_with = schema::moment)]
    ends: Moment,
}

impl PreparedFor<SignIn> for NewToken {
    fn prepare(_: &SignIn, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        NewToken::make(now, chance)
    }
}

impl Operation for SignIn {
    const ABOUT: About = About {
        name: "sign-in",
        version: 1,
        subdomain: "access",
        meaning: "Opens a session for a person whose password has been checked.",
        changes: "Adds a session token, valid for twelve hours. Only the SHA-256 of its secret is stored.",
        effects: "Only the first answer contains the secret, as once.token.",
        who: Who::roles_and_system(&[]),
        events: &[SignedIn::NAME],
        rules: &[UserMustBeKnown, UserMustBeActive, PasswordMustBeCurrent],
    };
    type Prepared = NewToken;
    type Outcome = SignInOutcome;

    fn target(&self, _: &NewToken) -> Option<Lookup> {
        Some(self.user.lookup())
    }

    fn reads(&self, prepared: &NewToken, _: &Known<'_>, reads: &mut Reads) {
        reads.add(&prepared.hash);
    }

    async fn run(
        &self,
        prepared: &NewToken,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<SignInOutcome, Failure> {
        let user = known_user(uow, &self.user).await?.state;
        user.may_sign_in(self.password)?;
        let session = Session::beginning(uow.now());
        let signed_in = SignedIn {
            user: user.name,
            session: prepared.id,
        };
        uow.record(signed_in);
        uow.add(Token {
            id: prepared.id,
            hash: prepared.hash.clone(),
            user: user.id,
            label: None,
            revoked: false,
            session: Some(session),
        })
        .await?;
        Ok(SignInOutcome {
            session: prepared.id,
            ends: session.ends,
        })
    }
}
