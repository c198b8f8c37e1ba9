//! What all aggregates share.
//!
//! The pipeline and the store treat every kind alike: they see an [`AnyAggregate`], its id, its
//! natural key and its version. A new kind is one line in the list in `lib.rs`.

pub use crate::{AnyAggregate, Kind};

use crate::rejection::Rejection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use uuid::Uuid;

/// A consistency boundary. It is loaded, changed and versioned as a whole.
pub trait Aggregate:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The kind of the aggregate.
    const KIND: Kind;
    /// Rejects a second aggregate with the same natural key; `None` for a kind without one.
    const UNIQUE: Option<fn(String) -> Rejection>;

    /// The id. It never changes.
    fn id(&self) -> Uuid;
    /// The name that people use for it (a tracking id, a voyage number). It never changes.
    fn natural_key(&self) -> Option<&str>;
    /// The same state without its type.
    fn into_any(self) -> AnyAggregate;
    /// The typed state, if `any` is of this kind.
    fn from_any(any: &AnyAggregate) -> Option<&Self>;
}

/// Something that names one aggregate of kind `A`: its id or its natural key.
pub trait Names<A: Aggregate> {
    /// The kind and the name, without the type.
    fn lookup(&self) -> Lookup;
}

/// One aggregate by id or by natural key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lookup {
    /// The kind of the aggregate.
    pub kind: Kind,
    /// The id or the natural key.
    pub name: Name,
}

/// An id or a natural key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// By id.
    Id(Uuid),
    /// By natural key, compared byte for byte.
    Key(String),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Key(key) => f.write_str(key),
        }
    }
}

impl Lookup {
    /// By id.
    #[must_use]
    pub const fn id(kind: Kind, id: Uuid) -> Self {
        Self {
            kind,
            name: Name::Id(id),
        }
    }

    /// By natural key.
    #[must_use]
    pub fn key(kind: Kind, key: &str) -> Self {
        Self {
            kind,
            name: Name::Key(key.to_owned()),
        }
    }
}

/// A state with the version at which it was read. Versions count from 1, and each operation that
/// changes the aggregate adds one.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<A> {
    /// The version of this state.
    pub version: u64,
    pub state: A,
}

impl<A> Versioned<A> {
    /// Another state with the same version, for `update`.
    pub fn with<B>(self, change: impl FnOnce(A) -> B) -> Versioned<B> {
        Versioned {
            version: self.version,
            state: change(self.state),
        }
    }
}

/// Where a state stands in the list of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its place in the order. See [`Filter::place`](crate::list::Filter::place).
    pub place: String,
    /// What it can be found by. See [`Filter::facets_of`](crate::list::Filter::facets_of).
    pub facets: Vec<String>,
}

/// Declares the kinds of aggregates: variant, type, the word that log and history use, whether the
/// natural key is secret, whether it holds secrets, where a state stands in the list, the groups that it
/// belongs to, and its personal fields.
macro_rules! kinds {
    ($(
        $(#[$doc:meta])* $home:ident::$kind:ident = $word:literal, unique by $unique:expr
            $(, key is $secret:ident)? $(, holds $held:ident)? $(, listed by $listing:path)? $(, grouped by $groups:path)?
            $(, personal in $personal:path)?;
    )+) => {
        /// A kind of aggregate.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize,
        )]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Kind] = &[$(Kind::$kind),+];

            /// The word for this kind in log, history and targets.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Kind::$kind => $word,)+
                }
            }

            /// Whether the natural key must not be shown, for example the hash of a secret.
            #[must_use]
            pub const fn has_secret_key(self) -> bool {
                let marks: &[&str] = match self {
                    $(Kind::$kind => &[$(stringify!($secret))?],)+
                };
                !marks.is_empty()
            }

            /// Whether its states, or the entries that change them, have hashes of secrets.
            #[must_use]
            pub const fn has_secrets(self) -> bool {
                let marks: &[&str] = match self {
                    $(Kind::$kind => &[$(stringify!($held))?],)+
                };
                !marks.is_empty()
            }

            /// Whether its states belong to groups.
            #[must_use]
            pub const fn has_groups(self) -> bool {
                let marks: &[&str] = match self {
                    $(Kind::$kind => &[$(stringify!($groups))?],)+
                };
                !marks.is_empty()
            }

            /// Whether it has a list.
            #[must_use]
            pub const fn is_listed(self) -> bool {
                let marks: &[&str] = match self {
                    $(Kind::$kind => &[$(stringify!($listing))?],)+
                };
                !marks.is_empty()
            }

            /// Whether its states have personal fields.
            #[must_use]
            pub const fn is_personal(self) -> bool {
                let marks: &[&str] = match self {
                    $(Kind::$kind => &[$(stringify!($personal))?],)+
                };
                !marks.is_empty()
            }

            /// Reads a state of this kind from the JSON that [`AnyAggregate::json`] wrote.
            ///
            /// # Errors
            ///
            /// The text is not a state of this kind.
            pub fn state_from_json(self, json: &str) -> Result<AnyAggregate, serde_json::Error> {
                Ok(match self {
                    $(Kind::$kind => AnyAggregate::$kind(std::sync::Arc::new(serde_json::from_str(json)?)),)+
                })
            }
        }

        /// The state of one aggregate of any kind, cheap to clone.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyAggregate {
            $($(#[$doc])* $kind(std::sync::Arc<$crate::$home::$kind>),)+
        }

        impl AnyAggregate {
            /// The kind of the aggregate.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            /// The id.
            #[must_use]
            pub fn id(&self) -> uuid::Uuid {
                match self {
                    $(Self::$kind(state) => $crate::Aggregate::id(state.as_ref()),)+
                }
            }

            /// The natural key, for kinds that have one.
            #[must_use]
            pub fn natural_key(&self) -> Option<&str> {
                match self {
                    $(Self::$kind(state) => $crate::Aggregate::natural_key(state.as_ref()),)+
                }
            }

            /// The groups that it belongs to. See [`Filter::groups`](crate::list::Filter::groups).
            #[must_use]
            pub fn groups(&self) -> Vec<String> {
                match self {
                    $(Self::$kind(state) => {
                        let groups: &[fn(&$crate::$home::$kind) -> Vec<String>] = &[$($groups)?];
                        groups.iter().flat_map(|groups| groups(state)).collect()
                    })+
                }
            }

            /// Where it stands in the list of its kind; `None` for a kind without a list.
            #[must_use]
            pub fn listing(&self) -> Option<$crate::aggregate::Listing> {
                match self {
                    $(Self::$kind(state) => {
                        let listings: &[fn(&$crate::$home::$kind) -> $crate::aggregate::Listing] =
                            &[$($listing)?];
                        listings.first().map(|listing| listing(state))
                    })+
                }
            }

            /// Its personal fields.
            pub fn personal(&mut self) -> $crate::personal::PersonalFields<'_> {
                match self {
                    $(Self::$kind(state) => {
                        type Of = $crate::$home::$kind;
                        let personal: &[fn(&mut Of) -> $crate::personal::PersonalFields<'_>] =
                            &[$($personal)?];
                        match personal.first() {
                            Some(fields) => fields(std::sync::Arc::make_mut(state)),
                            None => Vec::new(),
                        }
                    })+
                }
            }

            /// Whether it has personal fields, and all of them were forgotten.
            #[must_use]
            pub fn is_erased(&self) -> bool {
                let mut own = self.clone();
                let fields = own.personal();
                !fields.is_empty() && fields.iter().all(|(_, field)| field.is_erased())
            }

            /// The full state as JSON, the text that history keeps, with personal fields as they
            /// are.
            #[must_use]
            pub fn json(&self) -> String {
                match self {
                    $(Self::$kind(state) => serde_json::to_string(state.as_ref()),)+
                }
                .expect("a state has only text keys and finite numbers")
            }
        }

        $(
            impl $crate::Aggregate for $crate::$home::$kind {
                const KIND: Kind = Kind::$kind;
                const UNIQUE: Option<fn(String) -> $crate::Rejection> = $unique;

                fn id(&self) -> uuid::Uuid {
                    self.id.0
                }

                fn natural_key(&self) -> Option<&str> {
                    self.key()
                }

                fn into_any(self) -> AnyAggregate {
                    AnyAggregate::$kind(std::sync::Arc::new(self))
                }

                fn from_any(any: &AnyAggregate) -> Option<&Self> {
                    match any {
                        AnyAggregate::$kind(state) => Some(state),
                        _ => None,
                    }
                }
            }
        )+
    };
}
pub(crate) use kinds;

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Kind::ALL
            .iter()
            .copied()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("there is no kind of aggregate named {word}"))
    }
}
