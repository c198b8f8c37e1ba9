//! Users by name.

use crate::pages::pickers::{
    Picker, SOUGHT, Search, Suggestion, Unclear, as_browsers_show, is_name, unclear,
};
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
impl Search for Users {
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        Ok(as_browsers_show(search(reading, text).await?, text))
    }

    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError> {
        meant(reading, text).await
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

/// The name of the user that a text means: it is known, or nothing matches and the operation
/// refuses it. A person who may not list users learns nothing.
async fn meant(reading: &mut Reading, text: &str) -> Result<Result<String, Unclear>, QueryError> {
    let text = text.trim();
    if reading.permit(Read::Log).is_err() {
        return Ok(Ok(text.to_owned()));
    }
    let found = search(reading, text).await?;
    Ok(match found.first() {
        Some(first) if first.value == text.to_lowercase() => Ok(first.value.clone()),
        Some(_) => Err(unclear(text, found, "users")),
        None => Ok(text.to_owned()),
    })
}
