//! How much may wait, and how much is decided at once.

/// Limits on the queue and on batches.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The maximum number of waiting calls. Then the caller with the most of them gives way.
    pub queue: usize,
    /// The maximum total size of waiting calls, in bytes.
    pub queue_bytes: usize,
    /// The maximum number of calls in a batch. 1 gives each operation its own transaction.
    pub batch: usize,
    /// The maximum size of a batch in bytes, well below the database's limit for one statement.
    pub batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 4_096,
            queue_bytes: 64 << 20,
            batch: 512,
            batch_bytes: 4 << 20,
        }
    }
}
