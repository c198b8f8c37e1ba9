//! Legs that need a call which the ship omits.

use super::super::*;
use super::customer;
use super::delivery::{cargo_after, v100};
use super::time;
use crate::voyages::CallAt;

#[test]
fn an_omitted_call_breaks_what_needs_it() {
    let first = "V100 HKHKG 03-03 JPTYO 03-05";
    let second = "V100 JPTYO 03-06 USNYC 03-09";
    let third = "V200 USNYC 03-10 SESTO 03-16";
    let across = &["V100 HKHKG 03-03 USNYC 03-09", third][..];
    let in_a_row = &[first, second, third][..];
    let aboard = &["LOAD V100 HKHKG 03-03"][..];
    let ashore = &["LOAD V100 HKHKG 03-03", "UNLOAD V100 JPTYO 03-05"][..];
    for (plan, reports, port, expected) in [
        (across, &[][..], "JPTYO", &[][..]),
        (across, &[], "HKHKG", &["0 HKHKG"]),
        (across, &[], "USNYC", &["0 USNYC"]),
        (across, aboard, "HKHKG", &[]),
        (across, aboard, "USNYC", &["0 USNYC"]),
        // It stays on board, unless it came off.
        (in_a_row, &[], "JPTYO", &[]),
        (in_a_row, aboard, "JPTYO", &[]),
        (in_a_row, ashore, "JPTYO", &["1 JPTYO"]),
        (in_a_row, ashore, "HKHKG", &[]),
    ] {
        let cargo = cargo_after(plan, reports);
        let before = v100();
        let call = CallAt {
            location: port.parse().expect("a UN/LOCODE"),
            number: None,
        };
        let (now, _) = before.clone().omit_call(&call, None).expect("it can be");
        let followed = cargo.follow(&before, &now);
        let cargo = followed.map_or(cargo, |(cargo, ..)| cargo);
        let delivery = cargo.delivery();
        let broken = delivery.broken_legs.iter();
        let broken: Vec<_> = broken
            .map(|own| format!("{} {}", own.leg, own.location))
            .collect();
        assert_eq!(broken, expected, "{plan:?} {reports:?} {port}");
        let flags: &[Flag] = if broken.is_empty() {
            &[]
        } else {
            &[Flag::CallOmitted]
        };
        assert_eq!(delivery.flags, flags);
        assert_eq!(delivery.eta.is_none(), !broken.is_empty());
        let accepted = cargo.accept(&customer(), time("02-20"));
        let rule = accepted.err().map(|rejection| rejection.rule.to_string());
        let refused = (!broken.is_empty()).then(|| "OmittedCallTakesNothing".to_owned());
        assert_eq!(rule, refused);
    }
}
