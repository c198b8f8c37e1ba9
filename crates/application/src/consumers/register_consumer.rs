//! `register-consumer`

use super::known::ConsumerPositionOutcome;
use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::consumers::rules::{
    ConsumerNameMustBeUnique, ConsumersMustBeFew, PositionMustBeInTheLog,
};
use domain::consumers::{Consumer, ConsumerFilter, ConsumerId, ConsumerName, ConsumerRegistered};
use domain::limits::CONSUMER_DESCRIPTION_CHARS_MAX;
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::text::Text;
use domain::{Lookup, Moment, Names, Rejection, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `register-consumer`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterConsumer {
    #[schema(schema_with = schema::consumer_name)]
    name: ConsumerName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_consumer_description, required = false)]
    description: Option<Text<CONSUMER_DESCRIPTION_CHARS_MAX>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_first_position, required = false)]
    from: Option<u64>,
}

impl PreparedFor<RegisterConsumer> for ConsumerId {
    fn prepare(_: &RegisterConsumer, now: Moment, chance: &mut dyn Chance) -> Preparation<Self> {
        ConsumerId(chance.id(now)).into()
    }
}

impl Operation for RegisterConsumer {
    const ABOUT: About = About {
        name: "register-consumer",
        version: 1,
        subdomain: "consumers",
        meaning: "Registers a program that follows the log, so that its progress is watched.",
        changes: "Adds a consumer that belongs to the caller and starts after the given position, or after the last entry.",
        effects: "It may confirm positions. The name of a removed consumer can be used again.",
        who: Who::roles(&[Role::Integrator]),
        events: &[ConsumerRegistered::NAME],
        rules: &[
            ConsumerNameMustBeUnique,
            PositionMustBeInTheLog,
            ConsumersMustBeFew,
        ],
    };
    type Prepared = ConsumerId;
    type Outcome = ConsumerPositionOutcome;

    fn target(&self, _: &ConsumerId) -> Option<Lookup> {
        Some(Names::<Consumer>::lookup(&self.name))
    }

    async fn run(
        &self,
        id: &ConsumerId,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<ConsumerPositionOutcome, Failure> {
        let owner = uow.user().cloned();
        let owner = owner.expect("the policy permits only users to register consumers");
        let found: Option<Versioned<Consumer>> = uow.find(&self.name).await?;
        if found
            .as_ref()
            .is_some_and(|found| found.state.is_registered())
        {
            let key = self.name.to_string();
            return Err(Rejection::from(ConsumerNameMustBeUnique { key }).into());
        }
        let all = uow.all(&ConsumerFilter {}).await?;
        Consumer::must_be_few(all.iter().map(|found| &found.state), &owner)?;
        let (name, description) = (self.name.clone(), self.description.clone());
        let (head, from) = (uow.head(), self.from);
        let position = from.unwrap_or(head);
        let (consumer, registered) =
            Consumer::register(*id, name.clone(), owner, description, position, head)?;
        uow.record(registered);
        match found {
            None => uow.add(consumer).await?,
            Some(removed) => {
                let anew = removed.with(|removed| consumer.replacing(&removed));
                uow.update(anew).await?;
            }
        }
        Ok(ConsumerPositionOutcome {
            consumer: name,
            position,
        })
    }
}
