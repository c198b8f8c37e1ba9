//! The consumer aggregate.
//!
//! What operations decide about a consumer is in its state. How far it has come is reported far more
//! often than anything else happens, so it stands beside the log, as [`Progress`].

use super::ConsumerName;
use super::events::{
    ConsumerPaused, ConsumerRegistered, ConsumerRemoved, ConsumerReset, ConsumerResumed,
    ConsumerSkipped,
};
use super::rules::{ConsumersMustBeFew, PositionMustBeInTheLog};
use crate::access::UserName;
use crate::identifier::{id_of, natural_key, uuid_id};
use crate::limits::{
    CONSUMER_DESCRIPTION_CHARS_MAX, CONSUMERS_EACH_MAX, CONSUMERS_MAX, REASON_CHARS_MAX,
};
use crate::log::Progress;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The id of a consumer.
    ConsumerId
}

id_of!(ConsumerId of Consumer);

natural_key!(ConsumerName of Consumer);

/// The only group of consumers. There are so few that none is needed to find them, but a replay needs
/// one to count those of the past.
pub(super) const EVERYONE: &str = "all";

/// What stands before the name of a consumer where it reports its progress.
const FOLLOWER: &str = "consumer:";

/// The groups of a consumer.
#[must_use]
pub fn everyone(_: &Consumer) -> Vec<String> {
    vec![EVERYONE.to_owned()]
}

/// A program that follows the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consumer {
    pub id: ConsumerId,
    /// The name. It never changes.
    pub name: ConsumerName,
    /// The user who registered it.
    pub owner: UserName,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<CONSUMER_DESCRIPTION_CHARS_MAX>>,
    pub status: ConsumerStatus,
    /// The position after which it starts, or was told to start again.
    pub start: u64,
    /// The position up to which it takes no entries, if somebody decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_to: Option<u64>,
    /// Raised whenever `start` is set. What was confirmed in an earlier generation no longer counts.
    pub generation: u64,
}

/// Whether a consumer may confirm positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsumerStatus {
    Active,
    /// Confirms nothing until it is resumed.
    Paused,
    /// No longer follows the log. The name is free.
    Removed,
}

impl ConsumerStatus {
    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Paused => "PAUSED",
            Self::Removed => "REMOVED",
        }
    }
}

/// Checks `PositionMustBeInTheLog`.
fn must_be_in_the_log(position: u64, head: u64) -> Result<(), Rejection> {
    require(position <= head, || PositionMustBeInTheLog {
        position,
        head,
    })
}

impl Consumer {
    /// Registers a consumer that starts after a position.
    ///
    /// # Errors
    ///
    /// `PositionMustBeInTheLog`.
    pub fn register(
        id: ConsumerId,
        name: ConsumerName,
        owner: UserName,
        description: Option<Text<CONSUMER_DESCRIPTION_CHARS_MAX>>,
        start: u64,
        head: u64,
    ) -> Result<(Self, ConsumerRegistered), Rejection> {
        must_be_in_the_log(start, head)?;
        let event = ConsumerRegistered {
            consumer: name.clone(),
            position: start,
        };
        let consumer = Self {
            id,
            name,
            owner,
            description,
            status: ConsumerStatus::Active,
            start,
            skipped_to: None,
            generation: 1,
        };
        Ok((consumer, event))
    }

    /// Checks `ConsumersMustBeFew` before a user registers one more.
    ///
    /// # Errors
    ///
    /// `ConsumersMustBeFew`.
    pub fn must_be_few<'a>(
        registered: impl IntoIterator<Item = &'a Self>,
        owner: &UserName,
    ) -> Result<(), Rejection> {
        let (mut own, mut all) = (0, 0);
        for consumer in registered {
            all += 1;
            own += u64::from(consumer.owner == *owner);
        }
        require(own < CONSUMERS_EACH_MAX, || ConsumersMustBeFew::OfOneUser {
            owner: owner.clone(),
            most: CONSUMERS_EACH_MAX,
        })?;
        require(all < CONSUMERS_MAX, || ConsumersMustBeFew::OfAllUsers {
            most: CONSUMERS_MAX,
        })
    }

    /// The same consumer registered anew, after it was removed.
    #[must_use]
    pub fn replacing(self, removed: &Self) -> Self {
        Self {
            id: removed.id,
            generation: removed.generation + 1,
            ..self
        }
    }

    /// Removes it. Returns `None` if it is removed.
    #[must_use]
    pub fn remove(
        mut self,
        reason: Option<Text<REASON_CHARS_MAX>>,
    ) -> Option<(Self, ConsumerRemoved)> {
        let consumer = self.name.clone();
        let was_registered = self.is_registered();
        self.status = ConsumerStatus::Removed;
        was_registered.then_some((self, ConsumerRemoved { consumer, reason }))
    }

    /// Pauses it. Returns `None` if it is not active.
    #[must_use]
    pub fn pause(
        mut self,
        reason: Option<Text<REASON_CHARS_MAX>>,
    ) -> Option<(Self, ConsumerPaused)> {
        let consumer = self.name.clone();
        let was_active = self.status == ConsumerStatus::Active;
        self.status = ConsumerStatus::Paused;
        was_active.then_some((self, ConsumerPaused { consumer, reason }))
    }

    /// Resumes it. Returns `None` if it is not paused.
    #[must_use]
    pub fn resume(mut self) -> Option<(Self, ConsumerResumed)> {
        let consumer = self.name.clone();
        let was_paused = self.status == ConsumerStatus::Paused;
        self.status = ConsumerStatus::Active;
        was_paused.then_some((self, ConsumerResumed { consumer }))
    }

    /// Sets it to a position, back or forward. What it confirmed before no longer counts.
    ///
    /// # Errors
    ///
    /// `PositionMustBeInTheLog`.
    pub fn reset(
        mut self,
        position: u64,
        head: u64,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<(Self, ConsumerReset), Rejection> {
        must_be_in_the_log(position, head)?;
        self.start = position;
        self.skipped_to = None;
        self.generation += 1;
        let consumer = self.name.clone();
        let event = ConsumerReset {
            consumer,
            position,
            reason,
        };
        Ok((self, event))
    }

    /// Skips the entries up to a position. Returns `None` if they are skipped already. A
    /// consumer that is further stays where it is.
    ///
    /// # Errors
    ///
    /// `PositionMustBeInTheLog`.
    pub fn skip(
        mut self,
        position: u64,
        head: u64,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<Option<(Self, ConsumerSkipped)>, Rejection> {
        must_be_in_the_log(position, head)?;
        if position <= self.start.max(self.skipped_to.unwrap_or(0)) {
            return Ok(None);
        }
        self.skipped_to = Some(position);
        let consumer = self.name.clone();
        let event = ConsumerSkipped {
            consumer,
            position,
            reason,
        };
        Ok(Some((self, event)))
    }

    /// Whether it has not been removed.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.status != ConsumerStatus::Removed
    }

    /// The name under which it reports its progress.
    #[must_use]
    pub fn follower(&self) -> String {
        format!("{FOLLOWER}{}", self.name)
    }

    /// The name of the consumer that reports its progress under this name.
    #[must_use]
    pub fn of_follower(follower: &str) -> Option<&str> {
        follower.strip_prefix(FOLLOWER)
    }

    /// What it has reported since it was last set to a position.
    #[must_use]
    pub fn current<'a>(&self, reported: Option<&'a Progress>) -> Option<&'a Progress> {
        reported.filter(|reported| reported.generation == self.generation)
    }

    /// The position up to which it has handled or skipped everything.
    #[must_use]
    pub fn position(&self, reported: Option<&Progress>) -> u64 {
        let reported = self.current(reported);
        let own = reported.map_or(self.start, |reported| reported.at.position);
        own.max(self.skipped_to.unwrap_or(0))
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.name.as_str())
    }
}
