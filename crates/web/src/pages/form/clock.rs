//! The clocks by which times are entered: those of the places beside them.

use super::entered::Entered;
use super::field::{clock_beside, properties};
use crate::pages::places::Places;
use application::queries::{QueryError, Reading};
use serde_json::Value;

/// The places by whose clocks times were entered.
#[derive(Default)]
pub(crate) struct Clocks(Places);

impl Clocks {
    /// The places that were entered beside times.
    pub(crate) async fn of(
        reading: &mut Reading,
        schema: &Value,
        entered: &Entered,
    ) -> Result<Self, QueryError> {
        let fields = properties(schema).into_iter();
        let places = fields.filter_map(|(name, _, _)| beside(&format!("/{name}"), entered));
        Places::entered(reading, places).await.map(Self)
    }

    /// The time at a pointer in the form of inputs, or what is wrong with it. `None` if it is
    /// entered in UTC or the place is not known.
    pub(super) fn read(
        &self,
        pointer: &str,
        text: &str,
        entered: &Entered,
    ) -> Option<Result<String, String>> {
        let place = self.0.find(beside(pointer, entered)?)?;
        Some(place.time_zone.when(text).map(|time| time.to_string()))
    }
}

/// The place that was entered beside the time at a pointer.
fn beside<'e>(pointer: &str, entered: &'e Entered) -> Option<&'e str> {
    entered.value(&clock_beside(pointer)?)
}
