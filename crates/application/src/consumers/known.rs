use crate::schema;
use crate::verify::{CHUNK, Trouble};
use crate::work::UnitOfWork;
use domain::access::UserName;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Consumer, ConsumerName};
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::repository::{Failure, Repository};
use domain::{Aggregate, AnyAggregate, Rejection, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the registered consumer, or refuses by `ConsumerMustBeKnown`.
pub(super) async fn known_consumer(
    uow: &mut UnitOfWork<'_>,
    name: &ConsumerName,
) -> Result<Versioned<Consumer>, Failure> {
    let found: Option<Versioned<Consumer>> = uow.find(name).await?;
    let found = found.filter(|found| found.state.is_registered());
    let unknown = || ConsumerMustBeKnown {
        consumer: name.clone(),
    };
    Ok(found.ok_or_else(|| Rejection::from(unknown()))?)
}

/// The user to whom a consumer belongs. A removed one belongs to nobody.
pub(super) fn owner(state: &AnyAggregate) -> Option<&UserName> {
    let consumer = Consumer::from_any(state)?;
    consumer.is_registered().then_some(&consumer.owner)
}

/// Checks that what all consumers reported can be read.
pub(crate) async fn progress_can_be_read(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let found = snapshot.all(Consumer::KIND, after, CHUNK).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = Some(last.state.id());
        let consumers = found
            .iter()
            .filter_map(|own| Consumer::from_any(&own.state));
        let readers: Vec<_> = consumers.map(Consumer::follower).collect();
        match snapshot.progress(&readers).await {
            Err(StoreError::Data(what)) => return Err(Trouble::Aside(what.to_string())),
            read => drop(read?),
        }
    }
}

/// The consumer that an operation concerned.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsumerOutcome {
    #[schema(schema_with = schema::consumer_name)]
    pub(super) consumer: ConsumerName,
}

/// The consumer that an operation set to a position.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsumerPositionOutcome {
    #[schema(schema_with = schema::consumer_name)]
    pub(super) consumer: ConsumerName,
    /// The position given.
    #[schema(schema_with = schema::log_position)]
    pub(super) position: u64,
}
