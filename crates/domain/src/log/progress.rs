//! [`Progress`]: how far a reader outside this system has come.

use super::Bookmark;
use crate::limits::REPORTED_ERROR_CHARS_MAX;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::text::Text;
use uuid::Uuid;

/// How far a reader outside this system has come, as it last reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The number of times that its place was set by others when it reported.
    pub generation: u64,
    /// The last entry that it has handled.
    pub at: Bookmark,
    /// The id of the log at that time.
    pub epoch: Uuid,
    /// When it last reported.
    pub seen_at: Moment,
    pub error: Option<ReportedError>,
    /// Why a later report was refused. The next one that is taken clears it.
    pub refused: Option<RefusedReport>,
}

/// A report that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedReport {
    pub rejection: Rejection,
    pub at: Moment,
}

/// What keeps a reader from going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedError {
    pub text: Text<REPORTED_ERROR_CHARS_MAX>,
    /// When it reported this.
    pub at: Moment,
}
