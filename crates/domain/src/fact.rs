//! [`Fact`]: a typed value in a rejection, which becomes words at the edge.

use crate::aggregate::Kind;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A value in a rejection. The type of an identifier determines its kind of fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A port or inland place, shown by name.
    Location(UnLocode),
    /// A point in time.
    Time(Moment),
    /// A size and a weight.
    Space(Space),
    /// Anything that has only an id.
    Id(Uuid),
    /// A whole number. The fact's name gives the unit.
    Count(u64),
    /// A word, a name or a number, for example of a voyage or a cargo.
    Text(String),
    /// Several points in time.
    Times(Vec<Moment>),
    /// Several facts.
    Texts(Vec<String>),
    /// Versions of an aggregate.
    Versions(Vec<u64>),
}

/// Makes a type convertible into a fact of this kind.
macro_rules! is_fact {
    ($($of:ty => $fact:ident,)+) => {
        $(
            impl From<$of> for $crate::Fact {
                fn from(value: $of) -> Self {
                    Self::$fact(value.into())
                }
            }
        )+
    };
}
pub(crate) use is_fact;

is_fact! {
    UnLocode => Location,
    Moment => Time,
    Space => Space,
    u64 => Count,
    u16 => Count,
    String => Text,
    &'static str => Text,
    Vec<String> => Texts,
    Vec<Moment> => Times,
    Vec<u64> => Versions,
    Uuid => Id,
}

impl From<Kind> for Fact {
    fn from(kind: Kind) -> Self {
        kind.word().into()
    }
}

impl From<usize> for Fact {
    fn from(value: usize) -> Self {
        Self::Count(u64::try_from(value).unwrap_or(u64::MAX))
    }
}

/// For logs of the program, on one line.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Location(code) => write!(f, "\"{code}\""),
            Self::Time(time) => write!(f, "\"{time}\""),
            Self::Times(times) => {
                let times: Vec<_> = times.iter().map(ToString::to_string).collect();
                write!(f, "{times:?}")
            }
            Self::Space(space) => write!(f, "\"{space}\""),
            Self::Id(id) => write!(f, "\"{id}\""),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Texts(texts) => write!(f, "{texts:?}"),
            Self::Versions(versions) => write!(f, "{versions:?}"),
        }
    }
}
