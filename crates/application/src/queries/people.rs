//! What forms about users and their tokens need to know of them.

use super::{EntryView, QueryError, Reading, load_one, unknown};
use crate::access::policy::Read;
use domain::access::{Role, Token, TokenId, User, UserName, UserStatus};
use domain::customers::CustomerId;
use domain::log::reader::Filter;
use domain::{Aggregate, Names};
use std::collections::BTreeSet;

/// What forms show of a user.
#[derive(Debug, Clone)]
pub struct UserView {
    /// The name.
    pub name: UserName,
    /// What the user may do.
    pub roles: BTreeSet<Role>,
    /// Whom a user with the customer role acts for.
    pub customer: Option<CustomerId>,
    /// Whether the user may do anything.
    pub status: UserStatus,
}

impl Reading {
    /// The version a user has now.
    pub async fn user_version(&mut self, name: &UserName) -> Result<u64, QueryError> {
        self.permit(Read::Log)?;
        let lookup = Names::<User>::lookup(name);
        let found = load_one(self.snapshot.as_mut(), &lookup).await?;
        found
            .map(|found| found.version)
            .ok_or_else(|| unknown(&lookup))
    }

    /// Users whose name contains a text, by name. Who may read the log meets their names there.
    pub async fn users(&mut self, name: &str, limit: u64) -> Result<Vec<UserView>, QueryError> {
        self.permit(Read::Log)?;
        let filter = Filter::Users {
            name: Some(name.to_owned()),
        };
        let mut found = self.snapshot.list(&filter, None, limit).await?;
        // Who is so called is found however many others contain the name.
        if let Ok(name) = name.parse::<UserName>() {
            let lookup = Names::<User>::lookup(&name);
            found.retain(|own| own.state.natural_key() != Some(name.as_str()));
            found.extend(load_one(self.snapshot.as_mut(), &lookup).await?);
        }
        let users = found.iter().filter_map(|own| User::from_any(&own.state));
        let view = |user: &User| UserView {
            name: user.name.clone(),
            roles: user.roles.clone(),
            customer: user.customer,
            status: user.status,
        };
        Ok(users.map(view).collect())
    }

    /// The entry at a position, if this person made it.
    pub async fn own_entry(&mut self, position: u64) -> Result<Option<EntryView>, QueryError> {
        let found = self.snapshot.entries_at(&[position]).await?.pop();
        let own = found.filter(|entry| entry.actor == self.principal.actor());
        Ok(own.map(EntryView::from))
    }

    /// Those of some tokens that have not been revoked.
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
