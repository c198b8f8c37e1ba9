use crate::operation::Preparation;
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::rules::{OwnAccessMustStay, TokenMustBeKnown, UserMustBeKnown};
use domain::access::{Token, TokenHash, TokenId, User, UserName};
use domain::ports::Chance;
use domain::rejection::require;
use domain::repository::{Failure, Repository};
use domain::{Moment, Names, Rejection, Versioned};
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use utoipa::ToSchema;

/// Returns the user, or refuses by `UserMustBeKnown`.
pub(super) async fn known_user(
    uow: &mut UnitOfWork<'_>,
    name: &(impl Names<User> + Display + Sync),
) -> Result<Versioned<User>, Failure> {
    let found = uow.find(name).await?;
    let unknown = || UserMustBeKnown {
        user: name.to_string(),
    };
    Ok(found.ok_or_else(|| Rejection::from(unknown()))?)
}

/// Refuses by `OwnAccessMustStay` if no other administrator would be left to undo the change.
pub(super) fn own_access_must_stay(uow: &UnitOfWork<'_>, user: &UserName) -> Result<(), Rejection> {
    require(uow.user() != Some(user), || OwnAccessMustStay {
        user: user.clone(),
    })
}

/// Returns the token, or refuses by `TokenMustBeKnown`.
pub(super) async fn known_token(
    uow: &mut UnitOfWork<'_>,
    id: TokenId,
) -> Result<Versioned<Token>, Failure> {
    let found = uow.find(&id).await?;
    Ok(found.ok_or_else(|| Rejection::from(TokenMustBeKnown { token: id }))?)
}

/// A token made before the lock is taken. Its secret is shown only once and not stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewToken {
    pub(super) id: TokenId,
    pub(super) hash: TokenHash,
}

impl NewToken {
    /// Makes a token with a secret of 256 random bits.
    pub(super) fn make(now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        let mut random = [0; 32];
        chance.fill(&mut random);
        let secret = format!("plimsoll_{}", hex::encode(random));
        Preparation {
            prepared: Self {
                id: TokenId(chance.id(now)),
                hash: TokenHash::of(&secret),
            },
            once: Some(serde_json::json!({ "token": secret })),
        }
    }
}

/// The user that an operation added or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOutcome {
    #[schema(schema_with = schema::user_name)]
    pub(super) user: UserName,
}
