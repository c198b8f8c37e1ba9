//! Vessels by name and IMO number.

use crate::pages::pickers::{Picker, SOUGHT, SearchByName, Suggestion, is_name};
use crate::pages::words;
use application::queries::{QueryError, Reading};
use application::voyages::VesselView;
use async_trait::async_trait;
use domain::Names;
use domain::text::folded;
use domain::voyages::{ImoNumber, RegisteredVessel, VesselFilter};

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/vessels",
    search: &Vessels,
    cache_control: "no-store",
    hint_of_schema_first: false,
    hint: "Name or IMO number.",
    example: "9074729",
    // An operation that needs a vessel also takes one that nobody has registered. Forms pick above
    // their fields.
    asks: |_, _| false,
};

/// The search for vessels.
pub(crate) struct Vessels;

#[async_trait]
impl SearchByName for Vessels {
    const THINGS: &'static str = "vessels";

    async fn search(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        let suggested = found(reading, text).await?;
        let suggested = suggested.iter().map(|vessel| Suggestion {
            value: vessel.imo.to_string(),
            label: format!("{} · {}", vessel.name, words::space(vessel.capacity)),
        });
        Ok(suggested.collect())
    }

    /// The IMO number, or the name if only one vessel has it.
    async fn exactly(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Option<String>, QueryError> {
        if let Ok(imo) = text.parse::<ImoNumber>() {
            return Ok(Some(imo.to_string()));
        }
        let mut named = found(reading, text).await?;
        named.retain(|own| folded(own.name.as_str()) == folded(text));
        Ok(match named.as_slice() {
            [only] => Some(only.imo.to_string()),
            _ => None,
        })
    }
}

async fn found(reading: &mut Reading, text: &str) -> Result<Vec<VesselView>, QueryError> {
    let text = text.trim();
    if !is_name(&folded(text)) {
        return Ok(Vec::new());
    }
    let filter = VesselFilter {
        name: Some(text.to_owned()),
        ..VesselFilter::default()
    };
    let found = reading.list::<RegisteredVessel>(filter, None, SOUGHT);
    Ok(found.await?.items)
}

/// The registered vessel with an IMO number.
pub(crate) async fn registered(
    reading: &mut Reading,
    imo: &ImoNumber,
) -> Result<Option<VesselView>, QueryError> {
    let known = reading.some::<RegisteredVessel>([imo.lookup()]);
    Ok(known.await?.pop())
}
