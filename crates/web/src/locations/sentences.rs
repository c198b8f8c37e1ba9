//! What pages say about operations on locations.

use crate::messages::{Facts, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences, count};
use crate::pages::visit::{Away, Visit};
use async_trait::async_trait;
use domain::locations::LocationEvent;
use domain::{Event, Fact};

declare_facts! {
    /// The facts of an operation on locations.
    LocationFacts {
        location: Fact,
        /// The number of locations in the input.
        locations: usize,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct LocationSentences;

#[async_trait]
impl Sentences for LocationSentences {
    fn names(&self) -> &'static [&'static str] {
        LocationFacts::NAMES
    }

    async fn facts(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let facts = LocationFacts {
            location: match recorded.name.parse() {
                Ok(code) => Fact::Location(code),
                Err(_) => Fact::Text(recorded.name.clone()),
            },
            locations: count(&recorded.input["locations"]),
        };
        Ok(Some(facts.list()))
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
