//! Attacks: one caller, or strangers, try to take the server from everybody else. Each attack states
//! what it may cost the server and what a bystander must still get, and fails if it costs more.

mod bystander;
mod measured;
mod queue;
mod refusals;
mod sockets;
mod strangers;
mod table;
mod unread;

pub use table::table;

use super::On::{self, MariaDb, Sqlite};
use bystander::Times;
use std::path::Path;
use std::time::Duration;

/// Within this time everything must work again, though nobody closes a socket.
const RECOVERED_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
enum Attack {
    /// Sockets that send requests and read nothing, from this number of addresses.
    SilentSockets(u8),
    /// Large inputs that are refused.
    Refusals(On),
    /// Batches beside single operations.
    Batches(On),
    /// Long lists beside short reads.
    Lists(On),
    /// Batches, files and event streams that are not read.
    UnreadAnswers,
    /// Uploads and forms that are not finished.
    Unfinished,
    /// Sign-in pages of a database with many users.
    SignInPages,
}

const ATTACKS: [(Attack, &str); 11] = [
    (
        Attack::SilentSockets(1),
        "attack: 2,100 sockets that read nothing, from one address",
    ),
    (
        Attack::SilentSockets(5),
        "attack: 2,100 sockets that read nothing, from five addresses",
    ),
    (
        Attack::Refusals(Sqlite),
        "attack: refused inputs of 160 KB, SQLite",
    ),
    (
        Attack::Refusals(MariaDb),
        "attack: refused inputs of 160 KB, MariaDB",
    ),
    (
        Attack::Batches(Sqlite),
        "attack: six batches of 10,000 lines, SQLite",
    ),
    (
        Attack::Batches(MariaDb),
        "attack: six batches of 10,000 lines, MariaDB",
    ),
    (
        Attack::Lists(Sqlite),
        "attack: sixteen long lists at a time, SQLite",
    ),
    (
        Attack::Lists(MariaDb),
        "attack: sixteen long lists at a time, MariaDB",
    ),
    (
        Attack::UnreadAnswers,
        "attack: 40 batches, 40 files and 40 event streams that are not read",
    ),
    (
        Attack::Unfinished,
        "attack: 40 uploads and 600 forms that are not finished",
    ),
    (
        Attack::SignInPages,
        "attack: sign-in pages with 20,000 users",
    ),
];

/// What SQLite's write-ahead log may grow to while reads always overlap, in MB.
const LOG_MB: u64 = 96;

/// What an attack may cost, in MB.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most memory of the server's process at any time.
    memory_mb: u64,
    /// The most memory that the system takes for connections at any time, with those of the attackers.
    system_mb: u64,
    /// The growth of the database.
    disk_mb: u64,
}

/// What a bystander saw before and during an attack.
#[derive(Debug)]
pub struct Seen {
    what: &'static str,
    quiet: Times,
    attacked: Times,
}

/// What an attack did.
#[derive(Debug)]
pub struct Attacked {
    name: &'static str,
    bounds: Bounds,
    memory_before_mb: u64,
    memory_peak_mb: u64,
    system_peak_mb: u64,
    disk_mb: u64,
    seen: Vec<Seen>,
    /// Further figures, as text.
    further: Vec<String>,
    /// The bounds that it broke.
    pub broken: Vec<String>,
}

impl Attack {
    async fn run(self) -> Attacked {
        match self {
            Self::SilentSockets(addresses) => sockets::silent(addresses).await,
            Self::Refusals(on) => refusals::refused(on).await,
            Self::Batches(on) => queue::batches(on).await,
            Self::Lists(on) => queue::lists(on).await,
            Self::UnreadAnswers => unread::answers().await,
            Self::Unfinished => strangers::unfinished().await,
            Self::SignInPages => strangers::sign_in_pages().await,
        }
    }
}

/// Runs the attacks whose names contain the text. With another build, broken bounds are only
/// reported.
pub async fn run(only: &str, other: Option<&Path>) -> Vec<Attacked> {
    let mut all = Vec::new();
    super::support::server::start_from(other);
    for (attack, name) in ATTACKS {
        if !name.contains(only) {
            continue;
        }
        let attacked = Attacked {
            name,
            ..attack.run().await
        };
        println!("{name}: {attacked:?}");
        all.push(attacked);
    }
    super::support::server::start_from(None);
    all
}
