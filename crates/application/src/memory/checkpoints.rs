//! The checkpoints of the in-memory store.

use super::MemoryTransaction;
use async_trait::async_trait;
use domain::log::Bookmark;
use domain::log::store::{Checkpoints, StoreError};

#[async_trait]
impl Checkpoints for MemoryTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        Ok(self.working.checkpoints.get(follower).copied())
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        let checkpoints = &mut self.working.checkpoints;
        if checkpoints.get(follower).copied() != from {
            let what = format!("the checkpoint of {follower} is not where it was");
            return Err(StoreError::data(what));
        }
        checkpoints.insert(follower.to_owned(), to);
        Ok(())
    }
}
