//! What pages say about operations on consumers.

use crate::messages::{Facts, Reader, declare_facts, value};
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use async_trait::async_trait;
use domain::Event;
use domain::consumers::ConsumerEvent;

declare_facts! {
    /// The facts of an operation on a consumer.
    ConsumerFacts {
        consumer: String,
        /// The position given. 0 for other operations.
        position: u64,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct ConsumerSentences;

#[async_trait]
impl Sentences for ConsumerSentences {
    fn names(&self) -> &'static [&'static str] {
        ConsumerFacts::NAMES
    }

    async fn facts(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let facts = ConsumerFacts {
            consumer: recorded.name.clone(),
            position: recorded.outcome["position"].as_u64().unwrap_or(0),
        };
        Ok(Some(facts.list()))
    }

    async fn next(&self, _visit: &mut Visit, _recorded: &Recorded) -> Result<Option<String>, Away> {
        Ok(None)
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Consumers(event) = event else {
            return None;
        };
        let reason = |reason: &Option<_>| reason.iter().map(ToString::to_string).collect();
        let told = |position: u64| value(&position.into(), reader);
        let moved = |position: u64, reason: &dyn ToString| {
            vec![format!("position {}", told(position)), reason.to_string()]
        };
        Some(match event {
            ConsumerEvent::ConsumerRegistered(event) => {
                vec![format!("after position {}", told(event.position))]
            }
            ConsumerEvent::ConsumerRemoved(event) => reason(&event.reason),
            ConsumerEvent::ConsumerPaused(event) => reason(&event.reason),
            ConsumerEvent::ConsumerReset(event) => moved(event.position, &event.reason),
            ConsumerEvent::ConsumerSkipped(event) => moved(event.position, &event.reason),
            ConsumerEvent::ConsumerResumed(_) => Vec::new(),
        })
    }
}
