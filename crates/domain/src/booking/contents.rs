//! What a cargo contains.

use super::{DangerousGoods, EquipmentLine, SetPoint};
use crate::limits::{COMMODITY_CHARS_MAX, REFERENCE_CHARS_MAX};
use crate::moment::Moment;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What an amendment can change about a cargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// Gross weight of goods and containers, in kilograms.
    pub gross_weight_kg: u64,
    /// The goods in the containers.
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// The customer's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature at which its reefer containers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_point: Option<SetPoint>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dangerous_goods: Vec<DangerousGoods>,
    /// The ready date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_from: Option<Moment>,
}

impl Contents {
    /// Whether only the description differs: containers, weight and dangerous goods are the same.
    pub(super) fn loads_the_same(&self, other: &Self) -> bool {
        (&self.equipment, self.gross_weight_kg) == (&other.equipment, other.gross_weight_kg)
            && self.dangerous_goods == other.dangerous_goods
    }
}
