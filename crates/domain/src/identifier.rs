//! What all identifiers share: typed ids, and text forms that are checked when parsed.

/// The rule of all identifiers.
pub mod rules {
    use crate::rule::Rule;

    /// An identifier must have the form of its standard, including its check digit or check
    /// character. Inputs break it before an operation runs, so no rejection names it.
    #[expect(
        non_upper_case_globals,
        reason = "a rule is called by its sentence everywhere"
    )]
    pub const IdentifierMustBeWellFormed: Rule = Rule {
        name: "IdentifierMustBeWellFormed",
        meaning: " An identifier must have the form of its standard, including its check digit or check character.",
        cases: &[],
    };

    /// The rules of identifiers.
    pub const ALL: &[Rule] = &[IdentifierMustBeWellFormed];
}

/// The error for an ill-formed identifier, prefixed with the rule's name.
pub(crate) fn ill_formed(complaint: &str) -> String {
    format!("{}: {complaint}", rules::IdentifierMustBeWellFormed.name)
}

/// Declares a UUID id.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for $crate::Fact {
            fn from(id: $name) -> Self {
                Self::Id(id.0)
            }
        }
    };
}
pub(crate) use uuid_id;

/// Lets a UUID id name its aggregate. Used next to the aggregate, so that ids need not know what
/// has them.
macro_rules! id_of {
    ($name:ident of $aggregate:ty) => {
        impl $crate::aggregate::Names<$aggregate> for $name {
            fn lookup(&self) -> $crate::aggregate::Lookup {
                $crate::aggregate::Lookup::id(
                    <$aggregate as $crate::aggregate::Aggregate>::KIND,
                    self.0,
                )
            }
        }
    };
}
pub(crate) use id_of;

/// Gives a text newtype (one `String` field and a checking `FromStr`) its string conversions.
macro_rules! text_form {
    ($name:ident) => {
        impl $name {
            /// The text as it is stored and shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
                    .map_err(|complaint: String| $crate::identifier::ill_formed(&complaint))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_form;

/// Lets a text identifier name its aggregate by natural key. Also used next to the aggregate.
macro_rules! natural_key {
    ($name:ident of $aggregate:ty) => {
        impl $crate::aggregate::Names<$aggregate> for $name {
            fn lookup(&self) -> $crate::aggregate::Lookup {
                $crate::aggregate::Lookup::key(
                    <$aggregate as $crate::aggregate::Aggregate>::KIND,
                    self.as_str(),
                )
            }
        }
    };
}
pub(crate) use natural_key;
