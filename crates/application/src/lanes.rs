//! Lanes: which requests share one caller's part of the queue and of the read connections.

use crate::caller::Caller;
use domain::access::{TokenHash, UserName};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The number of tokens whose user is remembered, and of callers whose places are.
const REMEMBERED_MAX: usize = 8_192;

/// Who counts as one caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lane {
    /// All tokens and sessions of a user.
    User(UserName),
    /// The holder of a token whose user is not known yet.
    Token(TokenHash),
    /// A part of the system.
    System(&'static str),
}

impl From<&Caller> for Lane {
    fn from(caller: &Caller) -> Self {
        match caller {
            Caller::Token(hash) | Caller::Session(hash) => Self::Token(hash.clone()),
            Caller::System(part) => Self::System(part),
        }
    }
}

/// The users of tokens seen lately. A token never changes its user, so this needs no refresh.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<TokenHash, UserName>>);

impl Lanes {
    pub(crate) fn of(&self, caller: &Caller) -> Lane {
        if let Some(hash) = caller.secret()
            && let Some(user) = self.users().get(hash)
        {
            return Lane::User(user.clone());
        }
        Lane::from(caller)
    }

    pub(crate) fn remember(&self, hash: &TokenHash, user: &UserName) {
        let mut users = self.users();
        if users.len() >= REMEMBERED_MAX && !users.contains_key(hash) {
            users.clear();
        }
        users.insert(hash.clone(), user.clone());
    }

    fn users(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, UserName>> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

/// A limit per caller. A caller at its limit waits for its own requests, not for those of others.
#[derive(Debug)]
pub struct Places {
    each: usize,
    lanes: Mutex<HashMap<Lane, Arc<Semaphore>>>,
}

/// A held place. Dropping it gives it back.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// Places of which each caller may hold this many at a time.
    #[must_use]
    pub fn new(each: usize) -> Self {
        Self {
            each,
            lanes: Mutex::default(),
        }
    }

    /// Waits for one of this caller's places.
    pub async fn take(&self, lane: Lane) -> Place {
        let permit = self.of(lane).acquire_owned().await;
        Place {
            _permit: permit.expect("the semaphore is never closed"),
        }
    }

    fn of(&self, lane: Lane) -> Arc<Semaphore> {
        let mut lanes = self.lanes.lock().expect("no holder of this lock panics");
        if lanes.len() >= REMEMBERED_MAX {
            lanes.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let places = lanes
            .entry(lane)
            .or_insert_with(|| Arc::new(Semaphore::new(self.each)));
        Arc::clone(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn a_caller_with_all_its_places_keeps_nobody_else_waiting() {
        let places = Places::new(2);
        let take = |part| places.take(Lane::System(part)).now_or_never();
        let held = [take("a"), take("a")];
        assert!(held.iter().all(Option::is_some));
        assert!(take("a").is_none());
        assert!(take("b").is_some());
        drop(held);
        assert!(take("a").is_some());
    }

    #[test]
    fn the_tokens_of_a_user_share_a_lane_once_they_are_known() {
        let lanes = Lanes::default();
        let user: UserName = "clerk".parse().expect("a name");
        let [one, other] = ["one", "other"].map(TokenHash::of);
        assert_eq!(
            lanes.of(&Caller::Token(one.clone())),
            Lane::Token(one.clone())
        );
        lanes.remember(&one, &user);
        lanes.remember(&other, &user);
        for token in [one, other] {
            assert_eq!(lanes.of(&Caller::Token(token)), Lane::User(user.clone()));
        }
    }
}
