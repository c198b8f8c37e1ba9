//! Every limit of the server on what it receives and how long things take.

use std::time::Duration;

/// The largest input of an operation, in bytes.
pub const INPUT_BYTES_MAX: usize = 1 << 20;
/// The largest form of somebody who is not signed in, in bytes. It may contain a form of up to 64 KiB
/// that was typed before the session ended.
pub const STRANGERS_FORM_BYTES_MAX: usize = 256 << 10;
/// The largest body of a batch, in bytes.
pub const BATCH_BYTES_MAX: usize = 16 << 20;
/// The largest file of handling events, in bytes. About 60,000 rows.
pub const IMPORT_BYTES_MAX: usize = 4 << 20;
/// The number of files received at a time.
pub const UPLOADS_MAX: usize = 16;
/// The number of files of one caller received at a time.
pub const UPLOADS_EACH_MAX: usize = 1;
/// The number of files of handling events imported at a time.
pub const IMPORTS_MAX: usize = 2;
/// The number of lists written as CSV at a time. Fewer than the read connections.
pub const EXPORTS_MAX: usize = 2;
/// The number of CSV files of one caller that are written or sent at a time.
pub const EXPORTS_EACH_MAX: usize = 1;
/// The number of batches of one caller received, applied and answered at a time.
pub const BATCHES_EACH_MAX: usize = 4;
/// The number of confirmations of one caller that wait at a time.
pub const CONFIRMATIONS_EACH_MAX: usize = 4;
/// The largest body of a confirmation, in bytes.
pub const CONFIRMATION_BYTES_MAX: usize = 16 << 10;
/// How long a request waits for one of these slots.
pub const PLACE_TIMEOUT: Duration = Duration::from_secs(20);
/// How many bytes of an oversized body are read before the answer.
pub const DISCARDED_BYTES_MAX: usize = 64 << 20;
/// The total size of batch bodies held at a time, in bytes, until their last line is answered.
pub const BATCH_BODIES_BYTES_MAX: usize = 128 << 20;
/// The maximum number of operations in a batch.
pub const BATCH_LINES_MAX: usize = 10_000;
/// The maximum number of operations in the queue at a time from all batches of one caller.
pub const BATCH_IN_FLIGHT_MAX: usize = 1_024;
/// The longest cursor of a list, in characters.
pub const CURSOR_CHARS_MAX: usize = 500;
/// The longest query string, in bytes.
pub const QUERY_BYTES_MAX: usize = 4_096;

/// How long a new connection may take to send the headers of its first request.
pub const HEADERS_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection stays open for the next request. Load balancers use 60 s and must close
/// their connections first.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// The longest wait for the next piece of a body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The slowest average rate of a body, in bytes per second, so that nobody holds a slot by sending
/// single bytes.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 1_024;
/// The longest wait for the next piece of the body of a batch or file.
pub const BATCH_BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time for a read.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time from the last piece of a request to its answer. Longer than the pipeline's own
/// retries.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest wait for a position that is not visible yet.
pub const MIN_POSITION_TIMEOUT: Duration = Duration::from_secs(2);
/// How often to check whether the position is visible.
pub const MIN_POSITION_PAUSE: Duration = Duration::from_millis(20);
/// The longest wait for open requests when stopping.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for the queue when stopping.
pub const QUEUE_TIMEOUT: Duration = Duration::from_secs(30);
/// A write transaction older than this means that the pipeline is stuck.
pub const STUCK_AFTER: Duration = Duration::from_secs(15);
/// How long the server reports not ready after the database refused a write transaction.
pub const REFUSING_FOR: Duration = Duration::from_secs(5);

/// The value of `Retry-After`, in seconds.
pub const RETRY_AFTER_SECONDS: u32 = 1;

/// How many sign-in attempts one address has for one name, at once.
pub const SIGN_IN_TRIES: u32 = 10;
/// How long until one more attempt is allowed.
pub const SIGN_IN_TRY_INTERVAL: Duration = Duration::from_secs(30);
/// How many sign-in attempts one address has in total, at once.
pub const ADDRESS_TRIES: u32 = 100;
/// How long until one more attempt is allowed.
pub const ADDRESS_TRY_INTERVAL: Duration = Duration::from_secs(1);
/// How many wrong guesses of strangers at one account, from all addresses, are free of delays.
pub const ACCOUNT_TRIES: u32 = 20;
/// The longest delay between further ones. It starts with a second and doubles with each.
pub const ACCOUNT_DELAY_MAX: Duration = Duration::from_secs(15 * 60);
/// How long after the last one they are forgotten.
pub const ACCOUNT_FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The number of accounts whose wrong guesses are counted.
pub const ACCOUNTS_MAX: usize = 65_536;
/// The number of accounts that one device is known for.
pub const DEVICE_ACCOUNTS_MAX: usize = 8;
/// How long a device is known after a sign-in, in days.
pub const DEVICE_DAYS: i64 = 180;
/// How many tracking requests one address has, at once. Far fewer than it would take to guess
/// tracking ids.
pub const TRACKINGS: u32 = 30;
/// How long until one more tracking request is allowed.
pub const TRACKING_INTERVAL: Duration = Duration::from_secs(2);
/// How long a tracking answer may be cached, in seconds.
pub const TRACKING_KEPT_SECONDS: u32 = 15;
/// The number of passwords checked at a time. Each check takes 19 MiB and tens of milliseconds of
/// CPU.
pub const CHECKING_AT_ONCE: usize = 2;
/// The longest wait for a slot to check a password.
pub const CHECKING_WAIT: Duration = Duration::from_secs(5);
/// The number of slow inputs, such as new passwords, prepared at a time.
pub const PREPARING_AT_ONCE: usize = 1;

/// The default maximum of open connections. Further ones get only health checks answered.
pub const CONNECTIONS_MAX: usize = 2_048;
/// The default maximum of open connections of one client: an IPv4 address or an IPv6 /64.
pub const CONNECTIONS_EACH_MAX: usize = 512;
/// The number of connections kept for health checks.
pub const CONNECTIONS_RESERVED: usize = 16;
/// How long a connection kept for health checks lasts.
pub const RESERVED_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest time without progress in sending an answer. Then the connection ends.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// The memory that a connection may use for received requests and, again, for answers that the
/// client has not read, in bytes.
pub const CONNECTION_BUFFER_BYTES: usize = 64 << 10;
/// The maximum number of headers of a request.
pub const REQUEST_HEADERS_MAX: usize = 100;
/// How long the rest of a request that cannot be read is received, so that its client gets the answer.
pub const UNREADABLE_TIMEOUT: Duration = Duration::from_secs(5);
/// What the operating system may keep of a connection for received requests and, again, for answers
/// that the client has not read, in bytes. Linux takes twice as much for its own records.
pub const CONNECTION_SYSTEM_BYTES: u32 = 64 << 10;
/// The number of tokens cached as valid, so that a call needs no read of its own.
pub const KNOWN_TOKENS: u64 = 8_192;
/// How long a token is cached at most.
pub const KNOWN_TOKENS_AGE: Duration = Duration::from_secs(5);

/// The time between two heartbeats of an idle event stream.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How often an idle stream checks whether its reader may still read.
pub const EVENTS_CHECK_INTERVAL: Duration = Duration::from_secs(10);
/// For how many days refusals are kept one by one by default.
pub const KEEP_REFUSALS_DAYS: u32 = 90;
