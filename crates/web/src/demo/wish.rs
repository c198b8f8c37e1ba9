//! A customer's wish.

use super::dice::Dice;
use super::routes::Leg;
use super::sailing::Sailing;
use domain::Moment;
use serde_json::{Value, json};

/// What a customer wants carried, on an existing route.
pub(super) struct Wish {
    pub(super) origin: String,
    pub(super) destination: String,
    pub(super) deadline: Moment,
    equipment: Value,
    weight_kg: usize,
}

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
        let size = *dice.one(&["22G1", "45G1", "45G1", "42G1", "45R1", "22G1", "L5G1"]);
        // Gross, with the container. For their size, full 20-foot boxes are heavier than 40-foot
        // ones.
        let each = if size.starts_with('2') {
            dice.between(9, 19)
        } else {
            dice.between(14, 27)
        };
        Self {
            origin: first.from(sailings).to_owned(),
            destination: last.to(sailings).to_owned(),
            deadline: last.arrives(sailings).plus_hours(slack_hours),
            equipment: json!([{ "type": size, "count": containers }]),
            weight_kg: containers * each * 1_000 + dice.below(900),
        }
    }

    /// The input of `create-cargo`.
    pub(super) fn create(&self, customer: &str, commodity: &str) -> Value {
        json!({
            "customer": customer,
            "origin": self.origin,
            "destination": self.destination,
            "arrival_deadline": self.deadline,
            "equipment": self.equipment,
            "gross_weight_kg": self.weight_kg,
            "commodity": commodity,
        })
    }
}
