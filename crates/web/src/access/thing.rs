//! Users as pages show them.

use super::pages::users;
use crate::pages::thing::KindOnPages;
use application::access::IssueToken;
use application::queries::{QueryError, Reading};
use application::{About, Operation};
use async_trait::async_trait;
use domain::Kind;
use domain::access::UserName;
use serde_json::Value;

/// Users. Pages show no facts about them.
pub(crate) struct Users;

#[async_trait]
impl KindOnPages for Users {
    fn kind(&self) -> Kind {
        Kind::User
    }

    fn page(&self, name: &str) -> Option<String> {
        Some(format!("{}?name={name}", users::LIST))
    }

    /// Issuing a token does not depend on the state of its user.
    fn target_of(&self, about: &About, input: &Value) -> Option<String> {
        let text = input["user"].as_str()?.trim().to_lowercase();
        let name = text.parse::<UserName>().ok();
        let name = name.filter(|_| about.name != IssueToken::ABOUT.name);
        name.map(|name| name.to_string())
    }

    async fn version(&self, reading: &mut Reading, name: &str) -> Result<Option<u64>, QueryError> {
        match name.parse::<UserName>() {
            Ok(name) => reading.user_version(&name).await.map(Some),
            Err(_) => Ok(None),
        }
    }
}
