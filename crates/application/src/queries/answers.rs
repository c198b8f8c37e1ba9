//! Questions to the store, and the shape of the answers.

use super::difference::FieldDifference;
use domain::Moment;
use serde::Serialize;
use utoipa::ToSchema;

/// The point of the past that a reader asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// After the entry at this position.
    Position(u64),
    /// After the last entry recorded by this time.
    Time(Moment),
}

/// The two times of a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// What was known at this point. Without it, what is known now.
    pub at: Option<At>,
    /// What had happened by this time. Without it, everything known.
    pub happened_by: Option<Moment>,
}

impl From<Option<At>> for When {
    fn from(at: Option<At>) -> Self {
        Self {
            at,
            happened_by: None,
        }
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// At or after this time.
    pub from: Option<Moment>,
    /// Before this time.
    pub until: Option<Moment>,
}

impl Period {
    /// Whether a time is in it.
    #[must_use]
    pub fn contains(&self, time: Moment) -> bool {
        self.from.is_none_or(|from| time >= from) && self.until.is_none_or(|until| time < until)
    }
}

/// A state that was found.
#[derive(Debug, Serialize)]
pub struct Found<V> {
    /// The version, for the ETag. `None` if the reader may not learn how often it has changed.
    pub version: Option<u64>,
    /// The state as the reader sees it.
    pub view: V,
    /// Whether the answer must not be cached, because it was asked as of a position or time that
    /// has not come yet, or by a customer, who may not learn whether it has.
    pub provisional: bool,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page. Null on the last page.
    pub next: Option<String>,
    /// The position at which this is true.
    pub position: u64,
}

/// A state that a resource had.
#[derive(Debug)]
pub struct VersionState<V> {
    pub version: u64,
    /// The position of the entry that created it.
    pub position: u64,
    /// When that entry was recorded.
    pub recorded_at: Moment,
    pub state: V,
}

/// One version of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView<V> {
    /// The version.
    pub version: u64,
    /// The position of the entry that created it.
    pub position: u64,
    /// When that entry was recorded.
    #[schema(schema_with = crate::schema::moment)]
    pub recorded_at: Moment,
    /// The operation that made it, as far as the reader may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub made_by: Option<MakerView>,
    /// What differs from the version before. Of the first version, all that it has. What follows from
    /// the clock alone, such as an overdue report, is no difference.
    pub changes: Vec<FieldDifference>,
    /// The state in this version.
    pub state: V,
    /// The state before, as it would have been at the time of this version. None for the first.
    #[serde(skip)]
    #[schema(ignore)]
    pub before: Option<V>,
}

/// The operation that made a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MakerView {
    /// The operation.
    pub operation: String,
    /// The target, as `kind:name`. An operation on another thing, such as a voyage, may change this one,
    /// too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub target: Option<String>,
    /// The user or the part of the system that ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub actor: Option<String>,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub reason: Option<String>,
    /// The cause, if a reactor ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub cause: Option<CauseView>,
    /// Release, commit and rules version of the program that ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub program: Option<String>,
}

/// Why a reactor ran an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CauseView {
    /// The position of the entry that it reacted to.
    pub position: u64,
    /// The reactor.
    pub reactor: String,
}
