//! What forms about users and their tokens need to know of them.

use super::{EntryView, QueryError, Reading, load_one, unknown};
use crate::policy::Read;
use domain::access::{Token, TokenId, User, UserName};
use domain::{Aggregate, Names};

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
