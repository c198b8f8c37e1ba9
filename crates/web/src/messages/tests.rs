//! The catalogue matches the rules, and its sentences read well.

use super::*;
use domain::access::policy::Policy;
use domain::rejection::Rule;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

/// The names of messages, each with the variables in it.
fn catalogue() -> BTreeMap<String, BTreeSet<String>> {
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
        if let InlineExpression::VariableReference { id } = inline {
            found.insert(id.name.to_owned());
        }
    }
}

#[test]
fn every_case_of_every_rule_has_its_message() {
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
    assert_eq!(catalogue(), needed, "each fact stands in its message");
}

#[test]
fn a_rejection_reads_as_a_sentence() {
    use domain::voyages::rules::{BookingClosesAtCutOff, LoadMayNotPassTheLine};
    let code = |code: &str| -> UnLocode { code.parse().unwrap() };
    let space = |quarter_teu, kg| Space { quarter_teu, kg };
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
        "Booking for HKHKG closed at 2027-03-02T00:00:00.000000Z, 24 h before departure."
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
    let unknown = r#"{"rule":"MoonMustShine","case":"New","facts":[["cargo",{"text":"X"}]]}"#;
    let unknown: Rejection = serde_json::from_str(unknown).unwrap();
    assert_eq!(refusal(&unknown, &Exact), r#"MoonMustShine/New cargo="X""#);
}
