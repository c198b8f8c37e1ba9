//! [`Fact`]: what a rejection tells, typed until somebody puts it into words.

use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One value in a rejection. The identifiers of each subdomain say with their type which kind of
/// fact they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A port or inland place. People read its name.
    Location(UnLocode),
    /// A point in time.
    Time(Moment),
    /// A size and a weight.
    Space(Space),
    /// Anything known by its id alone.
    Id(Uuid),
    /// A whole number; the fact's name has its unit.
    Count(u64),
    /// A word, a name or a number that people give to something: a voyage's, a cargo's.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
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
}

impl From<usize> for Fact {
    fn from(value: usize) -> Self {
        Self::Count(u64::try_from(value).unwrap_or(u64::MAX))
    }
}
