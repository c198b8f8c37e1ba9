//! What pages say about handling reports.

use crate::messages::{Facts, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use async_trait::async_trait;
use domain::Event;
use domain::handling::{Activity, ReportEvent};

declare_facts! {
    /// The facts of a report.
    HandlingFacts {
        cargo: String,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct HandlingSentences;

#[async_trait]
impl Sentences for HandlingSentences {
    fn names(&self) -> &'static [&'static str] {
        HandlingFacts::NAMES
    }

    async fn facts(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let cargo = &recorded.outcome["cargo"];
        let cargo = cargo.as_str().unwrap_or(recorded.text("cargo")).to_owned();
        Ok(Some(HandlingFacts { cargo }.list()))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Handling(event) = event else {
            return None;
        };
        Some(match event {
            ReportEvent::HandlingEventRegistered(event) => {
                let Activity {
                    handling_type,
                    location,
                    voyage,
                } = &event.handling;
                let voyage = voyage.iter().map(ToString::to_string);
                let words = [handling_type.word().to_owned()].into_iter().chain(voyage);
                let words: Vec<_> = words.chain([reader.location(location)]).collect();
                let container = event.container.iter().map(ToString::to_string);
                let mut details = vec![words.join(" "), event.cargo.to_string()];
                details.extend(container);
                details.push(reader.time_in(event.completed_at, location));
                details
            }
            ReportEvent::HandlingEventRetracted(event) => {
                vec![event.cargo.to_string(), event.reason.clone()]
            }
        })
    }
}
