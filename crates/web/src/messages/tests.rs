//! The catalogue matches the rules, and its sentences read well.

use super::*;
use crate::pages::done;
use crate::rooms::Room;
use domain::access::policy::Policy;
use domain::rejection::Rule;
use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// Before the name of a message that is a part of another one.
const PART: char = '@';

/// The names of messages, each with the variables in it and in its parts.
fn catalogue() -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = written();
    let all = messages.clone();
    for variables in messages.values_mut() {
        let (own, parts): (BTreeSet<_>, BTreeSet<_>) = std::mem::take(variables)
            .into_iter()
            .partition(|name| !name.starts_with(PART));
        *variables = own;
        for part in parts {
            let of_part = all.get(part.trim_start_matches(PART));
            variables.extend(of_part.expect("the part of a message").iter().cloned());
        }
    }
    messages
}

/// The names of the messages that are parts of others.
fn parts() -> BTreeSet<String> {
    let all = written().into_values().flatten();
    all.filter_map(|name| Some(name.strip_prefix(PART)?.to_owned()))
        .collect()
}

/// The messages as they are written.
fn written() -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    for text in texts() {
        let resource = fluent_syntax::parser::parse(text).expect("Fluent");
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut variables = BTreeSet::new();
                variables_of(&message.value.expect("a value"), &mut variables);
                let before = messages.insert(message.id.name.to_owned(), variables);
                assert_eq!(before, None, "{} stands twice", message.id.name);
            }
        }
    }
    messages
}

fn variables_of(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                for variant in variants {
                    variables_of(&variant.value, found);
                }
                selector
            }
        };
        match inline {
            InlineExpression::VariableReference { id } => {
                found.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                found.insert(format!("{PART}{}", id.name));
            }
            _ => {}
        }
    }
}

/// The messages that refusals need, with the facts of each.
fn of_rules() -> BTreeMap<String, BTreeSet<String>> {
    let rules: Vec<&Rule> = domain::rules().chain([&Policy]).collect();
    let mut needed = BTreeMap::new();
    for rule in rules {
        for case in rule.cases {
            let name = match case.name {
                Some(case) => format!("{}-{case}", rule.name),
                None => rule.name.to_owned(),
            };
            let facts: BTreeSet<_> = case.facts.iter().map(|fact| (*fact).to_owned()).collect();
            needed.insert(name, facts);
        }
    }
    needed
}

/// The messages that pages say besides.
fn notes() -> impl Iterator<Item = &'static Message> {
    let lists = ROOMS.iter().flat_map(|room| room.notes);
    lists.copied().flatten().copied()
}

/// The messages that pages look for after operations, with the facts that each can use.
fn of_operations() -> BTreeMap<String, BTreeSet<String>> {
    let all = std::iter::once(("any-operation", &[][..]));
    let each = application::catalogue().map(|definition| {
        let about = definition.about;
        let room = Room::of(about.subdomain).expect("its room");
        (about.name, room.sentences.names())
    });
    let mut offered = BTreeMap::new();
    for (operation, names) in all.chain(each) {
        let names = names.iter().chain(&done::NAMES);
        let names: BTreeSet<_> = names.map(|name| (*name).to_owned()).collect();
        for what in ["done", "unchanged", "next"] {
            offered.insert(format!("{operation}-{what}"), names.clone());
        }
    }
    offered
}

#[test]
fn every_case_of_every_rule_has_its_message() {
    let mut found = catalogue();
    let needed = of_rules();
    found.retain(|name, _| needed.contains_key(name));
    assert_eq!(found, needed, "each fact stands in its message");
}

#[test]
fn every_operation_has_a_confirmation_from_the_facts_of_its_subdomain() {
    let (found, offered) = (catalogue(), of_operations());
    for (name, names) in &offered {
        let variables = found.get(name);
        assert!(
            variables.is_some() || !name.ends_with("-done"),
            "{name} is missing"
        );
        let others: Vec<_> = variables
            .into_iter()
            .flat_map(|own| own.difference(names))
            .collect();
        assert!(others.is_empty(), "{name} needs {others:?}");
    }
}

#[test]
fn every_note_has_a_message_from_its_facts() {
    let found = catalogue();
    for note in notes() {
        let variables = found.get(note.name).expect(note.name);
        let others: Vec<_> = variables
            .iter()
            .filter(|own| !note.facts.contains(&own.as_str()))
            .collect();
        assert!(others.is_empty(), "{} needs {others:?}", note.name);
    }
}

#[test]
fn every_message_belongs_to_a_rule_an_operation_a_read_or_a_note() {
    let mut found = catalogue();
    let (rules, operations, parts) = (of_rules(), of_operations(), parts());
    found.retain(|name, _| !parts.contains(name));
    found.retain(|name, _| !rules.contains_key(name) && !operations.contains_key(name));
    found.retain(|name, _| notes().all(|note| note.name != name));
    found.retain(|name, _| !name.starts_with("missing-"));
    assert!(found.is_empty(), "nobody says {found:?}");
}

#[test]
fn a_rejection_reads_as_a_sentence() {
    use domain::voyages::rules::{BookingClosesAtCutOff, LoadMayNotPassTheLine};
    let code = |code: &str| -> UnLocode { code.parse().unwrap() };
    let space = |quarter_teu, kg| Space {
        quarter_teu,
        kg,
        plugs: 0,
    };
    let full: Rejection = LoadMayNotPassTheLine::TooLittleLeft {
        left: space(5, 5_000),
        voyage: "V100".parse().unwrap(),
        from: code("HKHKG"),
        to: code("JPTYO"),
        needed: space(8, 10_000),
    }
    .into();
    assert_eq!(
        refusal(&full, &Exact),
        "Only 1.25 TEU and 5 t are left on V100, HKHKG → JPTYO, but this cargo needs 2 TEU and 10 t. Choose another voyage or split the cargo."
    );
    assert_eq!(
        Value::from(facts(&full).unwrap()),
        json!({ "case": "TooLittleLeft", "left": { "teu": 1.25, "tonnes": 5 }, "voyage": "V100",
            "from": "HKHKG", "to": "JPTYO", "needed": { "teu": 2, "tonnes": 10 } })
    );
    let closed: Rejection = BookingClosesAtCutOff::Closed {
        port: code("HKHKG"),
        cut_off: "2027-03-02T00:00:00Z".parse().unwrap(),
        cut_off_hours: 24,
    }
    .into();
    assert_eq!(
        refusal(&closed, &Exact),
        "Booking for HKHKG closed on 2027-03-02T00:00:00.000000Z, 24 h before departure."
    );
}

#[test]
fn weights_and_plurals_read_as_people_write_them() {
    use domain::booking::rules::ContainerMayNotBeOverweight;
    for (containers, expected) in [
        (
            1,
            "A container with its goods may weigh at most 36000 kg, but this one weighs 80000 kg. Correct the weight or add containers.",
        ),
        (
            2,
            "2 containers with their goods may weigh at most 72000 kg, 36000 kg each, but these weigh 80000 kg. Correct the weight or add containers.",
        ),
    ] {
        let rejection: Rejection = ContainerMayNotBeOverweight {
            containers,
            weight_kg: 80_000,
            weight_kg_max: containers * 36_000,
            container_kg_max: 36_000,
        }
        .into();
        assert_eq!(refusal(&rejection, &Exact), expected);
    }
}

#[test]
fn a_refusal_of_an_earlier_release_keeps_its_sentence() {
    let told = Rejection::as_told("StatusMustAllow".to_owned(), "It is late.".to_owned());
    assert_eq!(refusal(&told, &Exact), "It is late.");
    assert_eq!(facts(&told), None);
    let before_cases = r#"{"rule":"LimitMayNotFallBelowLoad","facts":[["limit",{"space":{"quarter_teu":4,"kg":9000}}],["load",{"space":{"quarter_teu":8,"kg":9000}}],["from",{"location":"HKHKG"}],["to",{"location":"JPTYO"}]]}"#;
    let before_cases: Rejection = serde_json::from_str(before_cases).unwrap();
    let said = refusal(&before_cases, &Exact);
    assert!(
        said.starts_with("The limit would be 1 TEU and 9 t"),
        "{said}"
    );
    let unknown = r#"{"rule":"MoonMustShine","case":"New","facts":[["cargo",{"text":"X"}]]}"#;
    let unknown: Rejection = serde_json::from_str(unknown).unwrap();
    assert_eq!(refusal(&unknown, &Exact), r#"MoonMustShine/New cargo="X""#);
}

/// For people, without any location.
struct Clerk;

impl Reader for Clerk {
    fn location(&self, code: &UnLocode) -> String {
        code.to_string()
    }

    fn time(&self, time: Moment) -> String {
        time.to_string()
    }
}

#[test]
fn people_see_weights_in_groups_of_digits() {
    use domain::booking::rules::ContainerMayNotBeOverweight;
    let heavy: Rejection = ContainerMayNotBeOverweight {
        containers: 1,
        weight_kg: 80_000,
        weight_kg_max: 36_000,
        container_kg_max: 36_000,
    }
    .into();
    assert_eq!(
        refusal(&heavy, &Clerk),
        "A container with its goods may weigh at most 36\u{202f}000 kg, but this one weighs 80\u{202f}000 kg. Correct the weight or add containers."
    );
}

#[test]
fn codes_in_facts_have_words() {
    use domain::Kind;
    use domain::booking::{BookingStatus, BookingStep, rules::StatusMustAllow};
    let refused: Rejection = StatusMustAllow::NotInThisStatus {
        cargo: "23456789AB3".parse().unwrap(),
        status: BookingStatus::Cancelled,
        action: BookingStep::Released,
    }
    .into();
    assert_eq!(facts(&refused).unwrap()["action"], "released");
    assert_eq!(
        refusal(&refused, &Exact),
        "Cargo 23456789AB3 is CANCELLED and cannot be released."
    );
    let expected = BookingStep::CODES.iter().copied().collect();
    assert_eq!(variants("booking-step"), expected);
    let missing_event = Missing::Aggregate {
        kind: Kind::HandlingEvent,
        name: domain::aggregate::Name::Key("X".to_owned()),
    };
    assert_eq!(missing(&missing_event), "There is no handling event X.");
    for (entry, expected) in [
        (
            Missing::Entry {
                position: i64::MAX as u64,
                head: 12_345,
            },
            "The log has no entry at position 9223372036854775807. Its entries have the positions 1 to \
             12345.",
        ),
        (
            Missing::Entry {
                position: 1,
                head: 0,
            },
            "The log has no entry at position 1. It is empty.",
        ),
        (
            Missing::AfterHead {
                position: 300,
                head: 299,
            },
            "Position 300 comes after the head at position 299, for which the proof is asked.",
        ),
    ] {
        assert_eq!(missing(&entry), expected);
    }
}

/// The codes that a message chooses words for.
fn variants(message: &str) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for text in texts() {
        let resource = fluent_syntax::parser::parse(text).expect("Fluent");
        for entry in resource.body {
            let Entry::Message(own) = entry else { continue };
            let elements = own.value.map(|value| value.elements).unwrap_or_default();
            for element in elements.into_iter().filter(|_| own.id.name == message) {
                if let PatternElement::Placeable {
                    expression: Expression::Select { variants, .. },
                } = element
                {
                    let keys = variants.iter().filter(|variant| !variant.default);
                    found.extend(keys.filter_map(|variant| match variant.key {
                        VariantKey::Identifier { name } => Some(name),
                        VariantKey::NumberLiteral { .. } => None,
                    }));
                }
            }
        }
    }
    found
}

#[test]
fn a_version_that_is_expected_is_quoted() {
    use domain::repository::rules::StaleVersion;
    let stale = |expected| {
        let broken: Rejection = StaleVersion::NotExpected {
            newest: 3,
            expected,
        }
        .into();
        refusal(&broken, &Exact)
    };
    assert_eq!(
        stale(vec![1, 2]),
        r#"The newest version is "3", not "1", "2"."#
    );
    assert_eq!(
        stale(vec![]),
        r#"The newest version is "3", not what If-Match names."#
    );
}

#[test]
fn a_refusal_with_fewer_facts_of_an_earlier_release_still_reads_as_a_sentence() {
    use domain::voyages::rules::CallMustBeKnown;
    let several: Rejection = CallMustBeKnown::SeveralCalls {
        voyage: "V100".parse().unwrap(),
        port: "HKHKG".parse().unwrap(),
        calls: vec!["1".to_owned(), "3".to_owned()],
        times: vec!["2027-03-03T00:00:00Z".parse().unwrap()],
    }
    .into();
    let mut earlier = several.clone();
    earlier.facts.retain(|(name, _)| name != "times");
    for (rejection, expected) in [
        (
            several,
            "Voyage V100 calls at HKHKG more than once: on 2027-03-03T00:00:00.000000Z. Choose one of these calls: 1, 3.",
        ),
        (
            earlier,
            "Voyage V100 calls at HKHKG more than once. Choose one of these calls: 1, 3.",
        ),
    ] {
        assert_eq!(refusal(&rejection, &Exact), expected);
    }
}
