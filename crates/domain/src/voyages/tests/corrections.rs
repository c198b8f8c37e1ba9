//! Departures that were entered wrongly, or passed without a report, are corrected.

use super::*;

/// The times of the round trip with its movements departing on these days.
fn departing(days: [Moment; 3]) -> Vec<PlannedMovement> {
    let mut movements = plan(ROUND).movements;
    for (movement, departs) in movements.iter_mut().zip(days) {
        movement.departs = departs;
        movement.arrives = departs.plus_hours(24);
    }
    movements
}

fn rescheduled(voyage: &Voyage, days: [Moment; 3], now: Moment) -> Result<Voyage, Rejection> {
    let after = voyage.clone().reschedule(departing(days), None, &[], now);
    after.map(|(voyage, _)| voyage)
}

#[test]
fn a_departure_moves_into_the_past_by_a_day_at_most() {
    let far = Some("DepartedMovementMayNotMove");
    let (d1, d3, d5) = (day(1), day(3), day(5));
    let in_2003 = "2003-03-01T00:00:00Z".parse().expect("a time");
    for (days, now, expected, what) in [
        ([in_2003, d3, d5], at((1, -48)), far, "a slip of the year"),
        ([d1, d3, d5], at((1, -48)), None, "nothing moves"),
        ([at((1, -23)), d3, d5], at((1, 1)), None, "by a day"),
        ([at((1, -25)), d3, d5], at((1, 1)), far, "by more"),
        (
            [at((1, -72)), d3, d5],
            at((1, -48)),
            None,
            "a day before now",
        ),
        ([at((1, -73)), d3, d5], at((1, -48)), far, "further back"),
        ([at((1, 6)), d3, d5], at((4, 0)), None, "learnt days later"),
        ([at((1, -25)), d3, d5], at((4, 0)), far, "passed already"),
        ([d1, at((3, 12)), d5], at((4, 0)), None, "it sailed late"),
        (
            [at((3, 1)), at((5, 1)), at((7, 1))],
            at((3, 0)),
            None,
            "has not sailed",
        ),
    ] {
        let after = rescheduled(&voyage(ROUND), days, now);
        assert_eq!(broken(after), expected, "{what}");
    }
}

#[test]
fn a_mistyped_year_is_refused() {
    let year = 366 * 24;
    let [d1, d3, d5] = [1, 3, 5].map(day);
    for (days, now, expected, what) in [
        ([d1, d3, d5], day(1), None, "ahead, or under way"),
        ([d1, d3, d5], at((5, 23)), None, "on its last day"),
        (
            [d1, d3, d5],
            day(6),
            Some("VoyageMustLieAhead"),
            "has ended",
        ),
        (
            [d1, d3, d5.plus_hours(year)],
            day(1),
            Some("ScheduleMustConnect"),
            "it would stay for more than a year",
        ),
    ] {
        let movements = departing(days);
        let mut plan = plan(ROUND);
        plan.movements = movements;
        let scheduled = Voyage::schedule(VoyageId(Uuid::nil()), plan);
        let scheduled = scheduled.and_then(|(voyage, _)| voyage.must_lie_ahead(now));
        assert_eq!(broken(scheduled), expected, "{what}");
    }
    let mut plan = plan(ROUND);
    plan.movements[2].arrives = plan.movements[2].departs.plus_hours(year + 1);
    let refused = Voyage::schedule(VoyageId(Uuid::nil()), plan).expect_err("a year at sea");
    assert_eq!(refused.case.as_deref(), Some("MovementTooLong"));
    assert_eq!(
        refused.facts.last(),
        Some(&("days_max".into(), 366_u64.into()))
    );
}

#[test]
fn the_refusal_says_which_date_to_look_at() {
    let in_2003 = "2003-03-01T00:00:00Z".parse().expect("a time");
    let refused = rescheduled(&voyage(ROUND), [in_2003, day(3), day(5)], at((1, -48)));
    assert_eq!(
        refused.expect_err("a slip of the year").to_string(),
        r#"DepartedMovementMayNotMove/TooFarBack from="NLRTM" to="DEHAM" departs="2003-03-01T00:00:00.000000Z" hours_max=24 reference="2027-02-27T00:00:00.000000Z""#
    );
}

#[test]
fn a_movement_that_is_ahead_again_keeps_the_limit() {
    let mut voyage = voyage(ROUND);
    let first = Stretch(0..1);
    let held = voyage.book(&first, space(60), day(1).plus_hours(-48));
    held.expect("there is space");
    let later = departing([day(2), day(4), day(6)]);
    let holder = |teu| holding(space(teu), vec![first.clone()]);
    // 50 TEU got an itinerary on board after the departure had passed.
    for (since, expected) in [(50, Ok(110)), (51, Err("LoadMayNotPassTheLine"))] {
        let holders = [holder(60), holder(since)];
        let after = voyage
            .clone()
            .reschedule(later.clone(), None, &holders, at((1, 1)));
        let load = after.map(|(voyage, _)| voyage.movements[0].load.quarter_teu / 4);
        let broken = load.map_err(|rejection| rejection.rule.into_owned());
        assert_eq!(broken, expected.map_err(str::to_owned));
    }
}

/// Something that happens to a voyage, or time that passes.
#[derive(Debug, Clone)]
enum Step {
    Book(usize, usize, u64),
    Free(usize),
    Move(usize, i64),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3usize, 1..4usize, 1..40u64).prop_map(|(at, n, teu)| Step::Book(at, n, teu)),
        2 => (0..20usize).prop_map(Step::Free),
        3 => (0..3usize, -100..100i64).prop_map(|(from, hours)| Step::Move(from, hours)),
        2 => (1..40i64).prop_map(Step::Wait),
    ]
}

/// The plan of a voyage with the departures from one movement on moved.
fn moved(voyage: &Voyage, from: usize, hours: i64) -> Vec<PlannedMovement> {
    let movements = voyage.movements.iter().enumerate();
    let shifted = |index, time: Moment| time.plus_hours(if index < from { 0 } else { hours });
    let planned = movements.map(|(index, movement)| PlannedMovement {
        from: movement.from.clone(),
        to: movement.to.clone(),
        departs: shifted(index, movement.departs),
        arrives: shifted(index, movement.arrives),
    });
    planned.collect()
}

proptest! {
    #[test]
    fn movements_ahead_have_the_load_of_their_cargoes(steps in prop::collection::vec(step(), 1..80)) {
        let mut voyage = voyage(ROUND);
        let mut holders: Vec<Holder> = Vec::new();
        let mut now = at((1, -60));
        for step in steps {
            match step {
                Step::Book(at, n, teu) => {
                    let stretch = Stretch(at..(at + n).min(3));
                    if voyage.book(&stretch, space(teu), now).is_ok() {
                        holders.push(holding(space(teu), vec![stretch]));
                    }
                }
                Step::Free(which) if which < holders.len() => {
                    let Holder { size, stretches, .. } = holders.swap_remove(which);
                    prop_assert!(voyage.hold(size, &stretches, &[], now).is_ok());
                }
                Step::Free(_) => {}
                Step::Move(from, hours) => {
                    let planned = moved(&voyage, from, hours);
                    if let Ok((changed, _)) = voyage.clone().reschedule(planned, None, &holders, now) {
                        voyage = changed;
                    }
                }
                Step::Wait(hours) => now = now.plus_hours(hours),
            }
            let movements = voyage.movements.iter().enumerate();
            for (index, movement) in movements.filter(|(_, movement)| !movement.has_departed(now)) {
                let crosses = |holder: &&Holder| holder.stretches[0].0.contains(&index);
                let crossing = holders.iter().filter(crosses);
                let sum = crossing.fold(Space::default(), |sum, holder| sum + holder.size);
                prop_assert_eq!(movement.load, sum);
                prop_assert!(movement.load.fits(voyage.limit()));
            }
        }
    }
}

#[test]
fn another_ship_takes_a_voyage_with_what_is_booked() {
    let ship = || Vessel {
        imo: "9321483".parse().expect("an IMO number"),
        name: "Borealis".parse().expect("a name"),
    };
    let mut booked = voyage(ROUND);
    booked.movements[1].load = space(50);
    for (teu, percent, expected) in [
        (100, 10, None),
        (50, 0, None),
        (49, 0, Some("LimitMayNotFallBelowLoad")),
        (46, 10, None),
    ] {
        let changed = booked
            .clone()
            .change_vessel(ship(), change(line(teu), percent), &[], None);
        assert_eq!(broken(changed), expected, "{teu} TEU, {percent} %");
    }
    let before = booked.clone();
    let changed = booked.change_vessel(ship(), change(line(60), 0), &[], None);
    let (after, event) = changed.expect("it fits");
    assert_eq!((&event.before, &event.vessel), (&before.vessel, &ship()));
    assert_eq!((event.limit_before, event.limit), (line(110), line(60)));
    assert_eq!((after.vessel, after.movements), (ship(), before.movements));
    let cancelled = voyage(ROUND).cancel(&"Fire".parse().expect("a reason"), day(1));
    let (cancelled, _) = cancelled.expect("it can be");
    assert_eq!(
        broken(cancelled.change_vessel(ship(), change(line(100), 0), &[], None)),
        Some("CancelledVoyageTakesNothing")
    );
}
