//! Users by name.

use crate::pages::pickers::{Picker, SOUGHT, SearchByName, Suggestion, is_name};
use application::access::UserView;
use application::policy::Read;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::access::{Role, UserStatus};

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/users",
    search: &Users,
    cache_control: "no-store",
    hint_of_schema_first: false,
    hint: "User name, or part of it.",
    example: "anna",
    asks: |pointer, format| format == "user-name" && !pointer.ends_with("/name"),
};

/// The search for users.
pub(crate) struct Users;

#[async_trait]
impl SearchByName for Users {
    const THINGS: &'static str = "users";

    async fn search(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        search(reading, text).await
    }

    async fn exactly(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Option<String>, QueryError> {
        // A person who may not list users learns nothing.
        if reading.permit(Read::Log).is_err() {
            return Ok(Some(text.to_owned()));
        }
        let found = search(reading, text).await?;
        let first = found.into_iter().next().map(|first| first.value);
        Ok(first.filter(|name| *name == text.to_lowercase()))
    }
}

/// Users whose name contains a text. Exact matches come first, then names that begin with it.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<Suggestion>, QueryError> {
    let text = text.trim().to_lowercase();
    if !is_name(&text) {
        return Ok(Vec::new());
    }
    let mut found = reading.users(&text, SOUGHT).await?;
    found.sort_by_cached_key(|user| {
        let name = user.name.to_string();
        (name != text, !name.starts_with(&text), name)
    });
    let suggested = found.iter().map(|user| Suggestion {
        value: user.name.to_string(),
        label: label(user),
    });
    Ok(suggested.collect())
}

/// A user's roles in words.
fn label(user: &UserView) -> String {
    let roles: Vec<_> = user.roles.iter().map(|role: &Role| role.word()).collect();
    let roles = match roles.is_empty() {
        true => "no role".to_owned(),
        false => roles.join(", "),
    };
    match user.status {
        UserStatus::Active => roles,
        UserStatus::Suspended => format!("{roles} · suspended"),
    }
}
