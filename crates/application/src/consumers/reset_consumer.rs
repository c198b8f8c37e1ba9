//! `reset-consumer`

use super::known::{ConsumerPositionOutcome, known_consumer};
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::{ConsumerMustBeKnown, PositionMustBeInTheLog};
use domain::consumers::{Consumer, ConsumerName, ConsumerReset};
use domain::limits::{POSITION_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `reset-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetConsumer {
    #[schema(schema_with = schema::consumer_name)]
    consumer: ConsumerName,
    #[validate(range(max = POSITION_MAX))]
    #[schema(schema_with = schema::log_position)]
    position: u64,
    #[schema(schema_with = schema::reset_reason)]
    reason: Text<REASON_CHARS_MAX>,
}

impl Operation for ResetConsumer {
    const ABOUT: About = About {
        name: "reset-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Sets a consumer to a position, back or forward, for example after it took a new snapshot.",
        changes: "The consumer continues after the given position. What it confirmed before no longer counts.",
        effects: "It gets the entries after that position, including those it had before.",
        who: Who::owner_with(&[Role::Integrator]),
        events: &[ConsumerReset::NAME],
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
        let (state, reset) = state.reset(position, head, reason)?;
        uow.record(reset);
        uow.update(Versioned { version, state }).await?;
        let consumer = self.consumer.clone();
        Ok(ConsumerPositionOutcome { consumer, position })
    }
}
