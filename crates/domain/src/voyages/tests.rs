//! Voyages: tables of cases and properties.

mod corrections;
mod omissions;
mod reports;
mod special;
mod whereabouts;

use super::*;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::space::{Space, SpaceLimit};
use proptest::prelude::*;
use uuid::Uuid;

fn port(code: &str) -> UnLocode {
    code.parse().expect("a UN/LOCODE")
}

fn day(day: u32) -> Moment {
    format!("2027-03-{day:02}T00:00:00Z")
        .parse()
        .expect("a time")
}

/// A plan from `NLRTM 1 > DEHAM 2, DEHAM 3 > USNYC 9`.
fn plan(movements: &str) -> Plan {
    let call = |text: &str| {
        let (place, on) = text.trim().split_once(' ').expect("place and day");
        (port(place), day(on.trim().parse().expect("a day")))
    };
    let movement = |text: &str| {
        let (from, to) = text.split_once('>').expect("from > to");
        let ((from, departs), (to, arrives)) = (call(from), call(to));
        PlannedMovement {
            from,
            to,
            departs,
            arrives,
        }
    };
    Plan {
        number: "V1".parse().expect("a number"),
        vessel: Vessel {
            imo: "9074729".parse().expect("an IMO number"),
            name: "Ever Test".parse().expect("a name"),
        },
        capacity: line(100),
        overbooking_percent: 10,
        cut_off_hours: 24,
        dangerous_goods_classes: DangerousGoodsClasses::default(),
        movements: movements
            .split(',')
            .filter(|text| !text.is_empty())
            .map(movement)
            .collect(),
    }
}

fn voyage(movements: &str) -> Voyage {
    Voyage::schedule(VoyageId(Uuid::nil()), plan(movements))
        .expect("a schedule that connects")
        .0
}

/// A space of this many TEU and as many tonnes.
fn space(teu: u64) -> Space {
    Space {
        quarter_teu: teu * 4,
        kg: teu * 1_000,
        plugs: 0,
    }
}

/// The same as a limit, without plugs.
fn line(teu: u64) -> SpaceLimit {
    SpaceLimit {
        quarter_teu: teu * 4,
        kg: teu * 1_000,
        plugs: None,
    }
}

/// A cargo without dangerous goods.
fn holding(size: Space, stretches: Vec<Stretch>) -> Holder {
    Holder {
        cargo: "23456789AB3".parse().expect("a tracking id"),
        size,
        classes: DangerousGoodsClasses::default(),
        stretches,
    }
}

fn change(capacity: SpaceLimit, overbooking_percent: u8) -> CapacityChange {
    CapacityChange {
        capacity,
        overbooking_percent,
        dangerous_goods_classes: None,
    }
}

fn broken(result: Result<impl Sized, Rejection>) -> Option<&'static str> {
    let rejection = result.err()?;
    let rule = crate::rules().find(|rule| rejection.breaks(rule))?;
    Some(rule.name)
}

const ROUND: &str = "NLRTM 1 > DEHAM 2, DEHAM 3 > NLRTM 4, NLRTM 5 > USNYC 14";

#[test]
fn schedule_must_connect() {
    for (movements, connects) in [
        ("NLRTM 1 > DEHAM 2", true),
        (ROUND, true),
        ("NLRTM 1 > DEHAM 2, DEHAM 2 > USNYC 9", true),
        ("", false),
        ("NLRTM 1 > NLRTM 2", false),
        ("NLRTM 2 > DEHAM 1", false),
        ("NLRTM 2 > DEHAM 2", false),
        ("NLRTM 1 > DEHAM 2, USNYC 3 > GBFXT 9", false),
        ("NLRTM 1 > DEHAM 4, DEHAM 3 > USNYC 9", false),
    ] {
        let expected = (!connects).then_some("ScheduleMustConnect");
        let scheduled = Voyage::schedule(VoyageId(Uuid::nil()), plan(movements));
        assert_eq!(broken(scheduled), expected, "{movements}");
    }
}

#[test]
fn voyage_must_call_in_order() {
    let voyage = voyage(ROUND);
    for (load, load_day, unload, unload_day, crossed) in [
        ("NLRTM", None, "DEHAM", None, Some(0..1)),
        ("NLRTM", None, "USNYC", None, Some(0..3)),
        ("NLRTM", Some(5), "USNYC", None, Some(2..3)),
        ("NLRTM", None, "NLRTM", None, Some(0..2)),
        ("DEHAM", None, "USNYC", Some(14), Some(1..3)),
        ("DEHAM", None, "DEHAM", None, None),
        ("USNYC", None, "NLRTM", None, None),
        ("NLRTM", Some(2), "USNYC", None, None),
        ("NLRTM", Some(5), "DEHAM", None, None),
        ("GBFXT", None, "USNYC", None, None),
    ] {
        let found = voyage.stretch(
            (&port(load), load_day.map(day)),
            (&port(unload), unload_day.map(day)),
        );
        let found = found.ok().map(|stretch| stretch.0);
        assert_eq!(
            found, crossed,
            "{load} {load_day:?} {unload} {unload_day:?}"
        );
    }
}

#[test]
fn limit_is_rounded_down() {
    let mut voyage = voyage(ROUND);
    for (quarter_teu, kg, percent, limit_quarter_teu, limit_kg) in [
        (400, 100_000, 10, 440, 110_000),
        (9, 999, 10, 9, 1_098),
        (10, 1, 33, 13, 1),
        (0, 0, 100, 0, 0),
        (200_000, 1_000_000_000, 100, 400_000, 2_000_000_000),
    ] {
        voyage.capacity = SpaceLimit {
            quarter_teu,
            kg,
            plugs: Some(10),
        };
        voyage.overbooking_percent = percent;
        let limit = SpaceLimit {
            quarter_teu: limit_quarter_teu,
            kg: limit_kg,
            plugs: Some(10),
        };
        assert_eq!(voyage.limit(), limit);
    }
}

#[test]
fn load_may_not_pass_the_line() {
    for (size, expected) in [
        (space(110), None),
        (
            Space {
                quarter_teu: 441,
                kg: 1,
                plugs: 0,
            },
            Some("LoadMayNotPassTheLine"),
        ),
        (
            Space {
                quarter_teu: 1,
                kg: 110_001,
                plugs: 0,
            },
            Some("LoadMayNotPassTheLine"),
        ),
    ] {
        let mut voyage = voyage(ROUND);
        let all = voyage
            .stretch((&port("NLRTM"), None), (&port("USNYC"), None))
            .expect("it calls there");
        assert_eq!(
            broken(voyage.book(&all, size, day(1).plus_hours(-25))),
            expected
        );
    }
}

#[test]
fn a_refused_booking_shows_the_space_left() {
    let mut voyage = voyage(ROUND);
    let last = voyage
        .stretch((&port("NLRTM"), Some(day(5))), (&port("USNYC"), None))
        .expect("it calls there");
    voyage
        .book(&last, space(109), day(1))
        .expect("there is space");
    let all = voyage
        .stretch((&port("NLRTM"), None), (&port("USNYC"), None))
        .expect("it calls there");
    let refused = voyage
        .book(&all, space(2), day(1).plus_hours(-24))
        .expect_err("1 TEU is left");
    assert_eq!(
        refused.to_string(),
        r#"LoadMayNotPassTheLine/TooLittleLeft left="1 TEU and 1 t" voyage="V1" from="NLRTM" to="USNYC" needed="2 TEU and 2 t""#
    );
    assert_eq!(
        voyage.movements[0].load,
        Space::default(),
        "all movements or none"
    );
}

#[test]
fn booking_closes_at_cut_off() {
    for (hours_before, expected) in [(25, None), (24, None), (23, Some("BookingClosesAtCutOff"))] {
        let mut voyage = voyage(ROUND);
        let leg = voyage
            .stretch((&port("DEHAM"), None), (&port("USNYC"), None))
            .expect("it calls there");
        let now = day(3).plus_hours(-hours_before);
        assert_eq!(
            broken(voyage.book(&leg, space(1), now)),
            expected,
            "{hours_before} h"
        );
    }
}

#[test]
fn cancelled_voyage_takes_nothing() {
    let mut voyage = voyage(ROUND);
    voyage.status = VoyageStatus::Cancelled;
    let leg = voyage
        .stretch((&port("NLRTM"), None), (&port("DEHAM"), None))
        .expect("it calls there");
    let booked = voyage.book(&leg, space(1), day(1).plus_hours(-48));
    assert_eq!(broken(booked), Some("CancelledVoyageTakesNothing"));
}

#[test]
fn limit_may_not_fall_below_load() {
    for (teu, percent, expected) in [
        (110, 0, None),
        (100, 10, None),
        (109, 0, Some("LimitMayNotFallBelowLoad")),
        (100, 9, Some("LimitMayNotFallBelowLoad")),
    ] {
        let mut voyage = voyage(ROUND);
        let leg = voyage
            .stretch((&port("DEHAM"), None), (&port("NLRTM"), None))
            .expect("it calls there");
        voyage
            .book(&leg, space(110), day(1))
            .expect("there is space");
        assert_eq!(
            broken(voyage.change_capacity(change(line(teu), percent), &[])),
            expected
        );
    }
}

fn at(day_and_hour: (u32, i64)) -> Moment {
    day(day_and_hour.0).plus_hours(day_and_hour.1)
}

#[test]
fn a_reschedule_connects_and_keeps_ports() {
    let kept = "RescheduleMustKeepPorts";
    for (movements, now, expected) in [
        (ROUND, 1, None),
        (
            "NLRTM 2 > DEHAM 3, DEHAM 3 > NLRTM 5, NLRTM 6 > USNYC 16",
            0,
            None,
        ),
        (
            "NLRTM 1 > DEHAM 2, DEHAM 4 > NLRTM 5, NLRTM 6 > USNYC 16",
            2,
            None,
        ),
        ("NLRTM 1 > DEHAM 2, DEHAM 3 > NLRTM 4", 0, Some(kept)),
        (
            "NLRTM 1 > DEHAM 2, DEHAM 3 > GBFXT 4, GBFXT 5 > USNYC 14",
            0,
            Some(kept),
        ),
        (
            "NLRTM 1 > DEHAM 2, DEHAM 1 > NLRTM 4, NLRTM 5 > USNYC 14",
            0,
            Some("ScheduleMustConnect"),
        ),
        ("", 0, Some("ScheduleMustConnect")),
    ] {
        // A moment after the start of that day.
        let now = if now == 0 {
            Moment::from_micros(0)
        } else {
            day(now).plus_micros(1)
        };
        let rescheduled = voyage(ROUND).reschedule(plan(movements).movements, None, &[], now);
        assert_eq!(broken(rescheduled), expected, "{movements}");
    }
}

#[test]
fn a_cancelled_voyage_takes_nothing() {
    let reason = || "Engine trouble".parse().expect("a reason");
    for (now, expected) in [
        ((1, 0), None),
        ((5, 0), None),
        ((5, 1), Some("DepartedMovementMayNotMove")),
    ] {
        assert_eq!(broken(voyage(ROUND).cancel(&reason(), at(now))), expected);
    }
    let mut cancelled = voyage(ROUND)
        .cancel(&reason(), day(1))
        .expect("it can be")
        .0;
    let nothing = Some("CancelledVoyageTakesNothing");
    let stretch = Stretch(1..2);
    assert_eq!(broken(cancelled.book(&stretch, space(1), day(1))), nothing);
    assert_eq!(broken(cancelled.clone().cancel(&reason(), day(1))), nothing);
    assert_eq!(
        broken(cancelled.clone().change_capacity(change(line(1), 0), &[])),
        nothing
    );
    // What has departed arrives with everything on board.
    assert_eq!(
        broken(cancelled.may_be_gone_on(&stretch, at((3, 0)))),
        nothing
    );
    assert_eq!(broken(cancelled.may_be_gone_on(&stretch, at((3, 1)))), None);
    let movements = plan(ROUND).movements;
    assert_eq!(
        broken(cancelled.reschedule(movements, None, &[], day(1))),
        nothing
    );
}

#[test]
fn sailed_space_stays_booked() {
    let mut voyage = voyage(ROUND);
    let all = Stretch(0..3);
    let load = |voyage: &Voyage| -> Vec<u64> {
        voyage
            .movements
            .iter()
            .map(|m| m.load.quarter_teu / 4)
            .collect()
    };
    let mut hold = |before: &[Stretch], after: &[Stretch], now| {
        let is_other = voyage.hold(space(60), before, after, now);
        (is_other.expect("there is space"), load(&voyage))
    };
    let shorter = Stretch(0..2);
    let (begin, [first, second]) = (Moment::from_micros(0), [Stretch(0..1), Stretch(1..3)]);
    for (before, after, now, expected) in [
        (&[][..], &[&all][..], begin, (true, [60, 60, 60])),
        // If two stretches cross a movement, it counts once.
        (&[&all], &[&first, &all], begin, (false, [60, 60, 60])),
        (&[&all], &[&shorter], at((1, 1)), (true, [60, 60, 0])),
        (
            &[&shorter],
            &[&first, &second],
            at((3, 1)),
            (true, [60, 60, 60]),
        ),
        (&[&first, &second], &[], at((3, 1)), (true, [60, 60, 0])),
        (&[], &[&all], at((3, 1)), (true, [60, 60, 60])),
        (&[&all], &[&shorter], at((3, 1)), (true, [60, 60, 0])),
        (&[&shorter], &[], at((3, 1)), (false, [60, 60, 0])),
    ] {
        let owned = |all: &[&Stretch]| all.iter().map(|s| (*s).clone()).collect::<Vec<_>>();
        let held = hold(&owned(before), &owned(after), now);
        assert_eq!(
            held,
            (expected.0, expected.1.to_vec()),
            "{before:?} {after:?}"
        );
    }
}

/// A request to a voyage.
#[derive(Debug, Clone)]
enum Asked {
    Book(usize, usize, Space),
    Free(usize),
    Capacity(SpaceLimit, u8),
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        4 => (0..3usize, 1..4usize, 1..40u64, 0..10u64).prop_map(|(at, n, teu, plugs)| {
            Asked::Book(at, n, Space { plugs, ..space(teu) })
        }),
        2 => (0..20usize).prop_map(Asked::Free),
        1 => (0..150u64, 0..30u8, prop::option::of(0..40u64)).prop_map(|(teu, percent, plugs)| {
            Asked::Capacity(SpaceLimit { plugs, ..line(teu) }, percent)
        }),
    ]
}

proptest! {
    #[test]
    fn the_line_holds_whatever_is_asked(all in prop::collection::vec(asked(), 1..60)) {
        let mut voyage = voyage(ROUND);
        let mut booked: Vec<(Stretch, Space)> = Vec::new();
        for asked in all {
            match asked {
                Asked::Book(at, n, size) => {
                    let stretch = Stretch(at..(at + n).min(3));
                    if voyage.book(&stretch, size, Moment::from_micros(0)).is_ok() {
                        booked.push((stretch, size));
                    }
                }
                Asked::Free(which) if which < booked.len() => {
                    let (stretch, size) = booked.swap_remove(which);
                    let freed = voyage.hold(size, &[stretch], &[], Moment::from_micros(0));
                    prop_assert!(freed.is_ok());
                }
                Asked::Free(_) => {}
                Asked::Capacity(capacity, percent) => {
                    let held = |(stretch, size): &(Stretch, Space)| holding(*size, vec![stretch.clone()]);
                    let holders: Vec<_> = booked.iter().map(held).collect();
                    let changed = voyage.clone().change_capacity(change(capacity, percent), &holders);
                    if let Ok((changed, _)) = changed {
                        voyage = changed;
                    }
                }
            }
            for (index, movement) in voyage.movements.iter().enumerate() {
                let crossing = booked.iter().filter(|(stretch, _)| stretch.0.contains(&index));
                let sum = crossing.fold(Space::default(), |sum, (_, size)| sum + *size);
                prop_assert_eq!(movement.load, voyage.capacity.counted(sum));
                prop_assert!(movement.load.fits(voyage.limit()));
            }
        }
    }
}
