//! The fields that refusals are about.

use domain::limits::MOVEMENTS_MAX;
use domain::{Fact, Rejection};

/// Rules about one field. Their refusals are shown beside it.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("DeadlineMustLieAhead", "/arrival_deadline"),
    ("OriginAndDestinationMustDiffer", "/destination"),
    ("ContainerMayNotBeOverweight", "/gross_weight_kg"),
    ("VoyageNumberMustBeUnique", "/number"),
    ("UserNameMustBeUnique", "/name"),
    ("ScheduleMustConnect", "/movements"),
    ("CustomerMustBeKnown", "/customer"),
    ("CargoMustBeKnown", "/cargo"),
    ("ContainerMustBeKnown", "/container"),
    ("VoyageMustBeKnown", "/voyage"),
    ("UserMustBeKnown", "/user"),
    ("TokenMustBeKnown", "/token_id"),
    ("LocationMustBeKnown", "/location"),
    ("VoyageRequired", "/voyage"),
    ("VoyageProhibited", "/voyage"),
    ("ScheduleMustConnect", "/at"),
    ("CallMustBeKnown", "/call"),
    ("ReportMayNotLieInTheFuture", "/at"),
    ("EventMayNotLieInTheFuture", "/completed_at"),
    ("ClaimedCargoIsFinished", "/cargo"),
    ("CargoHistoryMustHaveRoom", "/cargo"),
];

/// Rules about one item of a list of movements, by case, with its field that the error is about.
const ITEMS: &[(&str, &str, &str)] = &[
    ("ScheduleMustConnect", "PortsMustDiffer", "to"),
    ("ScheduleMustConnect", "ArrivesBeforeItDeparts", "arrives"),
    ("ScheduleMustConnect", "PortsMustMeet", "from"),
    ("ScheduleMustConnect", "DepartsBeforeItArrives", "departs"),
    ("ScheduleMustConnect", "MovementTooLong", "arrives"),
    ("ScheduleMustConnect", "StayTooLong", "departs"),
    ("DepartedMovementMayNotMove", "DepartureReported", "departs"),
    ("DepartedMovementMayNotMove", "ArrivalReported", "arrives"),
    ("DepartedMovementMayNotMove", "TooFarBack", "departs"),
    ("LoadMayNotPassTheLine", "AheadAgain", "departs"),
];

/// The field of a list item that a refusal is about. `value` finds what was entered for a field of
/// the operation's input.
pub(super) fn item_at_fault<'v>(
    rejection: &Rejection,
    value: impl Fn(&str) -> Option<&'v str>,
) -> Option<String> {
    let case = rejection.case.as_deref()?;
    let mut items = ITEMS.iter();
    let (.., field) = items.find(|own| own.0 == rejection.rule && own.1 == case)?;
    let fact = |name: &str| {
        let mut facts = rejection.facts.iter();
        facts.find(|(own, _)| own == name).map(|(_, fact)| fact)
    };
    let index = match fact("movement") {
        Some(Fact::Count(number)) => number.checked_sub(1)?,
        _ => {
            let has = |index: &u64, name: &str, fact: Option<&Fact>| {
                let entered = value(&format!("/movements/{index}/{name}"));
                fact.is_none_or(|fact| match fact {
                    Fact::Location(port) => entered == Some(port.as_str()),
                    _ => false,
                })
            };
            let (from, to) = (fact("from").or(fact("port")), fact("to"));
            let mut all = 0..MOVEMENTS_MAX;
            all.find(|index| has(index, "from", from) && has(index, "to", to))?
        }
    };
    Some(format!("/movements/{index}/{field}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_about_a_field_of_an_item() {
        let port = |code: &str| Fact::Location(code.parse().unwrap());
        let entered = |pointer: &str| match pointer {
            "/movements/0/from" => Some("NLRTM"),
            "/movements/0/to" | "/movements/1/from" => Some("SGSIN"),
            "/movements/1/to" => Some("DEHAM"),
            _ => None,
        };
        for (rule, case, facts, expected) in [
            (
                "ScheduleMustConnect",
                "DepartsBeforeItArrives",
                vec![("movement".into(), Fact::Count(2))],
                Some("/movements/1/departs"),
            ),
            (
                "DepartedMovementMayNotMove",
                "TooFarBack",
                vec![("from".into(), port("NLRTM")), ("to".into(), port("SGSIN"))],
                Some("/movements/0/departs"),
            ),
            (
                "DepartedMovementMayNotMove",
                "ArrivalReported",
                vec![("to".into(), port("DEHAM"))],
                Some("/movements/1/arrives"),
            ),
            (
                "DepartedMovementMayNotMove",
                "ArrivalReported",
                vec![("to".into(), port("AUMEL"))],
                None,
            ),
            ("ScheduleMustConnect", "NoMovement", Vec::new(), None),
        ] {
            let rejection = Rejection {
                rule: rule.into(),
                case: Some(case.into()),
                facts,
            };
            let found = item_at_fault(&rejection, entered);
            assert_eq!(found.as_deref(), expected, "{rejection}");
        }
    }
}
