//! `remove-consumer`

use super::known::{ConsumerOutcome, known_consumer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Consumer, ConsumerName, ConsumerRemoved};
use domain::limits::REASON_CHARS_MAX;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `remove-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveConsumer {
    #[schema(schema_with = schema::consumer_name)]
    consumer: ConsumerName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::removal_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

impl Operation for RemoveConsumer {
    const ABOUT: About = About {
        name: "remove-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Removes a consumer that no longer follows the log.",
        changes: "The consumer is REMOVED. Its history stays in the log.",
        effects: "It confirms nothing any more, and its name can be registered again.",
        who: Who::owner_with(&[Role::Integrator]),
        events: &[ConsumerRemoved::NAME],
        rules: &[ConsumerMustBeKnown],
    };
    type Prepared = ();
    type Outcome = ConsumerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(Names::<Consumer>::lookup(&self.consumer))
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<ConsumerOutcome, Failure> {
        let Versioned { version, state } = known_consumer(uow, &self.consumer).await?;
        if let Some((state, removed)) = state.remove(self.reason.clone()) {
            uow.record(removed);
            uow.update(Versioned { version, state }).await?;
        }
        let consumer = self.consumer.clone();
        Ok(ConsumerOutcome { consumer })
    }
}
