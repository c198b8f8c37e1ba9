//! What a read did not find.

use domain::aggregate::Name;
use domain::{Kind, Lookup};
use std::fmt;

/// Something that does not exist, or that the caller may not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// An aggregate, by the name that the caller gave.
    Aggregate { kind: Kind, name: Name },
    /// An entry of the log, which ends at the head.
    Entry { position: u64, head: u64 },
    /// An entry in the log as it was at an earlier head.
    AfterHead { position: u64, head: u64 },
}

impl From<&Lookup> for Missing {
    fn from(lookup: &Lookup) -> Self {
        Self::Aggregate {
            kind: lookup.kind,
            name: lookup.name.clone(),
        }
    }
}

/// For log lines. The edge finds the words for people.
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aggregate { kind, name } => write!(f, "unknown {kind} {name}"),
            Self::Entry { position, head } | Self::AfterHead { position, head } => {
                write!(f, "unknown position {position}, the head is at {head}")
            }
        }
    }
}
