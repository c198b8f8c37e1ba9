//! Calls that a ship omits.

use super::super::*;
use super::{ROUND, at, broken, day, port, space, voyage};
use crate::rejection::Rejection;

/// Changes as `omit DEHAM`, `restore NLRTM#3` for the third call, `left NLRTM#1` or `reached DEHAM`.
fn changed(voyage: Voyage, changes: &str) -> Result<Voyage, Rejection> {
    let mut changes = changes.split(", ").filter(|change| !change.is_empty());
    changes.try_fold(voyage, |voyage, change| {
        let (what, place) = change.split_once(' ').expect("what and where");
        let (place, number) = place
            .split_once('#')
            .map_or((place, None), |(place, number)| {
                (place, Some(number.parse().expect("a number")))
            });
        let call = CallAt {
            location: port(place),
            number,
        };
        let report = || CallReport {
            call: call.clone(),
            at: day(2),
        };
        Ok(match what {
            "omit" => voyage.omit_call(&call, None)?.0,
            "restore" => voyage.restore_call(&call, None)?.0,
            "left" => voyage.report_departure(&report(), &[], day(9))?.0,
            "reached" => voyage.report_arrival(&report(), &[], day(9))?.0,
            _ => voyage.cancel(&"Fire".parse().expect("a reason"), day(1))?.0,
        })
    })
}

/// The calls, with those that are omitted in brackets.
fn calls(voyage: &Voyage) -> String {
    let word = |port: &crate::locations::UnLocode, omitted| match omitted {
        true => format!("({port})"),
        false => port.to_string(),
    };
    let first = &voyage.movements[0];
    let mut calls = vec![word(&first.from, first.from_omitted)];
    for (index, movement) in voyage.movements.iter().enumerate() {
        calls.push(word(&movement.to, movement.to_omitted));
        if let Some(next) = voyage.movements.get(index + 1) {
            assert_eq!(next.from_omitted, movement.to_omitted, "it is one call");
        }
    }
    calls.join(" ")
}

#[test]
fn a_call_is_omitted_and_restored() {
    let omitted = Err("OmittedCallTakesNothing");
    for (changes, expected) in [
        ("", Ok("NLRTM DEHAM NLRTM USNYC")),
        ("omit DEHAM", Ok("NLRTM (DEHAM) NLRTM USNYC")),
        ("omit NLRTM#1", Ok("(NLRTM) DEHAM NLRTM USNYC")),
        ("omit USNYC", Ok("NLRTM DEHAM NLRTM (USNYC)")),
        (
            "omit NLRTM#3, omit DEHAM",
            Ok("NLRTM (DEHAM) (NLRTM) USNYC"),
        ),
        ("omit DEHAM, restore DEHAM", Ok("NLRTM DEHAM NLRTM USNYC")),
        ("omit NLRTM", Err("CallMustBeKnown")),
        ("omit NLRTM#2", Err("CallMustBeKnown")),
        ("omit SGSIN", Err("CallMustBeKnown")),
        ("omit DEHAM, omit DEHAM", omitted),
        ("restore DEHAM", omitted),
        ("omit NLRTM#1, omit DEHAM, omit USNYC", omitted),
        // What was reported has happened.
        ("left NLRTM#1, omit NLRTM#1", omitted),
        ("reached DEHAM, omit DEHAM", omitted),
        ("omit DEHAM, reached DEHAM", omitted),
        ("omit NLRTM#1, left NLRTM#1", omitted),
        ("left NLRTM#1, omit DEHAM", Ok("NLRTM (DEHAM) NLRTM USNYC")),
        (
            "cancel DEHAM, omit DEHAM",
            Err("CancelledVoyageTakesNothing"),
        ),
    ] {
        let found = changed(voyage(ROUND), changes);
        let rule = broken(found.clone());
        let calls = found.map(|voyage| calls(&voyage));
        let found = calls.as_deref().map_err(|_| rule.expect("a rule"));
        assert_eq!(found, expected, "{changes}");
    }
}

#[test]
fn an_omitted_call_takes_nothing_and_the_rest_goes_on() {
    let omitted = Some("OmittedCallTakesNothing");
    let mut voyage = changed(voyage(ROUND), "omit DEHAM").expect("it can be omitted");
    for (stretch, expected) in [
        (Stretch(0..1), omitted),
        (Stretch(1..3), omitted),
        (Stretch(0..2), None),
        (Stretch(2..3), None),
    ] {
        let booked = broken(voyage.book(&stretch, space(1), day(1)));
        // The cut-off of the first call has passed.
        let expected = match stretch.0.start {
            0 => expected.or(Some("BookingClosesAtCutOff")),
            _ => expected,
        };
        assert_eq!(booked, expected, "{stretch:?}");
    }
    for (end, expected) in [(1, omitted), (2, None)] {
        let goes_on = voyage.may_be_gone_on(&Stretch(0..end), at((1, 0)));
        assert_eq!(broken(goes_on), expected, "{end}");
    }
}

#[test]
fn calls_that_are_made_come_first() {
    let first = (&port("NLRTM"), None);
    let to_new_york = |voyage: &Voyage| voyage.stretch(first, (&port("USNYC"), None));
    let voyage = voyage(ROUND);
    assert_eq!(to_new_york(&voyage), Ok(Stretch(0..3)));
    let voyage = changed(voyage, "omit NLRTM#1").expect("it can be omitted");
    assert_eq!(to_new_york(&voyage), Ok(Stretch(2..3)));
    // What was booked there is still found.
    let departs = Some(voyage.movements[0].departs);
    let booked = voyage.stretch((first.0, departs), (&port("DEHAM"), None));
    assert_eq!(booked, Ok(Stretch(0..1)));
}
