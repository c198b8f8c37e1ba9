//! Export and import: the whole log as lines of JSON, for backups and to move to another database.
//!
//! The file has what the chain covers, to the byte, and the refusals. The current tables follow from
//! the history. Import checks the chain on the way, so a file that was altered is not taken.

mod export;
mod import;
mod keys;
#[cfg(test)]
mod tests;

pub use export::{ExportError, Exported, export};
pub use import::{Imported, Trouble, import};

use domain::Kind;
use domain::log::{Entry, Hash, Head, HistoryRow, PastEpoch, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of the form of the file. The first had no keys, the second no past epochs.
const FORM: u32 = 3;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first line.
    PlimsollLog {
        form: u32,
        /// Where the log ended.
        head: Head,
        /// The names that the log had before.
        #[serde(default)]
        past_epochs: Vec<PastEpoch>,
    },
    /// The key of the personal fields of something, in hexadecimal. With it, who has the file can
    /// read them, also after they were erased in the database.
    Key {
        kind: Kind,
        id: Uuid,
        key: String,
    },
    Entry {
        entry: Box<Entry>,
        /// The history rows that it created.
        history: Vec<HistoryRow>,
    },
    Refusal(Box<Refusal>),
    /// The last line: the file is complete.
    End {
        entries: u64,
        refusals: u64,
        hash: Hash,
    },
}
