//! [`Rule`]: a sentence that always holds, with its name.

/// A rule of the domain: its name, which is a sentence, and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The sentence, in CamelCase: `LoadMayNotPassTheLine`.
    pub name: &'static str,
    /// What the rule requires, for people.
    pub meaning: &'static str,
    /// The ways to break it, each with the facts of its rejection.
    pub cases: &'static [Case],
}

/// One way to break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// In CamelCase: `PortsDiffer`. Empty for a rule with a single case.
    pub name: Option<&'static str>,
    /// The names of the facts, in order.
    pub facts: &'static [&'static str],
}
