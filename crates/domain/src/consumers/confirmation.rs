//! What a consumer confirms, and whether it may.

use super::rules::{
    ConsumerMayNotGoBack, ConsumerMustBeKnown, ConsumerMustNotBePaused, HistoryForked,
};
use super::{Consumer, ConsumerStatus};
use crate::limits::REPORTED_ERROR_CHARS_MAX;
use crate::log::{Bookmark, Hash, Progress, RefusedReport, ReportedError};
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The statement of a consumer that it has handled everything up to a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub position: u64,
    /// The hash of the entry at the position, or zeros before the first. Only its delivery reveals it, so
    /// it is the receipt.
    pub hash: Hash,
    /// What keeps the consumer from going on.
    pub error: Option<Text<REPORTED_ERROR_CHARS_MAX>>,
}

/// The log, as far as a confirmation depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAround {
    pub epoch: Uuid,
    /// The position of the last entry.
    pub head: u64,
    /// The hashes of the entries at the positions in question.
    pub hashes: BTreeMap<u64, Hash>,
}

impl LogAround {
    /// The hash at a position. Before the first entry it is zero.
    #[must_use]
    pub fn hash(&self, position: u64) -> Option<Hash> {
        match position {
            0 => Some(Hash::ZERO),
            position => self.hashes.get(&position).copied(),
        }
    }

    /// Whether the log still has what a reader has noted.
    #[must_use]
    pub fn has(&self, noted: Bookmark) -> bool {
        self.hash(noted.position) == Some(noted.hash)
    }
}

impl Consumer {
    /// The progress of this consumer after a confirmation. Confirming a position again is allowed.
    /// `reported` is its last report, of any generation.
    ///
    /// # Errors
    ///
    /// `ConsumerMustBeKnown`, `ConsumerMustNotBePaused`, `HistoryForked` or `ConsumerMayNotGoBack`.
    pub fn confirm(
        &self,
        reported: Option<&Progress>,
        confirmation: &Confirmation,
        log: &LogAround,
        now: Moment,
    ) -> Result<Progress, Rejection> {
        let consumer = || self.name.clone();
        require(self.is_registered(), || ConsumerMustBeKnown {
            consumer: consumer(),
        })?;
        require(self.status != ConsumerStatus::Paused, || {
            ConsumerMustNotBePaused {
                consumer: consumer(),
            }
        })?;
        let hash = self.same_history(reported, confirmation, log)?;
        let (position, confirmed) = (confirmation.position, self.position(reported));
        require(position >= confirmed, || ConsumerMayNotGoBack {
            consumer: consumer(),
            position,
            confirmed,
        })?;
        let error = confirmation.error.clone();
        let error = error.map(|text| ReportedError { text, at: now });
        // Without progress, the last error still holds.
        let earlier = self.current(reported).and_then(|own| own.error.clone());
        let earlier = earlier.filter(|_| position == confirmed);
        Ok(Progress {
            generation: self.generation,
            at: Bookmark { position, hash },
            epoch: log.epoch,
            seen_at: now,
            error: error.or(earlier),
            refused: None,
        })
    }

    /// The progress of this consumer after a confirmation was refused: it stays where it is, and the
    /// reason is noted. `None` if it has been removed, or if the log no longer has the entry at which
    /// it starts.
    #[must_use]
    pub fn refused(
        &self,
        reported: Option<&Progress>,
        rejection: &Rejection,
        log: &LogAround,
        now: Moment,
    ) -> Option<Progress> {
        if !self.is_registered() {
            return None;
        }
        let rejection = rejection.clone();
        let refused = Some(RefusedReport { rejection, at: now });
        let own = self.current(reported).cloned();
        if let Some(own) = own {
            return Some(Progress {
                seen_at: now,
                refused,
                ..own
            });
        }
        Some(Progress {
            generation: self.generation,
            at: Bookmark {
                position: self.start,
                hash: log.hash(self.start)?,
            },
            epoch: log.epoch,
            seen_at: now,
            error: None,
            refused,
        })
    }

    /// Whether the log no longer has the entry up to which this consumer has reported, as the server
    /// noted it.
    #[must_use]
    pub fn is_forked(&self, reported: Option<&Progress>, log: &LogAround) -> bool {
        let noted = self.current(reported);
        noted.is_some_and(|noted| !log.has(noted.at))
    }

    /// Checks `HistoryForked`, and returns the hash at the confirmed position. A hash that matches
    /// proves that everything before it is the same, in a log with whatever epoch.
    fn same_history(
        &self,
        reported: Option<&Progress>,
        confirmation: &Confirmation,
        log: &LogAround,
    ) -> Result<Hash, Rejection> {
        let consumer = || self.name.clone();
        let (position, head, epoch) = (confirmation.position, log.head, log.epoch);
        let Some(hash) = log.hash(position).filter(|_| position <= head) else {
            return Err(Rejection::from(HistoryForked::AheadOfTheLog {
                consumer: consumer(),
                position,
                head,
                epoch,
            }));
        };
        require(
            confirmation.hash == hash && !self.is_forked(reported, log),
            || HistoryForked::AnotherEntry {
                consumer: consumer(),
                position,
                head,
                epoch,
            },
        )?;
        Ok(hash)
    }
}
