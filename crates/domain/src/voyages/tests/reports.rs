//! Reported departures and arrivals.

use super::super::*;
use super::{ROUND, broken, day, holding, port, space, voyage};
use crate::moment::Moment;
use crate::space::Space;

/// Reports as `departs NLRTM 1`, or `departs NLRTM#3 5` for the third call.
fn reported(voyage: Voyage, reports: &str, now: Moment) -> Result<Voyage, &'static str> {
    let reports = reports.split(',').filter(|report| !report.is_empty());
    reports.map(str::trim).try_fold(voyage, |voyage, report| {
        let words: Vec<&str> = report.split(' ').collect();
        let (place, call) = words[1].split_once('#').unzip();
        let report = CallReport {
            call: CallAt {
                location: port(place.unwrap_or(words[1])),
                number: call.map(|call| call.parse().expect("a number")),
            },
            at: day(words[2].parse().expect("a day")),
        };
        let after = match words[0] {
            "departs" => voyage.report_departure(&report, &[], now).map(|(v, _)| v),
            _ => voyage.report_arrival(&report, &[], now).map(|(v, _)| v),
        };
        after.map_err(|rejection| broken(Err::<(), _>(rejection)).expect("a rule"))
    })
}

/// The best known times as days: `1>2 3>4`.
fn days(voyage: &Voyage, of: impl Fn(&CarrierMovement) -> Times) -> String {
    let number = |time: Moment| time.to_string()[8..10].trim_start_matches('0').to_owned();
    let movements = voyage.movements.iter().map(|movement| {
        let times = of(movement);
        format!("{}>{}", number(times.departs), number(times.arrives))
    });
    movements.collect::<Vec<_>>().join(" ")
}

fn best_known(voyage: &Voyage) -> String {
    days(voyage, |movement| Times {
        departs: movement.departs,
        arrives: movement.arrives,
    })
}

#[test]
fn a_report_moves_what_it_contradicts() {
    for (reports, expected) in [
        ("", Ok("1>2 3>4 5>14")),
        ("departs NLRTM#1 1", Ok("1>2 3>4 5>14")),
        // The sea time stays, and so does the rest if it can.
        ("departs NLRTM#1 2", Ok("2>3 3>4 5>14")),
        ("departs NLRTM#1 4", Ok("4>5 5>6 6>14")),
        ("arrives DEHAM 6", Ok("1>6 6>7 7>14")),
        // Another report corrects the first, and what the first one moved.
        ("arrives DEHAM 6, arrives DEHAM 3", Ok("1>3 3>4 5>14")),
        // A departure brings the expected arrival forward.
        (
            "departs NLRTM#1 2, arrives DEHAM 20",
            Ok("2>20 20>21 21>30"),
        ),
        ("departs NLRTM#1 3, departs DEHAM 4", Ok("3>4 4>5 5>14")),
        ("departs DEHAM 7", Ok("1>2 7>8 8>14")),
        ("departs NLRTM#1 4, departs NLRTM#1 3", Ok("3>4 4>5 5>14")),
        ("departs DEHAM 7, departs NLRTM#1 6", Ok("6>7 7>8 8>14")),
        (
            "departs DEHAM 7, departs NLRTM#1 8",
            Err("ScheduleMustConnect"),
        ),
        ("departs DEHAM 1", Err("ScheduleMustConnect")),
        ("arrives DEHAM 1", Err("ScheduleMustConnect")),
        (
            "arrives DEHAM 4, departs DEHAM 3",
            Err("ScheduleMustConnect"),
        ),
        (
            "departs DEHAM 4, arrives DEHAM 5",
            Err("ScheduleMustConnect"),
        ),
        ("departs NLRTM 1", Err("CallMustBeKnown")),
        ("departs NLRTM#2 1", Err("CallMustBeKnown")),
        ("departs DEHAM#3 1", Err("CallMustBeKnown")),
        ("departs USNYC 14", Err("CallMustBeKnown")),
        ("arrives GBFXT 14", Err("CallMustBeKnown")),
        ("arrives NLRTM 4", Ok("1>2 3>4 5>14")),
        ("arrives NLRTM#1 4", Err("CallMustBeKnown")),
        ("departs NLRTM#1 26", Err("ReportMayNotLieInTheFuture")),
    ] {
        let after = reported(voyage(ROUND), reports, day(25));
        let expected = expected.map(str::to_owned);
        assert_eq!(
            after.as_ref().map(best_known).map_err(|rule| *rule),
            expected,
            "{reports}"
        );
        let Ok(after) = reported(voyage(ROUND), reports, day(25)) else {
            continue;
        };
        assert_eq!(days(&after, CarrierMovement::scheduled), "1>2 3>4 5>14");
    }
}

#[test]
fn a_report_that_is_taken_back_leaves_nothing_behind() {
    let reason = "It was another ship".parse().expect("a reason");
    let call = |location: &str, number| CallAt {
        location: location.parse().expect("a port"),
        number,
    };
    let before = voyage(ROUND);
    let gone = reported(before.clone(), "departs NLRTM#1 4", day(25)).expect("a report");
    assert_eq!(best_known(&gone), "4>5 5>6 6>14");
    let back = gone.retract_departure(&call("NLRTM", Some(1)), &reason, &[], day(25));
    assert_eq!(
        best_known(&back.expect("it was reported").0),
        best_known(&before)
    );

    let there = reported(
        before.clone(),
        "departs NLRTM#1 1, arrives DEHAM 6",
        day(25),
    );
    let there = there.expect("reports");
    assert_eq!(best_known(&there), "1>6 6>7 7>14");
    let back = there.retract_arrival(&call("DEHAM", None), &reason, &[], day(25));
    assert_eq!(
        best_known(&back.expect("it was reported").0),
        best_known(&before)
    );

    // The planner's later estimate counts, and not what a report moved.
    let gone = reported(before, "departs NLRTM#1 4", day(25)).expect("a report");
    let mut planned: Vec<_> = gone.movements.iter().map(PlannedMovement::from).collect();
    planned[0].arrives = day(8);
    planned[1].departs = day(9);
    planned[1].arrives = day(10);
    planned[2].departs = day(10);
    let planned = gone
        .reschedule(planned, None, &[], day(25))
        .expect("an estimate")
        .0;
    let back = planned.retract_departure(&call("NLRTM", Some(1)), &reason, &[], day(25));
    assert_eq!(
        best_known(&back.expect("it was reported").0),
        "1>8 9>10 10>14"
    );
}

#[test]
fn scheduled_expected_and_reported_times_stand_side_by_side() {
    let after = reported(voyage(ROUND), "departs NLRTM#1 2", day(2)).expect("a report");
    let mut planned: Vec<_> = after.movements.iter().map(PlannedMovement::from).collect();
    planned[0].arrives = day(6);
    planned[1].departs = day(7);
    planned[1].arrives = day(8);
    planned[2].departs = day(8);
    let (after, _) = after
        .reschedule(planned.clone(), None, &[], day(3))
        .expect("a new estimate");
    let after = reported(after, "arrives DEHAM 5", day(6)).expect("a report");
    assert_eq!(best_known(&after), "2>5 7>8 8>14");
    assert_eq!(days(&after, CarrierMovement::expected), "1>6 7>8 8>14");
    assert_eq!(days(&after, CarrierMovement::scheduled), "1>2 3>4 5>14");
    let movement = &after.movements[0];
    assert_eq!(
        (movement.departed_at, movement.arrived_at),
        (Some(day(2)), Some(day(5)))
    );
    // What was reported stays when the rest is rescheduled.
    planned[0].arrives = day(5);
    let kept = after.clone().reschedule(planned.clone(), None, &[], day(6));
    assert_eq!(broken(kept), None);
    for movement in [
        PlannedMovement {
            arrives: day(6),
            ..planned[0].clone()
        },
        PlannedMovement {
            departs: day(1),
            ..planned[0].clone()
        },
    ] {
        let mut moved = planned.clone();
        moved[0] = movement;
        let moved = after.clone().reschedule(moved, None, &[], day(6));
        assert_eq!(broken(moved), Some("DepartedMovementMayNotMove"));
    }
}

#[test]
fn a_movement_that_is_ahead_again_has_the_load_of_its_holders() {
    let mut before = voyage("NLRTM 1 > DEHAM 2, DEHAM 3 > USNYC 9");
    before.movements[1].load = space(7);
    let stretch = before.stretch((&port("DEHAM"), None), (&port("USNYC"), None));
    let holders = [holding(space(5), vec![stretch.expect("a stretch")])];
    let report = |at| CallReport {
        call: CallAt {
            location: port("NLRTM"),
            number: None,
        },
        at,
    };
    let loads =
        |voyage: &Voyage| -> Vec<Space> { voyage.movements.iter().map(|m| m.load).collect() };
    let (on_time, _) = before
        .clone()
        .report_departure(&report(day(1)), &holders, day(4))
        .expect("a report");
    assert_eq!(loads(&on_time), [space(0), space(7)]);
    let (late, event) = before
        .report_departure(&report(day(4)), &holders, day(4))
        .expect("a report");
    assert_eq!(loads(&late), [space(0), space(5)]);
    assert_eq!((event.before, event.departed_at), (day(1), day(4)));
    assert!(
        late.movements[0].has_departed(day(3)),
        "reported, whatever the clock says"
    );
}

#[test]
fn a_cancelled_voyage_only_arrives_where_it_has_departed_for() {
    let (cancelled, _) = voyage("NLRTM 1 > DEHAM 2, DEHAM 5 > USNYC 9")
        .cancel(&"Engine".parse().expect("a reason"), day(3))
        .expect("a voyage that can be cancelled");
    for (report, expected) in [
        ("arrives DEHAM 3", None),
        ("departs DEHAM 3", Some("CancelledVoyageTakesNothing")),
        ("arrives USNYC 3", Some("CancelledVoyageTakesNothing")),
    ] {
        for now in [3, 12] {
            let after = reported(cancelled.clone(), report, day(now));
            assert_eq!(after.err(), expected, "{report}, on day {now}");
        }
    }
}

#[test]
fn states_from_before_have_no_reports() {
    let before = voyage(ROUND);
    let text = serde_json::to_string(&before).expect("JSON");
    assert!(
        !text.contains("scheduled\":{") && !text.contains("departed_at"),
        "{text}"
    );
    let read: Voyage = serde_json::from_str(&text).expect("a voyage");
    assert_eq!(days(&read, CarrierMovement::scheduled), best_known(&before));
    let after = reported(before, "departs NLRTM#1 2", day(2)).expect("a report");
    let text = serde_json::to_string(&after).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Voyage>(&text).expect("a voyage"),
        after
    );
}
