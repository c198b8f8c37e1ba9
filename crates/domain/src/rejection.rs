//! [`Rejection`]: an expected refusal, as a broken rule and its facts.

use crate::fact::Fact;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

pub use crate::rule::{Case, Rule};

/// An operation refused by a rule: expected, named, shown to people, and recorded. Never a failure
/// of the system. It has no sentence; the edge finds the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Rejection {
    /// The name of the broken rule.
    pub rule: Cow<'static, str>,
    /// The way in which it was broken, for a rule with several cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Cow<'static, str>>,
    /// What was asked for and what prevented it, by name, in the order of the rule's case.
    pub facts: Vec<(Cow<'static, str>, Fact)>,
}

impl Rejection {
    /// The case of refusals that earlier releases stored as a sentence.
    pub const AS_TOLD: &str = "AsTold";

    pub(crate) fn new(
        rule: &'static Rule,
        case: Option<&'static str>,
        facts: Vec<(&'static str, Fact)>,
    ) -> Self {
        let facts = facts.into_iter();
        Self {
            rule: Cow::Borrowed(rule.name),
            case: case.map(Cow::Borrowed),
            facts: facts.map(|(name, fact)| (name.into(), fact)).collect(),
        }
    }

    /// A refusal that an earlier release stored as a sentence.
    #[must_use]
    pub fn as_told(rule: String, sentence: String) -> Self {
        Self {
            rule: Cow::Owned(rule),
            case: Some(Cow::Borrowed(Self::AS_TOLD)),
            facts: vec![("detail".into(), sentence.into())],
        }
    }

    /// Whether this rule was broken.
    #[must_use]
    pub fn breaks(&self, rule: &Rule) -> bool {
        self.rule == rule.name
    }

    /// The rule and its facts, as stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("facts have only text keys and whole numbers")
    }
}

/// For log lines. People get sentences.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rule)?;
        if let Some(case) = &self.case {
            write!(f, "/{case}")?;
        }
        for (name, fact) in &self.facts {
            write!(f, " {name}={fact}")?;
        }
        Ok(())
    }
}

/// Checks a condition. If it does not hold, the rule is broken with these facts.
///
/// # Errors
///
/// The rejection with these facts.
pub fn require<R: Into<Rejection>>(
    condition: bool,
    broken: impl FnOnce() -> R,
) -> Result<(), Rejection> {
    if condition {
        Ok(())
    } else {
        Err(broken().into())
    }
}

/// Declares the rules of one subdomain. The doc comment of each is its meaning. Its name is
/// followed by the facts of a rejection, `{ voyage: VoyageNumber, left: Space }`, or by several
/// cases, `[ PortsDiffer { .. }, TooTight { .. } ]`.
///
/// Each rule is a constant, for lists of rules, and a type with the same name: a struct of its
/// facts or an enum of its cases.
macro_rules! rules {
    ($($(#[doc = $meaning:literal])+ $name:ident $facts:tt,)+) => {
        $(
            $(#[doc = $meaning])+
            #[expect(non_upper_case_globals, reason = "a rule is called by its sentence everywhere")]
            pub const $name: $crate::Rule = $crate::Rule {
                name: stringify!($name),
                meaning: concat!($($meaning),+),
                cases: $crate::rejection::cases!($facts),
            };

            $crate::rejection::facts_of! { [$($meaning)+] $name $facts }
        )+

        /// The rules of this subdomain.
        pub const ALL: &[$crate::Rule] = &[$($name),+];
    };
}
pub(crate) use rules;

/// The cases of one rule, for its constant.
macro_rules! cases {
    ({ $($fact:ident: $of:ty),* $(,)? }) => {
        &[$crate::rejection::Case {
            name: None,
            facts: &[$(stringify!($fact)),*],
        }]
    };
    ([ $($case:ident { $($fact:ident: $of:ty),* $(,)? }),+ $(,)? ]) => {
        &[$($crate::rejection::Case {
            name: Some(stringify!($case)),
            facts: &[$(stringify!($fact)),*],
        }),+]
    };
}
pub(crate) use cases;

/// The type of one rule's facts.
macro_rules! facts_of {
    ([$($meaning:literal)+] $name:ident {}) => {
        $(#[doc = $meaning])+
        #[derive(Debug, Clone)]
        pub struct $name {}

        impl From<$name> for $crate::Rejection {
            fn from(_: $name) -> Self {
                Self::new(&$name, None, Vec::new())
            }
        }
    };
    ([$($meaning:literal)+] $name:ident { $($fact:ident: $of:ty),+ $(,)? }) => {
        $(#[doc = $meaning])+
        #[expect(missing_docs, reason = "the names of facts say it")]
        #[derive(Debug, Clone)]
        pub struct $name {
            $(pub $fact: $of,)+
        }

        impl From<$name> for $crate::Rejection {
            fn from(broken: $name) -> Self {
                let $name { $($fact),+ } = broken;
                Self::new(&$name, None, vec![$((stringify!($fact), $fact.into())),+])
            }
        }
    };
    ([$($meaning:literal)+] $name:ident [
        $($case:ident { $($fact:ident: $of:ty),* $(,)? }),+ $(,)?
    ]) => {
        $(#[doc = $meaning])+
        #[expect(missing_docs, reason = "the names of cases and facts say it")]
        #[derive(Debug, Clone)]
        pub enum $name {
            $($case { $($fact: $of),* },)+
        }

        impl From<$name> for $crate::Rejection {
            fn from(broken: $name) -> Self {
                match broken {
                    $($name::$case { $($fact),* } => Self::new(
                        &$name,
                        Some(stringify!($case)),
                        vec![$((stringify!($fact), $fact.into())),*],
                    ),)+
                }
            }
        }
    };
}
pub(crate) use facts_of;
