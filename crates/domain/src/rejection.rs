//! [`Rule`] and [`Rejection`]: what is expected to go wrong, by name.

use serde::Serialize;

/// A rule of the domain: a sentence for a name, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The sentence, in CamelCase: `LoadMayNotPassTheLine`.
    pub name: &'static str,
    /// What the rule demands, for people.
    pub meaning: &'static str,
}

impl Rule {
    /// Holds when `condition` does; else a rejection that says where, and what instead.
    pub fn require(
        &self,
        condition: bool,
        detail: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        if condition {
            Ok(())
        } else {
            Err(self.broken(detail()))
        }
    }

    /// The rejection that this rule was broken.
    #[must_use]
    pub fn broken(&self, detail: impl Into<String>) -> Rejection {
        Rejection {
            rule: self.name,
            detail: detail.into(),
        }
    }
}

/// An operation refused by a rule: expected, named, shown to people, and kept in the log of
/// refusals. Never a fault of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{rule}: {detail}")]
pub struct Rejection {
    /// The name of the broken rule.
    pub rule: &'static str,
    /// What was asked, what stood against it, with the figures.
    pub detail: String,
}

/// Declares the rules of one subdomain; the doc comment of each is its meaning.
macro_rules! rules {
    ($($(#[doc = $meaning:literal])+ $name:ident,)+) => {
        $(
            $(#[doc = $meaning])+
            #[expect(non_upper_case_globals, reason = "a rule is called by its sentence everywhere")]
            pub const $name: $crate::Rule = $crate::Rule {
                name: stringify!($name),
                meaning: concat!($($meaning),+),
            };
        )+

        /// The rules of this subdomain.
        pub const ALL: &[$crate::Rule] = &[$($name),+];
    };
}
pub(crate) use rules;
