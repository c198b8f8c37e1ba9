//! Limits on guessing passwords.
//!
//! A stranger is limited by address, and by account whatever the address. A device on which somebody
//! has signed in to the account before has tries of its own, so strangers cannot lock people out.
//! Only wrong guesses count.
//!
//! The secret of a link cannot be guessed, so attempts at links are limited only by address: others
//! cannot delay a user who has the right link.

use crate::limits::{
    ACCOUNT_DELAY_MAX, ACCOUNT_FORGOTTEN_AFTER, ACCOUNT_TRIES, ACCOUNTS_MAX, ADDRESS_TRIES,
    ADDRESS_TRY_INTERVAL, SIGN_IN_TRIES, SIGN_IN_TRY_INTERVAL,
};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

/// Who guesses at the password of which account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Guesser {
    /// Somebody at an address, or one household.
    Stranger { from: IpAddr, account: String },
    /// A device, by its mark.
    Device(String),
    /// Somebody at an address, or one household, who opens a link with a secret.
    Link { from: IpAddr },
    /// A person who has a session of the account.
    SignedIn { account: String },
}

/// The attempts of late.
#[derive(Debug)]
pub(crate) struct Attempts {
    each: Allowance<Guesser>,
    addresses: Allowance<IpAddr>,
    accounts: Delays,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            each: Allowance::new(SIGN_IN_TRIES, SIGN_IN_TRY_INTERVAL),
            addresses: Allowance::new(ADDRESS_TRIES, ADDRESS_TRY_INTERVAL),
            accounts: Delays::default(),
        }
    }
}

impl Attempts {
    /// Counts an attempt. If there were too many, the error is the time to wait.
    pub(crate) fn take(&self, guesser: &Guesser, now: Instant) -> Result<(), Duration> {
        if let Guesser::Stranger { from, .. } | Guesser::Link { from } = guesser {
            self.addresses.take(from, now)?;
        }
        self.each.take(guesser, now)?;
        if let Guesser::Stranger { account, .. } = guesser
            && let Err(wait) = self.accounts.take(account, now)
        {
            self.each.give_back(guesser);
            return Err(wait);
        }
        Ok(())
    }

    /// Takes back an attempt with the right password.
    pub(crate) fn give_back(&self, guesser: &Guesser) {
        self.each.give_back(guesser);
        if let Guesser::Stranger { from, .. } | Guesser::Link { from } = guesser {
            self.addresses.give_back(from);
        }
        if let Guesser::Stranger { account, .. } = guesser {
            self.accounts.give_back(account);
        }
    }

    /// Forgets attempts that no longer count.
    pub(crate) fn tidy(&self, now: Instant) {
        self.each.tidy(now);
        self.addresses.tidy(now);
        self.accounts.tidy(now);
    }
}

/// Some attempts at once, then one per interval.
#[derive(Debug)]
struct Allowance<K> {
    interval: Duration,
    /// The time that all attempts at once take up.
    burst: Duration,
    /// When all attempts are available again.
    full_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash + Clone> Allowance<K> {
    fn new(tries: u32, interval: Duration) -> Self {
        Self {
            interval,
            burst: interval * tries,
            full_at: Mutex::default(),
        }
    }

    fn take(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut full_at = locked(&self.full_at);
        let own = full_at.entry(key.clone()).or_insert(now);
        let next = now.max(*own) + self.interval;
        let wait = next.saturating_duration_since(now + self.burst);
        if !wait.is_zero() {
            return Err(wait);
        }
        *own = next;
        Ok(())
    }

    fn give_back(&self, key: &K) {
        if let Some(own) = locked(&self.full_at).get_mut(key) {
            *own -= self.interval;
        }
    }

    fn tidy(&self, now: Instant) {
        locked(&self.full_at).retain(|_, full_at| *full_at > now);
    }
}

/// Delays that double with every wrong guess of strangers at an account.
#[derive(Debug, Default)]
struct Delays(Mutex<HashMap<String, Guesses>>);

#[derive(Debug, Clone, Copy)]
struct Guesses {
    count: u32,
    last: Instant,
}

impl Guesses {
    fn delay(self) -> Duration {
        match self.count.checked_sub(ACCOUNT_TRIES) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(20)).min(ACCOUNT_DELAY_MAX),
        }
    }
}

impl Delays {
    fn take(&self, account: &str, now: Instant) -> Result<(), Duration> {
        let mut accounts = locked(&self.0);
        if accounts.len() >= ACCOUNTS_MAX {
            accounts.retain(|_, own| own.count > ACCOUNT_TRIES);
        }
        let first = Guesses {
            count: 0,
            last: now,
        };
        let own = accounts.entry(account.to_owned()).or_insert(first);
        let wait = (own.last + own.delay()).saturating_duration_since(now);
        if !wait.is_zero() {
            return Err(wait);
        }
        (own.count, own.last) = (own.count.saturating_add(1), now);
        Ok(())
    }

    fn give_back(&self, account: &str) {
        if let Some(own) = locked(&self.0).get_mut(account) {
            own.count = own.count.saturating_sub(1);
        }
    }

    fn tidy(&self, now: Instant) {
        let is_recent =
            |own: &Guesses| now.saturating_duration_since(own.last) < ACCOUNT_FORGOTTEN_AFTER;
        locked(&self.0).retain(|_, own| is_recent(own));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder of this lock panics")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(n: u8, account: &str) -> Guesser {
        Guesser::Stranger {
            from: IpAddr::from([192, 0, 2, n]),
            account: account.to_owned(),
        }
    }

    #[test]
    fn attempts_are_limited_per_name_and_address() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let may = |guesser: &Guesser, now| attempts.take(guesser, now).is_ok();
        for _ in 0..SIGN_IN_TRIES {
            assert!(may(&stranger(1, "anna"), now));
        }
        let wait = attempts.take(&stranger(1, "anna"), now).unwrap_err();
        assert_eq!(wait, SIGN_IN_TRY_INTERVAL);
        assert!(may(&stranger(1, "ben"), now) && may(&stranger(2, "anna"), now));
        assert!(may(&stranger(1, "anna"), now + wait));
        attempts.tidy(now + ACCOUNT_FORGOTTEN_AFTER);
        assert!(locked(&attempts.each.full_at).is_empty());
    }

    #[test]
    fn attempts_are_limited_per_address_over_all_names() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for n in 0..ADDRESS_TRIES {
            assert_eq!(attempts.take(&stranger(1, &format!("u{n}")), now), Ok(()));
        }
        assert!(attempts.take(&stranger(1, "anna"), now).is_err());
        assert_eq!(attempts.take(&stranger(2, "anna"), now), Ok(()));
    }

    #[test]
    fn links_are_limited_per_address() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let [one, other] = [1, 2].map(|n| Guesser::Link {
            from: IpAddr::from([192, 0, 2, n]),
        });
        for _ in 0..SIGN_IN_TRIES {
            assert_eq!(attempts.take(&one, now), Ok(()));
        }
        assert_eq!(attempts.take(&one, now), Err(SIGN_IN_TRY_INTERVAL));
        assert_eq!(attempts.take(&other, now), Ok(()));
        assert_eq!(attempts.take(&stranger(1, "anna"), now), Ok(()));
    }

    #[test]
    fn guesses_at_one_account_from_many_addresses_wait_longer_and_longer() {
        let (attempts, mut now) = (Attempts::default(), Instant::now());
        let begin = now;
        let mut checked = 0;
        for n in 0..=255 {
            if let Err(wait) = attempts.take(&stranger(n, "anna"), now) {
                now += wait;
            } else {
                checked += 1;
            }
        }
        let took = now - begin;
        assert!(took > ACCOUNT_DELAY_MAX * 50, "{checked} in {took:?}");
        // Neither another account nor a device that is known waits.
        assert_eq!(attempts.take(&stranger(1, "ben"), now), Ok(()));
        let device = Guesser::Device("mark".to_owned());
        assert_eq!(attempts.take(&device, now), Ok(()));
    }

    #[test]
    fn the_right_password_uses_up_nothing() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let device = Guesser::Device("mark".to_owned());
        let from = IpAddr::from([192, 0, 2, 1]);
        for guesser in [stranger(1, "anna"), device, Guesser::Link { from }] {
            for _ in 0..ADDRESS_TRIES * 2 {
                assert_eq!(attempts.take(&guesser, now), Ok(()), "{guesser:?}");
                attempts.give_back(&guesser);
            }
        }
    }
}
