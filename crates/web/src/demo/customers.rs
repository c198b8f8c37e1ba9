//! The customers of the sample world.

use super::dice::Dice;
use serde::Deserialize;
use serde_json::{Value, json};

/// A shipper of the sample world.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Shipper {
    /// The customer's id, once it has one.
    #[serde(default)]
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) country: String,
    pub(super) commodities: Vec<String>,
}

/// The packaged shippers.
pub(super) fn shippers() -> Vec<Shipper> {
    serde_json::from_str(include_str!("../../data/demo-customers.json"))
        .expect("they come with the program")
}

impl Shipper {
    /// The input of `new-customer`.
    pub(super) fn new_customer(&self) -> Value {
        json!({ "name": self.name, "email": self.email, "country": self.country })
    }
}

/// A shipper for cargo from a port, usually one from there if there is one.
pub(super) fn from_port<'a>(shippers: &'a [Shipper], port: &str, dice: &mut Dice) -> &'a Shipper {
    let local: Vec<_> = shippers
        .iter()
        .filter(|shipper| port.starts_with(&shipper.country))
        .collect();
    if local.is_empty() || dice.percent(30) {
        dice.one(shippers)
    } else {
        local[dice.below(local.len())]
    }
}
