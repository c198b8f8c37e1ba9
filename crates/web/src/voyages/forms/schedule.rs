//! The form of a new voyage: the calls in order, each with its port, arrival and departure by the
//! clock of the port. It can start from a copy of another voyage, some weeks later.

use crate::pages::form::Entered;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, Origin, SpecialForm};
use crate::pages::visit::{Away, Visit};
use crate::voyages::vessels::form::{fill_in_picked, picked, picker};
use application::voyages::{ScheduleVoyage, VoyageView};
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::Moment;
use domain::limits::CALLS_MAX;
use serde_json::{Map, Value, json};

const HOURS_PER_WEEK: i64 = 7 * 24;
/// The furthest week to which a voyage can be copied.
const WEEKS_MAX: u64 = 104;
pub(super) struct Schedule;

/// The form that copies a voyage.
#[derive(Template)]
#[template(path = "voyages/copy.html")]
struct Copy {
    operation: &'static str,
    voyage: String,
    weeks: String,
    weeks_max: u64,
    /// The vessel that was picked for the form.
    ship: String,
}

/// Where the entered values keep what was copied, which the operation does not ask for.
const COPIED: &str = "/copy";
const WEEKS: &str = "/weeks";
const SHIP: &str = "/ship";

#[async_trait]
impl SpecialForm for Schedule {
    fn operation(&self) -> &'static About {
        &ScheduleVoyage::ABOUT
    }

    /// Asks for calls instead of movements.
    fn asks(&self, mut input: Value) -> Value {
        let port = input["properties"]["movements"]["items"]["properties"]["from"].clone();
        let time = json!({ "type": "string", "format": "date-time" });
        let calls = json!({
            "type": "array", "minItems": 2, "maxItems": CALLS_MAX,
            "items": {
                "type": "object", "required": ["port"],
                "properties": { "port": port, "arrival": time, "departure": time },
            },
        });
        if let Some(fields) = input["properties"].as_object_mut() {
            fields.remove("movements");
            fields.insert("calls".to_owned(), calls);
        }
        input["required"] = json!([
            "number",
            "vessel",
            "capacity",
            "overbooking_percent",
            "cut_off_hours",
            "calls"
        ]);
        input
    }

    fn input(&self, mut entered: Value) -> Value {
        let Some(fields) = entered.as_object_mut() else {
            return entered;
        };
        let calls = fields.remove("calls").unwrap_or_default();
        let calls: &[Value] = calls.as_array().map_or(&[], Vec::as_slice);
        let movements: Vec<_> = calls
            .windows(2)
            .map(|pair| movement(&pair[0], &pair[1]))
            .collect();
        fields.insert("movements".to_owned(), movements.into());
        entered
    }

    fn origin(&self) -> Option<Origin> {
        Some(origin)
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        _schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let ship = picked(visit);
        if let Some(ship) = &ship {
            entered.preset(SHIP, ship);
        }
        fill_in_picked(visit, ship, entered).await?;
        // Just now, or before a vessel was picked.
        let now = visit.parameters.line("copy", 200);
        let before = visit.parameters.line("copied", 200);
        let copied = now.or(before);
        let now = visit.parameters.number("weeks", 0, WEEKS_MAX);
        let before = visit.parameters.number("copied_weeks", 0, WEEKS_MAX);
        let weeks = now.or(before).and_then(|weeks| i64::try_from(weeks).ok());
        let weeks = weeks.unwrap_or(1);
        let Some(number) = copied.filter(|number| !number.trim().is_empty()) else {
            return Ok(());
        };
        entered.preset(COPIED, number.trim());
        entered.preset(WEEKS, weeks.to_string());
        let mut named = Entered::default();
        named.preset("/voyage", number.trim());
        match super::planned(visit, &named).await? {
            Some(voyage) => copy(entered, &voyage, weeks * HOURS_PER_WEEK),
            None => {
                let complaint = format!("There is no voyage {} to copy.", number.trim());
                entered.wrong_field("/number", complaint);
            }
        }
        Ok(())
    }

    async fn parts(&self, _visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let last = entered.items("/calls").max(2) - 1;
        let copy = Copy {
            operation: ScheduleVoyage::ABOUT.name,
            voyage: entered.value(COPIED).unwrap_or_default().to_owned(),
            weeks: entered.value(WEEKS).unwrap_or("1").to_owned(),
            weeks_max: WEEKS_MAX,
            ship: entered.value(SHIP).unwrap_or_default().to_owned(),
        };
        let copied = (!copy.voyage.is_empty()).then_some((&*copy.voyage, &*copy.weeks));
        // A voyage begins with a departure and ends with an arrival. The calls between have both.
        let times = (0..=last).flat_map(|call| [(call, "arrival"), (call, "departure")]);
        let (hidden, required): (Vec<_>, Vec<_>) =
            times.partition(|time| *time == (0, "arrival") || *time == (last, "departure"));
        let pointers = |times: Vec<(usize, &str)>| {
            let times = times.into_iter();
            let pointers = times.map(|(call, name)| format!("/calls/{call}/{name}"));
            pointers.collect()
        };
        Ok(FormParts {
            above: format!("{}{}", picker(self.operation(), "", copied), render(&copy)),
            hidden: pointers(hidden),
            required: pointers(required),
            ..FormParts::default()
        })
    }
}

/// The movement between two calls. What is missing is missing in it, too.
fn movement(from: &Value, to: &Value) -> Value {
    let mut movement = Map::new();
    for (name, call, field) in [
        ("from", from, "port"),
        ("to", to, "port"),
        ("departs", from, "departure"),
        ("arrives", to, "arrival"),
    ] {
        if let Some(value) = call.get(field) {
            movement.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(movement)
}

/// The field of a call that a field of a movement comes from.
fn origin(pointer: &str) -> Option<String> {
    let rest = pointer.strip_prefix("/movements")?;
    if rest.is_empty() {
        return Some("/calls".to_owned());
    }
    let mut parts = rest.split('/').skip(1);
    let index: usize = parts.next()?.parse().ok()?;
    Some(match parts.next() {
        Some("from") => format!("/calls/{index}/port"),
        Some("departs") => format!("/calls/{index}/departure"),
        Some("to") => format!("/calls/{}/port", index + 1),
        Some("arrives") => format!("/calls/{}/arrival", index + 1),
        _ => format!("/calls/{index}"),
    })
}

/// Fills in a voyage, with all published times some hours later.
fn copy(entered: &mut Entered, voyage: &VoyageView, hours: i64) {
    let vessel = &voyage.vessel;
    let later = |time: Moment| time.plus_hours(hours).to_string();
    entered.preset("/vessel/imo", vessel.imo.to_string());
    entered.preset("/vessel/name", vessel.name.to_string());
    if let Some(plugs) = voyage.capacity.plugs {
        entered.preset("/capacity/plugs", u64::from(plugs).to_string());
    }
    for (index, class) in voyage.dangerous_goods_classes.iter().enumerate() {
        let pointer = format!("/dangerous_goods_classes/{index}");
        entered.preset(&pointer, class.word());
    }
    for (pointer, figure) in [
        ("/capacity/teu", f64::from(voyage.capacity.teu)),
        ("/capacity/tonnes", f64::from(voyage.capacity.tonnes)),
        (
            "/overbooking_percent",
            f64::from(voyage.overbooking_percent),
        ),
        ("/cut_off_hours", f64::from(voyage.cut_off_hours)),
    ] {
        entered.preset(pointer, figure.to_string());
    }
    for (index, movement) in voyage.movements.iter().enumerate() {
        let next = index + 1;
        entered.preset(&format!("/calls/{index}/port"), movement.from.to_string());
        entered.preset(
            &format!("/calls/{index}/departure"),
            later(movement.scheduled.departs),
        );
        entered.preset(&format!("/calls/{next}/port"), movement.to.to_string());
        entered.preset(
            &format!("/calls/{next}/arrival"),
            later(movement.scheduled.arrives),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_become_movements() {
        let entered = json!({
            "vessel": { "imo": "9074729", "name": "Emma" }, "number": "V1",
            "calls": [
                { "port": "NLRTM", "departure": "a" },
                { "port": "DEHAM", "arrival": "b", "departure": "c" },
                { "port": "SGSIN", "arrival": "d" },
            ],
        });
        let expected = json!({
            "vessel": { "imo": "9074729", "name": "Emma" }, "number": "V1",
            "movements": [
                { "from": "NLRTM", "to": "DEHAM", "departs": "a", "arrives": "b" },
                { "from": "DEHAM", "to": "SGSIN", "departs": "c", "arrives": "d" },
            ],
        });
        assert_eq!(Schedule.input(entered), expected);
    }

    #[test]
    fn a_fault_of_a_movement_is_shown_at_its_call() {
        for (pointer, expected) in [
            ("/movements", Some("/calls")),
            ("/movements/1/from", Some("/calls/1/port")),
            ("/movements/1/departs", Some("/calls/1/departure")),
            ("/movements/1/to", Some("/calls/2/port")),
            ("/movements/1/arrives", Some("/calls/2/arrival")),
            ("/number", None),
        ] {
            assert_eq!(origin(pointer).as_deref(), expected, "{pointer}");
        }
    }
}
