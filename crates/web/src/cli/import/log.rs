//! `plimsoll import log`

use super::progress::Progress;
use crate::cli::{Common, Stopped, local, say};
use crate::clock::SystemClock;
use application::transfer::{Trouble, import};
use domain::ports::Clock;
use flate2::read::GzDecoder;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// A file that `plimsoll export` wrote.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Log {
    /// The file to read.
    file: PathBuf,
}

/// Reads a log into the database.
pub(super) async fn run(common: &Common, asked: &Log) -> Result<(), Stopped> {
    let shown = asked.file.display();
    let file = std::fs::File::open(&asked.file);
    let file =
        file.map_err(|error| Stopped::unable(format!("{shown} cannot be read: {error}.")))?;
    let lines = BufReader::new(GzDecoder::new(BufReader::new(file))).lines();
    let database = local::connect(common).await?;
    let mut progress = Progress::new("entries");
    let (store, reader) = (database.store(), database.reader());
    let now = SystemClock.now();
    let imported = import(store.as_ref(), reader.as_ref(), lines, now, |done, all| {
        progress.at(done, all);
    });
    let imported = imported.await;
    progress.done();
    database.close().await;
    match imported {
        Ok(imported) => {
            say(format_args!(
                "{} entries and {} refusals",
                imported.entries, imported.refusals
            ));
            if imported.known > 0 {
                say(format_args!(
                    "{} entries were there already",
                    imported.known
                ));
            }
            say(format_args!("head {}:{}", imported.entries, imported.hash));
            Ok(())
        }
        Err(trouble @ (Trouble::Store(_) | Trouble::Commit(_))) => {
            Err(Stopped::because("Cannot write to the database", &trouble))
        }
        Err(trouble) => {
            let what = domain::causes::WithCauses(&trouble);
            Err(Stopped::finding(format!("{shown}: {what}.")))
        }
    }
}
