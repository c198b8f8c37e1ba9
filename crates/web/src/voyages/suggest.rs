//! Voyages by number and vessel.

use crate::pages::pickers::{OFFERED, Picker, SOUGHT, SearchByName, Suggestion, is_name};
use crate::pages::words;
use application::queries::{QueryError, Reading};
use application::voyages::VoyageView;
use async_trait::async_trait;
use domain::Names;
use domain::text::folded;
use domain::voyages::{Voyage, VoyageFilter, VoyageNumber, VoyageStatus};

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/voyages",
    search: &Voyages,
    cache_control: "no-store",
    hint_of_schema_first: false,
    hint: "Voyage number or vessel.",
    example: "V100",
    // A new voyage has a number that nobody has yet, and a new user has a new name.
    asks: |pointer, format| format == "voyage-number" && !pointer.ends_with("/number"),
};

/// The search for voyages.
pub(crate) struct Voyages;

#[async_trait]
impl SearchByName for Voyages {
    const THINGS: &'static str = "voyages";

    async fn search(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        search(reading, text).await
    }

    async fn exactly(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Option<String>, QueryError> {
        let voyage = named(reading, text).await?;
        Ok(voyage.map(|voyage| voyage.voyage.to_string()))
    }
}

/// Voyages whose number begins with a text, then those whose number or vessel's name contains it.
/// Those under way or ahead come first.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<Suggestion>, QueryError> {
    let text = text.trim();
    let mut found: Vec<VoyageView> = Vec::new();
    if !is_name(&folded(text)) {
        return Ok(Vec::new());
    }
    if let Some(exact) = named(reading, text).await? {
        found.push(exact);
    }
    let now = reading.recorded_at();
    let by_number = |arrives_from| VoyageFilter {
        number: Some(text.to_owned()),
        arrives_from,
        ..VoyageFilter::default()
    };
    let by_name = |arrives_from| VoyageFilter {
        name: Some(text.to_owned()),
        arrives_from,
        ..VoyageFilter::default()
    };
    for filter in [
        by_number(Some(now)),
        by_name(Some(now)),
        by_number(None),
        by_name(None),
    ] {
        if found.len() > OFFERED {
            break;
        }
        let more = reading.list::<Voyage>(filter, None, SOUGHT);
        for voyage in more.await?.items {
            if found.iter().all(|own| own.voyage != voyage.voyage) {
                found.push(voyage);
            }
        }
    }
    let suggested = found.iter().map(|voyage| Suggestion {
        value: voyage.voyage.to_string(),
        label: label(voyage),
    });
    Ok(suggested.collect())
}

/// The voyage with this number, in lowercase or capital letters.
async fn named(reading: &mut Reading, text: &str) -> Result<Option<VoyageView>, QueryError> {
    let Ok(number) = text.to_uppercase().parse::<VoyageNumber>() else {
        return Ok(None);
    };
    Ok(reading.some::<Voyage>([number.lookup()]).await?.pop())
}

/// A voyage in words that distinguish it from others of the same vessel.
fn label(voyage: &VoyageView) -> String {
    let movements = &voyage.movements;
    let mut parts = vec![voyage.vessel.name.to_string()];
    if let (Some(first), Some(last)) = (movements.first(), movements.last()) {
        parts.push(format!("{} to {}", first.from, last.to));
        parts.push(format!("leaves {}", words::utc(first.departs)));
    }
    if voyage.status == VoyageStatus::Cancelled {
        parts.push("cancelled".to_owned());
    }
    parts.join(" · ")
}
