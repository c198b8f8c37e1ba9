//! `skip-consumer`

use super::known::{ConsumerPositionOutcome, known_consumer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::{ConsumerMustBeKnown, PositionMustBeInTheLog};
use domain::consumers::{Consumer, ConsumerName, ConsumerSkipped};
use domain::limits::{POSITION_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `skip-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkipConsumer {
    #[schema(schema_with = schema::consumer_name)]
    consumer: ConsumerName,
    #[validate(range(max = POSITION_MAX))]
    #[schema(schema_with = schema::log_position)]
    position: u64,
    #[schema(schema_with = schema::skip_reason)]
    reason: Text<REASON_CHARS_MAX>,
}

impl Operation for SkipConsumer {
    const ABOUT: About = About {
        name: "skip-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Moves a consumer past entries that it cannot take or does not need.",
        changes: "The consumer continues after the given position, unless it is further already.",
        effects: "Entries up to that position count as handled. Skipping to a position that it started after or was moved past before changes nothing.",
        who: Who::owner_with(&[Role::Integrator]),
        events: &[ConsumerSkipped::NAME],
        rules: &[ConsumerMustBeKnown, PositionMustBeInTheLog],
    };
    type Prepared = ();
    type Outcome = ConsumerPositionOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(Names::<Consumer>::lookup(&self.consumer))
    }

    async fn run(
        &self,
        (): &(),
        uow: &mut UnitOfWork<'_>,
    ) -> Result<ConsumerPositionOutcome, Failure> {
        let Versioned { version, state } = known_consumer(uow, &self.consumer).await?;
        let (position, head, reason) = (self.position, uow.head(), self.reason.clone());
        if let Some((state, skipped)) = state.skip(position, head, reason)? {
            uow.record(skipped);
            uow.update(Versioned { version, state }).await?;
        }
        let consumer = self.consumer.clone();
        Ok(ConsumerPositionOutcome { consumer, position })
    }
}
