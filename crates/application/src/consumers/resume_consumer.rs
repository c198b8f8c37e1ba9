//! `resume-consumer`

use super::known::{ConsumerOutcome, known_consumer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Consumer, ConsumerName, ConsumerResumed};
use domain::repository::{Failure, Repository};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `resume-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeConsumer {
    #[schema(schema_with = schema::consumer_name)]
    consumer: ConsumerName,
}

impl Operation for ResumeConsumer {
    const ABOUT: About = About {
        name: "resume-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Lets a paused consumer confirm positions again.",
        changes: "The consumer is ACTIVE, at the same position as before.",
        effects: "Resuming an active consumer changes nothing.",
        who: Who::owner_with(&[Role::Integrator]),
        events: &[ConsumerResumed::NAME],
        rules: &[ConsumerMustBeKnown],
    };
    type Prepared = ();
    type Outcome = ConsumerOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(Names::<Consumer>::lookup(&self.consumer))
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<ConsumerOutcome, Failure> {
        let Versioned { version, state } = known_consumer(uow, &self.consumer).await?;
        if let Some((state, resumed)) = state.resume() {
            uow.record(resumed);
            uow.update(Versioned { version, state }).await?;
        }
        let consumer = self.consumer.clone();
        Ok(ConsumerOutcome { consumer })
    }
}
