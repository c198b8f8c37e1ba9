//! [`Fact`]: what a rejection tells, typed until somebody puts it into words.

use crate::access::{Role, TokenId, UserName};
use crate::booking::TrackingId;
use crate::customers::CustomerId;
use crate::handling::HandlingEventId;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One value in a rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A port or inland place.
    Location(UnLocode),
    /// A voyage, by its number.
    Voyage(VoyageNumber),
    /// A cargo, by its tracking ID.
    Cargo(TrackingId),
    /// A user, by name.
    User(UserName),
    /// Anything known by its id alone.
    Id(Uuid),
    /// Roles of users.
    Roles(Vec<Role>),
    /// A point in time.
    Time(Moment),
    /// A size and a weight.
    Space(Space),
    /// A whole number; the fact's name has its unit.
    Count(u64),
    /// A word or a name.
    Text(String),
}

/// Lets a type be a fact.
macro_rules! from {
    ($($of:ty => $fact:ident,)+) => {
        $(
            impl From<$of> for Fact {
                fn from(value: $of) -> Self {
                    Self::$fact(value.into())
                }
            }
        )+
    };
}

from! {
    UnLocode => Location,
    VoyageNumber => Voyage,
    TrackingId => Cargo,
    UserName => User,
    Vec<Role> => Roles,
    Moment => Time,
    Space => Space,
    u64 => Count,
    u16 => Count,
    String => Text,
    &'static str => Text,
}

/// Lets an id be a fact.
macro_rules! from_ids {
    ($($of:ty,)+) => {
        $(
            impl From<$of> for Fact {
                fn from(id: $of) -> Self {
                    Self::Id(id.0)
                }
            }
        )+
    };
}

from_ids! {
    CustomerId,
    TokenId,
    HandlingEventId,
}

impl From<Role> for Fact {
    fn from(role: Role) -> Self {
        Self::Roles(vec![role])
    }
}

impl From<usize> for Fact {
    fn from(value: usize) -> Self {
        Self::Count(u64::try_from(value).unwrap_or(u64::MAX))
    }
}
