//! `plimsoll head`

use super::statement::{Statement, signed};
use super::{Common, Stopped, local};
use application::queries::tree_root;
use domain::log::reader::Reader;
use domain::log::store::StoreError;
use std::io::Write;
use std::path::PathBuf;

/// Options of `head`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Sign it with the Ed25519 key in this PEM file, as `openssl genpkey -algorithm ed25519` makes
    /// it.
    #[arg(long, value_name = "KEY.pem")]
    sign: Option<PathBuf>,
}

/// Prints where the log ends.
pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<(), Stopped> {
    local::must_exist(common)?;
    let database = local::open(common).await?;
    let read = statement(database.reader().as_ref()).await;
    database.close().await;
    let statement = read.map_err(|error| Stopped::because("Cannot read the log", &error))?;
    let text = match &arguments.sign {
        None => statement.to_string(),
        Some(key) => signed(&statement, key).map_err(|reason| {
            let shown = key.display();
            Stopped::unable(format!("Cannot sign with {shown}: {reason}."))
        })?,
    };
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Stopped::unable(format!("Cannot write the head: {error}.")))
}

async fn statement(reader: &dyn Reader) -> Result<Statement, StoreError> {
    let mut snapshot = reader.snapshot().await?;
    let head = snapshot.head().clone();
    let root = tree_root(snapshot.as_mut(), 0..head.position).await?;
    Ok(Statement {
        epoch: head.epoch,
        position: head.position,
        recorded_at: head.recorded_at,
        hash: head.hash,
        root,
    })
}
