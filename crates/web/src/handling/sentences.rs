//! What pages say about handling reports.

use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use async_trait::async_trait;
use domain::Event;
use domain::handling::{Activity, ReportEvent};

/// What pages say after the operations of this subdomain.
pub(crate) struct HandlingSentences;

#[async_trait]
impl Sentences for HandlingSentences {
    async fn done(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "register-handling-event" => format!("The handling of {name} is registered."),
            "retract-handling-event" => "The report is retracted.".to_owned(),
            _ => return Ok(None),
        }))
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
                vec![
                    words.join(" "),
                    event.cargo.to_string(),
                    reader.time(event.completed_at),
                ]
            }
            ReportEvent::HandlingEventRetracted(event) => {
                vec![event.cargo.to_string(), event.reason.clone()]
            }
        })
    }
}
