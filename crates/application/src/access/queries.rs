//! Users, their sessions and their tokens, for signing in and for forms.

use super::policy::Read;
use crate::caller::Caller;
use crate::queries::{
    EntryView, Page, Queries, QueryError, Reading, decode, find, load_one, unknown,
};
use domain::access::{Role, Token, TokenId, User, UserFilter, UserName, UserStatus};
use domain::customers::CustomerId;
use domain::log::reader::LogFilter;
use domain::log::store::StoreError;
use domain::{Aggregate, AnyAggregate, Moment, Names, Versioned};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// A user as pages show it.
#[derive(Debug, Clone)]
pub struct UserView {
    pub name: UserName,
    pub version: u64,
    /// The user's roles.
    pub roles: BTreeSet<Role>,
    /// The customer that a user with the customer role acts for.
    pub customer: Option<CustomerId>,
    /// Whether the user is active.
    pub status: UserStatus,
    /// Whether the user has a password, as people do.
    pub has_password: bool,
    /// When the link to set a password expires, if one was issued and not used.
    pub link_ends: Option<Moment>,
}

fn view(found: &Versioned<AnyAggregate>) -> Option<UserView> {
    let user = User::from_any(&found.state)?;
    Some(UserView {
        name: user.name.clone(),
        version: found.version,
        roles: user.roles.clone(),
        customer: user.customer,
        status: user.status,
        has_password: user.password.is_some(),
        link_ends: user.password_link.as_ref().map(|link| link.ends),
    })
}

impl Queries {
    /// The user of this name, to check a password.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn user(&self, name: &UserName) -> Result<Option<Versioned<User>>, StoreError> {
        let mut snapshot = self.reader.snapshot().await?;
        let found = load_one(snapshot.as_mut(), &name.lookup()).await?;
        Ok(found.and_then(|found| {
            Some(Versioned {
                version: found.version,
                state: User::from_any(&found.state)?.clone(),
            })
        }))
    }

    /// Whether anyone can sign in, that is, whether any user has a password.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn has_passwords(&self) -> Result<bool, StoreError> {
        // A password can be changed but not taken away.
        if self.has_passwords.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let mut snapshot = self.reader.snapshot().await?;
        let asked = UserFilter {
            has_password: true,
            ..UserFilter::default()
        };
        let has_some = !snapshot.list(&asked, None, 1).await?.is_empty();
        self.has_passwords.fetch_or(has_some, Ordering::Relaxed);
        Ok(has_some)
    }

    /// The token of a caller's session.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn session(&self, caller: &Caller) -> Result<Option<Token>, StoreError> {
        let Caller::Session(hash) = caller else {
            return Ok(None);
        };
        let token: Option<Token> = find(self.reader.snapshot().await?.as_mut(), hash).await?;
        Ok(token.filter(|token| caller.presents(token)))
    }
}

impl Reading {
    /// The current version of a user.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist or is not visible to the caller. Refuses what the policy
    /// forbids. Fails if the store cannot be read.
    pub async fn user_version(&mut self, name: &UserName) -> Result<u64, QueryError> {
        self.permit(Read::Log)?;
        let lookup = Names::<User>::lookup(name);
        let found = load_one(self.snapshot.as_mut(), &lookup).await?;
        found
            .map(|found| found.version)
            .ok_or_else(|| unknown(&lookup))
    }

    /// Users whose name contains a text, by name. Requires permission to read the log, which
    /// contains the same names.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn users(&mut self, name: &str, limit: u64) -> Result<Vec<UserView>, QueryError> {
        self.permit(Read::Log)?;
        let filter = UserFilter {
            name: Some(name.to_owned()),
            has_password: false,
        };
        let mut found = self.snapshot.list(&filter, None, limit).await?;
        // An exact match comes first, however many other names contain the text.
        if let Ok(name) = name.parse::<UserName>() {
            let lookup = Names::<User>::lookup(&name);
            found.retain(|own| own.state.natural_key() != Some(name.as_str()));
            found.extend(load_one(self.snapshot.as_mut(), &lookup).await?);
        }
        Ok(found.iter().filter_map(view).collect())
    }

    /// The users whose name contains a text, page by page.
    ///
    /// # Errors
    ///
    /// Refuses an invalid cursor and what the policy forbids. Fails if the store cannot be read.
    pub async fn user_list(
        &mut self,
        name: Option<String>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<UserView>, QueryError> {
        self.permit(Read::Log)?;
        let filter = UserFilter {
            name,
            has_password: false,
        };
        let after = cursor.map(decode).transpose()?;
        let found = self.snapshot.list(&filter, after.as_deref(), limit + 1);
        let users = found.await?.iter().filter_map(view).collect();
        Ok(self.page(users, limit, |user| user.name.to_string()))
    }

    /// The entry at a position, if this person made it.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn own_entry(&mut self, position: u64) -> Result<Option<EntryView>, QueryError> {
        let found = self.snapshot.entries_at(&[position]).await?.pop();
        let own = found.filter(|entry| entry.actor == self.principal.actor());
        Ok(own.map(EntryView::from))
    }

    /// The latest entry of an operation that this person made.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn own_latest(&mut self, operation: &str) -> Result<Option<EntryView>, QueryError> {
        let filter = LogFilter {
            operation: Some(operation.to_owned()),
            actor: Some(self.principal.actor().to_string()),
            ..LogFilter::default()
        };
        let found = self.snapshot.entries_before(&filter, u64::MAX, 1).await?;
        Ok(found.into_iter().next().map(EntryView::from))
    }

    /// Those of these tokens that have not been revoked.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn unrevoked(&mut self, ids: &[TokenId]) -> Result<Vec<TokenId>, QueryError> {
        self.permit(Read::Log)?;
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let found = self.snapshot.load(Token::KIND, &ids, &[]).await?;
        let tokens = found
            .iter()
            .filter_map(|found| Token::from_any(&found.state));
        let open = tokens.filter(|token| !token.revoked);
        Ok(open.map(|token| token.id).collect())
    }
}
