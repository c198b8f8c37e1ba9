//! A customer's wish.

use super::dice::Dice;
use super::routes::Leg;
use super::sailing::Sailing;
use domain::Moment;
use serde_json::{Value, json};

/// A 40-foot reefer container.
const REEFER: &str = "45R1";

/// What a customer wants carried, on an existing route.
pub(super) struct Wish {
    pub(super) origin: String,
    pub(super) destination: String,
    pub(super) deadline: Moment,
    pub(super) size_type: &'static str,
    containers: usize,
    pub(super) weight_kg: usize,
    ready_from: Option<Moment>,
    reference: Option<String>,
    special: Option<Special>,
}

/// Goods that need a temperature, or are dangerous.
#[derive(Clone, Copy)]
enum Special {
    /// The commodity and its temperature in degrees Celsius.
    Reefer(&'static str, f64),
    /// The commodity, its UN number and class.
    Dangerous(&'static str, &'static str, &'static str),
}

const REEFERS: [Special; 5] = [
    Special::Reefer("Frozen fish", -20.0),
    Special::Reefer("Frozen vegetables", -18.0),
    Special::Reefer("Apples", 1.0),
    Special::Reefer("Cut flowers", 4.0),
    Special::Reefer("Bananas", 13.3),
];
/// The carrier does not take aerosols.
const DANGEROUS: [Special; 4] = [
    Special::Dangerous("Paint", "UN1263", "3"),
    Special::Dangerous("Lithium-ion batteries", "UN3480", "9"),
    Special::Dangerous("Lead-acid batteries", "UN2794", "8"),
    Special::Dangerous("Aerosols", "UN1950", "2.1"),
];
/// The share of dry cargoes with dangerous goods, in percent.
const DANGEROUS_PERCENT: usize = 8;
/// The share of cargoes that are not ready until a few days before their ship leaves.
const NOT_READY_PERCENT: usize = 30;
/// The share of cargoes with a reference of their customer.
const REFERENCE_PERCENT: usize = 60;

impl Wish {
    /// This many containers over a route, with some days between its arrival and the deadline.
    pub(super) fn over(
        route: &[Leg],
        sailings: &[Sailing],
        containers: usize,
        slack_hours: i64,
        dice: &mut Dice,
    ) -> Self {
        let (first, last) = (&route[0], &route[route.len() - 1]);
        let size = *dice.one(&["22G1", "45G1", "45G1", "42G1", REEFER, "22G1", "L5G1"]);
        // Gross, with the container. For their size, full 20-foot boxes are heavier than 40-foot
        // ones.
        let each = if size.starts_with('2') {
            dice.between(9, 19)
        } else {
            dice.between(14, 27)
        };
        let special = if size == REEFER {
            Some(*dice.one(&REEFERS))
        } else {
            let is_dangerous = dice.percent(DANGEROUS_PERCENT);
            is_dangerous.then(|| *dice.one(&DANGEROUS))
        };
        let is_ready = !dice.percent(NOT_READY_PERCENT);
        let waits = dice.time(48, 96);
        let has_reference = dice.percent(REFERENCE_PERCENT);
        let number = dice.between(10_000, 99_999);
        Self {
            origin: first.from(sailings).to_owned(),
            destination: last.to(sailings).to_owned(),
            deadline: last.arrives(sailings).plus_hours(slack_hours),
            size_type: size,
            containers,
            ready_from: (!is_ready).then(|| first.departs(sailings).plus_hours(-waits)),
            reference: has_reference.then(|| format!("PO-{number}")),
            special,
            weight_kg: containers * each * 1_000 + dice.below(900),
        }
    }

    /// The input of `create-cargo`.
    pub(super) fn create(&self, customer: &str, commodity: &str) -> Value {
        let mut input = json!({
            "customer": customer,
            "origin": self.origin,
            "destination": self.destination,
            "arrival_deadline": self.deadline,
            "ready_from": self.ready_from,
            "equipment": [{ "type": self.size_type, "count": self.containers }],
            "gross_weight_kg": self.weight_kg,
            "commodity": commodity,
            "reference": self.reference,
        });
        match self.special {
            Some(Special::Reefer(goods, celsius)) => {
                input["commodity"] = json!(goods);
                input["set_point_celsius"] = json!(celsius);
            }
            Some(Special::Dangerous(goods, un_number, class)) => {
                input["commodity"] = json!(goods);
                input["dangerous_goods"] = json!([{ "un_number": un_number, "class": class }]);
            }
            None => {}
        }
        input
    }
}
