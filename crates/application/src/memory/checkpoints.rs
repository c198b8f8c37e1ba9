//! The checkpoints of the in-memory store.

use super::{MemoryTransaction, Tables};
use async_trait::async_trait;
use domain::log::store::{Checkpoints, StoreError};
use domain::log::{Bookmark, Progress};
use std::collections::BTreeMap;

impl Tables {
    pub(super) fn progress_of(&self, readers: &[String]) -> BTreeMap<String, Progress> {
        let all = self.progress.iter();
        let asked = all.filter(|(reader, _)| readers.contains(reader));
        asked
            .map(|(reader, own)| (reader.clone(), own.clone()))
            .collect()
    }
}

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

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        Ok(self.working.progress_of(readers))
    }

    async fn report(
        &mut self,
        reader: &str,
        before: Option<&Progress>,
        now: &Progress,
    ) -> Result<(), StoreError> {
        let progress = &mut self.working.progress;
        if progress.get(reader) != before {
            let what = format!("{reader} has reported something else");
            return Err(StoreError::data(what));
        }
        progress.insert(reader.to_owned(), now.clone());
        Ok(())
    }
}
