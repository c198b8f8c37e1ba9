use crate::pipeline::UnitOfWork;
use crate::schema;
use domain::Versioned;
use domain::access::rules::UserMustBeKnown;
use domain::access::{User, UserName};
use domain::repository::{Failure, Repository};
use serde::Serialize;
use utoipa::ToSchema;

/// `UserMustBeKnown`.
pub(super) async fn known_user(
    uow: &mut UnitOfWork<'_>,
    name: &UserName,
) -> Result<Versioned<User>, Failure> {
    let found = uow.find(name).await?;
    Ok(found.ok_or_else(|| UserMustBeKnown.broken(format!("There is no user {name}.")))?)
}

/// The user that an operation made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOutcome {
    #[schema(schema_with = schema::user_name)]
    pub(super) user: UserName,
}
