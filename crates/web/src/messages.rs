//! The catalogue of messages: facts become words here, for pages, problem documents and the command
//! line.
//!
//! The sentences are in `messages/en/*.ftl` (Project Fluent), one file in the room of each subdomain
//! and a shared one. The tests check that every case of every rule, every operation and every note has
//! a message that uses only facts it is given. Fixed labels of pages are in their templates.

#[cfg(test)]
mod tests;

use crate::ROOMS;
use crate::numbers;
use application::queries::Missing;
use domain::locations::UnLocode;
use domain::space::Space;
use domain::{Fact, Moment, Rejection};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Pattern;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::sync::LazyLock;
use unic_langid::langid;
use uuid::Uuid;

/// The messages that belong to no subdomain.
const SHARED: &str = include_str!("../messages/en/shared.ftl");

/// The texts of the catalogue: the shared one, and one from each room.
fn texts() -> impl Iterator<Item = &'static str> {
    let rooms = ROOMS.iter().map(|room| room.messages);
    std::iter::once(SHARED).chain(rooms)
}

type Bundle = FluentBundle<FluentResource>;

/// The catalogue for programs, with plain numbers.
static EXACT: LazyLock<Bundle> = LazyLock::new(bundle);

/// The catalogue for people, with the thousands of numbers apart.
static GROUPED: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = bundle();
    bundle.set_formatter(Some(grouped));
    bundle
});

fn bundle() -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![langid!("en")]);
    // All sentences and the names in them run from left to right.
    bundle.set_use_isolating(false);
    for text in texts() {
        let resource = FluentResource::try_new(text.to_owned());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("{errors:?} in {text}"));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{errors:?}"));
    }
    bundle
}

/// The catalogue for a reader.
fn catalogue_for(reader: &dyn Reader) -> &'static Bundle {
    match reader.groups_digits() {
        true => &GROUPED,
        false => &EXACT,
    }
}

/// The facts of a message by name.
pub(crate) type Facts = Vec<(&'static str, Fact)>;

/// Declares the facts that some messages can use: a struct with a list of their names.
macro_rules! declare_facts {
    ($(#[$meaning:meta])+ $name:ident { $($(#[$what:meta])* $fact:ident: $of:ty,)+ }) => {
        $(#[$meaning])+
        struct $name {
            $($(#[$what])* $fact: $of,)+
        }

        impl $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($fact)),+];

            fn list(self) -> $crate::messages::Facts {
                vec![$((stringify!($fact), self.$fact.into())),+]
            }
        }
    };
}
pub(crate) use declare_facts;

/// A number with its thousands apart.
fn grouped<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(numbers::grouped(number.value)),
        _ => None,
    }
}

/// How places and times read for a kind of reader.
pub(crate) trait Reader {
    /// A location.
    fn location(&self, code: &UnLocode) -> String;
    /// A time.
    fn time(&self, time: Moment) -> String;
    /// A time at a place.
    fn time_in(&self, time: Moment, _place: &UnLocode) -> String {
        self.time(time)
    }
    /// An id.
    fn id(&self, id: Uuid) -> String {
        id.to_string()
    }
    /// A size and a weight.
    fn space(&self, space: Space) -> String {
        space.to_string()
    }
    /// Whether thousands are set apart in numbers.
    fn groups_digits(&self) -> bool {
        true
    }
}

/// For programs and the command line: codes, and times in RFC 3339.
pub(crate) struct Exact;

impl Reader for Exact {
    fn location(&self, code: &UnLocode) -> String {
        code.to_string()
    }

    fn time(&self, time: Moment) -> String {
        time.to_string()
    }

    fn groups_digits(&self) -> bool {
        false
    }
}

/// For no reader: collects the locations of a message, so that their names can be looked up.
#[derive(Default)]
pub(crate) struct Mentioned(RefCell<Vec<UnLocode>>);

impl Mentioned {
    /// The collected locations.
    pub(crate) fn locations(self) -> Vec<UnLocode> {
        self.0.into_inner()
    }
}

impl Reader for Mentioned {
    fn location(&self, code: &UnLocode) -> String {
        self.0.borrow_mut().push(code.clone());
        String::new()
    }

    fn time(&self, _: Moment) -> String {
        String::new()
    }

    fn time_in(&self, _: Moment, place: &UnLocode) -> String {
        self.location(place)
    }
}

/// Why an operation was refused, in one or two sentences.
pub(crate) fn refusal(rejection: &Rejection, reader: &dyn Reader) -> String {
    if let [(_, Fact::Text(told))] = rejection.facts.as_slice()
        && rejection.case.as_deref() == Some(Rejection::AS_TOLD)
    {
        return told.clone();
    }
    let args = arguments(rejection, reader);
    let message = message(rejection);
    let said = formatted(&message, &args, reader);
    let said = said.or_else(|| attribute(&message, EARLIER, &args, reader));
    // A refusal from another release may have a case that this one does not know.
    said.unwrap_or_else(|| rejection.to_string())
}

/// The attribute of a message whose rule had fewer facts in an earlier release.
const EARLIER: &str = "earlier";
/// The attribute with a message in a few words.
const SHORT: &str = "short";

fn attribute(
    message: &str,
    name: &str,
    args: &FluentArgs<'_>,
    reader: &dyn Reader,
) -> Option<String> {
    let found = catalogue_for(reader).get_message(message)?;
    format(found.get_attribute(name)?.value(), args, reader)
}

/// The same in a few words, for a line in a list.
pub(crate) fn short(rejection: &Rejection, reader: &dyn Reader) -> String {
    let args = arguments(rejection, reader);
    let text = attribute(&message(rejection), SHORT, &args, reader);
    text.unwrap_or_else(|| refusal(rejection, reader))
}

/// A message of a page, with the names of the facts that it can use.
pub(crate) struct Message {
    pub(crate) name: &'static str,
    pub(crate) facts: &'static [&'static str],
}

impl Message {
    /// The message from these facts.
    pub(crate) fn say(&self, facts: &Facts, reader: &dyn Reader) -> String {
        let said = say(self.name, facts, reader);
        let mut names = facts.iter().map(|(name, _)| name);
        debug_assert!(names.all(|name| self.facts.contains(name)));
        debug_assert!(said.is_some(), "{} lacks a fact", self.name);
        said.unwrap_or_default()
    }
}

/// The message of this name. `None` if there is none, or if it needs another fact.
pub(crate) fn say(message: &str, facts: &Facts, reader: &dyn Reader) -> Option<String> {
    let of = |name: &str, fact: &Fact| argument(fact, clock(name, facts), reader);
    let args = facts.iter().map(|(name, fact)| (*name, of(name, fact)));
    formatted(message, &args.collect(), reader)
}

/// What a read did not find, in a sentence.
pub(crate) fn missing(missing: &Missing) -> String {
    let at = |position: u64, head: u64| vec![("position", position.into()), ("head", head.into())];
    let (message, facts): (_, Facts) = match missing {
        Missing::Aggregate { kind, name } => (
            "missing-aggregate",
            vec![("kind", (*kind).into()), ("name", name.to_string().into())],
        ),
        Missing::Entry { position, head } => ("missing-entry", at(*position, *head)),
        Missing::AfterHead { position, head } => ("missing-after-head", at(*position, *head)),
    };
    say(message, &facts, &Exact).unwrap_or_else(|| missing.to_string())
}

/// The name of its message.
fn message(rejection: &Rejection) -> String {
    match &rejection.case {
        Some(case) => format!("{}-{case}", rejection.rule),
        // A rule that has cases now had none when an earlier release refused by it.
        None => {
            let rule = domain::rules().find(|rule| rejection.breaks(rule));
            let first = rule.and_then(|rule| rule.cases.first()?.name);
            let case = first.map(|case| format!("-{case}")).unwrap_or_default();
            format!("{}{case}", rejection.rule)
        }
    }
}

fn arguments<'a>(rejection: &Rejection, reader: &dyn Reader) -> FluentArgs<'a> {
    let facts = &rejection.facts;
    let of = |name: &str, fact: &Fact| argument(fact, clock(name, facts), reader);
    let args = facts.iter();
    args.map(|(name, fact)| (name.clone(), of(name, fact)))
        .collect()
}

/// The message of this name. `None` if there is none, or if it needs another argument.
fn formatted(message: &str, args: &FluentArgs<'_>, reader: &dyn Reader) -> Option<String> {
    let found = catalogue_for(reader).get_message(message)?;
    format(found.value()?, args, reader)
}

fn format(pattern: &Pattern<&str>, args: &FluentArgs<'_>, reader: &dyn Reader) -> Option<String> {
    let mut errors = Vec::new();
    let text = catalogue_for(reader).format_pattern(pattern, Some(args), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

/// The largest number up to which floating point is exact for all whole numbers.
const EXACT_MAX: u64 = 1 << 53;

fn argument<'a>(fact: &Fact, clock: Option<&UnLocode>, reader: &dyn Reader) -> FluentValue<'a> {
    match fact {
        Fact::Time(time) if let Some(place) = clock => reader.time_in(*time, place).into(),
        Fact::Times(times) if let Some(place) = clock => {
            let times = times.iter().map(|time| reader.time_in(*time, place));
            times.collect::<Vec<_>>().join("; ").into()
        }
        // Fluent counts in floating point.
        Fact::Count(count) if *count > EXACT_MAX => count.to_string().into(),
        Fact::Count(count) => (*count).into(),
        Fact::Versions(versions) if versions.is_empty() => "none".into(),
        fact => value(fact, reader).into(),
    }
}

/// The facts with places by whose clocks a message tells its times, the first that it has. A
/// message with a single place tells all times by the clock of that place.
const CLOCKS: &[(&str, &[&str])] = &[
    ("departs", &["from", "load_at", "port_before"]),
    ("arrives", &["to", "unload_at"]),
    ("reference", &["from"]),
    ("deadline", &["destination"]),
    ("ready_from", &["origin"]),
    ("time", &["port"]),
    ("at", &["port", "location"]),
];

/// The place by whose clock a message tells a time.
fn clock<'f, N: AsRef<str>>(time: &str, facts: &'f [(N, Fact)]) -> Option<&'f UnLocode> {
    let places = facts.iter().filter_map(|(name, fact)| match fact {
        Fact::Location(code) => Some((name.as_ref(), code)),
        _ => None,
    });
    let mut known = CLOCKS.iter().filter(|(own, _)| *own == time);
    let names = known.next().map_or(&[][..], |(_, names)| names);
    let named = names.iter().find_map(|name| {
        let mut places = places.clone();
        places.find(|(own, _)| own == name).map(|(_, code)| code)
    });
    named.or_else(|| {
        let mut places = places.map(|(_, code)| code);
        let first = places.next()?;
        places.all(|code| code == first).then_some(first)
    })
}

/// A fact as it reads.
pub(crate) fn value(fact: &Fact, reader: &dyn Reader) -> String {
    match fact {
        Fact::Location(code) => reader.location(code),
        Fact::Time(time) => reader.time(*time),
        Fact::Times(times) => {
            let times: Vec<_> = times.iter().map(|time| reader.time(*time)).collect();
            times.join("; ")
        }
        Fact::Id(id) => reader.id(*id),
        Fact::Space(space) => reader.space(*space),
        #[expect(clippy::cast_precision_loss, reason = "what is counted is below 2^53")]
        Fact::Count(count) if reader.groups_digits() => numbers::grouped(*count as f64),
        Fact::Count(count) => count.to_string(),
        Fact::Text(text) => text.clone(),
        Fact::Texts(texts) => texts.join(", "),
        Fact::Versions(versions) => {
            let quoted: Vec<_> = versions.iter().map(|own| format!("\"{own}\"")).collect();
            quoted.join(", ")
        }
    }
}

/// The locations in a rejection.
pub(crate) fn locations(rejection: &Rejection) -> impl Iterator<Item = &UnLocode> {
    locations_in(rejection.facts.iter().map(|(_, fact)| fact))
}

/// The locations among some facts.
pub(crate) fn locations_in<'f>(
    facts: impl Iterator<Item = &'f Fact>,
) -> impl Iterator<Item = &'f UnLocode> {
    facts.filter_map(|fact| match fact {
        Fact::Location(code) => Some(code),
        _ => None,
    })
}

/// The facts of a rejection as members of a JSON object. Empty if it was stored as a sentence.
pub(crate) fn facts(rejection: &Rejection) -> Option<Map<String, Value>> {
    if rejection.case.as_deref() == Some(Rejection::AS_TOLD) {
        return None;
    }
    let case = rejection
        .case
        .iter()
        .map(|case| ("case".to_owned(), json!(case)));
    let facts = rejection.facts.iter().map(|(name, fact)| {
        let value = match fact {
            Fact::Location(code) => json!(code),
            Fact::Time(time) => json!(time),
            Fact::Times(times) => json!(times),
            Fact::Id(id) => json!(id),
            Fact::Space(space) => json!({ "teu": space.teu(), "tonnes": space.tonnes() }),
            Fact::Count(count) => json!(count),
            Fact::Text(text) => json!(text),
            Fact::Texts(texts) => json!(texts),
            Fact::Versions(versions) => json!(versions),
        };
        (name.to_string(), value)
    });
    Some(case.chain(facts).collect())
}
