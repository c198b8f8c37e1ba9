//! Proofs that entries are in the log, for those who trust one head of it.

use super::{Missing, QueryError, Reading};
use crate::policy::Read;
use crate::schema;
use domain::Moment;
use domain::log::chain::hashed_bytes;
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::log::tree;
use domain::log::{Hash, HistoryRow};
use serde::Serialize;
use std::ops::Range;
use utoipa::ToSchema;
use uuid::Uuid;

/// A proof that an entry is in the log as it was at a head.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProofView {
    /// The position of the entry.
    pub position: u64,
    /// The hash of the entry and all before it, in hexadecimal.
    pub hash: String,
    /// The bytes whose SHA-256 is the hash, in hexadecimal: its fields, each after its length in 8
    /// bytes. Null if the entry changed users or tokens, because it has hashes of their secrets.
    pub content: Option<String>,
    /// The hashes of the subtrees beside the way from the entry to the root, from the bottom up, in
    /// hexadecimal (RFC 9162, section 2.1.3).
    pub path: Vec<String>,
    /// The head to compare with the one that is trusted.
    pub head: ProvenHead,
    /// Whether the log has also kept an earlier head, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<ConsistencyView>,
}

/// A head with the root of the tree.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvenHead {
    /// The id of the log.
    #[schema(schema_with = schema::uuid)]
    pub epoch: Uuid,
    /// The position of its last entry, which is the number of leaves of the tree.
    pub position: u64,
    /// When that entry was recorded.
    #[schema(schema_with = schema::moment)]
    pub recorded_at: Moment,
    /// The hash of that entry, in hexadecimal.
    pub hash: String,
    /// The root of the tree over the hashes of all entries up to it, in hexadecimal.
    pub root: String,
}

/// A proof that the log at the head begins with the log at an earlier head.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsistencyView {
    /// The position of the earlier head.
    pub position: u64,
    /// The root of its tree, in hexadecimal.
    pub root: String,
    /// The hashes of the subtrees that lead from this root to the one of the head (RFC 9162, section
    /// 2.1.4), in hexadecimal.
    pub path: Vec<String>,
}

/// What to prove.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// The position of the entry.
    pub position: u64,
    /// The position of the head; the present one if there is none.
    pub head: Option<u64>,
    /// The position of an earlier head.
    pub since: Option<u64>,
}

impl Reading {
    /// A proof for one entry. Reads less than 512 hashes for each factor of 256 in the length of the
    /// log.
    ///
    /// # Errors
    ///
    /// Not found if the log does not reach as far. Refuses what the policy forbids. Fails if the
    /// store cannot be read.
    pub async fn proof(&mut self, asked: Proof) -> Result<ProofView, QueryError> {
        self.permit(Read::Log)?;
        let position = asked.position;
        let head = self.head_at(asked.head).await?;
        for beyond in [Some(position), asked.since].into_iter().flatten() {
            if beyond == 0 || beyond > self.position() {
                return Err(self.no_entry(beyond));
            }
            if beyond > head.position {
                let (position, head) = (beyond, head.position);
                return Err(QueryError::NotFound(Missing::AfterHead { position, head }));
            }
        }
        let entries = self.snapshot.entries_at(&[position - 1, position]).await?;
        let missing = || StoreError::data(format!("the entry at {position} is missing"));
        let (entry, before) = entries.split_last().ok_or_else(missing)?;
        if (entry.position, before.len() as u64) != (position, u64::from(position > 1)) {
            return Err(missing().into());
        }
        let history: Vec<HistoryRow> = self.snapshot.history(position, position).await?;
        let is_shown = !history.iter().any(|row| row.kind.has_secrets());
        let previous = before.first().map_or(Hash::ZERO, |before| before.hash);
        let content = is_shown.then(|| hex::encode(hashed_bytes(previous, entry, &history)));
        let path = tree::inclusion(position - 1, head.position);
        let since = match asked.since {
            Some(since) => Some(self.consistency(since, head.position).await?),
            None => None,
        };
        Ok(ProofView {
            position,
            hash: entry.hash.to_string(),
            content,
            path: self.roots(path).await?,
            head,
            since,
        })
    }

    /// The head with its root, now or at an earlier position.
    ///
    /// # Errors
    ///
    /// Not found if the log does not reach as far. Refuses what the policy forbids. Fails if the
    /// store cannot be read.
    pub async fn head_at(&mut self, position: Option<u64>) -> Result<ProvenHead, QueryError> {
        self.permit(Read::Log)?;
        let newest = self.snapshot.head().clone();
        let position = position.unwrap_or(newest.position);
        let (recorded_at, hash) = if position == newest.position {
            (newest.recorded_at, newest.hash)
        } else {
            let last = self.snapshot.entries_at(&[position]).await?.pop();
            let last = last.ok_or_else(|| self.no_entry(position))?;
            (last.recorded_at, last.hash)
        };
        Ok(ProvenHead {
            epoch: newest.epoch,
            position,
            recorded_at,
            hash: hash.to_string(),
            root: self.root(0..position).await?.to_string(),
        })
    }

    async fn consistency(&mut self, since: u64, size: u64) -> Result<ConsistencyView, QueryError> {
        Ok(ConsistencyView {
            position: since,
            root: self.root(0..since).await?.to_string(),
            path: self.roots(tree::consistency(since, size)).await?,
        })
    }

    async fn roots(&mut self, path: Vec<Range<u64>>) -> Result<Vec<String>, QueryError> {
        let mut roots = Vec::with_capacity(path.len());
        for leaves in path {
            roots.push(self.root(leaves).await?.to_string());
        }
        Ok(roots)
    }

    async fn root(&mut self, leaves: Range<u64>) -> Result<Hash, StoreError> {
        tree_root(self.snapshot.as_mut(), leaves).await
    }
}

/// The root of the tree over some entries of the log, by their indexes from 0.
///
/// # Errors
///
/// The store cannot be read, or does not have all of them.
pub async fn tree_root(
    snapshot: &mut dyn Snapshot,
    leaves: Range<u64>,
) -> Result<Hash, StoreError> {
    let mut hashes = Vec::new();
    for row in tree::rows(&leaves) {
        let found = snapshot.tree_row(&row).await?;
        if found.len() as u64 != row.numbers.end - row.numbers.start {
            let what = format!("the tree over the log has a gap at level {}", row.level);
            return Err(StoreError::data(what));
        }
        hashes.push(found);
    }
    Ok(tree::root(&hashes))
}
