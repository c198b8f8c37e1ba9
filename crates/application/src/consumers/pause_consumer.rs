//! `pause-consumer`

use super::known::{ConsumerOutcome, known_consumer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Consumer, ConsumerName, ConsumerPaused};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `pause-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseConsumer {
    #[schema(schema_with = schema::consumer_name)]
    consumer: ConsumerName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::pause_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for PauseConsumer {
    const ABOUT: About = About {
        name: "pause-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Stops a consumer from confirming positions for a while.",
        changes: "The consumer is PAUSED.",
        effects: "It may read on but confirms nothing. Pausing a paused consumer changes nothing.",
        who: Who::owner_with(&[Role::Integrator]),
        events: &[ConsumerPaused::NAME],
        rules: &[ConsumerMustBeKnown],
    };
    type Prepared = ();
    type Outcome = ConsumerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(Names::<Consumer>::lookup(&self.consumer))
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<ConsumerOutcome, Failure> {
        let Versioned { version, state } = known_consumer(uow, &self.consumer).await?;
        if let Some((state, paused)) = state.pause(self.reason.clone()) {
            uow.record(paused);
            uow.update(Versioned { version, state }).await?;
        }
        let consumer = self.consumer.clone();
        Ok(ConsumerOutcome { consumer })
    }
}
