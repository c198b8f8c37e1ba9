use crate::schema;
use crate::verify::{CHUNK, Trouble};
use crate::work::UnitOfWork;
use domain::access::UserName;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Consumer, ConsumerName};
use domain::log::Progress;
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::repository::{Failure, Repository};
use domain::{Aggregate, AnyAggregate, Rejection, Versioned};
use serde::Serialize;
use std::collections::HashMap;
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

/// Checks that what was reported can be read, and that a consumer reported it.
pub(crate) async fn progress_is_of_consumers(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    let mut after: Option<String> = None;
    loop {
        let found = match snapshot.checkpoints(after.as_deref(), CHUNK).await {
            Err(StoreError::Data(what)) => return Err(Trouble::Aside(what.to_string())),
            found => found?,
        };
        let names = found
            .iter()
            .filter_map(|(reader, _)| Consumer::of_follower(reader));
        let names: Vec<_> = names.map(str::to_owned).collect();
        let consumers = snapshot.load(Consumer::KIND, &[], &names).await?;
        let consumers = consumers
            .iter()
            .filter_map(|own| Consumer::from_any(&own.state));
        let consumers: HashMap<_, _> = consumers.map(|own| (own.follower(), own)).collect();
        for (reader, progress) in &found {
            is_of(consumers.get(reader).copied(), reader, progress.as_ref())
                .map_err(Trouble::Aside)?;
        }
        match found.into_iter().next_back() {
            None => return Ok(()),
            Some((last, _)) => after = Some(last),
        }
    }
}

/// Checks that a consumer can have reported this. Followers within this system report nothing.
fn is_of(
    consumer: Option<&Consumer>,
    reader: &str,
    progress: Option<&Progress>,
) -> Result<(), String> {
    let reported = progress.map(|progress| progress.generation);
    match (consumer, reported) {
        (None, None) if Consumer::of_follower(reader).is_none() => Ok(()),
        (None, _) => Err(format!(
            "the checkpoint of {reader} belongs to no consumer that was ever registered"
        )),
        (Some(_), None) => Err(format!("the checkpoint of {reader} has no generation")),
        (Some(own), Some(reported)) if (1..=own.generation).contains(&reported) => Ok(()),
        (Some(own), Some(reported)) => Err(format!(
            "the checkpoint of {reader} has generation {reported}, but the consumer has had only {}",
            own.generation
        )),
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
