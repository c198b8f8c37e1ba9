//! The clocks by which times are entered: those of the places beside them.

use super::entered::Entered;
use super::field::properties;
use crate::pages::places::Places;
use application::queries::{QueryError, Reading};
use domain::locations::UnLocode;
use serde_json::Value;

/// Fields with a time, each with the field beside it whose place has the clock. All other times are
/// entered in UTC.
const CLOCKS: &[(&str, &str)] = &[("at", "location")];

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
        let places = fields.filter_map(|(name, _, _)| place(&format!("/{name}"), entered));
        let places: Vec<UnLocode> = places.collect();
        Places::load(reading, &places).await.map(Self)
    }

    /// The time at a pointer in the form of inputs, or what is wrong with it. `None` if it is
    /// entered in UTC or the place is not known.
    pub(super) fn read(
        &self,
        pointer: &str,
        text: &str,
        entered: &Entered,
    ) -> Option<Result<String, String>> {
        let place = place(pointer, entered)?;
        let place = self.0.get(&place)?;
        Some(place.time_zone.when(text).map(|time| time.to_string()))
    }
}

/// Whether the time at a pointer is entered by the clock of a place.
pub(super) fn is_local(pointer: &str) -> bool {
    beside(pointer).is_some()
}

/// The field whose place has the clock.
fn beside(pointer: &str) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let (_, place) = CLOCKS.iter().find(|(time, _)| *time == name)?;
    Some(format!("{parent}/{place}"))
}

fn place(pointer: &str, entered: &Entered) -> Option<UnLocode> {
    let place = entered.value(&beside(pointer)?)?;
    place.trim().to_uppercase().parse().ok()
}
