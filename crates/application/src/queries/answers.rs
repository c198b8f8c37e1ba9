//! What is asked for, and how answers look.

use domain::Moment;
use serde::Serialize;
use utoipa::ToSchema;

/// When something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// After the entry at this position.
    Position(u64),
    /// After the newest entry recorded by this time.
    Time(Moment),
}

/// The two times that a state can be asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// As known then; now, when absent.
    pub at: Option<At>,
    /// As it had happened by then; all that is known of, when absent.
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

/// One found state.
#[derive(Debug, Serialize)]
pub struct Found<V> {
    /// The version, for the ETag; none where the reader is not told how often it has changed.
    pub version: Option<u64>,
    /// How it looks.
    pub view: V,
    /// Whether the answer may not be kept: it was asked for as of a time or position that has not
    /// come yet, or by a customer, who is not told whether it has.
    pub provisional: bool,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    pub next: Option<String>,
    /// The position this is true at.
    pub position: u64,
}

/// One version of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView<V> {
    /// The version.
    pub version: u64,
    /// The entry that made it.
    pub position: u64,
    /// When that was recorded.
    #[schema(schema_with = crate::schema::moment)]
    pub recorded_at: Moment,
    /// The state it had.
    pub state: V,
}
