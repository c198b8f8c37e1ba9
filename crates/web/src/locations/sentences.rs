//! What pages say about operations on locations.

use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences, count};
use crate::pages::places::Places;
use crate::pages::visit::{Away, Visit};
use async_trait::async_trait;
use domain::Event;
use domain::locations::{LocationEvent, UnLocode};

/// What pages say after the operations of this subdomain.
pub(crate) struct LocationSentences;

#[async_trait]
impl Sentences for LocationSentences {
    async fn done(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "add-locations" => {
                let added = count(&recorded.input["locations"], "location", "locations");
                format!("{} added.", added.unwrap_or_default())
            }
            "correct-location" => format!("{} corrected.", told(visit, name).await?),
            _ => return Ok(None),
        }))
    }

    async fn unchanged(
        &self,
        visit: &mut Visit,
        recorded: &Recorded,
    ) -> Result<Option<String>, Away> {
        Ok(Some(match recorded.operation() {
            "correct-location" => {
                let place = told(visit, &recorded.name).await?;
                format!("correct location found {place} like this already")
            }
            "add-locations" => "all of these locations are known already".to_owned(),
            _ => return Ok(None),
        }))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Locations(event) = event else {
            return None;
        };
        Some(match event {
            LocationEvent::LocationAdded(event) => vec![reader.location(&event.location)],
            LocationEvent::LocationCorrected(event) => vec![reader.location(&event.location)],
        })
    }
}

/// A location by name and code.
async fn told(visit: &mut Visit, code: &str) -> Result<String, Away> {
    let Ok(location) = code.parse::<UnLocode>() else {
        return Ok(code.to_owned());
    };
    let places = Places::load(&mut visit.reading, [&location]).await?;
    Ok(places.told(&location))
}
