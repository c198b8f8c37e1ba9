//! Reports with one completion time.

use super::delivery::{PLAN, cargo_after, legs, told};
use super::*;

/// All orders of these texts.
fn orders<'a>(texts: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = texts.split_first() else {
        return vec![Vec::new()];
    };
    let rest = orders(rest);
    let places = rest
        .iter()
        .flat_map(|order| (0..=order.len()).map(move |at| (order, at)));
    places
        .map(|(order, at)| {
            let mut order = order.clone();
            order.insert(at, first);
            order
        })
        .collect()
}

#[test]
fn reports_with_one_completion_time_are_in_the_expected_order() {
    let all = [
        "RECEIVE HKHKG 03-09",
        "LOAD V100 HKHKG 03-09",
        "UNLOAD V100 USNYC 03-09",
        "LOAD V200 USNYC 03-09",
    ];
    let ashore = "IN_PORT, USNYC, ROUTED, next LOAD V200 at USNYC, eta 03-16, on track";
    let aboard =
        "ONBOARD_CARRIER, USNYC, V200, ROUTED, next UNLOAD V200 at SESTO, eta 03-16, on track";
    for (reports, expected) in [(&all[..3], ashore), (&all[..], aboard)] {
        for order in orders(reports) {
            assert_eq!(told(&cargo_after(PLAN, &order)), expected, "{order:?}");
        }
    }
    // A new itinerary, or none, changes nothing about what has happened.
    for order in orders(&all[..3]) {
        let (location, now) = ("USNYC".parse().expect("a UN/LOCODE"), time("03-09"));
        let cargo = cargo_after(PLAN, &order);
        let rerouted = cargo.reroute(location, None, None, None, now);
        let (rerouted, ..) = rerouted.expect("it is there");
        assert_eq!(told(&rerouted), "IN_PORT, USNYC, MISROUTED", "{order:?}");
        let onwards = legs(&["V400 USNYC 03-11 SESTO 03-15"]);
        let (sent_on, _) = rerouted
            .assign(&customer(), None, onwards, time("01-01"))
            .expect("it leads there");
        assert_eq!(
            told(&sent_on),
            "IN_PORT, USNYC, ROUTED, next LOAD V400 at USNYC, eta 03-15, on track",
            "{order:?}"
        );
    }
}

#[test]
fn a_claim_comes_last_of_its_completion_time() {
    let unload = "UNLOAD V200 SESTO 03-16";
    for reports in [
        &["RECEIVE HKHKG 03-01", "CLAIM SESTO 03-16", unload][..],
        &["RECEIVE HKHKG 03-01", unload, "CLAIM SESTO 03-16"],
    ] {
        let told = told(&cargo_after(PLAN, reports));
        assert!(told.starts_with("CLAIMED, SESTO, ROUTED"), "{told}");
    }
    let claimed = cargo_after(PLAN, &["RECEIVE HKHKG 03-01", "CLAIM SESTO 03-16"]);
    let elsewhere = claimed.handle(&report("UNLOAD V9 SESTO 03-16"));
    assert_eq!(broken(elsewhere), Some("ClaimedCargoIsFinished"));
}
