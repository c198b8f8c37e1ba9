//! Every limit of the server on what comes in and how long it takes, in one place.

use std::time::Duration;

/// Largest input of one operation, in bytes.
pub const INPUT_BYTES_MAX: usize = 1 << 20;
/// Largest body of a batch, in bytes.
pub const BATCH_BYTES_MAX: usize = 16 << 20;
/// Largest file of handling events, in bytes; some 60,000 rows.
pub const IMPORT_BYTES_MAX: usize = 4 << 20;
/// Files that are received at a time.
pub const UPLOADS_MAX: usize = 16;
/// Files of handling events that are taken at a time.
pub const IMPORTS_MAX: usize = 2;
/// Lists that are written as CSV at a time; fewer than the connections that read.
pub const EXPORTS_MAX: usize = 2;
/// How long somebody waits for a place among these.
pub const PLACE_TIMEOUT: Duration = Duration::from_secs(20);
/// Most bytes of a body that is too large that are read before the answer.
pub const DISCARDED_BYTES_MAX: usize = 64 << 20;
/// Most bytes of batch bodies held at a time, until their last line is answered.
pub const BATCH_BODIES_BYTES_MAX: usize = 128 << 20;
/// Most operations of one batch.
pub const BATCH_LINES_MAX: usize = 10_000;
/// Most operations of one batch that wait in the queue at a time, so that one caller leaves room
/// for others.
pub const BATCH_IN_FLIGHT_MAX: usize = 1_024;
/// Longest query string, in bytes.
pub const QUERY_BYTES_MAX: usize = 4_096;

/// Longest wait for the headers of the first request of a connection.
pub const HEADERS_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection is kept open for the next request: load balancers keep theirs for 60 s,
/// and must be the first to close them.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Longest wait for the next piece of a body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Slowest that a body may come on the whole, in bytes a second, so that nobody holds a place by
/// sending a byte now and then.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 1_024;
/// Longest wait for the next piece of a body of a batch or of a file.
pub const BATCH_BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time a read may take.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time from the last piece of a request until it is answered; longer than the pipeline's own
/// retries take.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest wait for a position that is not visible yet.
pub const MIN_POSITION_TIMEOUT: Duration = Duration::from_secs(2);
/// Between two looks whether it is.
pub const MIN_POSITION_PAUSE: Duration = Duration::from_millis(20);
/// Longest wait at the end for requests under way.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest wait at the end for the queue.
pub const QUEUE_TIMEOUT: Duration = Duration::from_secs(30);
/// A write transaction older than this means that the pipeline is stuck.
pub const STUCK_AFTER: Duration = Duration::from_secs(15);
/// How long the server says that it is not ready after the database took no write transaction.
pub const REFUSING_FOR: Duration = Duration::from_secs(5);

/// What a caller is told to wait before it tries again, in seconds.
pub const RETRY_AFTER_SECONDS: u32 = 1;

/// How often somebody may try to sign in with one name from one address at a stretch.
pub const SIGN_IN_TRIES: u32 = 10;
/// How long until one more try is allowed.
pub const SIGN_IN_TRY_INTERVAL: Duration = Duration::from_secs(30);
/// How often people of one address may try to sign in at a stretch, whatever the names.
pub const ADDRESS_TRIES: u32 = 100;
/// How long until one more of its tries is allowed.
pub const ADDRESS_TRY_INTERVAL: Duration = Duration::from_secs(1);
/// How often may be asked from one address where cargoes are, at a stretch.
/// Far below what it would take to find tracking ids by trying them.
pub const TRACKINGS: u32 = 30;
/// How long until one more is allowed.
pub const TRACKING_INTERVAL: Duration = Duration::from_secs(2);
/// How long an answer about where a cargo is may be kept by whoever got it, in seconds.
pub const TRACKING_KEPT_SECONDS: u32 = 15;
/// Passwords checked at a time: each takes 19 MiB and a processor for tens of milliseconds.
pub const CHECKING_AT_ONCE: usize = 2;
/// Longest wait for a place to have a password checked.
pub const CHECKING_WAIT: Duration = Duration::from_secs(5);
/// Slow inputs, as new passwords are, prepared at a time.
pub const PREPARING_AT_ONCE: usize = 1;

/// Most connections at a time, unless told otherwise; more wait until one closes.
pub const CONNECTIONS_MAX: usize = 2_048;
/// Tokens remembered as known, so that a call needs no read of its own.
pub const KNOWN_TOKENS: usize = 8_192;
/// How long they are remembered at most.
pub const KNOWN_TOKENS_AGE: Duration = Duration::from_secs(5);

/// Between two looks for new entries of the log, while anybody follows it.
pub const TAIL_PAUSE: Duration = Duration::from_millis(100);
/// Most entries of the log read at once by those who follow it.
pub const TAIL_CHUNK: u64 = 200;
/// Entries kept for those who follow; who falls further behind is dropped, and comes again.
pub const TAIL_KEPT: usize = 4_096;
/// Between two heartbeats of a silent event stream.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How long a stream may be silent before it is looked at again whether its reader may read.
pub const EVENTS_CHECK_INTERVAL: Duration = Duration::from_secs(10);
