//! Omitted calls, reefer plugs and dangerous goods.

use super::*;
use crate::voyages::{CallAt, DangerousGoodsClass};

/// Flammable liquids, or nothing.
pub(super) fn classes(some: bool) -> DangerousGoodsClasses {
    let class = some.then_some(DangerousGoodsClass::FlammableLiquid);
    class.into_iter().collect()
}

#[test]
fn every_movement_of_a_route_has_plugs() {
    let direct = "V1: NLRTM 50 > DEHAM 60, DEHAM 70 > USNYC 90";
    for (stated, booked, needed, expected) in [
        (Some(3), 1, 2, &["V1 NLRTM-USNYC"][..]),
        (Some(3), 2, 2, &[]),
        (Some(3), 3, 0, &["V1 NLRTM-USNYC"]),
        (None, 2, 2, &["V1 NLRTM-USNYC"]),
    ] {
        let mut voyage = voyage(direct);
        voyage.capacity.plugs = stated;
        voyage.movements[1].load.plugs = booked;
        let mut asked = wanted();
        asked.size.plugs = needed;
        check(std::slice::from_ref(&voyage), &asked, expected);
        let routes = timetable(&[voyage]).routes(&asked);
        let left = stated.map(|stated| stated - booked);
        assert!(routes.iter().all(|route| route.free.plugs == left));
    }
}

#[test]
fn a_route_uses_voyages_that_take_the_goods() {
    let onwards = voyage("V2: DEHAM 68 > USNYC 80");
    for (takes, expected) in [
        (
            [true, true],
            &["V1 NLRTM-DEHAM V2 DEHAM-USNYC", "V1 NLRTM-USNYC"][..],
        ),
        ([true, false], &["V1 NLRTM-USNYC"]),
        ([false, true], &[]),
    ] {
        let mut voyages = [
            voyage("V1: NLRTM 50 > DEHAM 60, DEHAM 70 > USNYC 90"),
            onwards.clone(),
        ];
        for (voyage, takes) in voyages.iter_mut().zip(takes) {
            voyage.dangerous_goods_classes = classes(takes);
        }
        let mut asked = wanted();
        asked.classes = classes(true);
        check(&voyages, &asked, expected);
    }
}

#[test]
fn a_call_that_the_ship_omits_is_not_used() {
    let round = voyage("V1: NLRTM 50 > DEHAM 60, DEHAM 70 > USNYC 90");
    let onwards = voyage("V2: DEHAM 68 > USNYC 80");
    let before = [round.clone(), onwards.clone()];
    let both = &["V1 NLRTM-DEHAM V2 DEHAM-USNYC", "V1 NLRTM-USNYC"];
    check(&before, &wanted(), both);
    let omitted = |code: &str| {
        let call = CallAt {
            location: port(code),
            number: None,
        };
        let omitted = round.clone().omit_call(&call, None);
        [omitted.expect("it can be omitted").0, onwards.clone()]
    };
    check(&omitted("DEHAM"), &wanted(), &["V1 NLRTM-USNYC"]);
    check(&omitted("USNYC"), &wanted(), &both[..1]);
    check(&omitted("NLRTM"), &wanted(), &[]);
    // The order is settled again when a call is omitted.
    let mut known = timetable(&before);
    for voyage in &omitted("DEHAM") {
        known.put(voyage);
    }
    known.settle();
    assert_eq!(found(&known, &wanted()), ["V1 NLRTM-USNYC"]);
}
