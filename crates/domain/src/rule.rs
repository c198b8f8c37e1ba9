//! [`Rule`]: a sentence that operations obey, by its name.

/// A rule of the domain: a sentence for a name, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The sentence, in CamelCase: `LoadMayNotPassTheLine`.
    pub name: &'static str,
    /// What the rule demands, for people.
    pub meaning: &'static str,
    /// The ways to break it, each with the facts that a rejection then carries.
    pub cases: &'static [Case],
}

/// One way to break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// In CamelCase: `PortsDiffer`. A rule with one case only does not name it.
    pub name: Option<&'static str>,
    /// The names of the facts, in the order in which they are told.
    pub facts: &'static [&'static str],
}
