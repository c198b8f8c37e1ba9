//! The pipeline of this process, over the database that the command line names.

use super::{Common, Stopped};
use crate::clock::{SystemChance, SystemClock};
use crate::measured::{MeasuredStore, Pulse};
use crate::messages::{self, Exact};
use crate::metrics::Metrics;
use crate::program;
use application::input::InputError;
use application::queries::Queries;
use application::{Accepted, Call, Caller, Headers, Limits, Pipeline, Refused, Reply, find};
use domain::log::reader::Reader;
use domain::ports::{Chance, Clock};
use infrastructure::{ConnectError, Database, Options};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// The actor under which the command line appears in the log.
pub(crate) const COMMAND_LINE: Caller = Caller::System("command-line");

/// Connects to the database and migrates it.
pub(super) async fn connect(common: &Common) -> Result<Database, Stopped> {
    let database = open(common).await?;
    let epoch = SystemChance.id(SystemClock.now());
    let migrated = database.migrate(epoch).await;
    migrated.map_err(|error| Stopped::because("Cannot migrate the database", &error))?;
    Ok(database)
}

/// Refuses a missing SQLite file, so that a mistyped name does not create one.
pub(super) fn must_exist(common: &Common) -> Result<(), Stopped> {
    let file = common.database().strip_prefix("sqlite:");
    match file.map(|file| file.strip_prefix("//").unwrap_or(file)) {
        Some(file) if !Path::new(file).exists() => Err(Stopped::unable(format!(
            "There is no database {file}. Name another with --database."
        ))),
        _ => Ok(()),
    }
}

/// Connects to the database without migrating it.
pub(super) async fn open(common: &Common) -> Result<Database, Stopped> {
    open_with(common, &Options::default()).await
}

/// The same, for this many readers at once.
pub(super) async fn open_for(common: &Common, readers: usize) -> Result<Database, Stopped> {
    let options = Options {
        read_connections: u32::try_from(readers).unwrap_or(u32::MAX),
        ..Options::default()
    };
    open_with(common, &options).await
}

async fn open_with(common: &Common, options: &Options) -> Result<Database, Stopped> {
    let connected = Database::connect(common.database(), options).await;
    connected.map_err(|error| match error {
        ConnectError::Url(_) => Stopped::unable(format!("{}.", capitalized(&error.to_string()))),
        ConnectError::Store(error) => Stopped::because("Cannot connect to the database", &error),
    })
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// A running pipeline with what the commands need around it.
pub(crate) struct Local {
    pub(crate) pipeline: Pipeline,
    pub(crate) queries: Queries,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pulse: Arc<Pulse>,
    clock: Arc<dyn Clock>,
    pub(crate) database: Database,
    sequencer: JoinHandle<()>,
}

/// Why an operation from the command line was not applied.
#[derive(Debug)]
pub(crate) enum Trouble {
    Input(InputError),
    Refused(Refused),
    Failed(application::Failed),
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Input(InputError::Malformed(detail)) => Self::unable(detail),
            Trouble::Input(InputError::Shape(errors)) => {
                let texts: Vec<_> = errors
                    .iter()
                    .map(|error| {
                        format!("{} {}", error.pointer.trim_start_matches('/'), error.detail)
                    })
                    .collect();
                Self::unable(format!("{}.", texts.join("; ")))
            }
            Trouble::Refused(refused) => {
                let detail = messages::refusal(&refused.rejection, &Exact);
                Self::finding(format!("Refused by {}: {detail}", refused.rule()))
            }
            Trouble::Failed(failed) => {
                Self::unable(format!("{}.", capitalized(&failed.to_string())))
            }
        }
    }
}

impl Local {
    /// Starts the pipeline.
    pub(crate) fn start(database: &Database, limits: Limits) -> Self {
        Self::at(database, limits, Arc::new(SystemClock))
    }

    /// Starts the pipeline with the given clock.
    pub(crate) fn at(database: &Database, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        let metrics = Arc::new(Metrics::default());
        let pulse = Arc::new(Pulse::default());
        let store = MeasuredStore::new(database.store(), Arc::clone(&metrics), Arc::clone(&pulse));
        let limits = Limits {
            batch_bytes: batch_bytes(limits.batch_bytes, database.packet_bytes_max()),
            ..limits
        };
        let queries = Queries::new(database.reader(), Arc::clone(&clock));
        let queries = queries.measured(metrics.clone());
        let (pipeline, sequencer) =
            Pipeline::new(Arc::new(store), Arc::clone(&clock), limits, program());
        Self {
            pipeline,
            queries,
            clock,
            reader: database.reader(),
            metrics,
            pulse,
            sequencer: tokio::spawn(sequencer.run()),
            database: database.clone(),
        }
    }

    /// Runs an operation as [`COMMAND_LINE`].
    pub(crate) async fn run(
        &self,
        operation: &str,
        input: &impl serde::Serialize,
    ) -> Result<Accepted, Trouble> {
        self.run_as(COMMAND_LINE, operation, input).await
    }

    /// Runs an operation for a caller.
    pub(crate) async fn run_as(
        &self,
        caller: Caller,
        operation: &str,
        input: &impl serde::Serialize,
    ) -> Result<Accepted, Trouble> {
        let definition = find(operation).expect("the command line runs only known operations");
        let json = serde_json::to_vec(input).expect("an input serializes");
        let now = self.clock.now();
        let mut chance = SystemChance;
        let ready = definition
            .read(&json, now, &mut chance)
            .map_err(Trouble::Input)?;
        let id = chance.id(now);
        let call = Call::new(id, definition, ready, caller, Headers::default());
        match self.pipeline.submit(call).await {
            Reply::Accepted(accepted) => Ok(*accepted),
            Reply::Refused(refused) => Err(Trouble::Refused(*refused)),
            Reply::Failed(failed) => Err(Trouble::Failed(failed)),
        }
    }

    /// Finishes the queued operations and stops the pipeline. Waits forever if another clone of the
    /// pipeline exists.
    pub(crate) async fn finish(self) -> Result<(), tokio::task::JoinError> {
        let Self {
            pipeline,
            sequencer,
            ..
        } = self;
        drop(pipeline);
        sequencer.await
    }
}

/// The size limit of a batch in bytes, at most a quarter of the database's packet size.
fn batch_bytes(asked: usize, packet_bytes_max: Option<u64>) -> usize {
    let packet = packet_bytes_max.and_then(|bytes| usize::try_from(bytes).ok());
    packet.map_or(asked, |bytes| asked.min(bytes / 4))
}
